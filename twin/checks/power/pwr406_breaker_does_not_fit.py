"""PWR406: the setting of each breaker against its frame, and of taps against their busway."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.model.base import FEEDERS
from twin.solve.study import Study


@rule(
    "PWR406",
    role="gate",
    severity="error",
    unit="A",
    message="a breaker of {kind} {subject} is set to {demand} A, more than the {limit} A it may be",
    fix=(
        "set it to {limit} A or less (breaker_a), or take a frame, or a busway for tap {other}, of "
        "{demand} A"
    ),
    source="a trip is set at most to its frame; what is tapped off is at most what comes in",
)
def breaker_does_not_fit(study: Study) -> Iterator[Measure]:
    """A breaker is set above its frame, or a tap's breaker above the rating of its busway.

    Why it matters
    --------------
    A setting above the frame cannot be dialled in: what was calculated with it is not what will
    be built. A tap breaker above the run's own rating protects nothing on that run.

    Method
    ------
    For every element and tap that states a `frame_a`: its `breaker_a` at most that. For every
    busway with a rating: the largest `breaker_a` among the taps on it at most the rating.

    Does not cover
    --------------
    Poles (PWR416), whether the frame can be set to just that value, plugs of plug-in units,
    short-time and instantaneous settings, and selectivity with the breakers above.

    See also
    --------
    PWR101, PWR106, PWR404, PWR416.
    """
    for kind in (*FEEDERS, "tap"):
        table = study.table(kind)
        frame = np.asarray(table["frame_a"], dtype=float)
        rows = np.flatnonzero(~np.isnan(frame))
        yield Measure(
            kind=kind,
            subject=rows,
            demand=np.asarray(table["breaker_a"], dtype=float)[rows],
            limit=frame[rows],
            scale=np.full(len(rows), np.nan),
            inputs=(own_figure(study, kind, "breaker_a", rows),),
            owner="frame of the breaker",
        )
    taps, busways = study.table("tap"), study.table("busway")
    busway = study.site.rows_of("busway", taps["fed_from"])
    setting = np.asarray(taps["breaker_a"], dtype=float)
    rating = np.asarray(busways["rating_a"], dtype=float)
    held = np.flatnonzero((busway >= 0) & ~np.isnan(setting) & ~np.isnan(rating)[busway])
    order = held[np.lexsort((-setting[held], busway[held]))]
    rows, first = np.unique(busway[order], return_index=True)
    yield Measure(
        kind="busway",
        subject=rows,
        demand=setting[order[first]],
        limit=rating[rows],
        scale=np.full(len(rows), np.nan),
        other=study.site.subject("tap", order[first]),
        owner="rating of the busway",
    )
