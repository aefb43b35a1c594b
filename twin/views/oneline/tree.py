"""What the one-line diagram shows: feeders as trees, what joins them across, like parts told once.

The trees follow the normal positions, so that a picture after a loss has the same shape. A parallel
group whose members hang on one element is one branch. Alternates, ties and members of a group that
hang elsewhere are links, which are drawn over the trees.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal

import numpy as np

from twin.arrays.power import PowerTopology
from twin.views.oneline.figures import Figures

MOST_COLUMNS = 18
"""More columns than that are not read on one sheet: then like parts are told once."""

_STEPS = ((True, 4), (True, 2), (True, 1), (False, 2), (False, 1))
"""How like parts are told once: alike in loads too, and from how many on."""

_TRIED = 6  # siblings of which every order is tried


@dataclass(frozen=True, slots=True)
class Link:
    """What joins two feeders across the trees.

    `alternate`: tail feeds head when head's own input is dead. `tie`: joins both, `tie` is its
    node. `joint`: tail's output is joined to that of head.
    """

    sort: Literal["alternate", "tie", "joint"]
    tail: int
    head: int
    tie: int = -1


@dataclass(frozen=True, slots=True)
class Branch:
    """A feeder, or a parallel group, and all that hangs on it; `times` as many stand there."""

    nodes: tuple[int, ...]
    children: tuple[Branch, ...] = ()
    times: int = 1

    def below(self) -> Iterator[Branch]:
        """Yield this branch and all below it, from the top, left to right."""
        yield self
        for child in self.children:
            yield from child.below()


@dataclass(frozen=True)
class Trees:
    """All trees from left to right, and the links between what they show."""

    roots: tuple[Branch, ...]
    links: tuple[Link, ...]


def trees(topology: PowerTopology, names: Sequence[str], kinds: Sequence[str],
          found: Figures) -> Trees:  # fmt: skip
    """Return the trees of a site, grouped until they fit a sheet.

    Parameters
    ----------
    names, kinds
        Id and kind of every feeder.
    """
    links = _links(topology)
    full = _Builder(topology, names, kinds, found, links).forest()
    shown = full
    links_at: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        links_at[link.tail].append(link)
        links_at[link.head].append(link)
    for exact, most in _STEPS:
        if columns(shown) <= MOST_COLUMNS:
            break
        alike = _Alike(kinds, found, links_at, exact=exact, most=most)
        shown = alike.once(full)
    return Trees(shown, links)


def columns(roots: Sequence[Branch]) -> int:
    """Return how many columns trees take: one for each feeder on which none hangs."""
    return sum(len(b.nodes) for root in roots for b in root.below() if not b.children)


def _links(topology: PowerTopology) -> tuple[Link, ...]:
    """Collect what joins feeders across the trees."""
    alternate, ties = topology.alternate, np.flatnonzero(topology.side_a >= 0)
    out = [Link("alternate", int(alternate[i]), i) for i in np.flatnonzero(alternate >= 0).tolist()]
    out += [Link("tie", int(topology.side_a[t]), int(topology.side_b[t]), t) for t in ties.tolist()]
    for members in _groups(topology):
        if not _one_branch(topology, members):
            out += [Link("joint", m, members[0]) for m in members[1:]]
    return tuple(out)


def _groups(topology: PowerTopology) -> Iterator[list[int]]:
    for g in range(len(topology.group_ptr) - 1):
        yield topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]].tolist()


def _one_branch(topology: PowerTopology, members: list[int]) -> bool:
    return len({int(topology.parent[m]) for m in members}) == 1


def natural(name: str) -> tuple[object, ...]:
    """Return a key that sorts names as people do: R2 before R10.

    Examples
    --------
    >>> sorted(["R10", "R2", "A"], key=natural)
    ['A', 'R2', 'R10']
    """
    parts = re.split(r"(\d+)", name)
    return tuple(int(p) if p.isdigit() else p for p in parts)


@dataclass(frozen=True)
class _Builder:
    """Builds the forest of normal positions."""

    topology: PowerTopology
    names: Sequence[str]
    kinds: Sequence[str]
    found: Figures
    links: tuple[Link, ...]

    def forest(self) -> tuple[Branch, ...]:
        """Return all trees, joined ones beside each other."""
        with_leader = {
            m: members[0]
            for members in _groups(self.topology)
            if _one_branch(self.topology, members)
            for m in members[1:]
        }
        members = defaultdict(list)
        for m, leader in with_leader.items():
            members[leader].append(m)
        hung = defaultdict(list)
        for node, up in enumerate(self.topology.parent[: self.topology.feeders].tolist()):
            if self.kinds[node] != "tie" and node not in with_leader:
                hung[up].append(node)

        def branch(node: int) -> Branch:
            children = [branch(c) for c in hung[node]]
            return Branch((node, *members[node]), self._ordered(children))

        return self._ordered([branch(node) for node in hung[-1]])

    def _ordered(self, siblings: list[Branch]) -> tuple[Branch, ...]:
        """Put siblings that links join beside each other, else in the order of their names."""
        rank = sorted(siblings, key=lambda b: (self._rank(b), natural(self.names[b.nodes[0]])))
        home = {n: k for k, b in enumerate(rank) for part in b.below() for n in part.nodes}
        weight: dict[tuple[int, int], int] = defaultdict(int)
        for link in self.links:
            a, b = home.get(link.tail, -1), home.get(link.head, -1)
            if a >= 0 and b >= 0 and a != b:
                weight[min(a, b), max(a, b)] += 1
        out: list[Branch] = []
        for cluster in joined(len(rank), weight):
            mine = set(cluster)
            inside = {(a, b): w for (a, b), w in weight.items() if a in mine}
            out += [rank[k] for k in _near(cluster, inside)]
        return tuple(out)

    def _rank(self, branch: Branch) -> int:
        """Put sources that feed nothing normally after the others."""
        return int(self.kinds[branch.nodes[0]] == "source" and not branch.children)


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return things 0 .. count in clusters of those that pairs join, each in ascending order.

    Examples
    --------
    >>> joined(4, [(0, 2), (2, 3)])
    [[0, 2, 3], [1]]
    """
    of = list(range(count))

    def head(k: int) -> int:
        while of[k] != k:
            of[k] = of[of[k]]
            k = of[k]
        return k

    for a, b in pairs:
        low, high = sorted((head(a), head(b)))
        of[high] = low
    out: dict[int, list[int]] = defaultdict(list)
    for k in range(count):
        out[head(k)].append(k)
    return list(out.values())


