"""What evaluating the rules of a study gives, before it is said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.checks.budgets import Admission, Fits
from twin.checks.rows import Rows
from twin.checks.rule import Rule
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.study import Study


@dataclass(frozen=True)
class Evaluation:
    """Rows of all rules that say a verdict, the worst of each subject, and what they do to racks.

    Attributes
    ----------
    figures
        Kind and column of every figure that entered a row.
    rows, worst
        Every row of a budget, and of measures those that decide; row numbers that are the worst of
        their (rule, gate, subject).
    waived
        (rows,) failing rows that a waiver takes out of the count.
    state, margin, binding
        (S,) state of each subject with all it needs, its least margin, its row.
    """

    study: Study
    rules: Sequence[Rule]
    figures: frozenset[tuple[str, str]]
    rows: Rows
    worst: IntArray
    waived: BoolArray
    used_waivers: IntArray
    state: IntArray
    margin: FloatArray
    binding: IntArray
    admission: Admission
    fits: Fits
    budget_start: IntArray
    owners: tuple[str, ...]

    def joint(self, row: int) -> int:
        """Return the row of admission for a row of a budget."""
        number = self.rows.budget[row]
        return int(self.admission.offset[number] + row - self.budget_start[number])


@dataclass(frozen=True)
class RackStates:
    """State of every rack of the site, before it is said in words."""

    state: IntArray
    margin: FloatArray
    row: IntArray
    at_risk: BoolArray
    waived: BoolArray
