"""Todini's global gradient on a compiled network, some scenarios beside each other.

Unknowns are pressures of nodes and flows of links. A round takes loss h and conductance g = 1/h'
of each link, solves A diag(g) A' p = A (g h - q) - demand, and moves flows by g (dp - h) (Todini
and Pilati, "A gradient algorithm for the analysis of pipe networks", Computer Applications in
Water Supply 1, 1988). Each scenario is a lane: the last, contiguous axis of every array. A lane
does not see its neighbours, so its bits are the same beside others and alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.hydraulics.elimination import Places
from twin.solve.hydraulics.friction import pipes
from twin.solve.hydraulics.islands import SOLVED, STARVED, mark_islands
from twin.solve.hydraulics.laws import (
    BEND,
    COEF,
    COLUMNS,
    CUBE,
    CURVES,
    LEAST,
    LIFT,
    LINE,
    LOCAL,
    MOST,
    OPEN,
    PIPES,
    POWER,
    POWERS,
    RE,
    ROUGH,
    RUB,
    SPEED,
    SQUARES,
    START,
    curves,
    give_way,
    others,
)  # fmt: skip

SLOWER_FROM = 16
"""From this round on most steps are shorter, by turns: walls may throw flows to and fro."""
LEAST_TOLERANCE_PA = 1e-6
GIVES_WAY = 1e-6
"""A valve that holds a flow may give way by this part of it."""


class Wires(NamedTuple):
    """A compiled network with the links in the order of their laws; see `Topology` and `Laws`."""

    fr: Places
    to: Places
    slot: Places
    at_held: Places
    first: Places
    other: Places
    target: Places
    place: IntArray
    start: IntArray
    touching: IntArray
    row: IntArray
    until: IntArray
    columns: FloatArray
    walled: IntArray
    curve_start: IntArray
    curve_q: FloatArray
    curve_pa: FloatArray
    curve_end: IntArray
    friction: int


class Asked(NamedTuple):
    """Scenarios; a table of one row is the same for all."""

    closed: BoolArray
    demand: FloatArray
    held_pa: FloatArray
    begin: FloatArray


class Stop(NamedTuple):
    """When a scenario is solved: see `solve`."""

    energy_pa: float
    part_of_head: float
    mass_m3s: float
    step_m3s: float
    most_rounds: int


class Found(NamedTuple):
    """What is found of each scenario."""

    converged: BoolArray
    residual: FloatArray
    imbalance: FloatArray
    rounds: IntArray
    q: FloatArray
    p: FloatArray


class Desk(NamedTuple):
    """Where some lanes are worked on, all arrays flat: row times lanes plus lane."""

    coef: FloatArray
    bend: FloatArray
    curve_q: FloatArray
    curve_pa: FloatArray
    curve_end: IntArray
    open: FloatArray
    q: FloatArray
    within: FloatArray
    h: FloatArray
    g: FloatArray
    p: FloatArray
    need: FloatArray
    diagonal: FloatArray
    right: FloatArray
    inverse: FloatArray
    values: FloatArray
    factor: FloatArray
    state: NDArray[np.int8]
    pinned: IntArray


@kernel
def solve_lanes(
    lanes: tuple[int, ...], wires: Wires, asked: Asked, stop: Stop, found: Found
) -> None:
    """Solve all scenarios, `len(lanes)` at a time: a number that the compiler knows."""
    w = len(lanes)
    m, n, free, slots = len(wires.row), len(wires.place), len(wires.first) - 1, len(wires.other)
    desk = Desk(
        np.empty((COLUMNS, m * w)), np.empty(4 * wires.until[PIPES] * w),
        np.empty(wires.curve_q.shape[1] * w), np.empty(wires.curve_q.shape[1] * w),
        np.empty(wires.curve_end.shape[1] * w, np.int64),
        np.empty(m * w), np.empty(m * w), np.empty(m * w), np.empty(m * w), np.empty(m * w),
        np.empty(n * w), np.empty(n * w), np.empty(n * w), np.empty(n * w), np.empty(n * w),
        np.empty((slots + 1) * w), np.empty(w), np.empty(n * w, np.int8), np.empty(n * w, np.int64),
    )  # fmt: skip
    running = np.empty(w, np.bool_)
    scenarios = len(found.converged)
    own_laws = wires.columns.shape[1] > 1
    for lane in range(w):
        _lay_laws(w, lane, 0, wires, desk)
    for first in range(0, scenarios, w):
        left = min(w, scenarios - first)
        pins = 0
        for lane in range(w):
            running[lane] = lane < left
            scenario = min(first + lane, scenarios - 1)
            if own_laws:
                _lay_laws(w, lane, scenario, wires, desk)
            _lay(w, lane, scenario, wires, asked, desk)
            pins = mark_islands(
                w, lane, free, wires.fr, wires.to, wires.start, wires.touching,
                wires.until[PIPES], desk.coef[LIFT], desk.need, desk.open, desk.state,
                desk.pinned, pins,
            )  # fmt: skip
        _start(w, first, scenarios, wires, asked, desk)
        count = 0
        _laws(lanes, wires, desk)
        while left > 0:
            count += 1
            _assemble(lanes, free, pins, wires, desk)
            _eliminate(lanes, wires.first, wires.other, wires.target, desk)
            part = 1.0 if count < SLOWER_FROM or count % 4 == 0 else 1.0 - 0.25 * (count % 4)
            _move(lanes, part, wires, desk)
            _laws(lanes, wires, desk)
            left -= _judge(lanes, first, count, free, wires, stop, desk, running, found)


@kernel
def _lay_laws(w: int, lane: int, scenario: int, wires: Wires, desk: Desk) -> None:
    """Lay the laws of one scenario into its lane."""
    m, count = len(wires.row), wires.until[PIPES]
    for c in range(COLUMNS):
        for i in range(m):
            desk.coef[c, i * w + lane] = wires.columns[c, scenario, i]
    for c in range(4):
        for i in range(count):
            desk.bend[(c * count + i) * w + lane] = wires.columns[BEND + c, scenario, i]
    r = scenario if len(wires.curve_q) > 1 else 0
    for k in range(wires.curve_q.shape[1]):
        desk.curve_q[k * w + lane] = wires.curve_q[r, k]
        desk.curve_pa[k * w + lane] = wires.curve_pa[r, k]
    for k in range(wires.curve_end.shape[1]):
        desk.curve_end[k * w + lane] = wires.curve_end[r, k]


@kernel
def _lay(w: int, lane: int, scenario: int, wires: Wires, asked: Asked, desk: Desk) -> None:
    """Lay what is asked of one scenario into its lane."""
    m, n = len(wires.row), len(wires.place)
    free = n - asked.held_pa.shape[1]
    r = scenario if len(asked.closed) > 1 else 0
    for i in range(m):
        shut = asked.closed[r, wires.row[i]]
        desk.open[i * w + lane] = 0.0 if shut else desk.coef[OPEN, i * w + lane]
    r = scenario if len(asked.demand) > 1 else 0
    for k in range(n):
        desk.need[wires.place[k] * w + lane] = asked.demand[r, k]
    r = scenario if len(asked.held_pa) > 1 else 0
    for k in range(free, n):
        desk.p[k * w + lane] = asked.held_pa[r, k - free]


@kernel
def _start(w: int, first: int, scenarios: int, wires: Wires, asked: Asked, desk: Desk) -> None:
    """Set the flows from which rounds start, of what is open after the search for islands."""
    for i in range(len(wires.row)):
        for lane in range(w):
            x = i * w + lane
            begin = desk.coef[START, x]
            if len(asked.begin):
                s = min(first + lane, scenarios - 1) if len(asked.begin) > 1 else 0
                given = asked.begin[s, wires.row[i]]
                begin = given if np.isfinite(given) else begin
            desk.q[x] = begin if desk.open[x] > 0.0 else 0.0


@kernel
def _laws(lanes: tuple[int, ...], wires: Wires, desk: Desk) -> None:
    """Compute loss and conductance of all links at their flows."""
    w = len(lanes)
    q, within, h, g, coef = desk.q, desk.within, desk.h, desk.g, desk.coef
    until = wires.until
    p2, s2, c2 = until[PIPES] * w, until[SQUARES] * w, until[POWERS] * w
    within[:] = q
    for k in range(len(wires.walled)):
        for lane in range(w):
            x = wires.walled[k] * w + lane
            within[x] = min(max(q[x], coef[LEAST, x]), coef[MOST, x])
    pipes(
        wires.friction, within, coef[RUB, :p2], coef[LOCAL, :p2], coef[RE, :p2], coef[ROUGH, :p2],
        desk.bend, h, g,
    )  # fmt: skip
    others(
        s2 - p2, within[p2:], coef[LIFT, p2:c2], coef[COEF, p2:c2], coef[POWER, p2:c2],
        coef[LINE, p2:c2], coef[CUBE, p2:c2], h[p2:], g[p2:],
    )  # fmt: skip
    curves(
        w, within[c2:], wires.curve_start, desk.curve_end, desk.curve_q, desk.curve_pa,
        coef[SPEED, c2 : until[CURVES] * w], h[c2:], g[c2:],
    )  # fmt: skip
    for k in range(len(wires.walled)):
        for lane in range(w):
            x = wires.walled[k] * w + lane
            give_way(x, q[x], within[x], coef[MOST, x], h, g)
    for x in range(len(g)):
        g[x] *= desk.open[x]


@kernel
def _assemble(lanes: tuple[int, ...], free: int, pins: int, wires: Wires, desk: Desk) -> None:
    """Write the matrix and its right-hand side."""
    w = len(lanes)
    fr, to, slot = wires.fr, wires.to, wires.slot
    diagonal, right, values = desk.diagonal, desk.right, desk.values
    q, h, g, p = desk.q, desk.h, desk.g, desk.p
    diagonal[:] = 0.0
    values[:] = 0.0
    for x in range(len(right)):
        right[x] = -desk.need[x]
    for i in range(len(fr)):
        for lane in range(w):
            x, a, b = i * w + lane, fr[i] * w + lane, to[i] * w + lane
            flow = q[x] - g[x] * h[x]
            diagonal[a] += g[x]
            diagonal[b] += g[x]
            right[a] -= flow
            right[b] += flow
            values[slot[i] * w + lane] -= g[x]
    for k in range(len(wires.at_held)):
        i = wires.at_held[k]
        for lane in range(w):
            x, a, b = i * w + lane, fr[i] * w + lane, to[i] * w + lane
            if to[i] >= free:
                right[a] += g[x] * p[b]
            else:
                right[b] += g[x] * p[a]
    for k in range(pins):
        x = desk.pinned[k]
        diagonal[x], right[x] = 1.0, 0.0
        for t in range(wires.start[x // w], wires.start[x // w + 1]):
            values[slot[wires.touching[t]] * w + x % w] = 0.0


@kernel
def _eliminate(
    lanes: tuple[int, ...], first: Places, other: Places, target: Places, desk: Desk
) -> None:
    """Solve for the pressures by the program: two flat loops without search."""
    w = len(lanes)
    diagonal, right, values = desk.diagonal, desk.right, desk.values
    inverse, factor, p = desk.inverse, desk.factor, desk.p
    free = len(first) - 1
    t = 0
    for at in range(free):
        for lane in range(w):
            inverse[at * w + lane] = 1.0 / diagonal[at * w + lane]
        for c in range(first[at], first[at + 1]):
            o = other[c]
            for lane in range(w):
                factor[lane] = values[c * w + lane] * inverse[at * w + lane]
            for d in range(first[at], c):
                z = target[t]
                t += 1
                for lane in range(w):
                    values[z * w + lane] -= factor[lane] * values[d * w + lane]
            for lane in range(w):
                diagonal[o * w + lane] -= factor[lane] * values[c * w + lane]
                right[o * w + lane] -= factor[lane] * right[at * w + lane]
    for at in range(free - 1, -1, -1):
        for lane in range(w):
            factor[lane] = right[at * w + lane]
        for c in range(first[at], first[at + 1]):
            for lane in range(w):
                factor[lane] -= values[c * w + lane] * p[other[c] * w + lane]
        for lane in range(w):
            p[at * w + lane] = factor[lane] * inverse[at * w + lane]


@kernel
def _move(lanes: tuple[int, ...], part: float, wires: Wires, desk: Desk) -> None:
    """Move flows to where the linear laws take them."""
    w = len(lanes)
    q, h, g, p = desk.q, desk.h, desk.g, desk.p
    for i in range(len(wires.fr)):
        for lane in range(w):
            x = i * w + lane
            lost = p[wires.fr[i] * w + lane] - p[wires.to[i] * w + lane]
            q[x] += part * (g[x] * (lost - h[x]))


@kernel
def _judge(
    lanes: tuple[int, ...],
    first: int,
    count: int,
    free: int,
    wires: Wires,
    stop: Stop,
    desk: Desk,
    running: BoolArray,
    found: Found,
) -> int:
    """Take what is solved, or leads nowhere, out of its lane; return how many were."""
    w = len(lanes)
    worst, step, head = np.zeros(w), np.zeros(w), np.zeros(w)
    for i in range(len(wires.fr)):
        for lane in range(w):
            x = i * w + lane
            lost = desk.p[wires.fr[i] * w + lane] - desk.p[wires.to[i] * w + lane]
            e = abs(lost - desk.h[x]) * desk.open[x]
            worst[lane] = e if not e <= worst[lane] else worst[lane]
            step[lane] = max(step[lane], e * desk.g[x])
            head[lane] = max(head[lane], abs(lost) * desk.open[x])
    # A demand that only a shut valve could meet finds its flow at pressures beyond all sense.
    through = np.zeros(w)
    for k in range(len(wires.walled)):
        for lane in range(w):
            x = wires.walled[k] * w + lane
            beyond = abs(desk.q[x] - desk.within[x]) - GIVES_WAY * abs(desk.within[x])
            through[lane] = max(through[lane], beyond)
    taken = 0
    for lane in range(w):
        if not running[lane]:
            continue
        tolerance = max(min(stop.energy_pa, stop.part_of_head * head[lane]), LEAST_TOLERANCE_PA)
        there = worst[lane] <= tolerance and step[lane] <= stop.step_m3s
        there = there and through[lane] <= stop.step_m3s
        over = not np.isfinite(worst[lane]) or count >= stop.most_rounds
        if not (there or over):
            continue
        lack = _mass(lanes, lane, free, wires, desk)
        there = there and lack <= stop.mass_m3s
        if there or over:
            s = first + lane
            found.converged[s], found.rounds[s] = there, count
            found.residual[s], found.imbalance[s] = worst[lane], lack
            _take(w, lane, s, free, wires, desk, found)
            running[lane] = False
            taken += 1
    return taken


@kernel
def _mass(lanes: tuple[int, ...], lane: int, free: int, wires: Wires, desk: Desk) -> float:
    """Return the sum of what is lacking at all free nodes, m3/s."""
    w = len(lanes)
    lack = desk.right  # written anew in the next round
    for k in range(len(wires.place)):
        lack[k * w + lane] = desk.need[k * w + lane]
    for i in range(len(wires.fr)):
        lack[wires.fr[i] * w + lane] += desk.q[i * w + lane]
        lack[wires.to[i] * w + lane] -= desk.q[i * w + lane]
    total = 0.0
    for k in range(free):
        if desk.state[k * w + lane] != STARVED:
            total += abs(lack[k * w + lane])
    return total


@kernel
def _take(w: int, lane: int, s: int, free: int, wires: Wires, desk: Desk, found: Found) -> None:
    """Write flows and pressures of a lane in the caller's order."""
    known = found.converged[s]
    for i in range(len(wires.fr)):
        starved = desk.state[wires.fr[i] * w + lane] == STARVED
        starved = starved or desk.state[wires.to[i] * w + lane] == STARVED
        found.q[s, wires.row[i]] = desk.q[i * w + lane] if known and not starved else np.nan
    for k in range(len(wires.place)):
        x = wires.place[k] * w + lane
        held = wires.place[k] >= free
        found.p[s, k] = desk.p[x] if (known and desk.state[x] == SOLVED) or held else np.nan
