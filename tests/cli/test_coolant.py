"""`twin coolant` and `twin export`: files written, what was measured, and exit codes."""

import re
from pathlib import Path

import pytest

LAYOUT = Path(__file__).parents[2] / "layouts" / "coolant_in_row.toml"
PAPERS = ("balancing", "set_points", "plants", "pipes", "sizes", "fill", "flush")


@pytest.fixture
def lacking(tmp_path):
    """The row without the bore of its hoses."""
    path = tmp_path / "lacking.toml"
    text = LAYOUT.read_text(encoding="utf-8").replace("bore_m = 0.0254\n", "")
    path.write_text(text, encoding="utf-8")
    return path


def test_papers_are_written_into_a_folder_that_is_made(cli, tmp_path):
    folder = tmp_path / "floor" / "row"
    ran = cli("coolant", LAYOUT, "-o", folder)
    assert (ran.code, ran.err) == (0, "")
    files = [*(f"{name}.csv" for name in PAPERS), "index.html"]
    assert ran.out.split() == [str(folder / name) for name in files]
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="([^"]+)"', page) == files[:-1]
    assert (folder / "flush.csv").read_text(encoding="utf-8").startswith("loop,section,side,")


def test_without_a_folder_they_are_told(cli, tmp_path):
    ran = cli("coolant", LAYOUT)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("coolant_in_row: 1 loop with pipes, 8 racks, 2 CDUs\n\nBalancing\n")


def test_a_loop_that_cannot_be_solved_is_told(cli, lacking, tmp_path):
    ran = cli("coolant", lacking, "-o", tmp_path / "floor")
    assert ran.code == 1
    assert ran.err == "loop T1 cannot be solved: coolant.hookups.STD.bore_m missing\n"
    assert (tmp_path / "floor" / "pipes.csv").exists()
    ran = cli("export", lacking, "-o", tmp_path / "a.inp")
    assert ran.code == 3
    assert ran.err == "twin: loop T1 cannot be solved: coolant.hookups.STD.bore_m missing\n"
    assert not (tmp_path / "a.inp").exists()


def test_a_filled_sheet_is_compared(cli, tmp_path):
    cli("coolant", LAYOUT, "-o", tmp_path)
    sheet, filled = tmp_path / "balancing.csv", tmp_path / "filled.csv"
    text = sheet.read_text(encoding="utf-8")
    assert text.count(",set,,,") == 8
    filled.write_text(text.replace(",set,,,", ",set,126,68,"), encoding="utf-8")
    ran = cli("coolant", LAYOUT, "-o", tmp_path, "--measured", filled)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("measured, within 10 % of what is expected: 8 within\n")
    table = (tmp_path / "measured.csv").read_text(encoding="utf-8").splitlines()
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "measured, within 10 % of what is expected: 8 within" in page
    assert table[1] == "T1,G1,116.36,120.05,126.0,4.96,60.162,68.0,13.0,within"
    filled.write_text(text.replace(",set,,,", ",set,126,,", 7), encoding="utf-8")
    ran = cli("coolant", LAYOUT, "-o", tmp_path, "--measured", filled)
    assert ran.code == 1
    assert "7 within, 1 unknown" in ran.out
    ran = cli("coolant", LAYOUT, "-o", tmp_path, "--measured", filled, "--tolerance", "0.01")
    assert ran.code == 1
    assert "  G1 off: 126 L/min, expected 120 (+5.0 %), design 116.4\n" in ran.out


def test_a_wrong_sheet_is_told_by_row_and_nothing_is_written(cli, tmp_path):
    sheet = tmp_path / "s.csv"
    sheet.write_text("rack,measured_flow_lpm\nG1,12O\nG99,120\nG2,-3\n", encoding="utf-8")
    ran = cli("coolant", LAYOUT, "-o", tmp_path / "floor", "--measured", sheet)
    assert ran.code == 2
    assert f'{sheet} row 2: measured_flow_lpm: "12O" is not a number' in ran.err
    assert "row 4: measured_flow_lpm: -3 is negative" in ran.err
    assert 'row 3: rack: there is no rack "G99" on a described loop' in ran.err
    assert not (tmp_path / "floor").exists()
    sheet.write_text("serial,flow\nG1,120\n", encoding="utf-8")
    ran = cli("coolant", LAYOUT, "-o", tmp_path / "floor", "--measured", sheet)
    assert ran.code == 2
    assert "there is no column measured_flow_lpm" in ran.err


def test_a_folder_that_cannot_be_made(cli, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    ran = cli("coolant", LAYOUT, "-o", tmp_path / "file")
    assert ran.code == 2
    assert "cannot be made: file exists; name a folder that you may write to" in ran.err


def test_a_loop_is_written_for_epanet(cli, tmp_path):
    ran = cli("export", LAYOUT, "-o", tmp_path / "loop.inp", "--loop", "T1")
    assert (ran.code, ran.out, ran.err) == (0, f"{tmp_path / 'loop.inp'}\n", "")
    assert "HEADLOSS D-W" in (tmp_path / "loop.inp").read_text(encoding="ascii")
    assert cli("export", LAYOUT, "-o", tmp_path / "loop.txt").code == 2
    ran = cli("export", LAYOUT, "-o", tmp_path / "loop.inp", "--loop", "T11")
    assert ran.code == 2
    assert 'there is no loop "T11"; name one of T1. Did you mean "T1"?' in ran.err


def test_changes_of_the_command_line_count(cli, tmp_path):
    ran = cli("coolant", LAYOUT, "-o", tmp_path, "--set", "coolant.loops.T1.set_kpa=80")
    assert ran.code == 0
    assert "short of" in (tmp_path / "balancing.csv").read_text(encoding="utf-8")
