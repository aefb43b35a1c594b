"""Balancing valves, flush sections and fill: what is set, needed and held."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import twin
from twin.pipeline import study
from twin.solve.coolant.balancing import hoses, unbalanced, valve_settings
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.filling import fill
from twin.solve.coolant.flushing import flow_of_velocity, flush
from twin.solve.coolant.hold import hold_pressure, sensor_of
from twin.solve.coolant.hydraulics import nets_of
from twin.solve.coolant.plant_balancing import branch_settings
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.ready import branches_of
from twin.solve.coolant.running import coolant_of_lanes
from twin.solve.losses.cases import cases

LAYOUT = Path(__file__).parents[2] / "layouts" / "coolant_in_row.toml"
HYBRID = LAYOUT.with_name("coolant_hybrid.toml")


@pytest.fixture(scope="module")
def site():
    return twin.load(LAYOUT)


def solved(site, changes):
    one = study(twin.change(site, changes))
    (flow,) = one(loop_flows)
    return one, flow


def with_valves(one, flow, kv):
    """(L, r) flows of racks in all lanes, L/min, with a valve of Kv in front of each, NaN none."""
    hose, s = hoses(flow.circuit, flow.racks.link), valve_settings(one, flow)
    lanes = np.arange(len(flow.lanes.keep))
    bare, (_, rho, mu) = (
        unbalanced(one, flow.circuit, hose, s.hookup),
        coolant_of_lanes(one, flow, lanes),
    )
    both = bare.kv_m3h.copy()
    both[hose] = (both[hose] ** -2.0 + np.nan_to_num(kv, nan=np.inf) ** -2.0) ** -0.5
    free = np.full((len(lanes), len(both)), np.nan)
    branches = branches_of(one, bare, flow.racks, flow.units)
    moved, _ = hold_pressure(
        nets_of(replace(bare, kv_m3h=both), branches, free, with_less=True), flow.control,
        sensor_of(one, bare), (flow.lanes.shut, flow.lanes.pump_out, rho, mu),
    )  # fmt: skip
    return moved.q_m3s[:, flow.racks.link] / LPM


NARROW = {"coolant.manifolds.M1.bore_m": 0.07, "coolant.loops.T1.set_kpa": 200}
CASES = {
    "as written": {},
    "narrow manifold": NARROW,
    "reverse return": NARROW | {"coolant.manifolds.M1.returns": "reverse"},
    "pressure held at a far end": NARROW | {"coolant.loops.T1.sensor": "M1.end"},
    "racks that differ": {"racks.G2.provisioned_kw": 110, "racks.G7.provisioned_kw": 120},
    "valves that are set otherwise now": {"coolant.hookups.STD.valve_kv_m3h": 9},
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_with_all_valves_set_every_rack_has_its_design_flow_in_every_case(site, changes):
    one, flow = solved(site, changes)
    s = valve_settings(one, flow)
    assert (s.short_kpa == 0).all()
    assert s.kv_m3h.min() > 1
    got = with_valves(one, flow, s.kv_m3h) / flow.need_lpm
    assert got.min() > 1.0
    # Some case leaves each nothing more than it needs, but for what others' valves let through.
    assert (got.min(axis=0) < 1.002).all()
    assert s.set_lpm == pytest.approx(got[0] * s.design_lpm, rel=1e-6)


def test_what_is_available_is_what_hoses_rack_and_valve_take(site):
    one, flow = solved(site, NARROW)
    s = valve_settings(one, flow)
    taken = s.hookup_kpa + s.rack_kpa + s.valve_kpa
    assert taken == pytest.approx(s.available_kpa, rel=1e-9)
    # With one of its two CDUs lost a rack is as far as it can be.
    lost = {str(one(cases).name[case]) for case in s.case.tolist()}
    assert lost == {"cdu:C1", "cdu:C2"}


def test_a_layout_whose_valves_are_set_as_told_stays_feasible(site):
    """All racks hang on one hookup: its Kv is set to the widest that any of them is told."""
    one, flow = solved(site, {})
    kv = float(valve_settings(one, flow).kv_m3h.max())
    told = twin.check(twin.change(site, {"coolant.hookups.STD.valve_kv_m3h": round(kv, 3)}))
    assert told.counts["blocked"] == 0
    less = twin.check(twin.change(site, {"coolant.hookups.STD.valve_kv_m3h": 0.99 * kv}))
    assert less.counts["blocked"] > 0


def test_cases_for_which_no_setting_is_enough_are_named(site):
    """At 119 kPa at the far end C1 alone cannot give all racks their flow."""
    far = NARROW | {"coolant.manifolds.M1.bore_m": 0.07, "coolant.loops.T1.sensor": "M1.end"}
    for kpa, cases_left in ((119, ["cdu:C1"]), (140, [])):
        one, flow = solved(site, far | {"coolant.loops.T1.set_kpa": kpa})
        s = valve_settings(one, flow)
        assert [str(one(cases).name[case]) for case in s.left_out.tolist()] == cases_left
        assert (s.short_kpa == 0).all()
        told = twin.coolant(one.site)["balancing.csv"].splitlines()
        assert all(line.endswith("," + "; ".join(cases_left)) for line in told[1:])


def test_where_units_hold_a_flow_valves_only_share_it():
    """2 x 160 L/min for two racks of 116: both valves stand open, and both have enough."""
    site = twin.load("tests/rules/facility.toml")
    by_flow = {
        "coolant.loops.T1.control": "flow", "coolant.loops.T1.set_lpm": 160.0,
        "coolant.loops.T1.set_kpa": np.nan, "policy.losses.cdu": "may go dark",
    }  # fmt: skip
    one, flow = solved(site, by_flow)
    s = valve_settings(one, flow)
    assert (s.short_kpa == 0).all()
    assert s.set_lpm.sum() == pytest.approx(320.0, rel=1e-4)
    assert s.set_lpm.min() > s.design_lpm.max()
    assert np.isnan(s.kv_m3h).any()


def test_what_pressure_lacks_is_what_more_of_it_gives(site):
    one, flow = solved(site, {"coolant.loops.T1.set_kpa": 80})
    s = valve_settings(one, flow)
    assert np.isnan(s.kv_m3h).all()
    assert np.isnan(s.valve_kpa).all()
    most = 80 + float(s.short_kpa.max()) * 1.06
    one, flow = solved(site, {"coolant.loops.T1.set_kpa": most})
    assert (valve_settings(one, flow).short_kpa == 0).all()


def test_a_loop_is_flushed_manifold_by_manifold(site):
    one, flow = solved(site, {"coolant.manifolds.M1.bore_m": 0.17})
    f = flush(one, flow.circuit, flow)
    names = [one.site.name_of(int(subject)) for subject in f.subject]
    assert names == ["pipe:P1", "pipe:P1", "pipe:P2", "pipe:P2", "manifold:M1", "manifold:M1"]
    assert f.need_lpm[4] == pytest.approx(0.91 * np.pi / 4 * 0.17**2 * 60000)
    # C1 alone pushes through the manifold to the jumper at its end, at its duty flow.
    assert f.given_lpm == pytest.approx(1200.0, rel=1e-6)
    assert {one.site.name_of(int(at)) for at in f.by} == {"manifold:M1"}
    assert f.need_lpm[4] > f.given_lpm[4]
    assert f.need_lpm[0] < f.given_lpm[0]
    alone = flush(one, flow.circuit, None)
    assert np.isnan(alone.given_lpm).all()
    assert alone.need_lpm == pytest.approx(f.need_lpm)


def test_the_jumper_of_a_reverse_return_flushes_both_its_sides(tmp_path):
    # With one CDU: joined at the far end of supply and the near end of return.
    text = LAYOUT.read_text(encoding="utf-8")
    for table in ("cdus.C2", "pipes.P2"):
        text = re.sub(rf"\[coolant\.{table}\].*?\n\n", "", text, flags=re.DOTALL)
    path = tmp_path / "one.toml"
    path.write_text(text.replace("tee_zeta", 'returns = "reverse"\ntee_zeta'), encoding="utf-8")
    one, flow = solved(twin.load(path), {})
    f = flush(one, flow.circuit, flow)
    assert f.given_lpm == pytest.approx(np.repeat(1200.0, 4), rel=1e-6)


@pytest.fixture(scope="module")
def chilled():
    """Two fan walls and a rear door on a plant whose pipes are described, solved."""
    one = study(twin.load(HYBRID))
    (found,) = one(plant_flows)
    return one, found


def test_valves_of_branches_take_what_their_users_leave(chilled):
    one, found = chilled
    s = branch_settings(one, found)
    assert s.user_kpa == pytest.approx([60, 60, 40])
    assert s.design_lpm == pytest.approx(found.asked_lpm[0])
    assert s.valve_kpa == pytest.approx(s.available_kpa - s.user_kpa)
    assert (s.short_kpa == 0).all()
    # 548.4 L/min of water at 18 degC and 8.676 kPa: 32.9 m3/h / sqrt(0.08676) x sqrt(0.9986).
    assert s.kv_m3h[0] == pytest.approx(111.6, abs=0.1)
    # Users that lose that much more have their design flow with nothing left for a valve.
    more = dict(zip(("FW1", "FW2", "RD1"), (s.user_kpa + s.valve_kpa).tolist(), strict=True))
    changes = {f"coolant.air_units.{name}.facility_dp_kpa": kpa for name, kpa in more.items()}
    other = study(twin.change(one.site, changes))
    (tight,) = other(plant_flows)
    assert tight.got_lpm[0] == pytest.approx(s.design_lpm, rel=1e-6)
    assert branch_settings(other, tight).valve_kpa == pytest.approx([0, 0, 0], abs=1e-3)
    weak = study(twin.change(one.site, {"coolant.plants.CHW.set_kpa": 40}))
    (starved,) = weak(plant_flows)
    short = branch_settings(weak, starved)
    assert np.isnan(short.kv_m3h).all()
    assert (short.short_kpa > 15).all()


def test_branches_are_set_so_that_every_case_leaves_each_user_its_flow():
    one = study(twin.load(LAYOUT.with_name("coolant_ring_main.toml")))
    (found,) = one(plant_flows)
    s, rated = branch_settings(one, found), 1500.0
    u = np.arange(4)
    assert s.design_lpm == pytest.approx(found.asked_lpm.max(axis=0))
    assert s.valve_kpa == pytest.approx((found.dp_kpa - found.needs_kpa)[s.lane, u])
    # Users that lose as much as they and their valves: none is short, and one case has no rest.
    law = s.available_kpa * (rated / s.design_lpm) ** 2
    changes = {f"coolant.cdus.C{k + 1}.facility_dp_kpa": kpa for k, kpa in enumerate(law.tolist())}
    tight = study(twin.change(one.site, changes))
    (tight_found,) = tight(plant_flows)
    lives = tight_found.lives
    got, asked = tight_found.got_lpm[lives], tight_found.asked_lpm[lives]
    assert got == pytest.approx(asked, rel=1e-3)
    assert branch_settings(tight, tight_found).valve_kpa == pytest.approx([0] * 4, abs=0.2)


def test_the_kv_told_for_a_pair_is_what_its_pipe_takes():
    """Each in turn: CDU C1's branch is a pipe of both sides, with its Kv in supply and return."""
    site = twin.load("tests/rules/facility.toml")
    head, *lines = csv.reader(io.StringIO(twin.coolant(site)["facility.csv"]))
    (row,) = (dict(zip(head, line, strict=True)) for line in lines if "C1" in line)
    assert row["setting"] == "set"
    one, pair = float(row["set_valve_kv_m3h"]), float(row["set_pair_kv_m3h"])
    assert pair == pytest.approx(2**0.5 * one, rel=1e-4)

    def left_kpa(kv: float) -> float:
        (found,) = study(twin.change(site, {"coolant.pipes.H2.kv_m3h": kv}))(plant_flows)
        return float((found.dp_kpa - found.needs_kpa)[:, 0].min())

    assert left_kpa(pair) == pytest.approx(0.0, abs=0.05)
    assert left_kpa(one) < -1.0


