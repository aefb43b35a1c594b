"""Loops of one form are one batch, and each has the bits that it has alone."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

import twin
from twin.pipeline import study
from twin.solve.coolant.alike import alike
from twin.solve.coolant.building import circuits
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow, solve_all, solve_ready
from twin.solve.coolant.ready import Ready, ready_of
from twin.solve.coolant.warmth import Valve
from twin.solve.losses.cases import cases

OWN = {
    "coolant.loops.T1.set_kpa": 120,  # less than its racks need
    "coolant.loops.T2.supply_c": 37.5,
    "coolant.cdus.CDU2A.facility_most_lpm": 300,  # its supply floats
    "coolant.cdus.CDU3A.flow_lpm": 900,  # a duty point in place of the product's curve
    "coolant.cdus.CDU3A.head_kpa": 230,
    "coolant.pipes.T4-CDU4B.length_m": 60,
}


@pytest.fixture(scope="module")
def hall():
    return twin.load("layouts/hall_gb300.toml")


def loops_of(site, **changes) -> list[Ready]:
    now = study(twin.change(site, changes) if changes else site)
    found = [ready_of(now, circuit) for circuit in circuits(now, "loop")]
    assert all(isinstance(loop, Ready) for loop in found)
    return [loop for loop in found if isinstance(loop, Ready)]


def assert_same_bits(one: object, two: object, path: str = "") -> None:
    for f in fields(one):  # type: ignore[arg-type]
        a, b = getattr(one, f.name), getattr(two, f.name)
        if is_dataclass(a) and f.name != "loop":
            assert_same_bits(a, b, f"{path}.{f.name}")
        elif isinstance(a, np.ndarray):
            assert a.tobytes() == b.tobytes(), f"{path}.{f.name}"


@pytest.mark.parametrize("changes", [{}, OWN, {"coolant.loops.*.control": "flow",
                                                "coolant.loops.*.set_lpm": 520}])  # fmt: skip
def test_loops_have_the_bits_of_single_solves(hall, changes):
    loops = loops_of(hall, **changes)
    (batch,) = alike(loops)
    assert batch[0] == [0, 1, 2, 3]
    for loop, found in zip(loops, solve_all(loops), strict=True):
        alone = solve_ready(loop)
        assert isinstance(alone, LoopFlow)
        assert found.loop is loop
        assert_same_bits(found, alone)


def test_the_loops_differ_as_they_are_meant_to(hall):
    found = solve_all(loops_of(hall, **OWN))
    assert found[0].unit_dp_kpa[0].max() == pytest.approx(120)
    assert Valve.WIDE_OPEN in found[1].warmth.valve
    assert (found[2].unit_lpm <= 900 * (1 + 1e-6))[:, 0].all()
    assert found[3].unit_lpm[0, 1] < found[3].unit_lpm[0, 0]


def test_other_networks_are_other_batches(hall):
    loops = loops_of(
        hall, **{
            "coolant.pipes.T2-CDU2A.check": True, "coolant.loops.T3.sensor": "M3.end",
            "coolant.loops.T3.set_kpa": 150, "coolant.loops.T4.fluid": "water",
        }
    )  # fmt: skip
    assert [places for places, _ in alike(loops)] == [[0], [1], [2], [3]]
    for loop, found in zip(loops, solve_all(loops), strict=True):
        assert_same_bits(found, solve_ready(loop))


def test_a_loss_that_leaves_a_loop_as_it_is_takes_no_lane_of_it(hall):
    now = study(hall)
    table = now(cases)
    for flow in now(loop_flows):
        assert isinstance(flow, LoopFlow)
        own = {f"cdu:{now.site.tables['cdu'].ids[u]}" for u in flow.units.tolist()}
        lanes = flow.lanes
        elsewhere = np.array([
            name.startswith("cdu:") and name not in own for name in table.name.tolist()
        ])  # fmt: skip
        assert elsewhere.any()
        assert (lanes.of_case[elsewhere] == 0).all()
        header = [k for k, n in enumerate(table.name.tolist()) if n == "pipe:F1-F2"]
        assert (lanes.of_case[header] == 0).all()
        assert len(lanes.keep) == 1 + 2 + 2 + 2  # CDUs, their pumps, pipes
