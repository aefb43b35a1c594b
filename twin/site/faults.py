"""What is wrong across items of a layout, before anybody knows in which file it stands."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One cross-reference that does not hold; the pipeline adds file and line."""

    kind: str
    id: str
    column: str
    value: object
    message: str
    expected: str
    near: str | None = None
