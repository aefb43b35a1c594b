"""COL406: what a loop holds against what racks and CDUs on it may hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.resolve import product_rows
from twin.site.table import IntArray
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.study import Study


@rule(
    "COL406",
    role="gate",
    severity="error",
    unit="count",
    message="loop {other} holds a fluid that the maker of {kind} {subject} does not name",
    fix="put {kind} {subject} on a loop with a fluid that its maker names, or refill loop {other}",
    source="fluids that makers publish for racks and CDUs; OCP: one fluid in a loop",
)
def fluid_mismatch(study: Study) -> Iterator[Measure]:
    """A rack or a CDU is joined to a loop with another fluid than its maker names.

    Why it matters
    --------------
    Inhibitors, seals and wetted metals go with the fluid. Water in a system made for glycol
    freezes or grows life, glycol in one made for water costs flow that nobody planned.

    Method
    ------
    The loop's `fluid` is read by its family: pg25, pg25-mass and pg25_dowfrost_lc25 are all pg25.
    It must be among the fluids that the maker publishes for the rack ("pg25 or water") or for the
    CDU ("pg" takes any glycol mixture). No row where the maker published none.

    Does not cover
    --------------
    Wetted materials, inhibitors, filtration and water quality, and mixtures of 25 % by volume
    with 25 % by mass.

    See also
    --------
    COL404, COL405.
    """
    loop = study(rack_loops)
    racks = np.flatnonzero(study(wet) & (loop >= 0) & study.here)
    yield _measure(study, "rack", "coolant", racks, loop[racks])
    loop = study.site.rows_of("loop", study.table("cdu")["loop"])
    cdus = np.flatnonzero(loop >= 0)
    yield _measure(study, "cdu", "fluid", cdus, loop[cdus])


def _measure(study: Study, kind: str, text: str, rows: IntArray, loop: IntArray) -> Measure:
    """Racks or CDUs whose maker names fluids, against the fluid of their loop."""
    site = study.site
    product = product_rows(site, kind)[rows]
    fluids = np.append(study.table("loop")["fluid"], "")[loop]
    named = [""] + [
        site.catalog.products[i].text.get(text, "") for i in site.tables["product"].ids.tolist()
    ]
    texts = np.array(named)[product + 1]
    rows, loop = rows[texts != ""], loop[texts != ""]
    fluids, texts = fluids[texts != ""], texts[texts != ""]
    both, of = np.unique(np.stack([fluids, texts]), axis=1, return_inverse=True)
    wrong = np.array([_wrong(f, t) for f, t in both.T.tolist()], dtype=float)
    return Measure(
        kind=kind,
        subject=rows,
        other=site.subject("loop", loop),
        demand=wrong[of.ravel()] if len(rows) else np.empty(0),
        limit=np.zeros(len(rows)),
        scale=np.full(len(rows), np.nan),
        inputs=(own_figure(study, "loop", "fluid", loop),),
        owner="maker",
    )


def _wrong(fluid: str, named: str) -> float:
    """1 where a fluid is not among those named, 0 where it is, NaN where nobody says the fluid.

    Examples
    --------
    >>> [_wrong("pg25-mass", "pg25 or water"), _wrong("water", "pg25"), _wrong("pg25", "pg")]
    [0.0, 1.0, 0.0]
    """
    if not fluid:
        return float("nan")
    family = fluid.lower().replace("_", "-").partition("-")[0]
    options = {option.strip() for option in named.lower().split(" or ")}
    glycol = family.startswith("pg") and "pg" in options
    return 0.0 if family in options or glycol else 1.0
