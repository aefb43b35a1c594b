"""One site under one scenario: arrays, conditions and cases; what a solver returns is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np

from twin.arrays.compile import Arrays
from twin.model.change import Conditions
from twin.site.site import Site
from twin.site.table import BoolArray, DateArray, Table

T = TypeVar("T")


@dataclass(frozen=True)
class Study:
    """Solvers are functions of a study; `study(solver)` solves once and keeps the answer."""

    arrays: Arrays
    conditions: Conditions
    lost: tuple[str, ...] = ()
    _kept: dict[Callable[..., Any], object] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, solve: Callable[[Study], T]) -> T:
        """Return what `solve` says of this study."""
        if solve not in self._kept:
            self._kept[solve] = solve(self)
        return cast("T", self._kept[solve])

    @property
    def site(self) -> Site:
        """The site under study."""
        return self.arrays.site

    def table(self, kind: str) -> Table:
        """Table of a kind, with products' figures filled in."""
        return self.arrays.tables[kind]

    @cached_property
    def arrival(self) -> DateArray:
        """(racks,) day on which each rack arrives: its own, else its delivery's; NaT not known."""
        racks, site = self.table("rack"), self.site
        days = np.append(self.table("delivery")["arrives"], np.datetime64("NaT", "D"))
        theirs = days[site.rows_of("delivery", racks["delivery"])]
        return np.where(np.isnat(racks["arrives"]), theirs, racks["arrives"])

    @cached_property
    def here(self) -> BoolArray:
        """(racks,) which racks stand on the day of the study; without a day, all planned ones."""
        day = self.conditions.date
        racks = self.table("rack")
        if day is None:
            return np.ones(len(racks), dtype=bool)
        now = np.datetime64(day, "D")
        return ~(self.arrival > now) & ~(racks["leaves"] <= now)
