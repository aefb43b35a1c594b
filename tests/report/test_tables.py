"""One row per serial, as CSV and as a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time

import openpyxl

from twin.report import tables


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_csv_is_the_golden_one(sample, golden):
    golden("sample.csv", tables.csv(sample.report()))


def test_csv_has_one_row_per_serial(sample):
    rows = list(csv.DictReader(io.StringIO(tables.csv(sample.report()))))
    assert [row["serial"] for row in rows] == ["SN-1", "SN-2", "SN-3", "SN-4"]
    assert rows[1]["verdict"] == "blocked"
    assert rows[1]["binding rule"] == "PWR101"
    assert rows[1]["margin %"] == "-7.5"
    assert rows[2]["missing"] == "coolant.loops.TCS1.supply_c"
    assert rows[3]["position"] == ""
    # A rack that holds tells what it comes nearest to.
    assert (rows[3]["demand"], rows[3]["limit"], rows[3]["unit"]) == ("0.8", "1.2", "m")


def test_csv_runs_no_formula_and_sends_no_escape(sample):
    for hostile in ("=1+1", "+1", "-1", "@SUM(A1)", "-cmd|x", "+A(1)", sample.HOSTILE):
        text = tables.csv(sample.report(serial=hostile))
        first = next(csv.DictReader(io.StringIO(text)))["serial"]
        assert first.startswith("'")
        assert "\x1b" not in text


def test_csv_leaves_names_and_tables_for_other_programs_all_texts(sample):
    for name in ("-R1", "+H 2.N-01:4/2 / -H1"):
        text = tables.csv(sample.report(serial=name))
        assert next(csv.DictReader(io.StringIO(text)))["serial"] == name
    assert tables.plain(("a", "b"), [("=x", "+1"), ("a\x1bb", 2.5)]) == "a,b\n=x,+1\na b,2.5\n"


def test_workbook_has_its_sheets_frozen_and_filtered(sample, tmp_path):
    path = tmp_path / "racks.xlsx"
    tables.xlsx(sample.report(), path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "Verdicts", "Findings", "Gaps", "Assumptions", "Losses", "Redundancy", "Stranded",
    ]  # fmt: skip
    sheet = book["Verdicts"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:AC5"
    rows = rows_of(sheet)
    assert tuple(rows[0]) == tables.HEADER
    assert rows[2][:5] == ["SN-2", "gb300_nvl72", "A-02", "H1", "blocked"]
    assert rows_of(book["Gaps"])[1][:3] == ["coolant.loops.TCS1.supply_c", 1, 3]
    assert book["Verdicts"].column_dimensions["A"].width >= len("serial")
    assert {sheet.print_title_rows for sheet in book} == {"$1:$1"}
    assert {sheet.page_setup.orientation for sheet in book} == {"landscape"}


def test_workbook_is_the_same_in_two_runs(sample, monkeypatch):
    first = tables.workbook(sample.report())
    # The writer of workbooks asks the clock: another second must not show.
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 100_000)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(now + 100_000))

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return dt.datetime(2031, 1, 2, 3, 4, 5, tzinfo=tz)

    monkeypatch.setattr("openpyxl.writer.excel.datetime.datetime", Later)
    assert tables.workbook(sample.report()) == first


def test_workbook_writes_formulas_as_text(sample, tmp_path):
    for hostile in ("=1+1", "#N/A", "@x", "\x1bx"):
        path = tmp_path / "hostile.xlsx"
        tables.xlsx(sample.report(serial=hostile), path)
        cell = openpyxl.load_workbook(path)["Verdicts"]["A2"]
        assert cell.data_type == "s"
        assert cell.value == hostile.replace("\x1b", " ")
