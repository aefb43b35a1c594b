"""A radial network compiled once: nodes renumbered so that parents come first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import SolveError
from twin.kernels import kernel
from twin.site.table import BoolArray, IntArray

ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Tree:
    """A forest in an order of its own: the sources first, then stem by stem, each by level.

    A stem is a branch at a source with all that hangs below it. A source holds its voltage, so
    stems do not see each other: each is solved by itself and stops at its own residual, and what
    stands beside it changes none of its bits. Levels keep the nodes of a sweep independent of
    their neighbours in memory; preorder makes a range of what stands below a node.

    Attributes
    ----------
    order, number
        (n,) the caller's node of each of ours, and ours of each of the caller's.
    parent
        (n,) our number of the parent, less than the child's; -1 for a source.
    sources
        Number of sources; they are our first nodes.
    up
        (n,) the parent's place within the stem; 0 for the first of a stem, and for a source.
    first
        (S + 1,) our first node of each stem, and n.
    stem
        (n,) the stem of each of our nodes, -1 for a source.
    stems_of
        (sources + 1,) first stem of each source, and S.
    enter, leave
        (n,) what stands below one of our nodes, itself included, has the places
        enter .. leave - 1 in preorder.
    at
        (n,) our node at each place in preorder.
    """

    order: IntArray
    number: IntArray
    parent: IntArray
    up: NDArray[np.uint32]
    sources: int
    first: IntArray
    stem: IntArray
    stems_of: IntArray
    enter: IntArray
    leave: IntArray
    at: IntArray

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.order)

    @property
    def stems(self) -> int:
        """Return the number of stems."""
        return len(self.first) - 1

    def below(self, nodes: IntArray) -> BoolArray:
        """(n,) which of the caller's nodes stand below some of them, those themselves included.

        Examples
        --------
        >>> compile_tree(np.array([-1, 0, 1, 0])).below(np.array([1]))
        array([False,  True,  True, False])
        """
        rise = np.zeros(len(self) + 1, np.int64)
        ours = self.number[nodes]
        np.add.at(rise, self.enter[ours], 1)
        np.add.at(rise, self.leave[ours], -1)
        return (np.cumsum(rise[:-1]) > 0)[self.enter[self.number]]

    def stem_names(self) -> IntArray:
        """(S,) the caller's node by which each stem hangs on its source."""
        return self.order[self.first[:-1]]


def compile_tree(parent: IntArray) -> Tree:
    """Compile a forest.

    Parameters
    ----------
    parent
        (n,) the parent of each node, -1 for a source; parents may come after their children.

    Raises
    ------
    SolveError
        A parent does not exist, or some nodes hang on each other in a circle.

    Examples
    --------
    >>> tree = compile_tree(np.array([2, 0, -1, 2]))
    >>> tree.order, tree.parent, tree.first
    (array([2, 0, 1, 3]), array([-1,  0,  1,  0]), array([1, 3, 4]))
    """
    given = np.ascontiguousarray(parent, np.int64)
    n = len(given)
    if n and (given.min() < -1 or given.max() >= n):
        raise SolveError("a node hangs on a parent that does not exist")
    children, start = _children(given)
    order, first, stems_of, found = _by_stems(given, children, start)
    if found < n:
        raise SolveError(f"{n - found} nodes hang on each other in a circle or below one")
    number = np.empty(n, np.int64)
    number[order] = np.arange(n)
    above = given[order]
    ours = np.where(above >= 0, number[above], -1)
    enter, leave, at = _preorder(ours)
    stem = np.full(n, -1, np.int64)
    stem[first[0] :] = np.repeat(np.arange(len(first) - 1), np.diff(first))
    # Unsigned and short: numba then looks for no index from behind, and more of it is near.
    up = np.maximum(ours - np.where(stem >= 0, first[stem], n), 0).astype(np.uint32)
    sources = len(stems_of) - 1
    return Tree(order, number, ours, up, sources, first, stem, stems_of, enter, leave, at)


@kernel
def _children(parent: IntArray) -> tuple[IntArray, IntArray]:
    """Return the children of each node, those without a parent under number n, in order."""
    n = len(parent)
    start = np.zeros(n + 2, np.int64)
    for i in range(n):
        start[(parent[i] if parent[i] >= 0 else n) + 1] += 1
    for i in range(n + 1):
        start[i + 1] += start[i]
    place = start[:-1].copy()
    children = np.empty(n, np.int64)
    for i in range(n):
        above = parent[i] if parent[i] >= 0 else n
        children[place[above]] = i
        place[above] += 1
    return children, start


@kernel
def _by_stems(
    parent: IntArray, children: IntArray, start: IntArray
) -> tuple[IntArray, IntArray, IntArray, int]:
    """Return the order of nodes, where stems begin, and how many nodes hang on a source."""
    n = len(parent)
    sources = start[n + 1] - start[n]
    order = np.empty(n, np.int64)
    first = np.empty(n + 1, np.int64)
    stems_of = np.zeros(sources + 1, np.int64)
    stems = 0
    for k in range(sources):
        order[k] = children[start[n] + k]
    filled = sources
    for k in range(sources):
        source = order[k]
        for c in range(start[source], start[source + 1]):
            first[stems] = filled
            stems += 1
            order[filled] = children[c]
            done = filled
            filled += 1
            while done < filled:
                node = order[done]
                done += 1
                for d in range(start[node], start[node + 1]):
                    order[filled] = children[d]
                    filled += 1
        stems_of[k + 1] = stems
    first[stems] = filled
    return order, first[: stems + 1].copy(), stems_of, filled


@kernel
def _preorder(parent: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return places in preorder, of nodes whose parents come first."""
    n = len(parent)
    size = np.ones(n, np.int64)
    for i in range(n - 1, -1, -1):
        if parent[i] >= 0:
            size[parent[i]] += size[i]
    enter = np.empty(n, np.int64)
    free = np.empty(n, np.int64)  # the next place below each node
    top = 0
    for i in range(n):
        if parent[i] < 0:
            enter[i] = top
            top += size[i]
        else:
            enter[i] = free[parent[i]]
            free[parent[i]] += size[i]
        free[i] = enter[i] + 1
    at = np.empty(n, np.int64)
    at[enter] = np.arange(n)
    return enter, enter + size, at
