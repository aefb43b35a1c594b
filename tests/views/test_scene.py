"""The scene: everything at its place, in the band of its margin, dates observed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import twin
from tests.views import sample
from twin.model.change import Change
from twin.views.judge import AT_RISK, judge
from twin.views.scene import scene


def test_racks_carry_their_verdicts():
    site = sample.site()
    racks = scene(site, sample.report(site)).batch("rack")
    assert racks is not None
    assert racks.state[:3].tolist() == [0, 1, AT_RISK]
    assert racks.state[-1] == 2
    assert racks.band[1] == 6
    assert racks.band[0] == 0
    assert racks.band[-1] == 5
    assert racks.code[-1] == "PWR101"


def test_elements_take_the_least_gate_margin():
    site = sample.site()
    shown = scene(site, sample.report(site))
    assert shown.batch("busway").band.tolist() == [2]  # 1 - 0.125
    assert shown.batch("cdu").band.tolist() == [6]
    assert shown.batch("tray").band.tolist() == [-1]


def test_a_failure_without_a_percentage_still_looks_failed():
    site = sample.site()
    report = sample.report(site)
    verdicts = report.verdicts
    margin = np.where(verdicts.state == 2, np.nan, verdicts.margin)
    shown = scene(site, replace(report, verdicts=replace(verdicts, margin=margin)))
    racks = shown.batch("rack")
    assert set(racks.band[racks.state == 2].tolist()) == {4}


def test_without_a_report_nothing_is_judged():
    shown = scene(sample.site())
    assert all((b.band == -1).all() and (b.state == -1).all() for b in shown.batches)
    assert "not judged" in shown.frame.summary


def test_a_turned_hall_turns_all_that_stands_in_it():
    plain, turned = sample.site(), sample.site(yaw_deg=90.0)
    for asset in ("rack", "cdu", "column"):
        a, b = scene(plain).batch(asset), scene(turned).batch(asset)
        assert b.origin[:, 0] == pytest.approx(-a.origin[:, 1])
        assert b.origin[:, 1] == pytest.approx(a.origin[:, 0])
        assert b.yaw == pytest.approx(a.yaw + np.pi / 2)
    assert scene(turned).batch("busway").points[:, 0] == pytest.approx(
        -scene(plain).batch("busway").points[:, 1]
    )


def test_fronts_that_face_make_a_cold_aisle():
    shown = scene(sample.site(rows=4))
    assert len(shown.batch("aisle_cold")) == 2
    assert len(shown.batch("aisle_hot")) == 1
    first = shown.batch("aisle_cold").points[:4]
    # Rows 1 and 2 stand at y = 2 and 5, each 1.2 m deep.
    assert (first[:, 1].min(), first[:, 1].max()) == pytest.approx((2.6, 4.4))


def test_the_day_hides_racks_that_do_not_stand_yet_or_any_more():
    site = sample.site()
    racks = site.tables["rack"]
    arrives = racks["arrives"].copy()
    leaves = racks["leaves"].copy()
    arrives[0], leaves[1] = np.datetime64("2027-05-02"), np.datetime64("2027-05-01")
    site = site.replace(
        tables={**site.tables, "rack": racks.with_columns(arrives=arrives, leaves=leaves)}
    )
    assert len(scene(site).batch("rack")) == 32
    shown = scene(site, day=date(2027, 5, 1))
    assert len(shown.batch("rack")) == 30
    assert shown.frame.note.startswith("2 racks are not shown")
    assert len(scene(site, day=date(2027, 4, 30)).batch("rack")) == 31


def test_a_rack_without_position_is_told_and_not_drawn():
    site = sample.site()
    racks = site.tables["rack"]
    position = racks["position"].copy()
    position[5] = -1
    site = site.replace(tables={**site.tables, "rack": racks.with_columns(position=position)})
    shown = scene(site)
    assert len(shown.batch("rack")) == 31
    assert shown.frame.note == "1 rack is not shown: no position"


def test_by_type_names_the_types():
    site = sample.site()
    legend = scene(site, by="type").legend
    assert [(e.text, e.count) for e in legend.entries if e.band >= 0] == [
        ("big_rack", 16),
        ("small_rack", 16),
    ]


def test_by_verdict_counts_as_the_report_does():
    site = sample.site()
    report = sample.report(site)
    counts = {e.text: e.count for e in scene(site, report, by="verdict").legend.entries}
    assert counts["blocked"] == report.counts["blocked"]
    assert counts["unknown"] == report.counts["unknown"]
    assert counts["feasible"] + counts["feasible, at risk"] == report.counts["feasible"]


def test_heights_come_from_the_product_and_missing_ones_are_drawn():
    size = scene(sample.site()).batch("rack").size
    assert size[0].tolist() == [0.6, 1.1, 2.3]
    assert size[1].tolist() == [0.6, 1.1, 2.2]


def test_an_empty_site_is_a_scene():
    site = sample.site()
    empty = site.replace(tables={k: t.take(np.arange(0)) for k, t in site.tables.items()})
    assert scene(empty).batches == ()


def test_a_manifold_runs_behind_its_positions(tmp_path):
    path = Path(__file__).parents[2] / "layouts" / "coolant_in_row.toml"
    plain = twin.load(path)
    manifold = scene(plain).batch("manifold")
    # Eight positions of 0.6 m from x = 3.0 on; their backs are at y = 4.2, the fronts at 3.0.
    assert manifold.points[:, :2] == pytest.approx(np.array([[3.0, 4.45], [7.8, 4.45]]))
    assert manifold.size[0, 1] == pytest.approx(0.1082)
    text = path.read_text(encoding="utf-8")
    text = text.replace("pitch_m = 0.6\n", "pitch_m = 0.6\nyaw_deg = 90\n")
    text = text.replace('row = "R1"\n', 'row = "R1"\nfirst = 3\nlast = 5\n')
    (tmp_path / "turned.toml").write_text(text, encoding="utf-8")
    turned = scene(twin.load(tmp_path / "turned.toml")).batch("manifold")
    assert turned.points[:, :2] == pytest.approx(np.array([[1.55, 4.2], [1.55, 6.0]]))
    no_row = twin.change(plain, [Change("remove", "coolant.manifolds.*")])
    assert scene(no_row).batch("manifold") is None


def test_a_cdu_of_a_solved_loop_has_the_colour_of_what_it_uses():
    site = twin.load(Path(__file__).parents[2] / "layouts" / "coolant_in_row.toml")
    judged = judge(site, twin.check(site))
    first = site.first["cdu"]
    assert judged.load[first : first + 2] == pytest.approx([0.8235, 0.8235], abs=1e-3)
    assert set(judged.state[first : first + 2].tolist()) == {0}
