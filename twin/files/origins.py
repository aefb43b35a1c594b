"""Where a value was written: found when asked, so that a layout without problems pays nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from twin.errors import Problem
from twin.files.lines import index
from twin.model.layout import ListTable
from twin.model.sections import SECTIONS

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: a line of a text, or a row of a table.

    Parameters
    ----------
    file, line, sheet, row
        As in `Problem`.
    key
        The dotted path that was asked for, or the user's own header of a table's column.
    """

    file: str
    line: int | None = None
    sheet: str | None = None
    row: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a path of the document, before it is known where that path stands."""

    path: Path
    message: str
    value: object = None
    expected: str = ""
    near: str | None = None


@dataclass(slots=True)
class Text:
    """One TOML file as read; the lines of its keys are found when first asked for.

    Parameters
    ----------
    file
        Path as the user gave it.
    text
        What stands in it.
    offsets
        For lists that grow over several files (``assume``): how many items stood before.
    """

    file: str
    text: str
    offsets: dict[str, int] = field(default_factory=dict)
    _lines: dict[str, int] | None = None

    def line(self, path: Sequence[str]) -> int | None:
        """Return the line of a key of the merged layout, or None if it is not written here."""
        if self._lines is None:
            self._lines = index(self.text)
        if len(path) > 1 and path[0] in self.offsets and path[1].isdecimal():
            local = int(path[1]) - self.offsets[path[0]]
            path = (path[0], str(local), *path[2:])
        return self._lines.get(".".join(path))


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as read, with what its `ListTable` does not say.

    Parameters
    ----------
    table
        One kind of its items.
    sheet
        Sheet of the workbook.
    headers
        The user's own header of each column.
    """

    table: ListTable
    sheet: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def row(self, id: str) -> int | None:  # noqa: A002 - as users say
        """Return the row of an item, or None."""
        found = np.flatnonzero(self.table.ids == id)
        return int(self.table.rows[found[0]]) if len(found) else None


class Origins:
    """Where each value of a layout was written.

    Parameters
    ----------
    texts
        The layout's file and the files that it includes, in the order of reading.
    tables
        Its lists.
    """

    __slots__ = ("_tables", "_texts")

    def __init__(self, texts: Sequence[Text], tables: Iterable[Listed] = ()) -> None:
        self._texts = tuple(texts)
        self._tables = tuple(tables)

    def with_lists(self, tables: Iterable[Listed]) -> Origins:
        """Return the same places, and those of more lists."""
        return Origins(self._texts, (*self._tables, *tables))

    def of(self, section_path: str) -> Place:
        """Return where a dotted path such as ``power.busways.R1A.rating_a`` is written.

        Where the key itself is not written, the place of the nearest key that encloses it.
        """
        return self.at(tuple(section_path.replace('"', "").split(".")))

    def at(self, path: Path, least: int = 1) -> Place:
        """Return where a path is written, its parts given one by one; at least so many of them."""
        parts = [str(part) for part in path]
        key = ".".join(part or '""' for part in parts)
        for end in range(len(parts), least - 1, -1):
            for text in self._texts:
                line = text.line(parts[:end])
                if line is not None:
                    return Place(text.file, line, key=key)
        return Place(self._texts[0].file if self._texts else "", key=key)

    def place(self, kind: str, id: str, column: str = "") -> Place:  # noqa: A002 - as users say
        """Return where an item, or one column of it, is written: in a list or in the layout.

        An item that is written nowhere, such as a rack placed by rule, has a file but no line.
        """
        for listed in self._tables:
            row = listed.row(id) if listed.table.kind == kind else None
            if row is not None:
                header = listed.headers.get(column, column)
                return Place(listed.table.file, None, listed.sheet, row, header)
        section = (*SECTIONS[kind].split("."), id) if kind in SECTIONS else (kind, id)
        path = (*section, *column.split(".")) if column else section
        return self.at(path, least=len(section))

    def sheet(self, table: ListTable) -> str | None:
        """Return the sheet that a list was read from, if it has sheets."""
        return next((t.sheet for t in self._tables if t.table is table), None)

    def problem(self, fault: Fault) -> Problem:
        """Return a fault as the user is told it."""
        place = self.at(fault.path)
        return Problem(
            place.file,
            place.line,
            place.sheet,
            place.row,
            key=place.key,
            value=fault.value,
            message=fault.message,
            expected=fault.expected,
            near=fault.near,
        )
