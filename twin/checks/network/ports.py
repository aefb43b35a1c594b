"""What the rules of networks and cables share: the figure behind racks' ports."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Input
from twin.solve.cabling.links import links
from twin.solve.study import Study


def ports_figure(study: Study) -> Input:
    """Ports of each rack; known of racks that house switches and publish none: they have none."""
    return rack_figure(study, "ew_ports")._replace(known=~np.isnan(study(links).ports))
