"""Pressure along the index circuit: from a CDU through the rack with the least margin and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.study import Study
from twin.views import svg
from twin.views.loops import words
from twin.views.loops.chart import SIZE, Axes, frame, ticks
from twin.views.loops.diagram import Diagram, Panel
from twin.views.loops.figures import Figures

_WIDE, _TALL = 118.0, 62.0
_LEFT, _TOP = 14.0, 16.0
_TABLE = 12.0
_RACK_PART = 0.06
"""Width that a rack takes on the axis, as a part of the whole length: it has none of its own. A
valve that holds its flow takes as much."""
_ROUNDING = 1e-6
_TAKES_KPA = 0.05
"""A valve that takes less is not told."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the circuit: a pipe, a manifold as far as it is run, hoses, rack or its valve.

    Attributes
    ----------
    length_m
        0 of a rack.
    points
        (k,) distances from the CDU and pressures along it.
    """

    name: str
    part: Part
    supply: bool
    length_m: float
    m: tuple[float, ...]
    kpa: tuple[float, ...]

    @property
    def drop_kpa(self) -> float:
        """Pressure that is lost in it."""
        return self.kpa[0] - self.kpa[-1]


@dataclass(frozen=True, slots=True)
class Index:
    """The index circuit: the rack, the CDUs at which it begins and ends, its stages in order."""

    rack: str
    share: float
    start: str
    end: str
    stages: tuple[Stage, ...]


def index_circuit(study: Study, circuit: Circuit, found: Figures) -> Index | None:
    """Return the circuit of the rack with the least margin; None where nothing flows.

    Of racks with the same margin it is the one whose own valve has the least pressure left. Where
    the need of no rack is known it is the rack with the least flow. The way goes against the
    largest flow back to a CDU, and with the largest flow on.
    """
    link = circuit.links(Part.RACK)
    flows = found.rack_lpm
    if not found.solved or not (flows > 0).any():
        return None
    runs = flows > 0
    share = np.where(runs, found.share, np.nan)
    if np.isnan(share).all():
        k = int(np.argmin(np.where(runs, flows, np.inf)))
    else:
        last = share >= np.nanmax(share) * (1.0 - _ROUNDING)
        k = int(np.argmin(np.where(last, found.valve_kpa, np.inf)))
    before = _walk(circuit, found.lpm, int(circuit.fr[link[k]]), up=True)
    after = _walk(circuit, found.lpm, int(circuit.to[link[k]]), up=False)
    if before is None or after is None:
        return None
    links = [*before[0][::-1], int(link[k]), *after[0]]
    names = [
        str(study.site.names[circuit.subject[u]]).partition(":")[2] for u in (before[1], after[1])
    ]
    rack = str(study.site.names[circuit.subject[link[k]]]).partition(":")[2]
    return Index(
        rack,
        float(found.share[k]),
        names[0],
        names[1],
        tuple(_stages(study, circuit, found, links)),
    )


def _walk(
    circuit: Circuit, lpm: np.ndarray[tuple[int], np.dtype[np.float64]], node: int, *, up: bool
) -> tuple[list[int], int] | None:
    """Links from a node to a unit by the largest flow, and the unit's link."""
    heads = np.where(lpm > 0, circuit.to, circuit.fr)
    tails = np.where(lpm > 0, circuit.fr, circuit.to)
    here, there = (heads, tails) if up else (tails, heads)
    out: list[int] = []
    for _ in range(len(lpm)):
        at = np.flatnonzero((here == node) & (np.abs(lpm) > 0))
        if not len(at):
            return None
        best = int(at[np.argmax(np.abs(lpm[at]))])
        if circuit.part[best] == Part.UNIT:
            return out, best
        out.append(best)
        node = int(there[best])
    return None


def _stages(study: Study, circuit: Circuit, found: Figures, links: list[int]) -> Iterator[Stage]:
    """Yield stages; links of one pipe or manifold in a row are one."""
    lengths = np.nan_to_num(circuit.length_m[links])
    rack = _RACK_PART * max(float(lengths.sum()), 1.0)
    past = links.index(next(k for k in links if circuit.part[k] == Part.RACK))
    at = 0.0
    groups: list[list[int]] = []
    for n, k in enumerate(links):
        same = (
            n
            and circuit.subject[k] == circuit.subject[links[n - 1]]
            and circuit.part[k] == circuit.part[links[n - 1]]
        )
        if same:
            groups[-1].append(n)
        else:
            groups.append([n])
    for group in groups:
        first = links[group[0]]
        part = Part(int(circuit.part[first]))
        m: list[float] = [at]
        kpa: list[float] = []
        for n in group:
            k = links[n]
            ends = (
                (circuit.fr[k], circuit.to[k])
                if found.lpm[k] > 0
                else (circuit.to[k], circuit.fr[k])
            )
            kpa = kpa or [float(found.p_kpa[ends[0]])]
            kpa.append(float(found.p_kpa[ends[1]]))
            at += float(lengths[n])
            m.append(at)
        name = str(study.site.names[circuit.subject[first]]).partition(":")[2]
        if part == Part.RACK:
            k = int(np.flatnonzero(circuit.links(Part.RACK) == first)[0])
            stages = _rack_stages(name, (at, rack), (kpa[0], kpa[-1]), float(found.valve_kpa[k]))
            at = stages[-1].m[-1]
            yield from stages
            continue
        kind = "hoses of " if part == Part.HOSE else ""
        yield Stage(
            kind + name, part, group[0] <= past, float(lengths[group].sum()), tuple(m), tuple(kpa)
        )


