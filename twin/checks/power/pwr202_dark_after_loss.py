"""PWR202: racks that lose their last living supply in a loss that must be survived."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.power.servers import in_full, servers
from twin.solve.power.shelves import fewest, without_whips
from twin.solve.study import Study


@rule(
    "PWR202",
    role="gate",
    severity="error",
    unit="supplies",
    message="rack {subject} has {demand} living supplies{lost} and is dark",
    fix=(
        "hang at least one of its whips where {case} does not feed it, or let racks go dark "
        "there (policy.losses)"
    ),
    source="no load dropped in any loss that the owner's policy says must be survived",
)
def dark_after_loss(study: Study) -> Measure:
    """A rack goes dark in a loss that the policy says it must survive.

    Why it matters
    --------------
    Capacity is no help to a rack whose whips all hang on what fails: one busway, one UPS, or two
    of them behind one board.

    Method
    ------
    Fewest living whips of each rack over all losses that the policy names, full or capped; at
    least one must live. Where servers have supplies of their own, the fewest supplies of each, of
    which as many must live as the maker says that a server runs with at all (`psus_least`). A
    fault takes out everything up to the nearest protective device, and all below it. A rack
    without any whip is not known: PWR401 says which taps it lacks.

    Does not cover
    --------------
    Losses that the policy does not name or that may leave racks dark (PWR203, PWR408), what
    windows take out (PWR501), and the gap until a transfer switch or a tie has moved: racks that
    stand again on the other side are not dark here.

    See also
    --------
    PWR201, PWR203, PWR401, PWR408, PWR501.
    """
    living, case = study(fewest)
    rows = np.flatnonzero(study.here)
    bare = without_whips(study)[rows]
    least, of_servers = _least(study, living)
    asked = of_servers[rows] & ~bare
    figure = rack_figure(study, "psus_least", rows)
    place = study.site.rows_of("position", study.table("rack")["position"][rows])
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(bare, np.nan, living[rows]),
        limit=least[rows],
        sense="min",
        scale=np.full(len(rows), np.nan),
        case=case[rows],
        inputs=(
            Input("position", "taps", place, ~bare),
            figure._replace(rows=np.where(asked, figure.rows, -1), known=figure.known | ~asked),
        ),
        owner=f"policy of {study.site.policy.owner}: losses",
    )


def _least(study: Study, living: IntArray) -> tuple[FloatArray, BoolArray]:
    """(racks,) supplies that must live, and whether it is the maker of the servers who says so.

    With none a server is off, and with as many as it needs in full, or all, it runs, whatever else
    the maker leaves out.
    """
    least = np.asarray(study.table("rack")["psus_least"], dtype=float)
    told = (living > 0) & ~in_full(study, np.arange(len(living)), living)
    told = study(servers).mine & (told | ~np.isnan(least))
    return np.where(told, least, 1.0), told
