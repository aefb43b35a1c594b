"""The language of change, and the conditions under which a site is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from twin.model.layout import FAMILIES

Mode = Literal["nameplate", "provisioned", "measured", "today"]


@dataclass(frozen=True, slots=True)
class Change:
    """One named change: set, scale, add (a copy of something) or remove what a path matches.

    A path is dotted: section, id (a glob, or "quoted"), column, as in
    `power.busways.*.rating_a`, `racks."SN-1".state`, `catalog.gb300_nvl72.power_factor`.
    """

    do: Literal["set", "scale", "add", "remove"]
    path: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what a site is judged: day, which load, how many losses, which rules.

    `select` and `ignore` are codes or beginnings of codes; none selected: all in scope. `trip` is
    the share of its setting above which every device opens at once, a crude worst case; None:
    devices open as their curves say.
    """

    date: date | None = None
    mode: Mode = "provisioned"
    losses: Literal[0, 1, 2] = 1
    scope: frozenset[str] = field(default_factory=lambda: frozenset(FAMILIES))
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    trip: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Named changes, elements of which each is lost in a case of its own, and conditions."""

    name: str = "as written"
    changes: tuple[Change, ...] = ()
    lost: tuple[str, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)
