"""What is wrong across items of a layout, before anybody knows in which file it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from twin.site.table import Table

WITH_FEEDS = ("plant", "cdu", "air_unit")
"""Kinds of gear that name their power feeds in a list."""


class Fault(NamedTuple):
    """One cross-reference that does not hold; the pipeline adds file and line."""

    kind: str
    id: str
    column: str
    value: object
    message: str
    expected: str
    near: str | None = None


def where_written(faults: Iterable[Fault], tables: Mapping[str, Table]) -> list[Fault]:
    """Point faults of things made by rule at the rule, each told once.

    A tap or a network drop that a row makes stands nowhere in a file: its row does. What a row
    says wrong of all its positions is told of the row, and what the list of feeds of a unit says
    wrong is told of the unit.
    """
    faults = list(faults)
    if not faults:
        return []
    positions = tables["position"]
    row_of = dict(zip(positions.ids.tolist(), positions["row"].tolist(), strict=True))
    told: dict[Fault, None] = {}
    for fault in faults:
        place = fault.id.partition("/" if fault.kind == "tap" else ">")[0]
        if (
            fault.kind == "position"
            and row_of.get(fault.id)
            and fault.column in {"hall", "loop", "plant"}
        ):
            continue
        if fault.kind == "feed":
            kind = next(k for k in WITH_FEEDS if place in tables[k].index)
            fault = fault._replace(kind=kind, id=place, column="feeds")  # noqa: PLW2901 - told of its unit
        column = {"tap": "taps", "drop": "switches"}.get(fault.kind)
        if column and place != fault.id and place in row_of:
            owner = ("row", row_of[place]) if row_of[place] else ("position", place)
            fault = fault._replace(kind=owner[0], id=owner[1], column=column)  # noqa: PLW2901 - told of its rule
        told[fault] = None
    return list(told)
