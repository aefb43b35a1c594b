"""Ways, dominators and names, against networkx, the table of losses, and worked examples."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from chains import chain, fatal, ids, study

from twin.solve.losses.paths import disjoint, reaches, within
from twin.solve.losses.redundancy import redundancy
from twin.solve.losses.schemes import names, schemes


@st.composite
def networks(draw):
    """Nodes that may be fed by any with a lower number; the first ones are sources."""
    size = draw(st.integers(2, 14))
    sources = draw(st.integers(1, min(4, size - 1)))
    up = {
        n: tuple(sorted(draw(st.sets(st.integers(0, n - 1), max_size=3)))) if n >= sources else ()
        for n in range(size)
    }
    heads = draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=4))
    return up, set(range(sources)), sorted(heads)


def drawn(up, sources, heads):
    """The same network for networkx, with GROUND above all sources and RACK below all heads."""
    graph = nx.DiGraph([("GROUND", s) for s in sources])
    graph.add_nodes_from([*up, "RACK"])
    graph.add_edges_from((u, n) for n, inputs in up.items() for u in inputs)
    graph.add_edges_from((h, "RACK") for h in heads)
    return graph


def halved(graph):
    """Each node in two, so that it carries one way."""
    out = nx.DiGraph()
    for n in graph:
        out.add_edge((n, 0), (n, 1), capacity=1 if n not in {"GROUND", "RACK"} else 99)
    out.add_edges_from(((a, 1), (b, 0), {"capacity": 1}) for a, b in graph.edges)
    return out


@given(networks())
def test_ways_are_the_greatest_flow(network):
    up, sources, heads = network
    flow = nx.maximum_flow_value(halved(drawn(*network)), ("GROUND", 0), ("RACK", 1))
    assert disjoint(heads, up, sources) == flow


@given(networks())
def test_what_all_ways_share_are_the_dominators(network):
    up, sources, heads = network
    graph = drawn(*network)
    mine = within(heads, up)
    if not nx.has_path(graph, "GROUND", "RACK"):
        assert not reaches(heads, up, sources, set())
        return
    above, node = nx.immediate_dominators(graph, "GROUND"), "RACK"
    expected = set()
    while (node := above[node]) != "GROUND":
        expected.add(node)
    found = {n for n in mine if not reaches(heads, mine, sources, {n})}
    assert found == expected
    assert (disjoint(heads, up, sources) == 1) == bool(expected)


@st.composite
def chains(draw):
    """Two or three sources, UPS, boards and busways; some with an alternate, some bare."""
    nodes: dict[str, str] = {}
    levels = [["source:S0", "source:S1", "source:S2"][: draw(st.integers(1, 3))]]
    nodes.update(dict.fromkeys(levels[0], "rating_kw = 9000;voltage_v = 415"))
    for kind, letter in (("ups", "P"), ("board", "B"), ("busway", "W")):
        level = [f"{kind}:{letter}{i}" for i in range(draw(st.integers(1, 3)))]
        for name in level:
            up = [n.partition(":")[2] for n in levels[-1]]
            fed = draw(st.sampled_from(up))
            said = f'rating_kw = 5000;rating_a = 9000;fed_from = "{fed}"'
            others = [u for u in up if u != fed]
            if others and kind != "ups" and draw(st.booleans()):
                said += f';alternate = "{draw(st.sampled_from(others))}"'
            if draw(st.integers(0, 4)) == 0:
                said += ";protected = false"
            if kind == "busway":
                said += ';hall = "H";from_m = [0, 0];to_m = [50, 0];elevation_m = 3'
            nodes[name] = said
        levels.append(level)
    busways = [n.partition(":")[2] for n in levels[-1]]
    racks = {
        f"R{i}": (draw(st.lists(st.sampled_from(busways), min_size=1, max_size=3)), 100.0)
        for i in range(2)
    }
    return nodes, racks


@given(chains())
def test_dominators_are_the_losses_that_leave_a_rack_dark(made):
    s = study(chain(*made))
    found = s(redundancy)
    feeders = s.arrays.topology.power.feeders
    for rack in range(2):
        told = [n for n in found.dominators(rack) if n < feeders]
        assert set(ids(s, told)) == fatal(s, rack)
        assert sum(part for _, part in found.sources(rack)) == pytest.approx(1.0)
        assert (found.patterns[int(found.of_rack[rack])].ways == 1) == bool(told)


SIDES = ("A", "B", "C", "D")


def sides(count, ups="rating_kw = 1000;rating_kva = 1000", utility=""):
    """UPS systems, each on a source of its own or all on one, with a board and a busway each."""
    nodes = {f"source:{utility}": "rating_kw = 9000;voltage_v = 415"} if utility else {}
    for x in SIDES[:count]:
        if not utility:
            nodes[f"source:U{x}"] = "rating_kw = 9000;voltage_v = 415"
        nodes[f"ups:S{x}"] = f'fed_from = "{utility or "U" + x}";{ups}'
        nodes[f"busway:{x}"] = (
            f'fed_from = "S{x}";rating_a = 9000;hall = "H";from_m = [0, 0];to_m = [50, 0];'
            "elevation_m = 3"
        )
    return nodes


@pytest.mark.parametrize(
    ("pairs", "kw", "name", "most", "use"),
    [
        (["AB"], 1400 / 2, "2N", 0.5, 0.35),
        (["AB", "BC", "CA"], 2000 / 3, "3N/2", 2 / 3, 2 / 3),
        (["AB", "AC", "AD", "BC", "BD", "CD"], 500.0, "4N/3", 0.75, 0.75),
        (["ABC"], 1800.0, "3N/2", 2 / 3, 0.6),
    ],
)
def test_names_follow_from_where_whips_hang(pairs, kw, name, most, use):
    count = len(set("".join(pairs)))
    racks = {f"R{p}{i}": (list(p), kw) for p in pairs for i in range(1)}
    s = study(chain(sides(count), racks))
    (scheme,) = s(schemes)
    assert scheme.name == name
    assert scheme.max_use == pytest.approx(most)
    assert scheme.use == pytest.approx(use)
    assert scheme.pairs in {(0, 0), (len(pairs), len(pairs))}
    assert set(s(names)) == {name}


def test_two_pairs_of_four_are_two_times_2n():
    s = study(chain(sides(4), {"R1": ("AB", 100.0), "R2": ("CD", 100.0)}))
    assert [x.name for x in s(schemes)] == ["2N", "2N"]


def test_pairs_that_are_not_all_there_are_counted():
    s = study(chain(sides(3), {"R1": ("AB", 100.0), "R2": ("BC", 100.0)}))
    (scheme,) = s(schemes)
    assert (scheme.name, scheme.pairs) == ("3N/2", (2, 3))


def test_one_utility_above_all_is_said_and_dominates():
    s = study(chain(sides(2, utility="U"), {"R1": ("AB", 100.0)}))
    assert s(names) == ["2N below U"]
    assert ids(s, s(redundancy).dominators(0)) == ["U"]


@pytest.mark.parametrize(("kw", "name", "most"), [(1000.0, "N+1", 0.8), (1050.0, "N", 1.0)])
def test_five_modules_of_250_kw(kw, name, most):
    """WE-P-026: 1,000 kW leave one of five modules to spare, 1,050 kW none."""
    ups = "rating_kw = 1250;rating_kva = 1250;modules = 5"
    s = study(chain(sides(1, ups), {"R1": ("A", kw)}))
    (scheme,) = s(schemes)
    assert (scheme.name, scheme.max_use) == (name, pytest.approx(most))
    assert scheme.use == pytest.approx(kw / 1250)


def test_two_sides_of_three_modules_are_2_of_n_plus_1():
    """WE-P-025: 1,400 kW on two sides of 3 x 750 kW; a module out and a side lost still hold."""
    ups = "rating_kw = 2250;rating_kva = 2250;modules = 3"
    s = study(chain(sides(2, ups), {"R1": ("AB", 700.0), "R2": ("AB", 700.0)}))
    (scheme,) = s(schemes)
    assert scheme.name == "2(N+1)"
    assert scheme.max_use == pytest.approx(0.5 * 2 / 3)


def catcher(primaries=4, **more):
    """WE-P-024: primaries with a transfer each to one reserve."""
    nodes = {}
    for x in (*SIDES[:primaries], "R"):
        nodes[f"source:U{x}"] = "rating_kw = 9000;voltage_v = 415"
        nodes[f"ups:S{x}"] = f'fed_from = "U{x}";rating_kw = 1000;rating_kva = 1000'
    for x in SIDES[:primaries]:
        nodes[f"transfer:T{x}"] = f'fed_from = "S{x}";alternate = "SR";rating_a = 5000'
        nodes[f"busway:{x}"] = (
            f'fed_from = "T{x}";rating_a = 9000;hall = "H";from_m = [0, 0];to_m = [50, 0];'
            "elevation_m = 3"
        )
    return nodes | more


def test_four_primaries_and_one_reserve_are_a_block():
    """WE-P-024: 950, 900, 1,000 and 800 kW on four primaries of 1,000 kW and one reserve."""
    loads = zip(SIDES, (950.0, 900.0, 1000.0, 800.0), strict=True)
    s = study(chain(catcher(), {f"R{x}": (x, kw) for x, kw in loads}))
    (scheme,) = s(schemes)
    assert (scheme.name, scheme.max_use) == ("block 4+1", pytest.approx(0.8))
    assert scheme.use == pytest.approx(3650 / 5000)
    assert ids(s, scheme.reserve) == ["SR"]
    assert ids(s, s(redundancy).dominators(0))[:2] == ["TA", "A"]


def test_a_reserve_that_carries_racks_of_its_own_is_mutual():
    more = {
        "busway:R": 'fed_from = "SR";rating_a = 9000;hall = "H";from_m = [0, 0];to_m = [50, 0];'
        "elevation_m = 3"
    }
    s = study(chain(catcher(1, **more), {"RA": ("A", 500.0), "RR": ("R", 400.0)}))
    assert s(names) == ["mutual reserve of 2", "N"]


def test_a_hand_moved_switch_is_no_second_way():
    nodes = catcher(1)
    nodes["transfer:TA"] += ';kind = "manual"'
    s = study(chain(nodes, {"RA": ("A", 500.0)}))
    assert s(names) == ["N"]
    assert {"UA", "SA", "TA", "A"} <= set(ids(s, s(redundancy).dominators(0)))


def test_a_rack_on_one_whip_hangs_on_its_tap_and_whip_too():
    s = study(chain(sides(2), {"R1": ("A", 100.0), "R2": ("AA", 100.0)}))
    first = s.arrays.topology.power.first
    kinds = [[s.site.kind_of(n + first) for n in s(redundancy).dominators(r)] for r in (0, 1)]
    assert kinds == [
        ["source", "ups", "busway", "tap", "whip"],
        ["source", "ups", "busway"],
    ]


def test_racks_that_do_not_stand_have_no_redundancy():
    site = chain(sides(2), {"R1": ("AB", 100.0)})
    assert study(site)(redundancy).of_rack.tolist() == [0]
    gone = site.replace(
        tables=dict(site.tables)
        | {"rack": site.tables["rack"].with_columns(leaves=np.array(["2027-02-01"], "M8[D]"))}
    )
    later = study(gone, day=dt.date(2027, 3, 1))
    assert later(redundancy).of_rack.tolist() == [-1]
    assert later(names) == ["none"]
