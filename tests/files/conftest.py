"""A small layout that the tests of reading start from."""

import pytest

TINY = """\
format = 1
name = "tiny"
[halls.H1]
outline_m = [[0, 0], [20, 0], [20, 10], [0, 10]]
[rows.R1]
hall = "H1"
at_m = [2, 2]
count = 4
pitch_m = 0.6
width_m = 0.6
depth_m = 1.2
[deliveries.D1]
type = "gb300_nvl72"
positions = ["R1-*"]
arrives = 2027-05-03
"""


@pytest.fixture
def tiny():
    return TINY


@pytest.fixture
def write(tmp_path):
    """Write a file below the folder of the test; return its path."""

    def writer(text, name="hall.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return writer
