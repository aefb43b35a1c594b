"""Ways of cables one by one as they are laid: what the papers and pictures tell of a cable."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.fill.room import names_of_ways
from twin.solve.cabling.links.tails import counted
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.access import exit_rows
from twin.solve.cabling.ways.carriers import open_to
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.leading import Led
from twin.solve.cabling.ways.shortest_ways import Trees
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study

WITHIN = "within the rack"
ACROSS = "across "
"""Of a way that comes up to a tray and leaves it at one place, and lies in none."""
THEN = " > "
OR = " | "


@dataclass(frozen=True)
class Way:
    """One way over trays and risers.

    Attributes
    ----------
    part
        Part of the cables of its piece that take it.
    node
        (k + 1,) nodes of the graph of `ways`, from the lower end to the upper.
    piece
        (k,) pieces of the graph between them.
    ends
        (2,) accesses of the graph at which it leaves the trays, at the lower and the upper end.
    """

    part: float
    node: IntArray
    piece: IntArray
    ends: IntArray


def ways_of_cables(study: Study) -> list[tuple[Way, ...]]:
    """Ways of each of the `pieces`, (Q,); none within one place, and where none leads or is known.

    The way of most cables comes first.
    """
    out = _shortest(study)
    led = study(laying).led
    if led is not None:
        for cable, found in _led(study, led).items():
            out[cable] = found
    return out


def trays_of_cables(study: Study) -> list[tuple[tuple[float, IntArray], ...]]:
    """Ways of each of the `pieces`, (Q,): part of its cables, and trays from end to end.

    Ways over the same trays are one; risers are counted on after the trays.
    """
    tray = study(ways).graph.tray
    known: dict[int, tuple[tuple[float, IntArray], ...]] = {}
    out = []
    for found in study(ways_of_cables):
        # Pieces between the same places share one tuple of ways.
        if id(found) not in known:
            known[id(found)] = _over_trays(found, tray)
        out.append(known[id(found)])
    return out


def _over_trays(found: tuple[Way, ...], tray: IntArray) -> tuple[tuple[float, IntArray], ...]:
    parts: dict[tuple[int, ...], float] = {}
    for way in found:
        at = tray[way.piece]
        new = np.ones(len(at), dtype=bool)
        new[1:] = at[1:] != at[:-1]
        key = tuple(at[new].tolist())
        parts[key] = parts.get(key, 0.0) + way.part
    return tuple((part, np.array(key, dtype=np.int64)) for key, part in parts.items())


def _shortest(study: Study) -> list[tuple[Way, ...]]:
    """Return the shortest way of each of the `pieces`."""
    way, exits = study(ways), study(exit_rows)
    of_pair: list[tuple[Way, ...]] = [() for _ in range(len(way.way_m) + 1)]
    for t in way.trees:
        for k, pair in enumerate(t.pair.tolist()):
            if np.isfinite(way.way_m[pair]):
                of_pair[pair] = (_up(t, int(t.root[k]), int(t.end[k]), exits[pair]),)
    return [of_pair[pair] for pair in way.pair.tolist()]


def _up(t: Trees, row: int, at: int, ends: IntArray) -> Way:
    """Return the way from the end of a pair to the root of its tree."""
    node, piece = [], []
    while at >= 0:
        if at < len(t.node):
            node.append(int(t.node[at]))
            if t.piece[row, at] >= 0:
                piece.append(int(t.piece[row, at]))
        at = int(t.above[row, at])
    return Way(1.0, np.array(node, dtype=np.int64), np.array(piece, dtype=np.int64), ends)


def _led(study: Study, led: Led) -> dict[int, tuple[Way, ...]]:
    """Return the ways of the cables that were led, by their row of `pieces`."""
    routes, graph = led.routes, study(ways).graph
    parts = np.flatnonzero(np.isfinite(routes.length_m))
    first, edge = routes.ways(parts)
    total = np.bincount(routes.group, routes.count, minlength=len(led.cable))
    out: dict[int, list[Way]] = {}
    for k, part in enumerate(parts.tolist()):
        way = edge[first[k] : first[k + 1]]
        ends = led.access[way[[0, -1]]]
        at = led.piece[way]
        at = at[at >= 0]
        group = int(routes.group[part])
        # The place of a group is a node behind those of the graph; its first way leads from there.
        start = int(graph.access[ends[0]])
        share = float(routes.count[part] / total[group])
        out.setdefault(int(led.cable[group]), []).append(
            Way(share, _nodes(start, graph.tail[at], graph.head[at]), at, ends)
        )
    return {
        cable: tuple(sorted(found, key=lambda w: (-w.part, w.piece.tolist())))
        for cable, found in out.items()
    }


def _nodes(start: int, tail: IntArray, head: IntArray) -> IntArray:
    """Nodes that pieces pass one after another from a first node."""
    out = [int(start)]
    for a, b in zip(tail.tolist(), head.tolist(), strict=True):
        out.append(b if out[-1] == a else a)
    return np.array(out, dtype=np.int64)


def way_words(study: Study) -> list[str]:
    """Trays of each of the `pieces`, from the lower end to the upper; "" no way, or not known.

    Where its cables are led over several ways, each way with how many take it. Where both ends
    reach a tray at one and the same place, its cables lie along none: they cross it there.
    """
    names = names_of_ways(study)
    piece, cords = study(pieces), study(counted).count
    inside = ((piece.place == piece.host) & (piece.place >= 0)).tolist()
    reach, every = study(_reached_at), study(ways_of_cables)
    out = []
    for k, found in enumerate(study(trays_of_cables)):
        said = []
        for number, (_, trays) in enumerate(found):
            at = trays.tolist()
            across = [] if at else _crossed(study, reach, k, int(every[k][number].node[0]))
            said.append(f"{ACROSS if across else ''}{THEN.join(names[t] for t in at or across)}")
        if len(said) > 1:
            count = float(cords[k])
            said = [
                f"{_share(part, count)}: {way}" for (part, _), way in zip(found, said, strict=True)
            ]
        out.append(WITHIN if inside[k] else OR.join(said))
    return out


def _reached_at(study: Study) -> dict[tuple[int, int], list[int]]:
    """Trays by the place and the node at which it reaches them."""
    graph = study(ways).graph
    out: dict[tuple[int, int], list[int]] = {}
    for *key, tray in zip(
        graph.place.tolist(), graph.access.tolist(), graph.access_tray.tolist(), strict=True
    ):
        out.setdefault((key[0], key[1]), []).append(tray)
    return out


def _crossed(study: Study, reach: dict[tuple[int, int], list[int]], k: int, node: int) -> list[int]:
    """Trays at which a way of piece `k` begins and ends, if it does so at one node.

    One that both ends reach, else that of the lower end and that of the upper, which touch there.
    """
    piece, way = study(pieces), study(ways)
    carries = study(open_to)[way.sort[way.pair[k]]]
    low, high = (
        [t for t in reach.get((int(end[k]), node), ()) if carries[t]]
        for end in (piece.place, piece.host)
    )
    both = [t for t in low if t in high]
    return both[:1] or [*low[:1], *high[:1]]


def _share(part: float, count: float) -> str:
    """Return how many of some cables are meant; as a part where they are not counted."""
    many = part * count
    return f"{many:.6g}" if math.isfinite(many) else f"{100 * part:.3g} %"
