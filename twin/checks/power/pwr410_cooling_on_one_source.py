"""PWR410: from how many sources the CDUs of a loop and the air units of a hall are fed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.power.living import without_feeds
from twin.solve.power.roots import count_sources
from twin.solve.study import Study


@rule(
    "PWR410",
    role="gate",
    severity="error",
    unit="sources",
    message="all that cools {kind} {subject} is fed from {demand} sources, {limit} are wanted",
    fix=(
        "feed some of its units, or each by a second one of their feeds, from {shortfall} sources "
        "more, or set policy.limits.mech_sources_min"
    ),
    source="units of an N+1 group do not all stand on one source; two at least, a judgement",
)
def cooling_on_one_source(study: Study) -> Iterator[Measure]:
    """The CDUs of a loop, or the air units of a hall, all stand on one source of power.

    Why it matters
    --------------
    Two pumps on one board are one pump. Racks live on through the loss of a side, as they were
    bought to, and are hot within a minute because all of their cooling hung on the other side.

    Method
    ------
    For every loop with two CDUs or more and every hall with two air units or more: different
    sources from which any of their `feeds` can be fed, over all positions of switches, against
    `mech_sources_min` of the code profile (2), which is a judgement and only warns until the owner
    adopts it. What the policy asks to survive is held by the rules of cooling in every case.

    Does not cover
    --------------
    Groups of one unit, plants and their pumps, controls, and elements below the sources that
    such a group shares (name them in policy.losses, and every case is computed).

    See also
    --------
    PWR408, COL103.
    """
    wanted = limit(study, "mech_sources_min")
    feed, site = study.site.tables["feed"], study.site
    first = study.arrays.topology.power.first
    for kind, group in (("cdu", "loop"), ("air_unit", "hall")):
        unit = site.rows_of(kind, feed["tail"])
        of = site.rows_of(group, study.table(kind)[group])
        rows, count = np.unique(of[of >= 0], return_counts=True)
        rows = rows[count > 1]
        # Units of no wanted group count in one more, the last.
        place = np.full(int(of.max(initial=-1)) + 2, len(rows))
        place[rows] = np.arange(len(rows))
        heads = np.append(place[of], len(rows))[unit]
        nodes = feed["head"].astype(np.int64) - first
        number = count_sources(study, nodes, heads, len(rows) + 1)[:-1].astype(float)
        silent = np.flatnonzero(without_feeds(study, kind) & (place[of] < len(rows)))[::-1]
        lone = np.full(len(rows), -1, dtype=np.int64)
        # The last write of an index stays, so that the first of a group is written last.
        lone[place[of[silent]]] = silent
        short = (lone >= 0) & (number < wanted.value)
        yield Measure(
            kind=group,
            subject=rows,
            demand=np.where(short, np.nan, number),
            limit=np.full(len(rows), wanted.value),
            sense="min",
            scale=np.full(len(rows), np.nan),
            inputs=(Input(kind, "feeds", np.where(short, lone, -1), ~short),),
            owner=wanted.owner,
            judged=wanted.judged,
        )
