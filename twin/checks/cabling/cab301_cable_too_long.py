"""CAB301: length of cables along the trays against the reach of their medium."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.cabling.links import links, switch_places
from twin.solve.cabling.ways import heights_m, lengths_m
from twin.solve.study import Study


@rule(
    "CAB301",
    role="gate",
    severity="error",
    unit="m",
    message="the cable from rack {subject} to switch {other} would be {demand} m long, its medium"
    " reaches {limit} m",
    fix="name a medium of switch {other} that reaches {demand} m, or shorten the way by"
    " {shortfall} m",
    source="reach that the maker of the cable or optic publishes",
)
def cable_too_long(study: Study) -> Measure:
    """A cable along the trays is longer than its medium reaches.

    Why it matters
    --------------
    Copper ends after 2 or 3 m, multimode optics after 50 m. A length that was measured in a
    straight line on the plan is short by the ways up, along and down.

    Method
    ------
    L = way along the trays, the shortest + from each rack's centre across to its tray + at each
    end from the rack's top up to the tray + in the rack at each end its height, the longest run
    to a port + slack at both ends. The slack (service_length_m) is a judgement and counts only
    once the owner adopts it. Where a rack's height is not known, that of the tallest rack which
    its position takes stands in. L is held against reach_m of the switch's medium. One row for
    each place of switches and medium that a rack meets.
    Worked number: racks of 2.3 m, trays at 2.8 m, 0.3 m across at both ends and 4 m along:
    2 x (2.3 + 0.5 + 0.3) + 4 = 10.2 m.

    Does not cover
    --------------
    Where in the racks the ports sit, side runs in them, stock lengths (a maker's list of lengths
    is seldom complete), least lengths, patch panels, loss of connectors, bends.

    See also
    --------
    CAB101, CAB302.
    """
    site, link, length = study.site, study(links), study(lengths_m)
    medium = site.rows_of("product", study.table("switch")["medium"])
    host = switch_places(study)
    mine = np.flatnonzero(link.wanted & study.here[link.rack] & ~np.isinf(length))
    switch = link.switch[mine]
    order = np.lexsort((mine, medium[switch], host[switch], link.rack[mine]))
    key = np.stack([link.rack[mine], host[switch], medium[switch]])[:, order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (key[:, 1:] != key[:, :-1]).any(axis=0)
    mine = mine[order][new]
    rack, switch = link.rack[mine], link.switch[mine]
    reach = np.append(study.table("product")["reach_m"], np.nan)[medium[switch]]
    height = np.append(study(heights_m), np.nan)
    place = site.rows_of("position", study.table("rack")["position"])[rack]
    return Measure(
        kind="rack",
        subject=rack,
        demand=length[mine],
        limit=reach,
        other=site.subject("switch", switch),
        inputs=(
            own_figure(study, "switch", "medium", switch),
            Input("product", "reach_m", medium[switch], ~np.isnan(reach)),
            own_figure(study, "switch", "position", switch)._replace(known=host[switch] >= 0),
            rack_figure(study, "height_m", rack)._replace(known=~np.isnan(height[place])),
            Input("position", "height_m", host[switch], ~np.isnan(height[host[switch]])),
        ),
        owner="reach of the medium",
    )
