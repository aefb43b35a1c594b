"""Whips by rule, and what is wrong with whips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from twin.site.contract import BY_KIND, KINDS
from twin.site.faults import Fault
from twin.site.site import empty_table, is_constant
from twin.site.table import Array, IntArray, Table, as_text

_CLOSE = 1e-6
"""How far from one the shares of a rack's whips may add up."""


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


def rows_by(keys: IntArray) -> dict[int, IntArray]:
    """Rows by key, each ascending; looked up once where each key is asked for.

    Examples
    --------
    >>> {k: rows.tolist() for k, rows in rows_by(np.array([7, 3, 7])).items()}
    {3: [1], 7: [0, 2]}
    """
    order = np.argsort(keys, kind="stable").astype(np.int64)
    ordered = keys[order]
    at = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(keys)])
    parts = np.split(order, at[1:]) if len(at) else []
    return dict(zip(ordered[at].tolist(), parts, strict=True))


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
    stem = np.strings.add(racks.ids, "/whip-")[rack]
    ids = np.strings.add(stem, as_text(within + 1))
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


def whips_to_nowhere(written: Table) -> list[Fault]:
    """Return whips that name neither rack nor position; references are names still."""
    lost = np.flatnonzero((written["rack"] == "") & (written["position"] == ""))
    message = "leads to nowhere: it names neither a rack nor a position"
    return [
        Fault("whip", name, "", None, message, "write rack or position")
        for name in written.ids[lost].tolist()
    ]


def shares_of_whips(tables: Mapping[str, Table]) -> list[Fault]:
    """Return racks whose whips say shares that do not add to one."""
    whips, racks, first = tables["whip"], tables["rack"], starts(tables)
    share = np.asarray(whips["share"], dtype=float)
    if is_constant(whips["share"]) or np.isnan(share).all():
        return []
    rack_at = dict(zip(racks["position"][::-1].tolist(), racks.ids[::-1].tolist(), strict=True))
    rack = whips["rack"] - first["rack"]
    groups: dict[tuple[str, str], list[int]] = {}
    for row, (own, place) in enumerate(zip(rack.tolist(), whips["position"].tolist(), strict=True)):
        if own >= 0:
            groups.setdefault(("rack", str(racks.ids[own])), []).append(row)
        elif place in rack_at:
            groups.setdefault(("rack", rack_at[place]), []).append(row)
        elif place >= 0:
            name = str(tables["position"].ids[place - first["position"]])
            groups.setdefault(("position", name), []).append(row)
    return [f for at, rows in groups.items() for f in _shares_fault(whips, share, at, rows)]


def phases_of_taps(tables: Mapping[str, Table]) -> list[Fault]:
    """Return taps whose number of phases is not that of the phases they name."""
    taps = tables["tap"]
    if is_constant(taps["phases"]) or is_constant(taps["phase"]):
        return []
    named, said = np.strings.str_len(taps["phase"].astype(np.str_)), np.asarray(taps["phases"])
    wrong = np.flatnonzero((named > 0) & ~np.isnan(said) & (named != said))
    return [_phases_fault(str(taps.ids[row]), str(taps["phase"][row]), said[row]) for row in wrong]


def _phases_fault(tap: str, phase: str, said: float) -> Fault:
    words = {1: "is one phase, line to neutral", 2: "is two phases, line to line"}
    message = f'phase "{phase}" {words.get(len(phase), "is three phases")}, phases says {said:g}'
    return Fault("tap", tap, "phases", float(said), message, "write one of the two")


def _shares_fault(
    whips: Table, share: Array, at: tuple[str, str], rows: list[int]
) -> Iterator[Fault]:
    """Yield what is wrong with the shares of the whips of one rack."""
    given = share[rows]
    if np.isnan(given).all() or abs(given.sum() - 1.0) <= _CLOSE:
        return
    words = ["none" if np.isnan(s) else f"{s:g}" for s in given.tolist()]
    says = [f"{whips.ids[r]} {word}" for r, word in zip(rows, words, strict=True)]
    total = float(np.nansum(given))
    message = f'the shares of the whips of {at[0]} "{at[1]}" add to {total:.6g}: {", ".join(says)}'
    one = rows[int(np.flatnonzero(~np.isnan(given))[0])]
    expected = "give each of them a share, 1 in all"
    yield Fault("whip", str(whips.ids[one]), "share", float(share[one]), message, expected)
