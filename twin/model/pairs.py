"""Figures of which one is at most the other: of so many, so many carry the duty."""

from __future__ import annotations

_SPEED, _VALVE, _WALL = "speed", "valve", "wall"

PAIRS: tuple[tuple[str, str, str], ...] = (
    ("pumps_needed", "pumps", "pumps"),
    ("units_needed", "units", "units"),
    ("fans_needed", "fans", "fans"),
    ("speed_min", "speed_max", _SPEED),
    ("valve_min", "valve_max", _VALVE),
    ("roughness_m", "bore_m", _WALL),
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
    >>> beyond(0.9, 0.8, "speed")[0]
    'its pumps run at 0.9 of full speed at least and 0.8 at most'
    """
    if word == _WALL and needed >= there:
        told = f"a wall {needed:g} m rough has no bore of {there:g} m"
        return told, f"write a roughness well below {there:g} m"
    if not needed > there:
        return None
    if word == _SPEED:
        told = f"its pumps run at {needed:g} of full speed at least and {there:g} at most"
        return told, f"write at most {there:g} for the least"
    if word == _VALVE:
        told = f"its facility valve is open by {needed:g} at least and by {there:g} at most"
        return told, f"write at most {there:g} for the least"
    told = f"its duty needs {needed:g} {word}, and it has {there:g}"
    return told, f"write at most {there:g} needed, or more {word}"
