"""NET201: what is left of a rack's network when one of its switches is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from twin.checks.measure import Measure
from twin.checks.network.ports import ports_figure
from twin.checks.rule import rule
from twin.model.policy import Capped
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links import links
from twin.solve.losses.cases import cases, outcome_of
from twin.solve.study import Study


@rule(
    "NET201",
    role="gate",
    severity="error",
    unit="1",
    message="rack {subject} keeps {demand} of its network ports{lost}, the policy asks for {limit}",
    fix="spread its ports over more switches (switches of its position), or let the policy say"
    " what a rack may lose with a switch (policy.losses.switch)",
    source="the owner's policy",
)
def bandwidth_after_switch_lost(study: Study) -> Iterator[Measure]:
    """A rack loses more of its network with one loss than the owner's policy allows of a switch.

    Why it matters
    --------------
    A training job goes at the pace of its slowest rack. Half of one rack's ports lost is half of
    the job's network.

    Method
    ------
    Only where the policy says what must survive the loss of a switch. The part of a rack's ports
    that do not end on a lost switch is held against what the policy keeps: 1 for `full`, which
    no rack can hold whose links each end on one switch, or the share of `capped`. Of several
    identical switches under one name one is lost. Losses of power that the policy names count
    too where they take every whip of a network rack, and so all switches in it, held against the
    same share. Where a rack type's ports are not known,
    neither is what it keeps. Worked number: 8 switches keep 7/8 = 0.875.

    Does not cover
    --------------
    Policies under which switches "may go dark" (no row, whatever takes the switches), paths
    between switches, rerouting, ports that fail over to a second switch, network racks without
    whips in the layout, switches in no rack (DLV503), and cooling that takes switches.

    See also
    --------
    NET101.
    """
    outcome = outcome_of(study, "switch")
    if outcome is None:
        return
    lost = study(_lost_links)
    order = np.lexsort((lost.case, lost.left, lost.rack))
    first = np.ones(len(order), dtype=bool)
    first[1:] = lost.rack[order][1:] != lost.rack[order][:-1]
    worst = order[first]
    rack = lost.rack[worst]
    if not len(rack):
        return
    figure = ports_figure(study)
    yield Measure(
        kind="rack",
        subject=rack,
        demand=np.where(np.isnan(study(links).ports[rack]), np.nan, lost.left[worst]),
        limit=np.full(len(worst), outcome.to if isinstance(outcome, Capped) else 1.0),
        sense="min",
        case=lost.case[worst],
        other=study.site.subject("switch", lost.switch[worst]),
        inputs=(figure._replace(rows=figure.rows[rack], known=figure.known[rack]),),
        owner=f"policy of {study.site.policy.owner}: losses.switch",
    )


class _Lost(NamedTuple):
    """What is left to each rack in each case that takes one of its switches, (n,)."""

    rack: IntArray
    case: IntArray
    left: FloatArray
    switch: IntArray


def _lost_links(study: Study) -> _Lost:
    """Links that each case takes, with a switch or with the power of the rack that houses it."""
    table, link, site = study(cases), study(links), study.site
    case, dead = table.lost(site.first["switch"], len(study.table("switch")))
    mine = np.flatnonzero(link.wanted & study.here[link.rack])
    mine = mine[np.argsort(link.switch[mine], kind="stable")]
    low = np.searchsorted(link.switch[mine], dead, side="left")
    count = np.searchsorted(link.switch[mine], dead, side="right") - low
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    at, case = mine[np.repeat(low, count) + within], np.repeat(case, count)
    switch = link.switch[at]
    # Power takes all identical switches of one name, a switch that fails is one of them.
    alike = np.asarray(study.table("switch")["count"], dtype=float)[switch]
    alone = table.origin[case] == switch + site.first["switch"]
    gone = link.share[at] / np.where(alone, alike, 1.0)
    pairs, where = np.unique(link.rack[at] * len(table) + case, return_inverse=True)
    of_pair = np.zeros(len(pairs), dtype=np.int64)
    of_pair[where[::-1]] = switch[::-1]
    return _Lost(
        rack=pairs // len(table),
        case=pairs % len(table),
        left=np.asarray(1.0 - np.bincount(where, gone, minlength=len(pairs)), dtype=float),
        switch=of_pair,
    )
