"""Reads a ship notice on its own: the racks that come, and the deliveries that bring them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.catalog import Catalog
from twin.errors import InputError, Problem, near, shown
from twin.files.cells import Cells, read_cells
from twin.files.columns import Wrong
from twin.files.headers import match
from twin.files.kinds import vocabulary
from twin.files.origins import Listed
from twin.files.tables import Desk, read_tables
from twin.model.layout import ListTable

_Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Notice:
    """A ship notice as read: what could be read of it, and all that is wrong with it.

    Parameters
    ----------
    lists
        Its racks, and the deliveries that bring them; each id once.
    problems
        What the notice by itself shows to be wrong.
    """

    lists: tuple[Listed, ...]
    problems: tuple[Problem, ...]


def read_notice(path: str | Path, catalog: Catalog) -> tuple[ListTable, ...]:
    """Return the racks of a ship notice, and the deliveries that bring them.

    Parameters
    ----------
    path
        A CSV file or a workbook, whose first sheet is read.
    catalog
        Where the types are looked up.

    Raises
    ------
    InputError
        With all problems of the notice.
    """
    notice = look(path, catalog)
    if notice.problems:
        raise InputError(notice.problems)
    return tuple(listed.table for listed in notice.lists)


def look(path: str | Path, catalog: Catalog) -> Notice:
    """Read a ship notice as far as it goes, so that all its problems can be told at once.

    A column ``revision`` picks the revision of the type. Racks of one truck and day are one
    delivery, named by the truck; without trucks, by the file.

    Raises
    ------
    InputError
        The file is no table.
    """
    path = Path(path)
    cells = read_cells(path, str(path))
    found, problems, _ = match(cells, vocabulary("notice"), {}, ())
    desk = Desk(cells, found, problems=problems, mappable=False)
    extra = {name: found.pop(name) for name in ("revision", "truck") if name in found}
    tables = read_tables("racks", desk)
    given = {name: _cells(cells, at.at) for name, at in extra.items()}
    if not tables and not desk.problems:
        desk.problems.append(cells.problem(None, "", "the notice has no racks"))
    if not tables or "type" not in tables[0].columns:
        return Notice((), tuple(desk.problems))
    racks = _revised(desk, tables[0], given.get("revision"), catalog)
    parts = _delivered(racks, given.get("truck"), path.stem)
    headers = {name: cells.headers[column.at] for name, column in found.items()}
    lists = tuple(Listed(_each_once(part), cells.sheet, headers) for part in parts)
    return Notice(lists, tuple(desk.problems))


def _each_once(table: ListTable) -> ListTable:
    """Return the first row of each id: ids that stand twice are told already."""
    _, first = np.unique(table.ids.astype(str), return_index=True)
    if len(first) == len(table.ids):
        return table
    at = np.sort(first)
    columns = {name: column[at] for name, column in table.columns.items()}
    return replace(table, ids=table.ids[at], columns=columns, rows=table.rows[at])


def _cells(cells: Cells, at: int) -> _Texts:
    column = np.empty(len(cells.rows), object)
    column[:] = ["" if c is None else str(c).strip() for c in cells.columns[at]]
    return column


def _revised(desk: Desk, racks: ListTable, revision: _Texts | None, catalog: Catalog) -> ListTable:
    """Return the racks with type@revision; what the catalog does not have is told."""
    types = racks.columns["type"].copy()
    if revision is not None:
        types[:] = [
            f"{t}@{r}" if r and "@" not in t else t
            for t, r in zip(types.tolist(), revision.tolist(), strict=True)
        ]
    wrong = [
        Wrong(
            k,
            name,
            f"the catalog has no product {shown(name)}",
            "twin catalog lists all of them",
            near(name[:100], catalog.products),
        )
        for k, name in enumerate(types.tolist())
        if name and name not in catalog.products
    ][:200]
    desk.tell("type", wrong)
    return ListTable("rack", racks.ids, {**racks.columns, "type": types}, racks.file, racks.rows)


def _delivered(racks: ListTable, trucks: _Texts | None, stem: str) -> tuple[ListTable, ...]:
    """Return the racks with their deliveries: one for each truck and day."""
    count = len(racks.ids)
    empty = np.full(count, "", object)
    own = racks.columns.get("delivery", empty)
    truck = empty if trucks is None else trucks
    days = racks.columns.get("arrives", np.full(count, np.datetime64("NaT"), "datetime64[D]"))
    names = [o or t or stem for o, t in zip(own.tolist(), truck.tolist(), strict=True)]
    told = ["" if d == "NaT" else d for d in days.astype(str).tolist()]
    by_name: dict[str, set[str]] = {}
    for name, day in zip(names, told, strict=True):
        by_name.setdefault(name, set()).add(day)
    ids = np.empty(count, object)
    ids[:] = [
        f"{n} {d}".strip() if len(by_name[n]) > 1 else n for n, d in zip(names, told, strict=True)
    ]
    _, first = np.unique(ids.astype(str), return_index=True)
    deliveries = ListTable(
        "delivery",
        ids[first].astype(str),
        {"arrives": days[first], "truck": truck[first]},
        racks.file,
        racks.rows[first],
    )
    with_delivery = {**racks.columns, "delivery": ids}
    return (
        ListTable("rack", racks.ids, with_delivery, racks.file, racks.rows),
        deliveries,
    )
