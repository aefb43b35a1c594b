"""Whips by rule, and cycles in who feeds whom."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.model.base import FEEDERS
from twin.site.contract import BY_KIND, KINDS
from twin.site.faults import Fault
from twin.site.site import empty_table
from twin.site.table import Array, IntArray, Table


def starts(tables: Mapping[str, Table]) -> dict[str, int]:
    """First subject number of each kind."""
    sizes = np.cumsum([0, *(len(tables[k]) for k in KINDS)])
    return dict(zip(KINDS, sizes.tolist(), strict=False))


def grouped(keys: IntArray, order: Array, groups: int) -> tuple[IntArray, IntArray]:
    """Rows grouped by key 0..groups-1 (-1 left out), in `order`: (indptr, rows)."""
    rows = np.flatnonzero(keys >= 0)
    rows = rows[np.lexsort((rows, order[rows], keys[rows]))]
    counts = np.bincount(keys[rows], minlength=groups)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), rows


def supplies(tables: Mapping[str, Table]) -> Array:
    """Power inputs of each rack by its product: shelves, else input whips; NaN not known."""
    first = starts(tables)
    products, racks = tables["product"], tables["rack"]
    if not len(racks):
        return np.empty(0)
    code = racks["type"] - first["product"]
    count = np.where(np.isnan(products["shelves"]), products["input_whips"], products["shelves"])
    count = np.append(count, np.nan)
    return np.asarray(count[np.where(racks["type"] >= 0, code, -1)])


def whips_by_rule(tables: Mapping[str, Table], written: int, whip_a: Mapping[str, float]) -> Table:
    """Whips as written, and for racks that have none written one per shelf, tap by tap.

    The taps of a position are taken in their `order`, which goes round its busways, so that the
    shelves of a rack spread evenly over them. A rack whose inputs are not known takes every tap.
    """
    first = starts(tables)
    whips, taps, racks = tables["whip"], tables["tap"], tables["rack"]
    n_positions = len(tables["position"])
    place = np.where(taps["position"] >= 0, taps["position"] - first["position"], -1)
    indptr, rows = grouped(place, np.nan_to_num(taps["order"]), n_positions)
    rack_place = np.where(racks["position"] >= 0, racks["position"] - first["position"], -1)
    at = np.where(rack_place >= 0, rack_place, 0)
    there = np.where(rack_place >= 0, (indptr[1:] - indptr[:-1])[at] if n_positions else 0, 0)
    wanted = supplies(tables)
    count = np.minimum(np.where(np.isnan(wanted), there, wanted), there).astype(np.int64)
    if written:
        by_rack = np.isin(np.arange(len(racks)) + first["rack"], whips["rack"])
        by_place = np.isin(racks["position"], whips["position"][whips["position"] >= 0])
        count = np.where(by_rack | by_place, 0, count)
    total = int(count.sum())
    if not total:
        return whips
    rack = np.repeat(np.arange(len(racks)), count)
    within = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    tap = rows[indptr[rack_place[rack]] + within]
    shelf = (within + 1).astype(float)
    stem = np.strings.add(racks.ids[rack], "/whip-")
    ids = np.strings.add(stem, (within + 1).astype(str))
    made = empty_table("whip", ids).with_columns(
        rack=rack + first["rack"],
        position=racks["position"][rack],
        shelf=shelf,
        tap=tap + first["tap"],
        rating_a=_ratings(taps, tap, whip_a),
        connector=np.asarray(taps["connector"])[tap],
    )
    if not len(whips):
        return made
    columns = {k: np.concatenate([whips[k], made[k]]) for k in made.columns}
    return Table("whip", np.concatenate([whips.ids, made.ids]), columns)


def with_whips(tables: Mapping[str, Table], whips: Table) -> dict[str, Table]:
    """Put a longer table of whips in place; what is numbered after the whips moves up."""
    more = len(whips) - len(tables["whip"])
    edge = starts(tables)["whip"] + len(tables["whip"])
    out: dict[str, Table] = {}
    for kind, table in {**tables, "whip": whips}.items():
        refs = [c.name for c in BY_KIND[kind].values() if c.dtype == "i4"]
        moved = {c: np.where(table[c] >= edge, table[c] + more, table[c]) for c in refs}
        out[kind] = table.with_columns(**moved)
    return out


def _ratings(taps: Table, tap: IntArray, whip_a: Mapping[str, float]) -> Array:
    if not whip_a:
        return np.full(len(tap), np.nan)
    known = np.array([whip_a.get(name, np.nan) for name in taps.ids.tolist()])
    return np.asarray(known[tap])


def find_cycles(tables: Mapping[str, Table]) -> list[Fault]:
    """Elements that feed themselves through others: every walk up the feeds must end."""
    first = starts(tables)
    low = first[FEEDERS[0]]
    parent = np.concatenate([tables[k]["fed_from"] for k in FEEDERS])
    parent = np.where(parent >= 0, parent - low, -1)
    at = np.arange(len(parent))
    for _ in range(len(parent).bit_length() + 1):
        if not (at >= 0).any():
            return []
        step = np.where(at >= 0, parent[np.maximum(at, 0)], -1)
        parent = np.where(parent >= 0, parent[np.maximum(parent, 0)], -1)
        at = step
    stuck = np.flatnonzero(at >= 0)
    if not len(stuck):
        return []
    return _cycle_faults(tables, first, int(stuck[0]))


def _cycle_faults(tables: Mapping[str, Table], first: Mapping[str, int], start: int) -> list[Fault]:
    low = first[FEEDERS[0]]
    names = [(k, str(i)) for k in FEEDERS for i in tables[k].ids.tolist()]
    parent = np.concatenate([tables[k]["fed_from"] for k in FEEDERS])
    seen: list[int] = []
    at = start
    while at not in seen:
        seen.append(at)
        at = int(parent[at]) - low
    ring = seen[seen.index(at) :]
    ring = ring[ring.index(min(ring)) :] + ring[: ring.index(min(ring))]
    kind, name = names[ring[0]]
    words = " <- ".join(names[k][1] for k in [*ring, ring[0]])
    return [
        Fault(
            kind,
            name,
            "fed_from",
            names[ring[1 % len(ring)]][1],
            f"closes a loop of feeds: {words}",
            "a chain that ends at a source",
        )
    ]
