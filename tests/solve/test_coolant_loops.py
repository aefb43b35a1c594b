"""Loops solved from a layout: flows, controls, temperatures, losses."""

from pathlib import Path

import numpy as np
import pytest

import twin
from twin.model.change import Change
from twin.pipeline import study
from twin.solve.coolant.branches import fluid_of
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.pumping import LPM, Limit
from twin.solve.coolant.warmth import Valve
from twin.solve.losses.cases import cases

LAYOUT = "layouts/coolant_in_row.toml"


@pytest.fixture(scope="module")
def site():
    return twin.load(LAYOUT)


def solved(site, **changes) -> LoopFlow:
    (flow,) = study(twin.change(site, changes) if changes else site)(loop_flows)
    assert isinstance(flow, LoopFlow)
    return flow


def lane(site, flow, name):
    return int(flow.lanes.of_case[study(site)(cases).name.tolist().index(name)])


def test_mass_closes_at_every_place_and_energy_in_every_lane(site):
    flow = solved(site)
    net, q = flow.circuit, flow.moved.q_m3s
    left = np.zeros((len(q), len(net.label)))
    for link in range(len(net.fr)):
        left[:, net.fr[link]] -= q[:, link]
        left[:, net.to[link]] += q[:, link]
    assert np.abs(left).max() < 1e-8
    pumped = np.nansum(flow.unit_dp_kpa * flow.unit_lpm / 60000, axis=1)
    given = np.nansum(flow.warmth.heat_kw, axis=1)
    assert given == pytest.approx(8 * 0.9 * 132 + pumped, rel=1e-8)


def test_pressure_round_every_rack_is_what_its_cdu_gives(site):
    flow = solved(site)
    net, p, unit = flow.circuit, flow.moved.p_pa, flow.circuit.links(Part.UNIT)
    lift = p[:, net.to[unit]] - p[:, net.fr[unit]]
    assert lift[0] == pytest.approx(140e3)
    # A rack alone: its own curve at its own flow.
    r, n = flow.racks.resistance, flow.racks.exponent
    assert flow.rack_dp_kpa[0] * 1000 == pytest.approx(r * (flow.rack_lpm[0] * LPM) ** n)


def test_a_row_fed_from_both_ends_is_the_same_from_both(site):
    flow = solved(site).rack_lpm[0]
    assert flow == pytest.approx(flow[::-1], rel=1e-6)


def test_racks_far_from_the_cdu_get_less_and_a_reverse_return_evens_it_out(site):
    direct = solved(site)
    one = direct.rack_lpm[lane(site, direct, "cdu:C2")]
    assert (np.diff(one) < 0).all()
    both = solved(site, **{"coolant.manifolds.M1.returns": "reverse"})
    rows = both.rack_lpm[lane(site, both, "cdu:C2")]
    assert np.ptp(rows) < 0.4 * np.ptp(one)


def test_a_cdu_on_cold_facility_water_holds_its_set_point_by_throttling(site):
    flow = solved(site, **{"coolant.plants.FWS.supply_c": 20})
    assert (flow.warmth.valve[0] == Valve.THROTTLING).all()
    assert flow.warmth.supply_c[0] == pytest.approx(40, abs=1e-6)
    assert (flow.warmth.facility_lpm[0] < solved(site).warmth.facility_lpm[0]).all()


def test_with_warm_facility_water_the_valve_is_wide_open_and_supply_floats(site):
    flow = solved(site, **{"coolant.plants.FWS.supply_c": 38.5})
    lost = lane(site, flow, "cdu:C1")
    assert flow.warmth.valve[lost, 1] == Valve.WIDE_OPEN
    assert flow.warmth.supply_c[lost, 1] > 40.05
    assert flow.rack_supply_c[lost] == pytest.approx(flow.warmth.supply_c[lost, 1])
    assert (flow.need_lpm[lost] > flow.need_lpm[0]).all()
    # Heat in and heat out are the same where it floats too.
    pumped = flow.unit_dp_kpa[lost, 1] * flow.unit_lpm[lost, 1] / 60000
    assert flow.warmth.heat_kw[lost, 1] == pytest.approx(8 * 118.8 + pumped, rel=1e-6)


def test_warmer_facility_water_never_makes_a_rack_colder(site):
    before = -np.inf
    for facility in (20, 30, 36, 37, 38, 39, 41):
        now = solved(site, **{"coolant.plants.FWS.supply_c": facility}).rack_supply_c.max()
        assert now >= before - 1e-9
        before = now


def test_a_lost_cdu_is_named_where_it_leaves_the_other_at_its_limit(site):
    flow = solved(site, **{"coolant.cdus.*.flow_lpm": 600})
    lost = lane(site, flow, "cdu:C1")
    assert flow.limit[0].tolist() == [Limit.HOLDS, Limit.HOLDS]
    assert flow.limit[lost].tolist() == [Limit.HOLDS, Limit.FULL]
    assert flow.unit_lpm[lost, 1] == pytest.approx(600, rel=1e-6)


def test_one_pump_of_two_that_are_needed_leaves_half_the_flow(site):
    spare = solved(site, **{"coolant.cdus.*.flow_lpm": 600})
    short = solved(site, **{"coolant.cdus.*.flow_lpm": 600, "coolant.cdus.*.pumps": 2})
    name = "a pump of cdu:C1"
    assert spare.unit_lpm[lane(site, spare, name), 0] == pytest.approx(509.6, abs=0.1)
    assert short.unit_lpm[lane(site, short, name), 0] == pytest.approx(300, rel=1e-6)
    assert short.unit_lpm[lane(site, short, name), 1] == pytest.approx(600, rel=1e-6)