def test_a_plant_is_flushed_user_by_user_and_all_at_once(chilled):
    one, found = chilled
    f = flush(one, found.circuit, found)
    names = [one.site.name_of(int(subject)) for subject in f.subject]
    by = {
        name: (one.site.name_of(int(at)), float(lpm))
        for name, at, lpm in zip(names, f.by, f.given_lpm, strict=True)
    }
    # The header has all that the pumps give with all bypassed; a branch most by its own.
    assert by["pipe:CHW-A"] == ("plant:CHW", pytest.approx(1500.0, rel=1e-6))
    assert by["pipe:A-FW1"] == ("air_unit:FW1", pytest.approx(1500.0, rel=1e-6))
    assert by["pipe:B-RD1"][0] == "air_unit:RD1"
    assert 100 < by["pipe:B-RD1"][1] < 500
    assert np.isnan(flush(one, found.circuit, None).given_lpm).all()


def test_the_owner_may_ask_for_another_velocity(tmp_path):
    path = tmp_path / "owner.toml"
    limits = "[policy.limits]\nflush_velocity_min_m_s = 1.5\n\n[halls.H1]"
    path.write_text(LAYOUT.read_text(encoding="utf-8").replace("[halls.H1]", limits), "utf-8")
    one, flow = solved(twin.load(path), {})
    need = flow_of_velocity(1.5, np.array([0.1082]))
    assert flush(one, flow.circuit, flow).need_lpm == pytest.approx(np.repeat(need, 6))


def test_what_a_loop_holds_is_the_sum_of_its_parts(site):
    one, flow = solved(site, {})
    f = fill(one, flow.circuit, flow)
    assert f.pipes_l == pytest.approx(2 * 2 * 4 * np.pi / 4 * 0.1082**2 * 1000)
    assert f.manifolds_l == pytest.approx(2 * 7 * 0.6 * np.pi / 4 * 0.1082**2 * 1000)
    assert f.hoses_l == pytest.approx(8 * 2 * 1.5 * np.pi / 4 * 0.0254**2 * 1000)
    assert f.known_l == pytest.approx(f.pipes_l + f.manifolds_l + f.hoses_l)
    assert not f.complete
    assert np.isnan(f.vessel_l)
    one, flow = solved(site, {"coolant.loops.T1.fluid": "water"})
    assert fill(one, flow.circuit, flow).glycol_kg == 0
    one, flow = solved(site, {"coolant.loops.T1.volume_l": 500, "coolant.loops.T1.static_kpa": 400})
    f = fill(one, flow.circuit, flow)
    assert f.complete
    assert np.isnan(f.vessel_l)  # at rest it stands above what its weakest part leaves
