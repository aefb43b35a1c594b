"""Ways from hall to hall that are shorter than they can be, and deliveries to nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from twin.errors import InputError

HALLS = Path("layouts/fabric_two_halls.toml").read_text(encoding="utf-8")


def problem(tmp_path: Path, text: str) -> str:
    path = tmp_path / "halls.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as told:
        twin.load(path)
    return str(told.value)


def south(length_m: float) -> str:
    at = HALLS.index("[risers.DUCT-SOUTH]")
    return HALLS[:at] + HALLS[at:].replace("length_m = 7.0", f"length_m = {length_m}", 1)


def test_a_duct_shorter_than_the_line_between_its_ends_is_told_with_both(tmp_path):
    """From (12, 1) of one hall to (16 + 0, 2) of the other: 4.123 m on the plan."""
    told = problem(tmp_path, south(3.0))
    assert (
        "risers.DUCT-SOUTH.length_m: 3 m are less than the straight line between its ends" in told
    )
    assert "4.12 m" in told
    assert "DUCT-NORTH" not in told


def test_one_as_long_as_that_line_is_taken(tmp_path):
    path = tmp_path / "halls.toml"
    path.write_text(south(4.2), encoding="utf-8")
    assert len(twin.load(path).tables["riser"]) == 4


def test_halls_whose_place_nobody_says_are_not_judged(tmp_path):
    path = tmp_path / "halls.toml"
    path.write_text(south(0.5).replace("at_m = [16, 0]\n", ""), encoding="utf-8")
    assert len(twin.load(path).tables["riser"]) == 4


def test_a_turned_site_changes_nothing(tmp_path):
    turned = south(3.0).replace("at_m = [16, 0]\n", "at_m = [0, 16]\nyaw_deg = 90\n")
    turned = turned.replace("[halls.H1]\n", "[halls.H1]\nyaw_deg = 90\n")
    assert "4.12 m" in problem(tmp_path, turned)


def test_of_a_delivery_to_nowhere_its_type_is_not_told(tmp_path):
    told = problem(
        tmp_path, HALLS.replace('positions = ["C-*"]\narrives', 'positions = ["X-*"]\narrives')
    )
    assert "deliveries.SU.positions" in told
    assert "no product in the catalog" not in told
