"""`twin check`: exit codes, what is printed, what is written."""

import csv
import json

import pytest
from openpyxl import load_workbook

ONE = ("--select", "PWR101")  # one rule, so that the tests do not hang on all of them
LOW = ("--set", "power.busways.R1*.rating_a=100")


def test_feasible_is_0(cli, base):
    ran = cli("check", base, *ONE)
    assert ran.code == 0
    assert ran.out.startswith("base: FEASIBLE")
    assert ran.err == ""


def test_blocked_is_1(cli, base):
    ran = cli("check", base, *ONE, *LOW)
    assert ran.code == 1
    assert "BLOCKED" in ran.out
    assert "busway R1A would carry" in ran.out


def test_unknown_is_1(cli, lacking):
    ran = cli("check", lacking, *ONE)
    assert ran.code == 1
    assert "UNKNOWN" in ran.out
    assert "catalog.gb300_nvl72.power_factor" in ran.out


def test_fail_on_blocked_lets_unknown_pass(cli, base, lacking):
    assert cli("check", lacking, *ONE, "--fail-on", "blocked").code == 0
    assert cli("check", base, *ONE, *LOW, "--fail-on", "blocked").code == 1


def test_fail_on_warning_takes_advice_too(cli, base):
    # Losses that the policy forgets are advice: a finding that changes no verdict.
    text = base.read_text(encoding="utf-8")
    base.write_text(text.replace('busway = "full"\n', "", 1), encoding="utf-8")
    chosen = ("--select", "PWR101,DAT905", "--quiet")
    assert cli("check", base, *chosen).code == 0
    assert cli("check", base, *chosen, "--fail-on", "warning").code == 1
    assert cli("check", base, *ONE, "--quiet", "--fail-on", "warning").code == 0


def test_json_is_one_line_a_layout(cli, base, lacking):
    ran = cli("check", base, lacking, *ONE, "--format", "json")
    first, second = map(json.loads, ran.out.splitlines())
    assert (first["schema"], first["verdict"]) == ("twin-report/1", "feasible")
    assert second["verdict"] == "unknown"
    assert ran.code == 1


def test_the_worst_of_several_layouts_counts(cli, base, broken):
    ran = cli("check", base, broken, base, *ONE, "--format", "json")
    assert ran.code == 2
    assert len(ran.out.splitlines()) == 2  # what could be judged was judged
    assert "broken.toml" in ran.err


def test_wrong_files_are_told_line_by_line(cli, broken):
    ran = cli("check", broken)
    assert ran.code == 2
    assert ran.out == ""
    lines = ran.err.splitlines()
    assert len(lines) == 2
    assert all("broken.toml:" in line for line in lines)
    assert 'Did you mean "slab_kpa"?' in ran.err
    assert "Traceback" not in ran.err


def test_a_file_that_is_not_there(cli, tmp_path):
    ran = cli("check", tmp_path / "none.toml")
    assert ran.code == 2
    assert "none.toml" in ran.err


def test_every_kind_of_report(cli, base, tmp_path):
    for suffix in ("html", "json", "csv", "xlsx", "txt"):
        ran = cli("check", base, *ONE, "-o", tmp_path / f"report.{suffix}")
        assert ran.code == 0
        assert ran.out.splitlines()[0].startswith("base: FEASIBLE")
        assert f"report.{suffix}" in ran.err
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page  # the plan is in it
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "feasible"
    table = (tmp_path / "report.csv").read_text(encoding="utf-8")
    assert len(list(csv.DictReader(table.splitlines()))) == 5
    assert load_workbook(tmp_path / "report.xlsx").sheetnames[0] == "Verdicts"
    assert (tmp_path / "report.txt").read_text(encoding="utf-8").startswith("base: FEASIBLE")
    assert not list(tmp_path.glob(".*"))  # nothing half-made is left


def test_an_unknown_kind_of_report_names_the_known(cli, base, tmp_path):
    ran = cli("check", base, "-o", tmp_path / "report.pdf")
    assert ran.code == 2
    assert all(kind in ran.err for kind in (".html", ".json", ".csv", ".xlsx", ".txt"))
    assert not (tmp_path / "report.pdf").exists()


def test_one_report_for_several_layouts_is_refused(cli, base, tmp_path):
    assert cli("check", base, base, "-o", tmp_path / "r.html").code == 2


def test_a_report_that_fails_leaves_the_old_one(cli, base, tmp_path, monkeypatch):
    old = tmp_path / "report.txt"
    old.write_text("what stood here", encoding="utf-8")
    monkeypatch.setattr("twin.report.text.text", lambda _: "\ud800")  # cannot be encoded
    assert cli("check", base, *ONE, "-o", old).code == 3
    assert old.read_text(encoding="utf-8") == "what stood here"
    assert not list(tmp_path.glob(".*"))


