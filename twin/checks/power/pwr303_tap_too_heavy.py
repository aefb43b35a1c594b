"""PWR303: the weight of each tap-off unit against what its busway carries."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "PWR303",
    role="gate",
    severity="error",
    unit="kg",
    message="tap {subject} weighs {demand} kg, its busway {other} carries taps of {limit} kg",
    fix=(
        "hang tap {subject} from the building, take one {shortfall} kg lighter (mass_kg), or "
        "shorten the span between hangers and raise tap_mass_max_kg of {other} as its maker allows"
    ),
    source="heaviest tap-off unit that the maker of the busway states for its hangers",
)
def tap_too_heavy(study: Study) -> Measure:
    """A tap-off unit is heavier than its busway carries between two hangers.

    Why it matters
    --------------
    A tap box with a large breaker and a meter weighs as much as a person's luggage, and eight of
    them hang over one rack. The track bends, joints open, and what hangs over people may fall.

    Method
    ------
    `mass_kg` of each tap against `tap_mass_max_kg` of the busway that it hangs on, for busways
    that state one.

    Does not cover
    --------------
    The sum of several taps in one span, whips that pull, spans and hangers themselves, what the
    roof carries, and busways that state no heaviest tap.

    See also
    --------
    PWR302, SPC102.
    """
    taps, busways = study.table("tap"), study.table("busway")
    busway = study.site.rows_of("busway", taps["fed_from"])
    limit = np.append(np.asarray(busways["tap_mass_max_kg"], dtype=float), np.nan)[busway]
    rows = np.flatnonzero(~np.isnan(limit))
    return Measure(
        kind="tap",
        subject=rows,
        demand=np.asarray(taps["mass_kg"], dtype=float)[rows],
        limit=limit[rows],
        other=study.site.subject("busway", busway[rows]),
        inputs=(own_figure(study, "tap", "mass_kg", rows),),
        owner="tap_mass_max_kg of the busway",
    )
