"""What losses leave of racks' networks, held against the policy: rows for switches and trays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.network.ports import ports_figure
from twin.model.policy import Capped, LossKind
from twin.site.table import BoolArray, FloatArray
from twin.solve.cabling.links.bandwidth import bandwidth_left, worst_of
from twin.solve.cabling.links.links import links
from twin.solve.losses.asked import classes
from twin.solve.study import Study


def asked_share(study: Study, kind: LossKind) -> FloatArray:
    """(racks,) part that the policy asks racks to keep after the loss of a kind; NaN nothing."""
    policy, known = study.site.policy, study(classes)
    general = policy.losses.get(kind)
    by_class = [policy.classes[name].get(kind, general) for name in known.names[1:]]
    share = [
        np.nan if said in {None, "may go dark"} else said.to if isinstance(said, Capped) else 1.0
        for said in (general, *by_class)
    ]
    return np.array(share)[known.of_rack]


def kept(study: Study, lost: BoolArray, kind: LossKind) -> Iterator[Measure]:
    """One row for each rack and network: the case that leaves the least of it.

    Parameters
    ----------
    lost
        (cases,) the losses in question.
    kind
        Under which the policy says what is asked after them.
    """
    share = asked_share(study, kind)
    if np.isnan(share).all():
        return
    left = study(bandwidth_left)
    worst = worst_of(left, np.flatnonzero(lost[left.case] & ~np.isnan(share[left.rack])))
    if not len(worst):
        return
    rack = left.rack[worst]
    figure = ports_figure(study)
    by_hand = left.fabric[worst] < 0
    dim = by_hand & np.isnan(study(links).ports[rack])
    yield Measure(
        kind="rack",
        subject=rack,
        demand=np.where(dim, np.nan, left.left[worst]),
        limit=share[rack],
        sense="min",
        case=left.case[worst],
        other=study.site.subject("switch", left.switch[worst]),
        inputs=(
            figure._replace(
                rows=np.where(by_hand, figure.rows[rack], -1), known=figure.known[rack]
            ),
        ),
        owner=f"policy of {study.site.policy.owner}: losses.{kind}",
    )
