"""Cassettes that shuffle: every lane arrives, and what belongs together shares a port."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.errors import InputError
from twin.exchange import netbox
from twin.report.cables.papers import papers
from twin.report.fabric_ports import PORTS, ports_rows
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.legs import legs
from twin.solve.cabling.links.tails import counted
from twin.solve.cabling.panels.panel_ports import panel_ports
from twin.solve.cabling.panels.patched import in_panels, in_trunks
from twin.solve.cabling.parts.parts import parts
from twin.solve.fabric.portmap import port_map

LAYOUT = Path(__file__).parents[1] / "rules" / "shuffled.toml"
PLANES = 2


def built(folder, *changes):
    text = LAYOUT.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "shuffled.toml"
    path.write_text(text, encoding="utf-8")
    return pipeline.study_of(pipeline.load(path), None, "provisioned", 1)


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    return built(tmp_path_factory.mktemp("shuffled"))


def rows(paper):
    return list(csv.DictReader(io.StringIO(paper)))


@given(nodes=st.integers(1, 4), links=st.sampled_from([2, 4]), near=st.booleans())
@settings(max_examples=8, deadline=None)
def test_every_lane_arrives_where_the_port_map_wants_it(tmp_path_factory, nodes, links, near):
    changes = [
        ("nodes_per_position = 3", f"nodes_per_position = {nodes}"),
        ("links_per_node = 2", f"links_per_node = {links}"),
        ("ports = 36", "ports = 200"), ("count = 3", "count = 6"),
    ]  # fmt: skip
    if near:  # the cassettes stand at the leaves
        said = 'cassette = "shuffle_mpo12"\n'
        changes += [(said, ""), ('serves = ["N-01"]\n', f'serves = ["N-01"]\n{said}')]
    study = built(tmp_path_factory.mktemp("lanes"), *changes)
    p, m = study(panel_ports), study(port_map)
    fronts, rears = defaultdict(dict), defaultdict(dict)
    far = defaultdict(set)
    port, plain = (p.high, p.low) if near else (p.low, p.high)
    for k in range(len(m)):
        cassette = (port[k] - 1) // PLANES
        assert p.cassette[k] == cassette + 1
        front = (port[k] - 1) % PLANES
        # Lane r of front port f is lane f of rear port r.
        assert p.rear[k] not in fronts[port[k]]
        fronts[port[k]][p.rear[k]] = k
        assert front not in rears[cassette, p.rear[k]]
        rears[cassette, p.rear[k]][front] = k
        far[p.trunk[k], p.strand[k], p.connector[k]].add((cassette, int(p.rear[k]), plain[k]))
    # A connector of a trunk leads from one rear port to one port of the other panel.
    assert all(len(ends) == 1 for ends in far.values())
    assert len(far) == len(rears)
    # All links of one port of a leaf have one cord there, all of one port of a node one here.
    for ports, key in ((p.high, (m.high, m.high_port // PLANES)),
                       (p.low, (m.place, m.node, m.low_port))):  # fmt: skip
        both = np.unique(np.stack([*key, ports]), axis=1)
        assert both.shape[1] == len(np.unique(np.stack(key), axis=1).T) == len(np.unique(ports))


def test_cords_ports_and_connectors_are_counted_once(hall):
    nodes = 4 * 3 * 2
    cable = hall(cables)
    assert int(cable.cord.max()) == nodes + 12 * PLANES
    assert set(cable.links.tolist()) == {2.0}
    panel = np.bincount(hall(in_panels).row, hall(in_panels).links)
    assert panel.tolist() == [nodes, nodes]
    assert hall(in_trunks).links.sum() == nodes
    (trunk,) = rows(papers(hall)["trunks.csv"])
    assert [trunk[k] for k in ("connectors", "used", "free")] == ["36", "24", "12"]


def test_the_schedule_tells_each_lane_and_leads_back(hall):
    told = rows(papers(hall)["panels.csv"])
    here = [row for row in told if row["panel"] == "PA" and row["lane"]]
    assert len(here) == 2 * 24
    first = here[:4]
    assert [(r["port"], r["lane"], r["rear"]) for r in first] == [
        ("1", "1", "1/1"), ("1", "2", "1/2"), ("2", "1", "1/1"), ("2", "2", "1/2"),
    ]  # fmt: skip
    back = {(r["panel"], r["port"]): r["to_port"] for r in told if r["panel"] == "PN"}
    assert all(back[r["to_panel"], r["to_port"]] == r["rear"] for r in here)
    assert {r["links"] for r in here} == {"2"}


def test_netbox_has_each_port_once(hall):
    found = list(netbox.rows(hall))
    ends = [row[k : k + 3] for row in found for k in (0, 3)]
    assert len(set(ends)) == len(ends) == 2 * (24 + 24 + 3)


def test_a_cassette_of_other_ports_than_planes_is_told(tmp_path):
    ports = """[[assume]]
