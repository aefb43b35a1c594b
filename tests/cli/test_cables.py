"""`twin cables`: files written, what is told, and exit codes."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

LAYOUT = Path(__file__).parents[1] / "rules" / "cabled.toml"


def test_without_a_file_a_summary_is_told(cli):
    ran = cli("cables", LAYOUT)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("cabled: 64 cords, 16 bundles, 2 pulls\n")


def test_every_paper_is_written_and_named(cli, tmp_path):
    kinds = {"-o": "c.csv", "--netbox": "n.csv", "--points": "p.csv", "--bom": "b.csv",
             "--pulls": "w.csv", "--sections": "s.svg", "--lengths": "l.svg"}  # fmt: skip
    files = {option: tmp_path / name for option, name in kinds.items()}
    ran = cli("cables", LAYOUT, *(part for pair in files.items() for part in pair))
    assert (ran.code, ran.err) == (0, "")
    assert set(ran.out.split()) == {str(file) for file in files.values()}
    with files["-o"].open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 64
    assert files["--points"].read_text(encoding="utf-8").startswith("A-Node Name,A-Type,A-Port,Z-")
    assert files["--sections"].read_text(encoding="utf-8").startswith("<svg ")


def test_workbooks(cli, tmp_path):
    book, points = tmp_path / "c.xlsx", tmp_path / "p.xlsx"
    ran = cli("cables", LAYOUT, "-o", book, "--points", points, "--label", "{number:03d}")
    assert ran.code == 0
    assert load_workbook(book)["cables"]["E2"].value == "001"
    assert load_workbook(points)["links"]["A1"].value == "A-Node Name"


def test_links_without_a_medium_end_with_1(cli):
    ran = cli("cables", LAYOUT, "--set", "data.fabrics.compute.media=dac")
    assert ran.code == 1
    assert "no medium that fits (64 cords)" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--label", "{fabric}"), "would stand on two cords"),
        (("--label", "{prot}"), 'Did you mean "port"?'),
        (("-o", "c.txt"), "ends in none of .csv, .xlsx"),
        (("--netbox", "c.xlsx"), "ends in none of .csv"),
        (("--date", "2026-01-01"), "no network cable stands on 2026-01-01"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_written(cli, tmp_path, words, said):
    ran = cli("cables", LAYOUT, "--bom", tmp_path / "b.csv", *words)
    assert ran.code == 2
    assert said in ran.err
    assert not list(tmp_path.iterdir())


def test_a_site_without_cables_is_told(cli, tmp_path):
    path = tmp_path / "bare.toml"
    path.write_text('format = 1\nname = "bare"\nprofile = "nec-us"\n', encoding="utf-8")
    ran = cli("cables", path)
    assert ran.code == 2
    assert "no network cable stands" in ran.err


def test_ways_and_trays_are_drawn(cli, tmp_path):
    way, trays = tmp_path / "way.svg", tmp_path / "trays.svg"
    ran = cli("view", LAYOUT, "--what", "way", "--cable", "H1.A-03-n4:1/2", "-o", way)
    assert (ran.code, ran.out.strip()) == (0, str(way))
    assert "Cord H1.A-03-n4:1/2 in bundle 14: T1" in way.read_text(encoding="utf-8")
    assert cli("view", LAYOUT, "--what", "trays", "-o", trays).code == 0
    assert ">T1 1 %<" in trays.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--what", "way"), "--what way and --cable go together"),
        (("--what", "plan", "--cable", "1"), "--what way and --cable go together"),
        (("--what", "way", "--cable", "17"), "there is no bundle 17; write one of 1 to 16"),
        (("--what", "way", "--cable", "H1.A-03-n4:1/3"), 'Did you mean "H1.A-03-n4:1/'),
    ],
)
def test_a_way_that_cannot_be_drawn_is_told(cli, tmp_path, words, said):
    ran = cli("view", LAYOUT, *words, "-o", tmp_path / "x.svg")
    assert ran.code == 2
    assert said in ran.err
