"""Cables turn at corners of trays, where two trays meet at an angle, and where they leave them."""

from __future__ import annotations

from tests.solve.small import hall, riser
from twin import pipeline
from twin.site.site import Site
from twin.solve.cabling.fill.turns import PLACES, turns

CORNERS, MEET, LEAVE = PLACES
RACKS = {"A": (0.0, 0.6), "Z": (20.0, 9.4)}


def places(site: Site) -> dict[str, set[str]]:
    """Places at which cables turn, by tray."""
    study = pipeline.study(site)
    found, ids = study(turns), study.table("tray").ids
    out: dict[str, set[str]] = {}
    for tray, place in zip(found.tray.tolist(), found.place.tolist(), strict=True):
        out.setdefault(str(ids[tray]), set()).add(PLACES[place])
    return out


def of(trays: dict[str, tuple[list[tuple[float, float]], float]], **more: str) -> Site:
    return hall(trays, RACKS, {"S": "Z"}, {"A": ["S"]}, **more)


def test_cables_turn_where_two_trays_meet_at_an_angle() -> None:
    trays = {
        "ONE": ([(0.0, 0.0), (20.0, 0.0)], 3.0),
        "TWO": ([(20.0, 0.0), (20.0, 9.4)], 3.0),
    }
    assert places(of(trays)) == {"ONE": {MEET, LEAVE}, "TWO": {MEET, LEAVE}}


def test_a_line_of_two_trays_has_no_turn_where_they_meet() -> None:
    trays = {
        "ONE": ([(0.0, 0.0), (10.0, 4.7)], 3.0),
        "TWO": ([(10.0, 4.7), (20.0, 9.4)], 3.0),
    }
    assert places(of(trays)) == {"ONE": {LEAVE}, "TWO": {LEAVE}}


def test_a_tray_in_the_middle_turns_at_its_corner_and_is_left_nowhere() -> None:
    trays = {
        "ONE": ([(0.0, 0.0), (5.0, 0.0)], 3.0),
        "MID": ([(5.0, 0.0), (16.0, 0.0), (16.0, 9.4)], 3.0),
        "TWO": ([(16.0, 9.4), (20.0, 9.4)], 3.0),
    }
    found = places(of(trays))
    assert found["MID"] == {CORNERS, MEET}
    assert found["ONE"] == {LEAVE}


def test_a_tray_without_cables_has_no_turns() -> None:
    trays = {
        "ONE": ([(0.0, 0.0), (20.0, 0.0)], 3.0),
        "TWO": ([(20.0, 0.0), (20.0, 9.4)], 3.0),
        "SIDE": ([(5.0, 0.0), (5.0, 5.0)], 3.0),
    }
    assert set(places(of(trays))) == {"ONE", "TWO"}


def test_cables_turn_into_a_riser() -> None:
    trays = {
        "LOW": ([(0.0, 0.0), (20.0, 0.0)], 3.0),
        "HIGH": ([(20.0, 0.0), (20.0, 9.4)], 4.0),
    }
    up = riser("UP", (20.0, 0.0), 3.0, 4.0)
    assert places(of(trays, more=up)) == {"LOW": {MEET, LEAVE}, "HIGH": {MEET, LEAVE}}
