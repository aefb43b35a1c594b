"""Generators in parallel take a load together, whatever they are called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.checks.discover import all_rules
from twin.checks.engine import evaluate
from twin.checks.result import Report
from twin.checks.rows import gap_of
from twin.model.change import Scenario
from twin.solve.losses.gaps import beside
from twin.solve.losses.instants import rack_rides
from twin.solve.losses.steps import last_stage_s
from twin.solve.study import Study

HEAD = """
format = 1
name = "generators"
scope = ["PWR"]
profile = "nec-us"
[policy]
owner = "test"
[policy.limits]
start_margin_s = 0.001
[policy.losses]
source = "full"
[power.sources.UA]
voltage_v = 415
rating_kw = 2000
[power.ups.U]
fed_from = "UA"
alternate = "G1"
transfer_s = 0.1
rating_kw = 1000
battery_min = 1
[power.busways.B]
fed_from = "U"
rating_a = 2000
[racks.r]
type = "air_cpu_avg"
provisioned_kw = 528
power_factor = 1.0
[power.taps.t]
fed_from = "B"
breaker_a = 2000
[power.whips.w]
rack = "r"
shelf = 1
tap = "t"
"""
STAGED = "stage_kw = 100\nstage_s = 5\n"
SLOW = "stage_kw = 150\nstage_s = 40\nwalk_in_s = 30\n"


def layout(tmp_path: Path, first: str, second: str) -> Path:
    path = tmp_path / "site.toml"
    rated = 'kind = "generator"\nrating_kw = 600\nvoltage_v = 415\nstart_s = 10\n'
    path.write_text(
        HEAD
        + f"[power.sources.G1]\n{rated}{first}"
        + f'[power.sources.G2]\n{rated}{second}parallel_with = "G1"\n'
    )
    return path


def study(tmp_path: Path, first: str, second: str) -> Study:
    return pipeline.study(pipeline.load(layout(tmp_path, first, second)), Scenario())


def told(tmp_path: Path, first: str, second: str) -> Report:
    return pipeline.check(pipeline.load(layout(tmp_path, first, second)), select=["PWR214"])


@pytest.mark.parametrize(("first", "second"), [(STAGED, SLOW), (SLOW, STAGED)])
def test_stages_and_walk_in_of_the_slowest_count(tmp_path: Path, first: str, second: str) -> None:
    """264 kW each, in stages of 100 and of 150 kW: three for both, 40 s apart."""
    s = study(tmp_path, first, second)
    rides = s(rack_rides)
    assert rides.need_s == pytest.approx([10 + 0.1 + 30])
    source = s.site.rows_of("source", rides.starts)
    seconds, lacking = last_stage_s(s, source, rides.case)
    assert seconds == pytest.approx([80.0])
    assert lacking.tolist() == [-1]
    _, node = beside(s, source + s.site.first["source"] - s.arrays.topology.power.first, rides.case)
    assert len(np.unique(node)) == 2


@pytest.mark.parametrize(("first", "second"), [(STAGED, ""), ("", STAGED)])
def test_the_verdict_does_not_hang_on_names(tmp_path: Path, first: str, second: str) -> None:
    """60 s x 1,000 / 528 = 113.6 s of battery against 10.1 s and two more stages of 5 s."""
    report = told(tmp_path, first, second)
    assert not report.findings
    late = STAGED.replace("= 5", "= 60")
    swap = {STAGED: late, "": ""}
    (finding,) = told(tmp_path, swap[first], swap[second]).findings
    assert finding.demand == pytest.approx(130.101)
    assert finding.limit == pytest.approx(60 * 1000 / 528)


@pytest.mark.parametrize("silent", ["G1", "G2"])
def test_the_one_that_does_not_say_how_its_stages_follow_is_named(
    tmp_path: Path, silent: str
) -> None:
    quiet = "stage_kw = 100\n"
    report = told(tmp_path, *((quiet, SLOW) if silent == "G1" else (SLOW, quiet)))
    assert not report.findings
    assert [g.path for g in report.gaps] == [f"power.sources.{silent}.stage_s"]


def test_a_step_that_transformers_share_as_nobody_knows_is_not_known(tmp_path: Path) -> None:
    """Once the utility is lost each stands on a generator of its own."""
    path = layout(tmp_path, "", "")
    body = path.read_text().replace('parallel_with = "G1"\n', "")
    body = body.replace('[power.ups.U]\nfed_from = "UA"\nalternate = "G1"\ntransfer_s = 0.1\n', "")
    body = body.replace("rating_kw = 1000\nbattery_min = 1\n", "")
    body = body.replace('fed_from = "U"', 'fed_from = "T1"')
    for name in ("1", "2"):
        body += f'[power.transformers.T{name}]\nfed_from = "UA"\nalternate = "G{name}"\n'
        body += "transfer_s = 0.1\nrating_kva = 600\nvoltage_v = 415\n"
    path.write_text(body + 'z_pct = 6\nparallel_with = "T1"\n')
    rules = [r for r in all_rules() if r.code == "PWR217"]
    e = evaluate(pipeline.study(pipeline.load(path), Scenario()), rules)
    names = e.study.site.names[e.rows.subject].tolist()
    assert sorted(set(names)) == ["source:G1", "source:G2"]
    assert np.isnan(e.rows.demand).all()
    told = {e.study.site.path_of(*gap_of(g)) for g in e.rows.gap.tolist()}
    assert told == {"power.transformers.T1.z_pct"}