def _near(cluster: list[int], weight: dict[tuple[int, int], int]) -> list[int]:
    """Return an order of things in which those that are joined stand near each other."""
    if len(cluster) <= _TRIED:
        return list(min(permutations(cluster), key=lambda order: _far(order, weight)))
    pairs = defaultdict(list)
    for (a, b), w in weight.items():
        pairs[a].append((b, w))
        pairs[b].append((a, w))
    order, left = list[int](), set(cluster)
    last, pull = dict.fromkeys(cluster, -1), dict.fromkeys(cluster, 0)
    while left:
        # Next to what came last, then the most strongly joined.
        best = min(left, key=lambda k: (-last[k], -pull[k], k))
        for other, w in pairs[best]:
            last[other], pull[other] = len(order), pull[other] + w
        order.append(best)
        left.remove(best)
    return order


def _far(order: Iterable[int], weight: dict[tuple[int, int], int]) -> tuple[int, list[int]]:
    """Return how far joined things stand from each other in an order, then the order itself."""
    at = {k: i for i, k in enumerate(order)}
    return sum(w * abs(at[a] - at[b]) for (a, b), w in weight.items()), list(at)


@dataclass(frozen=True)
class _Alike:
    """Tells like siblings once, from the bottom up.

    Siblings that links join are told together: a block of two sides is one thing.
    """

    kinds: Sequence[str]
    found: Figures
    links_at: Mapping[int, Sequence[Link]]
    exact: bool
    most: int

    def once(self, siblings: tuple[Branch, ...]) -> tuple[Branch, ...]:
        """Return siblings in which what is alike `most` times over is told once."""
        if not siblings:
            return siblings
        inner = [replace(b, children=self.once(b.children)) for b in siblings]
        clusters = self._clusters(inner)
        alike: dict[object, list[list[int]]] = defaultdict(list)
        for cluster in clusters:
            alike[self._key([inner[k] for k in cluster])].append(cluster)
        shown: list[tuple[int, Branch]] = []
        for group in alike.values():
            if len(group) <= self.most:
                shown += [(k, inner[k]) for cluster in group for k in cluster]
                continue
            worst = max(group, key=lambda c: max(self._worst(inner[k]) for k in c))
            place = zip(group[0], worst, strict=True)
            times = len(group)
            shown += [(k, replace(inner[w], times=inner[w].times * times)) for k, w in place]
        return tuple(branch for _, branch in sorted(shown, key=lambda item: item[0]))

    def _clusters(self, siblings: list[Branch]) -> list[list[int]]:
        home = {n: k for k, b in enumerate(siblings) for part in b.below() for n in part.nodes}
        mine = {link for n in home for link in self.links_at.get(n, ())}
        pairs = [(home.get(link.tail, -1), home.get(link.head, -1)) for link in mine]
        return joined(len(siblings), [(a, b) for a, b in pairs if a >= 0 and b >= 0])

    def _key(self, cluster: list[Branch]) -> object:
        """Return what is the same for clusters that are alike."""
        nodes = [n for b in cluster for part in b.below() for n in part.nodes]
        at = {n: k for k, n in enumerate(nodes)}
        ends = sorted(
            (link.sort, self._end(link.tail, at), self._end(link.head, at))
            for link in {link for n in nodes for link in self.links_at.get(n, ())}
        )
        return tuple(self._said(b) for b in cluster), tuple(ends)

    def _end(self, node: int, at: dict[int, int]) -> str:
        """Return the end of a link: a place within, or the element outside."""
        if node in at:
            return f"within {at[node]}"
        return f"outside {node}" if self.exact else f"outside {self.kinds[node]}"

    def _said(self, branch: Branch) -> object:
        children = tuple(self._said(c) for c in branch.children)
        return tuple(self._figures(n) for n in branch.nodes), branch.times, children

    def _figures(self, node: int) -> tuple[object, ...]:
        f = self.found
        same = (
            self.kinds[node], str(f.unit[node]), bool(f.dead[node]), _digits(f.limit[node]),
            int(f.band[node]) if f.band[node] >= 4 or self.exact else 0,
        )  # fmt: skip
        if not self.exact:
            return same
        loads = (_digits(f.load[node]), _digits(f.worst[node]), int(f.racks[node]))
        return (*same, *loads, str(f.gear[node]))

    def _worst(self, branch: Branch) -> float:
        f = self.found
        nodes = [n for part in branch.below() for n in part.nodes]
        return max(float(np.nan_to_num(f.worst[n] / f.worst_limit[n], nan=9.0)) for n in nodes)


def _digits(value: float) -> str:
    """Three significant figures: what differs by less reads alike."""
    return f"{value:.3g}"
