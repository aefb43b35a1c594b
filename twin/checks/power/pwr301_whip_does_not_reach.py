"""PWR301: the length of each whip against the way from its tap to its rack."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.power.whips import tap_of_whips, whip_rows
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.power.whip_ways import whip_ways
from twin.solve.study import Study


@rule(
    "PWR301",
    role="gate",
    severity="error",
    unit="m",
    message="whip {subject} is {demand} m long, from tap {other} to its rack are {limit} m",
    fix=(
        "order it in the length of the way, {limit} m (length_m), or set tap {other} elsewhere on "
        "its busway (at_m)"
    ),
    source="geometry: a cable is no shorter than the straight line between its ends",
)
def whip_does_not_reach(study: Study) -> Iterator[Measure]:
    """A whip is shorter than the way from its tap to its rack, or far longer.

    Why it matters
    --------------
    Whips are cut to length and ordered months ahead. One that is 20 cm short is as useful as
    none; one that is far too long hangs in loops over the aisle and heats itself.

    Method
    ------
    For whips with a `length_m`: the straight line from the tap to the nearest point of the
    rack, on the plan from the tap's own place (`at_m`), else from the nearest point of its
    busway's line, and down from the busway's elevation to the top of the rack. No whip does with
    less, so what is shorter fails for certain. Too long it is only where the owner says how much
    may be left over (`policy.limits.whip_slack_m`) beyond the way along the axes and down to the
    floor, and that only warns. Worked number: a busway 2.6 m up over the front edge of a rack of
    2.2 m needs 0.4 m at least.

    Does not cover
    --------------
    The way inside the rack to its shelf, bends, drip loops and strain relief (allow for them in
    the length), whips that state none, and taps of panels, of which only the plan is looked at.

    See also
    --------
    PWR302, PWR401, PWR404.
    """
    whip, tap = whip_rows(study), tap_of_whips(study)
    rack = study.arrays.topology.power.rack_of
    length = np.asarray(study.table("whip")["length_m"], dtype=float)[whip]
    at = np.flatnonzero(~np.isnan(length) & study.here[rack])
    if not len(at):
        return
    whip, tap, rack, length = whip[at], tap[at], rack[at], length[at]
    way = whip_ways(study, tap, rack)
    busway = study.site.rows_of("busway", study.table("tap")["fed_from"][tap])
    raised = way.raised
    inputs = (
        own_figure(study, "tap", "at_x_m", tap)._replace(known=way.on_plan),
        Input("busway", "elevation_m", np.where(raised, -1, busway), raised),
        rack_figure(study, "height_m", rack)._replace(known=way.has_height),
    )
    subject, other = whip, study.site.subject("tap", tap)
    fits = np.full(len(at), np.nan)
    known = ~np.isnan(way.least_m)
    yield Measure(
        kind="whip", subject=subject, demand=np.where(known, length, np.nan),
        limit=np.where(known, way.least_m, way.plan_m), sense="min", scale=fits, sure=length,
        other=other, inputs=inputs, owner="places of the layout",
    )  # fmt: skip
    slack = limit(study, "whip_slack_m")
    if not np.isnan(slack.value):
        yield Measure(
            kind="whip", subject=subject, demand=length, limit=way.most_m + slack.value,
            scale=fits, other=other, inputs=inputs, judged=True, owner=slack.owner,
        )  # fmt: skip
