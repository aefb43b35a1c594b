"""Manifolds with their racks: what each gets and needs, healthy and at worst.

On a loop coolant runs through racks; on facility water through the CDUs that racks carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import RETURN, SUPPLY, Circuit, Part
from twin.solve.study import Study
from twin.views import colours, svg
from twin.views.loops import words
from twin.views.loops.drops import Drops
from twin.views.loops.figures import Figures
from twin.views.loops.parts import IN_RACK, Parts
from twin.views.loops.pipes import HALF
from twin.views.loops.place import BOX, CELL, HEADS

_RACK_WIDE, _RACK_TALL = 8.2, 15.0
_HOSE = 5.0
_SIZE, _LEADING = 2.2, 3.3
_NAME = 2.3


@dataclass(frozen=True, slots=True)
class Manifold:
    """One manifold where it stands: its row in the table, both ends, its line."""

    row: int
    x: float
    end: float
    y: float
    low: float
    low_end: float


Hung = Figures | Drops
"""What is said of racks: of those of a loop, or of those on facility water."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What figures are called: heads of the table, then parts of a sentence."""

    need: str
    over: str
    valve: str
    needs: str
    loses: str
    held: str


_WORDS = {
    "loop": _Words("need, L/min", "rack, kPa", "flow valve, kPa", "needs", "loses {}",
                   " and {} in its valve"),
    "plant": _Words("asks for, L/min", "over it, kPa", "valves, kPa", "asks for",
                    "has {} over its CDUs", ", of which a valve takes {}"),
}  # fmt: skip


def pressure_at(circuit: Circuit, p_kpa: FloatArray, name: str) -> float:
    """Pressure between supply and return at a place, kPa; NaN where it has not both.

    Parameters
    ----------
    p_kpa
        (n,) pressure of each node.
    """
    nodes = [np.flatnonzero(circuit.label == f"{name} {side}") for side in ("supply", "return")]
    if not all(len(found) for found in nodes):
        return float("nan")
    return float(p_kpa[nodes[SUPPLY][0]] - p_kpa[nodes[RETURN][0]])


def manifold(
    study: Study, circuit: Circuit, parts: Parts, of: Hung, at: Manifold, *, after: bool
) -> Iterator[str]:
    """Yield a manifold, its racks in their order, and the table below them."""
    racks, positions = parts.racks[at.row], parts.positions[at.row]
    name = str(study.table("manifold").ids[at.row]) if at.row >= 0 else IN_RACK
    mine = (circuit.part == Part.SEGMENT) & (
        circuit.subject == at.row + study.site.first["manifold"]
    )
    hung = of.rack[racks[racks >= 0]]
    gone = bool(len(hung)) and bool(mine.any()) and bool(of.shut[mine].all())
    yield from _bars(study, at, gone=gone)
    yield from _title(study, of, at, name, mine, hung, gone=gone)
    first = at.x + HEADS
    for k, rack in enumerate(racks.tolist()):
        x = first + CELL * (k + 0.5)
        if rack < 0:
            yield from _empty(str(study.table("position").ids[positions[k]]), x, at.y)
        else:
            id_ = str(study.table("rack").ids[rack])
            tip = _tip(of, int(of.rack[rack]), id_, _WORDS[circuit.kind], after=after)
            yield from _rack(of, int(of.rack[rack]), id_, tip, x, at.y, after=after)
    yield from _heads(of, at, _WORDS[circuit.kind], after=after)
    if at.row >= 0 and not _dry(of, hung):
        yield from _ends(circuit, of, at, name, len(positions))


def _ends(circuit: Circuit, of: Hung, at: Manifold, name: str, places: int) -> Iterator[str]:
    """Yield the pressure between supply and return at both ends, left of the racks."""
    for n, (word, place) in enumerate((("first", 1), ("last", places))):
        over = pressure_at(circuit, of.p_kpa, f"{name}/{place}")
        said = f"at {word} {words.one(over, ' kPa')}"
        yield svg.text(said, at.x + 2.0, at.y - HALF - 3.6 - _LEADING * n, _SIZE, css="halo soft")


