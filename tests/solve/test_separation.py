"""Power alongside trays, and corners of trays: by hand-made halls whose distances are plain."""

from __future__ import annotations

import numpy as np
import pytest

from tests.solve.small import hall
from twin import pipeline
from twin.solve.cabling.fill.corners import with_corners
from twin.solve.cabling.fill.separation import beside

RACKS = {"A": (0.0, 0.0), "B": (9.0, 0.0)}
DATA = {"T": ([(0.0, 0.0), (9.0, 0.0)], 3.0)}


def found(start, end, z=2.5, **tray):
    """Power tray of 0.2 x 0.05 m beside a data tray of 0.3 x 0.1 m along x, 3 m high."""
    more = (
        f'[trays.P]\nhall = "H"\npoints_m = [{list(start)}, {list(end)}]\nelevation_m = {z}\n'
        'width_m = 0.2\ndepth_m = 0.05\nkind = "power"'
    )
    study = pipeline.study(hall(DATA, RACKS, {"S": "B"}, {"A": ["S"]}, more=more))
    return study(beside)


def test_edges_are_apart_on_the_plan_and_in_height():
    near = found((2.0, 0.6), (8.0, 0.6))
    assert near.run_m == pytest.approx([6.0])
    assert near.plan_m == pytest.approx([0.6 - 0.15 - 0.1])
    assert near.over_m == pytest.approx([3.0 - 2.55])


def test_power_above_is_measured_from_the_upper_edge():
    near = found((2.0, 0.0), (8.0, 0.0), z=3.4)
    assert near.plan_m == pytest.approx([0.0])
    assert near.over_m == pytest.approx([0.3])


def test_power_in_the_tray_is_no_distance_away():
    near = found((2.0, 0.0), (8.0, 0.0), z=3.05)
    assert near.over_m == pytest.approx([0.0])


@pytest.mark.parametrize(
    ("start", "end"),
    [((4.0, -3.0), (4.0, 3.0)), ((4.0, -0.5), (6.0, 0.5)), ((9.5, 0.0), (14.0, 0.0)),
     ((2.0, 1.26), (8.0, 1.26))],
    ids=["crosses", "crosses at 27 degrees", "goes on behind its end", "more than 1 m away"],
)  # fmt: skip
def test_what_does_not_run_alongside_is_left_out(start, end):
    assert not len(found(start, end).tray)


def test_a_run_at_a_small_angle_is_as_near_as_its_nearest_place():
    near = found((0.0, 0.5), (9.0, 1.0))
    assert len(near.tray) == 1
    assert near.plan_m[0] == pytest.approx(0.5 * np.cos(np.arctan2(0.5, 9.0)) - 0.25, abs=0.01)


def test_a_line_that_was_drawn_by_hand_is_straight():
    trays = {
        "T": ([(0.0, 0.0), (4.0, 0.1), (9.0, 0.0)], 3.0),
        "U": ([(0.0, 0.0), (0.0, 4.0), (4.0, 4.0)], 3.0),
        "V": ([(9.0, 0.0), (2.0, 0.0), (2.0, 0.0), (1.0, 0.01)], 3.0),
    }
    study = pipeline.study(hall(trays, RACKS, {"S": "B"}, {"A": ["S"]}))
    assert study(with_corners).tolist() == [False, True, False]
