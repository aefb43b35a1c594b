"""Results whose every array has a row for each lane: some lanes of them, and some put in place."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from twin.site.table import IntArray

T = TypeVar("T")


def rows_of(result: T, rows: IntArray | slice) -> T:
    """Return some lanes of a dataclass of arrays."""
    parts: dict[str, Any] = {f.name: getattr(result, f.name)[rows] for f in fields(result)}  # type: ignore[arg-type]
    return type(result)(**parts)


def with_rows(result: T, rows: IntArray, part: T) -> T:
    """Write lanes into a dataclass of arrays, and return it."""
    for f in fields(result):  # type: ignore[arg-type]
        getattr(result, f.name)[rows] = getattr(part, f.name)
    return result
