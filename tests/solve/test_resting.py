"""Cables that are no rack's own: who rests on them is blocked or unknown with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.links import links
from twin.solve.cabling.links.resting import resting
from twin.solve.cabling.panels.pieces import pieces

RULES = Path(__file__).parents[1] / "rules"


UNITS = {"catalog.nv_network_rack.rack_units": 48}


def verdicts(layout, changes):
    changes = {**UNITS, **changes}
    report = pipeline.check(pipeline.change(pipeline.load(RULES / layout), changes))
    return {k: v for k, v in report.counts.items() if k in {"feasible", "blocked", "unknown"}}


def test_trunks_that_overfill_a_tray_block_the_racks_whose_links_they_carry():
    assert verdicts("paneled.toml", {"data.trunks.TA.od_m": 0.09}) == {
        "feasible": 3, "blocked": 4, "unknown": 0,
    }  # fmt: skip


def test_trunks_of_no_known_diameter_leave_these_racks_unknown():
    found = verdicts("paneled.toml", {"data.trunks.TA.od_m": float("nan")})
    assert (found["blocked"], found["unknown"]) == (0, 4)


@pytest.mark.parametrize(("width", "state"), [(0.0001, "blocked"), (float("nan"), "unknown")])
def test_uplinks_without_room_take_the_racks_below_with_them(tmp_path, width, state):
    text = (RULES / "cabled.toml").read_text(encoding="utf-8")
    text = text.replace('spine_at = ["N-02"]', 'spine_at = ["S-01"]').replace(
        "count = 2\n", "count = 1\n"
    )
    text = text.replace('positions = ["N-*"]\n', 'positions = ["N-*", "S-*"]\n')
    text += (
        '\n[rows.S]\nhall = "H1"\nat_m = [14, 6]\ncount = 1\npitch_m = 0.6\ndepth_m = 1.2\n'
        "height_m = 2.2\n\n"
        '[trays.T2]\nhall = "H1"\npoints_m = [[12, 2.6], [14.3, 2.6], [14.3, 7]]\n'
        "elevation_m = 2.8\nwidth_m = 0.3\ndepth_m = 0.1\n"
    )
    path = tmp_path / "two.toml"
    path.write_text(text, encoding="utf-8")
    site = pipeline.change(pipeline.load(path), UNITS)
    assert pipeline.check(site).counts["feasible"] == 6
    found = pipeline.check(pipeline.change(site, {"trays.T2.width_m": width})).counts
    assert found[state] == 4


def test_racks_of_a_leaf_rest_on_its_uplinks_and_on_no_other():
    study = pipeline.study(pipeline.load(RULES / "cabled.toml"))
    every, of = study(bundles), study(pieces)
    up = np.flatnonzero(every.low >= 0)
    assert (of.bundle[up] == up).all()
    racks, row = resting(study, up, np.arange(len(up)))
    link = study(links)
    for k, leaf in enumerate(every.low[up].tolist()):
        assert set(racks[row == k].tolist()) == set(link.rack[link.switch == leaf].tolist())


def test_verdicts_rest_on_what_is_assumed_of_parts_that_are_chosen():
    report = pipeline.check(pipeline.load(RULES / "paneled.toml"))
    assert {a.path: a.racks for a in report.assumptions} == {
        "catalog.2xdr4_800g_100m.loss_budget_db": 4,
        "catalog.2xdr4_800g_100m_flt.loss_budget_db": 4,
    }
