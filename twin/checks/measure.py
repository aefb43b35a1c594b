"""Demand against limit: for single subjects (`Measure`) and for sums over racks (`Budget`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import numpy as np

from twin.site.table import Array, FloatArray, IntArray

POLICY: Final = "policy"


class Input(NamedTuple):
    """A figure that entered a row, so that a row which is not known can say what is missing.

    `kind` and `column` name it in the contract, `rows` (m,) are rows of that kind's table and
    `known` (m,) tells where it is known. A row -1 does not need this input. Of kind `POLICY` the
    rows are places in the paths of `doubts`: a field that the owner's policy lacks.
    """

    kind: str
    column: str
    rows: IntArray
    known: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Demand and limit, one row per subject (and case). A subject may stand many times.

    margin = (limit - demand) / scale, signed by sense; `scale` is |limit| unless given. A scale of
    NaN is for what fits or does not (a voltage, a count of inputs): a row that fits has no margin.
    Outcome of a row, in this order: `sure` past the limit: failed; demand or limit NaN: not
    known; demand past the limit: failed; else held.
    """

    kind: str
    subject: IntArray
    demand: FloatArray
    limit: FloatArray
    sense: Literal["max", "min"] = "max"
    scale: FloatArray | None = None
    sure: FloatArray | None = None
    case: IntArray | None = None
    other: IntArray | None = None
    inputs: tuple[Input, ...] = ()
    owner: str | Array = ""
    judged: bool = False
    """The limit is somebody's judgement that the owner has not adopted: warn, never block."""

    @property
    def figures(self) -> tuple[Input, ...]:
        """Every figure that entered a row."""
        return self.inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A sum over racks against limits; rows are (subject, case), held per rank by admission.

    Demand of a row is `base` plus the sum over racks of coefficient times amount, plus, where
    `onto` names another row of this budget, the demand of that row (the healthy row of the same
    subject, to which a case only adds what moved).

    Attributes
    ----------
    kind
        Table that `subject` points into.
    subject, case
        (R,) row of the kind's table; row of study.cases, 0 healthy.
    limit, base
        (R,) in the rule's unit; NaN = not known.
    rack, row, coefficient
        (E,) entries: rack row, budget row, coefficient on the rack's amount (NaN = not known).
    amount
        (racks,) each rack's amount, NaN = not known.
    onto
        (R,) row whose demand is added, -1 none. Such a row has itself none.
    rack_inputs
        Figures behind `amount`, one row per rack of the rack table.
    row_inputs
        Figures behind `limit`, one row per row of the budget.
    """

    kind: str
    subject: IntArray
    case: IntArray
    limit: FloatArray
    base: FloatArray
    rack: IntArray
    row: IntArray
    coefficient: FloatArray
    amount: FloatArray
    onto: IntArray
    rack_inputs: tuple[Input, ...] = ()
    row_inputs: tuple[Input, ...] = ()
    owner: str | Array = ""
    judged: bool = False
    scale: FloatArray | None = field(default=None)

    @property
    def figures(self) -> tuple[Input, ...]:
        """Every figure that entered a row."""
        return self.rack_inputs + self.row_inputs

    def demand(self, here: Array) -> tuple[FloatArray, FloatArray]:
        """Demand with the racks `here` (racks,) bool: (R,) as known, and its certain part."""
        present = here[self.rack]
        load = self.coefficient * self.amount[self.rack]
        load = np.where(present, load, 0.0)
        rows = len(self.limit)
        known = np.bincount(self.row, np.nan_to_num(load), minlength=rows).astype(float)
        unknown = np.bincount(self.row, np.isnan(load), minlength=rows) > 0
        sure = known + np.nan_to_num(self.base)
        total = np.where(unknown | np.isnan(self.base), np.nan, sure)
        has = self.onto >= 0
        source = np.where(has, self.onto, 0)
        total = total + np.where(has, total[source], 0.0)
        sure = sure + np.where(has, sure[source], 0.0)
        return total, sure
