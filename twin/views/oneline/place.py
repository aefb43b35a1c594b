"""Where the one-line diagram puts things, mm: columns by tree, rows by distance from a source.

Each branch has a strip of the sheet to itself from its row down, so that a line that runs in the
strip's edge meets no element. Lines across run in the channels between rows, each on a track of
its own. Y grows upwards; the drawing begins at (0, 0) and goes down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from twin.views.oneline import text as words
from twin.views.oneline.figures import Figures
from twin.views.oneline.tree import Branch, Link, Trees

BARS = ("board", "rpp", "busway")
COLUMN, LEFT = 43.0, 9.0
"""Width of a column, and from its left edge to its line."""

SYMBOL, BAR = 10.5, 2.2
"""Least height of a row, and that of a bus bar, mm."""

OVERHANG, UNDER_TEXT = 6.0, 27.0
"""How far a bar reaches past the lines below it; of a bar without any, past its own."""

DROP = 8.5
"""Height of the arrow to racks below a bar."""

INPUT = 5.0
"""From the line of an element to that of its other input, which stands left of it."""

CHANNEL, TRACK, LANE, TIE = 8.0, 2.6, 5.0, 34.0
"""Height of a channel without tracks; of a track; widths of a lane at a strip's edge, of a tie."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an element is drawn.

    `x` is its line, `top` where its row begins, `bottom` where the line goes on below; `low` and
    `high` are the ends of its bar or of the line that joins what is below.
    """

    node: int
    row: int
    x: float
    top: float
    bottom: float
    low: float
    high: float
    left: float
    right: float
    times: int

    @property
    def end(self) -> float:
        """Top of a bar whose line goes on at `bottom`."""
        return self.bottom + BAR


@dataclass(frozen=True, slots=True)
class Wire:
    """A line across: its corners from the tail to the head; `symbol` is where a tie stands."""

    link: Link
    points: tuple[tuple[float, float], ...]
    symbol: tuple[float, float] | None = None


@dataclass(frozen=True)
class Placed:
    """All places: spots by node, lines across, and links whose other end is not drawn."""

    spots: dict[int, Spot]
    wires: tuple[Wire, ...]
    stubs: tuple[Link, ...]
    wide: float
    tall: float


def place(shown: Trees, kinds: Sequence[str], found: Figures) -> Placed:
    """Place trees and route what joins them."""
    return _Placer(shown, kinds, found).placed()


class _Placer:
    """Places one diagram; what it holds is found step by step."""

    def __init__(self, shown: Trees, kinds: Sequence[str], found: Figures) -> None:
        self.kinds, self.found, self.roots = kinds, found, shown.roots
        every = [b for root in shown.roots for b in root.below()]
        self.branch = {n: b for b in every for n in b.nodes}
        self.order = {n: k for k, n in enumerate(n for b in every for n in b.nodes)}
        both = [k for k in shown.links if k.tail in self.branch and k.head in self.branch]
        one = [k for k in shown.links if (k.tail in self.branch) != (k.head in self.branch)]
        self.row = self._rows(both)
        self.drawn = [k for k in both if self._runs_down(k)]
        self.stubs = tuple(one + [k for k in both if not self._runs_down(k)])
        self.lanes = self._lanes()
        self.tied: dict[int, list[Link]] = defaultdict(list)
        for link in self.drawn:
            if link.sort == "tie":
                self.tied[self.branch[self._sides(link)[0]].nodes[0]].append(link)
        self.edges: dict[int, tuple[float, float]] = {}
        self.x: dict[int, float] = {}
        self.span: dict[int, tuple[float, float]] = {}
        self.tall: dict[int, float] = {}
        self.tracks: dict[int, list[object]] = defaultdict(list)

    def placed(self) -> Placed:
        """Return everything with its place."""
        at = 0.0
        for root in self.roots:
            at += self._strip(root, at)
        for link in self.drawn:
            self._claim(link)
        tops = self._tops()
        spots = {n: self._spot(n, tops) for n in self.order}
        wires = tuple(self._wire(link, spots, tops) for link in self.drawn)
        deepest = max(self.row.values(), default=0)
        return Placed(spots, wires, self.stubs, at, -tops[deepest + 1])

    # --------------------------------------------------------------------------- rows and columns

    def _rows(self, links: list[Link]) -> dict[int, int]:
        """Row of each element: below what feeds it, and below its alternate where that can be."""
        row: dict[int, int] = {}
        for root in self.roots:
            self._descend(root, 0, row)
        below: dict[int, list[int]] = defaultdict(list)
        for link in links:
            if link.sort == "alternate" and not self._reaches(link.head, link.tail, below):
                below[link.tail].append(link.head)
        for _ in range(len(row)):
            lower = [(t, h) for t, hs in below.items() for h in hs if row[h] <= row[t]]
            if not lower:
                break
            for tail, head in lower:
                self._descend(self.branch[head], max(row[tail] + 1, row[head]), row)
        return row

    def _reaches(self, node: int, other: int, below: dict[int, list[int]]) -> bool:
        """Whether `other` hangs below `node`, over alternates too."""
        seen, left = set[int](), [node]
        while left:
            nodes = {n for b in self.branch[left.pop()].below() for n in b.nodes} - seen
            seen |= nodes
            left += [h for n in nodes for h in below.get(n, ())]
        return other in seen

    def _descend(self, branch: Branch, at: int, row: dict[int, int]) -> None:
        at = max(at, *(row.get(n, 0) for n in branch.nodes))
        row.update(dict.fromkeys(branch.nodes, at))
        for child in branch.children:
            self._descend(child, at + 1, row)

    def _runs_down(self, link: Link) -> bool:
        """Whether a link can be drawn: an alternate that feeds from below only says its name."""
        return link.sort != "alternate" or self.row[link.tail] < self.row[link.head]

    def _sides(self, link: Link) -> tuple[int, int]:
        """Return the ends of a link from left to right."""
        a, b = sorted((link.tail, link.head), key=lambda n: self.order[n])
        return a, b

    def _lanes(self) -> dict[tuple[int, int], bool]:
        """Which branches need a lane, by (first node, -1 left or 1 right)."""
        out = {}
        for link in self.drawn:
            right = self.order[link.head] > self.order[link.tail]
            ends = [(link.tail, 1 if right else -1)]
            if link.sort != "alternate":
                ends.append((link.head, -1 if right else 1))
            for node, side in ends:
                if self.branch[node].children:
                    out[self.branch[node].nodes[0], side] = True
        return out

    def _strip(self, branch: Branch, at: float) -> float:
        """Place a branch from `at` on; returns how wide its strip is."""
        first = branch.nodes[0]
        before = LANE * ((first, -1) in self.lanes)
        wide = 0.0
        for child in branch.children:
            wide += self._strip(child, at + before + wide)
        if branch.children and self._hangs(branch):
            wide += COLUMN
        own = COLUMN * len(branch.nodes)
        shift = max((own - wide) / 2, 0.0)
        if branch.children and shift:
            for child in branch.children:
                self._shift(child, shift)
        wide = max(wide, own)
        xs = [self.x[n] for c in branch.children for n in c.nodes]
        if branch.children and self._hangs(branch):
            xs.append(at + before + wide - shift - COLUMN + LEFT)
        middle = (min(xs) + max(xs)) / 2 if xs else at + before + LEFT
        low = middle - COLUMN * (len(branch.nodes) - 1) / 2 if xs else middle
        for k, node in enumerate(branch.nodes):
            self.x[node] = low + COLUMN * k
        ends = [*xs, *(self.x[n] for n in branch.nodes)]
        self.span[first] = (min(ends), max(ends))
        wide += before + LANE * ((first, 1) in self.lanes)
        self.edges[first] = (at, at + wide)
        return wide + TIE * len(self.tied[first])

    def _shift(self, branch: Branch, by: float) -> None:
        for part in branch.below():
            first = part.nodes[0]
            for node in part.nodes:
                self.x[node] += by
            self.span[first] = tuple(v + by for v in self.span[first])  # type: ignore[assignment]
            self.edges[first] = tuple(v + by for v in self.edges[first])  # type: ignore[assignment]

    def _hangs(self, branch: Branch) -> bool:
        """Whether racks hang on it."""
        return any(self.found.racks[n] > 0 for n in branch.nodes)

    # ------------------------------------------------------------------------------------ channels

    def _claim(self, link: Link) -> None:
        """Claim the track on which a link runs; alternates from one element share one."""
        if link.sort == "alternate":
            key: object = ("from", link.tail)
        elif self._beside(link):
            return
        else:
            key = link
        tracks = self.tracks[self._channel(link)]
        if key not in tracks:
            tracks.append(key)

    def _channel(self, link: Link) -> int:
        """Return the row above which a link runs: that of its head, or below both its ends."""
        if link.sort == "alternate":
            return self.row[link.head]
        return max(self.row[link.tail], self.row[link.head]) + 1

    def _beside(self, link: Link) -> bool:
        """Whether the two bars of a tie stand beside each other, with nothing between them."""
        if link.sort != "tie" or self.row[link.tail] != self.row[link.head]:
            return False
        a, b = self._sides(link)
        low, high = self.x[a], self.x[b]
        same = [n for n in self.order if self.row[n] == self.row[a]]
        bars = self.kinds[a] in BARS and self.kinds[b] in BARS
        return bars and not any(low < self.x[n] < high for n in same)

    def _tops(self) -> dict[int, float]:
        """Top of every row, and of the one below the last."""
        out, y = {}, 0.0
        for row in range(max(self.row.values(), default=0) + 1):
            nodes = [n for n in self.order if self.row[n] == row]
            more = 2 * CHANNEL / 4 if not row else CHANNEL
            y -= more + TRACK * len(self.tracks[row])
            out[row] = y
            bars = any(self.kinds[n] in BARS for n in nodes)
            drop = any(self._hangs(self.branch[n]) for n in nodes)
            self.tall[row] = max(SYMBOL, words.height(self.found, nodes) + 1.0)
            y -= self.tall[row] + BAR * bars + DROP * drop
        last = len(out)
        out[last] = y - TRACK * len(self.tracks[last]) - 2.0
        return out

    def _spot(self, node: int, tops: dict[int, float]) -> Spot:
        branch = self.branch[node]
        first, row, bar = branch.nodes[0], self.row[node], self.kinds[node] in BARS
        low, high = self.span[first]
        left, right = self.edges[first]
        if bar:
            low, high = low - OVERHANG, high + (OVERHANG if branch.children else UNDER_TEXT)
        if (first, -1) in self.lanes:
            low = min(low, left + LANE / 2 - bar)
        if (first, 1) in self.lanes:
            high = max(high, right - LANE / 2 + bar)
        bottom = tops[row] - self.tall[row] - BAR * bar
        return Spot(node, row, self.x[node], tops[row], bottom, low, high, left, right,
                    branch.times)  # fmt: skip

    # --------------------------------------------------------------------------------------- wires

    def _wire(self, link: Link, spots: dict[int, Spot], tops: dict[int, float]) -> Wire:
        if link.sort == "alternate":
            return self._input(link, spots, tops)
        a, b = (spots[n] for n in self._sides(link))
        slot = a.right + 7.0 + TIE * self._slot(link)
        if self._beside(link):
            return Wire(link, ((a.high, a.end - BAR / 2), (b.low, b.end - BAR / 2)),
                        (slot, a.end - BAR / 2))  # fmt: skip
        x_a, x_b = self._lane(a, 1), self._lane(b, -1)
        y = self._track(link, link, tops)
        points = ((x_a, a.bottom), (x_a, y), (x_b, y), (x_b, b.bottom))
        return Wire(link, points, (slot, y) if link.sort == "tie" else None)

    def _slot(self, link: Link) -> int:
        """Return which of the ties right of a branch this one is: one between bars is the first."""
        ties = self.tied[self.branch[self._sides(link)[0]].nodes[0]]
        if link not in ties:
            return 0
        return sorted(ties, key=lambda k: (not self._beside(k), k.tie)).index(link)

    def _input(self, link: Link, spots: dict[int, Spot], tops: dict[int, float]) -> Wire:
        """Route an alternate from what feeds it to the other input of its head."""
        tail, head = spots[link.tail], spots[link.head]
        side = 1 if self.order[link.head] > self.order[link.tail] else -1
        x, to = self._lane(tail, side), head.x - INPUT
        y = self._track(link, ("from", link.tail), tops)
        return Wire(link, ((x, tail.bottom), (x, y), (to, y), (to, head.top)))

    def _lane(self, spot: Spot, side: int) -> float:
        """Return where a line leaves an element downwards: its own line where nothing hangs."""
        if not self.branch[spot.node].children:
            return spot.x if not self._hangs(self.branch[spot.node]) else spot.x - 4.0
        return spot.right - LANE / 2 if side > 0 else spot.left + LANE / 2

    def _track(self, link: Link, key: object, tops: dict[int, float]) -> float:
        channel = self._channel(link)
        among = self.tracks[channel].index(key)
        return tops[channel] + 4.5 + TRACK * among
