"""What must always hold of ways along trays and of their fill, against a plain count of paths."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from tests.solve.small import hall, meeting
from twin import pipeline
from twin.checks.cabling.cab101_tray_overfilled import tray_overfilled
from twin.solve.cabling.links.links import links
from twin.solve.cabling.ways.lengths import lengths_m

AREA_M2 = np.pi / 4 * 0.003**2
SEEDS = st.integers(0, 10_000)
APART_M = 2e-3
FEW = settings(max_examples=25)


def random_hall(seed):
    """Trays across each other at any angle, racks near them, switches in three of the racks."""
    rng = np.random.default_rng(seed)
    trays = {}
    for k in range(int(rng.integers(2, 6))):
        points = rng.uniform(0, 20, (int(rng.integers(2, 4)), 2))
        trays[f"T{k}"] = ([tuple(p) for p in points.tolist()], 3.0)
    racks = {}
    for k in range(int(rng.integers(4, 10))):
        line = LineString(trays[f"T{int(rng.integers(len(trays)))}"][0])
        at = line.interpolate(rng.uniform(), normalized=True)
        aside = rng.uniform(-0.8, 0.8, 2)
        racks[f"P{k}"] = (at.x + float(aside[0]), at.y + float(aside[1]))
    names = list(racks)
    switches = {f"S{k}": names[int(rng.integers(len(names)))] for k in range(3)}
    drops = {n: [f"S{k}" for k in range(3) if rng.uniform() < 0.6] for n in names}
    return meeting(trays, racks, {})[0], racks, switches, drops


def plain_graph(trays, racks, height):
    """Return trays cut by their crossings and racks, as a plain graph; ways up and across too."""
    lines = {name: LineString(points) for name, (points, _) in trays.items()}
    cuts = {name: {0.0, line.length} for name, line in lines.items()}
    for name, line in lines.items():
        cuts[name] |= {line.project(Point(c)) for c in line.coords}
        pieces = list(itertools.pairwise(line.coords))
        own = [
            LineString(a).intersection(LineString(b)) for a, b in itertools.combinations(pieces, 2)
        ]
        others = [line.intersection(o) for n, o in lines.items() if n != name]
        for meet in (*own, *others):
            for point in getattr(meet, "geoms", [meet]):
                if not point.is_empty:
                    cuts[name].add(line.project(point))
    reach = {}
    for (place, xy), (name, line) in itertools.product(racks.items(), lines.items()):
        far = line.distance(Point(xy))
        if far <= 1.5:
            cuts[name].add(line.project(Point(xy)))
            reach[place, name] = (line.project(Point(xy)), far + 3.0 - height)
    graph = nx.Graph()
    node = lambda name, at: tuple(round(c, 6) for c in lines[name].interpolate(at).coords[0])  # noqa: E731
    for name in lines:
        for a, b in itertools.pairwise(sorted(cuts[name])):
            if node(name, a) != node(name, b):
                graph.add_edge(node(name, a), node(name, b), weight=b - a, tray=name)
    return graph, {key: (node(key[1], at), far) for key, (at, far) in reach.items()}


def plain_paths(trays, racks, switches, drops, height):
    """Yield (position, switch, length of way, edges) by one search per cable."""
    graph, reach = plain_graph(trays, racks, height)
    for place, wanted in drops.items():
        for switch in wanted:
            host = switches[switch]
            if host == place:
                yield place, switch, 0.0, []
                continue
            full = graph.copy()
            for (who, _), (node, far) in reach.items():
                if who in {place, host}:
                    full.add_edge((who,), node, weight=far)
            try:
                path = nx.shortest_path(full, (host,), (place,), weight="weight")
            except (nx.NetworkXNoPath, nx.NodeNotFound):
                yield place, switch, np.inf, []
                continue
            edges = list(itertools.pairwise(path))
            length = sum(full.edges[e]["weight"] for e in edges)
            yield place, switch, length, [e for e in edges if "tray" in full.edges[e]]


@FEW
@given(SEEDS)
def test_fill_and_lengths_equal_a_count_of_plain_paths(seed):
    trays, racks, switches, drops = random_hall(seed)
    study = pipeline.study(hall(trays, racks, switches, drops))
    height = float(study.table("rack")["height_m"][0])
    # Trays that meet within a millimetre or so meet in one place.
    whole, _ = plain_graph(trays, racks, height)
    assume(all(length > APART_M for _, _, length in whole.edges(data="weight")))
    found = list(plain_paths(trays, racks, switches, drops, height))
    length = study(lengths_m)
    link, site = study(links), study.site
    names = site.tables["position"].ids
    of_rack = site.rows_of("position", study.table("rack")["position"])
    got = {
        (str(names[of_rack[r]]), str(study.table("switch").ids[s])): v
        for r, s, v in zip(link.rack, link.switch, length, strict=True)
    }
    for place, switch, way, _ in found:
        ends = height if switches[switch] == place else 2 * height
        assert got[place, switch] == pytest.approx(way + ends, abs=1e-4)
    rng = np.random.default_rng(seed)
    for here in (np.ones(len(racks), dtype=bool), rng.uniform(size=len(racks)) < 0.5):
        standing = {str(names[p]) for p in of_rack[here]}
        fill = dict.fromkeys(trays, 0.0)
        load: dict[frozenset, float] = {}
        for place, _, _, edges in found:
            ports = 144 / len(drops[place]) if place in standing else 0.0
            for a, b in edges:
                load[frozenset((a, b))] = load.get(frozenset((a, b)), 0.0) + ports * AREA_M2
        for edge, area in load.items():
            tray = whole.edges[tuple(edge)]["tray"]
            fill[tray] = max(fill[tray], area / 0.03)
        told = dict.fromkeys(trays, 0.0)
        for budget in tray_overfilled.run(study):
            demand, _ = budget.demand(here)
            for tray, value in zip(study.table("tray").ids[budget.subject], demand, strict=True):
                told[str(tray)] = max(told[str(tray)], float(value))
        assert told == pytest.approx(fill, abs=1e-12)


@FEW
@given(SEEDS, st.floats(-180, 180), st.floats(-50, 50), st.floats(-50, 50))
def test_moving_and_turning_all_changes_no_length_by_a_millimetre(seed, turn, x, y):
    trays, racks, switches, drops = random_hall(seed)
    c, s = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))

    def moved(p):
        return (float(c * p[0] - s * p[1] + x), float(s * p[0] + c * p[1] + y))

    other = (
        {k: ([moved(p) for p in points], z) for k, (points, z) in trays.items()},
        {k: moved(p) for k, p in racks.items()},
    )
    before = pipeline.study(hall(trays, racks, switches, drops))(lengths_m)
    after = pipeline.study(hall(*other, switches, drops))(lengths_m)
    assert np.array_equal(np.isinf(before), np.isinf(after))
    finite = np.isfinite(before)
    assert after[finite] == pytest.approx(before[finite], abs=1e-3)
    placed = pipeline.study(
        hall(trays, racks, switches, drops, turn=f"at_m = [{x!r}, {y!r}]\nyaw_deg = {turn!r}\n")
    )
    assert np.array_equal(placed(lengths_m), before)


@FEW
@given(st.floats(0.5, 40), st.floats(0, 40), st.floats(0, 6), st.floats(0, 3))
def test_a_longer_tray_or_one_further_from_the_tops_never_shortens_a_cable(detour, more, z, away):
    def laid(out, up):
        trays = {"T": ([(0.0, 0.0), (0.0, out), (9.0, out), (9.0, 0.0)], up)}
        racks = {"A": (0.0, 0.0), "B": (9.0, 0.0)}
        return pipeline.study(hall(trays, racks, {"S": "B"}, {"A": ["S"]}))

    study = laid(detour, z)
    least, top = study(lengths_m)[0], study.table("rack")["height_m"][0]
    assert laid(detour + more, z)(lengths_m)[0] >= least - 1e-9
    further = max(z - away, 0.0) if z < top else z + away
    assert laid(detour, further)(lengths_m)[0] >= least - 1e-9
