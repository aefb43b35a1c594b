"""Cables whose shortest ways overfill a tray leave by any tray in reach, and through no rack."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from twin import pipeline
from twin.solve.cabling.fill.exits_taken import exits_taken
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.in_racks import access_drop_m
from twin.solve.cabling.ways.laid_ways import way_words
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.ways import shortest_m, ways
from twin.solve.routing.demand import Demand, WayNet
from twin.solve.routing.route import route

LAYOUT = Path(__file__).parents[2] / "layouts" / "cabled_trunks.toml"
BESIDE = """
[trays.TN2]
hall = "H1"
points_m = [[12, 9.0], [26, {y}]]
elevation_m = 2.8
width_m = {width}
depth_m = 0.1
"""


def beside(folder, width=0.09, y=9.0, changes=None):
    """The hall with a second, narrow tray beside the one over its network racks, and nearer."""
    path = folder / "beside.toml"
    text = LAYOUT.read_text(encoding="utf-8") + BESIDE.format(width=width, y=y)
    path.write_text(text, encoding="utf-8")
    return pipeline.change(pipeline.load(path), changes or {})


def fills(study):
    """Section of trunks in each tray, by its name, where it is fullest."""
    lies, table = study(laying).lying, study.table("tray")
    trunk = study(pieces).trunk[lies.cable] >= 0
    area = np.pi / 4 * 0.012**2 * 24 * lies.part[trunk]
    each = np.bincount(lies.row[trunk], area, minlength=len(lies.tray))
    return {str(table.ids[t]): each[lies.tray == t].max(initial=0.0) for t in np.unique(lies.tray)}


def test_a_narrow_tray_beside_a_roomy_one_blocks_nothing(tmp_path):
    site = beside(tmp_path)
    assert pipeline.check(site).counts["feasible"] == 42
    filled = fills(pipeline.study(site))
    assert filled["TN2"] <= 0.4 * 0.09 * 0.1
    assert filled["TN"] + filled["TN2"] == pytest.approx(4 * 24 * np.pi / 4 * 0.012**2)


def test_trunks_are_dealt_over_two_trays_neither_of_which_takes_all(tmp_path):
    site = beside(tmp_path, changes={"trays.TN.width_m": 0.22})
    assert pipeline.check(site).counts["feasible"] == 42
    filled = fills(pipeline.study(site))
    assert filled["TN"] <= 0.4 * 0.22 * 0.1
    assert filled["TN2"] <= 0.4 * 0.09 * 0.1


def test_of_very_many_only_what_lies_in_full_trays_is_free(tmp_path, monkeypatch):
    monkeypatch.setattr("twin.solve.cabling.ways.leading.MOST_FREE", 0)
    assert pipeline.check(beside(tmp_path)).counts["feasible"] == 42


def test_what_has_no_room_in_any_tray_in_reach_is_blocked(tmp_path):
    site = beside(tmp_path, changes={"trays.TN.width_m": 0.12})
    report = pipeline.check(site)
    assert report.counts["blocked"] > 0
    assert report.study(laying).led.routes.cut is not None


def test_a_way_over_another_tray_has_its_own_drops_at_both_ends(tmp_path):
    study = pipeline.study(beside(tmp_path, y=8.7))
    graph, out, piece = study(ways).graph, study(exits_taken), study(pieces)
    trunks = np.flatnonzero(piece.trunk >= 0)
    # Ways are the shortest over the trays in which they lie, as NetworkX measures them.
    fall = graph.across_m + access_drop_m(study, graph)
    words = way_words(study)
    for row in trunks.tolist():
        barred = {"TN", "TN2"} - set(words[row].split(" > "))
        names = study.table("tray").ids[graph.tray]
        net = nx.Graph()
        for k in np.flatnonzero(~np.isin(names, list(barred))).tolist():
            a, b = int(graph.tail[k]), int(graph.head[k])
            net.add_edge(a, b, weight=float(graph.length_m[k]))
        usable = ~np.isin(study.table("tray").ids[graph.access_tray], list(barred))
        for end in ("place", "host"):
            at = int(getattr(piece, end)[row])
            for k in np.flatnonzero(usable & (graph.place == at)).tolist():
                net.add_edge(end, int(graph.access[k]), weight=float(fall[k]))
        length = nx.shortest_path_length(net, "place", "host", weight="weight")
        assert study(laying).way_m[row] == pytest.approx(length)
        used = set(study.table("tray").ids[graph.access_tray[out.access[out.cable == row]]])
        assert used <= set(words[row].split(" > "))
    moved = study(laying).way_m[trunks] - study(shortest_m)[trunks]
    assert (moved >= -1e-9).all()
    assert (moved > 1e-6).any()


def test_a_hall_whose_shortest_ways_fit_is_not_led_again(tmp_path):
    study = pipeline.study(beside(tmp_path, width=0.3))
    assert study(laying).led is None


def relief(end):
    """A full tray 2-3 and a roomy one 4-5, joined by racks 6 and 7 alone."""
    ways = np.array([(0, 2), (2, 3), (3, 1), (2, 6), (6, 4), (4, 5), (5, 7), (7, 3)])
    room = np.array([9.0, 2.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0])
    net = WayNet(8, ways[:, 0], ways[:, 1], np.ones(8), room, end=np.isin(np.arange(8), end))
    return net, route(net, Demand(np.array([0]), np.array([1]), np.ones(1), np.array([5])))


def test_no_way_leads_through_a_node_that_is_an_end():
    _, open_ = relief([])
    assert not len(open_.overfull)
    net, found = relief([6, 7])
    assert found.overfull.tolist() == [1]
    assert found.cut is not None
    assert found.fill_m2[np.isin(net.tail, [6, 7]) | np.isin(net.head, [6, 7])].max() == 0.0


def test_ways_begin_and_end_at_ends():
    ways = np.array([(0, 1), (1, 2), (0, 3), (3, 2)])
    net = WayNet(
        4, ways[:, 0], ways[:, 1], np.array([1.0, 1.0, 2.0, 2.0]), np.full(4, 3.0),
        end=np.array([True, False, True, False]),
    )  # fmt: skip
    found = route(net, Demand(np.array([0]), np.array([2]), np.ones(1), np.array([5])))
    assert sorted(zip(found.count.tolist(), found.length_m.tolist(), strict=True)) == [
        (2, 4.0), (3, 2.0),
    ]  # fmt: skip
