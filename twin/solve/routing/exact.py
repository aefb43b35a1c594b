"""A linear program over ways, where negotiation leaves something overfull.

Columns are ways of commodities (cords alike, from one place to one sink); they are found by
shortest trees at the program's own prices until none is missing (Ford and Fulkerson, "A suggested
computation for maximal multi-commodity network flows", Management Science 5(1), 1958; Dantzig and
Wolfe 1960). A square metre over a limit costs more than any detour, so that something stays
overfull only where no routing exists; the prices then say which ways are too small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.errors import SolveError
from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.routing.contract import Graph
from twin.solve.routing.negotiate import Laid
from twin.solve.routing.trees import NOWHERE, ROUNDING_M, Chains, Turns, shortest, trace
from twin.solve.routing.units import Units

MOST_ITERATIONS = 60
MOST_NODES = 2000
"""Of the integer program's search, a count and not a time: the same answer on each machine."""
PENALTY = 1e4
"""A cord over a limit costs so many mean ways."""
BEYOND = 1e2
"""A cord led beyond its reach costs so many mean ways more."""
DEARER = (4.0, 1e3)
"""So many times as dear are metres where a way within the reach is looked for."""
MORE_WAYS = 24
"""So many sets of other ways an integer program is given."""
FEW = 20_000
"""So many commodities go into the program all; of more, those in slots that are nearly full."""


@dataclass(frozen=True)
class Program:
    """Ways and how many cords each takes.

    Attributes
    ----------
    commodity
        (U,) commodity of each whole, -1 where it was left as it lies.
    wholes
        Commodities as wholes.
    of
        (P,) commodity of each column, sorted.
    trees, tree, turn
        Trees, and for each column the tree and how it is entered.
    cords
        (P,) cords of each column: whole numbers, and all cords of each commodity.
    price
        (S,) of each slot, in mean ways per mean cord.
    over
        Cords (mean ones) over the limits, in all.
    """

    commodity: IntArray
    wholes: Units
    of: IntArray
    trees: Chains
    tree: IntArray
    turn: Turns
    cords: IntArray
    price: FloatArray
    over: float


@dataclass(frozen=True)
class _Columns:
    """Columns found so far: commodity, tree, turn, cost in mean ways without prices, slots."""

    of: IntArray
    tree: IntArray
    turn: Turns
    length: FloatArray
    first: IntArray
    slot: IntArray

    def some(self, rows: list[int]) -> _Columns:
        """Return some of them."""
        slots = [self.slot[self.first[k] : self.first[k + 1]] for k in rows]
        return _Columns(
            self.of[rows], self.tree[rows], self.turn[rows], self.length[rows],
            np.cumsum([0, *map(len, slots)]).astype(np.int64),
            np.concatenate([self.slot[:0], *slots]),
        )  # fmt: skip

    def joined(self, new: _Columns) -> _Columns:
        """Return both, these first."""
        return _Columns(
            np.concatenate([self.of, new.of]), np.concatenate([self.tree, new.tree]),
            np.concatenate([self.turn, new.turn]), np.concatenate([self.length, new.length]),
            np.concatenate([self.first, self.first[-1] + new.first[1:]]),
            np.concatenate([self.slot, new.slot]),
        )  # fmt: skip


