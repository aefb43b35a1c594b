"""CAB401: bends of cables in the fittings of trays against the least radius that they bear."""

from __future__ import annotations

from itertools import compress

import numpy as np

from twin.checks.cabling.cables import first_lacking
from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import Array, FloatArray, IntArray
from twin.solve.cabling.fill.bend import KINDS, OF_MEDIUM, at_fittings_m, radius_m, rules
from twin.solve.cabling.fill.shares import of_media, product_of_cables
from twin.solve.cabling.fill.turns import PLACES, Turns, turns
from twin.solve.cabling.parts.parts import diameters_m, parts
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "CAB401",
    role="advice",
    severity="warning",
    unit="m",
    message="cables in {kind} {subject} ask for a bend of {demand} m, its fittings have {limit} m"
    " ({owner})",
    fix="take fittings of {demand} m for {subject} (bend_radius_m), or a thinner or softer medium",
    source="the maker's bend radius of a cable; else diameters by its kind, as makers publish them",
)
def bend_too_tight(study: Study) -> Measure:
    """A fitting of a tray is tighter than a cable in it may be bent.

    Why it matters
    --------------
    Copper that is bent too tight reflects, fibre loses light and breaks after a year. Nobody sees
    it at the link's first test.

    Method
    ------
    Each cable turns where the tray that it lies in has a corner, where it goes on into another tray
    or a riser at an angle, and where it leaves the tray towards a rack, at a drop-out or over the
    edge. There it asks for the radius at rest that its maker gives, bend_m, else for so many
    diameters of its kind: limits bend_dac_od, bend_fibre_od, bend_trunk_od and bend_utp_od of the
    code profile, and for fibre and twisted pairs no less than bend_fibre_min_m and bend_utp_min_m.
    The stiffest that turns speaks for its tray, against bend_radius_m, which is that of all
    fittings of the tray; of two trays that meet each is asked. A tray of which nobody says it is
    not known. Worked number: a fibre cord of 3 mm asks for 31.75 mm, a twisted pair of 7.6 mm for
    30.4 mm.

    Does not cover
    --------------
    Whether a cable that lies in two trays which meet goes from one to the other at that very place,
    and whether it passes the corner: all in the tray count. Where a cable that is led another way
    for want of room leaves the trays, if that is elsewhere than on the shortest. Bends in racks, in
    risers and while cables are pulled; twists; ways into another hall.

    See also
    --------
    CAB101, CAB102.
    """
    table, turn = study.table("tray"), study(turns)
    n = len(table)
    each = study(radii_m)[turn.cable]
    asked, sure = (at_fittings_m(turn.tray, r, n) for r in (each, np.nan_to_num(each)))
    rows = np.unique(turn.tray)
    return Measure(
        kind="tray",
        subject=rows,
        demand=asked[rows],
        limit=np.asarray(table["bend_radius_m"], dtype=float)[rows],
        sure=sure[rows],
        inputs=(
            own_figure(study, "tray", "bend_radius_m", rows),
            *first_lacking(study, "od_m", turn.cable, turn.tray, n, rows),
        ),
        owner=_where(turn, rows, n),
    )


def _where(turn: Turns, rows: IntArray, n: int) -> Array:
    """(R,) places of each tray at which cables turn, in words."""
    there = np.zeros((n, len(PLACES)), dtype=bool)
    there[turn.tray, turn.place] = True
    return np.array(
        [", ".join(compress(PLACES, each)) for each in there[rows].tolist()], dtype=np.str_
    )


def radii_m(study: Study) -> FloatArray:
    """(pieces,) least radius of the cables of each at rest; NaN not known."""
    book = rules(lambda name: limit(study, name).value)
    od, own = diameters_m(study, study(parts)), of_media(study, "bend_m")
    return radius_m(_kinds(study), od, own, book, pulled=False)


def _kinds(study: Study) -> IntArray:
    """(pieces,) place in `KINDS` of the cables of each, -1 not known."""
    products = [study.site.catalog.products.get(n) for n in study.table("product").ids.tolist()]
    kinds = [OF_MEDIUM.get("" if p is None else p.text.get("medium", ""), "") for p in products]
    places = [KINDS.index(k) if k else -1 for k in kinds]
    return np.array([*places, -1], dtype=np.int64)[study(product_of_cables)]
