"""Flows and pressures of a compiled network, in one scenario or many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.errors import SolveError
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.hydraulics.lanes import Asked, Found, Stop, Wires, solve_lanes
from twin.solve.hydraulics.laws import Laws
from twin.solve.hydraulics.topology import Topology

ENERGY_PA = 1.0
PART_OF_HEAD = 1e-6
MASS_M3S = 1e-8
STEP_M3S = 1e-9
MOST_ROUNDS = 100
_ONE, _EIGHT = (0,), (0,) * 8


@dataclass(frozen=True, slots=True)
class Flows:
    """Solved scenarios, nodes and links in the caller's order.

    Attributes
    ----------
    converged
        (S,) whether a scenario was solved. What was not is unknown: NaN.
    residual
        (S,) largest difference of a link's pressure from its law, Pa.
    imbalance
        (S,) sum over nodes of flow that is lacking or too much, m3/s.
    rounds
        (S,) rounds that it took.
    q_m3s
        (S, m) flow of each link, positive from its first to its second node. 0 where it is closed
        or cut off from all pressure; NaN where it is cut off with a demand to be met.
    p_pa
        (S, n) pressure of each node; NaN where no open link joins it to a held one.
    """

    converged: BoolArray
    residual: FloatArray
    imbalance: FloatArray
    rounds: IntArray
    q_m3s: FloatArray
    p_pa: FloatArray


def solve(
    topology: Topology,
    laws: Laws,
    held_pa: FloatArray,
    *,
    demand_m3s: FloatArray | None = None,
    closed: BoolArray | None = None,
    start_m3s: FloatArray | None = None,
    most_rounds: int = MOST_ROUNDS,
) -> Flows:
    """Solve a network, in as many scenarios as the tables have rows.

    A scenario is solved when no link is farther from its law than 1 Pa, and than 1e-6 of the
    largest difference of pressure over a link; when that would move no flow by more than 1e-9
    m3/s; and when what is lacking at all nodes together is below 1e-8 m3/s.

    Parameters
    ----------
    topology, laws
        The compiled network and what its links do.
    held_pa
        (r,) or (S, r) pressure of each held node of the topology.
    demand_m3s
        (n,) or (S, n) what leaves the network at each node; negative comes in.
    closed
        (m,) or (S, m) links that are shut.
    start_m3s
        (m,) or (S, m) flows to start from, as of a healthy network; they decide the last bits.

    Examples
    --------
    >>> from twin.solve.hydraulics.laws import compile_laws
    >>> from twin.solve.hydraulics.links import Kind, Links
    >>> from twin.solve.hydraulics.topology import compile_topology
    >>> loop = compile_topology(2, np.array([0, 1]), np.array([1, 0]), np.array([0]))
    >>> laws = compile_laws(Links(
    ...     np.array([Kind.PUMP, Kind.POWER]), lift_pa=2e5, resistance=np.array([3e9, 2e9])))
    >>> flows = solve(loop, laws, np.array([1e5]))
    >>> bool(flows.converged[0]), float(flows.q_m3s[0, 0].round(9)), float(flows.p_pa[0, 1].round())
    (True, 0.006324555, 180000.0)
    """
    m, n = len(topology), topology.nodes
    if len(laws) != m:
        raise SolveError(f"{len(laws)} laws do not fit {m} links")
    asked = Asked(
        _table(np.zeros(m) if closed is None else closed, m) != 0.0,
        _table(np.zeros((1, n)) if demand_m3s is None else demand_m3s, n),
        _table(held_pa, len(topology.held)),
        np.empty((0, m)) if start_m3s is None else _table(start_m3s, m),
    )
    rows = {laws.rows, *map(len, asked)} - {0, 1}
    if len(rows) > 1:
        raise SolveError(f"tables of {' and '.join(map(str, sorted(rows)))} scenarios do not fit")
    count = rows.pop() if rows else 1
    found = Found(
        np.zeros(count, np.bool_), np.empty(count), np.empty(count), np.empty(count, np.int64),
        np.empty((count, m)), np.empty((count, n)),
    )  # fmt: skip
    stop = Stop(ENERGY_PA, PART_OF_HEAD, MASS_M3S, STEP_M3S, most_rounds)
    solve_lanes(_ONE if count == 1 else _EIGHT, _wires(topology, laws), asked, stop, found)
    return Flows(*found)


def _table(given: FloatArray | BoolArray, width: int) -> FloatArray:
    """Return a table of scenarios, at least one."""
    table: FloatArray = np.atleast_2d(np.ascontiguousarray(given, np.float64))
    if table.ndim != 2 or table.shape[1] != width or not len(table):
        raise SolveError(f"a table of {np.shape(given)} does not fit {width} columns")
    return table


def _wires(topology: Topology, laws: Laws) -> Wires:
    """Join network and laws, links in the order of the laws."""
    row = laws.row
    ours = np.empty(len(row), np.int64)
    ours[row] = np.arange(len(row))
    program = topology.program
    return Wires(
        topology.from_place[row], topology.to_place[row], topology.slot[row],
        ours[topology.at_held].astype(np.uint32), program.first, program.other, program.target,
        topology.place, topology.start, ours[topology.touching], row, laws.until, laws.columns,
        laws.walled, laws.curve_start, laws.curve_q, laws.curve_pa, laws.curve_end, laws.friction,
    )  # fmt: skip
