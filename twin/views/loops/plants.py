"""The diagram of one plant: its pumps, pipes, CDUs and air units with what was solved for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import Unsolved
from twin.solve.coolant.pumping import control_of
from twin.solve.study import Study
from twin.views import svg
from twin.views.loops import words
from twin.views.loops.drops import Drops, drops_of
from twin.views.loops.manifolds import Manifold, manifold, pressure_at
from twin.views.loops.parts import END, START, Parts, parts_of
from twin.views.loops.pipes import run
from twin.views.loops.place import BOX, UNIT_TALL, UNIT_WIDE, Placed, Point, place
from twin.views.loops.rows import CDU
from twin.views.loops.water import SHORT, Water, water_of

_SIZE, _LEADING = 2.4, 3.5
_ALARM, _WEAK = "short of water", "full speed: not enough"
_APART = 2.9
"""From the middle of a word to that of a pair of pipes, mm: at least."""


@dataclass(frozen=True, slots=True)
class PlantDiagram:
    """One plant as it is drawn."""

    study: Study
    found: PlantFlow | Unsolved
    parts: Parts
    placed: Placed
    water: Water
    drops: Drops
    after: bool

    @property
    def circuit(self) -> Circuit:
        """The plant as a network."""
        return self.found.circuit


def plant_diagram(study: Study, found: PlantFlow | Unsolved, *, after: bool) -> PlantDiagram:
    """Find what a plant's diagram shows, and where.

    Parameters
    ----------
    after
        Show it after the last loss of the study instead of healthy.
    """
    parts, water = parts_of(study, found.circuit), water_of(study, found, after=after)
    drops = drops_of(study, found, water, after=after)
    return PlantDiagram(study, found, parts, place(parts), water, drops, after)


# ---------------------------------------------------------------------------------- the drawing


def drawn(of: PlantDiagram) -> Iterator[str]:
    """Yield the diagram's parts, from (0, 0) to the right and down."""
    placed, circuit = of.placed, of.circuit
    for k in sorted(range(len(placed.ways)), key=lambda k: -len(placed.ways[k])):
        one = of.parts.runs[k]
        bores = tuple(float(circuit.bore_m[link]) if link >= 0 else np.nan for link in one.links)
        yield svg.group(
            "run",
            run(
                of.water, one, placed.ways[k], (bores[0], bores[1]), placed.y, below=placed.below(k)
            ),
        )
    for k, item in enumerate(of.parts.items):
        y = placed.y[placed.grid.row[k]]
        left = placed.x[k] - UNIT_WIDE * (placed.grid.column[k] == CDU)
        low, low_end = (placed.low.get((k, end), 0.0) for end in (START, END))
        if item.kind == "junction":
            yield from _junction(of, k, placed.x[k], y)
        elif item.kind == "manifold":
            at = Manifold(item.row, placed.x[k], placed.ends[k], y, low, low_end)
            yield from manifold(of.study, circuit, of.parts, of.drops, at, after=of.after)
        elif item.kind == "plant":
            lost = bool(of.water.shut[circuit.links(Part.UNIT)[0]])
            lines = _plant_lines(of, lost=lost)
            yield from _box(item.name, left, y, min(low, low_end), lines, lost=lost)
        else:
            lost = bool(of.water.shut[circuit.links(Part.USER)[item.row]])
            lines = _user_lines(of, item.row, lost=lost)
            yield from _box(item.name, left, y, low, lines, lost=lost)


def _junction(of: PlantDiagram, k: int, x: float, y: float) -> Iterator[str]:
    """Yield a junction, on its left its name and the pressure between supply and return there."""
    low, name = of.placed.low.get((k, START), 0.0), of.parts.items[k].name
    over = pressure_at(of.circuit, of.water.p_kpa, name)
    yield svg.rect(
        x - BOX, y + low - 2.6, 2 * BOX, 5.2 - low, "edge place", svg.title(f"junction {name}")
    )
    pairs = [step[0][1] for step in _steps_to(of, k) if step[1][0] < step[0][0]]
    at = next(c for c in np.arange(y, y - 200.0, -4.4) if all(abs(c - p) > _APART for p in pairs))
    said = f"{words.cut(name, 16.0, 2.2)}  {words.one(over, ' kPa')}"
    yield svg.text(said, x - BOX - 0.8, float(at) - 0.8, 2.2, css="halo soft", anchor="end")


