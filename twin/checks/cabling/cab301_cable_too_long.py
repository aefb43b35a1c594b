"""CAB301: length of cables along the trays against the reach of their medium."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.way_inputs import way_inputs
from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.parts.as_bought import judged_m, length_open, unlisted
from twin.solve.cabling.parts.parts import parts
from twin.solve.cabling.ways.in_racks import heights_m
from twin.solve.cabling.ways.lengths import lengths_m
from twin.solve.study import Study


@rule(
    "CAB301",
    role="gate",
    severity="error",
    unit="m",
    message="the cable from {kind} {subject} to switch {other} would be {demand} m long, its medium"
    " reaches {limit} m",
    fix="name a medium of switch {other} that reaches {demand} m, or shorten the way by"
    " {shortfall} m",
    source="reach that the maker of the cable or optic publishes",
)
def cable_too_long(study: Study) -> Iterator[Measure]:
    """A cable along the trays is longer than its medium reaches.

    Why it matters
    --------------
    Copper ends after 2 or 3 m, multimode optics after 50 m. A length that was measured in a
    straight line on the plan is short by the ways up, along and down.

    Method
    ------
    L = way along the trays, the shortest + from each rack's centre across to its tray + at each
    end from the rack's top up to the tray, or down to it + in the rack at each end its height, the
    longest run to a port + at each port the run across to the manager (side_run_m) and slack
    (service_length_m). Within a rack L is the run between two units, no less than in_rack_min_m.
    All three are judgements, as is length_waste, the share by which what is needed is more than L:
    they count once the owner adopts them (policy.adopt), or writes them in policy.limits. Where a
    rack's height is not known, that of the tallest rack which its position takes stands in. Each
    cord and trunk is rounded up to a length in stock (data.stock_m, or one that its maker shows and
    that a fabric chose), and their sum is held against the reach of the medium: of a moulded cable
    its own, of fibre the least of both optics
    over its grade. Where no length is listed, L as needed that is over the reach fails; within it
    L holds only where the greatest length in which the cable is made reaches as well, for what is
    bought may be longer than needed: else it is not known. The upper switch or its fabric names the
    medium, or it is chosen (CAB403). One row for each place of switches and medium that a rack, or
    a switch with uplinks, meets: the longest.
    Worked number: racks of 2.3 m, trays at 2.8 m, 0.3 m across at both ends and 4 m along:
    2 x (2.3 + 0.5 + 0.3) + 4 = 10.2 m.

    Does not cover
    --------------
    Units of nodes in their racks, cables that leave a rack otherwise than over its top, loss of
    connectors (CAB303), bends. A list of lengths that a maker shows is seldom complete:
    data.stock_m says what is in stock. What the owner's list does not have as long as needed counts
    as needed here (CAB312, CAB403).

    See also
    --------
    CAB101, CAB302, CAB303, CAB312, CAB403.
    """
    bundle, part, length = study(bundles), study(parts), study(lengths_m)
    # Links for which a fabric finds no medium at all are CAB403's.
    served = (part.class_of < 0) | (part.medium >= 0) | (bundle.medium >= 0) | np.isnan(length)
    mine = np.flatnonzero(bundle.wanted & ~np.isinf(length) & served)
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        yield _of(study, kind, mine[end[mine] >= 0], end)


def _of(study: Study, kind: str, mine: IntArray, end: IntArray) -> Measure:
    """Cables whose lower end is a rack, or a switch: one row for each place and medium it meets."""
    site, bundle, part = study.site, study(bundles), study(parts)
    # The longest first: its row stands for all of one place and medium.
    found = study(judged_m)
    length, reach = found.least_m, _reach_m(study)
    doubt = length_open(length, found.most_m, reach)
    # What is in doubt stands apart: a longer cord whose length is known does not speak for it.
    key = np.stack([end[mine], bundle.host[mine], part.cable[mine], doubt[mine]])
    order = np.lexsort((mine, -length[mine], *key[::-1]))
    key = key[:, order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (key[:, 1:] != key[:, :-1]).any(axis=0)
    mine = mine[order][new]
    switch, cable, host, place = (
        column[mine] for column in (bundle.switch, part.cable, bundle.host, bundle.place)
    )
    height = np.append(study(heights_m), np.nan)
    rack = bundle.rack[mine]
    trays, _, far = way_inputs(study, mine)
    tall = rack_figure(study, "height_m", rack) if kind == "rack" else Input(
        "position", "height_m", place, ~np.isnan(height[place])
    )  # fmt: skip
    return Measure(
        kind=kind,
        subject=end[mine],
        demand=np.where(doubt[mine], np.nan, length[mine]),
        limit=reach[mine],
        sure=length[mine],
        other=site.subject("switch", switch),
        inputs=(
            own_figure(
                study, "switch", "medium",
                np.where((cable < 0) & (part.class_of[mine] < 0), switch, -1),
            ),
            Input("product", "reach_m", cable, ~np.isnan(reach[mine])),
            Input("product", "stock_m", study(unlisted)[mine], ~doubt[mine]),
            own_figure(study, "switch", "position", switch)._replace(known=host >= 0),
            trays,
            tall._replace(known=~np.isnan(height[place])),
            far,
        ),
        owner="reach of the medium",
    )  # fmt: skip


def _reach_m(study: Study) -> FloatArray:
    """(B,) reach of the medium of each bundle: of the one that was chosen, else of the cable."""
    part = study(parts)
    own = np.append(study.table("product")["reach_m"], np.nan)[part.cable]
    chosen = np.append(part.media.reach_m, np.nan)[part.medium]
    return np.where(part.medium >= 0, chosen, own)
