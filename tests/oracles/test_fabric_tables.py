"""Every row of the published tables of fabrics, exactly."""

import tomllib
from pathlib import Path

import pytest

from twin.solve.fabric.capacity import most_nodes
from twin.solve.fabric.plan import Plan
from twin.solve.fabric.sizes import size

TABLES = tomllib.loads(Path(__file__).with_suffix("").with_name("fabric_tables.toml").read_text())
ROWS = [(name, row) for name, table in TABLES.items() for row in table["rows"]]


def planned(name, nodes, **changes):
    table = TABLES[name]
    tiers = 2 if nodes <= table["two"] else 3
    figures = table["plan"] | {"tiers": tiers} | changes
    if tiers == 2:
        figures.pop("group", None)
    return Plan(nodes=nodes, **figures)


@pytest.mark.parametrize(("name", "row"), ROWS, ids=lambda v: v if isinstance(v, str) else v[0])
@pytest.mark.parametrize("rails", [True, False])
def test_row_of_a_published_table(name, row, rails):
    nodes, *expected = row
    found = size(planned(name, nodes, **({} if rails else {"rails": None})))
    cables = getattr(found, TABLES[name]["counts"])
    assert [found.leaf, found.spine, found.core, *cables] == expected


def test_cables_of_the_127_node_bill_of_materials():
    """RA-11333-001, Table 7: 2,040 NDR cables and 48 QM9700 of the compute fabric.

    Its UFM appliances hang on two splitters of their own, which are not among the 2,040.
    """
    found = size(planned("h100", 127))
    assert found.cords.node_leaf - 4 == 127 * 8
    assert found.cords.node_leaf - 4 + found.cords.leaf_spine == 2040
    assert found.leaf + found.spine == 48


def test_three_units_have_spines_that_divide_the_uplinks():
    # 24 leaves of 32 uplinks would fill 12 spines, over which 32 uplinks do not spread evenly.
    found = size(planned("h100", 95))
    assert found.spine == 16
    assert found.spine_groups[0].joint == 2
    assert found.free_ports == (24 * 64 - 764 - 768, 16 * 64 - 768, 0)


def test_unit_of_gb200():
    """DGX SuperPOD with GB200, RA-11338-001: 8 leaves and 6 spines in a group, 6 core groups.

    https://docs.nvidia.com/dgx-superpod/reference-architecture-scalable-infrastructure-gb200/
    latest/network-fabrics.html: 8 racks of 18 trays with 4 links, a leaf for each rack and rail,
    up to 16 units.
    """
    plan = {"links_per_node": 4, "radix": 64, "down": 18, "tiers": 3, "group": 8}
    found = size(Plan(nodes=144, **plan))
    assert (found.leaf, found.spine) == (32, 24)
    group, core = *found.spine_groups, *found.core_groups
    assert (group.count, group.leaves, group.spines, group.joint) == (4, 8, 6, 3)
    assert core.count == 6
    assert found.links == (576, 576, 576)
    assert most_nodes(Plan(nodes=1, **plan)) == 16 * 144
    sixteen = size(Plan(nodes=16 * 144, **plan))
    assert (sixteen.leaf, sixteen.spine) == (512, 384)
    # The page's count of cores is not at hand: 9,216 links fill 144 cores of 64 ports.
    assert sixteen.core * 64 == sixteen.links.spine_core == 16 * 576


def test_eight_planes_in_two_tiers():
    """800G split into 8 planes of 100G, 64 ports of 800G as 512: 131,072 GPUs in two tiers."""
    plan = {"links_per_node": 1, "radix": 512, "down": 256, "planes": 8}
    assert most_nodes(Plan(nodes=1, **plan)) == 131_072
    found = size(Plan(nodes=131_072, **plan))
    assert (found.leaf, found.spine) == (8 * 512, 8 * 256)
    assert found.links.node_leaf == 8 * 131_072
    assert found.cords.node_leaf == 131_072
