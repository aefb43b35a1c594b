"""Racks that one CDU carries: as the least of heat, rated flow and head, by verdicts.

GB300 racks of 135 kW give 121.5 kW to liquid and need 59, 119 and 177 L/min at 25, 40 and 45 degC
(Lenovo LP2357). The CDUs are published ones.
"""

import numpy as np
import pytest

import twin
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.warmth import Valve

ROW = """
format = 1
name = "counts"
profile = "nec-us"
scope = ["COL"]

[policy.provisioned_kw]
gb300_nvl72 = 135

[policy.losses]
pump = "{pump}"

[halls.H1]
outline_m = [[0, 0], [14, 0], [14, 8], [0, 8]]
dry_bulb_c = 20
relative_humidity_pct = 40

[rows.R1]
hall = "H1"
at_m = [3, 3]
count = {racks}
pitch_m = 0.6
depth_m = 1.2
loop = "T1"

[coolant.plants.FWS]
supply_c = {facility}
fluid = "water"
rating_kw = 5000

[coolant.loops.T1]
supply_c = {supply}
fluid = "pg25"
hall = "H1"
control = "pressure"
set_kpa = {set_kpa}

[coolant.cdus.C1]
loop = "T1"
plant = "FWS"
{cdu}

[coolant.plants.CHW]
supply_c = 18
rating_kw = 500

[coolant.air_units.FW1]
type = "vertiv_fa069hc"
plant = "CHW"
hall = "H1"

[deliveries.D1]
type = "gb300_nvl72"
positions = ["R1-*"]
"""

PIPES = """
[coolant.pipes.P1]
loop = "T1"
start = "C1"
end = "M1"
type = "pipe_nps6_10s"
length_m = 4

[coolant.manifolds.M1]
loop = "T1"
row = "R1"
type = "pipe_nps6_10s"
hookup = "PICV"

[coolant.hookups.PICV]
hose_m = 1.5
bore_m = 0.05
roughness_m = 0
kv_m3h = 40
independent = true
"""

TWO_PUMPS = """
flow_lpm = 1200
head_kpa = 244
pumps = 2
"""
THREE_PUMPS = """
flow_lpm = 1800
head_kpa = 198
pumps = 3
"""
RATED = """
heat_kw = 1368
approach_k = 4
facility_flow_lpm = 1200
rated_flow_lpm = 1200
rated_fluid = "pg25"
rated_facility_fluid = "water"
rated_supply_c = 40
"""
"""As published for 4 K and 1,200 L/min on both sides, with what the sheet leaves to the order."""


@pytest.fixture
def row(tmp_path):
    """Build a row of so many racks on one CDU; each value of `ROW` by its name."""

    def build(*, pipes=PIPES, **values):
        facts = {"pump": "may go dark", "set_kpa": 190} | values
        path = tmp_path / "row.toml"
        path.write_text(ROW.format(**facts) + pipes, encoding="utf-8")
        return twin.load(path)

    return build


def words(site, select=()):
    """How many racks are feasible, blocked and unknown."""
    counts = twin.check(site, select=select).counts
    return counts["feasible"], counts["blocked"], counts["unknown"]


SHEET = 'type = "vertiv_xdu1350"'
"""1,368 kW at 4 K approach, 1,200 L/min on two pumps."""


@pytest.mark.parametrize(("racks", "told"), [(11, (11, 0, 0)), (12, (11, 1, 0))])
def test_by_heat_a_cdu_of_1368_kw_carries_11_at_its_approach(row, racks, told):
    site = row(racks=racks, supply=40, facility=36, cdu=SHEET, pipes="")
    assert words(site, ["COL101"]) == told


@pytest.mark.parametrize(("racks", "valve"), [(11, Valve.THROTTLING), (12, Valve.WIDE_OPEN)])
def test_by_its_exchanger_it_holds_40_degc_under_the_heat_of_11(row, racks, valve):
    """All of its 1,200 L/min flow, shared alike."""
    shared = PIPES.replace("independent = true", f"hold_lpm = {1200 / racks}")
    site = row(racks=racks, supply=40, facility=36, cdu=TWO_PUMPS + RATED, pipes=shared)
    (flow,) = study(site)(loop_flows)
    assert isinstance(flow, LoopFlow)
    assert flow.warmth.valve.tolist() == [[valve]]
    assert (flow.warmth.supply_c > 40.1).all() == (valve == Valve.WIDE_OPEN)


@pytest.mark.parametrize(("supply", "most"), [(40, 10), (45, 6)])
def test_by_flow_two_pumps_carry_10_at_40_degc_and_6_at_45(row, supply, most):
    for racks, told in ((most, (most, 0, 0)), (most + 1, (most, 1, 0))):
        by_sum = row(racks=racks, supply=supply, facility=supply - 4, cdu=SHEET, pipes="")
        assert words(by_sum, ["COL102"]) == told
        at = {"racks": racks, "supply": supply, "facility": supply - 5}
        assert words(row(**at, cdu=TWO_PUMPS + RATED)) == told


def test_a_third_pump_carries_10_and_is_then_no_spare(row):
    # 10 racks at 1,770 L/min bring more heat than 1,200 L/min of facility water take at 40 degC.
    three = {"supply": 45, "facility": 38, "cdu": THREE_PUMPS + RATED}
    assert words(row(racks=10, **three)) == (10, 0, 0)
    assert words(row(racks=11, **three)) == (10, 1, 0)
    assert words(row(racks=10, **three, pump="full")) == (6, 4, 0)


def test_by_rated_flow_a_cdu_of_2125_lpm_carries_12_at_45_degc_and_not_13(row):
    """2,000 kW are published for 5 K, without facility flow or fluid."""
    known = {"supply": 45, "facility": 40, "cdu": 'type = "coolit_chx2000"'}
    assert words(row(racks=12, **known)) == (12, 0, 0)
    assert words(row(racks=13, **known)) == (12, 1, 0)


def test_what_it_carries_at_a_smaller_approach_is_unknown_and_said_so(row):
    told = twin.check(row(racks=12, supply=45, facility=42, cdu='type = "coolit_chx2000"'))
    assert "coolant.cdus.C1.heat_kw" in {gap.path for gap in told.gaps}
    assert told.counts["feasible"] == 0


def test_at_the_end_of_its_curve_a_rack_still_has_a_need(row):
    """Mixing rounds 45 degC up by a part in 1e15."""
    site = row(racks=9, supply=45, facility=38, cdu=THREE_PUMPS + RATED)
    (flow,) = study(site)(loop_flows)
    assert isinstance(flow, LoopFlow)
    assert not np.isnan(flow.need_lpm).any()
