"""Rows, blocks and deliveries by rule become positions, taps and racks, by broadcasting."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from twin.model.layout import Layout
from twin.model.place import Block, Row, TapRule
from twin.site.faults import Fault
from twin.site.table import Array, StrArray

Chunk = tuple[StrArray, dict[str, Array]]


def rows_of_layout(layout: Layout, faults: list[Fault]) -> dict[str, Row]:
    """Return all rows, those of blocks included, by id."""
    rows = {name: _named(name, row) for name, row in layout.rows.items()}
    for name, block in layout.blocks.items():
        for row_name, row in _rows_of_block(name, block):
            if row_name in rows:
                faults.append(_twice("block", name, row_name))
            rows[row_name] = _named(row_name, row)
    return rows


def _named(name: str, row: Row) -> Row:
    """Put the row's id where its loop, switches and busways say {row}."""
    taps = [t.model_copy(update={"busway": t.busway.replace("{row}", name)}) for t in row.taps]
    switches = [s.replace("{row}", name) for s in row.switches]
    loop = row.loop.replace("{row}", name) if row.loop else None
    return row.model_copy(update={"taps": taps, "switches": switches, "loop": loop})


def _twice(kind: str, owner: str, name: str) -> Fault:
    return Fault(kind, owner, "row_names", name, f'makes the id "{name}" twice', "ids used once")


def _rows_of_block(name: str, block: Block) -> Iterator[tuple[str, Row]]:
    angle = np.deg2rad(block.yaw_deg + 90.0)
    step = np.array([np.cos(angle), np.sin(angle)]) * block.row_pitch_m
    shared = {k: getattr(block, k) for k in Row.model_fields if k in block.model_fields_set}
    for i in range(block.rows):
        turned = block.alternate and i % 2 == 1
        front = {"near": "far", "far": "near"}[block.front] if turned else block.front
        at = (block.at_m[0] + i * step[0], block.at_m[1] + i * step[1])
        row_name = block.row_names.format(block=name, n=i + 1)
        fields = {**_defaults(), **shared, "at_m": at, "front": front}
        yield row_name, Row.model_construct(**fields)


def _defaults() -> dict[str, Any]:
    fields = Row.model_fields.items()
    return {k: f.get_default(call_default_factory=True) for k, f in fields if not f.is_required()}


def positions_of_row(name: str, row: Row) -> Chunk:
    """Positions of one row, (count,): centres in the hall's frame, and what the row says."""
    n = np.arange(row.count)
    ids = np.array([row.names.format(row=name, n=i + 1) for i in range(row.count)])
    width = row.width_m if row.width_m is not None else row.pitch_m
    depth = row.depth_m if row.depth_m is not None else np.nan
    angle = np.deg2rad(row.yaw_deg)
    along, across = (
        np.array([np.cos(angle), np.sin(angle)]),
        np.array([-np.sin(angle), np.cos(angle)]),
    )
    reach = 0.0 if np.isnan(depth) else depth / 2
    centre = np.asarray(row.at_m) + (n * row.pitch_m + width / 2)[:, None] * along + reach * across
    turn = 0.0 if row.front == "near" else 180.0
    columns: dict[str, Array] = {
        "x_m": centre[:, 0],
        "y_m": centre[:, 1],
        "yaw_deg": np.full(row.count, (row.yaw_deg + turn) % 360.0),
        "width_m": np.full(row.count, width),
        "depth_m": np.full(row.count, depth),
        "index": (n + 1).astype(float),
        "row": np.full(row.count, name),
        "hall": np.full(row.count, row.hall),
    }
    for key in ("height_m", "max_kg"):
        value = getattr(row, key)
        columns[key] = np.full(row.count, np.nan if value is None else value)
    for key in ("ready", "network_ready"):
        value = getattr(row, key)
        columns[key] = np.full(row.count, np.datetime64(value or "NaT", "D"))
    columns["loop"] = np.full(row.count, row.loop or "")
    return ids, columns


def taps_of(positions: StrArray, row: str, rules: list[TapRule]) -> Iterator[Chunk]:
    """Taps of some positions: one chunk per rule, `count` taps for each position."""
    for which, rule in enumerate(rules):
        busway = rule.busway.replace("{row}", row)
        k = np.arange(rule.count)
        place = np.repeat(positions, rule.count)
        number = np.tile(k, len(positions))
        stem = np.strings.add(place, f"/{busway}/")
        ids = np.strings.add(stem, (number + 1).astype(str))
        m = len(ids)
        columns: dict[str, Array] = {
            "fed_from": np.full(m, busway),
            "position": place,
            "order": (number * len(rules) + which).astype(float),
            "phases": np.full(m, float(rule.phases)),
            "connector": np.full(m, rule.connector or ""),
            "protected": np.ones(m, dtype=bool),
        }
        for key in ("breaker_a", "continuous_factor", "voltage_v"):
            value = getattr(rule, key)
            columns[key] = np.full(m, np.nan if value is None else value)
        columns["_whip_a"] = np.full(m, np.nan if rule.whip_a is None else rule.whip_a)
        yield ids, columns


def racks_of_deliveries(
    layout: Layout, positions: StrArray, taken: set[str], faults: list[Fault]
) -> Iterator[Chunk]:
    """Racks that deliveries place by rule, one chunk per delivery, in the order of positions."""
    names = positions.tolist()
    for name, delivery in layout.deliveries.items():
        if delivery.type is None:
            if delivery.positions:
                faults.append(
                    Fault("delivery", name, "type", "", "has positions and no type", "a rack type")
                )
            continue
        here: list[str] = []
        for glob in delivery.positions:
            found = [p for p in fnmatch.filter(names, glob) if p not in taken]
            if not fnmatch.filter(names, glob):
                from twin.errors import near

                faults.append(
                    Fault(
                        "delivery",
                        name,
                        "positions",
                        glob,
                        "matches no position",
                        "an id or glob of positions that exist",
                        near(glob, names),
                    )
                )
            taken.update(found)
            here += found
        here = here[: delivery.limit]
        if not here:
            continue
        ids = np.array([delivery.serials.format(delivery=name, n=i + 1) for i in range(len(here))])
        n = len(here)
        yield (
            ids,
            {
                "type": np.full(n, delivery.type),
                "position": np.array(here),
                "delivery": np.full(n, name),
                "state": np.full(n, delivery.state),
                "priority": np.full(n, float(delivery.priority)),
            },
        )


def edges(owners: Mapping[str, list[str]]) -> tuple[StrArray, StrArray]:
    """Pairs (owner, target) of lists written on items."""
    tails = [o for o, targets in owners.items() for _ in targets]
    heads = [t for targets in owners.values() for t in targets]
    return np.array(tails, dtype=np.str_), np.array(heads, dtype=np.str_)
