"""What always holds of solved loops, whatever their shape."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.warmth import Valve

HEAD = """
format = 1
name = "loops"
scope = ["COL"]
[policy.provisioned_kw]
gb300_nvl72 = 132
[policy.losses]
cdu = "full"
pump = "full"
pipe = "full"
[halls.H1]
outline_m = [[0, 0], [40, 0], [40, 40], [0, 40]]
[coolant.plants.FWS]
fluid = "water"
supply_c = {facility}
[coolant.loops.T1]
supply_c = 40
fluid = "pg25"
control = "pressure"
set_kpa = {kpa}
[coolant.hookups.STD]
hose_m = 1.5
bore_m = 0.03
roughness_m = 0.00007
kv_m3h = 12
independent = {independent}
"""
CDU = """
[coolant.cdus.{name}]
loop = "T1"
plant = "FWS"
heat_kw = 600
approach_k = 4
flow_lpm = {flow}
head_kpa = 260
rated_flow_lpm = 500
rated_supply_c = 40
rated_fluid = "pg25"
rated_facility_fluid = "water"
facility_flow_lpm = 600
pumps = 2
pumps_needed = {needed}
[coolant.pipes.P{name}]
loop = "T1"
start = "{name}"
end = "{end}"
bore_m = 0.08
roughness_m = 0.000045
length_m = {length}
"""
ROW = """
[rows.R{k}]
hall = "H1"
at_m = [{x}, {y}]
count = {count}
pitch_m = 0.6
width_m = 0.6
depth_m = 1.2
loop = "T1"
[coolant.manifolds.M{k}]
loop = "T1"
row = "R{k}"
bore_m = {bore}
roughness_m = 0.000045
returns = "{returns}"
hookup = "STD"
"""
JOIN = """
[coolant.pipes.J{a}{b}]
loop = "T1"
start = "M{a}{end}"
end = "M{b}"
bore_m = 0.08
roughness_m = 0.000045
length_m = {length}
"""


@st.composite
def loops(draw):
    """One to three rows, joined in a line or a ring, with a CDU or two; as pieces of text."""
    rows = [draw(st.integers(1, 4)) for _ in range(draw(st.integers(1, 3)))]
    length = st.floats(0.5, 20)
    head = HEAD.format(
        facility=draw(st.sampled_from([20, 34, 37, 39])),
        kpa=draw(st.sampled_from([60, 140, 220])),
        independent=str(draw(st.booleans())).lower(),
    )
    parts = []
    for k, count in enumerate(rows):
        returns = draw(st.sampled_from(["direct", "reverse"]))
        bore = draw(st.sampled_from([0.05, 0.1]))
        parts.append(ROW.format(k=k, x=2, y=2 + 3 * k, count=count, bore=bore, returns=returns))
        parts += [
            f'[racks.G{k}{n}]\ntype = "gb300_nvl72"\nposition = "R{k}-{n + 1:02d}"\n'
            for n in range(count)
        ]
    for k in range(len(rows) - 1):
        parts.append(JOIN.format(a=k, b=k + 1, end=".end", length=draw(length)))
    if len(rows) > 2 and draw(st.booleans()):
        parts.append(JOIN.format(a=len(rows) - 1, b=0, end=".end", length=draw(length)))
    for name in draw(st.sampled_from([["A"], ["A", "B"]])):
        end = draw(st.sampled_from([f"M{k}" for k in range(len(rows))]))
        parts.append(
            CDU.format(
                name=name, end=end, length=draw(length), flow=draw(st.sampled_from([200, 800])),
                needed=draw(st.integers(1, 2)),
            )
        )  # fmt: skip
    return head, parts


def solved(text, folder) -> LoopFlow:
    path = folder / "loops.toml"
    path.write_text(text)
    (flow,) = pipeline.study(pipeline.load(path))(loop_flows)
    assert isinstance(flow, LoopFlow)
    return flow


@settings(max_examples=40, deadline=None)
@given(loops())
def test_mass_pressure_and_energy_close(tmp_path_factory, loop):
    head, parts = loop
    flow = solved(head + "".join(parts), tmp_path_factory.mktemp("loop"))
    net, q, p = flow.circuit, flow.moved.q_m3s, flow.moved.p_pa
    assert flow.moved.converged.all()
    left = np.zeros((len(q), len(net.label)))
    for link in range(len(net.fr)):
        left[:, net.fr[link]] -= q[:, link]
        left[:, net.to[link]] += q[:, link]
    assert np.abs(left).max() < 1e-8
    rack = flow.racks.link
    free = q[:, rack] < np.nan_to_num(flow.racks.hold_m3s, nan=np.inf) * (1 - 1e-6)
    own = flow.racks.resistance * np.maximum(q[:, rack], 0) ** flow.racks.exponent
    drop = p[:, net.fr[rack]] - p[:, net.to[rack]]
    flows = free & (q[:, rack] > 1e-6)
    assert np.allclose(drop[flows], own[flows], rtol=1e-4, atol=2)
    known = (flow.warmth.valve != Valve.UNKNOWN).all(axis=1) & (flow.unit_lpm > 0).any(axis=1)
    wet = (q[:, rack] > 0) * flow.racks.heat_kw
    pumped = np.nansum(flow.unit_dp_kpa * flow.unit_lpm / 60000, axis=1)
    given_ = np.nansum(flow.warmth.heat_kw, axis=1)
    assert np.allclose(given_[known], (wet.sum(axis=1) + pumped)[known], rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(loops())
def test_units_hold_their_set_point_or_stand_wide_open_above_it(tmp_path_factory, loop):
    head, parts = loop
    flow = solved(head + "".join(parts), tmp_path_factory.mktemp("loop"))
    valve, supply = flow.warmth.valve, flow.warmth.supply_c
    assert np.allclose(supply[valve == Valve.THROTTLING], 40.0, atol=1e-4)
    assert (supply[valve == Valve.WIDE_OPEN] > 40.0 - 1e-6).all()
    most = flow.most_lpm[valve == Valve.WIDE_OPEN]
    assert np.allclose(flow.warmth.facility_lpm[valve == Valve.WIDE_OPEN], most)
    unit = flow.circuit.links(Part.UNIT)
    assert (flow.moved.q_m3s[:, unit] >= -1e-9).all()
    assert (flow.unit_lpm <= np.maximum(flow.unit_lpm[0].max(), 800) * (1 + 1e-6)).all()


@settings(max_examples=20, deadline=None)
@given(loops(), st.randoms(use_true_random=False))
def test_the_order_in_the_file_and_the_place_on_the_site_change_nothing(
    tmp_path_factory, loop, shuffle
):
    head, parts = loop
    folder = tmp_path_factory.mktemp("loop")
    first = solved(head + "".join(parts), folder)
    shuffle.shuffle(parts)
    moved = "".join(parts).replace("at_m = [2,", "at_m = [9,")
    second = solved(head + moved, folder)
    assert np.allclose(first.rack_lpm, second.rack_lpm, rtol=1e-6)
    assert np.allclose(first.rack_supply_c, second.rack_supply_c, atol=1e-4, equal_nan=True)


@settings(max_examples=20, deadline=None)
@given(loops())
def test_a_rack_less_never_takes_flow_from_the_others(tmp_path_factory, loop):
    head, parts = loop
    folder = tmp_path_factory.mktemp("loop")
    racks = [k for k, part in enumerate(parts) if part.startswith("[racks")]
    if len(racks) < 2:
        return
    full = solved(head + "".join(parts), folder)
    fewer = solved(head + "".join(p for k, p in enumerate(parts) if k != racks[-1]), folder)
    with_all = dict(zip(full.racks.row.tolist(), full.rack_lpm[0].tolist(), strict=True))
    for row, now in zip(fewer.racks.row.tolist(), fewer.rack_lpm[0].tolist(), strict=True):
        assert now >= with_all[row] * (1 - 1e-3) - 1000 * LPM * 1e-6
