"""Words of the one-line diagram: what stands beside an element, and its tooltip."""

from __future__ import annotations

import math
from collections.abc import Iterable

from twin.views import svg
from twin.views.oneline.figures import Figures

SIZE, LEADING = 2.4, 3.1
"""Height of the letters and from one line to the next, mm."""


def figure(value: float) -> str:
    """Return a load or a limit as it stands in the diagram.

    Examples
    --------
    >>> figure(749.53), figure(46.25), figure(float("nan"))
    ('750', '46.2', '?')
    """
    if math.isnan(value):
        return "?"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def height(found: Figures, nodes: Iterable[int]) -> float:
    """Return how tall the texts beside elements are at most, mm."""
    return LEADING * max((4 if found.cause[n] else 2 for n in nodes), default=0)


def beside(found: Figures, node: int, name: str, times: int, *, lost: bool) -> list[str]:
    """Return the lines beside an element, its name first."""
    lines = [f"{times} x like {name}" if times > 1 else name]
    if lost:
        return [*lines, "lost"]
    if found.dead[node]:
        return [*lines, "out of service" if found.out[node] else "dead"]
    unit, limit = str(found.unit[node]), float(found.limit[node])
    load, worst = float(found.load[node]), float(found.worst[node])
    if math.isnan(limit):
        lines.append(f"{figure(load)} {unit}, no rating")
    else:
        lines.append(f"{figure(load)}/{figure(limit)} {unit}")
    if found.cause[node]:
        most = float(found.worst_limit[node])
        share = "" if math.isnan(most) or not most else f" ({100 * worst / most:.0f} %)"
        lines += [f"worst {figure(worst)}{share}", str(found.cause[node])]
    return lines


def hanging(found: Figures, node: int) -> list[str]:
    """Return what stands beside the arrow to racks."""
    count, kw, dark = int(found.racks[node]), float(found.rack_kw[node]), int(found.dark[node])
    said = f"{count} {'rack' if count == 1 else 'racks'}"
    if dark:
        return [said, "dark" if dark == count else f"{dark} of them dark"]
    return [said, f"{figure(kw)} kW"]


def tooltip(found: Figures, node: int, kind: str, name: str) -> str:
    """Return all that is known of an element in one sentence."""
    parts = [f"{kind.replace('_', ' ')} {name}"]
    if found.dead[node]:
        return f"{parts[0]}: dead"
    unit = found.unit[node]
    load, limit = figure(float(found.load[node])), float(found.limit[node])
    rated = f"of {figure(limit)} {unit}"
    parts.append(f"carries {load} {rated if not math.isnan(limit) else unit + ', not rated'}")
    if found.cause[node]:
        worst, most = figure(float(found.worst[node])), figure(float(found.worst_limit[node]))
        parts.append(f"in the worst case {worst} of {most} {unit}: {found.cause[node]}")
    if found.gear[node]:
        parts.append(f"feeds {found.gear[node]}")
    return ", ".join(parts)


def cut(text: str, room: float, size: float = SIZE, *, bold: bool = False) -> str:
    """Return text that fits, its end left out where it does not.

    Examples
    --------
    >>> cut("a module of the long one lost", 20.0)
    'a module of…'
    """
    if svg.width_of(text, size, bold=bold) <= room:
        return text
    letters = int(room / svg.width_of("m", size, bold=bold)) - 1
    return text[: max(letters, 1)].rstrip() + "…"
