"""PWR405: where the chains of feeds end above racks and gear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.model.base import POWER_KINDS
from twin.site.table import distinct
from twin.solve.study import Study


@rule(
    "PWR405",
    role="gate",
    severity="error",
    unit="ends",
    message="nothing says what feeds {kind} {subject}, on which racks or their cooling hang",
    fix="name what feeds {kind} {subject} in its fed_from, up to one of power.sources",
    source="house rule: a layer that a rack needs and the layout does not describe is not known",
)
def chain_does_not_reach_a_source(study: Study) -> Iterator[Measure]:
    """A chain of feeds ends at something that is not a source.

    Why it matters
    --------------
    A busway, a board or a transformer makes no power. Where the layout stops before a source,
    nobody has held the load against what feeds it, and a loss above it was never looked at.

    Method
    ------
    The topmost element above each whip of a rack that stands, and above each feed of plants,
    CDUs and air units. It holds where that is a source; anything else has no `fed_from`, and all
    that hangs on it is not known until the layout names what feeds it.

    Does not cover
    --------------
    Whether the source is enough (PWR101, PWR102, PWR103), and elements on which nothing hangs.

    See also
    --------
    PWR103, PWR401.
    """
    site, topology = study.site, study.arrays.topology.power
    whips = topology.whips[study.here[topology.rack_of]]
    feeds = site.tables["feed"]["head"] - topology.first
    top = np.concatenate([whips, feeds[feeds >= 0]])
    while len(top) and (topology.parent[top] >= 0).any():
        top = distinct(np.where(topology.parent[top] >= 0, topology.parent[top], top))
    top = distinct(top) + topology.first
    for kind in POWER_KINDS:
        rows = site.rows_of(kind, top)
        rows = rows[rows >= 0]
        if not len(rows):
            continue
        known = np.full(len(rows), kind == "source")
        column = "tap" if kind == "whip" else "fed_from"
        yield Measure(
            kind=kind,
            subject=rows,
            demand=np.where(known, 0.0, np.nan),
            limit=np.zeros(len(rows)),
            scale=np.full(len(rows), np.nan),
            inputs=(Input(kind, column, rows, known),),
            owner="feeds of the layout",
        )
