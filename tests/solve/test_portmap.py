"""The port map: each link ends in two ports, each port is used once, and drops add up to it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.site.pods import H100, pod
from twin import pipeline
from twin.model.change import Change
from twin.solve.fabric.portmap import CORE, MANAGER, NODE, SPINE, PortMap, port_map


def mapped(site, *changes):
    study = pipeline.study(pipeline.change(site, list(changes)) if changes else site)
    return study, study(port_map)


def test_h100_of_four_units(tmp_path):
    site = pod(tmp_path, 32, c={**H100, "reserved": 1, "manager_links": 4})
    study, m = mapped(site)
    assert np.bincount(m.tier).tolist() == [1016, 1024, 0, 4]
    ids = study.table("switch").ids
    managers = m.take(m.tier == MANAGER)
    # The ports of the place that no node takes, number 127, on the last unit's leaves.
    assert ids[managers.high].tolist() == [f"c-leaf-{n:03d}" for n in (25, 26, 27, 28)]
    assert managers.high_port.tolist() == [31] * 4
    first = m.take((m.place == study.table("position").index["C-09"]) & (m.node == 1))
    assert ids[first.high].tolist() == [f"c-leaf-{n:03d}" for n in range(9, 17)]
    assert first.high_port.tolist() == [1] * 8


def test_whole_positions_reserved_leave_their_ports_to_managers(tmp_path):
    site = pod(tmp_path, 3, c={**H100, "reserved": 5, "manager_links": 40})
    study, m = mapped(site)
    managers, nodes = m.take(m.tier == MANAGER), m.take(m.tier == NODE)
    assert len(managers) == 40
    assert len(nodes) == 56
    assert sorted(set(managers.high_port.tolist())) == [7, 8, 9, 10, 11]
    assert set(study.table("position").ids[nodes.place].tolist()) == {"C-01", "C-02"}


def test_planes_are_alike(tmp_path):
    site = pod(tmp_path, 8, c={**H100, "planes": 2})
    _, m = mapped(site)
    one, two = m.take(m.plane == 0), m.take(m.plane == 1)
    for name in ("tier", "place", "node", "low_port", "high_port"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert not np.isin(one.high, two.high).any()


def test_three_tiers(tmp_path):
    keys = {**H100, "tiers": 3, "su_positions": 2, "radix": 16, "down": 8}
    study, m = mapped(pod(tmp_path, 8, c=keys))
    tier = study.table("switch")["tier"]
    assert set(tier[m.low[m.tier == CORE]].tolist()) == {"spine"}
    assert set(tier[m.high[m.tier == CORE]].tolist()) == {"core"}
    assert set(tier[m.high[m.tier == SPINE]].tolist()) == {"spine"}


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("data.switches.c-leaf-001", 256 - 32 + 256 - 32),
        ("data.switches.c-spine-001", 256 + 256 - 64),
        ("positions.C-08", 224 + 256),
        ("drops.C-01>c-leaf-001", 252 + 256),
        ("uplinks.c-leaf-001>c-spine-001", 256 + 248),
        ("data.fabrics.c", 0),
    ],
)
def test_what_is_taken_out_takes_its_links(tmp_path, gone, left):
    _, m = mapped(pod(tmp_path, 8, c=H100), Change("remove", gone))
    assert len(m) == left


def test_drops_by_hand_are_no_links_of_a_fabric(tmp_path):
    site = pod(tmp_path, 8, c=H100)
    _, m = mapped(site, Change("set", "positions.C-01.switches", ["c-leaf-001"]))
    assert len(m) == 512 - 32


def test_taking_rows_keeps_columns(tmp_path):
    _, m = mapped(pod(tmp_path, 8, c=H100))
    some = m.take(np.array([3, 1]))
    assert isinstance(some, PortMap)
    assert some.high_port.tolist() == m.high_port[[3, 1]].tolist()