def _reverse(study: Study, row: int) -> bool:
    """Whether the return of a manifold leaves at the far end."""
    return row >= 0 and str(study.table("manifold")["returns"][row]) == "reverse"


def _bars(study: Study, at: Manifold, *, gone: bool) -> Iterator[str]:
    reverse = _reverse(study, at.row)
    for side, y in ((SUPPLY, at.y + HALF), (RETURN, at.y - HALF)):
        css = "gone" if gone else ("supply", "return")[side]
        start = at.x + 2 * BOX if reverse and side == RETURN else at.x
        yield svg.polyline(np.array([[start, y], [at.end, y]]), f"bar {css}")
    if reverse:
        css = "gone" if gone else "return"
        y = at.y + 4.0
        back = [[at.end, at.y - HALF], [at.end + 1.6, at.y - HALF], [at.end + 1.6, y],
                [at.x + BOX + 0.8, y], [at.x + BOX + 0.8, at.y - HALF],
                [at.x, at.y - HALF]]  # fmt: skip
        yield svg.polyline(np.array(back), "casing")
        yield svg.polyline(np.array(back), f"pipe {css}")
    for x, low in ((at.x, at.low), (at.end, at.low_end)):
        if low < 0:
            yield svg.rect(x - 1.2, at.y + low - 2.4, 2.4, 4.8 - low, "edge place")


def _title(
    study: Study,
    of: Hung,
    at: Manifold,
    name: str,
    mine: np.ndarray[tuple[int], np.dtype[np.bool_]],
    hung: np.ndarray[tuple[int], np.dtype[np.int64]],
    *,
    gone: bool,
) -> Iterator[str]:
    reverse = _reverse(study, at.row)
    said = "shut off" if gone else _moved(of, mine, hung)
    if reverse:
        said += "  ·  reverse return"
    y = at.y + (6.6 if reverse else 4.6)
    wide = svg.width_of(name, 3.0, bold=True)
    yield svg.text(name, at.x + 2.0, y, 3.0, css="bold halo")
    yield svg.text(said, at.x + 4.5 + wide, y, _SIZE, css="halo")
    if gone:
        yield svg.rect(at.x, at.y - 2.4, at.end - at.x, 4.8, "hatched")


