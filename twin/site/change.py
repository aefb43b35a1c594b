"""The language of change, applied to a site: paths find columns, changes patch them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from twin import units
from twin.errors import ChangeError, near
from twin.model.base import FEEDERS
from twin.model.change import Change
from twin.model.coolant import RackCdu
from twin.model.sections import MODELS
from twin.site.connect import LISTS, listed, said
from twin.site.contract import BY_KIND, KINDS, SECTION_OF, Column
from twin.site.owner import change_policy
from twin.site.rack_cdus import CARRIED, OF_PLACE, fed_in_place, in_racks
from twin.site.site import Shapes, Site
from twin.site.stocked import change_stock, is_stock
from twin.site.table import Array, BoolArray, IntArray, Table
from twin.site.wiring import starts

_PART = re.compile(r'"([^"]*)"|([^."]+)')
_LINK_ENDS = {
    "switch": ("fabric",), "cdu": ("rack",), "loop": ("rack",),
    "tie": ("side_a", "side_b"), "window": ("element",), "meter": ("element",),
    "temperature": ("element",),
    "whip": ("rack", "tap"), "feed": ("tail", "head"), "drop": ("tail", "head"),
    "uplink": ("tail", "head"), "patch": ("tail", "head"), "trunk": ("panel_a", "panel_b"),
}  # fmt: skip
"""Connections and the columns of their ends: a connection goes when one of its ends does, a window
or what was measured with the element of which it speaks, a switch with the fabric that made it,
CDUs in a rack with the rack."""
_KIND_OF = {section: kind for kind, section in SECTION_OF.items()}


def parts(path: str) -> list[str]:
    """Split a dotted path; a part may be quoted.

    Examples
    --------
    >>> parts('racks."SN 1.2".state')
    ['racks', 'SN 1.2', 'state']
    """
    return [a or b for a, b in _PART.findall(path)]


def _kind(path: str) -> tuple[str, list[str]]:
    pieces = parts(path)
    for length in (2, 1):
        section = ".".join(pieces[:length])
        if section in _KIND_OF:
            return _KIND_OF[section], pieces[length:]
    guess = near(".".join(pieces[:2]), _KIND_OF) or near(pieces[0] if pieces else "", _KIND_OF)
    message = "begins with no section of a layout"
    raise ChangeError(message, path=path, near=guess)


def _matching(table: Table, pattern: str, path: str) -> IntArray:
    if pattern in table.index:
        return np.array([table.index[pattern]], dtype=np.int64)
    names = table.ids.tolist()
    rows = [i for i, name in enumerate(names) if fnmatch.fnmatchcase(name, pattern)]
    if not rows:
        guess = near(pattern, names)
        message = f'"{pattern}" matches no {table.kind.replace("_", " ")}'
        raise ChangeError(message, path=path, near=guess)
    return np.array(rows, dtype=np.int64)


def find(tables: Mapping[str, Table], path: str) -> tuple[str, IntArray, str]:
    """Kind, rows and column that a path names; ChangeError with a near name if there are none."""
    if ".".join(parts(path)[:2]) == CARRIED:
        return _carried(tables, path)
    kind, rest = _kind(path)
    if len(rest) != 2:  # noqa: PLR2004 - an id and a column
        message = f"should read {SECTION_OF[kind]}.<id>.<column>"
        raise ChangeError(message, path=path)
    pattern, column = rest
    rows = _matching(tables[kind], pattern, path)
    if column not in BY_KIND[kind]:
        if kind in MODELS and column in MODELS[kind].model_fields:
            message = "is no single value, and is read with the layout: change it in its file"
            raise ChangeError(message, path=path)
        guess = near(column, BY_KIND[kind])
        message = f'a {kind.replace("_", " ")} has no column "{column}"'
        raise ChangeError(message, path=path, near=guess)
    return kind, rows, column


def _carried(tables: Mapping[str, Table], path: str) -> tuple[str, IntArray, str]:
    """Kind, rows and column of a field of the CDUs that racks carry by a rule, or of their loop."""
    rest = parts(path)[2:]
    if len(rest) != 2:  # noqa: PLR2004 - an id and a column
        message = f"should read {CARRIED}.<id>.<column>"
        raise ChangeError(message, path=path)
    pattern, column = rest
    rules = np.unique(tables["rack"]["cdus"]).tolist()
    named = [r for r in rules if r and fnmatch.fnmatchcase(r, pattern)]
    if not named:
        message = f'"{pattern}" matches no CDUs that a rack carries'
        raise ChangeError(message, path=path, near=near(pattern, [r for r in rules if r]))
    kind = next((k for k in ("cdu", "loop") if column in BY_KIND[k]), "")
    if column not in RackCdu.model_fields or not kind:
        if column in RackCdu.model_fields:
            raise ChangeError(
                "comes of a rule when the layout is read: change it in its file", path
            )
        guess = near(column, RackCdu.model_fields)
        raise ChangeError(f'CDUs in racks have no "{column}"', path=path, near=guess)
    rack = np.asarray(tables[kind]["rack"]) - starts(tables)["rack"]
    theirs = np.append(tables["rack"]["cdus"], "")[np.where(rack < 0, -1, rack)]
    return kind, np.flatnonzero(np.isin(theirs, named)), column


def in_tables(path: str) -> bool:
    """Whether a path names a column of tables: no policy, list of stock or of connections."""
    pieces = parts(path)
    other = pieces[:1] == ["policy"] or is_stock(pieces)
    return bool(pieces) and not other and pieces[-1] not in LISTS


def number(value: object, spec: Column) -> float:
    """Return a number in the unit of its column; ValueError with what is right if it is none."""
    if not isinstance(value, str):
        return float(value)  # type: ignore[arg-type]
    if spec.unit:
        return units.convert(value, spec.unit)
    try:
        return units.convert(value, "pu")
    except ValueError as error:
        message = "write a number"
        raise ValueError(message) from error


def change(site: Site, changes: Sequence[Change]) -> Site:
    """Return the site with some changes made: first all that match, then the values.

    Raises
    ------
    ChangeError
        A path that matches nothing, a value that does not fit its column.
    """
    tables = dict(site.tables)
    assumed = dict(site.assumed)
    for one in changes:
        if one.do in {"set", "scale"} and in_tables(one.path):
            kind, rows, column = find(tables, one.path)
            values = _changed(site, tables, kind, rows, column, one)
            tables[kind] = tables[kind].with_columns(**{column: values})
            if (kind, column) in assumed:
                marks = assumed[kind, column].copy()
                marks[rows] = -1
                assumed[kind, column] = marks
        else:
            site = _other(site.replace(tables=tables, assumed=assumed), one)
            tables, assumed = dict(site.tables), dict(site.assumed)
    return site.replace(tables=fed_in_place(tables), assumed=assumed)


def _other(site: Site, one: Change) -> Site:
    """Make a change of something else than columns."""
    pieces = parts(one.path)
    if pieces[:1] == ["policy"]:
        return change_policy(site, pieces[1:], one)
    if is_stock(pieces):
        return change_stock(site, pieces[2:], one)
    if one.do == "remove":
        return _remove(site, one)
    return _connect(site, one) if one.do in {"set", "scale"} else _add(site, one)


def _connect(site: Site, one: Change) -> Site:
    """Set whom some things are fed by, or which switches they reach: a list of names."""
    kind, rest = _kind(one.path)
    if one.do != "set" or len(rest) != 2:  # noqa: PLR2004 - an id and a column
        message = f"should be set as {SECTION_OF[kind]}.<id>.{rest[-1]} = [...]"
        raise ChangeError(message, path=one.path)
    rows = _matching(site.tables[kind], rest[0], one.path)
    link, table, keep = listed(site, kind, rows, one, rest[1])
    kept = {k: np.arange(len(site.tables[k])) for k in KINDS}
    return _renumber(site, {**site.tables, link: table}, {**kept, link: keep})


def _changed(
    site: Site, tables: Mapping[str, Table], kind: str, rows: IntArray, column: str, one: Change
) -> Array:
    spec, old = BY_KIND[kind][column], tables[kind][column]
    if spec.rule:
        other = f", or set positions.*.{column}" if kind == "row" and _of_places(column) else ""
        message = f"comes of a rule when the layout is read: change it in its file{other}"
        raise ChangeError(message, one.path)
    if kind == "cdu" and column in OF_PLACE and in_racks(tables)[rows].any():
        message = f"of a CDU in a rack is that of its position: set positions.*.{column}"
        raise ChangeError(message, one.path)
    if one.do == "scale":
        if spec.dtype != "f8" or not isinstance(one.value, int | float):
            raise ChangeError(f"cannot be scaled by {one.value!r}", path=one.path)
        values = old.copy()
        values[rows] = values[rows] * float(one.value)
        return values
    value = _value(site, spec, one)
    dtype = np.result_type(old, np.asarray(value)) if spec.dtype == "U" else old.dtype
    values = old.astype(dtype)
    values[rows] = value
    return values


def _of_places(column: str) -> bool:
    """Whether positions have a column, and it may be set."""
    return column in BY_KIND["position"] and not BY_KIND["position"][column].rule


_UNKNOWN: dict[str, object] = {
    "f8": float("nan"), "M8[D]": np.datetime64("NaT", "D"), "U": "", "i4": -1,
}  # fmt: skip
"""How columns of each type store what is not known."""


def _value(site: Site, spec: Column, one: Change) -> object:
    """Return the value of a change as its column stores it; None is what is not known."""
    value = one.value
    if value is None and spec.dtype in _UNKNOWN:
        return _UNKNOWN[spec.dtype]
    try:
        if spec.dtype == "f8":
            return number(value, spec)
        if spec.dtype == "M8[D]":
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
            return np.datetime64(day, "D")
        if spec.dtype == "bool":
            return _boolean(value)
    except (TypeError, ValueError) as error:
        raise ChangeError(str(error), path=one.path) from error
    if spec.dtype == "i4":
        return _reference(site, spec, str(value), one.path)
    return str(value)


def _boolean(value: object) -> bool:
    words = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() in words:
        return words[str(value).lower()]
    message = f"{value!r} is neither true nor false"
    raise ValueError(message)


def _reference(site: Site, spec: Column, name: str, path: str) -> int:
    if name == "":
        return -1
    for kind in spec.refs:
        if name in site.tables[kind].index:
            return site.first[kind] + site.tables[kind].index[name]
    names = [n for kind in spec.refs for n in site.tables[kind].ids.tolist()]
    message = f'there is no {" or ".join(spec.refs)} "{name}"'
    raise ChangeError(message, path=path, near=near(name, names))


def _remove(site: Site, one: Change) -> Site:
    """Take rows out; what referred to them refers to nothing; their connections go with them."""
    kind, rest = _kind(one.path)
    if len(rest) != 1:
        raise ChangeError(f"should read {SECTION_OF[kind]}.<id>", path=one.path)
    gone = np.zeros(site.size, dtype=bool)
    gone[_matching(site.tables[kind], rest[0], one.path) + site.first[kind]] = True
    if kind in FEEDERS:
        site = _led_by_others(site, gone)
    for link, ends in _LINK_ENDS.items():
        table = site.tables[link]
        for end in ends:
            lost = (table[end] >= 0) & gone[table[end]]
            gone[np.flatnonzero(lost) + site.first[link]] = True
    site = site.replace(tables={**site.tables, "whip": _unshared(site, gone)})
    keep: dict[str, IntArray] = {}
    for k, first in site.first.items():
        keep[k] = np.flatnonzero(~gone[first : first + len(site.tables[k])])
    return _renumber(site, {k: site.tables[k].take(keep[k]) for k in KINDS}, keep)


def _unshared(site: Site, gone: BoolArray) -> Table:
    """Return the whips; what those of a rack say of shares is not known once one of them goes."""
    whips = site.tables["whip"]
    share = np.asarray(whips["share"], dtype=float)
    first = site.first["whip"]
    lost = gone[first : first + len(whips)] & ~np.isnan(share)
    if not lost.any():
        return whips
    beside = [(whips[c] >= 0) & np.isin(whips[c], whips[c][lost]) for c in ("rack", "position")]
    return whips.with_columns(share=np.where(beside[0] | beside[1], np.nan, share))


def _led_by_others(site: Site, gone: BoolArray) -> Site:
    """Let another member stand for elements that go out of a parallel group.

    Their outputs are joined, so that what names one that goes is fed by the rest all the same.
    """
    stand_in = np.append(np.arange(site.size), -1)
    members: dict[int, list[int]] = {}
    for kind in FEEDERS:
        leader = np.asarray(site.tables[kind]["parallel_with"])
        for row in np.flatnonzero(leader >= 0).tolist():
            head = int(leader[row])
            members.setdefault(head, [head]).append(site.first[kind] + row)
    for group in members.values():
        left = [m for m in group if not gone[m]]
        if left and len(left) < len(group):
            stand_in[[m for m in group if gone[m]]] = left[0]
    tables = dict(site.tables)
    for kind in (*FEEDERS, "tap"):
        table = tables[kind]
        named = [c.name for c in BY_KIND[kind].values() if c.refs == FEEDERS]
        moved = {c: stand_in[table[c]] for c in named}
        if kind != "tap":  # who leads now names nobody
            itself = moved["parallel_with"] == np.arange(len(table)) + site.first[kind]
            moved["parallel_with"] = np.where(itself, -1, moved["parallel_with"])
        tables[kind] = table.with_columns(**moved)
    return site.replace(tables=tables)


def _renumber(site: Site, tables: dict[str, Table], keep: Mapping[str, IntArray]) -> Site:
    """Give references the numbers of the new tables; `keep` holds old rows, -1 for new ones."""
    new_of = np.full(site.size + 1, -1, dtype=np.int64)
    start = 0
    for kind in KINDS:
        old = keep[kind]
        there = old >= 0
        new_of[old[there] + site.first[kind]] = start + np.flatnonzero(there)
        start += len(old)
    out: dict[str, Table] = {}
    for kind in KINDS:
        table = tables[kind]
        refs = [c.name for c in BY_KIND[kind].values() if c.dtype == "i4"]
        out[kind] = table.with_columns(**{c: new_of[table[c]] for c in refs})
    assumed = {
        (k, c): np.where(keep[k] >= 0, marks[np.maximum(keep[k], 0)], -1)
        for (k, c), marks in site.assumed.items()
    }
    return site.replace(tables=out, assumed=assumed, shapes=_shapes(site, keep["position"]))


def _shapes(site: Site, keep: IntArray) -> Shapes:
    accepts = site.shapes.accepts
    moved = {new: accepts[old] for new, old in enumerate(keep.tolist()) if old in accepts}
    return replace(site.shapes, accepts=moved)


def _add(site: Site, one: Change) -> Site:
    """Add a copy of something under a new id: value is {copy = "id", column = value, ...}."""
    kind, rest = _kind(one.path)
    value = one.value
    if len(rest) != 1 or not isinstance(value, Mapping) or "copy" not in value:
        message = f'should read {SECTION_OF[kind]}.<new id> = {{ copy = "<id>", ... }}'
        raise ChangeError(message, path=one.path)
    table = site.tables[kind]
    if rest[0] in table.index:
        raise ChangeError(f'there is a {kind} "{rest[0]}" already', path=one.path)
    if kind == "fabric":
        raise ChangeError("makes switches when the layout is read: add it there", path=one.path)
    source = _matching(table, str(value["copy"]), one.path)[:1]
    if (kind == "rack" and table["cdus"][source[0]]) or (
        kind == "loop" and table["rack"][source[0]] >= 0
    ):
        raise ChangeError("comes with CDUs when the layout is read: add it there", path=one.path)
    place = int(np.searchsorted(table.ids, rest[0]))
    keep = {k: np.arange(len(site.tables[k])) for k in KINDS}
    keep[kind] = np.insert(keep[kind], place, -1)
    rows = np.insert(np.arange(len(table)), place, source[0])
    copied = table.take(rows)
    ids = copied.ids.astype(np.result_type(copied.ids, np.asarray(rest[0])))
    ids[place] = rest[0]
    columns = copied.columns
    if kind == "switch":  # a copy stands by hand: no fabric has a place for it
        columns = _by_hand(columns, place)
    grown = _renumber(site, {**site.tables, kind: Table(kind, ids, columns)}, keep)
    given = {k: v for k, v in value.items() if k != "copy"}
    fields = {**said(site, kind, int(source[0])), **given}
    quoted = f'{SECTION_OF[kind]}."{rest[0]}"'
    return change(grown, [Change("set", f"{quoted}.{k}", v) for k, v in fields.items()])


def _by_hand(columns: Mapping[str, Array], row: int) -> dict[str, Array]:
    """Return columns of switches with what a fabric says of one of them taken back."""
    out = dict(columns)
    for name in ("fabric", "number", "plane", "rail", "tier"):
        values = columns[name].copy()
        values[row] = {"i": -1, "f": np.nan}.get(values.dtype.kind, "")
        out[name] = values
    return out
