"""The pull list: what is pulled in which week, from which rack along which way; bundles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.report.cables import cells
from twin.report.cables.patching import TRUNKS, trunk_rows
from twin.report.tables import Value
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.bought import bought
from twin.solve.cabling.cables import cables
from twin.solve.cabling.cord_lengths import cord_lengths
from twin.solve.cabling.labels import named
from twin.solve.cabling.laid_ways import way_words
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
    cable, b = study(cables), study(bought)
    ids, _ = cells.product_words(study)
    ways, lacking = way_words(study), cells.lack_words(study)
    days, weeks = cells.day_words(cable.day)
    ends = [named(study, end) for end in (cable.upper, cable.lower)]
    fabrics = [*(str(name) for name in study.table("fabric").ids), None]
    first, cords, links, _ = _summed(study)
    for k, at in enumerate(first.tolist()):
        row = int(cable.piece[at])
        places = [(w.hall[at] or None, w.position[at] or None, _device(w.device[at], end.node[at]))
                  for w, end in zip(ends, (cable.upper, cable.lower), strict=True)]  # fmt: skip
        yield (
            k + 1, int(cable.pull[at]), days[at], weeks[at], *places[0], *places[1],
            cells.whole(float(cords[k])), _links(float(links[k])), b.medium[row] or None,
            ids[b.cable[row]] or None, cells.metres(float(b.needed_m[row])),
            cells.metres(float(b.stock_m[row])), ways[row] or None, fabrics[cable.fabric[at]],
            lacking[row],
        )  # fmt: skip


def _links(links: float) -> Value:
    return cells.whole(links) if links % 1 == 0 else cells.metres(links)


def _device(name: str, node: int) -> str | None:
    """Return a switch's name; a bundle of a rack ends on all its nodes."""
    return name if name and node < 0 else None


def _summed(study: Study) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """First row of each bundle in the order of its number, its cords, links and metres bought."""
    cable = study(cables)
    _, first = np.unique(cable.number, return_index=True)
    at = cable.number - 1
    # A cord is bought once, with its first tail.
    metres = np.where(cable.cords == 0, 0.0, cable.cords * study(cord_lengths).stock_m)
    cords, links, bought_m = (
        np.bincount(at, column, minlength=len(first)).astype(float)
        for column in (cable.cords, cable.links, metres)
    )
    return first.astype(np.int64), cords, links, bought_m


def pull_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each way of each pull: what one crew lays into the same trays at once.

    Trunks come first, under their names: they lie before any cord that ends on their panels.
    """
    yield from _trunk_pulls(study)
    cable, b = study(cables), study(bought)
    ways, lacking = way_words(study), cells.lack_words(study)
    days, weeks = cells.day_words(cable.day)
    upper, lower = named(study, cable.upper), named(study, cable.lower)
    mass = cells.kg_m(study)
    first, cords, _, metres = _summed(study)
    groups: dict[tuple[int, str], list[int]] = {}
    for k, at in enumerate(first.tolist()):
        groups.setdefault((int(cable.pull[at]), ways[cable.piece[at]]), []).append(k)
    for (pull, way), mine in groups.items():
        at, rows = first[mine], cable.piece[first[mine]]
        count, length = cords[mine], b.stock_m[rows]
        total = float(np.sum(metres[mine]))
        to = dict.fromkeys(f"{lower.hall[x]}.{lower.position[x]}" for x in at.tolist())
        yield (
            pull, days[at[0]], weeks[at[0]], upper.hall[at[0]] or None,
            upper.position[at[0]] or None, way or None, " ".join(to),
            _ranges([k + 1 for k in mine]),
            cells.whole(float(count.sum())), cells.metres(float(np.max(length))),
            cells.metres(total), cells.rounded(float(np.sum(metres[mine] * mass[b.cable[rows]]))),
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
