"""Rear doors as they cannot be: two behind one position, or of another hall than their rack."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from twin.errors import InputError

HYBRID = Path("layouts/coolant_hybrid.toml").read_text(encoding="utf-8")
DOOR = 'position = "N1-01"\n'


def problem(tmp_path: Path, text: str) -> str:
    path = tmp_path / "hall.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as told:
        twin.load(path)
    return str(told.value)


def test_a_door_of_another_hall_than_its_rack_is_told_with_its_line(tmp_path):
    other = HYBRID.replace(
        "[halls.H1]", "[halls.H2]\noutline_m = [[30, 0], [40, 0], [40, 9]]\n\n[halls.H1]"
    )
    text = other.replace(f'hall = "H1"\n{DOOR}', f'hall = "H2"\n{DOOR}')
    line = text.splitlines().index("[coolant.air_units.RD1]") + 3
    told = problem(tmp_path, text)
    assert (
        f"hall.toml:{line}: coolant.air_units.RD1.hall: stands behind a position in another" in told
    )


def test_two_doors_behind_one_position_are_told(tmp_path):
    text = HYBRID.replace(
        "[coolant.air_units.RD1]",
        f'[coolant.air_units.FW9]\nplant = "CHW"\n{DOOR}\n[coolant.air_units.RD1]',
    )
    assert "has a rear door already" in problem(tmp_path, text)
