"""Pictures of plants: figures as they were solved, nothing over anything, losses hatched."""

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

import twin
from tests.views import sample
from twin import pipeline
from twin.errors import InputError
from twin.solve.coolant.coupled import plant_flows
from twin.views.loops.place import FALL, RISE, UNIT_TALL, UNIT_WIDE
from twin.views.loops.plants import plant_diagram
from twin.views.loops.rows import CDU
from twin.views.loops.sheet import after_loss, loop_sheet

LAYOUTS = Path(__file__).parents[2] / "layouts"


@pytest.fixture(scope="module")
def ring():
    return pipeline.study(twin.load(LAYOUTS / "coolant_ring_main.toml"))


@pytest.fixture(scope="module")
def hybrid():
    return pipeline.study(twin.load(LAYOUTS / "coolant_hybrid.toml"))


@pytest.fixture(scope="module")
def hall():
    return pipeline.study(twin.load(LAYOUTS / "hall_gb300.toml"))


@pytest.fixture(scope="module")
def in_rack():
    return pipeline.study(twin.load(LAYOUTS / "coolant_in_rack.toml"))


def drawn(study, lost=None):
    shown = study if lost is None else after_loss(study, lost)
    found = shown(plant_flows)[0]
    return plant_diagram(shown, found, after=lost is not None), found


def words(svg):
    return list(sample.parsed(svg).itertext())


def boxes(of):
    placed = of.placed
    for k, item in enumerate(of.parts.items):
        x, y = placed.x[k], placed.y[placed.grid.row[k]]
        if item.kind == "junction":
            yield k, (x - 2.0, y + placed.low.get((k, 0), 0.0) - 2.6, x + 2.0, y + 2.6)
        elif item.kind == "manifold":
            yield k, (x, y - FALL, placed.ends[k], y + RISE)
        else:
            x -= UNIT_WIDE * (placed.grid.column[k] == CDU)
            yield k, (x, y - UNIT_TALL / 2, x + UNIT_WIDE, y + UNIT_TALL / 2)


