"""What the rules of networks and cables share: the figure behind racks' ports."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Input
from twin.solve.cabling.links.links import links
from twin.solve.study import Study


def ports_figure(study: Study) -> Input:
    """Ports of each rack; known of racks that house switches and publish none: they have none."""
    return rack_figure(study, "ew_ports")._replace(known=~np.isnan(study(links).ports))


PORTS_OF = {
    "ew_ports": (("compute",), "compute ports"),
    "ns_ports": (("storage", "in-band", "converged"), "storage and in-band ports"),
    "oob_ports": (("out-of-band",), "management ports"),
}
"""Column of a rack's ports, the networks that end in them, and what they are in words."""
