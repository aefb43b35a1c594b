"""DAT907: caps whose enforcer the layout does not have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.data.spoken import WHOLE
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.model.policy import Capped
from twin.solve.losses.caps import enforcers_of, is_known
from twin.solve.study import Study


@rule(
    "DAT907",
    role="advice",
    severity="warning",
    unit="caps",
    message="the layout has nothing that could enforce the cap after the loss of a {kind} such as "
    "{subject}; the cap does not count",
    fix="name an element in enforced_by of its policy.losses (an id or kind:id), or external:NAME "
    "for one that the layout does not describe and that lives through the loss",
    source="house rule: a cap counts only if its enforcer survives the loss",
)
def cap_enforcer_unknown(study: Study) -> Iterator[Measure]:
    """A cap is enforced by something that the layout does not know.

    Why it matters
    --------------
    A cap that falls with its enforcer is none. With a typing error in its name nobody can say
    whether it falls.

    Method
    ------
    For each capped outcome in policy.losses: whether `enforced_by` is the id, or kind:id, of a
    power element, a whip, a plant, a CDU, an air unit, a switch or a rack, or begins with
    `external:`. Where it is neither, racks that need the cap are not known.

    Does not cover
    --------------
    Whether an external enforcer lives through the loss: that is taken on the owner's word.

    See also
    --------
    DAT905, DAT908.
    """
    for kind, outcome in study.site.policy.losses.items():
        table = WHOLE.get(kind, kind)
        if not isinstance(outcome, Capped) or not len(study.table(table)):
            continue
        doubt = not is_known(outcome.enforced_by, enforcers_of(study.site, outcome.enforced_by))
        yield Measure(
            kind=table,
            subject=np.zeros(1, dtype=np.int64),
            demand=np.array([float(doubt)]),
            limit=np.zeros(1),
            scale=np.full(1, np.nan),
            owner=f"policy of {study.site.policy.owner}",
        )
