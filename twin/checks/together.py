"""Measures that a rule gives loop by loop, or hall by hall, put together into few long ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from twin.checks.measure import Budget, Input, Measure
from twin.site.table import Array

_COLUMNS = ("scale", "sure", "case", "other")
_MOST = 1 << 18
"""Rows: enough to be quick, and few enough to stay small in memory."""


def together(
    given: Iterable[Measure | Budget], most: int = _MOST
) -> Iterator[tuple[int, Measure | Budget]]:
    """Yield what a rule gives with measures of one sort put together, each with its place.

    Of one sort are those of a kind, a sense and an owner that read the same figures. A place is
    that of the first of its sort among all that the rule gives; what has one place comes in order.

    Parameters
    ----------
    most
        Rows that are put together; of more, one measure follows another.
    """
    places: dict[object, int] = {}
    waiting: defaultdict[int, list[Measure]] = defaultdict(list)
    rows: Counter[int] = Counter()
    for item in given:
        # A budget is a sort of its own.
        sort = len(places) if isinstance(item, Budget) else _sort(item)
        place = places.setdefault(sort, len(places))
        if isinstance(item, Budget):
            yield place, item
            continue
        waiting[place].append(item)
        rows[place] += len(item.subject)
        if rows[place] >= most:
            yield place, _joined(waiting.pop(place))
            rows[place] = 0
    for place, held in waiting.items():
        yield place, _joined(held)


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
