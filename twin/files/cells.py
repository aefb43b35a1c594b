"""Reads a CSV file or a workbook's sheet into columns of cells, without asking what they mean."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem, near, shown
from twin.files.text import decode, read_bytes

_DELIMITERS = ",;\t"
_LARGEST_UNPACKED = 400_000_000
_MOST_COLUMNS = 1000
_MOST_ROWS = 1_048_576
_WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Cells:
    """A table as it stands in a file.

    Parameters
    ----------
    file, sheet
        Where it stands.
    headers
        As written, in the order of the columns.
    columns
        One list of cells for each header: text, numbers, dates or None; "" and None are empty.
    rows
        (n,) number of each row as the user's editor counts them, from 1.
    """

    file: str
    sheet: str | None
    headers: list[str]
    columns: list[Sequence[object]]
    rows: NDArray[np.int64]

    def problem(
        self,
        at: int | None,
        key: str,
        message: str,
        value: object = None,
        expected: str = "",
        suggestion: str | None = None,
    ) -> Problem:
        """Return a problem with row `at` (from 0; None: the table as a whole)."""
        row = None if at is None else int(self.rows[at])
        return Problem(self.file, None, self.sheet, row, key, value, message, expected, suggestion)


def read_cells(path: Path, file: str, sheet: str | None = None) -> Cells:
    """Return the cells of a CSV file or of one sheet.

    Parameters
    ----------
    path
        The file; its suffix tells a workbook from a CSV file.
    file
        Its name as the user gave it.
    sheet
        Name of the sheet; None: the first.
    """
    data = read_bytes(path, file)
    if path.suffix.lower() in _WORKBOOKS or data[:4] == b"PK\x03\x04":
        name, rows = _workbook(data, file, sheet)
        return _table(file, name, rows)
    if sheet is not None:
        raise InputError(
            Problem(
                file, sheet=sheet, message="a CSV file has no sheets", expected="take sheet out"
            )
        )
    return _table(file, None, _csv(decode(data, file), file))


def _csv(text: str, file: str) -> list[Sequence[Any]]:
    delimiter = _delimiter(text)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise InputError(
            Problem(
                file,
                message=f"this is no CSV that can be read: {error}",
                expected="export it again as CSV UTF-8",
            )
        ) from error


def _delimiter(text: str) -> str:
    """Return what separates the headers: the sign that stands between them most often."""
    head = next(
        (ln for ln in io.StringIO(text[:100_000]) if ln.strip() and not ln.startswith("#")), ""
    )
    outside = "".join(head.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _workbook(data: bytes, file: str, sheet: str | None) -> tuple[str, list[Sequence[Any]]]:
    """Return a sheet's name and rows, formulas as the values that they last had."""
    import openpyxl

    try:
        _check_unpacked(data, file)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        name = _sheet([each.title for each in book.worksheets], sheet, file)
        found = book[name]
        # Some writers note a size that is wrong; without it the rows are read to their end.
        found.reset_dimensions()
        rows: list[Sequence[Any]] = list(
            found.iter_rows(values_only=True, max_row=_MOST_ROWS, max_col=_MOST_COLUMNS)
        )
    except InputError:
        raise
    except Exception as error:  # a foreign format, and a library that raises what it meets
        raise _told(
            file,
            f"this is no workbook that can be read: {shown(str(error))}",
            "save it again as .xlsx, or as CSV UTF-8",
        ) from error
    return name, rows


def _check_unpacked(data: bytes, file: str) -> None:
    """Refuse a small file that unpacks to a huge one."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        unpacked = sum(info.file_size for info in packed.infolist())
    if unpacked > _LARGEST_UNPACKED:
        raise _told(
            file,
            f"the workbook unpacks to {unpacked / 1e6:.0f} MB",
            "keep the list in a workbook of its own, or in CSV",
        )


def _sheet(names: list[str], sheet: str | None, file: str) -> str:
    if not names:
        raise _told(file, "the workbook has no sheet with cells", "add a sheet")
    if sheet is None:
        return names[0]
    wanted = {name.casefold().strip(): name for name in names}.get(sheet.casefold().strip())
    if wanted is None:
        raise InputError(
            Problem(
                file,
                sheet=sheet,
                value=sheet,
                message=f"there is no sheet {shown(sheet)}",
                expected=f"the sheets are {', '.join(names[:10])}",
                near=near(sheet, names),
            )
        )
    return wanted


def _table(file: str, sheet: str | None, rows: Sequence[Sequence[Any]]) -> Cells:
    """Return rows as columns under the headers of the first row that is neither empty nor a #."""
    head = next((k for k, row in enumerate(rows) if _is_filled(row) and not _is_comment(row)), None)
    if head is None:
        raise InputError(
            Problem(
                file,
                sheet=sheet,
                message="the table is empty",
                expected="write the headers in the first row",
            )
        )
    headers = ["" if h is None else str(h).strip() for h in rows[head]]
    while headers and not headers[-1]:
        headers.pop()
    width = len(headers)
    kept = [k for k in range(head + 1, len(rows)) if _is_filled(rows[k])]
    problems = [
        Problem(
            file,
            None,
            sheet,
            k + 1,
            value=_beyond(rows[k], width),
            message=f"{shown(_beyond(rows[k], width))} stands right of the last header",
            expected="put text that holds the separator in quotes",
        )
        for k in kept
        if len(rows[k]) > width and _beyond(rows[k], width) is not None
    ]
    if problems:
        raise InputError(problems[:20])
    body = [_fitted(rows[k], width) for k in kept]
    columns: list[Sequence[object]] = list(zip(*body, strict=True)) if body else [()] * width
    return Cells(file, sheet, headers, columns, np.array(kept, np.int64) + 1)


def _is_filled(row: Iterable[object]) -> bool:
    # A generator for each row would take as long as reading the file.
    for cell in row:  # noqa: SIM110
        if cell is not None and cell != "" and not _is_space(cell):
            return True
    return False


def _is_space(cell: object) -> bool:
    return isinstance(cell, str) and cell.isspace()


def _is_comment(row: Sequence[object]) -> bool:
    return bool(row) and isinstance(row[0], str) and row[0].lstrip().startswith("#")


def _beyond(row: Sequence[object], width: int) -> object:
    return next((c for c in row[width:] if c is not None and c != "" and not _is_space(c)), None)


def _fitted(row: Sequence[object], width: int) -> Sequence[object]:
    if len(row) == width:
        return row
    return [*row[:width], *[None] * (width - len(row))]


def _told(file: str, message: str, expected: str) -> InputError:
    return InputError(Problem(file, message=message, expected=expected))
