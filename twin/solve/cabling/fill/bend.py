"""How tight cables may be bent, and what the worst of them asks of a fitting.

A maker's own radius comes first. Else a rule of its kind: so many diameters, and for some kinds no
less than a fixed radius. Each kind has a rule at rest and one for when it is pulled or bent again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray

KINDS = ("copper", "fibre", "trunk", "utp")
"""Kinds of cables with a rule of their own: twinax with moulded plugs, fibre cords and active
optical cables, fibre trunks, twisted pairs."""

OF_MEDIUM = {
    "dac": "copper", "acc": "copper", "aec": "copper", "aoc": "fibre", "fibre": "fibre",
    "trunk": "trunk", "utp": "utp",
}  # fmt: skip
"""Kind of each `medium` of cables in the catalog."""

_NAMES = {
    "copper": ("bend_dac_od", "bend_dac_repeated_od", ""),
    "fibre": ("bend_fibre_od", "bend_fibre_od", "bend_fibre_min_m"),
    "trunk": ("bend_trunk_od", "bend_trunk_pull_od", ""),
    "utp": ("bend_utp_od", "bend_utp_pull_od", "bend_utp_min_m"),
}


class Rules(NamedTuple):
    """Rules by kind, (4,), in the order of `KINDS`; NaN where nobody gives one.

    Parameters
    ----------
    rest, pulled
        Least radius in diameters: lying, and while it is pulled or where it is bent repeatedly.
    least_m
        Least radius whatever the diameter; 0 where there is none.
    """

    rest: FloatArray
    pulled: FloatArray
    least_m: FloatArray


def rules(limit: Callable[[str], float]) -> Rules:
    """Read the rules out of limits.

    Parameters
    ----------
    limit
        Value of a limit by name, as `twin.catalog.Profile.number`.
    """
    rows = [_NAMES[kind] for kind in KINDS]
    return Rules(
        np.array([limit(rest) for rest, _, _ in rows]),
        np.array([limit(pulled) for _, pulled, _ in rows]),
        np.array([limit(least) if least else 0.0 for _, _, least in rows]),
    )


def radius_m(
    kind: IntArray, od_m: FloatArray, own_m: FloatArray, rules: Rules, *, pulled: bool
) -> FloatArray:
    """(n,) least radius of each cable; NaN not known.

    Parameters
    ----------
    kind
        (n,) place in `KINDS`, -1 not known.
    od_m
        (n,) diameter.
    own_m
        (n,) what its maker states for this case; NaN nothing.
    rules
        By kind.
    pulled
        While it is pulled or bent again and again; else at rest.

    Examples
    --------
    A twinax of 8 mm, a fibre cord of 3 mm, a trunk of 10 mm and a twisted pair of 7.6 mm, at rest:

    >>> book = Rules(np.array([5.0, 10, 10, 4]), np.array([10.0, 10, 20, 8]),
    ...              np.array([0, 0.03175, 0, 0.0254]))
    >>> od, none = np.array([0.008, 0.003, 0.010, 0.0076]), np.full(4, np.nan)
    >>> radius_m(np.arange(4), od, none, book, pulled=False).round(5).tolist()
    [0.04, 0.03175, 0.1, 0.0304]
    """
    factor = np.append(rules.pulled if pulled else rules.rest, np.nan)[kind]
    least = np.append(rules.least_m, np.nan)[kind]
    # np.maximum keeps NaN: a missing factor or diameter is not made good by the least radius.
    ruled = np.maximum(factor * od_m, least)
    return np.where(np.isnan(own_m), ruled, own_m)


def at_fittings_m(fitting: IntArray, radius: FloatArray, size: int) -> FloatArray:
    """(size,) radius that each fitting must have: that of its stiffest cable; 0 without any.

    Parameters
    ----------
    fitting
        (E,) fitting of each entry, each cable's radius at `radius`; one NaN makes it not known.
    """
    out = np.zeros(size)
    with np.errstate(invalid="ignore"):
        np.maximum.at(out, fitting, radius)
    return out


def keep_straight_m(od_m: FloatArray, diameters: float) -> FloatArray:
    """(n,) length behind a connector within which nothing is bent.

    Examples
    --------
    >>> keep_straight_m(np.array([0.008]), 2.0).tolist()
    [0.016]
    """
    return diameters * od_m
