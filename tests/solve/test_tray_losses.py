"""What lost trays and risers take of racks' networks: links, uplinks, and both together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.model.change import Conditions, Scenario
from twin.solve.cabling.links.bandwidth import bandwidth_left, cut_bundles
from twin.solve.losses.cases import cases

BASE = Path(__file__).parents[1] / "rules" / "trays.toml"
PLANES = BASE.read_text(encoding="utf-8")
TIERS = PLANES.replace("tiers = 1\nplanes = 2", "tiers = 2\nradix = 16\nspine_at = ['NB', 'NC']")
TIERS = TIERS.replace('leaf_at = ["NA", "NB"]', 'leaf_at = ["NA"]')
# Leaves at NA; over TC, which no other rack is near, to the spine at NB, over TD to that at NC.
TIERS = TIERS.replace("at_m = [10.0, 6.5]", "at_m = [10.0, 2.4]")
TIERS += """
[positions.NC]
hall = "H1"
at_m = [6.0, 2.4]
width_m = 0.6
depth_m = 1.2
height_m = 2.5

[trays.TC]
hall = "H1"
points_m = [[8.0, 3.0], [12.0, 3.0]]
elevation_m = 2.8

[trays.TD]
hall = "H1"
points_m = [[4.0, 3.0], [7.9, 3.0]]
elevation_m = 2.8
"""


def left(tmp_path, text, *lost):
    """What is left to each rack of its network when the named things are lost together."""
    path = tmp_path / "hall.toml"
    path.write_text(text.replace('positions = ["NA", "NB"]', 'positions = ["N?"]'))
    site = pipeline.load(path)
    study = pipeline.study(site, Scenario(lost=lost, conditions=Conditions(losses=0)))
    found = study(bandwidth_left)
    names = study(cases).name
    out = {}
    for k, rack in enumerate(found.rack.tolist()):
        out.setdefault(str(names[found.case[k]]), {})[rack] = float(found.left[k])
    return out


def test_a_lost_tray_takes_the_plane_that_lies_in_it(tmp_path):
    found = left(tmp_path, PLANES, "tray:TB")
    assert set(found) == {"tray:TB"}
    assert list(found["tray:TB"].values()) == [0.5] * 4


def test_a_lost_tray_takes_the_uplinks_that_lie_in_it(tmp_path):
    found = left(tmp_path, TIERS, "tray:TD")
    assert list(found["tray:TD"].values()) == pytest.approx([0.5] * 4)


def test_a_tray_without_cables_takes_nothing(tmp_path):
    assert left(tmp_path, TIERS, "tray:TB") == {}


def test_a_lost_tray_takes_links_and_uplinks_once(tmp_path):
    # The leaves stand farther along TA than the spine at NC, whose uplinks lie in TA too.
    text = TIERS.replace("at_m = [6.0, 2.4]", "at_m = [6.0, 4.0]")
    found = left(tmp_path, text, "tray:TA")
    assert list(found["tray:TA"].values()) == [0.0] * 4


def test_without_a_lost_tray_no_cable_is_cut(tmp_path):
    path = tmp_path / "hall.toml"
    path.write_text(PLANES)
    study = pipeline.study(pipeline.load(path), Scenario(conditions=Conditions(losses=0)))
    assert not len(study(cut_bundles).case)
    assert not np.isin("tray:TA", study(cases).name)
