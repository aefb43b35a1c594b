"""Rail-optimised fabrics: the links of the same index of all nodes meet on one leaf.

In a scalable unit a GPU reaches the GPUs of its own index in one hop. Its leaves come as a set,
one for each rail, however few nodes the unit has: NVIDIA's reference architectures advise to
build a unit's leaves and uplinks in full and to leave the places of absent nodes empty.

References
----------
NVIDIA, DGX SuperPOD reference architecture with DGX H100, RA-11333-001, chapter Network Fabrics.
"""

from __future__ import annotations

from twin.site.fabrics.evenly import ceil_div
from twin.site.table import IntArray
from twin.solve.fabric.plan import Plan


def unit_nodes(plan: Plan) -> int:
    """Return how many nodes a set of leaves takes, one leaf for each of the plan's rails.

    Examples
    --------
    >>> unit_nodes(Plan(nodes=1, links_per_node=8, radix=64, down=32, rails=8))
    32
    """
    return plan.down // (plan.links_per_node // (plan.rails or 1))


def units(plan: Plan) -> int:
    """Return how many sets of leaves a plan takes.

    Managers without a reserved place take whatever ports nodes leave.

    Examples
    --------
    >>> units(Plan(nodes=40, links_per_node=8, radix=64, down=32, rails=8))
    2
    """
    places = ceil_div(plan.nodes + plan.reserved, unit_nodes(plan))
    return max(places, ceil_div(plan.endpoint_links, (plan.rails or 1) * plan.down))


def leaf_of_rail(node: IntArray, rail: IntArray, nodes: int, rails: int) -> IntArray:
    """Return the leaf on which links end: that of the node's unit and of the link's rail.

    Parameters
    ----------
    node
        (m,) number of the node, from 0.
    rail
        (m,) rail of the link, 0 to `rails` - 1.
    nodes
        Nodes of a unit.
    rails
        Rails of the fabric, and so leaves of a unit.

    Examples
    --------
    >>> import numpy as np
    >>> leaf_of_rail(np.array([0, 31, 32]), np.array([3, 0, 7]), nodes=32, rails=8).tolist()
    [3, 0, 15]
    """
    leaf: IntArray = node // nodes * rails + rail
    return leaf
