"""Instants after a loss: gaps, bridges and recharge, against numbers worked out by hand."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.model.change import Change, Scenario
from twin.site.site import Site
from twin.solve.losses.cases import cases
from twin.solve.losses.gaps import feeder_gaps, standby
from twin.solve.losses.instants import gaps_in_supply, gear_rides, rack_rides, upstream_recharge
from twin.solve.losses.steps import steps
from twin.solve.study import Study

ROOT = Path(__file__).parents[2]

ONE_SIDE = {'power.taps."*/R1B/*".fed_from': "R1A"}
"""All racks hang on side A."""
GENERATOR = ONE_SIDE | {
    "power.sources.UB.kind": "generator",
    "power.sources.UB.start_s": 10,
    "power.sources.UB.sync_s": 5,
    "power.sources.UB.walk_in_s": 10,
    "power.transformers.TB.fed_from": "UA",
    "power.transformers.TA.alternate": "UB",
    "power.transformers.TA.transfer_s": 0.1,
}
"""UB stands by for TA, below which a UPS bridges."""
NO_UPS = GENERATOR | {"power.boards.BA.fed_from": "TA"}


@functools.cache
def base() -> Site:
    return pipeline.load(ROOT / "tests/rules/base.toml")


def study(changes: dict[str, object]) -> Study:
    every = [Change("remove", "racks.DN-001")]
    every += [Change("set", p, v) for p, v in changes.items()]
    return pipeline.study(base(), Scenario(changes=tuple(every)))


def gaps(s: Study, case: str) -> dict[str, float]:
    found = s(gaps_in_supply)
    mine = s(cases).name[found.case] == case
    names = s.site.names[found.subject[mine]].tolist()
    return dict(zip(names, found.seconds[mine].tolist(), strict=True))


def test_two_sides_without_a_switch_leave_no_gap() -> None:
    s = study({})
    assert not len(s(feeder_gaps).case)
    assert gaps(s, "source:UA") == {}


def test_what_is_dark_is_without_supply_for_good() -> None:
    found = gaps(study(ONE_SIDE), "source:UA")
    assert found["rack:D1-001"] == math.inf


def test_a_generator_that_stands_by_starts_first() -> None:
    s = study(NO_UPS)
    assert np.flatnonzero(s(standby)).tolist() == [1]
    found = gaps(s, "source:UA")
    assert found["rack:D1-001"] == pytest.approx(15.1)
    rides = s(rack_rides)
    assert rides.have_s.tolist() == [0.02] * len(rides.have_s)
    assert (rides.battery < 0).all()


def test_a_generator_that_runs_already_does_not() -> None:
    s = study(NO_UPS | {"power.transformers.TB.fed_from": "UB"})
    assert not s(standby).any()
    assert gaps(s, "source:UA")["rack:D1-001"] == pytest.approx(0.1)


def test_the_usual_start_stands_in() -> None:
    s = study({k: v for k, v in NO_UPS.items() if not k.endswith(("start_s", "sync_s"))})
    assert gaps(s, "source:UA")["rack:D1-001"] == pytest.approx(10.1)


def test_a_battery_bridges_at_the_load_of_the_case() -> None:
    s = study(GENERATOR | {"power.ups.*.battery_min": 1, "coolant.cdus.*.feeds": ["BB"],
                           "coolant.air_units.*.feeds": ["BB"]})  # fmt: skip
    rides = s(rack_rides)
    at = np.flatnonzero(s(cases).name[rides.case] == "source:UA")
    assert rides.need_s[at].tolist() == pytest.approx([25.1] * 4)
    # One minute at 1,500 kW; four racks of 132 kW.
    assert rides.have_s[at].tolist() == pytest.approx([60 * 1500 / 528] * 4)
    assert "rack:D1-001" not in gaps(s, "source:UA")


def test_an_empty_battery_leaves_the_gap_and_an_unknown_one_is_not_known() -> None:
    short = gaps(study(GENERATOR | {"power.ups.*.battery_min": 0.01}), "source:UA")
    assert short["rack:D1-001"] == pytest.approx(15.1)
    assert math.isnan(gaps(study(GENERATOR), "source:UA")["rack:D1-001"])


def test_one_supply_that_is_not_interrupted_leaves_no_gap() -> None:
    """Side B stands on a utility of its own: only side A waits for the transfer."""
    s = study({"power.boards.BA.alternate": "TB", "power.boards.BA.transfer_s": 5.0})
    assert "rack:D1-001" not in gaps(s, "source:UA")


def test_gear_on_one_feed_has_the_gap_of_its_feed() -> None:
    s = study(NO_UPS | {"coolant.cdus.*.feeds": ["BA"], "coolant.cdus.CDU1.hold_up_s": 20})
    found = gaps(s, "source:UA")
    assert found["cdu:CDU1"] == pytest.approx(15.1)
    rides = s(gear_rides)
    names = s.site.names[rides.subject].tolist()
    assert rides.have_s[names.index("cdu:CDU1")] == 20
    assert math.isnan(rides.have_s[names.index("cdu:CDU2")])


def test_the_best_of_a_parallel_group_counts() -> None:
    """SA and SB run in parallel; SA waits for its transfer, SB carries on meanwhile."""
    group = {
        "power.transformers.TB.fed_from": "UA", "power.ups.SB.parallel_with": "SA",
        "power.ups.SA.alternate": "TB", "power.ups.SA.transfer_s": 7.0,
    }  # fmt: skip
    s = study(ONE_SIDE | group)
    assert "rack:D1-001" not in gaps(s, "transformer:TA")
    found = s(feeder_gaps)
    named = s.site.names[found.node + s.arrays.topology.power.first].tolist()
    assert named == ["ups:SA"]
    assert found.gap_s.tolist() == [7.0]


def test_recharge_goes_up_with_losses_to_the_source_of_the_case() -> None:
    s = study(
        GENERATOR
        | {
            "power.ups.SA.battery_min": 5, "power.ups.SA.recharge_kw": 90,
            "power.ups.SA.power_factor": 0.9, "power.transformers.TA.efficiency": 0.99,
        }
    )  # fmt: skip
    found = s(upstream_recharge)
    first = s.arrays.topology.power.first
    mine = s(cases).name[found.case] == "source:UA"
    names = s.site.names[found.node[mine] + first].tolist()
    kw = dict(zip(names, found.kw[mine].tolist(), strict=True))
    kva = dict(zip(names, found.kva[mine].tolist(), strict=True))
    assert kw == pytest.approx({"source:UB": 90 / 0.99, "transformer:TA": 90})
    assert kva == pytest.approx({"source:UB": 100 / 0.99, "transformer:TA": 100})


def test_what_walks_in_is_no_step() -> None:
    still = {"coolant.cdus.*.feeds": ["BB"], "coolant.air_units.*.feeds": ["BB"]}
    still |= {"catalog.gb300_nvl72.peak_kw": float("nan")}
    assert study(GENERATOR | still)(steps).kw.max() == pytest.approx(528)
    staged = {"power.sources.UB.stage_kw": 150, "power.sources.UB.stage_s": 10}
    found = study(GENERATOR | still | staged)(steps)
    assert found.kw.max() == pytest.approx(150)
    assert found.stages.max() == 4
    soft = study(GENERATOR | still | {"power.ups.SA.walk_in_s": 10.0})
    assert not len(soft(steps).kw)