def _steps_to(of: PlantDiagram, k: int) -> Iterator[tuple[Point, Point]]:
    """Yield where pipes end at an item, and the next point of each."""
    for one, way in zip(of.parts.runs, of.placed.ways, strict=True):
        if one.a[0] == k:
            yield way[0], way[1]
        if one.b[0] == k:
            yield way[-1], way[-2]


def _box(
    name: str, left: float, y: float, low: float, lines: list[str], *, lost: bool
) -> Iterator[str]:
    """Yield a box with a name and figures, from its left edge."""
    bottom = min(-UNIT_TALL / 2, low - 3.0)
    size = (left, y + bottom, UNIT_WIDE, UNIT_TALL / 2 - bottom)
    body = [svg.title(f"{name}: " + ", ".join(lines)), svg.rect(*size, "edge unit" + " off" * lost)]
    body += [svg.rect(*size, "hatched")] if lost else []
    yield svg.group("element", body)
    top = y + UNIT_TALL / 2 - 4.4
    yield svg.text(
        words.cut(name, UNIT_WIDE - 6.0, 3.2, bold=True), left + 2.2, top, 3.2, css="bold halo"
    )
    for m, text in enumerate(lines):
        alarm = text.startswith(_ALARM) or text in {"lost", _WEAK}
        yield svg.text(
            words.cut(text, UNIT_WIDE - 3.0, _SIZE), left + 2.2, top - 4.0 - _LEADING * m, _SIZE,
            css="halo bold alarm" if alarm else "halo",
        )  # fmt: skip


def _plant_lines(of: PlantDiagram, *, lost: bool) -> list[str]:
    """Return what is said of a plant's pumps."""
    w = of.water
    if lost:
        return ["lost"]
    takes = w.got_lpm > 0
    lpm, back = w.got_lpm[takes], w.return_c[takes]
    mixed = float((lpm * back).sum() / lpm.sum()) if takes.any() else float("nan")
    heat = float(np.where(w.shut[of.circuit.links(Part.USER)], 0.0, w.heat_kw).sum())
    return [
        f"{words.one(w.pump_lpm)} L/min at {words.one(w.pump_kpa)} kPa",
        f"supply {words.one(w.supply_c)}, return {words.one(mixed)} °C",
        f"heat {'at most ' * bool(w.at_most.any())}{words.one(heat)} kW", _pumps(of),
    ]  # fmt: skip


def _pumps(of: PlantDiagram) -> str:
    """Say whether the pumps hold what they are set to."""
    if not of.water.solved:
        return "pumps: not known"
    held, _ = control_of(of.study, "plant", of.circuit.row)
    short = of.water.pump_kpa < held.set_kpa * (1.0 - SHORT) or of.water.pump_lpm < held.set_lpm * (
        1.0 - SHORT
    )
    return _WEAK if short else "pumps hold the set-point"


def _user_lines(of: PlantDiagram, n: int, *, lost: bool) -> list[str]:
    """Return what is said of a CDU or air unit."""
    w = of.water
    if lost:
        return ["lost"]
    asked, got = float(w.asked_lpm[n]), float(w.got_lpm[n])
    out = [
        f"{words.one(got)} L/min at {words.one(float(w.dp_kpa[n]))} kPa",
        f"its valve takes {words.one(float(w.valve_kpa[n]))} kPa",
    ]
    if got < asked * (1.0 - SHORT):
        out[1] = f"{_ALARM}: asks {words.one(asked)} L/min"
    out += [
        f"heat {'at most ' * bool(w.at_most[n])}{words.one(float(w.heat_kw[n]))} kW",
        f"return {words.one(float(w.return_c[n]))} °C",
    ]
    if w.other[n]:
        comes, wants = float(w.other_lpm[n]), float(w.other_asked_lpm[n])
        lacks = f" of {words.one(wants)}" if comes < wants * (1.0 - SHORT) else ""
        out.append(f"{w.other[n]}: {words.one(comes)}{lacks} L/min")
    return out