def test_pressure_held_at_the_far_end_is_there(site):
    flow = solved(
        site,
        **{
            "coolant.loops.T1.sensor": "M1.end",
            "coolant.loops.T1.set_kpa": 135,
            "coolant.pipes.P2.length_m": 30,
        },
    )
    net = flow.circuit.label.tolist()
    p = flow.moved.p_pa[:, net.index("M1/8 supply")] - flow.moved.p_pa[:, net.index("M1/8 return")]
    assert p[0] == pytest.approx(135e3, rel=1e-5)
    assert (flow.unit_dp_kpa[0] > 135).all()


def test_constant_flow_and_constant_speed(site):
    held = solved(site, **{"coolant.loops.T1.control": "flow", "coolant.loops.T1.set_lpm": 480})
    assert held.unit_lpm[0] == pytest.approx(480, rel=1e-6)
    assert held.rack_lpm[0].sum() == pytest.approx(960, rel=1e-6)


def test_a_pressure_independent_valve_lets_through_what_the_rack_needs(site):
    flow = solved(site, **{"coolant.hookups.STD.independent": True})
    assert flow.rack_lpm[0] == pytest.approx(flow.need_lpm[0], rel=1e-6)


def test_a_row_filled_rack_by_rack_never_gives_a_rack_more(site):
    names = [f"G{k}" for k in range(1, 9)]
    before = np.full(1, np.inf)
    for count in range(1, 9):
        gone = [Change("remove", f"racks.{n}") for n in names[count:]]
        (flow,) = study(twin.change(site, gone) if gone else site)(loop_flows)
        now = flow.rack_lpm[0]
        assert len(now) == count
        assert (now <= before * (1 + 1e-6)).all()
        before = np.append(now, np.inf)


def test_positions_without_a_rack_are_closed(site):
    (flow,) = study(twin.change(site, [Change("remove", "racks.G3")]))(loop_flows)
    assert len(flow.racks.row) == 7
    assert flow.unit_lpm[0].sum() == pytest.approx(flow.rack_lpm[0].sum(), rel=1e-6)


def test_what_lacks_is_named(site):
    for path, kind, column in (
        ("coolant.loops.T1.set_kpa", "loop", "set_kpa"),
        ("coolant.cdus.C1.head_kpa", "cdu", "head_kpa"),
        ("coolant.hookups.STD.kv_m3h", "hookup", "kv_m3h"),
        ("coolant.loops.T1.supply_c", "loop", "supply_c"),
    ):
        (found,) = study(twin.change(site, {path: float("nan")}))(loop_flows)
        assert isinstance(found, Unsolved)
        assert (kind, column) in {(m.kind, m.column) for m in found.missing}


def test_a_rating_that_lacks_its_fluid_holds_only_as_published(site):
    said = {"coolant.cdus.*.rated_fluid": ""}
    assert (solved(site, **said).warmth.valve[0] == Valve.AS_RATED).all()
    closer = said | {"coolant.plants.FWS.supply_c": 37}
    flow = solved(site, **closer)
    assert (flow.warmth.valve[0] == Valve.UNKNOWN).all()
    assert np.isnan(flow.need_lpm[0]).all()


def test_the_return_of_a_gb300_stands_where_its_curve_holds_it(site):
    """121.5 kW over 25 to 45 degC in PG25, the valve set to the rack's own need."""
    for supply in (25, 30, 35, 40, 45):
        flow = solved(
            site,
            **{
                "coolant.loops.T1.supply_c": supply,
                "coolant.loops.T1.fluid": "pg25-mass",
                "coolant.plants.FWS.supply_c": supply - 6,
                "coolant.hookups.STD.independent": True,
                "coolant.hookups.STD.bore_m": 0.0381,
                "coolant.hookups.STD.kv_m3h": 25,
                "coolant.loops.T1.set_kpa": 215,
                "coolant.cdus.*.flow_lpm": 1600,
                "policy.provisioned_kw.gb300_nvl72": 135,
            },
        )
        assert 55.25 < flow.rack_return_c[0, 0] < 55.9
        assert flow.racks.heat_kw == pytest.approx(121.5)


def test_nothing_flows_through_a_plant_that_is_not_described(site):
    assert study(site)(plant_flows) == ()
    water, missing = fluid_of(study(site), "plant", 0)
    assert (water is None) == bool(missing)


def test_parts_of_a_loop_that_nothing_joins_are_each_driven_by_their_own_cdu(tmp_path):
    text = Path(LAYOUT).read_text()
    start = text.index("[coolant.manifolds.M1]")
    end = text.index("\n[", start)
    one = text[start:end]
    two = one.replace("M1]", "M2]").replace('row = "R1"', 'row = "R1"\nfirst = 5')
    one = one.replace('row = "R1"', 'row = "R1"\nlast = 4')
    text = text[:start] + one + "\n" + two + text[end:]
    path = tmp_path / "parts.toml"
    path.write_text(text.replace('end = "M1.end"', 'end = "M2"'))
    site = twin.load(path)
    flow = solved(site)
    halves = np.sort(flow.rack_lpm[0].reshape(2, 4), axis=1)
    assert halves[0] == pytest.approx(halves[1], rel=1e-9)
    assert (halves > 100).all()
    assert (
        flow.rack_lpm[lane(site, flow, "cdu:C1")] > 0
    ).sum() == 4  # only those of the other part still get coolant
