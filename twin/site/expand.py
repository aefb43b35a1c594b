"""Rows, blocks and deliveries by rule become positions, taps and racks, by broadcasting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.errors import near, shown
from twin.model.layout import Layout
from twin.model.place import TapRule
from twin.model.racks import Delivery
from twin.site.faults import Fault
from twin.site.globs import Names
from twin.site.rows import Rows, each_of, named
from twin.site.table import Array, Chunk, FloatArray, IntArray, StrArray, as_text, numbers_of

PLACE_NUMBERS = ("height_m", "max_kg", "entry_m2", "manager_m2")
"""Numbers that a row says of each of its positions."""


def positions_of_rows(rows: Rows) -> Chunk:
    """Positions of all rows: centres in the hall's frame, and what each row says of them."""
    count = rows.numbers("count").astype(np.int64)
    row = np.repeat(np.arange(len(count)), count)
    n = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    pitch, width, depth = (rows.numbers(key) for key in ("pitch_m", "width_m", "depth_m"))
    width = np.where(np.isnan(width), pitch, width)
    yaw = rows.numbers("yaw_deg")
    angle = np.deg2rad(yaw)
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1)[row]
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1)[row]
    reach = np.nan_to_num(depth / 2)[row, None]
    centre = rows.at_m[row] + (n * pitch[row] + width[row] / 2)[:, None] * along + reach * across
    turn = np.where(rows.near, 0.0, 180.0)
    columns: dict[str, Array] = {
        "x_m": centre[:, 0],
        "y_m": centre[:, 1],
        "yaw_deg": ((yaw + turn) % 360.0)[row],
        "width_m": width[row],
        "depth_m": depth[row],
        "index": (n + 1).astype(float),
        "row": rows.ids[row],
    }
    columns |= {key: rows.words(key)[row] for key in ("hall", "loop", "plant", "zone")}
    columns |= {key: rows.numbers(key)[row] for key in PLACE_NUMBERS}
    for key in ("ready", "network_ready"):
        days = np.array([getattr(r, key) for r in rows.said], dtype="datetime64[D]")
        columns[key] = days[rows.of][row]
    names = [row.names.format for row in rows.said]
    ids = [
        names[k](row=name, n=i + 1)
        for k, name, many in zip(rows.of.tolist(), rows.ids.tolist(), count.tolist(), strict=True)
        for i in range(many)
    ]
    return np.array(ids, dtype=np.str_), columns


@dataclass(frozen=True)
class Grouped:
    """Positions by the row that makes them: `at[ptr[r]:ptr[r + 1]]` are those of row r."""

    ptr: IntArray
    at: IntArray

    def with_each(self, owner: IntArray) -> tuple[IntArray, IntArray]:
        """Pair things of rows with the positions of their row: the position, the thing."""
        count = self.ptr[owner + 1] - self.ptr[owner]
        thing = np.repeat(np.arange(len(owner)), count)
        within = np.arange(len(thing)) - np.repeat(np.cumsum(count) - count, count)
        return self.at[self.ptr[owner[thing]] + within], thing


def by_row(row: StrArray, names: Iterable[str]) -> Grouped:
    """Group positions by the name of their row; those of no row in `names` are left out."""
    order = {name: k for k, name in enumerate(names)}
    distinct, inverse = np.unique(row, return_inverse=True)
    code = np.array([order.get(n, -1) for n in distinct.tolist()], dtype=np.int64)[inverse]
    at = np.argsort(code, kind="stable")
    ptr = np.searchsorted(code[at], np.arange(len(order) + 1))
    return Grouped(ptr.astype(np.int64), at)


