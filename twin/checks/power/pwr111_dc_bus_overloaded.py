"""PWR111: the current of direct-current buses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.power.flowing import case_of, nodes_of
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.power.feeders import column, feeders
from twin.solve.power.flow import flows
from twin.solve.power.network import network
from twin.solve.study import Study

_BUSES = ("board", "rpp", "transfer", "tie", "busway")


@rule(
    "PWR111",
    role="gate",
    severity="error",
    unit="A",
    message="{kind} {subject} would carry {demand} A of direct current{lost}, {limit} A is allowed",
    fix=(
        "raise the rating_a of {subject}, put a bus beside it, distribute at a higher voltage, or "
        "move {shortfall} A to another bus"
    ),
    source="I = P / V against the rating of the bus; the share of it is a judgement",
)
def dc_bus_overloaded(study: Study) -> Iterator[Measure]:
    """A bus of direct current carries more than the share of its rating that is kept.

    Why it matters
    --------------
    Direct current has no zero at which an arc goes out, and a megawatt at 54 V is more than any
    bar carries. What 800 V makes easy, a drop on a long row makes harder again.

    Method
    ------
    Below a rectifier all is direct current. Load flow with constant power from the rectifier's
    voltage on, so what drops along the bus adds to the current; nothing lost, and after the loss
    that leaves most on each supply. Against `dc_factor` of the bus's rating (0.8), a judgement,
    which only warns until the owner adopts it. The drop itself stands in PWR304. Worked number:
    1,000 kW at 800 V are 1,250 A, 132 kW at 54 V are 2,444 A.

    Does not cover
    --------------
    The bar inside a rack, which is part of the product; loads between one pole and the middle;
    breaking capacity for direct current; and fault currents.

    See also
    --------
    PWR101, PWR304.
    """
    net = study(network)
    if not net.direct.any():
        return
    part, rating = limit(study, "dc_factor"), column(study, "rating_a")
    volts = study(feeders).voltage_v
    for solved in study(flows):
        for kind in _BUSES:
            node = nodes_of(study, kind)
            row = np.flatnonzero(net.direct[node] & ~solved.state.dead[node])
            at = node[row]
            known = ~np.isnan(volts[at])
            yield Measure(
                kind=kind, subject=row, demand=np.where(known, solved.current_a[at], np.nan),
                limit=part.value * rating[at], case=case_of(solved, len(row)),
                inputs=(
                    Input(kind, "rating_a", row, ~np.isnan(rating[at])),
                    Input(kind, "voltage_v", row, known),
                    Input(kind, "", row, solved.converged[at]),
                ),
                owner=part.owner, judged=part.judged,
            )  # fmt: skip
