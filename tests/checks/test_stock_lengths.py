"""Reach is judged on the length that is bought; where nobody lists any, that is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twin import pipeline
from twin.checks.result import Report
from twin.errors import ChangeError
from twin.model.change import Change
from twin.report.cables.text import text, whole
from twin.report.gaps import gaps_text

RULES = Path(__file__).parents[1] / "rules"


def told(file: str, changes: dict[str, object], stock_m: dict[str, tuple[float, ...]]) -> Report:
    """Check a layout with changes and another list of stock."""
    site = pipeline.load(RULES / file)
    for product in site.stock_m:
        site = pipeline.change(site, [Change("remove", f"data.stock_m.{product}")])
    lists = {f"data.stock_m.{product}": sizes for product, sizes in stock_m.items()}
    return pipeline.check(pipeline.change(site, changes | lists))


def rows_of(report: Report, code: str) -> list[tuple[float, float, int]]:
    """Demand, limit and state of all rows of a rule."""
    m = report.margins
    mine = [k for k, r in enumerate(m.rule) if report.rules[int(r)].code == code]
    return [(float(m.demand[k]), float(m.limit[k]), int(m.state[k])) for k in mine]


def test_a_cord_by_hand_is_as_long_as_it_is_bought() -> None:
    """9.6 m are needed, 12 m of the owner's list are bought and do not reach 11 m."""
    reach = {"catalog.fibre_sm_straight.reach_m": 11.0}
    assert {row[0] for row in rows_of(told("base.toml", reach, {}), "CAB301")} >= {9.6}
    report = told("base.toml", reach, {"fibre_sm_straight": (3.0, 12.0)})
    assert (12.0, 11.0, 2) in rows_of(report, "CAB301")
    assert not {9.6} & {row[0] for row in rows_of(report, "CAB301")}


@pytest.mark.parametrize("sizes", [(), (3.0,)])
def test_what_the_list_does_not_have_is_judged_as_needed(sizes: tuple[float, ...]) -> None:
    """CAB312 says that nothing is as long; CAB301 does not say it a second time."""
    report = told("base.toml", {}, {"fibre_sm_straight": sizes})
    assert (9.6, 500.0, 0) in rows_of(report, "CAB301")
    assert {f.code for f in report.findings} >= {"CAB312"}


def test_gaps_and_cables_name_the_same_list() -> None:
    """A trunk of which no list and no maker says the lengths is bought at an unknown length."""
    report = told("paneled.toml", {}, {"fibre_sm_straight": (3.0, 5.0, 7.0)})
    told_of = {gap.path: gap.racks for gap in report.gaps}
    assert told_of["data.stock_m.trunk_sm_144"] == 4
    said = gaps_text(report)
    assert "     [data.stock_m]\n     trunk_sm_144 = [<number>, <number>]  # m\n" in said
    assert "twin cables" not in said
    study = report.study
    assert study is not None
    assert not whole(study)
    assert "not known: data.stock_m.trunk_sm_144 (" in text(study)


def test_lengths_that_only_the_papers_need_are_gaps_too() -> None:
    """A cord within reach in its greatest length is judged without a list, not bought without."""
    layout = "../../layouts/fabric_h100_127.toml"
    report = told(layout, {}, {"fibre_mm_upc": (0.5, 1.0)})
    assert report.counts["feasible"] == 38
    assert not report.gaps
    said = gaps_text(report)
    assert "no field is missing for a verdict" in said
    assert "   data.stock_m.cat6a_sd: 315 cords\n" in said
    assert "   data.stock_m.aoc_100g_ordered: 254 cords\n" in said
    assert "     [data.stock_m]\n     cat6a_sd = [<number>, <number>]  # m\n     aoc_100g" in said
    listed = gaps_text(pipeline.check(pipeline.load(RULES / layout)))
    assert listed == "fabric_h100_127: no field is missing\n"


def test_beyond_the_lengths_that_were_seen_by_hand_nothing_is_known() -> None:
    """A maker's list of 150 m at most does not say that 160 m cannot be had."""
    site = pipeline.change(
        pipeline.load(RULES / "base.toml"), {"trays.*.elevation_m": 90.0, "halls.*.height_m": 95.0}
    )
    said = text(pipeline.study_of(site, None, "provisioned", 0))
    assert "not known: data.stock_m.fibre_sm_straight" in said
    assert "at most nan" not in said


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("data.stock_m.trunk_sm_14", [3.0], 'no cable or trunk "trunk_sm_14" in the catalog'),
        ("data.stock_m.aoc", [3.0, -1.0], "metres above 0"),
        ("data.stock_m.aoc", "long", "metres above 0"),
        ("data.stock_m", [3.0], "should be set as data.stock_m.<product>"),
    ],
)
def test_a_list_of_stock_that_cannot_be_is_told(path: str, value: object, said: str) -> None:
    with pytest.raises(ChangeError, match=re.escape(said)):
        pipeline.change(pipeline.load(RULES / "paneled.toml"), {path: value})


def test_what_is_in_stock_is_part_of_what_was_judged() -> None:
    """Two checks that differ in a list alone have two digests."""
    digests = {told("paneled.toml", {}, {"trunk_sm_144": sizes}).digest for sizes in ((40,), (50,))}
    assert len(digests) == 2
