"""DAT905: elements whose loss the owner's policy does not speak of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.model.policy import LossKind
from twin.solve.study import Study

_WITHIN = frozenset(
    (
        "whip",
        "shelf",
        "module",
        "bypass",
        "plant",
        "plant_unit",
        "pump",
        "exchanger",
        "fan",
        "pipe",
        "manifold",
        "valve",
        "plane",
        "tray",
        "riser",
    ),
)
"""Losses that nobody must name: parts of what others lose whole, the plant of a site, pipes,
planes of networks, ways of cables.
"""


@rule(
    "DAT905",
    role="advice",
    severity="warning",
    unit="elements",
    message="policy.losses does not say what the racks must be after the loss of a {kind} such "
    "as {subject}; no such loss was looked at",
    fix='name it in policy.losses: "full", "may go dark", or capped to a share',
    source="house rule: what must survive which loss is the owner's to say",
)
def losses_without_policy(study: Study) -> Iterator[Measure]:
    """The policy leaves open what must survive the loss of something that is there.

    Why it matters
    --------------
    Feasible means nothing more than "while all is well" where no loss was looked at.

    Method
    ------
    For each kind of element that can be lost and of which the site has one: whether
    policy.losses names it. The first element of the kind stands for all.

    Does not cover
    --------------
    Losses of a part (a whip, a shelf, a module, a UPS on bypass, a pump, an exchanger, a fan, a
    unit of a plant), plants, pipes, manifolds, valves, planes, trays and risers (NET205), kinds
    that policies cannot name (loops), and two losses at once.

    See also
    --------
    DAT901.
    """
    losses = study.site.policy.losses
    for kind in get_args(LossKind):
        if kind in _WITHIN:
            continue
        table = study.table(kind)
        if not len(table):
            continue
        silent = 0.0 if kind in losses else float(len(table))
        yield Measure(
            kind=kind,
            subject=np.zeros(1, dtype=np.int64),
            demand=np.array([silent]),
            limit=np.zeros(1),
            scale=np.full(1, np.nan),
            owner=f"policy of {study.site.policy.owner}",
        )
