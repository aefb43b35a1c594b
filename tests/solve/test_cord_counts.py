"""Cords by their parts are those that are listed; why they are other than planned is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.solve import cabled
from twin import pipeline
from twin.report import fabrics
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.parts.cord_counts import MOULDED, PANELS, cord_counts
from twin.solve.fabric.portmap import TIERS
from twin.solve.study import Study

RULES = Path(__file__).parents[1] / "rules"


def built(layout: str) -> Study:
    return pipeline.study(pipeline.load(RULES / f"{layout}.toml"))


def told(study: Study) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    return {TIERS[c.tier]: (c.planned, c.bought, c.why) for c in study(cord_counts)}


def test_links_through_panels_are_two_cords_each():
    study = built("paneled")
    assert told(study) == {"node to leaf": (32, 64, (PANELS,)), "leaf to spine": (32, 32, ())}
    said = fabrics.text(study)
    assert f"    node to leaf: 64 ({PANELS})\n" in said
    assert "    leaf to spine:" not in said


def test_nothing_is_said_where_both_agree():
    study = built("cabled")
    assert {name: x[:2] for name, x in told(study).items()} == {
        "node to leaf": (32, 32), "leaf to spine": (32, 32),
    }  # fmt: skip
    assert "by their parts" not in fabrics.text(study)


def test_moulded_cables_hold_the_links_of_their_plugs():
    planned, bought, why = told(cabled.study(**cabled.MOULDED))["spine to core"]
    assert (planned, bought, why) == (32, 16, (MOULDED,))


@pytest.mark.parametrize("layout", ["cabled", "paneled"])
def test_they_add_up_to_the_list_of_cables(layout):
    study = built(layout)
    listed = study(cables)
    of_fabrics = listed.cord[(listed.cord > 0) & (listed.leg == 1)]
    assert sum(c.bought for c in study(cord_counts)) == len(np.unique(of_fabrics))
