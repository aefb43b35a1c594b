"""Racks on facility water that does not suffice for all of them are taken by rank, together."""

import pytest

import twin
from twin import pipeline
from twin.checks.coolant import taken
from twin.checks.result import State
from twin.model.change import Change
from twin.site.change import change

LAYOUT = "layouts/coolant_in_rack.toml"
RACKS = [f"G{n:02}" for n in range(1, 17)]
FLOW = "coolant.plants.FWS.flow_lpm"


def feasible(lpm: float, *gone: str) -> list[str]:
    """Racks that are feasible with pumps of a flow, some racks gone, by their ids."""
    site = pipeline.change(twin.load(LAYOUT), {FLOW: lpm})
    for rack in gone:
        site = change(site, [Change("remove", f"racks.{rack}")])
    told = twin.check(site)
    good = told.verdicts.rack[told.verdicts.state == State.FEASIBLE]
    return sorted(told.site.tables["rack"].ids[good].tolist())


@pytest.mark.parametrize(("lpm", "count"), [(1500, 15), (1200, 12), (800, 8)])
def test_as_many_stand_as_the_water_carries(lpm, count):
    assert feasible(lpm) == RACKS[:count]


def test_those_that_stand_also_stand_alone_and_no_more_do():
    assert feasible(1200, *RACKS[12:]) == RACKS[:12]
    assert feasible(1200, *RACKS[13:]) == RACKS[:12]


def test_who_comes_after_the_last_that_is_tried_is_held_back(monkeypatch):
    monkeypatch.setattr(taken, "_TRIES", 2)
    assert feasible(800) == RACKS[:8]
