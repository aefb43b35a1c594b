"""Rows, blocks and deliveries by rule become positions, taps and racks, by broadcasting."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.errors import near, shown
from twin.model.layout import Layout
from twin.model.place import Block, Row, TapRule
from twin.model.racks import Delivery
from twin.site.faults import Fault
from twin.site.table import Array, FloatArray, IntArray, StrArray, as_text

Chunk = tuple[StrArray, dict[str, Array]]


def rows_of_layout(layout: Layout, faults: list[Fault]) -> dict[str, Row]:
    """Return all rows, those of blocks included, by id."""
    rows = {name: row.model_copy(update=_named(row, name)) for name, row in layout.rows.items()}
    for name, block in layout.blocks.items():
        for row_name, row in _rows_of_block(name, block):
            if row_name in rows:
                faults.append(_twice("block", name, row_name))
            rows[row_name] = row
    return rows


def _named(row: Row, name: str) -> dict[str, Any]:
    """Fields of a row with its id where loop, plant, zone, switches and busways say {row}."""
    return {
        "taps": in_row(row.taps, name),
        "switches": [s.replace("{row}", name) for s in row.switches],
        "loop": row.loop.replace("{row}", name) if row.loop else None,
        "plant": row.plant.replace("{row}", name) if row.plant else None,
        "zone": row.zone.replace("{row}", name) if row.zone else None,
    }


def in_row(rules: Iterable[TapRule], row: str) -> list[TapRule]:
    """Put the row's id where rules of taps say {row}."""
    return [t.model_copy(update={"busway": t.busway.replace("{row}", row)}) for t in rules]


def _twice(kind: str, owner: str, name: str) -> Fault:
    return Fault(kind, owner, "row_names", name, f'makes the id "{name}" twice', "ids used once")


def _rows_of_block(name: str, block: Block) -> Iterator[tuple[str, Row]]:
    angle = np.deg2rad(block.yaw_deg + 90.0)
    step = np.array([np.cos(angle), np.sin(angle)]) * block.row_pitch_m
    row = Row.model_construct(**{k: getattr(block, k) for k in Row.model_fields})
    for i in range(block.rows):
        turned = block.alternate and i % 2 == 1
        front = {"near": "far", "far": "near"}[block.front] if turned else block.front
        at = (block.at_m[0] + i * step[0], block.at_m[1] + i * step[1])
        row_name = block.row_names.format(block=name, n=i + 1)
        yield row_name, row.model_copy(update={**_named(row, row_name), "at_m": at, "front": front})


def positions_of_rows(rows: Mapping[str, Row]) -> Chunk:
    """Positions of all rows: centres in the hall's frame, and what each row says of them."""
    every = list(rows.values())
    count = np.array([r.count for r in every], dtype=np.int64)
    row = np.repeat(np.arange(len(every)), count)
    n = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    pitch, width, depth = (_numbers(every, key) for key in ("pitch_m", "width_m", "depth_m"))
    width = np.where(np.isnan(width), pitch, width)
    yaw = _numbers(every, "yaw_deg")
    near = np.array([r.at_m for r in every], dtype=float).reshape(-1, 2)
    angle = np.deg2rad(yaw)
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1)[row]
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1)[row]
    reach = np.nan_to_num(depth / 2)[row, None]
    centre = near[row] + (n * pitch[row] + width[row] / 2)[:, None] * along + reach * across
    turn = np.array([0.0 if r.front == "near" else 180.0 for r in every])
    columns: dict[str, Array] = {
        "x_m": centre[:, 0],
        "y_m": centre[:, 1],
        "yaw_deg": ((yaw + turn) % 360.0)[row],
        "width_m": width[row],
        "depth_m": depth[row],
        "index": (n + 1).astype(float),
        "row": np.array(list(rows), dtype=np.str_)[row],
        "hall": np.array([r.hall for r in every], dtype=np.str_)[row],
        "loop": np.array([r.loop or "" for r in every], dtype=np.str_)[row],
        "plant": np.array([r.plant or "" for r in every], dtype=np.str_)[row],
        "zone": np.array([r.zone or "" for r in every], dtype=np.str_)[row],
    }
    for key in ("height_m", "max_kg"):
        columns[key] = _numbers(every, key)[row]
    for key in ("ready", "network_ready"):
        days = [np.datetime64(getattr(r, key) or "NaT", "D") for r in every]
        columns[key] = np.array(days, dtype="datetime64[D]")[row]
    ids = [r.names.format(row=k, n=i + 1) for k, r in rows.items() for i in range(r.count)]
    return np.array(ids, dtype=np.str_), columns


