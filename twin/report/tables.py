"""One row per serial as CSV or as a workbook, for those who pass on a sheet."""

from __future__ import annotations

import csv as csv_module
import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.checks.result import Report
from twin.report import power
from twin.report.gaps import ranked
from twin.report.json import real
from twin.report.racks import RackLine, lines

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | int | bool | None

HEADER = (
    "serial", "rack type", "position", "hall", "verdict", "at risk", "binding rule", "name",
    "element", "case", "demand", "limit", "unit", "margin %", "shortfall", "message", "fix",
    "missing", "assumptions", "waived", "pooled utilisation %", "true worst case %",
    "worst element", "worst case", "redundancy", "ways", "sources", "dominators", "cap kW",
)  # fmt: skip
LOSSES = (
    "lost", "asked", "racks full", "racks capped", "racks dark", "capped kW", "dark kW",
    "worst element", "loading %", "load", "limit", "unit", "at least", "over limit",
    "racks unprotected", "CDUs", "air units", "switches",
)  # fmt: skip
REDUNDANCY = (
    "redundancy", "racks", "ways", "systems", "reserve", "may be used %", "used %", "pairs",
)  # fmt: skip
STRANDED = (
    "element", "unit", "usable", "placed", "kept for losses", "without a place", "open",
)  # fmt: skip
FINDINGS = (
    "rule", "name", "role", "severity", "element", "case", "other", "demand", "limit", "unit",
    "margin %", "shortfall", "racks on it", "racks that fit", "held back", "message", "fix",
    "source", "owner of the limit", "waived",
)  # fmt: skip
GAPS = ("field", "decides", "racks", "unit", "meaning")
ASSUMPTIONS = ("field", "value", "reason", "by", "until", "racks")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NAME = re.compile(r"[+-](?=.*[^\W\d_])[\w +/.:;-]*")
"""What begins with a sign, is no number, and has no other characters than ids: it runs nothing."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name
_MADE = "1980-01-01T00:00:00Z"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL = 32_767  # characters that a cell of a workbook may hold
_WIDEST, _NARROWEST = 60, 8


def csv(report: Report) -> str:
    """Return one row per serial, comma separated; text that a sheet would run is quoted off.

    A text that begins like a formula gets an apostrophe, which spreadsheets take for "this is
    text", but for names, as -R1: they run nothing, and who looks for one finds it as it is.
    Numbers stay numbers.
    """
    return written(HEADER, (_row(line) for line in lines(report)))


def written(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return a table, comma separated; text that a sheet would run is quoted off."""
    return _joined(header, ([_harmless(value) for value in row] for row in rows))


