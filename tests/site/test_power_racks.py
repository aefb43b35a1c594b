"""A rectifier that stands on a position: nothing else fits there, and its weight counts."""

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.model.change import Change

CHAIN = Path(__file__).with_name("chain.toml")


@pytest.fixture(scope="module")
def site():
    return pipeline.load(CHAIN)


def told(site, code):
    report = pipeline.check(site, select=[code])
    return {(f.subject, f.demand, f.limit) for f in report.findings if f.code == code}


def test_no_rack_fits_beside_it(site):
    assert told(site, "SPC103") == set()
    moved = pipeline.change(site, {"racks.SN-3.position": "R1-04"})
    assert told(moved, "SPC103") == {("position:R1-04", 2, 1)}


def test_two_of_them_on_one_position_are_told(site):
    twice = [Change("add", "power.rectifiers.DC2", {"copy": "DC1"})]
    assert told(pipeline.change(site, twice), "SPC103") == {("position:R1-04", 2, 1)}


def test_its_weight_is_held_to_the_position(site):
    light = pipeline.change(site, {"positions.R1-04.max_kg": 1000})
    assert ("rectifier:DC1", 1200, 1000) in told(light, "SPC102")
    mute = pipeline.change(light, {"power.rectifiers.DC1.mass_kg": np.nan})
    assert ("rectifier:DC1", 1200, 1000) not in told(mute, "SPC102")
