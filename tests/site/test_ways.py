"""Ways of coolant: what is whole passes, and what a removed pipe leaves without is named."""

from pathlib import Path

import numpy as np
import pytest

import twin
from twin.errors import InputError
from twin.site import ways
from twin.site.ways import faults_of_ways
from twin.site.whole import doubtful

HYBRID = Path("layouts/coolant_hybrid.toml")


def written(tmp_path, *changes):
    """The hybrid hall with its text changed."""
    text = HYBRID.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "hall.toml"
    path.write_text(text, encoding="utf-8")
    return path


def told(path):
    with pytest.raises(InputError) as raised:
        twin.load(path)
    return [p.text().partition(": ")[2] for p in raised.value.problems]


def test_an_air_unit_that_no_pipe_reaches_is_named_on_both_sides(tmp_path):
    pipe = '[coolant.pipes.B-RD1]\nplant = "CHW"'
    lines = told(written(tmp_path, (pipe, pipe.replace("B-RD1", "B-FW1")), ('"RD1"', '"FW1"')))
    assert [line.partition(";")[0] for line in lines] == [
        f"coolant.air_units.RD1.plant: no {side} pipe joins it to CHW"
        for side in ("supply", "return")
    ]


def test_a_check_valve_the_right_way_round_passes(tmp_path):
    pipe = '[coolant.pipes.P1]\nloop = "T1"'
    site = twin.load(written(tmp_path, (pipe, f"{pipe}\ncheck = true")))
    assert site.tables["pipe"]["check"].sum() == 1


def test_a_cdu_behind_a_check_valve_against_it_is_named_though_another_serves_the_row(tmp_path):
    turned = 'start = "M1"\nend = "C1"\ncheck = true'
    lines = told(written(tmp_path, ('start = "C1"\nend = "M1"', turned)))
    (line,) = lines
    assert line.startswith("coolant.pipes.P1.check: its check valve stands against the flow, and")


def test_a_check_valve_between_two_cdus_is_no_mistake(tmp_path):
    pipe = '[coolant.pipes.P2]\nloop = "T1"'
    more = '[coolant.pipes.P3]\nloop = "T1"\nstart = "M1.end"\nend = "C1"\ncheck = true\n\n'
    twin.load(written(tmp_path, (pipe, more + pipe)))


def cut(site, row):
    """Tables of a site of which one pipe joins nothing."""
    pipes = site.tables["pipe"]
    ends = {key: np.where(np.arange(len(pipes)) == row, "", pipes[key]) for key in ("start", "end")}
    return {**site.tables, "pipe": pipes.with_columns(**ends)}


def one_way(site, row):
    """Tables of a site of which one pipe has a check valve."""
    pipes = site.tables["pipe"]
    check = np.asarray(pipes["check"]) | (np.arange(len(pipes)) == row)
    return {**site.tables, "pipe": pipes.with_columns(check=check)}


@pytest.mark.parametrize("name", ["coolant_hybrid", "coolant_ring_main", "coolant_in_rack"])
@pytest.mark.parametrize("made", [cut, one_way])
def test_circuits_that_are_not_in_doubt_are_whole(name, made, monkeypatch):
    site = twin.load(f"layouts/{name}.toml")
    every = {*range(site.size)}
    doubts = []
    for row in range(len(site.tables["pipe"])):
        tables = made(site, row)
        doubts.append(len(doubtful(tables)))
        found = list(faults_of_ways(tables))
        with monkeypatch.context() as patched:
            patched.setattr(ways, "doubtful", lambda _: every)
            assert list(faults_of_ways(tables)) == found
    assert max(doubts) > 0
    assert not doubtful(site.tables)
