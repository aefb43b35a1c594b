"""The loss of a heat exchanger: its CDU stands still, and it has a name and a policy of its own."""

from __future__ import annotations

import numpy as np

import twin
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.losses.cases import cases

SITE = twin.load("tests/rules/facility.toml")
FREE = {"policy.losses.cdu": "may go dark", "policy.losses.pump": "may go dark"}


def lane(site: twin.Site, name: str) -> tuple[LoopFlow, int]:
    one = study(site)
    case = one(cases).name.tolist().index(name)
    (flow,) = one(loop_flows)
    assert isinstance(flow, LoopFlow)
    return flow, int(flow.lanes.of_case[case])


def test_its_cdu_stands_still_and_the_others_carry_the_heat():
    named, k = lane(
        twin.change(SITE, FREE | {"policy.losses.exchanger": "full"}), "the exchanger of cdu:C1"
    )
    whole, n = lane(SITE, "cdu:C1")
    assert named.unit_lpm[k, 0] == 0
    np.testing.assert_array_equal(named.rack_lpm[k], whole.rack_lpm[n])
    np.testing.assert_array_equal(named.warmth.heat_kw[k], whole.warmth.heat_kw[n])


def test_it_has_a_policy_of_its_own():
    small: dict[str, object] = {f"coolant.cdus.C{k}.heat_kw": 95.0 for k in (1, 2)}
    small["catalog.gb300_nvl72.supply_max_c"] = 41.0
    assert twin.check(twin.change(SITE, FREE | small)).counts["feasible"] == 2
    asked = FREE | small | {"policy.losses.exchanger": "full"}
    blocked = twin.check(twin.change(SITE, asked))
    assert blocked.counts["feasible"] < 2
    lost = {finding.case for finding in blocked.worst(5) if finding.case}
    assert lost & {"the exchanger of cdu:C1", "the exchanger of cdu:C2"}
