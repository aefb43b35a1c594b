"""Measures that a rule gives loop by loop, or hall by hall, put together into few long ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from twin.checks.measure import Budget, Input, Measure
from twin.site.table import Array

_COLUMNS = ("scale", "sure", "case", "other")


def together(given: Iterable[Measure | Budget]) -> list[Measure | Budget]:
    """Return what a rule gives with measures of one sort put together, in the order of the first.

    Of one sort are those of a kind, a sense and an owner that read the same figures.
    """
    sorts: dict[tuple[object, ...], list[Measure]] = {}
    out: list[Measure | Budget | list[Measure]] = []
    for item in given:
        if isinstance(item, Budget):
            out.append(item)
            continue
        sort = _sort(item)
        if sort not in sorts:
            sorts[sort] = []
            out.append(sorts[sort])
        sorts[sort].append(item)
    return [_joined(item) if isinstance(item, list) else item for item in out]


def _sort(m: Measure) -> tuple[object, ...]:
    owner = m.owner if isinstance(m.owner, str) else None
    said = tuple(getattr(m, column) is None for column in _COLUMNS)
    return m.kind, m.sense, m.judged, owner, *said, *((i.kind, i.column) for i in m.inputs)


def _joined(parts: Sequence[Measure]) -> Measure:
    if len(parts) == 1:
        return parts[0]
    first = parts[0]

    def column(name: str) -> Any:  # noqa: ANN401 - as the column is
        given = [getattr(part, name) for part in parts]
        return None if given[0] is None else np.concatenate(given)

    sizes = [len(part.subject) for part in parts]
    return Measure(
        kind=first.kind, sense=first.sense, judged=first.judged, subject=column("subject"),
        demand=column("demand"), limit=column("limit"),
        **{name: column(name) for name in _COLUMNS},
        inputs=tuple(
            _input(inputs, sizes) for inputs in zip(*(part.inputs for part in parts), strict=True)
        ),
        owner=first.owner if isinstance(first.owner, str) else column("owner"),
    )  # fmt: skip


def _input(parts: Sequence[Input], sizes: Sequence[int]) -> Input:
    """Put one figure of many measures together; one that is known throughout names no rows."""
    first = parts[0]
    if all(np.all(part.known) for part in parts):
        return Input(first.kind, first.column, np.full(1, -1), np.ones(1, dtype=bool))

    def wide(columns: Iterable[Array]) -> Array:
        return np.concatenate(
            [np.broadcast_to(c, (n,)) for c, n in zip(columns, sizes, strict=True)]
        )

    return Input(
        first.kind, first.column, wide(p.rows for p in parts), wide(p.known for p in parts)
    )
