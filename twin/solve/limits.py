"""Limits with their owner: the code profile's figure, unless the owner's policy replaces it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.solve.study import Study


class Owned(NamedTuple):
    """A limit, who set it, and whether it is a judgement that nobody adopted."""

    value: float
    owner: str
    judged: bool


def limit(study: Study, name: str) -> Owned:
    """Return a limit by its name in the code profile; NaN where nobody gives one.

    The owner's `policy.limits` comes first. A figure of the profile that is somebody's judgement
    only warns until `policy.adopt` names it or `policy.limits` replaces it.
    """
    site = study.site
    if name in site.policy.limits:
        return Owned(
            site.policy.limits[name], f"policy of {site.policy.owner}: {name}", judged=False
        )
    known = site.profile.limits.get(name)
    if known is None or known.value is None:
        return Owned(np.nan, f"{site.profile.id}: {name}", judged=False)
    judged = known.judged and name not in site.policy.adopt
    return Owned(known.value, f"{site.profile.id}: {name}", judged)


def adopted(study: Study, name: str) -> float:
    """Return an allowance by its name; 0 where nobody gives it, or as a judgement not adopted."""
    found = limit(study, name)
    return 0.0 if found.judged or np.isnan(found.value) else found.value