def _moved(
    of: Hung,
    mine: np.ndarray[tuple[int], np.dtype[np.bool_]],
    hung: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> str:
    """Flow to all racks of a manifold, and the highest speed in it."""
    count = f"{len(hung)} {'rack' if len(hung) == 1 else 'racks'}"
    if _dry(of, hung):
        return f"no flow to {count}"
    flow = words.one(float(of.rack_lpm[hung].sum()), " L/min")
    if not mine.any():
        return f"{flow} to {count}"
    return f"{flow} to {count}, at most {words.speed(float(of.m_s[mine].max()))}"


def _dry(of: Hung, hung: IntArray) -> bool:
    """Whether nothing flows to any rack of a manifold that has some."""
    return of.solved and bool(len(hung)) and not bool((of.rack_lpm[hung] > 0).any())


def _rack(
    of: Hung, k: int, name: str, tip: str, x: float, y: float, *, after: bool
) -> Iterator[str]:
    """Yield a rack on its hoses: its state above, that which it is compared with below."""
    low = y - HALF - _HOSE - _RACK_TALL
    top, left = low + _RACK_TALL, x - _RACK_WIDE / 2
    dry = of.solved and not of.rack_lpm[k] > 0
    for side, dx, from_y in (("supply", -1.6, y + HALF), ("return", 1.6, y - HALF)):
        points = np.array([[x + dx, from_y], [x + dx, top]])
        if side == "supply":  # it crosses the return
            yield svg.polyline(points - [[0.0, 0.7], [0.0, 0.0]], "casing")
        yield svg.polyline(points, f"hose {'gone' if dry else side}")
    half = _RACK_TALL / 2
    parts = [svg.title(tip)]
    for part, band, lpm in (
        (0, of.band[k], of.rack_lpm[k]),
        (1, of.other_band[k], of.other_lpm[k]),
    ):
        at = low + half * (1 - part)
        parts.append(svg.rect(left, at, _RACK_WIDE, half, f"edge b{int(band)}"))
        if of.solved and not lpm > 0:
            parts.append(svg.rect(left, at, _RACK_WIDE, half, "hatched"))
    over = max(of.band[k], of.other_band[k]) >= colours.FAILS
    unknown = int(max(of.band[k], of.other_band[k])) == colours.UNKNOWN
    if over and not unknown:
        parts.append(svg.rect(left, low, _RACK_WIDE, _RACK_TALL, "hollow over"))
    label = words.cut(name, _RACK_TALL - 1.0, _NAME)
    parts.append(
        svg.text(
            label, x + 0.36 * _NAME, low + half, _NAME, css="bold halo", anchor="middle", turn=-90
        )
    )
    yield svg.group("element", parts)
    for n, text in enumerate(_cells(of, k, after=after)):
        yield svg.text(text, x, low - 3.4 - _LEADING * n, _SIZE, anchor="middle")


def _cells(of: Hung, k: int, *, after: bool) -> list[str]:
    """Return the column of the table under a rack."""
    dry = of.solved and not of.rack_lpm[k] > 0
    out = [words.one(float(of.rack_lpm[k]))]
    out.append("-" if dry and of.need_lpm[k] == 0 else words.one(float(of.need_lpm[k])))
    out.append(words.one(float(of.other_lpm[k])))
    if not after:
        out.append(words.letter(int(of.cause[k])) or "-")
    if isinstance(of, Drops):
        out.append(f"{of.open[k]} of {of.cdus[k]}")
    if dry:  # of no flow there is nothing to tell
        return [*out, *["-"] * (2 + _held(of))]
    out.append(words.one(float(of.rack_kpa[k])))
    if _held(of):
        out.append(words.one(float(of.valve_kpa[k])))
    return [*out, words.one(float(of.rack_c[k]))]


def _held(of: Hung) -> bool:
    """Whether the valve of any rack holds its flow."""
    return bool((of.valve_kpa > 0).any())


def _heads(of: Hung, at: Manifold, said: _Words, *, after: bool) -> Iterator[str]:
    heads = ["flow, L/min", said.need]
    heads += ["healthy, L/min"] if after else ["worst, L/min", "what is lost"]
    heads += ["CDUs"] * isinstance(of, Drops)
    heads += [said.over, *[said.valve] * _held(of), "return, °C"]
    y = at.y - HALF - _HOSE - _RACK_TALL - 3.4
    for n, text in enumerate(heads):
        yield svg.text(text, at.x + HEADS - 1.0, y - _LEADING * n, _SIZE, css="soft", anchor="end")


def _empty(position: str, x: float, y: float) -> Iterator[str]:
    """Yield a position without a rack: closed."""
    low = y - HALF - _HOSE - _RACK_TALL
    inner = svg.title(f"position {position}: no rack, closed")
    yield svg.rect(x - _RACK_WIDE / 2, low, _RACK_WIDE, _RACK_TALL, "vacant", inner)
    label = words.cut(position, _RACK_TALL - 1.0, _NAME)
    yield svg.text(
        label, x + 0.36 * _NAME, low + _RACK_TALL / 2, _NAME, css="grey", anchor="middle", turn=-90
    )
    yield svg.text("-", x, low - 3.4, _SIZE, css="grey", anchor="middle")


def _tip(of: Hung, k: int, name: str, said: _Words, *, after: bool) -> str:
    """Return all that is known of a rack in one sentence."""
    need, gets = (words.one(float(c[k]), " L/min") for c in (of.need_lpm, of.rack_lpm))
    other = words.one(float(of.other_lpm[k]), " L/min")
    case = of.causes[int(of.cause[k])] if of.cause[k] >= 0 else "healthy"
    over, valve = (words.one(float(c[k]), " kPa") for c in (of.rack_kpa, of.valve_kpa))
    loses = said.loses.format(over) + said.held.format(valve) * _held(of)
    compared = f"healthy {other}" if after else f"in the worst case {other}: {case}"
    told = f"rack {name}: gets {gets}, {said.needs} {need}, {compared}"
    if of.solved and not of.rack_lpm[k] > 0:  # of no flow there is nothing to tell
        return told
    return f"{told}, {loses}, returns {words.one(float(of.rack_c[k]), ' °C')}"