def taps_of(
    positions: StrArray,
    grouped: Grouped,
    rules: Sequence[Sequence[TapRule]],
    of: IntArray,
    rows: StrArray,
) -> tuple[Chunk, FloatArray]:
    """Taps of positions by the rules of their rows, and the rating of the whip of each.

    The order of the taps of a position goes round its rules.

    Parameters
    ----------
    of, rows
        (n,) which of `rules` are those of each group of positions, and its {row} in them.
    """
    given, owner, rule = each_of(rules, of)
    at, thing = grouped.with_each(owner)
    # By position, so that ids come sorted, or nearly.
    order = np.lexsort((thing, at))
    at, thing = at[order], thing[order]
    times = numbers_of(given, "count").astype(np.int64)[rule[thing]]
    busway = named([one.busway for one in given], rule, rows[owner])[thing]
    stem = positions[at]
    for part in ("/", busway, "/"):
        stem = np.strings.add(stem, part)
    pair = np.repeat(np.arange(len(at)), times)
    again = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    ids = np.strings.add(stem[pair], as_text(again + 1))
    among = np.bincount(owner, minlength=len(of))[owner]
    which = np.arange(len(owner)) - np.searchsorted(owner, owner)
    thing = thing[pair]
    tap = rule[thing]
    columns: dict[str, Array] = {
        "fed_from": busway[pair],
        "position": positions[at][pair],
        "order": (again * among[thing] + which[thing]).astype(float),
        "phases": numbers_of(given, "phases")[tap],
        "connector": np.array([one.connector or "" for one in given], dtype=np.str_)[tap],
        "protected": np.ones(len(ids), dtype=bool),
    }
    for key in ("breaker_a", "continuous_factor", "voltage_v"):
        columns[key] = numbers_of(given, key)[tap]
    return (ids, columns), numbers_of(given, "whip_a")[tap]


def racks_of_deliveries(
    layout: Layout, positions: StrArray, taken: set[str], faults: list[Fault]
) -> Iterator[Chunk]:
    """Racks that deliveries place by rule, one chunk per delivery.

    A position that is named makes a rack, whoever stands there: which of them is taken is decided
    by rank. A glob means the rest: it leaves out positions in `taken`, on which racks written one
    by one stand. No delivery looks at another one, so that their order means nothing.
    """
    names = dict.fromkeys(positions.tolist())
    globs = Names(names)
    for name, delivery in layout.deliveries.items():
        if delivery.type is None:
            if delivery.positions:
                faults.append(
                    Fault("delivery", name, "type", "", "has positions and no type", "a rack type")
                )
            continue
        here = _filled(name, delivery, names, globs, taken, faults)[: delivery.limit]
        n = len(here)
        if n:
            serials = [delivery.serials.format(delivery=name, n=i + 1) for i in range(n)]
            yield (
                np.array(serials),
                {
                    "type": np.full(n, delivery.type),
                    "position": np.array(here),
                    "delivery": np.full(n, name),
                    "state": np.full(n, delivery.state),
                    "priority": np.full(n, float(delivery.priority)),
                    "cdus": np.full(n, delivery.cdus or ""),
                },
            )


def _filled(
    name: str,
    delivery: Delivery,
    positions: Mapping[str, None],
    globs: Names,
    taken: set[str],
    faults: list[Fault],
) -> list[str]:
    """Positions that one delivery fills, in the order in which it says them."""
    here: dict[str, None] = {}
    named: set[str] = set()
    for glob in delivery.positions:
        by_name = glob in positions
        found = [glob] if by_name else globs.matching(glob)
        if not found:
            told, expected = "matches no position", "an id or glob of positions that exist"
            guess = near(glob, positions)
            faults.append(Fault("delivery", name, "positions", glob, told, expected, guess))
        if glob in named:
            told, expected = f"names {shown(glob)} twice", "each position once"
            faults.append(Fault("delivery", name, "positions", glob, told, expected))
        named.add(glob)
        here |= dict.fromkeys(p for p in found if by_name or p not in taken)
    return list(here)


def edges(owners: Mapping[str, list[str]]) -> tuple[StrArray, StrArray]:
    """Pairs (owner, target) of lists written on items."""
    tails = [o for o, targets in owners.items() for _ in targets]
    heads = [t for targets in owners.values() for t in targets]
    return np.array(tails, dtype=np.str_), np.array(heads, dtype=np.str_)


def within_runs(owner: StrArray) -> FloatArray:
    """Place of each item within its run of equal owners, (n,).

    Examples
    --------
    >>> within_runs(np.array(["C1", "C1", "C2"])).tolist()
    [0.0, 1.0, 0.0]
    """
    at = np.arange(len(owner), dtype=float)
    new = np.append(True, owner[1:] != owner[:-1])[: len(owner)]
    return at - np.maximum.accumulate(np.where(new, at, 0.0)) if len(owner) else at
