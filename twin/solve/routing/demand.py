"""What the bare router is given: ways as a graph, and groups of cords from place to place.

No site here: nodes and ways are rows of the caller's own arrays. Cords are of sorts, fibre and
copper say, and each way takes some of them; those that take one share its section.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.errors import SolveError
from twin.site.table import BoolArray, FloatArray, IntArray


def _none() -> IntArray:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class WayNet:
    """Ways of cables, undirected; several may join the same two nodes.

    Attributes
    ----------
    nodes
        Count of nodes. Where two ways are as long, lower numbers of nodes decide: a caller who
        numbers nodes by place gets the same routes whatever things are called.
    tail, head
        (E,) the nodes that each way joins.
    length_m
        (E,) none negative.
    capacity_m2
        (E,) section of cables that may lie there: infinite, no limit; 0, not for these cables;
        NaN, not known: routed over as if there were none, and told in `Routes.unknown`.
    own
        (E,) node at which a pair must begin or end to take the way, -1 any; empty: all are for
        any. It keeps pairs, which would go any way round to lie apart, out of others' racks.
    end
        (nodes,) nodes at which ways begin or end, and through which none leads; empty: none is.
    open
        (K, E) which ways take which sort of cords; empty: there is one sort, and all take it.
    """

    nodes: int
    tail: IntArray
    head: IntArray
    length_m: FloatArray
    capacity_m2: FloatArray
    own: IntArray = field(default_factory=_none)
    end: BoolArray = field(default_factory=lambda: np.empty(0, dtype=bool))
    open: BoolArray = field(default_factory=lambda: np.empty((0, 0), dtype=bool))

    def __post_init__(self) -> None:
        if not len(self.own):
            object.__setattr__(self, "own", np.full(len(self.tail), -1, dtype=np.int64))
        if not len(self.end):
            object.__setattr__(self, "end", np.zeros(self.nodes, dtype=bool))
        if not len(self.open):
            object.__setattr__(self, "open", np.ones((1, len(self.tail)), dtype=bool))
        columns = (self.tail, self.head, self.length_m, self.capacity_m2, self.own, self.open.T)
        count = {len(c) for c in columns}
        if len(count) > 1:
            raise SolveError(f"columns of {sorted(count)} ways do not fit")
        ends = np.concatenate([self.tail, self.head])
        if len(ends) and (ends.min() < 0 or ends.max() >= self.nodes):
            raise SolveError(f"a way ends at a node that does not exist; there are {self.nodes}")
        if not (np.isfinite(self.length_m) & (self.length_m >= 0)).all():
            bad = int(np.argmin(np.isfinite(self.length_m) & (self.length_m >= 0)))
            raise SolveError(f"way {bad} has the length {self.length_m[bad]} m")
        if (self.capacity_m2 < 0).any():
            bad = int(np.argmax(self.capacity_m2 < 0))
            raise SolveError(f"way {bad} has the capacity {self.capacity_m2[bad]} m2")

    def __len__(self) -> int:
        """Return the number of ways."""
        return len(self.tail)


@dataclass(frozen=True)
class Demand:
    """Groups of cords, (G,): alike, from one node to one node.

    Attributes
    ----------
    source, sink
        Nodes at the two ends; trees grow from sinks, so that sinks should be the fewer.
    section_m2
        Section of one cord, not less than 0. What is not known is not routed: leave it out.
    count
        Cords of the group, not less than 1.
    bundle
        Groups with the same bundle, source and sink take one way, unless only a split fits;
        -1: the group is a bundle of its own. Empty: all are.
    pair, side
        Groups of the same pair and of different sides (0 and 1: planes A and B) share no way
        where that can be; -1: no such demand. All groups of one side of a pair have the same
        source and sink, and one bundle or none. Empty: none has a pair.
    sort
        Row of `WayNet.open`; the same for both sides of a pair. Empty: all are of the first sort.
    reach_m
        Length beyond which no cord of the group is led round another way while some routing within
        it is found; infinite, no such bound. Pairs do not heed it. Empty: nobody does.
    """

    source: IntArray
    sink: IntArray
    section_m2: FloatArray
    count: IntArray
    bundle: IntArray = field(default_factory=_none)
    pair: IntArray = field(default_factory=_none)
    side: IntArray = field(default_factory=_none)
    sort: IntArray = field(default_factory=_none)
    reach_m: FloatArray = field(default_factory=lambda: np.empty(0, dtype=float))

    def __post_init__(self) -> None:
        size = len(self.source)
        if not len(self.sort):
            object.__setattr__(self, "sort", np.zeros(size, dtype=np.int64))
        if not len(self.reach_m):
            object.__setattr__(self, "reach_m", np.full(size, np.inf))
        for name in ("bundle", "pair", "side"):
            if not len(getattr(self, name)) and size:
                object.__setattr__(self, name, np.full(size, -1, dtype=np.int64))
        columns = (
            self.sink, self.section_m2, self.count, self.bundle, self.pair, self.side, self.sort,
            self.reach_m,
        )  # fmt: skip
        if any(len(c) != size for c in columns):
            raise SolveError(f"columns of {sorted({size, *map(len, columns)})} groups do not fit")
        fine = np.isfinite(self.section_m2) & (self.section_m2 >= 0) & (self.count >= 1)
        if not fine.all():
            bad = int(np.argmin(fine))
            raise SolveError(
                f"group {bad} has {self.count[bad]} cords of {self.section_m2[bad]} m2 each"
            )
        paired = self.pair >= 0
        if (paired & ~np.isin(self.side, (0, 1))).any():
            bad = int(np.argmax(paired & ~np.isin(self.side, (0, 1))))
            raise SolveError(f"group {bad} of pair {self.pair[bad]} stands on no side of it")
        told = np.unique(np.stack([self.pair, self.sort])[:, paired], axis=1)[0]
        if len(np.unique(told)) < len(told):
            twice = told[np.flatnonzero(told[1:] == told[:-1])[0]]
            raise SolveError(f"pair {twice} has cords of several sorts")

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.source)
