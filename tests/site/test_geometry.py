"""Rectangles on a floor: checked against Shapely's own answers and by hand."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from twin.site.geometry import (
    Boxes,
    clear_depth,
    front_zone,
    nearest_gap,
    outside_area,
    overlaps,
    rear_zone,
    sunk,
)

NONE = np.array([-1])
ROOM = np.array([[0.0, 0.0], [20, 0], [20, 20], [0, 20]])
SPOT = st.tuples(
    st.floats(2, 8), st.floats(2, 8), st.floats(0.2, 2), st.floats(0.2, 2), st.floats(0, 360)
)


def boxes(*rows):
    return Boxes(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


def by_hand(x, y, width, depth, yaw):
    plain = shapely.box(x - width / 2, y - depth / 2, x + width / 2, y + depth / 2)
    return affinity.rotate(plain, yaw, origin=(x, y))


@given(SPOT)
def test_footprint_is_the_turned_rectangle(spot):
    ours = boxes(spot).polygons[0]
    assert shapely.area(shapely.symmetric_difference(ours, by_hand(*spot))) < 1e-9


def test_front_is_right_of_the_yaw():
    one = boxes((5, 5, 0.6, 1.2, 0))
    assert front_zone(one, 1.0)[0].bounds == pytest.approx((4.7, 3.4, 5.3, 4.4))
    assert rear_zone(one, 1.0)[0].bounds == pytest.approx((4.7, 5.6, 5.3, 6.6))
    turned = boxes((5, 5, 0.6, 1.2, 90))
    assert front_zone(turned, 1.0)[0].bounds == pytest.approx((5.6, 4.7, 6.6, 5.3))


def test_unknown_sizes_have_no_footprint():
    two = boxes((5, 5, 0.6, np.nan, 0), (7, 5, 0.6, 1.2, 0))
    assert two.polygons[0] is None
    assert two.known.tolist() == [False, True]
    assert np.isnan(outside_area(two, ROOM)).tolist() == [True, False]
    assert np.isnan(clear_depth(two, "front", two, np.arange(2), ROOM, 3.0).depth_m).tolist() == [
        True,
        False,
    ]


@given(SPOT, SPOT)
def test_sunk_agrees_with_shapely(a, b):
    deep = sunk(boxes(a), boxes(b))[0]
    apart = shapely.distance(by_hand(*a), by_hand(*b))
    if apart > 1e-6:
        assert deep <= 1e-6
    if deep > 1e-6:
        assert apart == 0.0
    i, _, area = overlaps(boxes(a), boxes(b), NONE)
    whole = shapely.area(shapely.intersection(by_hand(*a), by_hand(*b)))
    assert len(i) == (round(deep, 6) > 0.001)
    if len(i):
        assert area[0] == pytest.approx(whole, abs=1e-9)


@given(SPOT, SPOT)
def test_clear_depth_agrees_with_cutting_the_zone(a, b):
    one, other = boxes(a), boxes(b)
    found = clear_depth(one, "front", other, NONE, ROOM, 30.0)
    narrow = Boxes(one.x_m, one.y_m, one.width_m - 0.002, one.depth_m, one.yaw_deg)
    zone = front_zone(narrow, 30.0)[0]
    expected = 30.0
    beyond = shapely.difference(zone, shapely.polygons(ROOM))
    in_front = shapely.intersection(zone, other.polygons[0])
    for part in (beyond, in_front):
        points = shapely.get_coordinates(part)
        if len(points) and part.area > 1e-5:
            depth = (points - one.centre[0]) @ one.ahead[0] - one.depth_m[0] / 2
            expected = min(expected, max(depth.min(), 0.0))
    if sunk(one, other)[0] < 0:
        assert found.depth_m[0] == pytest.approx(expected, abs=0.0015)


def test_a_turned_solid_ends_the_aisle_at_its_corner():
    one = boxes((5, 5, 0.6, 1.2, 0))
    pole = boxes((5, 3, 0.4, 0.4, 45))
    found = clear_depth(one, "front", pole, NONE, ROOM, 9.0)
    assert found.depth_m[0] == pytest.approx(1.4 - 0.2 * np.sqrt(2), abs=5e-4)
    assert found.solid.tolist() == [0]


def test_what_stands_beside_the_way_or_is_the_same_does_not_end_it():
    one = boxes((5, 5, 0.6, 1.2, 0))
    beside = boxes((5.6, 3.0, 0.6, 1.2, 0))
    assert clear_depth(one, "front", beside, NONE, ROOM, 9.0).depth_m[0] == 4.4
    assert (
        clear_depth(one, "front", boxes((5, 4, 1, 1, 0)), np.array([0]), ROOM, 9.0).depth_m[0]
        == 4.4
    )


def test_a_wall_ends_the_aisle_and_no_outline_leaves_it_unknown():
    one = boxes((5, 5, 0.6, 1.2, 0))
    found = clear_depth(one, "front", boxes((5, 0, 9, 0.1, 0)), NONE, ROOM[:, :], 9.0)
    assert found.depth_m[0] == 4.35
    slanted = np.array([[0.0, 0.0], [20, 4], [20, 20], [0, 20]])
    low = clear_depth(one, "front", boxes((15, 15, 1, 1, 0)), NONE, slanted, 9.0)
    assert low.depth_m[0] == pytest.approx(4.4 - 5.299 * 0.2, abs=1e-3)
    assert low.solid.tolist() == [-1]
    bare = clear_depth(one, "front", boxes((15, 15, 1, 1, 0)), NONE, np.empty((0, 2)), 9.0)
    assert np.isnan(bare.depth_m).all()


def test_gaps_are_negative_where_sunk():
    rack = boxes((0, 0, 0.6, 1.2, 0))
    i, j, gap = nearest_gap(rack, boxes((0.6, 0, 0.5, 0.5, 0), (9, 0, 1, 1, 0)), 0.5)
    assert (i.tolist(), j.tolist(), gap.tolist()) == ([0], [0], [0.05])
    assert nearest_gap(rack, boxes((0.5, 0, 0.5, 0.5, 0)), 0.5)[2].tolist() == [-0.05]


def test_outside_forgives_a_millimetre():
    some = boxes((0.3, 5, 0.6, 1.2, 0), (0.2995, 5, 0.6, 1.2, 0), (0.2, 5, 0.6, 1.2, 0))
    assert outside_area(some, ROOM) == pytest.approx([0, 0, 0.12])
