"""Coverage: how many subjects of a rule are not known, and what they lack, advice as well."""

from __future__ import annotations

import twin
from twin.report.words import lacks

SITE = twin.load("tests/rules/facility.toml")


def covered(site: twin.Site) -> dict[str, tuple[int, str, int]]:
    return {c.code: (c.unknown, c.lacks, c.more) for c in twin.check(site).coverage}


def test_a_gate_that_only_advises_for_want_of_a_figure_names_it():
    assert covered(SITE)["COL414"] == (5, "coolant.loops.T1.static_kpa", 0)


def test_of_many_the_field_that_most_lack_is_named_and_the_others_are_counted():
    assert covered(SITE)["COL205"] == (3, "coolant.cdus.C1.min_flow_lpm", 2)
    given = twin.change(SITE, {"coolant.cdus.C1.min_flow_lpm": 50.0})
    assert covered(given)["COL205"] == (2, "coolant.cdus.C2.min_flow_lpm", 1)


def test_a_field_that_is_told_can_be_given():
    static = twin.change(SITE, {"coolant.loops.T1.static_kpa": 100.0})
    assert covered(static)["COL414"][1] != "coolant.loops.T1.static_kpa"


def test_a_rule_of_which_all_is_known_lacks_nothing():
    found = {c.code: c for c in twin.check(SITE).coverage}
    assert not found["COL103"].unknown
    assert lacks(found["COL103"]) == ""


def test_advice_on_ways_names_its_field():
    site = twin.load("layouts/fabric_h100_127.toml")
    (found,) = twin.check(site, select=["CAB401"]).coverage
    assert (found.unknown, found.lacks, found.more) == (7, "trays.ALONG.bend_radius_m", 6)
