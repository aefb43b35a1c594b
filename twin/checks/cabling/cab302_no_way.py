"""CAB302: a rack from which no trays lead to its switches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.way_inputs import seen
from twin.checks.inputs import own_figure
from twin.checks.measure import Input, Measure
from twin.checks.network.ports import ports_figure
from twin.checks.rule import rule
from twin.site.table import Array, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.links import links
from twin.solve.cabling.panels.pieces import no_trunk
from twin.solve.cabling.ways.carriers import COPPER, FIBRE, open_to
from twin.solve.cabling.ways.lengths import lacks_way
from twin.solve.cabling.ways.sorts import cable_sorts
from twin.solve.study import Study


@rule(
    "CAB302",
    role="gate",
    severity="error",
    unit="switches",
    message="from {kind} {subject} no {owner} lead to {demand} of its switches",
    fix="draw a tray within reach of both racks that is joined to the others at one elevation, join"
    " the trays that are apart by a tray or riser, or name a medium that the trays there carry",
    source="geometry of the layout's trays",
)
def no_way(study: Study) -> Iterator[Measure]:
    """No way along the trays leads from a rack or switch to a switch that it is joined with.

    Why it matters
    --------------
    A cable without a tray hangs across an aisle or is not pulled at all.

    Method
    ------
    One row for each rack: switches of its drop to which no trays lead, at most 0; likewise for each
    switch with uplinks. Trays of a hall that touch or cross within 1 mm at the same elevation are
    joined, and so are all that a riser passes within 1 mm; a riser may lead to another hall. Fibre
    lies in trays and risers of the kinds fibre and any, copper in those of copper and any. Where a
    fabric may take either, both are tried, each over its own trays: what serves, by the order in
    which media are chosen (CAB403), decides, and where trays have no room for copper but for fibre,
    fibre is taken. Links by hand of no named medium lie in all. A rack
    reaches every tray within 1.5 m of its centre, or within its footprint's diagonal if that is
    more; a tray that names drop-outs it reaches at these only. A switch in the rack itself needs no
    tray, a rack without network ports needs none either. Where the layout describes no trays, or no
    way between the halls of the two, the way is not known.

    Does not cover
    --------------
    Panels without a trunk between them (CAB313), trays that carry power, and whether a tray without
    drop-outs can be left where the rack stands.

    See also
    --------
    CAB301, CAB313, NET402.
    """
    bundle = study(bundles)
    yield _of_racks(study, np.flatnonzero(bundle.wanted & (bundle.rack >= 0)))
    yield _of_switches(study, np.flatnonzero(bundle.wanted & (bundle.low >= 0)))


def _of_racks(study: Study, mine: IntArray) -> Measure:
    """One row for each rack: switches that no trays lead to."""
    site, link, bundle = study.site, study(links), study(bundles)
    n = len(study.table("rack"))
    rack, switch = bundle.rack[mine], bundle.switch[mine]
    placed, unseen = (each[mine] for each in study(seen))
    lacking = np.bincount(rack, (study(lacks_way) & ~study(no_trunk))[mine], minlength=n).astype(
        float
    )
    dim = np.bincount(rack, ~placed | unseen, minlength=n) > 0
    bare = (link.switches == 0) & ~(link.ports <= 0)
    subject = np.flatnonzero(study.here)
    place = site.rows_of("position", study.table("rack")["position"])
    hall = np.append(site.rows_of("hall", study.table("position")["hall"]), -1)[place]
    homeless = np.full(n, -1, dtype=np.int64)
    homeless[rack[~placed][::-1]] = switch[~placed][::-1]
    hidden = np.zeros(n, dtype=bool)
    hidden[rack[unseen]] = True
    figure = ports_figure(study)
    none = np.zeros(len(subject), dtype=bool)
    return Measure(
        kind="rack",
        subject=subject,
        demand=np.where(dim | bare, np.nan, lacking)[subject],
        limit=np.zeros(len(subject)),
        sure=lacking[subject],
        inputs=(
            figure._replace(
                rows=np.where(bare, figure.rows, -1)[subject], known=figure.known[subject]
            ),
            Input("position", "switches", np.where(bare, place, -1)[subject], none),
            own_figure(study, "switch", "position", homeless[subject])._replace(known=none),
            Input("hall", "trays", np.where(hidden, hall, -1)[subject], none),
        ),
        owner=_trays(study, mine, rack, n)[subject],
    )


def _of_switches(study: Study, mine: IntArray) -> Measure:
    """One row for each switch with uplinks: switches above it that no trays lead to."""
    site, bundle = study.site, study(bundles)
    low, switch = bundle.low[mine], bundle.switch[mine]
    n = len(study.table("switch"))
    placed, unseen = (each[mine] for each in study(seen))
    lacking = np.bincount(low, (study(lacks_way) & ~study(no_trunk))[mine], minlength=n).astype(
        float
    )
    dim = np.bincount(low, ~placed | unseen, minlength=n) > 0
    subject = np.unique(low)
    homeless = np.full(n, -1, dtype=np.int64)
    bare = np.where(bundle.place[mine] < 0, low, switch)
    homeless[low[~placed][::-1]] = bare[~placed][::-1]
    hall = np.append(site.rows_of("hall", study.table("position")["hall"]), -1)
    hidden = np.full(n, -1, dtype=np.int64)
    hidden[low[unseen]] = hall[bundle.place[mine][unseen]]
    none = np.zeros(len(subject), dtype=bool)
    return Measure(
        kind="switch",
        subject=subject,
        demand=np.where(dim, np.nan, lacking)[subject],
        limit=np.zeros(len(subject)),
        sure=lacking[subject],
        inputs=(
            own_figure(study, "switch", "position", homeless[subject])._replace(known=none),
            Input("hall", "trays", hidden[subject], none),
        ),
        owner=_trays(study, mine, low, n)[subject],
    )


def _trays(study: Study, mine: IntArray, end: IntArray, size: int) -> Array:
    """(size,) which trays lead nowhere: of one sort where kinds keep cables apart, else any.

    Parameters
    ----------
    mine, end
        (n,) bundles, and the rack or switch at the lower end of each.
    """
    out = np.full(size, "trays of the layout", dtype="U32")
    carries = study(open_to)
    sort = study(cable_sorts)[mine]
    lost = study(lacks_way)[mine]
    for this, other, words in ((FIBRE, COPPER, "fibre"), (COPPER, FIBRE, "copper")):
        if (carries[other] & ~carries[this]).any():
            wrong = np.bincount(end[lost & (sort != this)], minlength=size) > 0
            right = np.bincount(end[lost & (sort == this)], minlength=size) > 0
            out[right & ~wrong] = f"trays for {words} (kind)"
    return out
