"""Loop pictures: figures as they were solved, nothing over anything, what is lost is hatched."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import twin
from tests.views import sample
from twin import pipeline
from twin.cli.group import twin as command
from twin.errors import InputError
from twin.solve.coolant.coupled import loop_flows
from twin.solve.losses.cases import cases
from twin.views.loops.capacity import capacities
from twin.views.loops.carried import capacity_sheet
from twin.views.loops.chart import ticks
from twin.views.loops.diagram import diagram
from twin.views.loops.index import index_circuit
from twin.views.loops.pipes import upright
from twin.views.loops.place import UNIT_TALL, UNIT_WIDE
from twin.views.loops.sheet import after_loss, loop_sheet

LAYOUT = Path(__file__).parents[2] / "layouts" / "coolant_in_row.toml"
PIPE = {"loop": "T1", "type": "pipe_nps4_10s", "length_m": 5, "zeta": 2}


@pytest.fixture(scope="module")
def site():
    return twin.load(LAYOUT)


@pytest.fixture(scope="module")
def one(site):
    return pipeline.study(site)


@pytest.fixture(scope="module")
def main(tmp_path_factory):
    """Three rows of four on a ring main that reaches both ends, under a hostile title."""
    text = LAYOUT.read_text()
    start, rest = text.split("[coolant.pipes.P1]")
    hookups = "[coolant.hookups.STD]" + rest.split("[coolant.hookups.STD]")[1].split("[racks")[0]
    row = start[start.index("[rows.R1]") : start.index("[coolant.plants.FWS]")]
    rows = "".join(
        row.replace("R1", f"R{r}").replace("3.0]", f"{0.6 + 2.4 * (r - 1)}]").replace("= 8", "= 4")
        for r in (1, 2, 3)
    )
    title = "A row of GB300 racks between two CDUs"
    parts = [start.replace(row, rows).replace(title, sample.HOSTILE), hookups]
    for a, b in (("J1", "J2"), ("J2", "J3"), ("K1", "K2"), ("K2", "K3"), ("J1", "K1"),
                 ("J3", "K3"), ("J1", "J3"), ("C1", "J2"), ("C2", "K1"), ("J1", "M1"), ("J2", "M2"),
                 ("J3", "M3"), ("K1", "M1.end"), ("K2", "M2.end"), ("K3", "M3.end")):  # fmt: skip
        parts.append(f'[coolant.pipes."{a}-{b}"]\nstart = "{a}"\nend = "{b}"\n')
        parts += [f"{k} = {v!r}\n" for k, v in PIPE.items()]
    for r in (1, 2, 3):
        parts.append(
            f'[coolant.manifolds.M{r}]\nloop = "T1"\nrow = "R{r}"\ntype = "pipe_nps4_10s"\n'
            f'hookup = "STD"\nreturns = "{"reverse" if r == 2 else "direct"}"\n'
        )
        for k in (1, 2, 4):
            parts.append(f'[racks.G{r}{k}]\ntype = "gb300_nvl72"\nposition = "R{r}-0{k}"\n')
    path = tmp_path_factory.mktemp("main") / "main.toml"
    path.write_text("".join(parts))
    return pipeline.study(twin.load(path))


def drawn(study, lost=None):
    shown = study if lost is None else after_loss(study, lost)
    (flow,) = shown(loop_flows)
    return diagram(shown, flow, after=lost is not None)


def without(folder, line):
    """Return a study of the row without a line of its layout."""
    (folder / "less.toml").write_text(LAYOUT.read_text().replace(line, ""))
    return pipeline.study(twin.load(folder / "less.toml"))


def words(svg):
    return list(sample.parsed(svg).itertext())


@pytest.mark.parametrize("lost", [None, "cdu:C1", "manifold:M1", "pipe:P1", "plant:FWS"])
def test_it_is_valid_names_every_rack_and_is_the_same_each_time(one, lost):
    text = loop_sheet(one, "as judged", lost)
    told = words(text)
    assert {f"G{k}" for k in range(1, 9)} <= set(told)
    assert {"as judged", "C1", "C2", "P1", "P2", "M1", "Loop T1"} <= set(told)
    assert "nan" not in text
    assert "<script" not in text
    assert loop_sheet(one, "as judged", lost) == text


def test_figures_are_those_of_the_solved_loop(one):
    (flow,) = one(loop_flows)
    f = drawn(one).figures
    assert f.rack_lpm == pytest.approx(flow.rack_lpm[0])
    assert f.rack_kpa == pytest.approx(flow.rack_dp_kpa[0])
    assert f.supply_c == pytest.approx(flow.warmth.supply_c[0])
    assert f.facility_lpm == pytest.approx(flow.warmth.facility_lpm[0])
    assert f.other_lpm == pytest.approx(flow.rack_lpm.min(axis=0))
    assert [f.causes[k] for k in f.cause] == ["C1 lost"] * 4 + ["C2 lost"] * 4
    told = words(loop_sheet(one))
    assert told.count(f"{flow.rack_lpm[0, 0]:.1f}") >= 2
    assert f"{flow.unit_lpm[0, 0]:.1f} L/min at 140.0 kPa" in told
    assert "valve throttling" in told


def test_after_a_loss_flows_are_those_of_its_case_and_what_is_lost_is_hatched(one):
    (flow,) = one(loop_flows)
    lane = int(flow.lanes.of_case[one(cases).name.tolist().index("cdu:C1")])
    f = drawn(one, "cdu:C1").figures
    assert f.rack_lpm == pytest.approx(flow.rack_lpm[lane], rel=1e-6)
    assert f.other_lpm == pytest.approx(flow.rack_lpm[0], rel=1e-6)
    text = loop_sheet(one, "", "cdu:C1")
    assert {"lost", "no flow"} <= set(words(text))
    assert 'class="hatched"' in text
    assert 'class="hatched"' not in loop_sheet(one)


def test_a_lost_pipe_is_grey_and_the_other_cdu_carries_all(one):
    f = drawn(one, "pipe:P1").figures
    assert f.shut.sum() == 2
    assert f.supply_c[1] == pytest.approx(40)
    assert f.share.max() < 1
    text = loop_sheet(one, "", "pipe:P1")
    assert len(re.findall(r'class="pipe gone" points', text)) >= 2
    assert {"shut", "nothing flows through it"} <= set(words(text))


def test_racks_of_a_lost_manifold_get_nothing_and_have_no_index_circuit(one):
    of = drawn(one, "manifold:M1")
    assert not of.figures.rack_lpm.any()
    assert np.isinf(of.figures.share).all()
    assert index_circuit(one, of.circuit, of.figures) is None
    text = loop_sheet(one, "", "manifold:M1")
    assert any("no coolant comes to a rack" in t for t in words(text))
    assert text.count('class="hatched"') == 8 + 1


def test_pressure_round_the_index_circuit_is_what_the_cdu_gives(one):
    of = drawn(one, "cdu:C1")
    found = index_circuit(one, of.circuit, of.figures)
    assert (found.rack, found.start, found.end) == ("G1", "C2", "C2")
    assert found.share == of.figures.share.max()
    assert sum(s.drop_kpa for s in found.stages) == pytest.approx(140)
    for a, b in pairwise(found.stages):
        assert (a.m[-1], a.kpa[-1]) == pytest.approx((b.m[0], b.kpa[0]))
    # Pipe of 4 m, seven places of 0.6 m, two hoses of 1.5 m, and back.
    assert sum(s.length_m for s in found.stages) == pytest.approx(2 * (4 + 7 * 0.6 + 1.5))


def boxes(of):
    placed = of.placed
    for k, item in enumerate(of.parts.items):
        x, y = placed.x[k], placed.y[placed.grid.row[k]]
        if item.kind == "cdu":
            left = x - UNIT_WIDE if placed.grid.column[k] == 0 else x
            yield k, (left, y - UNIT_TALL / 2, left + UNIT_WIDE, y + UNIT_TALL / 2)
        elif item.kind == "junction":
            yield k, (x - 2.0, y + placed.low.get((k, 0), 0.0) - 2.6, x + 2.0, y + 2.6)
        else:
            yield k, (x + 1.0, y - 40.0, placed.ends[k] - 1.0, y + 8.0)


def test_nothing_of_a_ring_main_lies_over_anything(main):
    of = drawn(main)
    every = list(boxes(of))
    for (i, a), (j, b) in combinations(every, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (of.parts.items[i].name, of.parts.items[j].name)
    steps = [(n, a, b) for n, way in enumerate(of.placed.ways) for a, b in pairwise(way)]
    for n, a, b in steps:
        assert a[0] == b[0] or a[1] == b[1]
        ends = {of.parts.runs[n].a[0], of.parts.runs[n].b[0]}
        low, high = np.minimum(a, b), np.maximum(a, b)
        for k, box in every:
            clear = low[0] >= box[2] or high[0] <= box[0] or low[1] >= box[3] or high[1] <= box[1]
            assert clear or k in ends, (of.parts.runs[n].pipes, of.parts.items[k].name)
    for (n, a, b), (m, c, d) in combinations(steps, 2):
        for axis in (0, 1):
            if n == m or a[axis] != b[axis] or c[axis] != d[axis] or abs(a[axis] - c[axis]) > 4:
                continue
            span = (sorted(p[1 - axis] for p in pair) for pair in ((a, b), (c, d)))
            (a0, a1), (c0, c1) = span
            assert min(a1, c1) - max(a0, c0) < 0.1, (of.parts.runs[n].pipes, of.parts.runs[m].pipes)


def test_places_without_a_rack_are_drawn_and_hostile_names_are_text(main):
    text = loop_sheet(main)
    told = words(text)
    assert {"R1-03", "R2-03", "R3-03", "J1", "K3"} <= set(told)
    assert "<img" not in text
    assert "<script" not in text
    assert any(sample.HOSTILE in t for t in told)


def test_a_loop_that_lacks_a_figure_says_which(tmp_path):
    study = without(tmp_path, "set_kpa = 140\n")
    text = loop_sheet(study)
    assert "coolant.loops.T1.set_kpa" in text
    assert {f"G{k}" for k in range(1, 9)} <= set(words(text))
    assert "nan" not in text
    assert "nan" not in capacity_sheet(study)


def test_what_a_cdu_carries_is_the_least_of_heat_flow_and_head(one):
    (flow,) = one(loop_flows)
    first, _ = capacities(one, flow)
    assert (first.cdu, first.supply_c[0], first.supply_c[-1]) == ("C1", 25.0, 45.0)
    # 1,200 L/min over 118.8 kW at 177 L/min for 121.5 kW: 6.9 racks at 45 degC.
    assert first.flow[-1] == 6
    assert first.flow[15] == 10
    # Facility water at 34 degC: nothing is carried below, 6 at one kelvin of approach.
    assert not first.heat[:10].any()
    assert (np.diff(first.heat) >= 0).all()
    # The loop after the loss of C2, where all eight get their need at 40 degC.
    assert first.head[15] == first.on_loop == 8
    assert first.head[-1] == 0
    assert (first.least == np.min([first.heat, first.flow, first.head], axis=0)).all()
    assert "8 or more" in " ".join(words(capacity_sheet(one)))


def test_where_a_rating_lacks_a_part_the_gap_is_drawn_and_said(tmp_path):
    study = without(tmp_path, 'rated_fluid = "pg25"\n')
    (flow,) = study(loop_flows)
    first = capacities(study, flow)[0]
    # 1,300 kW of 118.8 kW each, at 4 K approach and more.
    assert np.isnan(first.heat[:13]).all()
    assert (first.heat[13:] == 10).all()
    text = capacity_sheet(study)
    assert "hatched faint" in text
    assert any("its rating" in t or "the rating" in t for t in words(text))


def test_ticks_are_round_and_cover():
    assert ticks(-3.0, 7.0) == [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0]


def test_the_front_door_and_the_verb(site, tmp_path):
    layout, out = str(LAYOUT), str(tmp_path / "o.svg")
    report = twin.check(site)
    path = twin.view(site, report, tmp_path / "a.svg", what="loop", lost="C1", loop="T1")
    shown = twin.view(site, report, what="loop", lost="C1")
    assert path.read_text() == shown._repr_svg_()
    for wrong in ({"loop": "T9"}, {"lost": "C9"}):
        with pytest.raises(InputError, match="there is no"):
            twin.view(site, report, what="loop", **wrong)
    run = CliRunner().invoke
    done = run(command, ["view", layout, "--what", "cdu-capacity", "--loop", "T1", "-o", out])
    assert done.exit_code == 0, done.output
    assert "by head" in Path(out).read_text()
    for wrong in (
        ["--what", "loop"],
        ["--what", "loop", "-o", str(tmp_path / "o.png")],
        ["--what", "loop", "--by", "type", "-o", out],
        ["--what", "cdu-capacity", "--lost", "C1", "-o", out],
        ["--loop", "T1", "-o", out],
    ):
        assert run(command, ["view", layout, *wrong]).exit_code == 2


def test_a_valve_that_holds_the_flow_takes_its_own_part_of_the_pressure(site, one):
    held = drawn(pipeline.study(twin.change(site, {"coolant.hookups.STD.independent": True})))
    f = held.figures
    found = index_circuit(held.study, held.circuit, f)
    k = next(n for n, s in enumerate(found.stages) if s.name.startswith("rack "))
    rack, valve = found.stages[k : k + 2]
    assert valve.name == "flow valve of " + rack.name.removeprefix("rack ")
    assert rack.drop_kpa == pytest.approx(56.7, abs=0.1)  # 116.4 L/min in a GB300
    place = f.rack[held.study.table("rack").ids.tolist().index(found.rack)]
    assert valve.drop_kpa == pytest.approx(f.valve_kpa.min())
    assert (f.rack_kpa[place], f.valve_kpa[place]) == (
        pytest.approx(rack.drop_kpa), pytest.approx(valve.drop_kpa))  # fmt: skip
    assert sum(s.drop_kpa for s in found.stages) == pytest.approx(140.0, abs=1e-3)
    assert f"takes {valve.drop_kpa:.1f} kPa" in loop_sheet(held.study)
    assert "flow valve" not in loop_sheet(one)
    # What every loss leaves as it was has no worst case but the healthy one.
    assert f.causes == ()
    assert set(f.cause.tolist()) == {-1}


def test_words_beside_an_upright_pipe_are_cut_last():
    words = ("T1-CDU1B", "443.1 L/min", "  0.80 m/s")
    assert upright(*words, 60.0) == ["T1-CDU1B  443.1 L/min  0.80 m/s"]
    assert upright(*words, 32.0) == ["T1-CDU1B", "443.1 L/min  0.80 m/s"]
    assert upright(*words, 20.0) == ["T1-CDU1B", "443.1 L/min"]


def test_loops_whose_pipes_are_not_described_are_told():
    layout = LAYOUT.with_name("mixed_generations.toml")
    with pytest.raises(InputError, match="described"):
        twin.view(twin.load(layout), what="loop")


def test_racks_with_cdus_that_are_alike_are_drawn_once():
    site = twin.load(LAYOUT.with_name("coolant_in_rack.toml"))
    drawn = loop_sheet(pipeline.study(site))
    assert "Loop G01/loop, and 15 alike, the last G16/loop" in drawn
    assert "<title>CDU G01/cdu1:" in drawn
    assert "<title>CDU G02/cdu1:" not in drawn
    assert "119.8 L/min to 1 rack" in drawn
    other = twin.change(site, {"racks.G03.provisioned_kw": 100})
    drawn = loop_sheet(pipeline.study(other))
    assert "Loop G03/loop" in drawn
    assert "and 14 alike" in drawn
