"""PWR403: the plug of each whip against the outlet of its tap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.power.whips import (
    FITS,
    MISFIT,
    NOT_KNOWN,
    tap_of_whips,
    text_of,
    whip_rows,
    worst_per_rack,
)
from twin.checks.rule import rule
from twin.site.table import StrArray
from twin.solve.study import Study


@rule(
    "PWR403",
    role="gate",
    severity="error",
    unit="misfits",
    message="the plug of rack {subject}'s whip is none for the outlet of tap {other}",
    fix="change connector of the whip or of tap {other} so that both name the same",
    source="plug family of the whip and outlet of the tap-off: exact match",
)
def connector_does_not_fit(study: Study) -> Iterator[Measure]:
    """The plug of a whip does not go into the outlet of its tap.

    Why it matters
    --------------
    Outlets are chosen when tap-off units are ordered, plugs when racks are. If they differ, an
    electrician exchanges eight of them per rack in the week of the delivery.

    Method
    ------
    Connector of each whip and of its tap, as text: equal when upper and lower case, blanks, dashes
    and underscores are left aside ("IEC 60309-60A" is "iec60309_60a"). It decides only where both
    are given. Where one side is given, the other is told as not known and decides nothing, since
    whips that a rule makes take the connector of their tap, and no maker of racks publishes a plug.

    Does not cover
    --------------
    The inlet at the rack's end of the whip (not published), number of pins and phases, and two
    names of one connector.

    See also
    --------
    PWR401, PWR402, PWR404.
    """
    tap, whip = tap_of_whips(study), whip_rows(study)
    outlet = _bare(text_of(study, "tap", "connector", tap))
    plug = _bare(text_of(study, "whip", "connector", whip))
    both = (outlet != "") & (plug != "")
    one = (outlet != "") ^ (plug != "")
    badness = np.where(both, np.where(outlet == plug, FITS, MISFIT), np.where(one, NOT_KNOWN, -1.0))
    rack = study.arrays.topology.power.rack_of
    row = worst_per_rack(study, badness)
    for half, judged in ((row[both[row]], False), (row[one[row]], True)):
        yield Measure(
            kind="rack",
            subject=rack[half],
            demand=np.where(one[half], np.nan, (outlet != plug)[half]),
            limit=np.zeros(len(half)),
            scale=np.full(len(half), np.nan),
            other=study.site.subject("tap", tap[half]),
            judged=judged,
            inputs=(
                own_figure(study, "tap", "connector", tap[half]),
                own_figure(study, "whip", "connector", whip[half]),
            ),
            owner="connectors of the layout",
        )


def _bare(names: StrArray) -> StrArray:
    """Names without case, blanks, dashes and underscores."""
    out = np.strings.lower(names)
    # NumPy replaces nothing in an empty list, and raises.
    for mark in (" ", "-", "_") if len(out) else ():
        out = np.strings.replace(out, mark, "")
    return out
