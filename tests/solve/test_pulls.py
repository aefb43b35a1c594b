"""Pulls go by day: trunks before the cords that hang on them, cords by hand among all others."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from twin import pipeline
from twin.report.cables.papers import papers

LAYOUT = Path(__file__).parents[2] / "layouts" / "cabled_trunks.toml"
LATE = ("[data.trunks.TA]\n", "[data.trunks.TA]\nready = 2027-06-01\n")
"""A trunk that lies four months after the racks of its row have come."""


def told(tmp_path, *changes, day=None, layout=LAYOUT):
    text = layout.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "hall.toml"
    path.write_text(text, encoding="utf-8")
    study = pipeline.study_of(pipeline.load(path), day, "provisioned", 1)
    return {name: list(csv.DictReader(io.StringIO(t))) for name, t in papers(study).items()}


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    return told(tmp_path_factory.mktemp("late"), LATE)


def test_pulls_are_counted_in_the_order_of_their_days(late):
    pulls = late["pulls.csv"]
    assert [int(row["pull"]) for row in pulls] == sorted(int(row["pull"]) for row in pulls)
    assert [row["day"] for row in pulls] == sorted(row["day"] for row in pulls)
    assert [int(r["pull"]) for r in late["trunks.csv"]] == [1, 2, 3, 12]
    # A trunk comes before the cords of its day.
    day = [row["bundles"] for row in pulls if row["day"] == "2027-06-01"]
    assert day[0] == "TA"
    assert len(day) == 3


def test_cords_through_a_trunk_wait_for_it(late):
    cords = late["cables.csv"]
    row_a = {row["day"] for row in cords if row["upper_device"] == "PA"}
    assert row_a == {"2027-06-01"}
    assert {row["day"] for row in cords if row["upper_device"] == "PB"} == {"2027-03-01"}


def test_before_its_trunk_no_cord_of_a_link_stands(tmp_path, late):
    early = told(tmp_path, LATE, day=date(2027, 5, 31))["cables.csv"]
    assert len(early) == sum(row["day"] < "2027-06-01" for row in late["cables.csv"])
    assert not [row for row in early if "PA" in {row["upper_device"], row["lower_device"]}]


def test_cords_to_a_panel_wait_for_its_rack(tmp_path):
    """The racks that house panels of rows come a week after their nodes."""
    old = 'positions = ["N-*", "A-09", "B-09", "C-09", "D-09"]\narrives = 2027-01-15'
    new = (
        'positions = ["N-*", "B-09", "C-09", "D-09"]\narrives = 2027-01-15\n\n[deliveries.P]\n'
        'type = "nv_network_rack"\npositions = ["A-09"]\narrives = 2027-02-08'
    )
    cords = told(tmp_path, (old, new))["cables.csv"]
    row_a = {r["day"] for r in cords if "A-09" in {r["upper_position"], r["lower_position"]}}
    assert row_a == {"2027-02-08"}


SPLIT = LAYOUT.with_name("fabric_splitters.toml")
IN_TURN = (
    'positions = ["S-*"]\narrives = 2027-05-03',
    """positions = ["S-0[2-6]"]
arrives = 2027-05-03

[racks.OLD]
type = "air_storage"
position = "S-01"
arrives = 2027-05-03
leaves = 2027-08-01

[racks.NEW]
type = "air_storage"
position = "S-01"
arrives = 2027-09-01""",
)


def test_racks_that_stand_in_turn_use_the_same_cords(tmp_path):
    """A cord is pulled on the day of the first of them, whichever stands on the day asked for."""
    kind = ("nodes_per_position = 8", "nodes_per_position = 3"), ("down = 24", "down = 10")
    found = {
        day: told(tmp_path, IN_TURN, *kind, ("value = 16", "value = 6"), day=day, layout=SPLIT)
        for day in (None, date(2027, 7, 1), date(2027, 10, 1))
    }
    rows = {day: papers["cables.csv"] for day, papers in found.items()}
    racks = {day: {r.pop("lower_rack") for r in some} for day, some in rows.items()}
    assert "OLD" in racks[date(2027, 7, 1)] - racks[date(2027, 10, 1)]
    assert rows[None] == rows[date(2027, 7, 1)] == rows[date(2027, 10, 1)]
    assert {r["day"] for r in rows[None] if r["lower_position"] == "S-01"} == {"2027-05-03"}
