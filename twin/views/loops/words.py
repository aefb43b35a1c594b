"""Words of the loop pictures: figures with their units, states of valves and pumps."""

from __future__ import annotations

import math

from twin.solve.coolant.flow import Unsolved
from twin.solve.coolant.pumping import Control, Limit
from twin.solve.coolant.warmth import Valve
from twin.solve.study import Study
from twin.views.oneline.text import cut, figure

VALVES = {
    Valve.UNKNOWN: "valve: not known",
    Valve.THROTTLING: "valve throttling",
    Valve.WIDE_OPEN: "valve wide open",
    Valve.AT_LEAST: "valve at its least opening",
    Valve.AS_RATED: "within its rating",
    Valve.TO_AIR: "to the air, within its rating",
    Valve.STILL: "valve closed",
}
LIMITS = {
    Limit.HOLDS: "pumps hold the set-point",
    Limit.FULL: "full speed: not enough",
    Limit.LEAST: "least speed: too much",
}

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def fluid(name: str) -> str:
    """Return a fluid as it is written on a drawing: a mixture in capitals, a word as one.

    Examples
    --------
    >>> fluid("pg25"), fluid("water")
    ('PG25', 'water')
    """
    return name.upper() if any(c.isdigit() for c in name) else name


def one(value: float, unit: str = "") -> str:
    """Return a figure with one decimal and its unit; "?" where it is not known.

    Examples
    --------
    >>> one(53.909, " °C"), one(float("nan"), " kPa"), one(1024.4)
    ('53.9 °C', '? kPa', '1,024')
    """
    if math.isnan(value):
        return f"?{unit}"
    if math.isinf(value):
        return f"none{unit}"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}"
    return f"{text}{unit}"


def speed(value: float) -> str:
    """Return the speed of a flow with its unit."""
    return "? m/s" if math.isnan(value) else f"{value:.2f} m/s"


def control(held: Control) -> str:
    """Say what the pumps of a loop hold."""
    if not math.isnan(held.set_kpa):
        return f"differential pressure held at {figure(held.set_kpa)} kPa"
    if not math.isnan(held.set_lpm):
        return f"flow of each unit held at {figure(held.set_lpm)} L/min"
    return f"speed held at {100 * held.set_speed:.0f} %"


def lacking(study: Study, found: Unsolved) -> list[str]:
    """Say which figures a loop lacks, by their paths."""
    paths = [
        study.site.path_of(m.kind, m.row, m.column)
        if m.column
        else study.site.path_of(m.kind, m.row, "type")
        for m in found.missing
    ]
    return list(dict.fromkeys(paths)) or ["coolant.cdus or racks on it"]


def letter(cause: int) -> str:
    """Return the sign of a cause: a letter, two beyond the alphabet; "" none."""
    if cause < 0:
        return ""
    high, low = divmod(cause, len(LETTERS))
    return (LETTERS[high - 1] if high else "") + LETTERS[low]


__all__ = ["LIMITS", "VALVES", "control", "cut", "figure", "lacking", "letter", "one", "speed"]