@pytest.mark.parametrize("name", ["ring", "hybrid", "hall", "in_rack"])
def test_nothing_of_a_plant_lies_over_anything(name, request):
    of, _ = drawn(request.getfixturevalue(name))
    every = list(boxes(of))
    for (i, a), (j, b) in combinations(every, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (of.parts.items[i].name, of.parts.items[j].name)
    for n, way in enumerate(of.placed.ways):
        ends = {of.parts.runs[n].a[0], of.parts.runs[n].b[0]}
        for a, b in pairwise(way):
            assert a[0] == b[0] or a[1] == b[1]
            low, high = np.minimum(a, b), np.maximum(a, b)
            for k, box in every:
                clear = low[0] >= box[2] or high[0] <= box[0]
                clear = clear or low[1] >= box[3] or high[1] <= box[1]
                assert clear or k in ends, (of.parts.runs[n].pipes, of.parts.items[k].name)


def test_figures_are_those_of_the_solved_plant(ring):
    of, found = drawn(ring)
    lane, w = int(found.of_case[0]), of.water
    assert w.got_lpm == pytest.approx(found.got_lpm[lane])
    assert w.pump_lpm == pytest.approx(found.pump_lpm[lane])
    # What comes back has the heat of all CDUs: water of 34 degC takes 0.0692 kW per K and L/min.
    back = 34.0 + w.heat_kw / (w.got_lpm * 994.4 * 4178 / 60e6)
    assert w.return_c == pytest.approx(back, abs=0.05)
    assert not w.at_most.any()
    assert w.other == ("C2 lost", "C1 lost", "C4 lost", "C3 lost")
    assert w.other_lpm == pytest.approx(found.asked_lpm.max(axis=0), rel=1e-6)
    text = loop_sheet(ring)
    told = words(text)
    assert {"Plant FWS", "Loop T1", "FWS", "F1", "pumps hold the set-point"} <= {
        t.split("  ")[0] for t in told
    }
    assert f"C2 lost: {w.other_lpm[0]:.1f} L/min" in told
    assert "nan" not in text
    assert loop_sheet(ring) == text


def test_units_that_no_loop_solves_stand_with_their_rating(hybrid):
    of, _ = drawn(hybrid)
    assert of.water.at_most.all()
    assert of.water.heat_kw == pytest.approx([252.4, 252.4, 35.0], abs=0.1)
    told = words(loop_sheet(hybrid, loop="CHW"))
    assert {"heat at most 252.4 kW", "return 24.6 °C", "A  81.1 kPa"} <= set(told)
    assert "Loop T1" not in told
    assert not any("need in %" in t for t in told)


def test_after_a_loss_what_is_lost_is_hatched_and_who_has_no_water_is_too(hybrid):
    of, _ = drawn(hybrid, "pipe:A-B")
    assert of.water.got_lpm.tolist()[1:] == [0, 0]
    assert of.water.got_lpm[0] > 0
    text = loop_sheet(hybrid, "", "pipe:A-B", "CHW")
    assert text.count('class="hatched"') == 2
    told = words(text)
    assert "after the loss of A-B" in " ".join(told)
    assert "healthy: 548.4 L/min" in told
    gone = loop_sheet(hybrid, "", "plant:CHW", "CHW")
    assert gone.count('class="hatched"') == 4


def test_who_is_short_of_water_is_said(ring):
    weak = pipeline.study(twin.change(ring.site, {"coolant.plants.FWS.set_kpa": 8}))
    told = words(loop_sheet(weak, loop="FWS"))
    assert sum(t.startswith("short of water: asks") for t in told) == 4


def test_a_plant_that_lacks_a_figure_says_which(ring):
    path = "coolant.cdus.C2.facility_dp_kpa"
    lacking = pipeline.study(twin.change(ring.site, {path: float("nan")}))
    told = words(loop_sheet(lacking, loop="FWS"))
    assert f"not solved, for these figures are missing: {path}" in told
    assert any(t.startswith("? L/min") for t in told)
    with pytest.raises(InputError, match="there is no loop"):
        loop_sheet(ring, loop="FWX")


def test_racks_on_facility_water_hang_on_manifolds_with_their_cdus_in_sum(in_rack):
    of, found = drawn(in_rack)
    d, lane = of.drops, int(found.of_case[0])
    assert [i.kind for i in of.parts.items] == ["plant", "manifold", "manifold", "junction"]
    assert {len(run.pipes) for run in of.parts.runs} == {1}
    assert d.rack_lpm == pytest.approx(found.got_lpm[lane].reshape(16, 2).sum(axis=1))
    assert d.rack_lpm.sum() == pytest.approx(found.pump_lpm[lane], rel=1e-6)
    # Over a CDU stands what its own 60 kPa at 130 L/min let through, and its valve takes the rest.
    each = d.rack_lpm / 2
    assert d.rack_kpa - d.valve_kpa == pytest.approx(60 * (each / 130) ** 2, rel=1e-6)
    assert (np.diff(d.rack_kpa[:8]) < 0).all()
    heat = of.water.heat_kw.reshape(16, 2).sum(axis=1)
    assert d.rack_c == pytest.approx(34 + heat / (d.rack_lpm * 994.4 * 4178 / 60e6), abs=0.05)
    # Its worst case with water: one of its CDUs has all the heat.
    assert [d.causes[k] for k in d.cause.tolist()][:2] == ["G01/cdu1 lost", "G02/cdu1 lost"]
    assert (d.other_lpm > d.rack_lpm).all()
    told = words(loop_sheet(in_rack, loop="FWS"))
    p = found.moved.p_pa[lane] / 1000.0
    labels = found.circuit.label.tolist()
    for name in ("M1/1", "M1/8", "M2/1", "M2/8"):
        over = p[labels.index(f"{name} supply")] - p[labels.index(f"{name} return")]
        assert f"at {'first' if name.endswith('/1') else 'last'} {over:.1f} kPa" in told
    assert told.count("2 of 2") == 16
    assert "FWS" in told
    assert not any("? kPa" in t for t in told)


def test_a_rack_that_lost_a_cdu_says_so_and_its_twin_takes_over(in_rack):
    of, _ = drawn(in_rack, "cdu:G01/cdu1")
    assert of.drops.open.tolist() == [1, *[2] * 15]
    assert of.drops.valve_kpa[0] < 0.6 * of.drops.valve_kpa[1]
    told = words(loop_sheet(in_rack, "", "cdu:G01/cdu1", "FWS"))
    assert told.count("1 of 2") == 1


@pytest.mark.parametrize(
    ("lost", "said"), [("manifold:M1", "shut off"), ("pipe:F1-R1", "no flow to 8 racks")]
)
def test_racks_that_no_water_reaches_are_hatched(in_rack, lost, said):
    of, _ = drawn(in_rack, lost)
    assert of.drops.rack_lpm[:8].tolist() == [0.0] * 8
    assert (of.drops.rack_lpm[8:] > 90).all()
    text = loop_sheet(in_rack, "", lost, "FWS")
    told = words(text)
    assert said in told
    assert told.count("0 of 2") == 8
    assert text.count('class="edge b5"') == 8 + 1  # one in the legend
    assert not any("? kPa" in t for t in told)


def test_a_rack_that_is_short_of_facility_water_is_red(in_rack):
    weak = pipeline.study(twin.change(in_rack.site, {"coolant.plants.FWS.set_kpa": 30}))
    of, _ = drawn(weak)
    short = of.drops.rack_lpm < of.drops.need_lpm * 0.999
    assert short.any()
    assert (of.drops.band[short] >= 4).all()


def test_racks_of_a_plant_that_lacks_a_figure_are_not_known(in_rack):
    path = "coolant.hookups.DROP.bore_m"
    lacking = pipeline.study(twin.change(in_rack.site, {path: float("nan")}))
    of, _ = drawn(lacking)
    assert set(of.drops.band.tolist()) == {6}
    assert any(t.endswith(path) for t in words(loop_sheet(lacking, loop="FWS")))


def test_pumps_stand_left_of_manifolds_and_users_on_pipes_of_their_own_outside(tmp_path):
    text = (LAYOUTS / "coolant_in_rack.toml").read_text()
    text = text.replace("count = 8", "count = 16").replace("[14, ", "[24, ")
    for name, start in (("FX1", "F1"), ("FX2", "M2.end")):
        text += f"""
[coolant.air_units.{name}]
type = "vertiv_fa069hc"
hall = "H1"
plant = "FWS"
facility_flow_lpm = 90
facility_dp_kpa = 40

[coolant.pipes.P-{name}]
plant = "FWS"
start = "{start}"
end = "{name}"
type = "pipe_nps4_10s"
length_m = 7
zeta = 3
"""
    layout = tmp_path / "mixed.toml"
    layout.write_text(text)
    study = pipeline.study(twin.load(layout))
    of, _ = drawn(study)
    column = {item.name: of.placed.grid.column[k] for k, item in enumerate(of.parts.items)}
    assert column == {"FWS": 0, "FX1": 0, "FX2": 4, "M1": 2, "M2": 2, "F1": 1}
    every = list(boxes(of))
    for (_, a), (_, b) in combinations(every, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    told = words(loop_sheet(study, loop="FWS"))
    assert {"FX1", "FX2", "P-FX1", "P-FX2"} <= set(told)
