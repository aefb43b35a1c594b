"""Negotiated rerouting: ways that overfill grow dear until enough cords go elsewhere.

Each slot has a history (a price that stays) and pushes harder the more it overfills; a whole that
finds a better way at these prices moves there, one at a time, each seeing what the one before
has left (after McMurchie and Ebeling, "PathFinder", FPGA 1995). Prices rise as multipliers of an
augmented Lagrangian do (Hestenes 1969; Powell 1969): with f in a slot of limit c they are
max(0, history + push (f - c)), and after a round that is the new history. So they settle at the
prices of the linear program, and give its lower bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from twin.kernels import kernel
from twin.site.table import FloatArray, IntArray
from twin.solve.routing.contract import Graph
from twin.solve.routing.trees import (
    LEFT,
    NOWHERE,
    RIGHT,
    Chains,
    Turns,
    beyond,
    chain_sums,
    entry,
    grow,
    spread,
    trace,
)  # fmt: skip
from twin.solve.routing.units import Units

REFUSALS = 64
"""So many wholes of a root that refuse one after the other end its turn in this round."""


class Laid(NamedTuple):
    """Where wholes lie, changed in place by those that move them.

    Attributes
    ----------
    roots
        R, how many trees stay: the first ones, grown as if there were no limits.
    trees
        (T, J) all trees.
    tree, turn
        (U,) tree of each whole, and how it enters it.
    fill_m2
        (S,) section in each slot.
    fixed_m2
        (S,) of that, what others lay there.
    """

    roots: int
    trees: Chains
    tree: IntArray
    turn: Turns
    fill_m2: FloatArray
    fixed_m2: FloatArray

    def copied(self) -> Laid:
        """Return the same, which may be changed by itself."""
        return Laid(
            self.roots, self.trees.copy(), self.tree.copy(), self.turn.copy(),
            self.fill_m2.copy(), self.fixed_m2.copy(),
        )  # fmt: skip


class Prices(NamedTuple):
    """Of each slot, (S,): metres of way per square metre of section.

    Attributes
    ----------
    history
        What stays.
    push
        By how much the price rises with each square metre over the limit, m/m4.
    """

    history: FloatArray
    push: FloatArray


FIRST_PUSH = 0.04
"""A slot filled twice costs this part of the mean way in the first round."""
GROWTH, MOST_GROWTH = 2.0, 64.0
"""By how much slots push harder from round to round, and up to what in all."""
LEAST_ROUNDS, MOST_ROUNDS = 4, 16
GOOD = 0.01
"""Part of its limit by which a slot may still overfill when fitting takes over."""


def negotiate(
    graph: Graph,
    units: Units,
    laid: Laid,
    cord_m2: float,
    mean_m: float,
    beside: Callable[[Prices], None],
) -> tuple[Laid, FloatArray, int]:
    """Reroute in rounds until slots overfill by little.

    Parameters
    ----------
    cord_m2, mean_m
        Mean section of all cords, and the mean length of their ways.
    beside
        Reroutes in each round what others lay in the same slots, and changes the fill.

    Returns
    -------
    laid
        Where wholes lie then.
    history
        (S,) prices that have settled, m/m2.
    rounds
        How many there were.
    """
    limited = np.isfinite(graph.limit_m2)
    push = np.ones(len(limited))
    push[limited] = FIRST_PUSH * mean_m / (cord_m2 * graph.limit_m2[limited])
    history = np.zeros(len(limited))
    grown, rounds = 1.0, 0
    while rounds < MOST_ROUNDS:
        laid, spare = with_spare(laid, len(units.root_junction))
        prices = Prices(history, push * grown)
        beside(prices)
        one_round(graph, units, laid, prices, spare)
        over = laid.fill_m2[limited] - graph.limit_m2[limited]
        history = history.copy()
        history[limited] = np.maximum(0.0, history[limited] + prices.push[limited] * over)
        grown, rounds = min(GROWTH * grown, MOST_GROWTH), rounds + 1
        if rounds >= LEAST_ROUNDS and (over <= GOOD * graph.limit_m2[limited]).all():
            break
    return laid, history, rounds


def with_spare(laid: Laid, count: int) -> tuple[Laid, IntArray]:
    """Return rows of trees that nobody uses, so many at least."""
    used = np.zeros(len(laid.trees), np.bool_)
    used[laid.tree] = True
    used[: laid.roots] = True
    spare = np.flatnonzero(~used)
    if len(spare) < count:
        more = np.empty((count, laid.trees.shape[1]), np.int32)
        spare = np.concatenate([spare, len(laid.trees) + np.arange(count)])
        laid = laid._replace(trees=np.concatenate([laid.trees, more]))
    return laid, spare


@kernel
def price(prices: Prices, limit_m2: FloatArray, fill_m2: FloatArray, s: int) -> float:
    """Price of a slot as it is filled now."""
    if limit_m2[s] == np.inf:
        return 0.0
    out: float = max(0.0, prices.history[s] + prices.push[s] * (fill_m2[s] - limit_m2[s]))
    return out


@kernel
def all_prices(prices: Prices, limit_m2: FloatArray, fill_m2: FloatArray) -> FloatArray:
    """Price of every slot as it is filled now."""
    out = np.empty(len(limit_m2))
    for s in range(len(out)):
        out[s] = price(prices, limit_m2, fill_m2, s)
    return out


@kernel
def change(
    prices: Prices, limit_m2: FloatArray, fill_m2: FloatArray, s: int, more_m2: float
) -> float:
    """Return what a slot costs more if so much more lies there: the integral of its price."""
    if limit_m2[s] == np.inf:
        return 0.0
    over = prices.history[s] + prices.push[s] * (fill_m2[s] - limit_m2[s])
    now, then = max(0.0, over), max(0.0, over + prices.push[s] * more_m2)
    out: float = (then * then - now * now) / (2.0 * prices.push[s])
    return out


@kernel
def costs_now(
    graph: Graph,
    units: Units,
    laid: Laid,
    r: int,
    ahead: FloatArray,
    weight: FloatArray,
    memo: FloatArray,
    out: FloatArray,
) -> None:
    """Weigh the ways that the wholes of a root take now; way by way along its first tree."""
    memo[:] = -1.0
    memo[units.root_junction[r]] = 0.0
    path = np.empty(len(memo), np.int64)
    for u in range(units.first[r], units.first[r + 1]):
        turn, chain, slot = laid.turn[u], units.chain[u], units.slot[u]
        k = u - units.first[r]
        out[k] = 0.0
        if turn == NOWHERE:
            continue
        at = units.junction[u]
        if turn == LEFT:
            out[k] = ahead[slot]
            at = graph.chain_start[chain]
        elif turn == RIGHT:
            out[k] = weight[chain] - ahead[slot]
            at = graph.chain_end[chain]
        before = laid.trees[laid.tree[u]]
        if laid.tree[u] != r:
            while before[at] >= 0:
                c = before[at]
                out[k] += weight[c]
                at = graph.chain_start[c] + graph.chain_end[c] - at
            continue
        steps, node = 0, at
        while memo[node] < 0.0:
            path[steps] = node
            steps += 1
            c = before[node]
            node = graph.chain_start[c] + graph.chain_end[c] - node
        for i in range(steps - 1, -1, -1):
            c = before[path[i]]
            memo[path[i]] = weight[c] + memo[node]
            node = path[i]
        out[k] += memo[at]


@kernel
def lengths(graph: Graph, units: Units, laid: Laid) -> FloatArray:
    """Return the length of the way of each whole, m; infinite where none leads."""
    ahead, weight = np.empty(len(laid.fill_m2)), np.empty(len(graph.chain_start))
    memo, out = np.empty(len(graph.arc_first) - 1), np.empty(len(units.root))
    chain_sums(graph, graph.length_m, -1, ahead, weight)
    for r in range(len(units.root_junction)):
        costs_now(graph, units, laid, r, ahead, weight, memo, out[units.first[r] :])
    for u in range(len(out)):
        if laid.turn[u] == NOWHERE:
            out[u] = np.inf
    return out


@kernel
def signatures(graph: Graph, units: Units, laid: Laid) -> IntArray:
    """Return a number for the way of each whole: those of one item on the same way have the same.

    It is a sum over chains of their numbers, scattered (Knuth's multiplicative hash, twice).
    """
    out = np.empty(len(units.root), np.int64)
    for u in range(len(out)):
        sign = np.int64(laid.turn[u])
        at = units.junction[u]
        if laid.turn[u] == LEFT:
            at = graph.chain_start[units.chain[u]]
        elif laid.turn[u] == RIGHT:
            at = graph.chain_end[units.chain[u]]
        before = laid.trees[laid.tree[u]]
        while laid.turn[u] != NOWHERE and before[at] >= 0:
            c = before[at]
            part = (np.int64(c + 1) * 2654435761) & 0xFFFFFFFF
            sign += ((part ^ (part >> 15)) * 2246822519) & 0xFFFFFFFFFF
            at = graph.chain_start[c] + graph.chain_end[c] - at
        out[u] = sign
    return out


@kernel
def refill(graph: Graph, units: Units, laid: Laid) -> None:
    """Sum up anew what lies in each slot, so that no rounding of moves stays."""
    through = np.zeros(len(graph.chain_start))
    leftward, rightward = np.zeros(len(laid.fill_m2)), np.zeros(len(laid.fill_m2))
    for u in range(len(units.root)):
        if laid.turn[u] == NOWHERE:
            continue
        at, chain, much = units.junction[u], units.chain[u], units.section_m2[u]
        if laid.turn[u] == LEFT:
            at = graph.chain_start[chain]
            leftward[units.slot[u]] += much
        elif laid.turn[u] == RIGHT:
            at = graph.chain_end[chain]
            rightward[units.slot[u]] += much
        before = laid.trees[laid.tree[u]]
        while before[at] >= 0:
            c = before[at]
            through[c] += much
            at = graph.chain_start[c] + graph.chain_end[c] - at
    laid.fill_m2[:] = laid.fixed_m2
    spread(graph, through, leftward, rightward, laid.fill_m2)


@kernel
def shift(
    laid: Laid, old: IntArray, olds: int, new: IntArray, news: int, section_m2: float
) -> None:
    """Take a section out of some slots and put it into others."""
    for k in range(olds):
        laid.fill_m2[old[k]] -= section_m2
    for k in range(news):
        laid.fill_m2[new[k]] += section_m2


@kernel
def one_round(
    graph: Graph, units: Units, laid: Laid, prices: Prices, spare: IntArray
) -> tuple[int, int]:
    """Let every whole move that gains by it; return how many did and how many trees they use.

    Parameters
    ----------
    spare
        (R,) rows of `laid.trees` that nobody uses.
    """
    junctions, slots, chains = len(graph.arc_first) - 1, len(laid.fill_m2), len(graph.chain_start)
    at_slot, ahead, weight = np.empty(slots), np.empty(slots), np.empty(chains)
    far, memo = np.empty(junctions), np.empty(junctions)
    settled = np.empty(junctions, np.int64)
    keys, nodes = np.empty(len(graph.arc_chain) + 1), np.empty(len(graph.arc_chain) + 1, np.int64)
    most = 0
    for r in range(len(units.root_junction)):
        most = max(most, units.first[r + 1] - units.first[r])
    now, gain = np.empty(most), np.empty(most)
    who, turns = np.empty(most, np.int64), np.empty(most, np.int8)
    old, new = np.empty(slots + 1, np.int64), np.empty(slots + 1, np.int64)
    stamp = np.zeros(slots, np.int64)
    mark, moved, used = 0, 0, 0
    for r in range(len(units.root_junction)):
        low, high = units.first[r], units.first[r + 1]
        for s in range(slots):
            at_slot[s] = units.root_section[r] * price(prices, graph.limit_m2, laid.fill_m2, s)
        chain_sums(graph, at_slot, units.root_sort[r], ahead, weight)
        costs_now(graph, units, laid, r, ahead, weight, memo, now)
        stays = True
        for u in range(low, high):
            if now[u - low] > 0.0 or laid.tree[u] != r:
                stays = False
                break
        if stays:
            continue
        for s in range(slots):
            at_slot[s] += graph.length_m[s]
        chain_sums(graph, at_slot, units.root_sort[r], ahead, weight)
        costs_now(graph, units, laid, r, ahead, weight, memo, now)
        row, wish = spare[used], 0
        before = laid.trees[row]
        root = units.root_junction[r]
        grow(graph, weight, root, far, before, settled, keys, nodes, -1, -1)
        for u in range(low, high):
            best, turns[u - low] = entry(
                graph, ahead, weight, far, before, units.chain[u], units.slot[u],
                units.junction[u],
            )  # fmt: skip
            if laid.turn[u] != NOWHERE and now[u - low] - best > 1e-9 * now[u - low]:
                gain[wish], who[wish] = best - now[u - low], u
                wish += 1
        took, refused = False, 0
        for k in np.argsort(gain[:wish], kind="mergesort"):
            u = who[k]
            olds = trace(
                graph, laid.trees[laid.tree[u]], laid.turn[u], units.chain[u], units.slot[u],
                units.junction[u], old,
            )  # fmt: skip
            news = trace(
                graph, before, turns[u - low], units.chain[u], units.slot[u], units.junction[u], new
            )
            mark += 2
            length, paid, much = 0.0, 0.0, units.section_m2[u]
            if beyond(graph, new, news, units.reach_m[u]):
                continue
            for i in range(olds):
                stamp[old[i]] = mark
            for i in range(news):
                s = new[i]
                if stamp[s] == mark:
                    stamp[s] = mark + 1
                else:
                    length += graph.length_m[s]
                    paid += change(prices, graph.limit_m2, laid.fill_m2, s, much)
            for i in range(olds):
                s = old[i]
                if stamp[s] == mark:
                    length -= graph.length_m[s]
                    paid += change(prices, graph.limit_m2, laid.fill_m2, s, -much)
            if units.cords[u] * length + paid < 0.0:
                shift(laid, old, olds, new, news, much)
                laid.tree[u], laid.turn[u] = row, turns[u - low]
                moved += 1
                took, refused = True, 0
                continue
            refused += 1
            if refused == REFUSALS:
                break
        if took:
            used += 1
    return moved, used
