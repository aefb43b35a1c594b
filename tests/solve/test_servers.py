"""Servers with supplies of their own: full, reduced or dark after a loss, by how many live."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import pipeline
from twin.solve.losses.cases import cases
from twin.solve.losses.outcomes import Outcomes, policy_outcomes
from twin.solve.power.servers import spread_evenly
from twin.solve.power.shares import shares

ROOT = Path(__file__).parents[2]
TYPE = "catalog.nv_network_rack."
SIX = {TYPE + "systems": 4, TYPE + "psus_per_system": 6, TYPE + "psus_needed": 4}


def outcome(more: dict[str, object]) -> tuple[Outcomes, int]:
    """Outcomes of the base layout with such network racks, and the case in which UA is lost."""
    site = pipeline.change(pipeline.load(ROOT / "tests/rules/base.toml"), {**SIX, **more})
    found = pipeline.study(site)(policy_outcomes)
    return found, found.cases.name.tolist().index("source:UA")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {TYPE + "psus_least": 3},
            "30 kW is the nameplate, and fewer supplies than are needed give",
        ),
        ({TYPE + "psus_least": 3, TYPE + "reduced_kw": 20}, "20 kW is the most that the supplies"),
        ({TYPE + "psus_least": 4}, "0 kW is the most that the supplies that live give"),
    ],
)
def test_what_a_rack_is_given_is_told_as_what_it_is(more: dict[str, object], told: str) -> None:
    site = pipeline.change(pipeline.load(ROOT / "tests/rules/base.toml"), {**SIX, **more})
    report = pipeline.check(site, select=["PWR201"])
    (finding,) = [f for f in report.findings if f.subject == "rack:DN-001"]
    assert f"rack DN-001 draws 30 kW with UA lost, {told}" in finding.message


def test_three_of_six_run_reduced_by_what_the_maker_publishes() -> None:
    found, lost = outcome({TYPE + "psus_least": 3, TYPE + "reduced_kw": 20})
    assert (found.full[lost], found.capped[lost], found.dark[lost]) == (4, 1, 0)
    assert found.capped_kw[lost] == pytest.approx(10)


def test_what_a_reduced_rack_no_longer_draws_is_unknown_where_nobody_publishes_it() -> None:
    found, lost = outcome({TYPE + "psus_least": 3})
    assert found.capped[lost] == 1
    assert np.isnan(found.capped_kw[lost])
    assert found.at_least[lost]


def test_servers_that_do_not_run_with_three_are_dark() -> None:
    found, lost = outcome({TYPE + "psus_least": 4})
    assert (found.full[lost], found.capped[lost], found.dark[lost]) == (4, 0, 1)
    assert found.dark_kw[lost] == pytest.approx(30)


def test_with_as_many_as_they_need_nothing_happens() -> None:
    found, lost = outcome({TYPE + "psus_needed": 3})
    assert (found.full[lost], found.capped[lost], found.dark[lost]) == (5, 0, 0)


def test_rack_pdus_share_the_load_by_their_supplies() -> None:
    site = pipeline.load(ROOT / "tests/rules/base.toml")
    study = pipeline.study(pipeline.change(site, {**SIX, TYPE + "psus_per_system": 5}))
    topology, share = study.arrays.topology.power, study(shares)
    rack = study.site.tables["rack"].ids.tolist().index("DN-001")
    feeder = study.site.first["busway"] - topology.first
    mine = (share.load == rack) & (share.case == 0)
    on = dict(zip(share.element[mine].tolist(), share.share[mine].tolist(), strict=True))
    names = study.site.tables["busway"].ids.tolist()
    assert on[feeder + names.index("R1A")] == pytest.approx(3 / 5)
    assert on[feeder + names.index("R1B")] == pytest.approx(2 / 5)


@given(st.integers(1, 24), st.integers(1, 8))
def test_supplies_are_spread_as_evenly_as_they_go(supplies: int, pdus: int) -> None:
    spread = spread_evenly(supplies, pdus)
    assert spread.sum() == supplies
    assert spread.max() - spread.min() <= 1


def test_a_rack_that_is_off_draws_nothing_from_the_side_that_lives() -> None:
    """With UA lost board BB carries 528 kW of four racks, and 30 kW of the servers if they run."""
    site = pipeline.change(pipeline.load(ROOT / "tests/rules/base.toml"), SIX)
    for least, carried in ((3, 1.0), (4, 0.0)):
        study = pipeline.study(pipeline.change(site, {TYPE + "psus_least": least}))
        share, first = study(shares), study.arrays.topology.power.first
        rack = study.site.tables["rack"].ids.tolist().index("DN-001")
        board = (
            study.site.first["board"] - first + study.site.tables["board"].ids.tolist().index("BB")
        )
        lost = study(cases).name.tolist().index("source:UA")
        at = (share.load == rack) & (share.element == board) & np.isin(share.case, (0, lost))
        assert share.share[at].sum() == pytest.approx(carried)
