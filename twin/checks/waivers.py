"""Waivers and assumptions: which rows they touch, and whether they still hold."""

from __future__ import annotations

import fnmatch
import re

import numpy as np

from twin.model.policy import Assumption, Waiver
from twin.site.table import BoolArray, StrArray
from twin.solve.study import Study


def expired(study: Study, item: Waiver | Assumption) -> bool:
    """Whether an item's last day is before the day of the study; without a day nothing expires."""
    day = study.conditions.date
    return day is not None and item.until is not None and item.until < day


def subjects_of(waiver: Waiver, names: StrArray) -> BoolArray:
    """(S,) subjects that a waiver names: kind:id, globs allowed."""
    pattern = waiver.subject
    if not any(c in pattern for c in "*?["):
        return np.asarray(names == pattern)
    compiled = re.compile(fnmatch.translate(pattern))
    return np.array([compiled.match(n) is not None for n in names.tolist()], dtype=bool)
