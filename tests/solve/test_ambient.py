"""Limits in hot air: the layout's factor, the maker's table, and whom they lower."""

from __future__ import annotations

import pytest

from tests.solve.test_flow import element, node, study_of
from twin.solve.power.feeders import feeders


def body(**said: object) -> str:
    busway = said.pop("ambient_c", 45)
    return (
        element("sources", "S", voltage_v=415)
        + element("busways", "B", fed_from="S", rating_a=800, ambient_c=busway)
        + element("taps", "T", fed_from="B", **said)
    )


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ({"type": "powerpact_b_60a", "breaker_a": 60}, 60 * 0.8 * 0.967),
        ({"type": "powerpact_b_60a", "breaker_a": 60, "ambient_c": 47.5}, 60 * 0.8 * 0.95),
        ({"type": "powerpact_b_60a", "breaker_a": 60, "ambient_c": 30}, 60 * 0.8),
        ({"type": "powerpact_b_60a", "breaker_a": 60, "ambient_c": 90}, 60 * 0.8 * 0.8),
        ({"type": "powerpact_b_60a", "breaker_a": 60, "ambient_factor": 0.9}, 60 * 0.8 * 0.9),
        ({"breaker_a": 60, "ambient_factor": 0.9}, 60 * 0.8 * 0.9),
        ({"breaker_a": 60, "rating_a": 50, "ambient_factor": 0.9}, 60 * 0.8 * 0.9),
        ({"breaker_a": 60, "rating_a": 40, "ambient_factor": 0.9}, 40 * 0.9),
        ({"breaker_a": 60}, 60 * 0.8),
    ],
)
def test_a_tap_in_hot_air(said: dict[str, object], limit: float) -> None:
    study = study_of(body(**said))
    assert study(feeders).limit_a[node(study, "tap:T")] == pytest.approx(limit)


def test_a_feeder_that_states_its_breaker_alone_is_lowered_and_one_with_a_rating_by_that() -> None:
    study = study_of(
        element("sources", "S", voltage_v=415)
        + element("boards", "A", fed_from="S", breaker_a=800, ambient_factor=0.9)
        + element(
            "boards", "B", fed_from="S", breaker_a=800, rating_a=800, ambient_factor=0.9,
            emergency_a=790, continuous_factor=1.0,
        )
    )  # fmt: skip
    known = study(feeders)
    assert known.limit_a[node(study, "board:A")] == pytest.approx(800 * 0.8 * 0.9)
    assert known.limit_a[node(study, "board:B")] == pytest.approx(720)
    assert known.after_a[node(study, "board:B")] == pytest.approx(790)
