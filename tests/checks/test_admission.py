"""Who is taken: rank, live racks, waivers, unknown figures, assumptions."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.checks.admission import TAKEN, admit
from twin.checks.result import Report, State
from twin.model.change import Change, Conditions, Scenario
from twin.model.policy import Waiver
from twin.report.text import text as twin_text
from twin.site.site import Site

BASE = Path(__file__).parents[1] / "rules" / "base.toml"


@functools.cache
def base() -> Site:
    return pipeline.load(BASE)


def check(*changes: Change, site: Site | None = None, **conditions: object) -> Report:
    scope = frozenset({"PWR"})
    scenario = Scenario(changes=changes, conditions=Conditions(scope=scope, **conditions))  # type: ignore[arg-type]
    return pipeline.check(site or base(), scenario)


def state(report: Report, serial: str) -> State:
    names = report.site.tables["rack"].ids[report.verdicts.rack].tolist()
    return State(int(report.verdicts.state[names.index(serial)]))


SMALL = Change("set", "power.busways.*.rating_a", 980.0)
"""784 A allowed: the network rack and three GB300 racks, 188 A each, fit; a fourth does not."""


def test_one_rack_too_many_blocks_one_rack() -> None:
    report = check(
        SMALL, Change("remove", "racks.DN-001"), Change("set", "power.busways.*.rating_a", 800.0)
    )
    assert report.counts["blocked"] == 1
    assert state(report, "D1-004") == State.BLOCKED
    finding = next(f for f in report.findings if f.subject == "busway:R1A")
    assert (finding.racks_on_it, finding.racks_that_fit) == (4, 3)
    assert finding.held_back == ("D1-004",)


def test_earlier_racks_go_first_and_priority_decides_among_equals() -> None:
    small = Change("set", "power.busways.*.rating_a", 800.0)
    gone = Change("remove", "racks.DN-001")
    early = check(small, gone, Change("set", "racks.D1-004.arrives", dt.date(2027, 4, 1)))
    assert state(early, "D1-003") == State.BLOCKED
    assert state(early, "D1-004") == State.FEASIBLE
    first = check(small, gone, Change("set", "racks.D1-004.priority", 5))
    assert state(first, "D1-003") == State.BLOCKED


def test_a_live_rack_is_never_blocked_by_a_newcomer() -> None:
    small = Change("set", "power.busways.*.rating_a", 800.0)
    gone = Change("remove", "racks.DN-001")
    report = check(small, gone, Change("set", "racks.D1-004.state", "live"))
    assert state(report, "D1-004") == State.FEASIBLE
    assert state(report, "D1-003") == State.BLOCKED
    assert report.counts["at_risk"] == 0


def test_live_racks_that_overload_alone_are_at_risk_and_nobody_joins_them() -> None:
    tiny = Change("set", "power.busways.*.rating_a", 400.0)
    live = Change("set", "racks.D1-00[12].state", "live")
    report = check(tiny, live)
    names = report.site.tables["rack"].ids[report.verdicts.rack].tolist()
    risk = {n for n, r in zip(names, report.verdicts.at_risk, strict=True) if r}
    assert "D1-002" in risk
    assert state(report, "D1-001") == State.FEASIBLE
    assert state(report, "D1-003") == State.BLOCKED


@pytest.mark.parametrize(("live", "at_risk"), [("[1234]", 4), ("[123]", 0), ("[12]", 0)])
def test_every_live_rack_on_an_overload_of_live_racks_is_at_risk(live: str, at_risk: int) -> None:
    """Four are 749.5 A on 640 A, three 562.2 A: who came last is no question among the live."""
    small = Change("set", "power.busways.*.rating_a", 800.0)
    gone = Change("remove", "racks.DN-001")
    report = check(small, gone, Change("set", f"racks.D1-00{live}.state", "live"))
    assert report.counts["at_risk"] == at_risk
    assert report.counts["blocked"] == (0 if at_risk else 1)


def test_live_racks_are_not_known_alike() -> None:
    blind = Change("set", "racks.D1-00[124].power_factor", 0.98)
    unknown = Change("set", "catalog.gb300_nvl72.power_factor", float("nan"))
    report = check(unknown, blind, Change("set", "racks.D1-00[123].state", "live"))
    assert {state(report, f"D1-00{k}") for k in (1, 2, 3, 4)} == {State.UNKNOWN}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_racks_are_taken_as_plain_sums_take_them(data: st.DataObject) -> None:
    """Cases that racks make lighter too, against sums over whoever was taken."""
    racks, rows = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 7))
    onto = np.array([-1, *(data.draw(st.sampled_from((-1, 0))) for _ in range(rows - 1))])
    limit = np.array([float(data.draw(st.integers(2, 8))) for _ in range(rows)])
    # Of its own cases a rack never makes one lighter than nothing: it leaves with what it brought.
    adds = np.array([[float(data.draw(st.integers(0, 3))) for _ in range(rows)]
                     for _ in range(racks)])  # fmt: skip
    for r in range(racks):
        low = np.where(onto >= 0, -adds[r][np.maximum(onto, 0)], 0.0)
        adds[r] = np.where(onto >= 0, np.maximum(adds[r] - 2.0, low), adds[r])
    live = np.array([data.draw(st.booleans()) for _ in range(racks)])
    order = np.argsort(~live, kind="stable")
    outcome, _, _ = admit(
        order, live, np.arange(racks + 1) * rows, np.tile(np.arange(rows), racks), adds.ravel(),
        limit, np.zeros(rows), onto,
    )  # fmt: skip

    def fits(taken: list[int]) -> bool:
        total = adds[taken].sum(axis=0)
        there = total + np.where(onto >= 0, total[np.maximum(onto, 0)], 0.0)
        return bool((there <= limit).all())

    taken = np.flatnonzero(live).tolist()
    standing = fits(taken)
    for r in order.tolist():
        holds = standing if live[r] else fits([*taken, r])
        assert (outcome[r] == TAKEN) == holds
        if holds and not live[r]:
            taken.append(r)


def test_an_unknown_load_leaves_those_before_it_alone() -> None:
    blind = Change("set", "racks.D1-003.power_factor", 0.98)
    unknown = Change("set", "catalog.gb300_nvl72.power_factor", float("nan"))
    known = [Change("set", f"racks.D1-00{k}.power_factor", 0.98) for k in (1, 2)]
    report = check(unknown, blind, *known)
    assert state(report, "D1-001") == State.FEASIBLE
    assert state(report, "D1-004") == State.UNKNOWN
    names = report.site.tables["rack"].ids[report.verdicts.rack].tolist()
    assert report.verdicts.missing[names.index("D1-004")] == ("catalog.gb300_nvl72.power_factor",)
    assert report.gaps[0].path == "catalog.gb300_nvl72.power_factor"


def test_what_is_certain_decides_first() -> None:
    unknown = Change("set", "racks.D1-001.provisioned_kw", float("nan"))
    nameless = Change("set", "catalog.gb300_nvl72.nameplate_kw", float("nan"))
    tiny = Change("set", "power.busways.*.rating_a", 100.0)
    report = check(unknown, nameless, tiny)
    assert state(report, "D1-002") == State.BLOCKED


def waiver(**fields: object) -> Waiver:
    given = {"rule": "PWR101", "subject": "busway:*", "reason": "test", "by": "me",
             "until": dt.date(2027, 6, 1), **fields}  # fmt: skip
    return Waiver(**given)  # type: ignore[arg-type]


def test_a_waived_gate_does_not_block_and_says_so() -> None:
    small = Change("set", "power.busways.*.rating_a", 800.0)
    site = base().replace(waivers=(waiver(),))
    report = check(small, site=site)
    assert report.counts["blocked"] == 0
    assert report.verdicts.waived.any()
    assert any(f.waived for f in report.findings)
    late = check(small, site=site, date=dt.date(2027, 7, 1))
    assert late.counts["blocked"] > 0


def test_the_unknown_cannot_be_waived() -> None:
    unknown = Change("set", "catalog.gb300_nvl72.power_factor", float("nan"))
    report = check(unknown, site=base().replace(waivers=(waiver(),)))
    assert report.counts["unknown"] == 4


def test_a_date_leaves_out_what_has_not_arrived() -> None:
    report = check(date=dt.date(2027, 4, 10))
    assert report.counts["delivered"] == 1


def test_without_loss_policy_each_side_carries_half() -> None:
    small = Change("set", "power.busways.*.rating_a", 800.0)
    assert check(small, losses=0).counts["blocked"] == 0


def test_a_named_loss_is_tried_even_without_policy() -> None:
    small = Change("set", "power.busways.*.rating_a", 800.0)
    conditions = Conditions(scope=frozenset({"PWR"}), losses=0)
    report = pipeline.check(
        base(), Scenario(changes=(small,), lost=("busway:R1A",), conditions=conditions)
    )
    assert {f.case for f in report.findings if f.code == "PWR101"} == {"busway:R1A"}


def test_assumptions_are_counted_by_the_racks_that_rest_on_them() -> None:
    report = check()
    used = {a.path: a.racks for a in report.assumptions}
    assert used["catalog.gb300_nvl72.power_factor"] == 4
    resting = {report.assumptions[k].path for k in report.verdicts.assumptions[0]}
    own = {path for path in resting if "gb300" in path}
    assert own == {"catalog.gb300_nvl72.power_factor"}
    # The rest are those of the network rack, without whose switches it does no work.
    assert resting - own
    assert all("nv_network_rack" in path for path in resting - own)


def test_two_runs_say_the_same() -> None:
    a, b = check(SMALL), check(SMALL)
    assert a.digest == b.digest
    assert np.array_equal(a.margins.margin, b.margins.margin, equal_nan=True)


def test_absent_layers_never_pass() -> None:
    bare = pipeline.check(base(), Scenario(changes=(Change("remove", "power.taps.*"),)))
    assert bare.counts["feasible"] == 0


@pytest.mark.parametrize(
    ("mode", "verdict", "racks"),
    [("nameplate", "blocked", 4), ("provisioned", "feasible", 5), ("measured", "unknown", 5)],
)
def test_modes_of_load(mode: str, verdict: str, racks: int) -> None:
    assert check(mode=mode).counts[verdict] == racks


def test_an_expired_assumption_no_longer_counts() -> None:
    ended = dt.date(2027, 4, 30)
    until = tuple(a.model_copy(update={"until": ended}) for a in base().assumptions)
    site = base().replace(assumptions=until)
    before = check(site=site, date=dt.date(2027, 4, 30))
    assert before.counts["unknown"] == 0
    after = check(site=site, date=dt.date(2027, 5, 10))
    assert after.counts["unknown"] == after.counts["delivered"] == 5
    assert "catalog.gb300_nvl72.power_factor" in {g.path for g in after.gaps}


def test_what_was_asked_for_is_told() -> None:
    report = pipeline.check(base(), select=["PWR"], ignore=["PWR101"])
    assert report.conditions.select == ("PWR",)
    assert report.conditions.ignore == ("PWR101",)
    text = twin_text(report)
    assert "only rules: PWR" in text
    assert "without rules: PWR101" in text


def test_a_rack_that_is_unknown_has_no_margin() -> None:
    report = check(mode="measured")
    assert np.isnan(report.verdicts.margin).all()


def test_a_waiver_counts_findings_and_hides_no_limit() -> None:
    small = Change("set", "power.busways.*.rating_a", 800.0)
    report = check(small, site=base().replace(waivers=(waiver(),)))
    found = [f for f in report.findings if f.code == "PWR101" and f.waived]
    assert report.waivers[0][1] == len(found) == 2
    assert all(f.racks_that_fit < f.racks_on_it for f in found)


def test_a_live_network_rack_that_fails_a_gate_blocks_nobody_else() -> None:
    heavy = Change("set", "racks.DN-001.mass_kg", 9000.0)
    live = Change("set", "racks.DN-001.state", "live")
    scenario = Scenario(changes=(heavy, live), conditions=Conditions())
    report = pipeline.check(base(), scenario, select=["SPC102", "NET"])
    assert report.counts["blocked"] == 0
    assert report.counts["at_risk"] == 1
    planned = pipeline.check(base(), Scenario(changes=(heavy,)), select=["SPC102", "NET"])
    assert planned.counts["blocked"] == 5


def test_a_check_that_measures_nothing_is_no_pass() -> None:
    families = ["PWR", "COL", "CAB", "NET", "SPC", "DLV"]
    report = pipeline.check(base(), ignore=families)
    assert report.counts["unknown"] == report.counts["delivered"]
    assert all(report.verdicts.missing)


def test_blocked_racks_say_what_they_lack_too() -> None:
    unknown = Change("set", "catalog.gb300_nvl72.mass_kg", float("nan"))
    late = Change("set", "racks.D1-001.arrives", dt.date(2026, 1, 1))
    scenario = Scenario(changes=(unknown, late), conditions=Conditions())
    report = pipeline.check(base(), scenario)
    gap = next(g for g in report.gaps if g.path == "catalog.gb300_nvl72.mass_kg")
    assert (gap.racks, gap.decides) == (4, 3)
