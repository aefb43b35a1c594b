"""Cables on the plan: the way of one cord or bundle, and how full trays are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from twin.arrays.risers import leads_away
from twin.errors import InputError, Problem, near, shown
from twin.model.label import DEFAULT
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.cords.cables import Cables, cables
from twin.solve.cabling.cords.cord_lengths import cord_lengths
from twin.solve.cabling.cords.labels import SEPARATOR, labels, named, template_of
from twin.solve.cabling.fill.fullest import fullest
from twin.solve.cabling.fill.room import KINDS, names_of_ways
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.bought import bought
from twin.solve.cabling.ways.laid_ways import Way, way_words, ways_of_cables
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study
from twin.views import colours
from twin.views import labels as words
from twin.views.boxes import batch, to_site
from twin.views.colours import NOT_JUDGED, UNKNOWN, Entry, Legend
from twin.views.judge import FILL, Judgement
from twin.views.parts import Batch, Labels, Scene
from twin.views.scene import composed

UPPER, LOWER = range(2)
_BUNDLE = "bundle:"
_OVER_M = 0.1
"""So far over its tray the way is drawn in 3D."""


def tray_scene(study: Study) -> Scene:
    """Return the site with each tray and riser in the colour of its fullest place, racks plain."""
    site, found = study.site, study(fullest)
    n = len(names_of_ways(study))
    load, band, state = np.full(n, np.nan), np.full(n, NOT_JUDGED), np.full(n, -1)
    at = found.tray
    load[at] = found.fill / found.limit
    over = load > 1.0 + colours.TOLERANCE
    dim = np.zeros(n, dtype=bool)
    dim[at] = ~found.whole | np.isnan(load[at])
    # A part that is over the limit by itself decides, whatever else is not known.
    band[at] = np.where(dim[at] & ~over[at], UNKNOWN, colours.bands_of(load[at]))
    state[at] = np.where(over[at], 2, np.where(dim[at], 1, 0))
    entries = tuple(
        replace(e, count=int((band == e.band).sum()),
                text="no data cable" if e.band == NOT_JUDGED else e.text)
        for e in colours.load_entries()
    )  # fmt: skip
    risers = len(study.table("riser"))
    kinds = "trays and risers" if risers else "trays"
    legend = Legend(FILL, f"fill of {kinds} in % of their limit", entries, _at_names(found.limit))
    judgement = judged(study, legend)
    subject = np.concatenate([site.subject(k, np.arange(len(study.table(k)))) for k in KINDS])
    judgement.load[subject], judgement.band[subject] = load, band
    judgement.state[subject] = state
    counts = [int(over.sum()), int((dim & ~over).sum())]
    told = f"{len(at):,} {kinds} with cables: {counts[0]:,} over their limit, {counts[1]:,} unknown"
    return _with_fill(study, composed(site, judgement, (told, _day(study)), study.conditions.date))


def _at_names(limit: FloatArray) -> str:
    """Say what the figures at names are: others than those of the colours."""
    known = np.unique(np.round(100 * limit[np.isfinite(limit)], 2))
    ends = " to ".join(dict.fromkeys(f"{x:g}" for x in (*known[:1], *known[-1:])))
    return f"in % of the section, of which {ends} % may be filled" if ends else ""


def _with_fill(study: Study, scene: Scene) -> Scene:
    """Return a scene whose names of trays and risers have the fill of the section beside them.

    Where a name finds no room at the ends of its tray, it may stand beside its fullest place.
    """
    found, had = study(fullest), scene.labels
    names, trays = names_of_ways(study), set(study.table("tray").ids.tolist())
    fill = {
        names[tray]: k
        for k, tray in enumerate(found.tray.tolist())
        if found.whole[k] and not np.isnan(found.fill[k])
    }
    others = {str(name) for kind in ("busway", "pipe") for name in study.table(kind).ids.tolist()}
    line = had.level == words.LINE
    mine = [
        k for k, name in enumerate(had.text.tolist())
        if line[k] and name in fill and name not in others
    ]  # fmt: skip
    text = had.text.tolist()
    for k in mine:
        text[k] = f"{text[k]} {100 * found.fill[fill[text[k]]]:.0f} %"
    # The first label of each tray, on both sides of its fullest place.
    first = np.array([
        k for k in mine
        if (not k or had.group[k] != had.group[k - 1]) and had.text[k] in trays
    ], dtype=np.int64)  # fmt: skip
    of = [fill[str(had.text[k])] for k in first.tolist()]
    point, along = _beside(study, found.piece[of])
    twice = np.tile(first, 2)
    return replace(scene, labels=Labels(
        text=np.array([*text, *(text[k] for k in twice.tolist())], dtype=np.str_),
        point=np.concatenate([had.point, point, point]),
        size=np.concatenate([had.size, had.size[twice]]),
        level=np.concatenate([had.level, had.level[twice]]),
        along=np.concatenate([had.along, along, -along]),
        room=np.concatenate([had.room, had.room[twice]]),
        group=np.concatenate([had.group, had.group[twice]]),
    ))  # fmt: skip


def _beside(study: Study, piece: IntArray) -> tuple[FloatArray, FloatArray]:
    """Middles of pieces of trays in the frame of the site, and the directions across them."""
    graph = study(ways).graph
    tail, head = graph.node_m[graph.tail[piece]], graph.node_m[graph.head[piece]]
    hall = study.site.subject("hall", graph.hall[graph.tail[piece]])
    ends = []
    for node in (tail, head):
        x, y, _ = to_site(study.site, hall, node[:, 0], node[:, 1], np.zeros(len(node)))
        ends.append(np.stack([x, y], axis=1))
    step = ends[1] - ends[0]
    across = np.stack([step[:, 1], -step[:, 0]], axis=1) / np.hypot(*step.T)[:, None]
    middle = np.column_stack([(ends[0] + ends[1]) / 2, tail[:, 2]])
    return middle, across


def way_scene(study: Study, cable: str, template: str | None = None) -> Scene:
    """Return the site with the way of one cord or bundle.

    Parameters
    ----------
    cable
        A label, or one end of it; or a bundle by its number in the list of cables, as in 12 or
        bundle:12.
    template
        Text of one end of the labels; None: the layout's.

    Raises
    ------
    InputError
        There is no such cable, or its way is not known.
    """
    row, of_bundle = _found(study, cable, template)
    rows = study(cables)
    has_way(study, int(rows.piece[row]), cable)
    tails = [row] if of_bundle or not rows.cord[row] else _tails(rows, row)
    judgement = judged(study, _ends_legend(study, tails))
    for k in tails:
        for rack, band in ((rows.upper.rack[k], UPPER), (rows.lower.rack[k], LOWER)):
            if rack >= 0:
                judgement.band[study.site.first["rack"] + rack] = band
    found = study(ways_of_cables)
    each = np.unique(rows.piece[tails]).tolist()
    lines = [points_of(study, one, way) for one in each for way in found[one]]
    over = (drawn(judgement, lines),) if lines else ()
    told = _told(study, rows, row, "" if of_bundle else cable)
    return composed(study.site, judgement, told, study.conditions.date, over)


def has_way(study: Study, piece: int, cable: str) -> None:
    """Raise `InputError` where the way of a piece, as it was asked for, is none or not known."""
    length = float(study(laying).way_m[piece])
    if not np.isfinite(length):
        message = f"the way of {shown(cable)} is not known" if np.isnan(
            length) else f"no trays lead from end to end of {shown(cable)}"  # fmt: skip
        expected = "`twin cables` tells which fields are missing"
        raise InputError(Problem("", key="cable", value=cable, message=message, expected=expected))


def _tails(rows: Cables, row: int) -> list[int]:
    """Return the rows of all tails of a cord."""
    return np.flatnonzero(rows.cord == rows.cord[row]).tolist()


def judged(study: Study, legend: Legend) -> Judgement:
    """Return a judgement of nothing, to be filled in."""
    n = study.site.size
    return Judgement(
        load=np.full(n, np.nan), band=np.full(n, NOT_JUDGED), state=np.full(n, -1),
        code=np.full(n, "", dtype="U8"), legend=legend,
    )  # fmt: skip


def _found(study: Study, cable: str, template: str | None) -> tuple[int, bool]:
    """Return the first row of a bundle, or that of a label; and whether it is a bundle."""
    number = cable.removeprefix(_BUNDLE)
    text = template_of(study, template)
    # Labels by the default are no numbers, so that a number alone is a bundle.
    upper, lower = labels(study, text) if text != DEFAULT or not number.isdigit() else ([], [])
    if number == cable:
        for k, pair in enumerate(zip(upper, lower, strict=True)):
            if any(cable in {t, t.partition(SEPARATOR)[0]} for t in pair if t):
                return k, False
    if number.isdigit():
        return _of_bundle(study, number), True
    ends = [t.partition(SEPARATOR)[0] for t in (*upper, *lower) if t]
    raise InputError(
        Problem("", key="cable", value=cable, message=f"no cord has the label {shown(cable)}",
                expected=f"write a label after {shown(text)}, one of its ends, the number of a"
                " bundle, or a trunk",
                near=near(cable, [*ends, *study.table("trunk").ids.tolist()]))
    )  # fmt: skip


def _of_bundle(study: Study, number: str) -> int:
    """Return the first row of a bundle."""
    rows = study(cables)
    found = np.flatnonzero(rows.number == int(number))
    if len(found):
        return int(found[0])
    most, day = int(rows.number.max(initial=0)), study.conditions.date
    expected = f"write one of 1 to {most}" if most else "there is no bundle"
    # A day leaves numbers out.
    of_day = "" if day is None else f" on {day.isoformat()}"
    message = f"there is no bundle {number}{of_day}"
    raise InputError(Problem("", key="cable", value=number, message=message, expected=expected))


def _ends_legend(study: Study, tails: list[int]) -> Legend:
    rows, row = study(cables), tails[0]
    two = (("upper", named(study, rows.upper)), ("lower", named(study, rows.lower)))
    texts = [
        f"{word} end: {end.hall[row]}.{end.position[row]} {end.device[row]}".rstrip()
        for word, end in two
    ]
    if len(tails) > 1:
        texts[1] = f"tails: {', '.join(dict.fromkeys(two[1][1].device[k] for k in tails))}"
    return legend_of_ends(texts)


def legend_of_ends(texts: Sequence[str]) -> Legend:
    """Return the legend of both ends of a cable: the upper, then the lower."""
    both = colours.kind_entries(tuple(texts))
    ends = tuple(e for e in both if e.band >= 0)
    return Legend(
        "way", "ends of the cable", (*ends, Entry(NOT_JUDGED, "other", colours.NO_VERDICT))
    )


def points_of(study: Study, piece: int, way: Way) -> FloatArray:
    """(k, 3) points of a way in the frame of the site."""
    of, table = study(pieces), study.table("position")
    node_m, hall = _along(study, way)
    ends = np.array([of.place[piece], of.host[piece]])
    halls = study.site.rows_of("hall", table["hall"])[ends]
    x = np.concatenate([table["x_m"][ends[:1]], node_m[:, 0], table["x_m"][ends[1:]]])
    y = np.concatenate([table["y_m"][ends[:1]], node_m[:, 1], table["y_m"][ends[1:]]])
    z = np.concatenate([node_m[:1, 2], node_m[:, 2], node_m[-1:, 2]])
    subject = study.site.subject("hall", np.concatenate([halls[:1], hall, halls[1:]]))
    x, y, _ = to_site(study.site, subject, x, y, np.zeros(len(z)))
    return np.stack([x, y, z + _OVER_M], axis=1)


def _along(study: Study, way: Way) -> tuple[FloatArray, IntArray]:
    """Points of a way over trays and risers in the frames of their halls, (k, 3), and the halls.

    A riser from place to place is followed as `lines.risers` draws it: along at the height of its
    lower end, and up at the place of its upper end.
    """
    graph, riser = study(ways).graph, study.table("riser")
    row = graph.tray[way.piece] - len(study.table("tray"))
    away = np.append(leads_away(study.site), False)[np.maximum(row, -1)] & (row >= 0)
    points, halls = [graph.node_m[way.node[:1]]], [graph.hall[way.node[:1]]]
    for k, node in enumerate(way.node[1:].tolist()):
        before, after = graph.node_m[way.node[k]], graph.node_m[node]
        if away[k]:
            from_low = bool(before[2] == riser["low_m"][row[k]])
            upper, lower = (after, before) if from_low else (before, after)
            points.append(np.array([[upper[0], upper[1], lower[2]]]))
            halls.append(graph.hall[[node if from_low else way.node[k]]])
        points.append(after[None])
        halls.append(graph.hall[[node]])
    return np.concatenate(points), np.concatenate(halls)


def drawn(judgement: Judgement, lines: list[FloatArray]) -> Batch:
    """Return ways of one cable, each (k, 3) points, as lines of a scene."""
    n = len(lines)
    return batch(
        "way", "line", judgement, origin=np.array([line[0] for line in lines]),
        size=np.tile([[0.0, 0.12, 0.06]], (n, 1)), yaw=np.zeros(n), subject=np.full(n, -1),
        points=np.concatenate(lines), offsets=np.cumsum([0, *(len(line) for line in lines)]),
    )  # fmt: skip


def _told(study: Study, rows: Cables, row: int, cable: str) -> tuple[str, str]:
    """Return what is said of a cord by its label, or of its bundle: what, how long and when."""
    piece = int(rows.piece[row])
    mine = rows.number == rows.number[row]
    b = study(bought)
    stock = float(study(cord_lengths).stock_m[row] if cable else b.stock_m[piece])
    cords = int(np.nansum(rows.cords[mine]))
    who = f"Bundle {rows.number[row]} of {cords:,} {'cord' if cords == 1 else 'cords'}"
    what = f"Cord {cable} in bundle {rows.number[row]}" if cable else who
    lengths = [
        f"{word} {length:.2f} m" for word, length in (
            ("needed", float(b.needed_m[piece])), ("bought", stock))
        if not np.isnan(length)
    ]  # fmt: skip
    product = int(b.cable[piece])
    part = [str(study.site.tables["product"].ids[product])] if product >= 0 else []
    day = str(rows.day[row])
    turn = f"pull {rows.pull[row]}" + ("" if day == "NaT" else f" on {day}")
    return f"{what}: {study(way_words)[piece]}", ", ".join([*lengths, *part, turn])


def _day(study: Study) -> str:
    day = study.conditions.date
    return "all that is planned" if day is None else f"on {day.isoformat()}"
