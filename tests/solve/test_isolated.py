"""What is shut off with a lost pipe or manifold, up to the nearest isolation valves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from twin import pipeline
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.losses.cases import cases
from twin.solve.losses.isolated import isolated
from twin.solve.losses.sorts import FAULT, VALVE_END, VALVE_START

RING = "layouts/coolant_ring_main.toml"
ENDS = ("both", "start", "end", "none")
SITE = twin.load(RING)
SMALL = twin.load("tests/rules/facility.toml")
PIPES = SMALL.tables["pipe"].ids.tolist()
LINES = [f"coolant.pipes.{i}" for i in SITE.tables["pipe"].ids.tolist()]
LINES += [f"coolant.manifolds.{i}" for i in SITE.tables["manifold"].ids.tolist()]


def shut(name: str, sort: int = FAULT, site: twin.Site = SITE, **said: str) -> set[str]:
    """Subjects that are shut off with one, by what pipes say of their valves."""
    changed = pipeline.change(site, {f"coolant.{k}.valves": v for k, v in said.items()})
    lost = np.array([[np.flatnonzero(changed.names == name)[0], -1]])
    return set(changed.names[isolated(study(changed), np.array([sort]), lost)[:, 1]].tolist())


def test_valves_at_both_ends_leave_the_rest_alone():
    assert shut("pipe:S1-S2") == set()  # itself alone, which is lost as it is


def test_an_end_without_a_valve_drains_the_place_where_it_stands():
    met = {"pipe:S1-S2", "pipe:C1-S1", "pipe:S1-W1"}
    assert shut("pipe:S1-S2", **{"pipes.S1-S2": "end"}) == met
    assert shut("pipe:S1-S2", **{"pipes.S1-S2": "start"}) == {
        "pipe:S1-S2", "pipe:C2-S2", "pipe:S2-S3",
    }  # fmt: skip


def test_a_neighbour_without_a_valve_there_is_drained_in_turn():
    said = {"pipes.S1-S2": "end", "pipes.C1-S1": "none"}
    assert shut("pipe:S1-S2", **said) == {"pipe:S1-S2", "pipe:C1-S1", "pipe:S1-W1", "cdu:C1"}


def test_a_return_pipe_drains_no_supply():
    said = {"pipes.R3-W-return": "none", "manifolds.M3": "none"}
    assert "pipe:R3-E-supply" in shut("pipe:R3-W-return", **said)
    said["manifolds.M3"] = "both"
    assert shut("pipe:R3-W-return", **said) == {
        "pipe:R3-W-return", "pipe:W2-W3", "pipe:W3-W4",
    }  # fmt: skip


def test_a_valve_that_is_lost_drains_both_its_sides():
    assert shut("pipe:S1-S2", VALVE_START) == {"pipe:S1-S2", "pipe:C1-S1", "pipe:S1-W1"}
    assert shut("pipe:S1-S2", VALVE_END) == {"pipe:S1-S2", "pipe:C2-S2", "pipe:S2-S3"}
    assert shut("pipe:R1-W", VALVE_END) == {"pipe:R1-W"}  # its own valve keeps M1, fed from E1
    assert shut("manifold:M1", VALVE_START) == {"manifold:M1", "pipe:R1-W"}
    assert "plant:FWS" in shut("pipe:FW-1", VALVE_START)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(ENDS), min_size=len(PIPES), max_size=len(PIPES)), st.data())
def test_a_valve_more_never_shuts_more_off(said, data):
    fewer = {f"pipes.{name}": valves for name, valves in zip(PIPES, said, strict=True)}
    more = fewer | {data.draw(st.sampled_from(sorted(fewer))): "both"}
    assert shut("pipe:H2", site=SMALL, **more) <= shut("pipe:H2", site=SMALL, **fewer) | {"pipe:H2"}


def test_each_valve_is_a_loss_of_its_own_under_a_policy_that_asks():
    of = study(
        pipeline.change(SITE, {"policy.losses.valve": "full", "coolant.pipes.S1-S2.valves": "end"})
    )
    names = of(cases).name.tolist()
    of_valves = [n for n in names if n.startswith("the valve")]
    assert "the valve at the end of pipe:S1-S2" in of_valves
    assert "the valve at the start of pipe:S1-S2" not in of_valves
    assert len(of_valves) == len(set(of_valves)) == 2 * len(LINES) - 1


@pytest.mark.parametrize("at", ["start", "end"])
def test_a_valve_that_drains_a_manifold_takes_the_flow_of_its_racks_alone(at):
    of = study(pipeline.change(SITE, {"policy.losses.valve": "full"}))
    (loop,) = of(loop_flows)
    case = of(cases).name.tolist().index(f"the valve at the {at} of manifold:M2")
    lpm = loop.rack_lpm[loop.lanes.of_case[case]]
    row = of.table("position")["row"][of.table("rack")["position"] - of.site.first["position"]]
    mine = of.site.names[row[loop.racks.row]] == "row:R2"
    assert mine.sum() == 6
    assert lpm[mine] == pytest.approx(0.0, abs=1e-9)
    assert (lpm[~mine] > 40).all()


def test_a_pump_and_a_chiller_of_one_plant_are_two_losses():
    of = study(
        pipeline.change(SITE, {"policy.losses.plant_unit": "full", "coolant.plants.FWS.units": 3})
    )
    names = set(of(cases).name.tolist())
    assert {"a pump of plant:FWS", "a chiller or dry cooler of plant:FWS"} <= names


def test_valves_of_an_unknown_word_are_told():
    with pytest.raises(twin.TwinError, match="valves"):
        pipeline.change(SITE, {"coolant.pipes.S1-S2.valves": "some"})


def test_a_manifold_shut_off_at_one_end_is_fed_from_the_other():
    site = pipeline.change(SITE, {"coolant.pipes.R1-W.valves": "start"})
    assert twin.check(site).counts["feasible"] == 24
