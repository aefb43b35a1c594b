"""The pull list: what is pulled in which week, from which rack along which way; bundles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from twin.report.cables import cells
from twin.report.cables.patching import TRUNKS, trunk_rows
from twin.report.tables import Value
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.cord_lengths import cord_lengths
from twin.solve.cabling.cords.labels import named
from twin.solve.cabling.parts.bought import bought
from twin.solve.cabling.ways.laid_ways import way_words
from twin.solve.study import Study

PULLS = (
    "pull", "day", "week", "from_hall", "from_position", "way", "to_positions", "bundles", "cords",
    "longest_m", "total_m", "mass_kg", "missing",
)  # fmt: skip
BUNDLES = (
    "bundle", "pull", "day", "week", "upper_hall", "upper_position", "upper_device", "lower_hall",
    "lower_position", "lower_device", "cords", "links", "medium", "cable", "needed_m", "stock_m",
    "way", "fabric", "missing",
)  # fmt: skip


def bundle_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each bundle, in the order of pulls."""
    cable, b, found = study(cables), study(bought), _summed(study)
    ids, _ = cells.product_words(study)
    ways, lacking = way_words(study), cells.lack_words(study)
    days, weeks = cells.day_words(cable.day)
    ends = [named(study, end) for end in (cable.upper, cable.lower)]
    fabrics = [*(str(name) for name in study.table("fabric").ids), None]
    for k, at in enumerate(found.first.tolist()):
        row = int(cable.piece[at])
        places = [(w.hall[at] or None, w.position[at] or None, _device(w.device[at], end.node[at]))
                  for w, end in zip(ends, (cable.upper, cable.lower), strict=True)]  # fmt: skip
        yield (
            int(cable.number[at]), int(cable.pull[at]), days[at], weeks[at], *places[0], *places[1],
            cells.whole(float(found.cords[k])), _links(float(found.links[k])),
            b.medium[row] or None, ids[b.cable[row]] or None, cells.metres(float(b.needed_m[row])),
            cells.metres(float(found.longest_m[k])), ways[row] or None,
            fabrics[cable.fabric[at]], lacking[row],
        )  # fmt: skip


def _links(links: float) -> Value:
    return cells.whole(links) if links % 1 == 0 else cells.metres(links)


def _device(name: str, node: int) -> str | None:
    """Return a switch's name; a bundle of a rack ends on all its nodes."""
    return name if name and node < 0 else None


class _Bundles(NamedTuple):
    """Bundles that are listed, in the order of their numbers, (n,): sums over their cords.

    Parameters
    ----------
    first
        Row of `cables` of the first cord of each.
    cords, links, metres
        Cords, links and metres bought. A cord with tails in several bundles counts in the first.
    longest_m
        Length that is bought for the longest cord; NaN not known.
    """

    first: IntArray
    cords: FloatArray
    links: FloatArray
    metres: FloatArray
    longest_m: FloatArray


def _summed(study: Study) -> _Bundles:
    cable, stock = study(cables), study(cord_lengths).stock_m
    _, first, at = np.unique(cable.number, return_index=True, return_inverse=True)
    # A cord is bought once, with its first tail.
    metres = np.where(cable.cords == 0, 0.0, cable.cords * stock)
    cords, links, bought_m = (
        np.bincount(at, column, minlength=len(first)).astype(float)
        for column in (cable.cords, cable.links, metres)
    )
    longest = np.full(len(first), -np.inf)
    with np.errstate(invalid="ignore"):
        np.maximum.at(longest, at, stock)
    return _Bundles(first.astype(np.int64), cords, links, bought_m, longest)


def pull_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each way of each pull: what one crew lays into the same trays at once.

    Trunks stand there under their names, on their day before the cords that end on their panels.
    """
    rows = [*_trunk_pulls(study), *_cord_pulls(study)]
    yield from sorted(rows, key=lambda row: int(str(row[0])))


def _cord_pulls(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each way of each pull of cords."""
    cable, b, found = study(cables), study(bought), _summed(study)
    ways, lacking = way_words(study), cells.lack_words(study)
    days, weeks = cells.day_words(cable.day)
    upper, lower = named(study, cable.upper), named(study, cable.lower)
    mass = cells.kg_m(study)
    groups: dict[tuple[int, str], list[int]] = {}
    for k, at in enumerate(found.first.tolist()):
        groups.setdefault((int(cable.pull[at]), ways[cable.piece[at]]), []).append(k)
    for (pull, way), mine in groups.items():
        at, rows = found.first[mine], cable.piece[found.first[mine]]
        metres = found.metres[mine]
        to = dict.fromkeys(f"{lower.hall[x]}.{lower.position[x]}" for x in at.tolist())
        yield (
            pull, days[at[0]], weeks[at[0]], upper.hall[at[0]] or None,
            upper.position[at[0]] or None, way or None, " ".join(to),
            _ranges(cable.number[at].tolist()),
            cells.whole(float(found.cords[mine].sum())),
            cells.metres(float(np.max(found.longest_m[mine]))),
            cells.metres(float(np.sum(metres))),
            cells.rounded(float(np.sum(metres * mass[b.cable[rows]]))),
            "; ".join(dict.fromkeys(lack for r in rows.tolist() if (lack := lacking[r]))) or None,
        )  # fmt: skip


def _ranges(numbers: list[int]) -> str:
    """Return ascending whole numbers, runs of them as first-last.

    Examples
    --------
    >>> _ranges([1, 2, 3, 7, 9, 10])
    '1-3 7 9-10'
    """
    out: list[list[int]] = []
    for n in numbers:
        if out and out[-1][-1] == n - 1:
            out[-1][1:] = [n]
        else:
            out.append([n])
    return " ".join("-".join(str(n) for n in run) for run in out)


def _trunk_pulls(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each way of each pull of trunks."""
    column = {name: k for k, name in enumerate(TRUNKS)}
    groups: dict[tuple[Value, Value], list[tuple[Value, ...]]] = {}
    for row in trunk_rows(study):
        groups.setdefault((row[column["pull"]], row[column["way"]]), []).append(row)

    def numbers(rows: list[tuple[Value, ...]], name: str) -> FloatArray:
        values = [row[column[name]] for row in rows]
        return np.array([np.nan if v is None else v for v in values], dtype=float)

    for (pull, way), rows in groups.items():
        one = rows[0]
        to = dict.fromkeys(f"{r[column['a_hall']]}.{r[column['a_position']]}" for r in rows)
        lacks = [str(r[column["missing"]]) for r in rows if r[column["missing"]]]
        yield (
            pull, one[column["day"]], one[column["week"]], one[column["b_hall"]],
            one[column["b_position"]], way, " ".join(to),
            " ".join(str(r[column["trunk"]]) for r in rows),
            cells.whole(float(numbers(rows, "count").sum())),
            cells.metres(float(numbers(rows, "stock_m").max())),
            cells.metres(float(numbers(rows, "total_m").sum())),
            cells.rounded(float(numbers(rows, "mass_kg").sum())),
            "; ".join(dict.fromkeys(lacks)) or None,
        )  # fmt: skip
