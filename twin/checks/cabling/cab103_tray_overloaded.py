"""CAB103: mass of cables on each tray against its load rating on its span."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.cables import Room, cable_budget
from twin.checks.inputs import typed_figure
from twin.checks.measure import Budget, Input
from twin.checks.rule import rule
from twin.solve.cabling.fill.carry import allowed_kg_m
from twin.solve.cabling.fill.shares import masses_kg_m, shared
from twin.solve.cabling.fill.tray_fill import lying
from twin.solve.limits import Owned
from twin.solve.study import Study

_RATING = Owned(np.nan, "load rating of the tray", judged=False)


@rule(
    "CAB103",
    role="gate",
    severity="error",
    unit="kg/m",
    message="cables would weigh {demand} kg/m on {kind} {subject}, {limit} kg/m may hang on it; the"
    " cables of {fit} of {on} racks fit",
    fix="support {subject} more often (span_m), choose a stronger tray (load_kg_m) or a lighter"
    " medium, or lead some racks another way",
    source="the maker's load rating; bending of a beam under an even load, w L^2 / 8",
)
def tray_overloaded(study: Study) -> Iterator[Budget]:
    """Cables weigh more than their tray carries on its span.

    Why it matters
    --------------
    A tray that sags pulls on its hangers and on the cables at its ends. What comes down on a row
    of racks is a tonne of copper.

    Method
    ------
    A metre of each cable that lies in a piece of the tray adds mass_kg_m of its medium; the
    heaviest piece speaks for its tray. The limit is load_kg_m of the tray or its product. Where
    the tray says the distance of its supports, span_m, and it is greater than that at which the
    rating holds, rated_span_m, the rating falls with the square of the span: the moment that the
    maker vouches for stays the same. With a span of its own and no rated_span_m its limit is not
    known. Worked number: 65.5 kg/m on 2.438 m is 43.3 kg/m on 3 m; 1,000
    cables of 0.053 kg/m weigh 53 kg/m.

    Does not cover
    --------------
    Trays without a load rating, which have no row; how far the tray sags, the tray's own weight,
    people and tools on it, single loads, hangers and rods, seismic bracing, risers, and trunks in
    one sheath.

    See also
    --------
    CAB101.
    """
    table = study.table("tray")
    load = np.asarray(table["load_kg_m"], dtype=float)
    if np.isnan(load).all():
        return
    rated, span = np.asarray(table["rated_span_m"]), np.asarray(table["span_m"])
    # Without a span the rating is taken for that of the run as it hangs.
    allowed = np.where(np.isnan(span), load, allowed_kg_m(load, rated, span))
    lies = study(lying)
    of_tray = lies.tray < len(table)
    rows = of_tray & ~np.isnan(np.append(load, np.nan)[np.where(of_tray, lies.tray, -1)])
    subject = lies.tray[rows]
    room = Room(
        kind="tray",
        subject=subject,
        limit=allowed[subject],
        capacity=np.ones(len(lies.tray)),
        inputs=(
            typed_figure(study, "tray", "load_kg_m", subject),
            Input("tray", "rated_span_m", subject, ~np.isnan(allowed[subject])),
        ),
    )
    cables = shared(study, lies.cable, lies.row, len(lies.tray), study(masses_kg_m))
    yield cable_budget(study, rows, cables, room, figure="mass_kg_m", who=_RATING)