def _numbers(items: Iterable[Any], key: str) -> FloatArray:
    """One figure of some items, NaN where it is not given."""
    values = (getattr(item, key) for item in items)
    return np.array([np.nan if v is None else v for v in values], dtype=float)


@dataclass(frozen=True)
class Grouped:
    """Positions by the row that makes them: `at[ptr[r]:ptr[r + 1]]` are those of row r."""

    ptr: IntArray
    at: IntArray

    def with_each(self, owner: IntArray, times: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Pair things of rows with the positions of their row, each `times` over.

        Returns the position, the thing, and how often it came before at that position.
        """
        count = (self.ptr[owner + 1] - self.ptr[owner]) * times
        thing = np.repeat(np.arange(len(owner)), count)
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        turn, again = np.divmod(within, times[thing])
        return self.at[self.ptr[owner[thing]] + turn], thing, again


def by_row(row: StrArray, names: Iterable[str]) -> Grouped:
    """Group positions by the name of their row; those of no row in `names` are left out."""
    order = {name: k for k, name in enumerate(names)}
    distinct, inverse = np.unique(row, return_inverse=True)
    code = np.array([order.get(n, -1) for n in distinct.tolist()], dtype=np.int64)[inverse]
    at = np.argsort(code, kind="stable")
    ptr = np.searchsorted(code[at], np.arange(len(order) + 1))
    return Grouped(ptr.astype(np.int64), at)


def taps_of(
    positions: StrArray, grouped: Grouped, rules: Sequence[Sequence[TapRule]]
) -> tuple[Chunk, FloatArray]:
    """Taps of positions by the rules of their rows, and the rating of the whip of each.

    The order of the taps of a position goes round its rules.
    """
    every = [(r, k, len(rs), rule) for r, rs in enumerate(rules) for k, rule in enumerate(rs)]
    given = [rule for *_, rule in every]
    owner = np.array([r for r, *_ in every], dtype=np.int64)
    times = np.array([rule.count for rule in given], dtype=np.int64)
    at, tap, again = grouped.with_each(owner, times)
    busway = np.array([rule.busway for rule in given], dtype=np.str_)[tap]
    place = positions[at]
    ids = place
    for part in ("/", busway, "/", as_text(again + 1)):
        ids = np.strings.add(ids, part)
    which = np.array([k for _, k, _, _ in every], dtype=np.int64)[tap]
    among = np.array([n for _, _, n, _ in every], dtype=np.int64)[tap]
    columns: dict[str, Array] = {
        "fed_from": busway,
        "position": place,
        "order": (again * among + which).astype(float),
        "phases": _numbers(given, "phases")[tap],
        "connector": np.array([rule.connector or "" for rule in given], dtype=np.str_)[tap],
        "protected": np.ones(len(ids), dtype=bool),
    }
    for key in ("breaker_a", "continuous_factor", "voltage_v"):
        columns[key] = _numbers(given, key)[tap]
    return (ids, columns), _numbers(given, "whip_a")[tap]


def racks_of_deliveries(
    layout: Layout, positions: StrArray, taken: set[str], faults: list[Fault]
) -> Iterator[Chunk]:
    """Racks that deliveries place by rule, one chunk per delivery.

    A position that is named makes a rack, whoever stands there: which of them is taken is decided
    by rank. A glob means the rest: it leaves out positions in `taken`, on which racks written one
    by one stand. No delivery looks at another one, so that their order means nothing.
    """
    names = dict.fromkeys(positions.tolist())
    for name, delivery in layout.deliveries.items():
        if delivery.type is None:
            if delivery.positions:
                faults.append(
                    Fault("delivery", name, "type", "", "has positions and no type", "a rack type")
                )
            continue
        here = _filled(name, delivery, names, taken, faults)[: delivery.limit]
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
    taken: set[str],
    faults: list[Fault],
) -> list[str]:
    """Positions that one delivery fills, in the order in which it says them."""
    here: dict[str, None] = {}
    named: set[str] = set()
    for glob in delivery.positions:
        by_name = glob in positions
        found = [glob] if by_name else fnmatch.filter(positions, glob)
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
