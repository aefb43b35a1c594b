"""Cords that are pulled for the links of a fabric.

A switch cage is often twin-port: 800G of electrical lanes, two ports of 400G. How many links a
cord carries depends on what the ports are to the nodes:

- *One plane.* A node's link is a whole port, and so is a cord. NVIDIA's tables of DGX H100 and
  B200 count one cable for each 400G link, one MPO-12 at each of the two openings of a twin-port
  plug: 2,040 = 127 x 8 + 1,024.
- *Several planes.* A node's cage is split: one port for each plane. NVIDIA's table of the
  twin-plane DGX B300 counts one cable for each cage, node to leaf and leaf to spine, that is for
  two links of 400G: 512 cables and 1,024 links for 64 nodes of 8 GPUs.

So a cord carries as many links as there are planes, unless the plan says otherwise; it has its
head in one cage and as many tails as it serves switches. With `links_per_cord` = 1 each port has
a cord of its own, as where each opening of a twin-port plug gets a straight MPO-12: then the same
64 nodes take 1,024 cords.

Cords are counted at the lower end, where each cage belongs to one node or switch; what is left
over in a cage is a cord, too.

References
----------
NVIDIA, DGX SuperPOD reference architectures: DGX H100, RA-11333-001, Table 4 and Table 7; DGX
B300 (Spectrum-4), Table 3. NVIDIA, MMA4Z00-NS twin-port OSFP, Overview.
"""

from __future__ import annotations

from collections.abc import Iterable

from twin.site.fabrics.evenly import ceil_div
from twin.solve.fabric.built import SpineGroup, Tiers
from twin.solve.fabric.plan import Plan


def cords(plan: Plan, leaf: int, groups: Iterable[SpineGroup]) -> Tiers:
    """Return the cords of all planes.

    Parameters
    ----------
    plan
        What is asked for.
    leaf
        Leaves of one plane.
    groups
        Spine-leaf groups of one plane.
    """
    p, each = plan.planes, plan.cord_links
    # The ports of a node's cage belong to all planes, those of a switch to its own.
    nodes = plan.nodes * ceil_div(p * plan.links_per_node, each)
    managers = ceil_div(p * plan.manager_links, each)
    leaf_spine = p * leaf * ceil_div(plan.leaf_up, each)
    spine_core = p * sum(g.count * g.spines * ceil_div(g.up, each) for g in groups)
    return Tiers(nodes + managers, leaf_spine, spine_core)