def solve(graph: Graph, units: Units, laid: Laid, *, whole: bool) -> Program | None:
    """Find ways for all cords by a linear program, or (`whole`) an integer one over its columns.

    None where nothing limited is left to decide.
    """
    commodity, wholes = _commodities(graph, units, laid)
    if not len(wholes.root):
        return None
    room = graph.limit_m2 - laid.fixed_m2 - _fill_of(graph, units, laid, commodity < 0)
    rows = np.flatnonzero(np.isfinite(room))
    cord = float(wholes.section_m2.sum() / wholes.cords.sum())
    mean = max(float(graph.length_m.sum()) / len(graph.length_m), 1e-9)
    if not len(rows) or cord <= 0:
        return None
    price = np.zeros(len(room))
    trees: list[Chains] = []
    columns, duals, solution = None, np.full(len(wholes.root), np.inf), None
    for _ in range(MOST_ITERATIONS):
        new = _priced(graph, wholes, price, duals, (mean, cord), trees)
        if columns is not None and not len(new.of):
            break
        columns = new if columns is None else columns.joined(new)
        solution = _master(columns, wholes, room, rows, cord)
        price[rows] = solution["price"]
        duals = solution["dual"]
    assert columns is not None and solution is not None  # noqa: S101, PT018 - for the types
    x, over = solution["x"], float(solution["over"])
    if whole:
        columns = _enriched(graph, wholes, price, (mean, cord), trees, columns)
        found = _integers(columns, wholes, room, rows, cord)
        x = x if found is None else found
    cords = _whole_cords(columns.of, x, wholes.cords)
    kept = np.flatnonzero(cords > 0)
    kept = kept[np.argsort(columns.of[kept], kind="stable")]
    return Program(
        commodity, wholes, columns.of[kept], np.concatenate(trees), columns.tree[kept],
        columns.turn[kept], cords[kept], price, over,
    )  # fmt: skip


def _commodities(graph: Graph, units: Units, laid: Laid) -> tuple[IntArray, Units]:
    """Put wholes together that are alike but for their size."""
    takes = laid.turn != NOWHERE
    each = units.section_m2 / units.cords
    keys = (each, units.reach_m, units.junction, units.slot, units.chain, units.root)
    order = np.lexsort(keys)
    new = np.ones(len(order), np.bool_)
    new[1:] = np.any([k[order][1:] != k[order][:-1] for k in keys], axis=0)
    if int(new[takes[order]].sum()) > FEW:
        near = laid.fill_m2 > 0.9 * graph.limit_m2
        takes &= _through(graph, units, laid, near)
    order = order[takes[order]]
    new = np.ones(len(order), np.bool_)
    new[1:] = np.any([k[order][1:] != k[order][:-1] for k in keys], axis=0)
    number = np.cumsum(new) - 1
    commodity = np.full(len(units.root), -1, np.int64)
    commodity[order] = number
    head = order[new]
    count = len(head)
    cords, section = (
        np.bincount(number, c[order], minlength=count).astype(float)
        for c in (units.cords, units.section_m2)
    )
    first = np.searchsorted(units.root[head], np.arange(len(units.root_junction) + 1))
    return commodity, units._replace(
        item=head, root=units.root[head], chain=units.chain[head], slot=units.slot[head],
        junction=units.junction[head], cords=cords, section_m2=section,
        reach_m=units.reach_m[head],
        first=first.astype(np.int64),
    )  # fmt: skip


def _priced(
    graph: Graph, wholes: Units, price: FloatArray, duals: FloatArray,
    scale: tuple[float, float], trees: list[Chains],
) -> _Columns:  # fmt: skip
    """Best way of each commodity at some prices, where it is better than all before.

    Where that goes beyond a reach, also ways that are best where metres are dearer.
    """
    out, far = _best(graph, wholes, price, duals, scale, trees, 1.0)
    for dear in DEARER if far else ():
        more, _ = _best(graph, wholes, price, duals, scale, trees, dear)
        known = {_name(out, k) for k in range(len(out.of))}
        out = out.joined(more.some([k for k in range(len(more.of)) if _name(more, k) not in known]))
    return out