def plain(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return a table for another program, comma separated: it takes every text as it stands."""
    return _joined(header, ([_printable(value) for value in row] for row in rows))


def _joined(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    out = io.StringIO()
    writer = csv_module.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def xlsx(report: Report, path: str | Path) -> None:
    """Write the workbook of `workbook` to a file."""
    Path(path).write_bytes(workbook(report))


def workbook(report: Report) -> bytes:
    """Return a workbook: Verdicts, Findings, Gaps, Assumptions, Losses, Redundancy, Stranded.

    The bytes depend on the report only: neither time nor user stands in them.
    """
    return sheets(
        (
            ("Verdicts", HEADER, (_row(line) for line in lines(report))),
            ("Findings", FINDINGS, _findings(report)),
            ("Gaps", GAPS, _gaps(report)),
            ("Assumptions", ASSUMPTIONS, _assumptions(report)),
            ("Losses", LOSSES, _losses(report)),
            ("Redundancy", REDUNDANCY, _redundancy(report)),
            ("Stranded", STRANDED, _stranded(report)),
        )
    )


def sheets(tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Value]]]]) -> bytes:
    """Return a workbook of tables, each with title, header and rows; the same ones, same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "twin"
    for title, header, rows in tables:
        _fill(book.create_sheet(title), header, rows)
    raw = io.BytesIO()
    book.save(raw)
    return _timeless(raw.getvalue())


def _row(line: RackLine) -> tuple[Value, ...]:
    return (
        line.serial,
        line.type,
        line.position,
        line.hall,
        line.state.word,
        _yes(line.at_risk),
        line.code,
        line.name,
        line.subject,
        line.case,
        real(line.demand),
        real(line.limit),
        line.unit,
        real(100 * line.margin),
        real(line.shortfall),
        line.message,
        line.fix,
        "; ".join(line.missing),
        "; ".join(line.assumptions),
        _yes(line.waived),
        *_power(line.power),
    )


def _power(p: power.RackPower | None) -> tuple[Value, ...]:
    if p is None:
        return (None,) * 9
    shares = (f"{name} {100 * part:.4g} %" for name, part in p.sources)
    return (
        real(100 * p.pooled), real(100 * p.worst), p.element, p.case, p.redundancy, p.ways,
        "; ".join(shares), "; ".join(p.dominators), real(p.cap_kw),
    )  # fmt: skip


def _losses(report: Report) -> Iterable[tuple[Value, ...]]:
    for x in power.losses(report)[0]:
        yield (
            x.case, _yes(x.asked), x.full, x.capped, x.dark, real(x.capped_kw), real(x.dark_kw),
            x.element, real(100 * x.loading), real(x.demand), real(x.limit), x.unit,
            _yes(x.at_least), x.over, x.unprotected, x.cdus, x.air_units, x.switches,
        )  # fmt: skip


def _redundancy(report: Report) -> Iterable[tuple[Value, ...]]:
    for x in power.redundancies(report):
        yield (
            x.name, x.racks, x.ways, "; ".join(x.systems), "; ".join(x.reserve),
            real(100 * x.max_use), real(100 * x.use), power.pairs(x) or None,
        )  # fmt: skip


def _stranded(report: Report) -> Iterable[tuple[Value, ...]]:
    for x in power.strandings(report):
        yield (
            x.element, x.unit, real(x.usable), real(x.placed), real(x.reserve),
            real(x.without_place), real(x.open),
        )  # fmt: skip


def losses_csv(report: Report) -> str:
    """Return one row per loss, comma separated, most harm first."""
    return written(LOSSES, _losses(report))


def _findings(report: Report) -> Iterable[tuple[Value, ...]]:
    for f in report.findings:
        yield (
            f.code, f.name, f.role, f.severity, f.subject, f.case, f.other, real(f.demand),
            real(f.limit), f.unit, real(100 * f.margin), real(f.shortfall), f.racks_on_it,
            f.racks_that_fit, "; ".join(f.held_back), f.message, f.fix, f.source, f.owner,
            _yes(f.waived),
        )  # fmt: skip


def _gaps(report: Report) -> Iterable[tuple[Value, ...]]:
    return ((g.path, g.decides, g.racks, g.unit, g.meaning) for g in ranked(report))


def _assumptions(report: Report) -> Iterable[tuple[Value, ...]]:
    return ((a.path, a.value, a.reason, a.by, a.until, a.racks) for a in report.assumptions)


def _yes(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "yes" if value else "no"


def _harmless(value: Value) -> Value:
    text = _printable(value)
    if isinstance(text, str) and text.startswith(_FORMULA) and not _NAME.fullmatch(text):
        return f"'{text}"
    return text


def _printable(value: Value) -> Value:
    # What `_CONTROL` finds is not printable: most texts need no look for it.
    if not isinstance(value, str) or value.isprintable():
        return value
    return _CONTROL.sub(" ", value)


def _fill(sheet: Worksheet, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a sheet: bold frozen header, columns as wide as their text, a filter on each."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    widths = [len(title) + 4 for title in header]  # beside the title stands the filter's button
    for number, row in enumerate((header, *rows), start=1):
        for place, value in enumerate(row):
            cell: Cell = sheet.cell(number, place + 1)  # type: ignore[assignment]
            _write(cell, value)
            widths[place] = max(widths[place], len(str(value)) + 1 if value is not None else 0)
    for place, width in enumerate(widths, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = min(max(width, _NARROWEST), _WIDEST)
        sheet[f"{letter}1"].font = Font(bold=True)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"  # pages of a print each say what their columns are
    sheet.page_setup.orientation = "landscape"


def _write(cell: Cell, value: Value) -> None:
    if not isinstance(value, str):
        if not (isinstance(value, float) and not math.isfinite(value)):
            cell.value = value
        return
    cell.value = _CONTROL.sub(" ", value)[:_LONGEST_CELL]
    # openpyxl takes "=1+1" for a formula and "#N/A" for an error unless told that it is text;
    # the prefix keeps a sheet from running it when somebody edits the cell.
    if value:
        cell.data_type = "s"
    if value.startswith(_FORMULA):
        cell.quotePrefix = True


def _timeless(raw: bytes) -> bytes:
    """Return a workbook with the time of writing taken out of its archive and its properties."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^<]*Z", _MADE.encode(), content)
            target.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
