"""PWR404: the rating of each whip against its breaker and against what its rack asks for."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Input, Measure
from twin.checks.power.whips import tap_of_whips, whip_rows
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "PWR404",
    role="gate",
    severity="error",
    unit="A",
    message="whip {subject} is rated {limit} A, its tap's breaker or its rack asks for {demand} A",
    fix=(
        "take a whip of {demand} A (rating_a, or whip_a of the row's taps), or set breaker_a "
        "of its tap to {limit} A"
    ),
    source=(
        "NEC 240.4 as quoted: a conductor carries at least what its overcurrent device lets pass"
    ),
)
def whip_too_small(study: Study) -> Measure:
    """A whip is rated below the breaker that protects it, or below what its rack requires.

    Why it matters
    --------------
    A breaker protects the cable behind it only if the cable carries what the breaker lets pass.
    A 63 A tap with a 32 A whip stays closed while the whip burns.

    Method
    ------
    I_z >= I_ocpd for each whip whose rating is given: its rating against the breaker of its tap
    (the tap's own rating where it names no breaker), and against the input rating that the
    rack's maker states. A whip without a rating has no row; PWR101 holds its current against the
    breaker.

    Does not cover
    --------------
    Next size up, as codes permit for some ratings, derating of conductors by ambient and
    bundling, and racks whose maker states no input rating.

    See also
    --------
    PWR101, PWR403.
    """
    whip, tap = whip_rows(study), tap_of_whips(study)
    rack = study.arrays.topology.power.rack_of
    rated = np.asarray(study.table("whip")["rating_a"], dtype=float)[whip]
    chosen = ~np.isnan(rated) & study.here[rack]
    whip, tap, rack = whip[chosen], tap[chosen], rack[chosen]
    taps = study.table("tap")
    breaker = np.where(np.isnan(taps["breaker_a"]), taps["rating_a"], taps["breaker_a"])
    setting = np.append(breaker, np.nan)[tap]
    asked = np.asarray(study.table("rack")["whip_a"], dtype=float)[rack]
    return Measure(
        kind="whip",
        subject=whip,
        demand=np.where(np.isnan(setting), np.nan, np.fmax(setting, asked)),
        limit=rated[chosen],
        scale=np.full(len(whip), np.nan),
        sure=asked,
        other=study.site.subject("tap", tap),
        inputs=(
            Input("tap", "breaker_a", tap, ~np.isnan(setting)),
            own_figure(study, "whip", "rating_a", whip),
        ),
        owner="rating of the whip in the layout",
    )