def _best(
    graph: Graph, wholes: Units, price: FloatArray, duals: FloatArray,
    scale: tuple[float, float], trees: list[Chains], dear: float,
) -> tuple[_Columns, bool]:  # fmt: skip
    """Find best ways where metres are so dear; also tell whether some go beyond a reach."""
    mean, cord = scale
    tree = np.empty((len(wholes.root_junction), len(graph.arc_first) - 1), np.int32)
    turn, cost = np.empty(len(wholes.root), np.int8), np.empty(len(wholes.root))
    shortest(
        graph, wholes, dear * graph.length_m / mean, price / cord, tree, turn, cost,
        np.zeros(len(price)),
    )  # fmt: skip
    gained = 1e-7 * np.maximum(1.0, np.abs(cost))
    some = np.isfinite(cost) & (
        np.isfinite(wholes.reach_m) if dear > 1.0 else cost < duals - gained
    )
    who = np.flatnonzero(some)
    first, slot = slots_of(graph, wholes, who, tree, wholes.root[who], turn[who])
    length, paid = (
        np.add.reduceat(np.append(c, 0.0), first[:-1]) for c in (graph.length_m[slot], price[slot])
    )
    length[first[1:] == first[:-1]] = paid[first[1:] == first[:-1]] = 0.0
    far = length > wholes.reach_m[who] + ROUNDING_M
    # In mean ways; a way beyond the reach is the last that is taken.
    length = length / mean + BEYOND * far
    paid *= wholes.section_m2[who] / wholes.cords[who] / cord
    better = (
        np.flatnonzero(length + paid < duals[who] - gained[who])
        if dear > 1.0 or far.any()
        else None
    )
    row = wholes.root[who] + sum(map(len, trees))
    out = _Columns(who, row, turn[who], length, first, slot)
    if better is not None:
        out = out.some(better.tolist())
    if len(out.of):
        trees.append(tree)
    return out, bool(far.any())


def _enriched(
    graph: Graph, wholes: Units, price: FloatArray, scale: tuple[float, float],
    trees: list[Chains], columns: _Columns,
) -> _Columns:  # fmt: skip
    """Add other ways than the linear program needs: whole cords may need them."""
    none = np.full(len(wholes.root), np.inf)
    known = {_name(columns, k) for k in range(len(columns.of))}
    level = float(price.max(initial=0.0)) + 1.0
    for k in range(MORE_WAYS):
        rng = np.random.default_rng(k)  # the same numbers each time, on slots in their order
        told = rng.uniform(0.5, 1.5) * price + level * rng.exponential(0.5, len(price))
        new = _priced(graph, wholes, told, none, scale, trees)
        fresh = []
        for c in range(len(new.of)):
            name = _name(new, c)
            if name not in known:
                known.add(name)
                fresh.append(c)
        columns = columns.joined(new.some(fresh))
    return columns


def _name(columns: _Columns, k: int) -> tuple[int, bytes]:
    """Commodity and slots of a column."""
    return int(columns.of[k]), columns.slot[columns.first[k] : columns.first[k + 1]].tobytes()


def _parts(
    columns: _Columns, wholes: Units, room: FloatArray, rows: IntArray, cord: float
) -> tuple[Any, Any, FloatArray, FloatArray]:
    """Matrices of both kinds of rows, in cords, and their right-hand sides."""
    from scipy.sparse import csr_array, hstack

    place = np.full(len(room), -1, np.int64)
    place[rows] = np.arange(len(rows))
    column = np.repeat(np.arange(len(columns.of)), np.diff(columns.first))
    at = place[columns.slot]
    each = (wholes.section_m2 / wholes.cords / cord)[columns.of]
    keep = at >= 0
    lies = csr_array(
        (each[column[keep]], (at[keep], column[keep])), shape=(len(rows), len(columns.of))
    )
    over = csr_array((-np.ones(len(rows)), (np.arange(len(rows)),) * 2), shape=(len(rows),) * 2)
    count = len(wholes.root)
    sums = csr_array(
        (np.ones(len(columns.of)), (columns.of, np.arange(len(columns.of)))),
        shape=(count, len(columns.of) + len(rows)),
    )
    return hstack([lies, over], format="csr"), sums, room[rows] / cord, wholes.cords


def _master(
    columns: _Columns, wholes: Units, room: FloatArray, rows: IntArray, cord: float
) -> dict[str, Any]:
    """Solve the linear program over the columns so far."""
    from scipy.optimize import linprog

    a, sums, limit, count = _parts(columns, wholes, room, rows, cord)
    cost = np.concatenate([columns.length, np.full(len(rows), PENALTY)])
    done = linprog(cost, A_ub=a, b_ub=limit, A_eq=sums, b_eq=count, method="highs")
    size = len(columns.of)
    if done.x is None:
        raise SolveError(f"the linear program of {size} ways gave nothing: {done.message}")
    return {
        "x": done.x[:size],
        "over": done.x[size:].sum(),
        "price": np.maximum(-done.ineqlin.marginals, 0.0),
        "dual": done.eqlin.marginals,
    }


