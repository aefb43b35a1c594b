"""Slots as a plain graph: junctions and the places of sources between them are its nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.routing.contract import Contracted, adjacency


@dataclass(frozen=True)
class Plain:
    """A contracted net, node by node.

    Attributes
    ----------
    tail, head
        (S,) nodes at the start and at the end of each slot; junctions have the first numbers.
    chain, slot, junction
        (N,) place of each node, as in `Contracted`.
    node
        (S,) node at which each slot begins, -1 where that is a junction.
    """

    tail: IntArray
    head: IntArray
    chain: IntArray
    slot: IntArray
    junction: IntArray
    node: IntArray

    def at(self, slot: IntArray, junction: IntArray) -> IntArray:
        """Return nodes of places; -1 for what is no place."""
        return np.where(slot >= 0, np.append(self.node, -1)[slot], junction)

    def neighbours(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return what is next to each node: first place, other node, slot."""
        return adjacency(len(self.chain), self.tail, self.head)


def plain(small: Contracted) -> Plain:
    """Return the plain graph of a contracted net."""
    graph, junctions = small.graph, len(small.graph.arc_first) - 1
    within: BoolArray = np.ones(small.slots, np.bool_)
    within[graph.chain_first[:-1]] = False
    inner = np.flatnonzero(within)
    node = np.full(small.slots, -1, np.int64)
    node[inner] = junctions + np.arange(len(inner))
    tail, head = node.copy(), np.append(node[1:], -1)[: small.slots]
    tail[graph.chain_first[:-1]] = graph.chain_start
    head[graph.chain_first[1:] - 1] = graph.chain_end
    of_slot = np.repeat(np.arange(len(graph.chain_start)), np.diff(graph.chain_first))
    none = np.full(junctions, -1, np.int64)
    return Plain(
        tail, head, np.concatenate([none, of_slot[inner]]), np.concatenate([none, inner]),
        np.concatenate([np.arange(junctions), np.full(len(inner), -1, np.int64)]), node,
    )  # fmt: skip
