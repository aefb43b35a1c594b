"""Switches without a unit that anybody knows: their cords may be shorter than a rack is high."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import twin
from twin.pipeline import study
from twin.solve.cabling.parts.unplaced import unplaced

LAYOUTS = Path("layouts")
UNITS = '[[assume]]\npath = "catalog.nv_network_rack.rack_units"\n'


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> twin.Site:
    """The published system in racks of which nobody knows how many units they have."""
    folder = tmp_path_factory.mktemp("floor")
    shutil.copytree(LAYOUTS / "products", folder / "products")
    text = (LAYOUTS / "fabric_h100_127.toml").read_text(encoding="utf-8")
    at = text.index(UNITS)
    path = folder / "hall.toml"
    path.write_text(text[:at] + text[text.index("\n\n", at) + 2 :], encoding="utf-8")
    return twin.load(path)


def test_what_may_be_short_enough_is_not_known_and_names_the_units(unknown):
    report = twin.check(unknown, select=["CAB403", "CAB312"])
    assert report.counts["blocked"] == 0
    assert {gap.path for gap in twin.gaps(report)} == {"catalog.nv_network_rack.rack_units"}


def test_with_units_all_of_it_is_known():
    site = twin.load(LAYOUTS / "fabric_h100_127.toml")
    assert (study(site)(unplaced) == -1).all()
    assert twin.check(site, select=["CAB403", "CAB312"]).counts["feasible"] == 38


def test_every_link_of_a_switch_without_a_unit_is_meant(unknown):
    one = study(unknown)
    lacking = np.isnan(np.asarray(one.table("switch")["unit"], dtype=float))
    assert lacking.any()
    subjects = set(one(unplaced).tolist()) - {-1}
    first = unknown.first["switch"]
    assert subjects <= {first + row for row in np.flatnonzero(lacking).tolist()}