def _integers(
    columns: _Columns, wholes: Units, room: FloatArray, rows: IntArray, cord: float
) -> FloatArray | None:
    """Solve in whole cords over the same columns; None where the search finds nothing."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    a, sums, limit, count = _parts(columns, wholes, room, rows, cord)
    size = len(columns.of)
    done = milp(
        np.concatenate([columns.length, np.full(len(rows), PENALTY)]),
        integrality=np.concatenate([np.ones(size), np.zeros(len(rows))]),
        bounds=Bounds(0.0, np.inf),
        constraints=[LinearConstraint(a, -np.inf, limit), LinearConstraint(sums, count, count)],
        options={"node_limit": MOST_NODES},
    )
    return None if done.x is None else np.asarray(done.x[:size], dtype=float)


def _whole_cords(of: IntArray, x: FloatArray, cords: FloatArray) -> IntArray:
    """Round to whole cords, the largest remainders up, so that each commodity keeps its count."""
    low = np.floor(x + 1e-6)
    left = np.round(cords - np.bincount(of, low, minlength=len(cords))).astype(np.int64)
    order = np.lexsort((low - x, of))
    begins = np.searchsorted(of[order], np.arange(len(cords)))
    rank = np.arange(len(of)) - begins[of[order]]
    # A remainder never takes more than one round over the columns of its commodity.
    low[order] += rank < left[of[order]]
    return low.astype(np.int64)


def slots_of(
    graph: Graph, units: Units, who: IntArray, trees: Chains, tree: IntArray, turn: Turns
) -> tuple[IntArray, IntArray]:
    """Slots of the ways of some wholes: (n + 1,) beginnings, and the slots."""
    first, out = np.zeros(len(who) + 1, np.int64), np.empty(0, np.int64)
    for _ in range(2):  # once to count, once to write
        _slots(graph, units, who, trees, tree, turn, first, out)
        if not len(out):
            out = np.empty(int(first[-1]), np.int64)
    return first, out


@kernel
def _slots(
    graph: Graph,
    units: Units,
    who: IntArray,
    trees: Chains,
    tree: IntArray,
    turn: Turns,
    first: IntArray,
    out: IntArray,
) -> None:
    """Write where the slots of ways begin, and where `out` has room the slots."""
    way = np.empty(len(graph.length_m) + 1, np.int64)
    at = 0
    for k in range(len(who)):
        u = who[k]
        first[k] = at
        count = trace(
            graph, trees[tree[k]], turn[k], units.chain[u], units.slot[u], units.junction[u], way
        )
        if len(out):
            out[at : at + count] = way[:count]
        at += count
    first[len(who)] = at


@kernel
def _through(graph: Graph, units: Units, laid: Laid, marked: BoolArray) -> BoolArray:
    """Tell which wholes lie in a marked slot."""
    out = np.zeros(len(units.root), np.bool_)
    way = np.empty(len(graph.length_m) + 1, np.int64)
    for u in range(len(out)):
        count = trace(
            graph, laid.trees[laid.tree[u]], laid.turn[u], units.chain[u], units.slot[u],
            units.junction[u], way,
        )  # fmt: skip
        for k in range(count):
            out[u] |= marked[way[k]]
    return out


@kernel
def _fill_of(graph: Graph, units: Units, laid: Laid, who: BoolArray) -> FloatArray:
    """Section in each slot of some wholes."""
    out = np.zeros(len(graph.length_m))
    way = np.empty(len(graph.length_m) + 1, np.int64)
    for u in range(len(who)):
        if who[u]:
            count = trace(
                graph, laid.trees[laid.tree[u]], laid.turn[u], units.chain[u], units.slot[u],
                units.junction[u], way,
            )  # fmt: skip
            for k in range(count):
                out[way[k]] += units.section_m2[u]
    return out
