"""PWR409: the air around busways, taps and breakers against the ambient of their ratings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.model.base import FEEDERS
from twin.site.table import FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.power.ambient import surroundings
from twin.solve.study import Study


@rule(
    "PWR409",
    role="gate",
    severity="error",
    unit="degC",
    message="{kind} {subject} stands in air of {demand} degC, its rating holds up to {limit} degC",
    fix=(
        "give the maker's factor for {demand} degC (ambient_factor of {kind} {subject}), move it "
        "out of the hot aisle, or cool the aisle by {shortfall} K"
    ),
    source="ratings hold at the ambient that standard or maker states: 40 degC, or 35 for trunking",
)
def hotter_than_its_rating(study: Study) -> Iterator[Measure]:
    """A busway, a tap or a breaker stands in air that is hotter than its rating allows for.

    Why it matters
    --------------
    Over a hot aisle of liquid-cooled racks the air has 45 degC and more. Gear rated at 40 carries
    less there, and its breakers trip early; the sums of PWR101 know nothing of it until the layout
    or the product gives the factor.

    Method
    ------
    For elements that state `ambient_c`, and taps on a busway that does: at most the ambient at
    which the rating holds, as the product states it, else `busway_base_c` of the code profile for
    busways and `ambient_base_c` for all else. Where the product has a table of factors, limits are
    lowered by it, and hold up to its last ambient. An element with an `ambient_factor` of its own
    was lowered by that: with a table, the rating holds up to the ambient at which the table comes
    down to that factor, else up to the ambient that is told.
    Worked number: a trunking rated at 35 degC keeps 0.93 at 45 degC, so that it holds there with
    a factor of 0.93 and not with 0.95.

    Does not cover
    --------------
    Elements whose ambient nobody states, sun, altitude, the breaker at an element's feed end that
    stands elsewhere, and conductors (name a derated one).

    See also
    --------
    PWR101, PWR106.
    """
    general, trunking = limit(study, "ambient_base_c"), limit(study, "busway_base_c")
    for kind in FEEDERS:
        table = study.table(kind)
        ambient = np.asarray(table["ambient_c"], dtype=float)
        rows = np.flatnonzero(~np.isnan(ambient))
        own = kind == "busway" and not np.isnan(trunking.value)
        base = trunking.value if own else general.value
        yield _measure(study, kind, rows, ambient[rows], base)
    taps = study.site.first["tap"] - study.arrays.topology.power.first
    around = study(surroundings)[taps:]
    rows = np.flatnonzero(~np.isnan(around))
    yield _measure(study, "tap", rows, around[rows], general.value)


def _measure(study: Study, kind: str, rows: IntArray, ambient: FloatArray, base: float) -> Measure:
    factor = np.asarray(study.table(kind)["ambient_factor"], dtype=float)[rows]
    holds = np.full(len(rows), base)
    product = study.site.rows_of("product", study.table(kind)["type"][rows])
    for number in np.unique(product).tolist():
        mine = product == number
        holds[mine] = _holds(study, number, ambient[mine], factor[mine], base)
    return Measure(
        kind=kind,
        subject=rows,
        demand=ambient,
        limit=holds,
        scale=np.full(len(rows), 10.0),
        inputs=(own_figure(study, kind, "ambient_factor", rows),),
        owner="ambient at which the rating holds",
    )


def _holds(
    study: Study, product: int, ambient: FloatArray, factor: FloatArray, base: float
) -> FloatArray:
    """Hottest air in which elements of one product hold with their factors; product -1 none."""
    site = study.site
    known = site.catalog.products.get(str(site.tables["product"].ids[product]))
    if product < 0 or known is None:
        return np.where(np.isnan(factor), base, np.maximum(ambient, base))
    rated = known.number("rated_at_c")
    at = base if np.isnan(rated) else rated
    curve = known.curves.get("derating")
    if curve is None:
        return np.where(np.isnan(factor), at, np.maximum(ambient, at))
    points = np.asarray(curve.points, dtype=float)
    lowered = np.interp(factor, points[::-1, 1], points[::-1, 0])
    beyond = factor < points[-1, 1] - _SAME
    last = max(at, points[-1, 0])
    return np.where(np.isnan(factor), last, np.where(beyond, np.maximum(ambient, at), lowered))


_SAME = 1e-9
"""Factors that differ by less are one."""
