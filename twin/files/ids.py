"""Ids: which characters they may have, and that each stands once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from twin.errors import Problem, shown
from twin.files.origins import Fault, Origins
from twin.model.base import FEEDERS
from twin.model.layout import ListTable
from twin.model.sections import SECTIONS

_SIGNS = frozenset(" _-+/.:;")
ALLOWED = "write letters, digits, spaces and _ - + / . : ; only"
_LONGEST = 200
_NAMED = (*SECTIONS.items(), ("list", "lists"))


def wrong_id(name: str) -> str | None:
    """Return what is wrong with an id, or None.

    Examples
    --------
    >>> wrong_id("R1A-01/2"), wrong_id('R"1'), wrong_id(" R1")
    (None, 'the id "R"1" has the character " in it', 'the id " R1" begins or ends with a space')
    """
    if not name:
        return "this id is empty"
    if len(name) > _LONGEST:
        return f"the id {shown(name)} is longer than {_LONGEST} characters"
    wrong = next((c for c in name if not c.isalnum() and c not in _SIGNS), None)
    if wrong is not None:
        sign = wrong if wrong.isprintable() else f"U+{ord(wrong):04X}"
        return f"the id {shown(name)} has the character {sign} in it"
    if name != name.strip():
        return f"the id {shown(name)} begins or ends with a space"
    return None


def section(document: dict[str, Any], dotted: str) -> dict[str, Any]:
    """Return a section of a document, empty where it is not written or no table."""
    node: object = document
    for part in dotted.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def wrong_ids(document: dict[str, Any]) -> Iterator[Fault]:
    """Yield each id of a document whose characters would break a path."""
    for _, dotted in _NAMED:
        for name in section(document, dotted):
            message = wrong_id(name)
            if message is not None and name:  # the model tells an empty one
                yield Fault((*dotted.split("."), name), message, name, ALLOWED)


def twice(
    document: dict[str, Any], tables: Sequence[ListTable], origins: Origins
) -> Iterator[Problem]:
    """Yield each id that stands both in the layout and in a list, or in two lists."""
    seen: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for kind, dotted in SECTIONS.items():
        seen.setdefault(_space(kind), []).append((kind, frozenset(section(document, dotted))))
    for table in tables:
        ids = frozenset(table.ids.tolist())
        for kind, there in seen.setdefault(_space(table.kind), []):
            for name in sorted(ids & there):
                yield _twice(
                    table, name, kind, _first(kind, name, table, tables, document, origins), origins
                )
        seen[_space(table.kind)].append((table.kind, ids))
    yield from _between_kinds(document, origins)


def _space(kind: str) -> str:
    """Return the name of the kinds among which an id must be the only one."""
    return "power" if kind in (*FEEDERS, "tap") else kind


def _first(
    kind: str,
    name: str,
    table: ListTable,
    tables: Sequence[ListTable],
    document: dict[str, Any],
    origins: Origins,
) -> str:
    """Return where an id stands first."""
    if name in section(document, SECTIONS[kind]):
        place = origins.of(f"{SECTIONS[kind]}.{name}")
        return Problem(place.file, place.line).place()
    for other in tables:
        if other is not table and other.kind == kind and name in other.ids:
            row = int(other.rows[np.flatnonzero(other.ids == name)[0]])
            return Problem(other.file, row=row).place()
    return table.file


def _twice(table: ListTable, name: str, kind: str, first: str, origins: Origins) -> Problem:
    row = int(table.rows[np.flatnonzero(table.ids == name)[0]])
    sheet = origins.sheet(table)
    what = "" if kind == table.kind else f" for a {kind}"
    return Problem(
        table.file,
        sheet=sheet,
        row=row,
        key="id",
        value=name,
        message=f"the id {shown(name)} is already used{what} in {first}",
        expected="give each its own id",
    )


def _between_kinds(document: dict[str, Any], origins: Origins) -> Iterator[Problem]:
    """Yield each id that two kinds of the power chain share: fed_from could mean either."""
    kinds = [*FEEDERS, "tap"]
    names = sorted((n, kinds.index(k), k) for k in kinds for n in section(document, SECTIONS[k]))
    for (name, _, kind), (again, _, other) in pairwise(names):
        if name == again:
            place = origins.of(f"{SECTIONS[kind]}.{name}")
            where = Problem(place.file, place.line).place()
            yield origins.problem(
                Fault(
                    (*SECTIONS[other].split("."), name),
                    f"the id {shown(name)} is already used for a {kind} in {where}",
                    name,
                    "give each its own id, so that fed_from names one",
                )
            )
