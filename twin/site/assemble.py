"""Chunks of columns become tables, and names in them become subject numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from twin.errors import near
from twin.model.base import FEEDERS, Item
from twin.site.contract import BY_KIND, KINDS, Column
from twin.site.faults import Fault
from twin.site.site import empty_column, is_constant
from twin.site.table import Array, Chunk, IntArray, StrArray, Table, is_sorted

PLACED = {
    "at_m": ("at_x_m", "at_y_m"),
    "to_at_m": ("to_x_m", "to_y_m"),
    "size_m": ("size_x_m", "size_y_m"),
}
_NOWHERE = (np.nan, np.nan)
Lookup = tuple[StrArray, IntArray]
"""Names in order, and the subject number of each."""


def chunk_of_items(kind: str, items: Mapping[str, Item]) -> Chunk:
    """Columns of items that are written out one by one, with their ids."""
    return np.array(list(items), dtype=np.str_), columns_of_items(kind, list(items.values()))


def columns_of_items(
    kind: str, items: Sequence[Item], others: Iterable[str] = ()
) -> dict[str, Array]:
    """Columns of items, as far as one of them says something; references stay names.

    Parameters
    ----------
    others
        Fields that other items of the kind say.
    """
    said = set(others).union(*(item.model_fields_set for item in items))
    fields = [vars(item) for item in items]
    columns: dict[str, Array] = {}
    for c in BY_KIND[kind].values():
        if c.default is not None or c.name in said:
            values = [of_item.get(c.name) for of_item in fields]
            if c.default is not None or values.count(None) < len(values):
                columns[c.name] = _array(values, c)
    for pair in PLACED.keys() & (fields[0].keys() if fields else ()):
        points = np.array([of_item[pair] or _NOWHERE for of_item in fields], dtype=float)
        for k, name in enumerate(PLACED[pair]):
            if name in BY_KIND[kind]:
                columns[name] = points[:, k]
    return columns


def _array(values: list[Any], column: Column) -> Array:
    """One column of Python values, None where not known; references as names."""
    if column.dtype in {"U", "i4"}:
        return np.array(["" if v is None else str(v) for v in values], dtype=np.str_)
    if column.dtype == "M8[D]":
        return np.array(values, dtype="datetime64[D]")
    if column.dtype == "bool":
        return np.array([bool(v) for v in values], dtype=bool)
    return np.array(values, dtype=float)


def join(kind: str, chunks: Iterable[Chunk], faults: list[Fault]) -> Table:
    """Stack chunks of one kind, sorted by id, so that the order in which they came is irrelevant.

    Columns that a chunk lacks take the default or are not known.
    """
    parts = [c for c in chunks if len(c[0])]
    ids = np.concatenate([p[0] for p in parts]) if parts else np.empty(0, dtype="U1")
    columns: dict[str, Array] = {}
    order = slice(None) if is_sorted(ids) else np.argsort(ids, kind="stable")
    for c in BY_KIND[kind].values():
        if any(c.name in given for _, given in parts):
            filled = [_filled(part, c) for part in parts]
            columns[c.name] = (np.concatenate(filled) if len(filled) > 1 else filled[0])[order]
        else:
            columns[c.name] = _unsaid(c, len(ids))
    ids = ids[order]
    message = f"the id of this {kind} is used twice"
    faults.extend(
        Fault(kind, name, "", name, message, "ids used once")
        for name in np.unique(ids[1:][ids[1:] == ids[:-1]]).tolist()
    )
    return Table(kind, ids, columns)


def _filled(part: Chunk, c: Column) -> Array:
    ids, columns = part
    if c.name not in columns:
        return _unsaid(c, len(ids))
    given = columns[c.name]
    if given.dtype.kind == "O":  # of a list: text is kept as text, the digest reads its bytes
        given = given.astype(np.str_)
    if c.default is None or c.dtype == "i4":
        return given
    if given.dtype.kind == "f":  # of a list, in which NaN is an empty cell
        filled = np.where(np.isnan(given), float(c.default), given)  # type: ignore[arg-type]
        return filled != 0 if c.dtype == "bool" else filled
    if c.dtype == "U" and bool((given == "").any()):
        return np.where(given == "", str(c.default), given)
    return given


def _unsaid(c: Column, n: int) -> Array:
    """Return a column that nobody says: its default, else not known; references as names."""
    dtype = "U" if c.dtype == "i4" else c.dtype
    return empty_column(dtype, n, None if c.dtype == "i4" else c.default)


def override(table: Table, items: Mapping[str, Mapping[str, Any]]) -> Table:
    """Replace single fields of single rows: `items` maps ids to the fields that were written."""
    columns = dict(table.columns)
    for name, fields in items.items():
        row = table.index[name]
        for key, value in fields.items():
            column = BY_KIND[table.kind].get(key)
            if column is not None and value is not None:
                new = _array([value], column)
                kept = columns[key]
                dtype = np.result_type(kept, new) if kept.dtype.kind == "U" else kept.dtype
                columns[key] = kept.astype(dtype)
                columns[key][row] = new[0]
    return Table(table.kind, table.ids, columns)


def resolve_names(
    tables: Mapping[str, Table], faults: list[Fault], products: Sequence[str] = ()
) -> dict[str, Table]:
    """Turn the names in reference columns into subject numbers; unknown names are faults.

    `products` are the names of the whole catalog, for near names.
    """
    first = dict(
        zip(KINDS, np.cumsum([0, *(len(tables[k]) for k in KINDS)]).tolist(), strict=False)
    )

    @cache
    def lookup(kinds: tuple[str, ...]) -> Lookup:
        return _lookup(tables, kinds, first)

    out: dict[str, Table] = {}
    for kind in KINDS:
        table = tables[kind]
        columns = dict(table.columns)
        for c in BY_KIND[kind].values():
            if c.dtype != "i4":
                continue
            words = products if c.refs == ("product",) else ()
            columns[c.name] = _codes(table, c, lookup, faults, words)
        out[kind] = Table(kind, table.ids, columns)
    return out


def _lookup(
    tables: Mapping[str, Table], kinds: tuple[str, ...], first: Mapping[str, int]
) -> Lookup:
    """Names of some kinds, sorted, with their subject numbers."""
    names = np.concatenate([tables[k].ids for k in kinds])
    numbers = np.concatenate([np.arange(len(tables[k])) + first[k] for k in kinds])
    if is_sorted(names):
        return names, numbers.astype(np.int64)
    sorting = np.argsort(names, kind="stable")
    return names[sorting], numbers[sorting].astype(np.int64)


def _what(kinds: tuple[str, ...]) -> str:
    """Kinds in words: one feeder stands for all that may feed."""
    if kinds == FEEDERS:
        return "power element"
    return {"product": "product in the catalog"}.get(kinds[0], kinds[0]).replace("_", " ")


def _codes(
    table: Table,
    c: Column,
    lookup: Callable[[tuple[str, ...]], Lookup],
    faults: list[Fault],
    words: Sequence[str] = (),
) -> IntArray:
    written = np.asarray(table.columns[c.name], dtype=np.str_)
    if is_constant(written) and written[:1].tolist() in ([], [""]):
        return empty_column("i4", len(written))
    names, numbers = lookup(c.refs)
    # Each run of one name is looked up once: taps of a position follow each other.
    first = np.flatnonzero(np.append(True, written[1:] != written[:-1]))
    times, once = np.diff(first, append=len(written)), written[first]
    inside = np.minimum(np.searchsorted(names, once), max(len(names) - 1, 0))
    found = (names[inside] == once) if len(names) else np.zeros(len(once), dtype=bool)
    codes = np.where(found, numbers[inside] if len(names) else -1, -1).astype(np.int64)
    codes = np.repeat(codes, times)
    lost = first[~found & (once != "")]
    distinct, at = np.unique(written[lost], return_index=True)
    for name, row in zip(distinct.tolist(), lost[at].tolist(), strict=True):
        owner = str(table.ids[row])
        what = _what(c.refs)
        near_name = near(name, words or names.tolist())
        message = f'there is no {what} "{name}"'
        faults.append(
            Fault(table.kind, owner, c.name, name, message, f"the id of a {what}", near_name)
        )
    return codes
