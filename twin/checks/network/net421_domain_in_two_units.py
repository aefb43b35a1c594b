"""NET421: racks of one scale-up domain against the scalable units of their compute fabric."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.fabric.domains import shared_domains
from twin.solve.study import Study


@rule(
    "NET421",
    role="advice",
    severity="warning",
    unit="units",
    message="the racks of the scale-up domain of rack {subject} stand in {demand} units of {other}",
    fix="let su_positions of {other} be a multiple of the racks of a domain, or place the racks of"
    " one domain in one unit",
    source="counting: units of a fabric have leaves of their own",
)
def domain_in_two_units(study: Study) -> Measure:
    """A scale-up domain is split over two scalable units of its compute fabric.

    Why it matters
    --------------
    A domain is one machine to a job. A unit is what is delivered, cabled and tested by itself: half
    a domain in it waits for the next unit, and its halves meet over spines.

    Method
    ------
    Units of a fabric of the compute network have su_positions positions each, in the order of their
    node places. Racks of one domain, as NET301 takes them, are counted by the units in which they
    stand; the limit is one. A domain within a rack is never split, since units are made of whole
    positions. Worked number: two racks of one domain on units of one position stand in 2.

    Does not cover
    --------------
    Other networks; domains of which some racks stand on positions that the fabric does not join.

    See also
    --------
    NET301, NET406.
    """
    shared, site = study(shared_domains), study.site
    place = site.rows_of("position", study.table("rack")["position"])[shared.rack]
    rows, fabrics, units = _units(study, place)
    key, of = np.unique(np.stack([fabrics, shared.domain[rows]]), axis=1, return_inverse=True)
    pair = np.unique(np.stack([of.ravel(), units]), axis=1)[0]
    spread = np.bincount(pair, minlength=key.shape[1]).astype(float)
    return Measure(
        kind="rack",
        subject=shared.rack[rows],
        demand=spread[of.ravel()],
        limit=np.ones(len(rows)),
        other=site.subject("fabric", fabrics),
        owner="one unit for each domain",
    )


def _units(study: Study, place: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Rows of some places, compute fabrics that join them, and their units there, pair by pair."""
    site, drops, fabrics = study.site, study.table("drop"), study.table("fabric")
    switch = site.rows_of("switch", drops["head"])
    of = np.append(site.rows_of("fabric", study.table("switch")["fabric"]), -1)[switch]
    first = np.asarray(drops["first"], dtype=float)
    compute = np.append(np.asarray(fabrics["network"]) == "compute", False)
    mine = np.flatnonzero((of >= 0) & compute[of] & ~np.isnan(first))
    at = site.rows_of("position", drops["tail"])[mine]
    nodes = np.asarray(fabrics["unit_nodes"], dtype=float)
    unit = (first[mine] // nodes[of[mine]]).astype(np.int64)
    found = np.unique(np.stack([at, of[mine], unit]), axis=1)
    row, which = np.nonzero(place[:, None] == found[0][None])
    return row, found[1][which], found[2][which]
