"""The list of cables: each cord with what stands at both its ends, in the order of pulls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.report.cables import cells
from twin.report.tables import Value
from twin.solve.cabling.cords.cables import Cables, Ends, cables
from twin.solve.cabling.cords.cord_lengths import cord_lengths
from twin.solve.cabling.cords.labels import Named, labels, named
from twin.solve.cabling.cords.moved import moved_cords
from twin.solve.cabling.parts.bought import bought
from twin.solve.cabling.ways.laid_ways import way_words
from twin.solve.fabric.portmap import TIERS
from twin.solve.study import Study

_END = (
    "hall", "position", "rack", "unit", "device", "cage", "lane", "transceiver", "transceiver_part",
)  # fmt: skip
CABLES = (
    "cord", "tail", "cords", "links", "upper_label", "lower_label",
    *(f"upper_{name}" for name in _END), *(f"lower_{name}" for name in _END),
    "medium", "cable", "cable_part", "gbps", "needed_m", "stock_m", "slack_m", "slack_at",
    "bundle", "sequence", "way", "pull", "day", "week", "fabric", "network", "tier", "plane",
    "missing", "later",
)  # fmt: skip
"""Columns. `cords` counts each cord once, at its first tail; a bundle by hand is one row. `later`
says what a cord of this day is when all that is planned stands, where that is something else."""


def cable_rows(study: Study, template: str | None = None) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each tail of each cord, then for each bundle that is written by hand.

    A link through panels is two cords, each with its own length, way and turn.

    Raises
    ------
    InputError
        The template of the labels is wrong, or two cords would bear the same label.
    """
    cable = study(cables)
    upper, lower = labels(study, template)
    ends = [list(_end(study, end)) for end in (cable.upper, cable.lower)]
    of_piece = list(_pieces(study))
    days, weeks = cells.day_words(cable.day)
    later = moved_words(study)
    networks = _networks(study, cable)
    places, long = named(study, cable.upper), study(cord_lengths)
    lengths = zip(
        *(map(cells.metres, x.tolist()) for x in (long.needed_m, long.stock_m, long.slack_m)),
        strict=True,
    )
    columns = zip(
        cable.cord.tolist(), cable.leg.tolist(), cable.cords.tolist(), cable.links.tolist(),
        cable.piece.tolist(), cable.number.tolist(), cable.sequence.tolist(),
        cable.pull.tolist(), cable.tier.tolist(), cable.plane.tolist(), lengths, strict=True,
    )  # fmt: skip
    for k, (cord, leg, cords, links, row, bundle, sequence, pull, tier, plane, metres) in enumerate(
        columns
    ):
        parts, way, missing = of_piece[row]
        slack = metres[-1]
        yield (
            cord or None, leg or None, cells.whole(cords), _count(links),
            upper[k] or None, lower[k] or None, *ends[0][k], *ends[1][k],
            *parts, *metres, _stored(slack, places, k), bundle, sequence if cord else None, way,
            pull, days[k], weeks[k], *networks[k], TIERS[tier] if tier >= 0 else None,
            plane + 1 if plane >= 0 else None, missing, later.get(k),
        )  # fmt: skip


def moved_words(study: Study) -> dict[int, str]:
    """Say of rows that are moved what they are when all that is planned stands."""
    found, (ids, _) = study(moved_cords), cells.product_words(study)
    out = {}
    for row, way, cable, stock in zip(
        found.row.tolist(), found.way.tolist(), found.cable.tolist(), found.stock_m.tolist(),
        strict=True,
    ):  # fmt: skip
        length = "length not known" if np.isnan(stock) else f"{stock:g} m"
        out[row] = f"{way or 'no way'}, {ids[cable] or 'cable not known'}, {length}"
    return out


def _count(links: float) -> Value:
    return cells.whole(links) if links % 1 == 0 else cells.metres(links)


def _stored(slack: Value, upper: Named, k: int) -> str | None:
    """Return the end at which what is left over is stored: the upper one."""
    return f"{upper.hall[k]}.{upper.position[k]}" if slack else None


def _end(study: Study, end: Ends) -> Iterator[tuple[Value, ...]]:
    words, (ids, parts) = named(study, end), cells.product_words(study)
    units = [None if u != u else int(u) for u in end.unit.tolist()]  # noqa: PLR0124 - NaN
    for k, plug in enumerate(end.plug.tolist()):
        yield (
            words.hall[k] or None, words.position[k] or None, words.rack[k] or None, units[k],
            words.device[k] or None, _cage(words.cage[k]), words.lane[k] or None,
            ids[plug] or None, parts[plug] or None,
        )  # fmt: skip


def _cage(word: str) -> Value:
    """Return the cage as a number, or with its fabric before it where a host has several."""
    return int(word) if word.isdigit() else word or None


def _pieces(study: Study) -> Iterator[tuple[tuple[Value, ...], str | None, str | None]]:
    """Yield of each piece its parts, its way and what it lacks."""
    b, (ids, numbers) = study(bought), cells.product_words(study)
    columns = zip(
        b.medium, b.cable.tolist(), b.gbps.tolist(), way_words(study)[: len(b.cable)],
        cells.lack_words(study), strict=True,
    )  # fmt: skip
    for medium, row, gbps, way, missing in columns:
        yield (
            (medium or None, ids[row] or None, numbers[row] or None, _count(gbps)),
            way or None,
            missing,
        )


def _networks(study: Study, cable: Cables) -> list[tuple[str | None, str | None]]:
    """Return fabric and network of each row."""
    table = study.table("fabric")
    pairs: list[tuple[str | None, str | None]] = [
        (str(name), str(net)) for name, net in zip(table.ids, table["network"], strict=True)
    ]
    pairs.append((None, None))
    return [pairs[row] for row in cable.fabric.tolist()]
