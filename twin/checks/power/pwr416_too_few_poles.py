"""PWR416: poles of each breaker against the conductors that it has to open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.power.feeders import TAPS, feeders
from twin.solve.study import Study

_POLES_OF_DC = 2.0


@rule(
    "PWR416",
    role="gate",
    severity="error",
    unit="poles",
    message="the breaker of {kind} {subject} has {demand} poles for {limit} conductors to open",
    fix="take a breaker of {limit} poles (poles), or correct the phases of {subject}",
    source="an overcurrent device opens every phase conductor of its circuit",
)
def too_few_poles(study: Study) -> Iterator[Measure]:
    """A breaker has fewer poles than its circuit has phases.

    Why it matters
    --------------
    A phase that no pole opens stays alive when the handle says off, and carries its fault until
    something far above opens.

    Method
    ------
    For every element and tap that states `poles`: at least the phases of its circuit, three for
    an element, and those that `phase` or `phases` tells for a tap. For a tap between line and
    neutral one pole more, for the neutral, only warns: which systems of earthing ask for it
    differs from country to country. Direct current has two poles to open, of ±400 V with its
    mid-point as of 800 V: fewer only warns, since a pole that is earthed need not be opened and a
    layout says nothing of it.

    Does not cover
    --------------
    How direct current is earthed, a mid-point that is to be opened too, neutrals of three-phase
    circuits, and breakers whose poles nobody states.

    See also
    --------
    PWR402, PWR406.
    """
    first = study.arrays.topology.power.first
    phases = study(feeders).phases
    for kind in TAPS:
        table = study.table(kind)
        poles = np.asarray(table["poles"], dtype=float)
        rows = np.flatnonzero(~np.isnan(poles))
        need = phases[rows + study.site.first[kind] - first]
        direct = need == 0
        need = np.where(direct, _POLES_OF_DC, need)
        for more, mine in ((0.0, ~direct), (1.0, need == 1), (0.0, direct)):
            yield Measure(
                kind=kind,
                subject=rows[mine],
                demand=poles[rows[mine]],
                limit=need[mine] + more,
                sense="min",
                scale=np.full(int(mine.sum()), np.nan),
                judged=more > 0 or bool(direct[mine].any()),
                owner="phases of the circuit",
            )
