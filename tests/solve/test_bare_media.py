"""A cable of which nobody says plug or rate is told, not taken for one that fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin import pipeline
from twin.checks.result import Report, State
from twin.report.cables.bom import CORDS, cord_rows
from twin.report.cables.rows import CABLES, cable_rows
from twin.report.gaps import gaps_text
from twin.site.site import Site
from twin.solve.study import Study

BASE = Path(__file__).parents[1] / "rules" / "cabled.toml"
FIELDS = {"plug", "gbps", "ports", "tails", "tail_ports"}


def site(folder: Path, named: str) -> Site:
    path = folder / "cabled.toml"
    text = BASE.read_text(encoding="utf-8")
    assert 'media = "sr"' in text
    path.write_text(text.replace('media = "sr"', named), encoding="utf-8")
    return pipeline.load(path)


def report(folder: Path, named: str) -> Report:
    return pipeline.check(site(folder, named), select=["CAB403"])


def study(folder: Path, named: str) -> Study:
    return pipeline.study(site(folder, named))


@pytest.mark.parametrize("key", ["medium", "up_medium"])
def test_a_named_cable_without_a_plug_makes_racks_unknown(tmp_path: Path, key: str) -> None:
    told = report(tmp_path, f'{key} = "aoc"')
    assert "catalog.aoc.plug" in {gap.path for gap in told.gaps}
    assert told.state == State.UNKNOWN
    text = gaps_text(told)
    assert "write one of your own" in text
    assert "[cable.<id>]" in text
    assert "[[assume]]" not in text


def test_one_with_a_plug_is_judged(tmp_path: Path) -> None:
    told = report(tmp_path, 'medium = "aoc_200g_qsfp56"')
    assert told.state == State.BLOCKED


def test_papers_say_what_it_lacks(tmp_path: Path) -> None:
    one = study(tmp_path, 'medium = "aoc"')
    bare = [row for row in cable_rows(one) if row[CABLES.index("cable")] == "aoc"]
    assert bare
    for row in bare:
        missing = str(row[CABLES.index("missing")]).split("; ")
        assert {f"catalog.aoc.{name}" for name in FIELDS} <= set(missing)
    lines = [row for row in cord_rows(one) if row[CORDS.index("cable")] == "aoc"]
    assert lines
    for row in lines:
        assert set(str(row[CORDS.index("missing")]).split("; ")) >= FIELDS
