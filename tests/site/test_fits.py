"""What a change may set: the same bounds as in a file."""

import math
from pathlib import Path

import pytest

from twin import pipeline
from twin.errors import ChangeError
from twin.model.change import Change

BASE = Path(__file__).parents[1] / "rules" / "base.toml"


@pytest.fixture(scope="module")
def site():
    return pipeline.load(BASE)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("power.busways.R1A.rating_a", -5),
        ("power.busways.R1A.rating_a", 0),
        ("power.busways.R1A.rating_a", math.inf),
        ("power.busways.R1A.rating_a", "-5 A"),
        ("power.busways.*.continuous_factor", 1.2),
        ("racks.*.provisioned_kw", -100),
        ("racks.*.provisioned_kw", True),
        ("racks.*.state", "lvie"),
        ("racks.*.priority", 2.5),
        ("obstacles.C1.kind", "colum"),
        ("catalog.gb300_nvl72.nameplate_kw", -3),
    ],
)
def test_what_no_layout_may_say(site, path, value):
    with pytest.raises(ChangeError, match="does not fit"):
        pipeline.change(site, {path: value})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("power.busways.R1A.rating_a", 5),
        ("power.busways.R1A.rating_a", "0.5 kA"),
        ("power.busways.R1A.rating_a", math.nan),  # not known
        ("racks.*.provisioned_kw", 0),
        ("racks.*.state", "live"),
        ("racks.*.priority", 2),
        ("racks.*.arrives", "2027-05-03"),
        ("halls.H1.dry_bulb_c", -3),
        ("catalog.gb300_nvl72.supply_min_c", -3),
        ("power.busways.R1A.fed_from", "BB"),
        ("power.busways.R1A.protected", False),
    ],
)
def test_what_a_layout_may_say(site, path, value):
    changed = pipeline.change(site, {path: value})
    assert changed is not site


@pytest.mark.parametrize("factor", [-1, math.inf, math.nan, "2"])
def test_factors_that_are_none(site, factor):
    with pytest.raises(ChangeError, match="factor"):
        pipeline.change(site, [Change("scale", "power.busways.R1A.rating_a", factor)])


def test_a_later_change_may_follow_an_earlier_one(site):
    changes = [Change("remove", "power.busways.R1B"), Change("set", "power.busways.*.rating_a", 9)]
    busways = pipeline.change(site, changes).tables["busway"]
    assert busways.ids.tolist() == ["R1A"]
    assert busways["rating_a"].tolist() == [9.0]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"psus_needed": 7}, "needs 7 of its 6"),
        ({"psus_needed": 4, "psus_least": 5}, "with 4 supplies, and not with less than 5"),
        ({"shelf_efficiency": 0.96}, "has no power shelves"),
    ],
)
def test_supplies_that_servers_cannot_need(site, changes, told):
    supplies = {"psus_per_system": 6, **changes}
    with pytest.raises(ChangeError, match=told):
        pipeline.change(site, {f"catalog.nv_network_rack.{k}": v for k, v in supplies.items()})
