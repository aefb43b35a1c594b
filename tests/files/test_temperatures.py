"""Measured temperatures as a list with the user's own headers."""

from pathlib import Path

import pytest

from twin import pipeline
from twin.errors import InputError

BASE = Path(__file__).parents[1] / "rules" / "base.toml"
LIST = """
[lists.readings]
file = "temperatures.csv"
kind = "temperatures"
"""


def site(folder: Path, text: str):
    (folder / "temperatures.csv").write_text(text)
    (folder / "site.toml").write_text(BASE.read_text() + LIST)
    return pipeline.load(folder / "site.toml")


def test_a_list_of_temperatures(tmp_path):
    read = site(
        tmp_path,
        "Sensor,Element,Inlet (F),Outlet (C),From\nX1,D1-001,77,36.5,2027-06-01\nX2,AH2,36,24,\n",
    )
    table = read.tables["temperature"]
    assert table.ids.tolist() == ["M1", "M2", "M3", "X1", "X2"]
    assert table["inlet_c"][3:4] == pytest.approx([25])
    assert table["outlet_c"][3:].tolist() == [36.5, 24]
    assert [str(read.names[e]) for e in table["element"][3:]] == ["rack:D1-001", "air_unit:AH2"]


def test_a_rack_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match='there is no rack "D1-009"'):
        site(tmp_path, "Sensor,Element,Inlet (C)\nX1,D1-009,25\n")


def test_a_reading_that_ends_before_it_starts_is_told(tmp_path):
    with pytest.raises(InputError, match="before it starts"):
        site(tmp_path, "Sensor,Element,From,Until\nX1,D1-001,2027-02-01,2027-01-31\n")
