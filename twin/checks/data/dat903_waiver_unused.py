"""DAT903: waivers that name nothing that exists."""

from __future__ import annotations

import numpy as np

from twin.checks.data.spoken import rows_of_items
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.waivers import subjects_of
from twin.solve.study import Study


@rule(
    "DAT903",
    role="advice",
    severity="warning",
    unit="subjects",
    message="the waiver of {subject} names no rule, or no subject, that there is",
    fix="correct rule and subject (kind:id) of the waiver of {subject}, or take it out",
    source="house rule: a waiver accepts a finding",
)
def waiver_unused(study: Study) -> Measure:
    """A waiver accepts nothing, because its rule or its subject does not exist.

    Why it matters
    --------------
    A waiver with a typing error leaves the rack blocked that somebody has decided about. One
    that outlived its element waits for the next one of that name.

    Method
    ------
    The count of subjects of the site that the waiver's pattern matches, none if no rule has its
    code; at least one is asked for.

    Does not cover
    --------------
    Waivers of findings that do not occur: the report lists how many findings each one touches.

    See also
    --------
    DAT904.
    """
    # Imported here because it imports this module.
    from twin.checks.discover import all_rules

    codes = {r.code for r in all_rules()}
    items, site = study.site.waivers, study.site
    count = [int(subjects_of(w, site.names).sum()) if w.rule in codes else 0 for w in items]
    rows = rows_of_items(study, "waiver", items)
    return Measure(
        kind="waiver",
        subject=rows[rows >= 0],
        demand=np.array(count, dtype=float)[rows >= 0],
        limit=np.ones(int((rows >= 0).sum())),
        sense="min",
        scale=np.full(int((rows >= 0).sum()), np.nan),
        owner="layout",
    )
