"""CDUs of which nobody knows what water they ask for, on a described plant with others.

They are taken to ask for all that their valves pass: who has enough beside them surely has, and of
who has not nobody knows.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import twin
from twin.checks.result import Report, State
from twin.pipeline import study
from twin.solve.coolant.coupled import guessing, loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.warmth import Valve

SECOND_LOOP = """
[rows.R3]
hall = "H1"
at_m = [9.0, 3.0]
count = 1
pitch_m = 0.6
width_m = 0.6
depth_m = 1.2
loop = "T2"

[racks.G3]
type = "gb300_nvl72"
position = "R3-01"

[coolant.loops.T2]
supply_c = 40
fluid = "pg25"
hall = "H1"
control = "pressure"
set_kpa = 140

[coolant.cdus.C3]
loop = "T2"
plant = "FWS"
heat_kw = 400
approach_k = 4
flow_lpm = 400
head_kpa = 220
rated_supply_c = 40
rated_fluid = "pg25"
rated_facility_fluid = "water"
facility_flow_lpm = 400
facility_dp_kpa = 70
pumps = 3
pumps_needed = 2

[coolant.pipes.H9]
plant = "FWS"
start = "J2"
end = "C3"
bore_m = 0.08
roughness_m = 0.000045
length_m = 5

[coolant.pipes.P9]
loop = "T2"
start = "C3"
end = "M3"
bore_m = 0.08
roughness_m = 0.000045
length_m = 4

[coolant.manifolds.M3]
loop = "T2"
row = "R3"
bore_m = 0.08
roughness_m = 0.000045
hookup = "STD"
"""
LACKING = {
    "hose": {"coolant.manifolds.M1.bore_m": np.nan},
    "pipe": {"coolant.pipes.P1.length_m": np.nan},
    "rating": {"coolant.cdus.C1.approach_k": np.nan, "coolant.cdus.C2.approach_k": np.nan},
    "control": {"coolant.loops.T1.set_kpa": np.nan},
}
PLANTS = {
    "enough for all": {},
    "not for their ratings": {
        "coolant.air_units.FW1.facility_dp_kpa": 80.0, "coolant.cdus.C3.facility_dp_kpa": 1200.0,
    },
    "not for what they ask": {"coolant.plants.FWS.set_kpa": 25.0},
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> twin.Site:
    """Two loops on one plant: T1 with C1 and C2, T2 with C3; and an air unit."""
    path = tmp_path_factory.mktemp("two") / "two.toml"
    first = Path("tests/rules/facility.toml").read_text(encoding="utf-8")
    may_go = first.replace('cdu = "full"', 'cdu = "may go dark"')
    path.write_text(may_go + SECOND_LOOP, encoding="utf-8")
    return twin.load(path)


def outcome(report: Report) -> dict[str, State]:
    racks = report.site.names[report.site.first["rack"] + report.verdicts.rack].tolist()
    return {
        str(rack): State(int(state))
        for rack, state in zip(racks, report.verdicts.state, strict=True)
    }


def of_t2(site: twin.Site, changes: dict[str, object]) -> LoopFlow:
    flow = study(twin.change(site, changes))(loop_flows)[1]
    assert isinstance(flow, LoopFlow)
    return flow


@pytest.mark.parametrize("lacks", LACKING)
@pytest.mark.parametrize("plant", PLANTS)
def test_what_lacks_elsewhere_neither_blocks_nor_lets_pass(site, lacks, plant):
    """What is told beside it is what would be told if all were known, or that it is not known."""
    whole = outcome(twin.check(twin.change(site, PLANTS[plant])))
    found = outcome(twin.check(twin.change(site, PLANTS[plant] | LACKING[lacks])))
    assert found["rack:G3"] in {whole["rack:G3"], State.UNKNOWN}
    assert found["rack:G1"] in {State.UNKNOWN, State.BLOCKED}


def test_enough_beside_all_that_may_be_asked_for_is_enough(site):
    # One valve is kept from its rated flow, or the plant of this layout had not enough for all.
    changes = LACKING["control"] | {
        "coolant.cdus.C1.facility_flow_lpm": 150.0, "coolant.cdus.C2.facility_flow_lpm": 150.0,
    }  # fmt: skip
    assert set(of_t2(site, changes).warmth.valve[0].tolist()) == {Valve.THROTTLING}
    assert outcome(twin.check(twin.change(site, changes)))["rack:G3"] == State.FEASIBLE


def test_who_has_not_enough_beside_it_is_not_known(site):
    changes = LACKING["control"] | PLANTS["not for their ratings"]
    one = study(twin.change(site, changes))
    assert set(of_t2(site, changes).warmth.valve[0].tolist()) == {Valve.UNKNOWN}
    assert [int(c) for c in one(guessing).values()] == [0]
    report = twin.check(twin.change(site, changes))
    assert set(outcome(report).values()) == {State.UNKNOWN}
    named = {gap.path: gap.racks for gap in twin.gaps(report)}
    assert named == {"coolant.loops.T1.set_kpa": 3}


def test_a_loop_that_is_not_described_is_told_so(site):
    without = twin.change(
        site,
        [
            twin.Change("remove", f"coolant.{path}")
            for path in ("pipes.P1", "pipes.P2", "manifolds.M1")
        ]
        + [
            twin.Change("set", path, value)
            for path, value in PLANTS["not for their ratings"].items()
        ],
    )
    report = twin.check(without)
    assert outcome(report)["rack:G3"] == State.UNKNOWN
    assert "loop:T1" in {gap.path for gap in twin.gaps(report)}


def test_a_valve_that_closes_no_further_gets_more_where_others_ask_for_less(site):
    held = {"coolant.cdus.C3.valve_min": 0.3}
    assert set(of_t2(site, held).warmth.valve[0].tolist()) != {Valve.UNKNOWN}
    unknown = of_t2(site, held | LACKING["control"])
    assert set(unknown.warmth.valve[0].tolist()) == {Valve.UNKNOWN}
