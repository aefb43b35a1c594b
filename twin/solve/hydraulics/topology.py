"""A network compiled once: what is joined to what, and in which order it is solved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from twin.errors import SolveError
from twin.site.table import IntArray
from twin.solve.hydraulics.elimination import Places, Program, compile_program

_KEPT = 32
_kept: dict[bytes, Topology] = {}


@dataclass(frozen=True, slots=True)
class Topology:
    """Nodes and links of a network, and the order in which its nodes are eliminated.

    Places are the nodes in an order of our own: the free ones as they are eliminated, then those
    whose pressure is held.

    Attributes
    ----------
    fr, to
        (m,) first and second node of each link: flow is positive from the first to the second.
    held
        (r,) nodes whose pressure is given.
    program
        The elimination of the free nodes.
    place
        (n,) place of each node.
    from_place, to_place
        (m,) places of the ends of each link.
    slot
        (m,) where the matrix has the entry of a link; one past the last where an end is held.
    at_held
        (h,) links with a held end.
    start, touching
        (n + 1,) and (2 m,) links at each place.
    """

    fr: IntArray
    to: IntArray
    held: IntArray
    program: Program
    place: IntArray
    from_place: Places
    to_place: Places
    slot: Places
    at_held: Places
    start: IntArray
    touching: IntArray

    @property
    def nodes(self) -> int:
        """Return the number of nodes."""
        return len(self.place)

    @property
    def free(self) -> int:
        """Return the number of nodes whose pressure is sought."""
        return len(self.place) - len(self.held)

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.fr)


def compile_topology(nodes: int, fr: IntArray, to: IntArray, held: IntArray) -> Topology:
    """Compile a network; the same one is compiled once in a process.

    Parameters
    ----------
    nodes
        Number of nodes.
    fr, to
        (m,) the nodes that each link joins.
    held
        (r,) nodes whose pressure is given: one at least, or nothing can be solved.

    Raises
    ------
    SolveError
        A node does not exist, a link joins a node to itself, or no pressure is held.

    Examples
    --------
    >>> ring = compile_topology(3, np.array([0, 1, 2]), np.array([1, 2, 0]), np.array([0]))
    >>> ring.free, len(ring), ring.program.order
    (2, 3, array([0, 1]))
    """
    columns = [np.ascontiguousarray(column, np.int64) for column in (fr, to, held)]
    digest = hashlib.blake2b(np.int64(nodes).tobytes(), digest_size=16)
    for column in columns:
        digest.update(np.int64(len(column)).tobytes() + column.tobytes())
    key = digest.digest()
    found = _kept.pop(key, None)
    if found is None:
        found = _compiled(nodes, *columns)
        while len(_kept) >= _KEPT:
            _kept.pop(next(iter(_kept)))
    _kept[key] = found  # the latest used come last and stay
    return found


def _compiled(n: int, fr: IntArray, to: IntArray, held: IntArray) -> Topology:
    for column in (fr, to, held):
        if len(column) and (column.min() < 0 or column.max() >= n):
            raise SolveError("a link or a held pressure stands at a node that does not exist")
    if (fr == to).any():
        raise SolveError("a link joins a node to itself")
    if not len(held) or len(np.unique(held)) < len(held):
        raise SolveError("no pressure is held, or the same one twice")
    is_held = np.zeros(n, np.bool_)
    is_held[held] = True
    free = np.flatnonzero(~is_held)
    number = np.full(n, -1)
    number[free] = np.arange(len(free))
    a, b = number[fr], number[to]
    inner = (a >= 0) & (b >= 0)
    program, slots = compile_program(
        len(free), zip(a[inner].tolist(), b[inner].tolist(), strict=True)
    )
    place = np.empty(n, np.int64)
    place[free[program.order]] = np.arange(len(free))
    place[held] = len(free) + np.arange(len(held))
    low, high = np.minimum(place[fr], place[to]), np.maximum(place[fr], place[to])
    slot = [slots.get(pair, len(slots)) for pair in zip(low.tolist(), high.tolist(), strict=True)]
    ends = np.concatenate((place[fr], place[to]))
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=n), out=start[1:])
    touching = np.argsort(ends, kind="stable") % max(len(fr), 1)
    return Topology(
        fr, to, held, program, place, place[fr].astype(np.uint32), place[to].astype(np.uint32),
        np.array(slot, np.uint32), np.flatnonzero(~inner).astype(np.uint32), start, touching,
    )  # fmt: skip
