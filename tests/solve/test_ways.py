"""Ways along trays: junctions, drops, places without a way, and shared ways."""

from __future__ import annotations

import numpy as np
import pytest

from tests.solve.small import hall
from twin import pipeline
from twin.solve.cabling.links import links
from twin.solve.cabling.tray_fill import tray_shares
from twin.solve.cabling.ways import lengths_m, ways

RACKS = {"A": (0.0, 0.0), "B": (6.0, 8.0)}


def way_of(trays, racks=RACKS, switches=None, drops=None):
    site = hall(trays, racks, switches or {"S": "B"}, drops or {"A": ["S"]})
    return pipeline.study(site)(ways).way_m[0], site


def test_a_bend_costs_its_corner():
    way, site = way_of({"T": ([(0.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 3.0)})
    height = pipeline.study(site).table("rack")["height_m"][0]
    assert way == pytest.approx(14.0 + 2 * (3.0 - height))


def test_trays_are_joined_where_an_end_touches():
    trays = {"T": ([(0.0, 0.0), (9.0, 0.0)], 3.0), "U": ([(6.0, 0.0005), (6.0, 8.0)], 3.0)}
    way, site = way_of(trays)
    height = pipeline.study(site).table("rack")["height_m"][0]
    assert way == pytest.approx(14.0 + 2 * (3.0 - height), abs=1e-3)


def test_trays_are_joined_where_they_cross():
    trays = {"T": ([(0.0, 0.0), (9.0, 0.0)], 3.0), "U": ([(6.0, -2.0), (6.0, 8.0)], 3.0)}
    way, _ = way_of(trays)
    assert np.isfinite(way)


@pytest.mark.parametrize(
    "other",
    [([(6.0, 0.002), (6.0, 8.0)], 3.0), ([(6.0, -2.0), (6.0, 8.0)], 3.002)],
    ids=["2 mm apart", "2 mm above"],
)
def test_trays_apart_are_not_joined(other):
    way, _ = way_of({"T": ([(0.0, 0.0), (9.0, 0.0)], 3.0), "U": other})
    assert np.isinf(way)


def test_a_rack_is_no_bridge_between_trays():
    trays = {"T": ([(0.0, 0.0), (3.0, 0.0)], 3.0), "U": ([(3.0, 1.0), (6.0, 1.0), (6.0, 8.0)], 3.0)}
    way, _ = way_of(trays, {**RACKS, "C": (3.0, 0.5)})
    assert np.isinf(way)


def test_no_tray_at_all_is_not_known():
    way, _ = way_of({})
    assert np.isnan(way)


def test_a_tray_straight_above_a_rack_as_high_as_it_costs_nothing():
    way, site = way_of({"T": ([(0.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 1.0)})
    assert way == pytest.approx(14.0)
    assert pipeline.study(site).table("rack")["height_m"][0] > 1.0


def test_switches_at_one_place_are_one_way():
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 3.0)}
    _, site = way_of(trays, switches={"S": "B", "U": "B"}, drops={"A": ["S", "U"]})
    study = pipeline.study(site)
    assert len(study(ways).way_m) == 1
    assert len(study(links).rack) == 2
    assert np.ptp(study(lengths_m)) == 0.0
    ports = study.table("rack")["ew_ports"].max()
    assert study(tray_shares).area_m2 == pytest.approx(ports * np.pi / 4 * 0.003**2)


def test_trays_that_lie_in_each_other_are_one_way():
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0)], 3.0), "U": ([(3.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 3.0)}
    way, site = way_of(trays)
    height = pipeline.study(site).table("rack")["height_m"][0]
    assert way == pytest.approx(14.0 + 2 * (3.0 - height))


def test_names_of_trays_decide_nothing():
    points = {
        "a": ([(0.0, 0.0), (6.0, 0.0)], 3.0),
        "b": ([(6.0, 0.0), (6.0, 8.0)], 3.0),
        "c": ([(0.0, 0.0), (0.0, 8.0)], 3.0),
        "d": ([(0.0, 8.0), (6.0, 8.0)], 3.0),
    }
    first, one = way_of(points)
    renamed = dict(zip("dcba", points.values(), strict=True))
    second, two = way_of(renamed)
    assert first == second
    assert _used(one) == _used(two)


def _used(site):
    study = pipeline.study(site)
    names = study.table("tray").ids[study(tray_shares).tray]
    return {str(site.shapes.lines["tray", str(n)].tolist()) for n in names}
