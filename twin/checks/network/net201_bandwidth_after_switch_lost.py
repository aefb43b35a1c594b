"""NET201: what is left of a rack's network when one of its switches is lost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.network.ports import ports_figure
from twin.checks.rule import rule
from twin.model.policy import Capped
from twin.solve.links import links
from twin.solve.losses import cases, outcome_of
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
    """A rack loses more of its network with one switch than the owner's policy allows.

    Why it matters
    --------------
    A training job goes at the pace of its slowest rack. Half of one rack's ports lost is half of
    the job's network.

    Method
    ------
    Only where the policy says what must survive the loss of a switch. The part of a rack's ports
    that do not end on the lost switch is held against what the policy keeps: 1 for `full`, which
    no rack can hold whose links each end on one switch, or the share of `capped`. Of several
    identical switches under one name one is lost. Where a rack type's ports are not known,
    neither is what it keeps. Worked number: 8 switches keep 7/8 = 0.875.

    Does not cover
    --------------
    Paths between switches, rerouting, ports that fail over to a second switch, and switches that
    fall with the power of their rack.

    See also
    --------
    NET101.
    """
    outcome = outcome_of(study, "switch")
    table, link = study(cases), study(links)
    lost = study.site.rows_of("switch", table.origin)
    case_of = np.full(len(study.table("switch")), -1, dtype=np.int64)
    case_of[lost[lost >= 0]] = np.flatnonzero(lost >= 0)
    hit = (case_of[link.switch] >= 0) & link.wanted & study.here[link.rack]
    if outcome is None or not hit.any():
        return
    rack, case = link.rack[hit], case_of[link.switch[hit]]
    alike = np.asarray(study.table("switch")["count"], dtype=float)[link.switch[hit]]
    left = 1.0 - link.share[hit] / alike
    first = np.ones(len(rack), dtype=bool)
    order = np.lexsort((case, left, rack))
    first[1:] = rack[order][1:] != rack[order][:-1]
    worst = order[first]
    figure = ports_figure(study)
    keep = outcome.to if isinstance(outcome, Capped) else 1.0
    yield Measure(
        kind="rack",
        subject=rack[worst],
        demand=np.where(np.isnan(link.ports[rack[worst]]), np.nan, left[worst]),
        limit=np.full(len(worst), keep),
        sense="min",
        case=case[worst],
        other=study.site.subject("switch", link.switch[hit][worst]),
        inputs=(figure._replace(rows=figure.rows[rack[worst]], known=figure.known[rack[worst]]),),
        owner=f"policy of {study.site.policy.owner}: losses.switch",
    )
