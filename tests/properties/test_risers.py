"""What must always hold of ways over several levels and halls, against NetworkX on plain edges."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from tests.solve.small import hall, meeting, riser
from twin import pipeline
from twin.solve.cabling.ways.ways import ways

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=20)
LEVELS = (2.6, 3.0, 4.2)
DUCT_M = 37.5


def random_levels(seed):
    """Trays on three levels, risers where they cross on the plan, racks below them."""
    rng = np.random.default_rng(seed)
    trays = {}
    for k in range(int(rng.integers(4, 9))):
        points = [tuple(p) for p in rng.uniform(0, 30, (int(rng.integers(2, 4)), 2)).tolist()]
        trays[f"T{k}"] = (points, LEVELS[int(rng.integers(3))])
    risers = {}
    for (a, (one, _)), (b, (two, _)) in itertools.combinations(trays.items(), 2):
        meet = LineString(one).intersection(LineString(two))
        if meet.geom_type == "Point" and rng.uniform() < 0.7:
            ends = (float(rng.uniform(2.0, 3.1)), float(rng.uniform(3.2, 5.0)))
            risers[f"R{a}{b}"] = ((float(meet.x), float(meet.y)), *ends)
    names = list(trays)
    racks = {}
    for k in range(int(rng.integers(3, 7))):
        line = LineString(trays[names[int(rng.integers(len(names)))]][0])
        at = line.interpolate(rng.uniform(), normalized=True)
        racks[f"P{k}"] = (at.x + float(rng.uniform(-0.8, 0.8)), at.y)
    trays, risers = meeting(trays, racks, risers)
    return trays, risers, racks, f"P{int(rng.integers(len(racks)))}"


def plain_graph(trays, risers, racks, height, ends):  # noqa: PLR0912 - plain on purpose
    """Trays and risers cut by Shapely, with the racks in which cables end, as a plain graph."""
    lines = {name: LineString(points) for name, (points, _) in trays.items()}
    cuts = {n: {line.project(Point(c)) for c in line.coords} for n, line in lines.items()}
    graph = nx.Graph()
    for name, line in lines.items():
        pieces = list(itertools.pairwise(line.coords))
        for a, b in itertools.combinations(pieces, 2):
            for point in points_of(LineString(a).intersection(LineString(b))):
                cuts[name].add(line.project(point))
    for (a, one), (b, two) in itertools.combinations(lines.items(), 2):
        if trays[a][1] == trays[b][1]:
            for point in points_of(one.intersection(two)):
                at_a, at_b = one.project(point), two.project(point)
                cuts[a].add(at_a)
                cuts[b].add(at_b)
                graph.add_edge((a, at_a), (b, at_b), weight=0.0)
    for name, (at, low, high) in risers.items():
        met = [(low, (name, low)), (high, (name, high))]
        for tray, line in lines.items():
            z = trays[tray][1]
            if line.distance(Point(at)) <= 1e-3 and low - 1e-3 <= z <= high + 1e-3:
                cuts[tray].add(line.project(Point(at)))
                met.append((z, (tray, line.project(Point(at)))))
        met.sort(key=lambda m: m[0])
        for (z, one), (up, two) in itertools.pairwise(met):
            graph.add_edge(one, two, weight=up - z)
    for end, (tray, line) in itertools.product(ends, lines.items()):
        far = line.distance(Point(racks[end]))
        if far <= 1.5:
            at = line.project(Point(racks[end]))
            cuts[tray].add(at)
            fall = far + max(trays[tray][1] - height, 0.0)
            graph.add_edge((end,), (tray, at), weight=fall)
    for name, line in lines.items():
        for a, b in itertools.pairwise(sorted(cuts[name])):
            graph.add_edge((name, a), (name, b), weight=b - a)
            if line.interpolate(a).distance(line.interpolate(b)) < 1e-9:
                graph.add_edge((name, a), (name, b), weight=0.0)
        for a, b in itertools.combinations(sorted(cuts[name]), 2):
            if line.interpolate(a).distance(line.interpolate(b)) < 1e-9:
                graph.add_edge((name, a), (name, b), weight=0.0)
    return graph


def length(graph, one, two):
    try:
        return nx.shortest_path_length(graph, one, two, weight="weight")
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return np.inf


def points_of(shape):
    return [p for p in getattr(shape, "geoms", [shape]) if not p.is_empty]


def told(trays, risers, racks, host, more="", away=frozenset()):
    """Lengths of ways by position, and the racks' height."""
    text = "".join(riser(n, at, low, high) for n, (at, low, high) in risers.items())
    drops = {p: ["S"] for p in racks}
    study = pipeline.study(hall(trays, racks, {"S": host}, drops, more=text + more, away=away))
    names = study.site.tables["position"].ids
    found = study(ways)
    of_place = dict(zip(names[found.place].tolist(), found.way_m.tolist(), strict=True))
    return of_place, float(study.table("rack")["height_m"][0])


@FEW
@given(SEEDS)
def test_ways_over_risers_equal_those_of_networkx(seed):
    trays, risers, racks, host = random_levels(seed)
    found, height = told(trays, risers, racks, host)
    for place in racks:
        if place != host:
            # A rack is where a cable ends, and no bridge between trays: only these two are there.
            plain = plain_graph(trays, risers, racks, height, (host, place))
            expected = length(plain, (host,), (place,))
            assert found[place] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@FEW
@given(SEEDS)
def test_without_a_tray_or_riser_no_way_is_shorter(seed):
    trays, risers, racks, host = random_levels(seed)
    whole, _ = told(trays, risers, racks, host)
    rng = np.random.default_rng(seed)
    name = list({**trays, **risers})[int(rng.integers(len(trays) + len(risers)))]
    less = [{k: v for k, v in parts.items() if k != name} for parts in (trays, risers)]
    part, _ = told(*meeting(less[0], racks, less[1]), racks, host)
    for place in racks:
        assert not part[place] < whole[place] - 1e-9


@FEW
@given(SEEDS)
def test_a_duct_between_two_equal_halls_adds_its_length(seed):
    trays, risers, racks, host = random_levels(seed)
    first = min(trays)
    at, z = trays[first][0][0], trays[first][1]
    whole, height = told(trays, risers, racks, host)
    far = {f"X{n}": v for n, v in trays.items()}
    other = {f"X{n}": v for n, v in racks.items()}
    duct = f'to_hall = "G"\nto_at_m = [{at[0]!r}, {at[1]!r}]\nlength_m = {DUCT_M}\n'
    more = riser("DUCT", at, z, z, duct)
    for n, (there, low, high) in risers.items():
        more += riser(f"X{n}", there, low, high).replace('hall = "H"', 'hall = "G"')
    found, _ = told(
        {**trays, **far}, risers, {**racks, **other}, host, more, frozenset({*far, *other})
    )
    for place in racks:
        assert found[place] == pytest.approx(whole[place], abs=1e-9)
    # From a hall to its likeness: to the tray's start, over the duct, and on from there.
    out = {
        p: length(plain_graph(trays, risers, racks, height, (p,)), (p,), (first, 0.0))
        for p in racks
    }
    for place in racks:
        expected = out[host] + DUCT_M + out[place]
        assert found[f"X{place}"] == pytest.approx(expected, rel=1e-9)
