"""The diagram of one loop: CDUs, pipes, manifolds and racks with what was solved for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.pumping import Limit
from twin.solve.coolant.warmth import Valve
from twin.solve.study import Study
from twin.views import svg
from twin.views.loops import words
from twin.views.loops.figures import Figures, figures
from twin.views.loops.manifolds import Manifold, manifold
from twin.views.loops.parts import END, START, Parts, parts_of
from twin.views.loops.pipes import run
from twin.views.loops.place import BOX, UNIT_TALL, UNIT_WIDE, Placed, place
from twin.views.loops.rows import CDU, JUNCTION, JUNCTION_RIGHT

_SIZE, _LEADING = 2.4, 3.5


@dataclass(frozen=True, slots=True)
class Diagram:
    """One loop as it is drawn: what it is made of, where it stands, what is said of it."""

    study: Study
    found: LoopFlow | Unsolved
    parts: Parts
    placed: Placed
    figures: Figures
    after: bool

    @property
    def circuit(self) -> Circuit:
        """The loop as a network."""
        return self.found.circuit


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a sheet: its SVG from (0, 0) to the right and down, and its size in mm."""

    svg: tuple[str, ...]
    wide: float
    tall: float


def diagram(study: Study, found: LoopFlow | Unsolved, *, after: bool) -> Diagram:
    """Find what a loop's diagram shows, and where.

    Parameters
    ----------
    after
        Show it after the last loss of the study instead of healthy.
    """
    parts = parts_of(study, found.circuit)
    return Diagram(study, found, parts, place(parts), figures(study, found, after=after), after)


def panel(of: Diagram) -> Panel:
    """Draw a diagram."""
    return Panel(tuple(_drawn(of)), of.placed.wide, of.placed.tall)


def _drawn(of: Diagram) -> Iterator[str]:
    placed, found, circuit = of.placed, of.figures, of.circuit
    order = sorted(range(len(placed.ways)), key=lambda k: -len(placed.ways[k]))
    for k in order:
        one = of.parts.runs[k]
        bores = tuple(float(circuit.bore_m[link]) if link >= 0 else np.nan for link in one.links)
        joined = any(
            placed.grid.column[end[0]] == JUNCTION and placed.grid.column[other[0]] == CDU
            for end, other in ((one.a, one.b), (one.b, one.a))
        )
        drawn = run(
            found, one, placed.ways[k], (bores[0], bores[1]), placed.y, joined=joined,
            below=placed.below(k),
        )  # fmt: skip
        yield svg.group("run", drawn)
    for k, item in enumerate(of.parts.items):
        x, y = placed.x[k], placed.y[placed.grid.row[k]]
        if item.kind == "manifold":
            low = placed.low.get((k, START), 0.0), placed.low.get((k, END), 0.0)
            at = Manifold(item.row, x, placed.ends[k], y, *low)
            yield from manifold(of.study, circuit, of.parts, found, at, after=of.after)
        elif item.kind == "junction":
            yield from _junction(of, k, x, y)
    units = [k for k, item in enumerate(of.parts.items) if item.kind == "cdu"]
    for n, k in enumerate(units):
        yield from _unit(of, n, k)


def _junction(of: Diagram, k: int, x: float, y: float) -> Iterator[str]:
    low = of.placed.low.get((k, START), 0.0)
    name = of.parts.items[k].name
    yield svg.rect(
        x - BOX, y + low - 2.6, 2 * BOX, 5.2 - low, "edge place", svg.title(f"junction {name}")
    )
    right = of.placed.grid.column[k] == JUNCTION_RIGHT
    label = words.cut(name, 14.0, 2.2)
    at = x + BOX + 0.6 if right else x - BOX - 0.6
    yield svg.text(label, at, y + 4.2, 2.2, css="halo soft", anchor="start" if right else "end")


def _unit(of: Diagram, n: int, k: int) -> Iterator[str]:
    """Yield a CDU: its figures in a box, lines ending at its inner edge."""
    found, item, placed = of.figures, of.parts.items[k], of.placed
    column, y = placed.grid.column[k], placed.y[placed.grid.row[k]]
    left = placed.x[k] - UNIT_WIDE if column == CDU else placed.x[k]
    lost = bool(found.shut[of.circuit.links(Part.UNIT)[n]])
    low = min(-UNIT_TALL / 2, placed.low.get((k, START), 0.0) - 3.0)
    lines = _lines(of, n, lost=lost)
    title = svg.title(f"CDU {item.name}: " + ", ".join(lines))
    body = [
        title,
        svg.rect(left, y + low, UNIT_WIDE, UNIT_TALL / 2 - low, "edge unit" + " off" * lost),
    ]
    if lost:
        body.append(svg.rect(left, y + low, UNIT_WIDE, UNIT_TALL / 2 - low, "hatched"))
    yield svg.group("element", body)
    top = y + UNIT_TALL / 2 - 4.4
    yield svg.text(
        words.cut(item.name, UNIT_WIDE - 6.0, 3.2, bold=True), left + 2.2, top, 3.2, css="bold halo"
    )
    for m, text in enumerate(lines):
        css = "halo bold alarm" if text in _ALARMS or text == "lost" else "halo"
        yield svg.text(
            words.cut(text, UNIT_WIDE - 3.0, _SIZE),
            left + 2.2,
            top - 4.0 - _LEADING * m,
            _SIZE,
            css=css,
        )


_ALARMS = {
    words.LIMITS[Limit.FULL], words.LIMITS[Limit.LEAST],
    words.VALVES[Valve.WIDE_OPEN], words.VALVES[Valve.AT_LEAST],
}  # fmt: skip


def _lines(of: Diagram, n: int, *, lost: bool) -> list[str]:
    """Return what is said of a CDU."""
    f = of.figures
    if lost:
        return ["lost"]
    if f.solved and not f.unit_lpm[n] > 0:
        return ["nothing flows through it"]
    water = f"facility {words.one(float(f.facility_lpm[n]))} L/min"
    out = [
        f"{words.one(float(f.unit_lpm[n]))} L/min at {words.one(float(f.unit_kpa[n]))} kPa",
        f"supply {words.one(float(f.supply_c[n]))}, return {words.one(float(f.return_c[n]))} °C",
        f"heat {words.one(float(f.heat_kw[n]))} kW",
        *([] if f.valve[n] == Valve.TO_AIR else [water]),
        words.VALVES[Valve(int(f.valve[n]))],
    ]
    pumps = words.LIMITS[Limit(int(f.limit[n]))] if f.solved else "pumps: not known"
    return [*out, pumps + (", one out" if f.less[n] else "")]
