"""`twin new`: what is written can be checked, and says what it lacks."""

import csv
import json
import tomllib

import pytest
from openpyxl import Workbook

LIST = """Serial Number,Type,Ship Date
SN1,gb300_nvl72,2027-03-01
SN2,gb300_nvl72,2027-03-01
VR1,vr_nvl72,
H1,amd_helios_mi455x,
D1,dgx_h100_air_4x,2027-04-01
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_first_hall_passes_on_listed_assumptions(cli):
    ran = cli("new", "first")
    assert ran.code == 0
    assert "FEASIBLE" in ran.out
    assert "next:  twin check first/first.toml" in ran.out
    report = json.loads(cli("check", "first/first.toml", "--format", "json").out)
    assert report["verdict"] == "feasible"
    assert report["assumptions"]
    assert report["layout"] == "first"


def test_a_hall_for_a_list_of_racks_lists_what_it_lacks(cli, here):
    (here / "racks.csv").write_text(LIST, encoding="utf-8")
    ran = cli("new", "sized", "--racks", "racks.csv")
    assert ran.code == 0
    assert "it lacks:" in ran.out
    assert "next:  twin gaps sized/sized.toml" in ran.out
    asked = cli("gaps", "sized/sized.toml")
    assert asked.code == 0
    assert 'racks.*.position = "N1": no rack is planned on that position' in asked.out
    report = json.loads(cli("check", "sized/sized.toml", "--format", "json").out)
    assert {v["rack"] for v in report["verdicts"]} == {"SN1", "SN2", "VR1", "H1", "D1"}
    assert all(v["position"] for v in report["verdicts"])
    assert report["verdict"] != "feasible"  # the building is not known
    # Whatever is sized by rule holds: no feeder, coolant unit or switch is too small.
    sized = ("PWR101", "PWR103", "PWR104", "COL101", "COL102", "NET101", "SPC302")
    assert not [f["message"] for f in report["findings"] if f["code"] in sized]


def test_a_workbook_of_racks(cli, here):
    book = Workbook()
    for row in csv.reader(LIST.splitlines()):
        book.active.append(row)
    book.save(here / "schedule.xlsx")
    assert cli("new", "sized", "--racks", "schedule.xlsx").code == 0
    report = json.loads(cli("check", "sized/sized.toml", "--format", "json").out)
    assert report["racks"]["delivered"] == 5


def test_many_racks_of_one_type(cli, here):
    rows = "".join(f"SN{n},gb300_nvl72\n" for n in range(100))
    (here / "racks.csv").write_text(f"serial,type\n{rows}", encoding="utf-8")
    assert cli("new", "many", "--racks", "racks.csv").code == 0
    report = json.loads(cli("check", "many/many.toml", "--format", "json").out)
    assert report["racks"]["delivered"] == 100
    assert not [f for f in report["findings"] if f["code"].startswith(("PWR1", "COL1", "SPC3"))]


def test_a_capped_hall_is_not_blocked_but_for_servers_on_two_pdus(cli, here):
    (here / "racks.csv").write_text(LIST, encoding="utf-8")
    cli("new", "sized", "--racks", "racks.csv")
    layout = here / "sized" / "sized.toml"
    text = layout.read_text(encoding="utf-8")
    for line in ("[policy.provisioned_kw]", "gb300_nvl72 =", "vr_nvl72 ="):
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    layout.write_text(text, encoding="utf-8")
    report = json.loads(cli("check", layout, "--format", "json").out)
    # Its servers keep three of six supplies after a loss of one side, and need four.
    blocked = {f["subject"] for f in report["findings"] if f["severity"] == "error"}
    assert blocked == {"rack:D1"}


@pytest.mark.parametrize("name", ["taken", ".", "..", "no/such/place", "a\nb", ""])
def test_names_that_cannot_be(cli, here, name):
    (here / "taken").mkdir()
    ran = cli("new", name)
    assert ran.code == 2
    assert [p.name for p in here.iterdir()] == ["taken"]
    assert not list((here / "taken").iterdir())


def test_a_name_with_quotes_and_letters_of_all_kinds(cli):
    assert cli("new", 'Halle "\u00e4" 1').code == 0


def test_a_wrong_list_writes_nothing(cli, here):
    (here / "racks.csv").write_text("serial,type\nSN1,gb300_nvl7\n", encoding="utf-8")
    ran = cli("new", "sized", "--racks", "racks.csv")
    assert ran.code == 2
    assert 'Did you mean "gb300_nvl72"?' in ran.err
    assert not (here / "sized").exists()


def test_what_is_written_agrees_with_the_check(cli, here):
    (here / "racks.csv").write_text(LIST, encoding="utf-8")
    cli("new", "sized", "--racks", "racks.csv")
    text = (here / "sized" / "sized.toml").read_text(encoding="utf-8")
    assert "# vr_nvl72 = 220\n" in text  # half of 4 shelves of 110 kW
    report = json.loads(cli("check", "sized/sized.toml", "--format", "json").out)
    assert "DAT905" not in {f["code"] for f in report["findings"]}
    layout = tomllib.loads(text)
    assert layout["policy"]["losses"]["switch"] == "may go dark"
    air, water = layout["coolant"]["air_units"], layout["coolant"]["plants"]
    assert {water[unit["plant"]]["supply_c"] for unit in air.values()} == {18}


def test_air_cooled_racks_alone_need_no_warm_water(cli, here):
    (here / "racks.csv").write_text("serial,sku\nD1,dgx_h100_air_4x\n", encoding="utf-8")
    assert cli("new", "dry", "--racks", "racks.csv").code == 0
    layout = tomllib.loads((here / "dry" / "dry.toml").read_text(encoding="utf-8"))
    assert [plant["supply_c"] for plant in layout["coolant"]["plants"].values()] == [18]


def test_headers_that_are_not_understood_say_which_are(cli, here):
    (here / "racks.csv").write_text("Asset,Kind\nSN1,gb300_nvl72\n", encoding="utf-8")
    ran = cli("new", "sized", "--racks", "racks.csv")
    assert ran.code == 2
    assert "serial_number" in ran.err
    assert "model, sku" in ran.err
    assert "in quotes" not in ran.err
