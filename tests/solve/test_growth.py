"""Fabrics as they grow: what stands on a day, cords, and what another plan would move."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest

from tests.site.pods import H100, pod
from twin import pipeline
from twin.model.change import Conditions, Scenario
from twin.report.fabric_ports import port_name
from twin.solve.fabric.before import before
from twin.solve.fabric.growth import cord_of, links_stand, moved
from twin.solve.fabric.plan import Plan
from twin.solve.fabric.portmap import NODE, SPINE, port_map
from twin.solve.fabric.sizes import size
from twin.solve.fabric.totals import totals

MONTHS = """
[deliveries.N]
type = "nv_network_rack"
positions = ["N-*"]
arrives = 2027-01-01
"""
UNIT = """
[deliveries.SU{n}]
type = "dgx_h100_air_4x"
positions = [{positions}]
arrives = 2027-0{month}-01
"""
PUBLISHED = {**H100, "reserved": 1, "manager_links": 4}


def study(site, day=None):
    return pipeline.study(site, Scenario(conditions=Conditions(date=day)))


@pytest.fixture(scope="module")
def four_units(tmp_path_factory):
    """The published 127 nodes, a scalable unit a month from February on."""
    more = MONTHS
    for n in range(4):
        names = ", ".join(f'"C-{k:02d}"' for k in range(8 * n + 1, 8 * n + 9))
        more += UNIT.format(n=n + 1, positions=names, month=n + 2)
    return pod(tmp_path_factory.mktemp("h100"), 32, more=more, c=PUBLISHED)


@pytest.fixture(scope="module")
def afresh(tmp_path_factory):
    """Sizes of one to four units, each sized as if nothing would follow."""
    folder = tmp_path_factory.mktemp("afresh")
    return [study(pod(folder, 8 * su, c=PUBLISHED)) for su in (1, 2, 3, 4)]


def test_from_one_to_four_units_no_cord_moves(four_units):
    before_, last = None, study(four_units)
    for month, nodes in ((2, 32), (3, 64), (4, 96), (5, 127)):
        now = study(four_units, dt.date(2027, month, 15))
        m, stand = now(port_map), now(links_stand)
        (total,) = now(totals)
        assert total.nodes == nodes
        # A subset of the last, and a superset of the month before, cord for cord.
        assert len(moved(now, last)) == 0
        assert before_ is None or not (before_ & ~stand).any()
        assert int((stand & (m.tier == NODE)).sum()) == 8 * nodes
        before_ = stand
    assert before_.all()


def test_sized_afresh_the_trunks_move(afresh):
    """Each unit more spreads the uplinks of the old leaves over more spines."""
    found = []
    for small, large in itertools.pairwise(afresh):
        rows = moved(small, large)
        m = small(port_map)
        found.append(
            (len(rows), int((m.tier[rows] == SPINE).sum()), int((m.tier[rows] == NODE).sum()))
        )
    # Of 256, 512 and 768 uplinks; three units have the spines of four. The four links of managers
    # follow the place that no node takes to the last unit.
    assert found == [(256, 252, 0), (514, 510, 0), (4, 0, 0)]


def test_racks_that_are_not_there_have_no_links_yet(four_units):
    now = study(four_units, dt.date(2027, 2, 15))
    (total,) = now(totals)
    assert [(j.name, j.count, j.stand) for j in total.joints] == [
        ("node to leaf", 1016, 256),
        ("leaf to spine", 1024, 1024),
        ("manager to leaf", 4, 4),
    ]
    assert [(s.name, s.count, s.stand) for s in total.switches] == [
        ("leaf", 32, 32),
        ("spine", 16, 16),
    ]
    early = study(four_units, dt.date(2026, 12, 31))(totals)[0]
    assert [s.stand for s in early.switches] == [0, 0]
    assert [j.stand for j in early.joints] == [0, 0, 0]


def test_totals_of_the_published_system(four_units):
    (total,) = study(four_units)(totals)
    assert (total.places, total.reserved, total.nodes) == (128, 1, 127)
    assert (total.leaf_oversubscription, total.free[:2].tolist()) == (1.0, [4.0, 0.0])
    assert [j.tbps for j in total.joints] == pytest.approx([406.4, 409.6, 1.6])
    assert np.isnan(total.spine_oversubscription)


@pytest.mark.parametrize(
    ("planes", "each"), [(1, None), (2, None), (3, None), (2, 1), (1, 2), (2, 3)]
)
def test_cords_are_counted_as_of_a_bare_fabric(tmp_path, planes, each):
    keys = {**H100, "planes": planes, "tiers": 3, "su_positions": 4, "radix": 32, "down": 16}
    one = study(pod(tmp_path, 16, c=keys | ({"links_per_cord": each} if each else {})))
    plan = Plan(nodes=64, links_per_node=8, radix=32, down=16, tiers=3, group=8, planes=planes,
                links_per_cord=each)  # fmt: skip
    assert [j.cords for j in one(totals)[0].joints] == list(size(plan).cords)
    assert np.bincount(one(cord_of)).max() == (each or planes)


def test_what_racks_of_a_unit_wait_for(four_units):
    now = study(four_units)
    found = before(now, 0)
    ids, places = now.table("switch").ids, now.table("position").ids
    assert len(found) == 4
    assert places[found[1].positions].tolist() == [f"C-{n:02d}" for n in range(9, 17)]
    leaves = [i for i in ids[found[1].switches].tolist() if "leaf" in i]
    assert leaves == [f"c-leaf-{n:03d}" for n in range(9, 17)]
    assert len(found[1].switches) == 8 + 16


def test_three_tiers_wait_for_all_cores_above_their_spines(tmp_path):
    keys = {**H100, "tiers": 3, "su_positions": 2, "radix": 16, "down": 8}
    one = study(pod(tmp_path, 8, c=keys))
    (total,) = one(totals)
    cores = next(s.count for s in total.switches if s.name == "core")
    tier = one.table("switch")["tier"]
    for b in before(one, 0):
        assert int((tier[b.switches] == "core").sum()) == cores


@pytest.mark.parametrize(
    ("port", "lanes", "cage", "name"),
    [
        (0, 1, 2, ("1/1", None)), (13, 1, 2, ("7/2", None)), (63, 1, 2, ("32/2", None)),
        (5, 1, float("nan"), ("6", None)), (5, 1, 1, ("6", None)), (5, 2, 1, ("3", 2)),
        (13, 2, 2, ("4/1", 2)),
    ],
)  # fmt: skip
def test_names_of_ports(port, lanes, cage, name):
    assert port_name(port, lanes, cage) == name
