"""Readings of meters as a list with the user's own headers."""

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.errors import InputError

LAYOUT = """
format = 1
name = "metered"
scope = ["PWR"]

[power.sources.S]
voltage_v = 415

[power.busways.B]
fed_from = "S"

[lists.readings]
file = "meters.csv"
kind = "meters"
"""


def site(folder: Path, text: str):
    (folder / "meters.csv").write_text(text)
    (folder / "site.toml").write_text(LAYOUT)
    return pipeline.load(folder / "site.toml")


def test_a_list_of_readings(tmp_path):
    read = site(
        tmp_path, "Meter,Element,kW,From,Until\nM1,B,810.5,2027-01-01,2027-01-31\nM2,S,900,,\n"
    )
    table = read.tables["meter"]
    assert table.ids.tolist() == ["M1", "M2"]
    assert table["measured_kw"].tolist() == [810.5, 900]
    assert [str(read.names[e]) for e in table["element"]] == ["busway:B", "source:S"]
    assert str(table["start"][0]) == "2027-01-01"
    assert np.isnat(table["until"][1])


def test_a_reading_that_ends_before_it_starts_is_told(tmp_path):
    with pytest.raises(InputError, match="before it starts"):
        site(tmp_path, "Meter,Element,kW,From,Until\nM1,B,1,2027-02-01,2027-01-31\n")
