"""Papers of hosts that several fabrics reach: each end of a link is named once."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.exchange import cvt
from twin.report.cables.papers import papers
from twin.report.tables import written
from twin.solve.fabric.cages import cages
from twin.solve.fabric.host_ports import host_ports
from twin.solve.fabric.portmap import port_map

LAYOUTS = Path(__file__).parents[2] / "layouts"
SHARED = ["fabric_gb200_su.toml", "fabric_gb300_dual_plane.toml", "fabric_h100_127.toml"]


def loaded(name):
    return pipeline.study(pipeline.load(LAYOUTS / name))


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("name", SHARED)
def test_no_port_of_a_host_is_used_by_two_links(name):
    study = loaded(name)
    points = rows(written(cvt.COLUMNS, cvt.rows(study)))
    for side in "AZ":
        ends = Counter((row[f"{side}-Node Name"], row[f"{side}-Port"]) for row in points)
        assert set(ends.values()) == {1}
    told = rows(papers(study)["cables.csv"])
    ends = Counter((r["lower_device"], r["lower_cage"], r["lower_lane"]) for r in told if r["cord"])
    assert set(ends.values()) == {1}
    hosts = defaultdict(set)
    for row in points:
        if row["A-Type"] == cvt.HOST:
            hosts[row["A-Node Name"]].add(int(row["A-Port"]))
    assert all(min(ports) == 1 for ports in hosts.values())


def test_each_fabric_begins_with_a_cage_of_its_own(tmp_path):
    text = (Path(__file__).parents[1] / "rules" / "cabled.toml").read_text(encoding="utf-8")
    first = text.split("[data.fabrics.compute]")[1].split("\n[")[0]
    assert "node_cage_ports = 2" in first
    one = first.replace("links_per_node = 2", "links_per_node = 3").replace("rails = 2\n", "")
    text = text.replace(first, one)
    text += f"\n[data.fabrics.second]{one}"
    path = tmp_path / "two.toml"
    path.write_text(text, encoding="utf-8")
    study = pipeline.study(pipeline.load(path))
    m, number = study(port_map), study(host_ports)
    mine = (m.place == m.place[0]) & (m.node == 0)
    found = [number[mine & (m.fabric == f)].tolist() for f in (0, 1)]
    assert found == [[0, 1, 2], [4, 5, 6]]
    first = (m.fabric == 0) & (m.low < 0)
    assert np.array_equal(number[first], study(cages).tail_port[first])
    assert ((number < 0) == (m.low >= 0)).all()
