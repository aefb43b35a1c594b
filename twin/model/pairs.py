"""Counts of which one is a part of the other: of so many, so many carry the duty."""

from __future__ import annotations

PAIRS: tuple[tuple[str, str, str], ...] = (
    ("pumps_needed", "pumps", "pumps"),
    ("units_needed", "units", "units"),
    ("fans_needed", "fans", "fans"),
)
"""Key of what is needed, key of what there is, and what is counted."""


def beyond(needed: float, there: float, word: str) -> tuple[str, str] | None:
    """Return what is wrong where more are needed than there are, and what would be right.

    A count that is not known (NaN) is not wrong.

    Examples
    --------
    >>> beyond(4, 3, "pumps")
    ('its duty needs 4 pumps, and it has 3', 'write at most 3 needed, or more pumps')
    >>> beyond(4, float("nan"), "pumps")
    """
    if not needed > there:
        return None
    told = f"its duty needs {needed:g} {word}, and it has {there:g}"
    return told, f"write at most {there:g} needed, or more {word}"
