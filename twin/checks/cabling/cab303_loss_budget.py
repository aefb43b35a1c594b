"""CAB303: loss of links through panels against what their optics bear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.patched import attenuations_db_per_km, losses, panels_db
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.as_bought import length_open, unlisted
from twin.solve.cabling.parts.parts import parts
from twin.solve.study import Study


@rule(
    "CAB303",
    role="gate",
    severity="error",
    unit="dB",
    message="the link from {kind} {subject} to switch {other} loses {demand} dB over its panels,"
    " its optics bear {limit} dB",
    fix="take parts that lose less, a shorter trunk, or optics that bear {demand} dB",
    source="sum of attenuation and connections at most, against the loss budget of the optics",
)
def loss_budget(study: Study) -> Iterator[Measure]:
    """A link through patch panels loses more light than its optics bear.

    Why it matters
    --------------
    Each panel costs as much light as a hundred metres of fibre. A link over its budget comes up on
    a good day and drops packets on others.

    Method
    ------
    Loss = attenuation of both cords and of the trunk over their lengths as bought, plus one
    connection at each of the two panels, all at their worst: what their makers state, else the
    code profile for their kind of fibre and connector. A panel with cassettes loses what their
    maker states (loss_db), else one connection on either side. The joints at the optics are
    not counted: budgets of optics refer to the channel between them (channel insertion loss of IEEE
    802.3). It is held against the lesser loss budget of the two optics. Where several trunks lie
    between two panels, a link takes the one to which its ports lead. Links of a single cord are
    held by their reach alone (CAB301). A cord or trunk of which no length is listed (data.stock_m)
    counts as needed; the loss then is known only where it is over the budget, or within it even in
    the greatest length in which the part is made. Worked number: cords of 5 m, a trunk of 40 m at 3
    dB/km, two panels at 0.35 dB: 50 x 3 / 1000 + 0.7 = 0.85 dB.

    Does not cover
    --------------
    Splitters in panels, dirt, bends, reflections.

    See also
    --------
    CAB105, CAB301, CAB321.
    """
    bundle = study(bundles)
    rows = np.arange(len(study(losses).bundle))
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        at = end[study(losses).bundle]
        yield _of(study, kind, rows[at >= 0], at[at >= 0])


def _of(study: Study, kind: str, rows: IntArray, subject: IntArray) -> Measure:
    found, part, piece = study(losses), study(parts), study(pieces)
    mine = found.bundle[rows]
    loss, budget = found.loss_db[rows], found.budget_db[rows]
    doubt = length_open(loss, found.most_db[rows], budget)
    product = study.table("product")
    row = found.trunk[rows]
    trunk = study.site.rows_of("product", study.table("trunk")["type"])[row]
    bare = np.isnan(np.append(product["loss_budget_db"], np.nan))
    optic = np.where(bare[part.head[mine]], part.head[mine], part.tail[mine])
    fibre = np.append(study(attenuations_db_per_km), np.nan)
    cords = int((piece.bundle >= 0).sum())
    none = np.zeros(len(rows), dtype=bool)
    untyped = np.where(trunk < 0, row, -1)
    inside = np.append(study.site.rows_of("product", study.table("panel")["cassette"]), -1)
    cassettes = []
    ends = (piece.high_panel[mine], piece.low_panel[mine])
    for end, lost in zip(ends, panels_db(study, mine, row), strict=True):
        cassettes.append(Input("product", "loss_db", inside[end], ~np.isnan(lost)))
    return Measure(
        kind=kind,
        subject=subject,
        demand=np.where(doubt, np.nan, loss),
        limit=budget,
        sure=loss,
        other=study.site.subject("switch", study(bundles).switch[mine]),
        inputs=(
            Input("product", "loss_budget_db", optic, ~np.isnan(budget)),
            Input("product", "attenuation_db_per_km", part.cable[mine], ~np.isnan(fibre[mine])),
            Input("trunk", "type", untyped, none),
            Input("product", "attenuation_db_per_km", trunk, ~np.isnan(fibre[cords + row])),
            *cassettes,
            Input("product", "stock_m", study(unlisted)[mine], ~doubt),
        ),
        owner="loss budget of the optics",
    )  # fmt: skip
