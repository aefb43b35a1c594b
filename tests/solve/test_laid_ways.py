"""Cables as they are laid: over which ways the papers and pictures tell of them."""

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.model.change import Change, Scenario
from twin.report.cables.papers import papers
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.fill.fullest import fullest
from twin.solve.cabling.fill.tray_fill import lying
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.laid_ways import trays_of_cables, way_words, ways_of_cables
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.ways import ways
from twin.views.cabling.onplan import way_scene

LAYOUT = Path(__file__).parents[1] / "rules" / "two_ways.toml"
CABLE_M2 = np.pi / 4 * 0.003**2
SPLIT = (("trays.TM.fill_limit", 0.004242), ("trays.TD.fill_limit", 0.0033))
"""Room for 18 and for 14 cables of 3 mm; bundles have four."""


def built(*changes):
    site = pipeline.load(LAYOUT)
    return pipeline.study(site, Scenario(changes=tuple(Change("set", *c) for c in changes)))


@pytest.fixture(scope="module")
def wide():
    return built()


@pytest.fixture(scope="module")
def narrow():
    return built(*SPLIT)


def test_the_shortest_way_is_told_where_all_fit(wide):
    assert wide(laying).led is None
    # Racks next to TM reach it, as both network racks do at its end.
    assert Counter(wide(way_words)) == {"TA > TM": 4, "TM": 4, "TN": 8}


def test_a_bundle_over_two_ways_tells_each_with_its_count(narrow):
    assert Counter(narrow(way_words)) == {
        "TM": 4, "TA > TD": 3, "2: TA > TD | 2: TA > TM": 1, "TN": 8,
    }  # fmt: skip


def test_ways_as_told_fill_trays_as_they_are_laid(narrow):
    """The section in each piece is that of the ways which lead over it."""
    graph, count = narrow(ways).graph, narrow(pieces).count
    told = np.zeros(len(graph.tray))
    for k, found in enumerate(narrow(ways_of_cables)):
        assert not found or sum(way.part for way in found) == pytest.approx(1.0)
        for way in found:
            told[way.piece] += way.part * count[k]
    there = narrow(lying)
    laid = np.bincount(there.row, count[there.cable] * there.part, minlength=len(there.piece))
    assert told[there.piece] == pytest.approx(laid)
    tray = {str(name): k for k, name in enumerate(narrow.table("tray").ids)}
    assert [max(told[graph.tray == tray[t]]) for t in ("TM", "TD")] == [18.0, 14.0]


def test_nodes_of_a_way_are_joined_by_its_pieces(narrow, wide):
    for study in (narrow, wide):
        graph = study(ways).graph
        for found in study(ways_of_cables):
            for way in found:
                ends = np.sort(np.stack([way.node[:-1], way.node[1:]]), axis=0)
                pair = np.sort(np.stack([graph.tail[way.piece], graph.head[way.piece]]), axis=0)
                assert np.array_equal(ends, pair)


def test_the_longest_way_of_a_bundle_is_its_length(narrow):
    graph, way_m = narrow(ways).graph, narrow(laying).way_m
    for k, found in enumerate(narrow(ways_of_cables)):
        if found:
            along = max(float(graph.length_m[way.piece].sum()) for way in found)
            assert along <= way_m[k] + 1e-9
            assert way_m[k] - along < 3.6  # down to both racks, and aside to trays in reach


def test_papers_and_sections_follow_the_ways(narrow):
    told = list(csv.DictReader(io.StringIO(papers(narrow)["pulls.csv"])))
    assert {row["way"] for row in told} == {"TN", "TM", "TA > TD", "2: TA > TD | 2: TA > TM"}
    found = narrow(fullest)
    tray = narrow.table("tray").ids[found.tray].tolist()
    rows = {str(t): found.row[found.start[k] : found.start[k + 1]] for k, t in enumerate(tray)}
    area = dict(zip(map(str, tray), found.area_m2.tolist(), strict=True))
    for name, count in (("TM", 18), ("TD", 14)):
        assert len(rows[name]) == len(set(rows[name].tolist())) == count
        assert area[name] == pytest.approx(count * CABLE_M2)


def test_the_picture_of_a_split_bundle_has_both_ways(narrow, wide):
    split = next(k for k, w in enumerate(narrow(trays_of_cables)) if len(w) == 2)
    cable = narrow(cables)
    number = int(cable.number[cable.piece == split][0])
    scene = way_scene(narrow, str(number))
    line = next(b for b in scene.batches if b.asset == "way")
    assert len(line.offsets) == 3
    assert "2: TA > TD | 2: TA > TM" in scene.frame.summary
    one = next(b for b in way_scene(wide, str(number)).batches if b.asset == "way")
    assert len(one.offsets) == 2


def test_a_way_that_crosses_its_tray_at_one_place_is_told():
    """A switch rack face to face with R1-01: both reach T1 at x = 3.3 m, nothing lies along it."""
    site = pipeline.load(LAYOUT.with_name("base.toml"))
    facing = {"positions.N1-01.x_m": 3.3, "positions.N1-01.y_m": 3.4, "positions.R1-01.y_m": 5.8}
    study = pipeline.study_of(pipeline.change(site, facing), None, "provisioned", 0)
    at = study.site.tables["position"].index["R1-01"]
    of = Counter(
        (w, p == at) for w, p in zip(study(way_words), study(pieces).place.tolist(), strict=True)
    )
    assert {w for (w, mine) in of if mine} == {"across T1"}
    assert {w for (w, mine) in of if not mine} == {"T1"}


@pytest.mark.parametrize("name", ["fabric_h100_127", "fabric_two_halls", "hall_gb300"])
def test_every_cable_says_its_way_or_what_lacks(name):
    site = pipeline.load(LAYOUT.parents[2] / "layouts" / f"{name}.toml")
    texts = papers(pipeline.study_of(site, None, "provisioned", 0), None, ["cables.csv"])
    rows = list(csv.DictReader(io.StringIO(texts["cables.csv"])))
    assert rows
    assert not [row for row in rows if not row["way"] and not row["missing"]]
    if name == "fabric_h100_127":
        across = Counter(row["way"] for row in rows if row["way"].startswith("across"))
        assert across == {"across ALONG > SU2": 39, "across ALONG > SU3": 23}
