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


TRUNKS = Path(__file__).parents[2] / "layouts" / "cabled_trunks.toml"


def test_the_summary_sums_up_to_the_bill_with_its_trunks(cli, tmp_path):
    bom = tmp_path / "b.csv"
    cli("cables", TRUNKS, "--bom", bom)
    with bom.open(encoding="utf-8") as file:
        metres = sum(float(row["total_m"]) for row in csv.DictReader(file) if row["total_m"])
    told = cli("cables", TRUNKS).out
    assert f"  cables: {metres:,.0f} m\n  of them 96 trunks: 1,872 m\n" in told
    assert "  trunk_sm_144      24  20            480\n" in told


def test_trunks_have_their_schedule_before_the_first_cord(cli, tmp_path):
    names = ("-o", "--trunks", "--panels", "--pulls", "--bom", "--netbox", "--points")
    files = {name: tmp_path / f"{name.strip('-')}.csv" for name in names}
    ran = cli(
        "cables", TRUNKS, "--date", "2027-01-14", *(w for pair in files.items() for w in pair)
    )
    assert (ran.code, ran.err) == (0, "")
    with files["--trunks"].open(encoding="utf-8") as file:
        assert {row["day"] for row in csv.DictReader(file)} == {"2027-01-01"}
    with files["-o"].open(encoding="utf-8") as file:
        assert not list(csv.DictReader(file))
    told = cli("cables", TRUNKS, "--date", "2027-01-14").out
    assert told.startswith("cabled trunks: 0 cords, 0 bundles, 4 pulls\n\nTrunks\n")
    book = tmp_path / "c.xlsx"
    assert cli("cables", TRUNKS, "--date", "2027-01-14", "-o", book).code == 0
    assert load_workbook(book)["trunks"].max_row == 5


def test_what_trunks_lack_is_open_before_the_first_cord(cli):
    words = ("--date", "2027-01-14", "--set", "data.stock_m.trunk_sm_144=[5]")
    ran = cli("cables", TRUNKS, *words)
    assert ran.code == 1
    assert "  of trunks: a length in stock: at most 5 m\n" in ran.out


def test_without_a_cord_no_lengths_are_drawn(cli, tmp_path):
    ran = cli("cables", TRUNKS, "--date", "2027-01-14", "--lengths", tmp_path / "l.svg")
    assert (ran.code, ran.err.count("no cord stands on this day")) == (2, 1)


def test_names_that_begin_with_a_sign_are_the_same_in_all_files(cli, tmp_path):
    text = LAYOUT.read_text(encoding="utf-8")
    for old, new in (("rows.N]", 'rows."-N"]'), ('"N-0', '"-N-0'), ('"N-*"', '"-N-*"')):
        text = text.replace(old, new)
    path = tmp_path / "signs.toml"
    path.write_text(text, encoding="utf-8")
    files = {name: tmp_path / f"{name.strip('-')}.csv" for name in ("-o", "--netbox", "--points")}
    words = ("--label", "{position}-{device}:{port}")
    ran = cli("cables", path, *words, *(w for pair in files.items() for w in pair))
    assert (ran.code, ran.err) == (0, "")
    with files["-o"].open(encoding="utf-8") as file:
        listed = {row["upper_label"] for row in csv.DictReader(file)}
    assert all(label.startswith("-N-0") for label in listed)
    with files["--netbox"].open(encoding="utf-8") as file:
        assert {row["label"] for row in csv.DictReader(file)} == listed
    words = ("--label", "={position}{device}:{port}")
    assert cli("cables", path, *words, *(w for pair in files.items() for w in pair)).code == 0
    assert ",=-N-02" in files["--netbox"].read_text(encoding="utf-8")
    assert ",'=-N-02" in files["-o"].read_text(encoding="utf-8")


def test_cords_by_hand_that_other_programs_do_not_get_are_told(cli, tmp_path):
    netbox, points = tmp_path / "n.csv", tmp_path / "p.csv"
    hand = Path(__file__).parents[2] / "layouts" / "hall_gb300.toml"
    ran = cli("cables", hand, "--netbox", netbox, "--points", points)
    told = "4,608 cords in 64 bundles that positions name by hand"
    assert (ran.code, ran.err) == (0, f"left out of {netbox} and {points}: {told}\n")
    assert cli("cables", hand, "--bom", tmp_path / "b.csv").err == ""