def _rack_stages(
    name: str, place: tuple[float, float], kpa: tuple[float, float], valve_kpa: float
) -> list[Stage]:
    """Return a rack, and behind it the valve that holds its flow where that takes something.

    Parameters
    ----------
    place
        Where the rack begins on the axis, and the width that it takes.
    kpa
        Pressure before the rack and after its valve.
    """
    (at, wide), (before, after) = place, kpa
    if not valve_kpa > _TAKES_KPA:
        return [_stage(f"rack {name}", (at, at + wide), kpa, supply=True)]
    between = after + valve_kpa
    middle, end = at + wide, at + 2 * wide
    return [
        _stage(f"rack {name}", (at, middle), (before, between), supply=True),
        _stage(f"flow valve of {name}", (middle, end), (between, after), supply=False),
    ]


def _stage(name: str, m: tuple[float, ...], kpa: tuple[float, ...], *, supply: bool) -> Stage:
    return Stage(name, Part.RACK, supply, 0.0, m, kpa)


def panel(of: Diagram) -> Panel:
    """Draw the pressure along the index circuit."""
    found = index_circuit(of.study, of.circuit, of.figures)
    if found is None:
        why = (
            "is not known, since the flows are not"
            if not of.figures.solved
            else "is none: no coolant comes to a rack"
        )
        text = f"Pressure along the index circuit {why}"
        return Panel(
            (svg.text(text, 0.0, -5.0, 3.4, css="bold"),), svg.width_of(text, 3.4, bold=True), 8.0
        )
    return Panel(tuple(_drawn(found)), _LEFT + _WIDE + _TABLE + 96.0, _tall(found))


def _tall(found: Index) -> float:
    return max(_TOP + _TALL + 12.0, _TOP + 5.0 * (len(found.stages) + 3))


def _drawn(found: Index) -> Iterator[str]:
    back = found.end if found.end != found.start else "the same"
    way = f"from {found.start} back to {back}"
    share = (
        "its need is not known"
        if np.isnan(found.share)
        else f"it needs {100 * found.share:.0f} % of what it gets"
    )
    valve = next((s for s in found.stages if s.part == Part.RACK and not s.supply), None)
    if valve is not None:
        share = f"its valve holds its flow and takes {valve.drop_kpa:.1f} kPa"
    yield svg.text(
        f"Pressure along the index circuit: rack {found.rack}", 0.0, -5.0, 3.4, css="bold"
    )
    yield svg.text(
        f"{share}  ·  {way}  ·  over the pressure where the first CDU draws in",
        0.0,
        -9.6,
        SIZE,
        css="soft",
    )
    far = found.stages[-1].m[-1]
    values = [p for s in found.stages for p in s.kpa]
    low = min(0.0, round(min(values), 1))
    up, across = ticks(low, max(values)), [v for v in ticks(0.0, far) if v <= far]
    axes = Axes(_LEFT, -_TOP - _TALL, _WIDE, _TALL, 0.0, far, up[0], up[-1])
    yield from frame(
        axes,
        across,
        up,
        "run of the circuit from the CDU, m; the rack has a width of its own",
        "kPa",
    )
    for s in found.stages:
        css = (
            "stage"
            if s.part in {Part.HOSE, Part.RACK}
            else ("pipe supply" if s.supply else "pipe return")
        )
        points = np.array([axes.at(m, p) for m, p in zip(s.m, s.kpa, strict=True)])
        yield svg.polyline(points, css, svg.title(f"{s.name}: {s.drop_kpa:.1f} kPa"))
    yield from _signs(found, axes)
    yield from _table(found)


def _signs(found: Index, axes: Axes) -> Iterator[str]:
    """Yield the number of each stage beside its middle, apart from one another."""
    middles = [axes.at((s.m[0] + s.m[-1]) / 2, 0.0)[0] for s in found.stages]
    at: list[float] = []
    for x in middles:
        at.append(max(x, at[-1] + 4.6) if at else x)
    for n in range(len(at) - 1, -1, -1):
        top = axes.x + axes.wide - 4.6 * (len(at) - 1 - n)
        at[n] = min(at[n], top)
    y = axes.y + axes.tall
    for n, (x, s) in enumerate(zip(at, found.stages, strict=True)):
        point = axes.at((s.m[0] + s.m[-1]) / 2, (s.kpa[0] + s.kpa[-1]) / 2)
        yield svg.polyline(np.array([[x, y - 1.0], point]), "leader")
        yield svg.text(str(n + 1), x, y, SIZE, css="halo bold", anchor="middle")


def _table(found: Index) -> Iterator[str]:
    left = _LEFT + _WIDE + _TABLE
    columns = (left + 50.0, left + 64.0, left + 80.0, left + 96.0)
    y = -_TOP
    for text, x in zip(("length, m", "lost, kPa", "after, kPa"), columns[1:], strict=True):
        yield svg.text(text, x, y, SIZE, css="soft", anchor="end")
    for n, s in enumerate(found.stages):
        y -= 5.0
        side = "" if s.part in {Part.HOSE, Part.RACK} else (", supply" if s.supply else ", return")
        yield svg.text(words.cut(f"{n + 1}  {s.name}{side}", 48.0), left, y, SIZE)
        length = "-" if s.part == Part.RACK else f"{s.length_m:.1f}"
        for text, x in zip(
            (length, f"{s.drop_kpa:.1f}", words.one(round(s.kpa[-1], 1) + 0.0)),
            columns[1:],
            strict=True,
        ):
            yield svg.text(text, x, y, SIZE, anchor="end")
    total = sum(s.drop_kpa for s in found.stages)
    run = sum(s.length_m for s in found.stages)
    yield svg.text("in all", left, y - 5.6, SIZE, css="bold")
    for text, x in zip((f"{run:.1f}", f"{total:.1f}"), columns[1:3], strict=True):
        yield svg.text(text, x, y - 5.6, SIZE, css="bold", anchor="end")
