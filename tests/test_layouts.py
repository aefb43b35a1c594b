"""The example layouts say what they are there to show."""

from __future__ import annotations

import datetime as dt
import functools
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from twin import pipeline
from twin.checks.result import Finding, Report
from twin.errors import Exit
from twin.model.change import Change, Conditions, Scenario

LAYOUTS = Path(__file__).parents[1] / "layouts"


@functools.cache
def report(name: str) -> Report:
    return pipeline.check(pipeline.load(LAYOUTS / f"{name}.toml"))


def findings(name: str, code: str) -> list[Finding]:
    return [f for f in report(name).findings if f.code == code]


def flat(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in flat(item, (*path, key)).items()}
    return {path: value}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twin", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_first_try_shelves_are_short_after_a_source_is_lost() -> None:
    found = findings("hall_gb300_first_try", "PWR201")
    assert len(found) == 32
    assert {(f.demand, f.limit) for f in found} == {(142.0, 132.0)}


def test_first_try_cdu_passes_by_heat_and_fails_by_flow() -> None:
    assert not findings("hall_gb300_first_try", "COL101")
    flow = findings("hall_gb300_first_try", "COL102")
    assert flow[0].limit == 1200
    assert flow[0].racks_that_fit == 6 < flow[0].racks_on_it == 8


def test_first_try_busway_of_800_a_carries_three() -> None:
    found = next(f for f in findings("hall_gb300_first_try", "PWR101") if f.subject == "busway:R1A")
    assert (found.limit, found.racks_that_fit, found.racks_on_it) == (640.0, 3, 8)
    capped = pipeline.check(
        pipeline.load(LAYOUTS / "hall_gb300_first_try.toml"),
        Scenario(changes=(Change("set", "racks.W*.provisioned_kw", 132.0),)),
    )
    small = next(f for f in capped.findings if f.subject == "busway:R1A" and f.code == "PWR101")
    assert small.racks_that_fit == 3


def test_one_rack_too_many_blocks_one_rack() -> None:
    only = pipeline.check(report("hall_gb300_first_try").site, select=["PWR101"])
    blocked = only.site.tables["rack"].ids[only.verdicts.rack[only.verdicts.state == 2]].tolist()
    on_r2 = [serial for serial in blocked if serial in {f"W18-{n:02d}" for n in range(9, 17)}]
    assert on_r2 == ["W18-16"]


def test_first_try_has_a_column_in_the_way_and_a_loop_that_is_late() -> None:
    assert [f.subject for f in findings("hall_gb300_first_try", "SPC303")] == ["position:R4-08"]
    assert len(findings("hall_gb300_first_try", "DLV502")) == 8


def test_put_right_differs_only_in_what_the_fixes_name() -> None:
    texts = {
        name: tomllib.loads((LAYOUTS / f"{name}.toml").read_text())
        for name in ("hall_gb300", "hall_gb300_first_try")
    }
    right, first = (flat(texts[n]) for n in texts)
    changed = {k for k in right.keys() | first.keys() if right.get(k) != first.get(k)}
    changed -= {("name",), ("title",)}
    fixes = " ".join(f.fix for f in report("hall_gb300_first_try").findings)
    words = {"air_units": "air units", "provisioned_kw": "provisioned_kw"}
    for path in sorted(changed):
        section = next((words[p] for p in path if p in words), path[-1])
        assert section in fixes, f"no fix names {'.'.join(path)}"
    assert {p[-1] for p in changed} >= {"rating_a", "supply_c", "at_m", "max_kg", "medium"}


def test_put_right_passes_on_its_assumptions_and_not_without(tmp_path: Path) -> None:
    assert run("check", LAYOUTS / "hall_gb300.toml").returncode == Exit.FEASIBLE
    text = (LAYOUTS / "hall_gb300.toml").read_text()
    start, end = text.index("\n[[assume]]"), text.index("\n[halls.H1]")
    bare = tmp_path / "bare.toml"
    bare.write_text(text[:start] + text[end:])
    assert run("check", bare).returncode == Exit.NOT_FEASIBLE
    assert run("check", bare, "--fail-on", "blocked").returncode == Exit.FEASIBLE
    assert pipeline.check(pipeline.load(bare)).counts["blocked"] == 0


def test_mixed_generations_have_honest_unknowns() -> None:
    counts = report("mixed_generations").counts
    assert counts["blocked"] == 0
    assert counts["unknown"] == 12
    missing = {gap.path for gap in report("mixed_generations").gaps}
    assert "catalog.vr_nvl72.mass_kg" in missing
    assert "catalog.amd_helios_mi455x.power_factor" in missing


def test_campus_takes_the_week() -> None:
    counts = report("campus_1000/campus_1000").counts
    assert counts["delivered"] == 1250
    assert counts["feasible"] == 1250


def test_campus_is_what_its_script_writes(tmp_path: Path) -> None:
    script = LAYOUTS.parent / "scripts" / "campus.py"
    folder = tmp_path / "campus_1000"
    subprocess.run([sys.executable, str(script), str(folder)], check=True, capture_output=True)
    for path in sorted((LAYOUTS / "campus_1000").iterdir()):
        assert path.read_text() == (folder / path.name).read_text(), path.name


@pytest.mark.parametrize("broken", ["feed_unknown", "negative_size", "key_unknown"])
def test_broken_files_exit_2_with_a_helpful_line(broken: str) -> None:
    done = run("check", LAYOUTS / "broken" / f"{broken}.toml")
    assert done.returncode == Exit.BAD_INPUT
    assert f"{broken}.toml:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_day_before_the_trucks_has_nothing_to_judge() -> None:
    site = report("hall_gb300").site
    early = pipeline.check(site, Scenario(conditions=Conditions(date=dt.date(2027, 3, 20))))
    assert early.counts["delivered"] == 8


def test_a_ship_notice_is_judged_against_what_stands(tmp_path: Path) -> None:
    notice = tmp_path / "asn.csv"
    notice.write_text(
        "Serial,Type,Position,Arrives,Truck\n"
        "SN-1,gb300_nvl72,R1-01,2027-05-03,T1\n"
        "SN-2,gb300_nvl72,R4-08,2027-05-03,T1\n"
    )
    site = pipeline.load(LAYOUTS / "hall_gb300_first_try.toml", notice)
    assert len(site.tables["rack"]) == 10
    told = pipeline.check(site)
    assert told.counts["delivered"] == 2
    assert told.counts["blocked"] == 2
    assert run("check", LAYOUTS / "hall_gb300.toml", "--deliveries", notice).returncode == 1
