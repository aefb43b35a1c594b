"""CAB401: bends of cables at the corners of trays against the least radius that they bear."""

from __future__ import annotations

import numpy as np

from twin.checks.cabling.cables import first_lacking
from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.bend import KINDS, OF_MEDIUM, at_fittings_m, radius_m, rules
from twin.solve.cabling.corners import with_corners
from twin.solve.cabling.shares import of_media, product_of_cables
from twin.solve.cabling.tray_fill import lying
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "CAB401",
    role="advice",
    severity="warning",
    unit="m",
    message="cables in {kind} {subject} ask for a bend of {demand} m, its corners have {limit} m",
    fix="take fittings of {demand} m for {subject} (bend_radius_m), or a thinner or softer medium",
    source="the maker's bend radius of a cable; else diameters by its kind, as makers publish them",
)
def bend_too_tight(study: Study) -> Measure:
    """A corner of a tray is tighter than a cable in it may be bent.

    Why it matters
    --------------
    Copper that is bent too tight reflects, fibre loses light and breaks after a year. Nobody sees
    it at the link's first test.

    Method
    ------
    Trays that have a corner, or say the radius of their fittings. Each cable in the tray asks for
    the radius at rest that its maker gives, bend_m, else for so many diameters of its kind: limits
    bend_dac_od, bend_fibre_od, bend_trunk_od and bend_utp_od of the code profile, and for fibre and
    twisted pairs no less than bend_fibre_min_m and bend_utp_min_m. The stiffest speaks for its
    tray, against bend_radius_m. Worked number: a fibre cord of 3 mm asks for 31.75 mm, a twisted
    pair of 7.6 mm for 30.4 mm.

    Does not cover
    --------------
    Whether the very cable passes the corner: all in the tray count. Bends where trays meet, at
    drop-outs, in racks and while cables are pulled; twists; corners whose fittings nobody
    describes, which are not known.

    See also
    --------
    CAB101, CAB102.
    """
    lies, table = study(lying), study.table("tray")
    n = len(table)
    tray = lies.tray[lies.row]
    mine = np.flatnonzero(tray < n)
    tray, cable = tray[mine], lies.cable[mine]
    asked = at_fittings_m(tray, study(radii_m)[cable], n)
    radius = np.asarray(table["bend_radius_m"], dtype=float)
    used = np.bincount(tray, minlength=n) > 0
    rows = np.flatnonzero(used & (study(with_corners) | ~np.isnan(radius)))
    return Measure(
        kind="tray",
        subject=rows,
        demand=asked[rows],
        limit=radius[rows],
        inputs=(
            own_figure(study, "tray", "bend_radius_m", rows),
            *first_lacking(study, "od_m", cable, tray, n, rows),
        ),
        owner="fittings of the tray",
    )


def radii_m(study: Study) -> FloatArray:
    """(pieces,) least radius of the cables of each at rest; NaN not known."""
    book = rules(lambda name: limit(study, name).value)
    od, own = of_media(study, "od_m"), of_media(study, "bend_m")
    return radius_m(_kinds(study), od, own, book, pulled=False)


def _kinds(study: Study) -> IntArray:
    """(pieces,) place in `KINDS` of the cables of each, -1 not known."""
    products = [study.site.catalog.products.get(n) for n in study.table("product").ids.tolist()]
    kinds = [OF_MEDIUM.get("" if p is None else p.text.get("medium", ""), "") for p in products]
    places = [KINDS.index(k) if k else -1 for k in kinds]
    return np.array([*places, -1], dtype=np.int64)[study(product_of_cables)]
