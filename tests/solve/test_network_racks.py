"""Racks stand on the racks that house their switches, and nothing stands on itself."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.arrays.needs import Needs, needs_of
from twin.checks.result import Report
from twin.model.change import Change, Conditions, Scenario
from twin.site.change import change
from twin.site.site import Site

BASE = Path(__file__).parents[1] / "rules" / "base.toml"
RACKS = ("D1-001", "D1-002", "D1-003", "D1-004", "DN-001", "")
LIGHT = Change("set", "positions.N1-01.max_kg", 100.0)


@functools.cache
def base() -> Site:
    return pipeline.load(BASE)


def check(*changes: Change) -> Report:
    return pipeline.check(base(), Scenario(changes=changes))


def pairs(site: Site, needs: Needs) -> set[tuple[str, str]]:
    tail = np.repeat(np.arange(site.size), np.diff(needs.ptr))
    names = site.names
    return set(zip(names[tail].tolist(), names[needs.needs].tolist(), strict=True))


def in_order(needs: Needs) -> bool:
    """Whether what is needed comes before the needy, everywhere."""
    turn = np.argsort(needs.order)
    tail = np.repeat(np.arange(len(needs.ptr) - 1), np.diff(needs.ptr))
    return bool((turn[needs.needs] < turn[tail]).all())


def housed(first: str, second: str) -> Site:
    return change(
        base(),
        [
            Change("set", "data.switches.L1.rack", first),
            Change("set", "data.switches.L2.rack", second),
            Change("set", "data.switches.*.position", ""),
        ],
    )


def test_a_switch_needs_the_rack_on_its_position() -> None:
    needs = needs_of(base())
    assert {("switch:L1", "rack:DN-001"), ("rack:D1-001", "switch:L1")} <= pairs(base(), needs)
    assert in_order(needs)


def test_a_rack_does_not_wait_for_the_switch_in_itself() -> None:
    site = housed("D1-001", "DN-001")
    found = pairs(site, needs_of(site))
    assert ("rack:D1-001", "switch:L1") not in found
    assert {("rack:D1-002", "switch:L1"), ("switch:L1", "rack:D1-001")} <= found


def test_racks_that_house_each_others_switches_make_no_cycle() -> None:
    site = housed("D1-001", "D1-002")
    found = pairs(site, needs_of(site))
    assert {("rack:D1-001", "switch:L2"), ("rack:D1-003", "switch:L1")} <= found
    assert not {("switch:L1", "rack:D1-001"), ("switch:L2", "rack:D1-002")} & found


@settings(max_examples=36, deadline=None)
@given(st.sampled_from(RACKS), st.sampled_from(RACKS))
def test_needs_come_before_the_needy_wherever_switches_stand(first: str, second: str) -> None:
    assert in_order(needs_of(housed(first, second)))


def test_a_chain_of_racks_and_switches_keeps_its_order() -> None:
    # The rack of L1 hangs on L2 alone, whose rack comes later by name.
    site = change(housed("D1-001", "DN-001"), [Change("remove", "drops.*>L1")])
    copy = {"copy": "R1-02>L2", "head": "L1"}
    site = change(site, [Change("add", "drops.R1-02>L1", copy)])
    needs = needs_of(site)
    chain = {
        ("rack:D1-002", "switch:L1"), ("switch:L1", "rack:D1-001"),
        ("rack:D1-001", "switch:L2"), ("switch:L2", "rack:DN-001"),
    }  # fmt: skip
    assert chain <= pairs(site, needs)
    assert in_order(needs)


def test_a_blocked_network_rack_blocks_the_racks_on_its_switches() -> None:
    report = check(LIGHT)
    assert report.counts["blocked"] == 5
    finding = next(f for f in report.findings if f.code == "SPC102")
    assert finding.subject == "rack:DN-001"
    assert finding.racks_on_it == 5


def test_racks_on_other_switches_are_not_blocked() -> None:
    # What the owner caps a rack to is all of it: its shelves carry no switches beside the servers.
    capped = Change("set", "racks.D1-001.provisioned_kw", 132.0)
    report = check(LIGHT, Change("set", "data.switches.*.rack", "D1-001"), capped)
    assert report.counts["blocked"] == 1


def test_what_the_network_rack_lacks_is_missing_for_the_racks_on_its_switches() -> None:
    report = check(Change("set", "catalog.nv_network_rack.height_m", float("nan")))
    assert report.counts["unknown"] == 5
    assert [g.racks for g in report.gaps] == [5]


def test_what_covers_the_network_rack_does_not_cover_others() -> None:
    bare = Change("remove", "power.whips.D1-001*")
    scope = Conditions(scope=frozenset({"PWR"}))
    report = pipeline.check(base(), Scenario(changes=(bare,), conditions=scope), select=["PWR101"])
    assert report.counts["feasible"] == 4
    assert report.counts["unknown"] == 1


def test_a_blocked_rack_of_spines_blocks_all_racks_below_them() -> None:
    site = pipeline.load(BASE.with_name("fabric.toml"))
    heavy = Change("set", "positions.N-03.max_kg", 100.0)
    scope = Conditions(scope=frozenset({"SPC"}))
    report = pipeline.check(site, Scenario(changes=(heavy,), conditions=scope), select=["SPC102"])
    finding = next(f for f in report.findings if f.code == "SPC102")
    assert finding.subject == "rack:N-003"
    assert finding.racks_on_it == 9
    assert report.counts["blocked"] == 9
