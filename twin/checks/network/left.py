"""What losses leave of racks' networks, held against the policy: rows for switches and trays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.network.ports import ports_figure
from twin.model.policy import Capped, Outcome
from twin.site.table import BoolArray
from twin.solve.cabling.bandwidth import bandwidth_left
from twin.solve.cabling.links import links
from twin.solve.study import Study


def kept(study: Study, asked: BoolArray, outcome: Outcome, kind: str) -> Iterator[Measure]:
    """One row for each rack and network: the case that leaves the least of it.

    Parameters
    ----------
    asked
        (cases,) the losses in question.
    outcome, kind
        What the policy asks for after the loss of an element of this kind.
    """
    lost = study(bandwidth_left)
    mine = np.flatnonzero(asked[lost.case])
    keys = [column[mine] for column in (lost.case, lost.left, lost.fabric, lost.rack)]
    order = mine[np.lexsort(keys)]
    network = np.stack([lost.rack, lost.fabric])[:, order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (network[:, 1:] != network[:, :-1]).any(axis=0)
    worst = order[first]
    rack = lost.rack[worst]
    if not len(rack):
        return
    figure = ports_figure(study)
    by_hand = lost.fabric[worst] < 0
    dim = by_hand & np.isnan(study(links).ports[rack])
    yield Measure(
        kind="rack",
        subject=rack,
        demand=np.where(dim, np.nan, lost.left[worst]),
        limit=np.full(len(worst), outcome.to if isinstance(outcome, Capped) else 1.0),
        sense="min",
        case=lost.case[worst],
        other=study.site.subject("switch", lost.switch[worst]),
        inputs=(
            figure._replace(
                rows=np.where(by_hand, figure.rows[rack], -1), known=figure.known[rack]
            ),
        ),
        owner=f"policy of {study.site.policy.owner}: losses.{kind}",
    )
