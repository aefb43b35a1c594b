"""Air units and the water of a plant whose pipes nobody describes."""

from __future__ import annotations

import twin
from twin.checks.result import State

SITE = twin.load("layouts/coolant_in_row.toml")
"""Two units of a product that is rated with water of 18 degC, on a plant of 18 degC."""


def test_water_that_may_be_frozen_is_not_known_to_cool():
    cold = {"coolant.plants.CHW.supply_c": -5.0, "coolant.plants.CHW.fluid": "water"}
    report = twin.check(twin.change(SITE, cold))
    assert (report.verdicts.state == State.UNKNOWN).all()
    (gap,) = twin.gaps(report)
    assert gap.path == "plant:CHW"
    assert gap.meaning == "it supplies -5 degC, and its water is known from 0 to 80 degC"
    assert gap.racks == 8


def test_heat_of_ones_own_says_nothing_of_water_warmer_than_the_hall():
    own = {"coolant.plants.CHW.supply_c": 45.0, "coolant.air_units.*.heat_kw": 252.4}
    report = twin.check(twin.change(SITE, own))
    assert (report.verdicts.state == State.BLOCKED).all()
    assert {f.code for f in report.findings if f.role == "gate"} == {"COL309"}


def test_a_product_that_is_rated_for_its_water_is_measured_by_that():
    assert "COL309" not in measured(SITE)
    assert "COL309" in measured(twin.change(SITE, {"coolant.air_units.*.heat_kw": 252.4}))


def measured(site: twin.Site) -> set[str]:
    report = twin.check(site)
    return {report.rules[int(rule)].code for rule in report.margins.rule}
