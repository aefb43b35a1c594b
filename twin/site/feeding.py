"""Who feeds whom, as it cannot be: loops, sources joined without a scheme, switches fed twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.errors import ChangeError
from twin.model.base import FEEDERS
from twin.model.change import Change
from twin.model.pairs import PAIRS
from twin.site.faults import Fault
from twin.site.pairs import faults_of_pairs
from twin.site.site import Site, is_constant
from twin.site.supplies import faults_of_supplies
from twin.site.table import Array, IntArray, StrArray, Table
from twin.site.wiring import phases_of_taps, shares_of_whips, starts

_MEET = frozenset(("ups", "rectifier"))
_MEET_AS = frozenset(("generator", "storage"))
"""Kinds, and kinds of sources, that hold their outputs in step: they may run in parallel although
they hang below different sources."""
_JOINS = (
    ".fed_from", ".alternate", ".parallel_with", ".side_a", ".side_b", ".kind", ".share", ".rack",
    ".position", ".phase", ".phases",
)  # fmt: skip
"""Ends of the paths whose change may join what cannot be joined."""
_SUPPLIES = (".psus_per_system", ".psus_needed", ".psus_least", ".shelves", ".shelf_efficiency",
             ".type")  # fmt: skip
"""Ends of the paths whose change may ask more supplies of servers than they have."""

_PAIRED = (*(f".{key}" for pair in PAIRS for key in pair[:2]), ".type")
"""Ends of the paths whose change may ask more of something of a unit than it has."""


@dataclass(frozen=True)
class Feeding:
    """Feeders as one list of nodes, with whom each names; -1 none.

    Attributes
    ----------
    kinds, ids
        (n,) of each node.
    fed_from, alternate, leader, side_a, side_b
        (n,) nodes; `leader` is whom a node runs in parallel with.
    """

    kinds: StrArray
    ids: StrArray
    sorts: StrArray
    fed_from: IntArray
    alternate: IntArray
    leader: IntArray
    side_a: IntArray
    side_b: IntArray

    @property
    def group(self) -> IntArray:
        """(n,) node that stands for the parallel group of each; itself where it runs alone."""
        return np.where(self.leader >= 0, self.leader, np.arange(len(self.leader)))

    def fault(self, node: int, column: str, value: object, message: str, expected: str) -> Fault:
        """Return a fault of one node."""
        return Fault(str(self.kinds[node]), str(self.ids[node]), column, value, message, expected)

    def name(self, node: int) -> str:
        """Return the id of a node; -1 is nothing."""
        return str(self.ids[node]) if node >= 0 else ""

    def named(self, nodes: Iterable[int]) -> str:
        """Return ids in words."""
        return ", ".join(self.name(n) for n in nodes)


def feeding_of(tables: Mapping[str, Table]) -> Feeding:
    """Collect whom each feeder names from tables whose references are subject numbers."""
    first = starts(tables)[FEEDERS[0]]

    def column(name: str, missing: object) -> Array:
        parts = [tables[k].columns.get(name, np.full(len(tables[k]), missing)) for k in FEEDERS]
        return np.concatenate(parts)

    def nodes(name: str) -> IntArray:
        subject = column(name, -1)
        return np.where(subject >= 0, subject - first, -1).astype(np.int64)

    return Feeding(
        kinds=np.repeat(np.array(FEEDERS), [len(tables[k]) for k in FEEDERS]),
        ids=np.concatenate([tables[k].ids for k in FEEDERS]).astype(np.str_),
        sorts=column("kind", "").astype(np.str_),
        fed_from=nodes("fed_from"),
        alternate=nodes("alternate"),
        leader=nodes("parallel_with"),
        side_a=nodes("side_a"),
        side_b=nodes("side_b"),
    )


def faults_of_feeding(tables: Mapping[str, Table]) -> list[Fault]:
    """Return what is wrong between feeders, taps and whips, each with the ids of all involved."""
    feeding = feeding_of(tables)
    groups = list(_wrong_leaders(feeding))
    if not groups:  # loops and sources are told of groups that are groups
        groups = [*_loops(feeding), *_sources_joined(feeding)]
    return [*groups, *_fed_twice(feeding), *_ties(feeding), *_from_ties(tables, feeding)]


def wrong_wiring(tables: Mapping[str, Table]) -> list[Fault]:
    """Return what is wrong between feeders, of shares of whips, and of phases of taps."""
    return [*faults_of_feeding(tables), *shares_of_whips(tables), *phases_of_taps(tables)]


def hold_feeding(site: Site, changes: Sequence[Change]) -> None:
    """Raise `ChangeError` where changes left feeders or whips as they cannot be.

    Looked at once all changes are made: to swap two feeds, one is set after the other.
    """
    told = [c.path for c in changes if c.do in {"add", "remove"} or c.path.endswith(_JOINS)]
    faults = wrong_wiring(site.tables) if told else []
    supplied = [c.path for c in changes if c.do == "add" or c.path.endswith(_SUPPLIES)]
    if supplied and not faults:
        faults, told = faults_of_supplies(site.tables, {}, ()), supplied
    paired = [c.path for c in changes if c.do in {"add", "scale"} or c.path.endswith(_PAIRED)]
    if paired and not faults:
        faults, told = list(faults_of_pairs(site.tables, {}, ())), paired
    for one in faults[:1]:
        message = f'{one.kind} "{one.id}" {one.message}; {one.expected}'
        raise ChangeError(message, path=told[-1])


def _wrong_leaders(feeding: Feeding) -> Iterator[Fault]:
    """Yield elements in parallel with themselves, or with one that names another."""
    leader = feeding.leader
    for node in np.flatnonzero(leader >= 0).tolist():
        head = int(leader[node])
        name = feeding.name(head)
        if head == node:
            message = "runs in parallel with itself"
            yield feeding.fault(node, "parallel_with", name, message, "name another element")
        elif leader[head] >= 0:
            further = feeding.name(int(leader[head]))
            message = f'runs in parallel with "{name}", which itself names "{further}"'
            expected = "let all of a group name the one that names none"
            yield feeding.fault(node, "parallel_with", name, message, expected)


def _loops(feeding: Feeding) -> Iterator[Fault]:
    """Yield each loop through closed devices: every walk up the feeds must end."""
    group = feeding.group
    fed = np.flatnonzero(feeding.fed_from >= 0)
    tail, head = group[fed], group[feeding.fed_from[fed]]
    alive = np.ones(len(group), dtype=bool)
    while True:
        alive = _endless(tail, head, alive)
        if not alive.any():
            return
        ring = _ring(feeding, fed[alive[tail] & alive[head]])
        alive[group[ring]] = False
        yield _loop_fault(feeding, ring)


def _endless(tail: IntArray, head: IntArray, alive: Array) -> Array:
    """(n,) nodes among the living ones from which a walk along the edges need not end."""
    while True:
        kept = np.zeros(len(alive), dtype=bool)
        kept[tail[alive[tail] & alive[head]]] = True
        if np.array_equal(kept, alive):
            return alive
        alive = kept


def _ring(feeding: Feeding, fed: IntArray) -> list[int]:
    """Return one loop among some elements that are fed: each is fed from the group of the next."""
    group = feeding.group
    of_group = dict(zip(group[fed[::-1]].tolist(), fed[::-1].tolist(), strict=True))
    seen: list[int] = []
    at = int(fed[0])
    while at not in seen:
        seen.append(at)
        at = of_group[int(group[feeding.fed_from[at]])]
    ring = seen[seen.index(at) :]
    least = ring.index(min(ring))
    return ring[least:] + ring[:least]


def _loop_fault(feeding: Feeding, ring: list[int]) -> Fault:
    words = feeding.name(ring[0])
    for node, above in zip(ring, [*ring[1:], ring[0]], strict=True):
        named = int(feeding.fed_from[node])
        words += f" <- {feeding.name(named)}"
        if named != above:
            words += f" = {feeding.name(above)}"
    message = f"closes a loop of feeds: {words}"
    if " = " in words:
        message += " (= runs in parallel)"
    value = feeding.name(int(feeding.fed_from[ring[0]]))
    return feeding.fault(ring[0], "fed_from", value, message, "a chain that ends at a source")


def _sources_joined(feeding: Feeding) -> Iterator[Fault]:
    """Yield groups that join different sources though nothing holds these in step."""
    heads = np.unique(feeding.leader[feeding.leader >= 0]).tolist()
    if not heads:
        return
    may_meet = np.isin(feeding.kinds, list(_MEET)) | (
        (feeding.kinds == "source") & np.isin(feeding.sorts, list(_MEET_AS))
    )
    group = feeding.group
    for head in heads:
        members = np.flatnonzero((group == head) & ~may_meet).tolist()
        below = {m: _sources_of(feeding, m) for m in members}
        known = {m: s for m, s in below.items() if s}
        if len(set(known.values())) > 1:
            last = next(m for m in reversed(known) if m != head)
            told = [f"{feeding.name(m)} below {feeding.named(s)}" for m, s in known.items()]
            message = f"joins sources without a scheme: {'; '.join(told)}"
            expected = "join them by a tie or a transfer switch, or feed them from one source"
            yield feeding.fault(last, "parallel_with", feeding.name(head), message, expected)


def _sources_of(feeding: Feeding, node: int) -> tuple[int, ...]:
    """Return the sources above a node in its normal position, none where none is reached."""
    group = feeding.group
    found: set[int] = set()
    seen = {node}
    at = [node]
    while at:
        one = at.pop()
        if feeding.kinds[one] == "source":
            found.add(one)
        elif feeding.fed_from[one] >= 0:
            above = np.flatnonzero(group == group[feeding.fed_from[one]]).tolist()
            at += [m for m in above if m not in seen]
            seen.update(above)
    return tuple(sorted(found))


def _fed_twice(feeding: Feeding) -> Iterator[Fault]:
    """Yield elements whose other input is the first one again, or they themselves."""
    group = feeding.group
    for node in np.flatnonzero(feeding.alternate >= 0).tolist():
        other, first = int(feeding.alternate[node]), int(feeding.fed_from[node])
        name = feeding.name(other)
        if other == node:
            message, expected = "is its own alternate", "name another element"
        elif first >= 0 and group[other] == group[first]:
            message = f'is fed twice from one side: fed_from "{feeding.name(first)}"'
            message += f', alternate "{name}"' + (", in parallel" if other != first else "")
            expected = "name an element of another side, or leave it out"
        else:
            continue
        yield feeding.fault(node, "alternate", name, message, expected)


def _ties(feeding: Feeding) -> Iterator[Fault]:
    """Yield ties that join one thing to itself, or are fed as other elements are."""
    group = feeding.group
    columns = {"fed_from": feeding.fed_from, "alternate": feeding.alternate,
               "parallel_with": feeding.leader}  # fmt: skip
    for node in np.flatnonzero(feeding.kinds == "tie").tolist():
        for column, values in columns.items():
            if values[node] >= 0:
                message = f"a tie has side_a and side_b, and no {column}"
                value = feeding.name(int(values[node]))
                yield feeding.fault(node, column, value, message, "leave it out")
        a, b = int(feeding.side_a[node]), int(feeding.side_b[node])
        if a >= 0 and b >= 0 and group[a] == group[b]:
            message = f'joins one side to itself: side_a "{feeding.name(a)}"'
            message += f', side_b "{feeding.name(b)}"' + (", in parallel" if a != b else "")
            yield feeding.fault(node, "side_b", feeding.name(b), message, "name two sides")


def _from_ties(tables: Mapping[str, Table], feeding: Feeding) -> Iterator[Fault]:
    """Yield what names a tie as its feed: a tie feeds its two sides only."""
    if not (feeding.kinds == "tie").any():
        return
    first = starts(tables)["tie"]
    for kind in (*FEEDERS, "tap"):
        for column in ("fed_from", "alternate", "parallel_with", "side_a", "side_b"):
            named = tables[kind].columns.get(column)
            if named is None or is_constant(named):
                continue
            row = named - first
            for at in np.flatnonzero((row >= 0) & (row < len(tables["tie"]))).tolist():
                name = str(tables["tie"].ids[row[at]])
                message = f'names the tie "{name}", which feeds nothing but its own two sides'
                expected = "name one of its sides"
                yield Fault(kind, str(tables[kind].ids[at]), column, name, message, expected)
