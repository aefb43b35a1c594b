"""PWR110: what feeders measure against what the racks below them measure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Measure
from twin.checks.power.sums import parallel_figures
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.power.meters import meters
from twin.solve.study import Study


@rule(
    "PWR110",
    role="advice",
    severity="warning",
    unit="%",
    message=(
        "meter {subject} of {other} is {demand} % off the sum of the meters below it, "
        "{limit} % is usual"
    ),
    fix=(
        "look for loads on {other} that the layout does not know, for whips on another feed than "
        "written, or for meters of another time (start, until of meter {subject})"
    ),
    source="house rule: two measurements of one thing ought to agree",
)
def meters_differ(study: Study) -> Iterator[Measure]:
    """A feeder measures something else than the racks below it.

    Why it matters
    --------------
    A layout that is wrong about who hangs where looks right until the first loss. The difference
    of two meters finds it, and finds loads that nobody wrote down.

    Method
    ------
    The reading of a meter (`power.meters`, one by one or as a list) against the sum of
    `measured_kw` of the racks below its element as they share their supplies with nothing lost, of
    the draw of gear on it, and of what is lost between, as PWR103 has it. The difference over the
    reading, in per cent and without sign, against `meter_difference_pct` of the code profile (10),
    a judgement. On a day, meters whose time holds it count. Worked numbers: 110 kW measured above
    racks of 50 and 50 kW are 9.1 % off; a UPS of 1,000 kW with 0.92, 0.95, 0.96 and 0.955 at 25,
    50, 75 and 100 % takes 534.4 kW for racks of 500.

    Does not cover
    --------------
    That maxima of racks need not fall together, so that their sum may lie above the feeder's; that
    losses lie below their line at part load; and the time over which racks were measured, which
    they do not state.

    See also
    --------
    PWR101, PWR112.
    """
    found = study(meters)
    bound = limit(study, "meter_difference_pct")
    with np.errstate(divide="ignore", invalid="ignore"):
        off = 100.0 * np.abs(found.measured_kw - found.summed_kw) / found.measured_kw
    off = np.where((found.measured_kw == 0) & (found.summed_kw == 0), 0.0, off)
    node = found.element - study.arrays.topology.power.first
    yield Measure(
        kind="meter", subject=found.row, demand=off, limit=np.full(len(off), bound.value),
        other=found.element,
        inputs=(
            own_figure(study, "rack", "measured_kw", found.unmetered),
            rack_figure(study, "power_factor", found.unrated)._replace(known=found.unrated < 0),
            *parallel_figures(study, node, np.isnan(off)),
        ),
        owner=bound.owner, judged=bound.judged,
    )  # fmt: skip
