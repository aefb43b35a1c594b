"""Loops with liquid-to-air units, policies that cap racks, and fluids without a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.solve.coolant.air import heat_to_hall
from twin.solve.coolant.fluids import return_c
from twin.solve.coolant.racks import air_side, approach_holds, cdu_heat, flow_need
from twin.solve.study import Study

LAYOUT = """
format = 1
name = "pods"
profile = "nec-us"

[policy]
owner = "test"
provisioned_kw = {{ gb300_nvl72 = 135 }}

[policy.losses]
{losses}

[halls.H1]
outline_m = [[0, 0], [30, 0], [30, 10], [0, 10]]
dry_bulb_c = 24

[rows.R]
hall = "H1"
at_m = [3.0, 4.0]
count = 4
pitch_m = 0.6
loop = "T"

[coolant.plants.P]
supply_c = 30

[coolant.loops.T]
supply_c = 40
fluid = "{fluid}"

[coolant.cdus.C1]
type = "{cdu}"
loop = "T"
{more}

[coolant.cdus.C2]
type = "{cdu}"
loop = "T"
{more}

[deliveries.D]
type = "gb300_nvl72"
positions = ["R-*"]
"""


CAPPED = """
cdu = { outcome = "capped", to = 0.5, within_s = 5, withstand_s = 60, enforced_by = "external:bms" }
"""


STATED = 'hall = "H1"\napproach_k = 12'


def study(folder: Path, **words: str) -> Study:
    given = {
        "losses": 'cdu = "full"',
        "cdu": "smc_l2a_200",
        "more": STATED,
        "fluid": "pg25",
    } | words
    file = folder / "pods.toml"
    file.write_text(LAYOUT.format(**given))
    return pipeline.study(pipeline.load(file))


def test_liquid_to_air_units_need_no_water_and_heat_the_hall(tmp_path: Path) -> None:
    one = study(tmp_path)
    assert one(air_side).all()
    assert one(approach_holds).all()
    assert one(cdu_heat).tolist() == [200, 200]
    assert one(heat_to_hall).tolist() == [135] * 4


def test_a_liquid_to_air_unit_that_states_an_approach_is_held_to_the_air_of_its_hall(
    tmp_path: Path,
) -> None:
    one = study(tmp_path)
    supply = float(one.table("loop")["supply_c"][0])
    cool, warm = (
        pipeline.change(one.site, {"halls.*.dry_bulb_c": supply - k}) for k in (12.0, 11.0)
    )
    assert pipeline.study(cool)(cdu_heat).tolist() == [200, 200]
    assert np.isnan(pipeline.study(warm)(cdu_heat)).all()
    (found, _) = pipeline.check(warm, select=["COL402"]).findings
    assert (found.demand, found.limit) == (11, 12)
    unsaid = pipeline.check(
        pipeline.change(one.site, {"halls.*.dry_bulb_c": float("nan")}), select=["COL101", "COL402"]
    )
    assert {gap.path.rpartition(".")[2] for gap in unsaid.gaps} == {"dry_bulb_c"}


def test_one_that_states_no_approach_carries_nobody_knows_what(tmp_path: Path) -> None:
    """40 degC of coolant gives nothing to 45 degC of air."""
    site = study(tmp_path, more='hall = "H1"').site
    for dry_bulb in (24.0, 45.0):
        one = pipeline.change(site, {"halls.*.dry_bulb_c": dry_bulb})
        assert np.isnan(pipeline.study(one)(cdu_heat)).all()
        report = pipeline.check(one, select=["COL101"])
        assert report.counts["unknown"] == 4
        assert {gap.path for gap in report.gaps} == {"catalog.smc_l2a_200.approach_k"}


def test_with_facility_water_only_the_rest_heats_the_hall(tmp_path: Path) -> None:
    one = study(tmp_path, cdu="vertiv_xdu1350", more='plant = "P"')
    assert not one(air_side).any()
    assert one(heat_to_hall) == pytest.approx([0.13 * 135] * 4)


@pytest.mark.parametrize(("losses", "feasible"), [(CAPPED, 4), ('cdu = "full"', 2)])
def test_racks_that_are_capped_after_a_loss_ask_for_less(
    tmp_path: Path, losses: str, feasible: int
) -> None:
    """4 x 90 kW on 2 x 200 kW: with one lost, half the load stands and all of it does not."""
    site = study(tmp_path, losses=losses).site
    site = pipeline.change(site, {"racks.*.provisioned_kw": 100})
    assert pipeline.check(site, select=["COL101"]).counts["feasible"] == feasible


def test_a_cap_that_nobody_knows_to_be_fast_enough_is_not_known(tmp_path: Path) -> None:
    slow = 'cdu = { outcome = "capped", to = 0.5, within_s = 5, enforced_by = "external:bms" }'
    one = study(tmp_path, losses=slow, cdu="vertiv_xdu2300", more='plant = "P"')
    # 470 kW stand on one unit without any cap; on one of 400 kW they need it.
    report = pipeline.check(one.site, select=["COL101"])
    assert report.counts["feasible"] == 4
    small = pipeline.change(one.site, {"coolant.cdus.*.heat_kw": 400})
    report = pipeline.check(small, select=["COL101"])
    assert report.counts["unknown"] == 4
    assert [gap.path for gap in report.gaps] == ["policy.losses.cdu.withstand_s"]


def test_the_return_is_not_known_where_nobody_says_the_fluid(tmp_path: Path) -> None:
    assert np.isnan(study(tmp_path, fluid="")(return_c)).all()
    known = study(tmp_path)
    assert known(flow_need) == pytest.approx([119.0] * 4)
    assert known(return_c) == pytest.approx([55.23] * 4, abs=0.01)