def test_a_place_that_cannot_be_written(cli, base, tmp_path):
    ran = cli("check", base, *ONE, "-o", tmp_path / "no" / "report.txt")
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_format_and_output_together(cli, base, tmp_path):
    ran = cli("check", base, *ONE, "-o", tmp_path / "r.txt", "--format", "json")
    assert json.loads(ran.out)["layout"] == "base"


def test_quiet_prints_nothing(cli, base):
    ran = cli("check", base, *ONE, *LOW, "--quiet")
    assert ran == (1, "", "")


def test_rules_are_chosen_in_lists(cli, base):
    shown = json.loads(
        cli(
            "check", base, "--select", "pwr101,PWR103", "--ignore", "PWR103", "--format", "json"
        ).out
    )
    assert [c["code"] for c in shown["coverage"]] == ["PWR101"]


def test_a_rule_that_does_not_exist(cli, base):
    ran = cli("check", base, "--select", "PWX")
    assert ran.code == 2
    assert "PWX" in ran.err
    assert cli("check", base, "--select", ",").code == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("power.bussways.*.rating_a=1", "busways"),
        ("power.busways.R9.rating_a=1", "R9"),
        ("power.busways.R1A.rating=1", "rating"),
        ("power.busways.R1A.rating_a=much", "much"),
        ("power.busways.R1A.rating_a=nan", "finite"),
        ("racks.*.provisioned_kw=-100", "greater than or equal to 0"),
        ("rating_a", "write it as"),
        ("power.busways.R1A.rating_a=[1, 2]", "one"),
    ],
)
def test_changes_that_cannot_be_made(cli, base, change, told):
    ran = cli("check", base, "--set", change)
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_change_may_carry_its_unit(cli, base):
    assert cli("check", base, *ONE, "--set", "power.busways.R1*.rating_a=0.1 kA").code == 1


def test_later_changes_win(cli, base):
    assert cli("check", base, *ONE, *LOW, "--set", "power.busways.R1*.rating_a=1200").code == 0


@pytest.mark.parametrize("day", ["20270501", "2027-02-30", "tomorrow", "2027-5-1"])
def test_days_that_are_none(cli, base, day):
    ran = cli("check", base, "--date", day)
    assert ran.code == 2
    assert day in ran.err


def test_date_mode_and_losses_are_conditions(cli, base):
    words = ("--date", "2027-06-01", "--mode", "nameplate", "--losses", "0", "--format", "json")
    conditions = json.loads(cli("check", base, *ONE, *words).out)["conditions"]
    assert (conditions["date"], conditions["mode"], conditions["losses"]) == (
        "2027-06-01", "nameplate", 0,
    )  # fmt: skip


def test_a_ship_notice_is_judged_against_what_stands(cli, base, tmp_path):
    notice = tmp_path / "asn.csv"
    notice.write_text("Serial,Type,Position\nX1,gb300_nvl72,R1-01\n", encoding="utf-8")
    shown = json.loads(cli("check", base, *ONE, "--deliveries", notice, "--format", "json").out)
    assert [v["rack"] for v in shown["verdicts"]] == ["X1"]


def test_a_wrong_ship_notice_is_told(cli, base, tmp_path):
    notice = tmp_path / "asn.csv"
    notice.write_text("Serial,Type\nX1,gb300_nvl7\n", encoding="utf-8")
    ran = cli("check", base, "--deliveries", notice)
    assert ran.code == 2
    assert 'Did you mean "gb300_nvl72"?' in ran.err


def test_all_that_is_wrong_with_a_ship_notice_is_told_at_once(cli, base, tmp_path):
    notice = tmp_path / "asn.csv"
    rows = ("N1,gb300_nvl7,R1-99", "N1,gb300_nvl72,R1-01", "N2,gb300_nvl72,R1-98")
    notice.write_text("\n".join(["Serial,Type,Place", *rows]).replace("Place", "Position"))
    ran = cli("check", base, "--deliveries", notice)
    assert ran.code == 2
    told = [line.replace(f"{notice} ", "") for line in ran.err.splitlines()]
    assert [line.partition(": ")[0] for line in told] == ["row 2", "row 2", "row 3", "row 4"]
    assert [line.split(": ")[1] for line in told] == ["Type", "Position", "Serial", "Position"]


def test_lists_of_connections_may_be_set(cli, base):
    ran = cli("check", base, *ONE, "--set", 'coolant.cdus.CDU1.feeds=["BX"]')
    assert ran.code == 2
    assert 'there is no "BX"' in ran.err
    assert cli("check", base, *ONE, "--set", 'coolant.cdus.CDU1.feeds=["BA"]').code == 0