path = "catalog.shuffle_mpo12.ports"
value = 4
reason = "as it is sold"
by = "test"

[halls.H1]"""
    with pytest.raises(InputError) as raised:
        built(tmp_path, ("[halls.H1]", ports))
    (problem,) = raised.value.problems
    assert problem.text().endswith(
        "data.panels.PA.cassette: shuffle_mpo12 shuffles 4 ports to ?, compute has 2 planes; a"
        " cassette of 2 ports on both its sides"
    )


def test_what_is_no_cassette_is_told(tmp_path):
    with pytest.raises(InputError) as raised:
        built(tmp_path, ('cassette = "shuffle_mpo12"', 'cassette = "edge_01u"'))
    assert "edge_01u is a panel; a cassette" in raised.value.problems[0].text()


def test_ports_that_are_not_divided_as_a_shuffle_asks_are_told(tmp_path):
    whole = ('leaf = "qm9700"', 'leaf = "qm9700"\nradix = 32')
    with pytest.raises(InputError) as raised:
        built(tmp_path, whole)
    (problem,) = raised.value.problems
    assert problem.text().endswith(
        "data.panels.PA.cassette: shuffle_mpo12 brings lanes of 2 planes together, and a port of a"
        " leaf of compute serves 1 link; split = 2 in data.fabrics.compute, or a radix of divided"
        " ports"
    )


def test_a_shuffle_is_one_whether_split_or_the_radix_divides_the_ports(hall, tmp_path):
    split = built(tmp_path, ("gbps = 200", "gbps = 200\nsplit = 2"))
    for of in ("cord", "links", "piece"):
        assert getattr(split(cables), of).tolist() == getattr(hall(cables), of).tolist()
    for of in ("low", "high", "rear", "connector"):
        assert getattr(split(panel_ports), of).tolist() == getattr(hall(panel_ports), of).tolist()
    assert split(parts).cable.tolist() == hall(parts).cable.tolist()
    # Planes are lanes of a port of the node, and nodes those of a port of the leaf.
    ports = [dict(zip(PORTS, row, strict=True)) for row in ports_rows(split)]
    first = [row for row in ports if row["a device"] == ports[0]["a device"]]
    assert sorted({(row["a port"], row["a lane"]) for row in first}) == [
        ("1", 1), ("1", 2), ("2", 1), ("2", 2),
    ]  # fmt: skip
    assert {row["b lane"] for row in ports} == {1, 2}


def test_lanes_of_one_cord_are_no_legs(hall):
    assert len(hall(counted).cord)
    assert not len(hall(legs).piece)


def test_a_splitter_at_the_leaf_has_a_tail_for_each_port_of_a_cassette(tmp_path):
    """Ports of 400 split into 4 x 100: tails of two lanes, one for each node's port of 200."""
    quarter = built(tmp_path, ("gbps = 200", "gbps = 100\nsplit = 4"))
    (asked,) = {c for c in quarter(parts).classes if c.panels}
    assert (asked.gbps, asked.split) == (200.0, 2)
