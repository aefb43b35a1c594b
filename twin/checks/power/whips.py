"""What the rules of fit share: the tap of each whip, and the worst whip of each rack."""

from __future__ import annotations

import numpy as np

from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.study import Study

FITS, NOT_KNOWN, MISFIT = 0.0, 1.0, 2.0


def whip_rows(study: Study) -> IntArray:
    """(W,) row in the table of whips of each whip that leads to a rack, rack by rack."""
    topology = study.arrays.topology.power
    return topology.whips + topology.first - study.site.first["whip"]


def tap_of_whips(study: Study) -> IntArray:
    """(W,) row of the tap that each whip plugs into, rack by rack."""
    taps = study.site.rows_of("tap", study.table("whip")["tap"])
    return np.asarray(taps[whip_rows(study)])


def worst_per_rack(study: Study, badness: FloatArray) -> IntArray:
    """Entry of the worst whip of each rack that stands and has one; the first of equals.

    Parameters
    ----------
    badness
        (W,) FITS, NOT_KNOWN, or MISFIT and more the worse it is.
    """
    rack = study.arrays.topology.power.rack_of
    order = np.lexsort((-badness, rack))
    order = order[study.here[rack[order]]]
    first = np.concatenate([[True], rack[order][1:] != rack[order][:-1]])
    return np.asarray(order[first[: len(order)]])


def text_of(study: Study, kind: str, column: str, rows: IntArray) -> Array:
    """Text of some rows of a kind, "" for row -1."""
    return np.append(study.table(kind)[column], "")[rows]


def worst_of(study: Study, badness: FloatArray, among: BoolArray) -> IntArray:
    """Entry of the worst whip of each rack that stands, of some whips; one not known is the worst.

    Parameters
    ----------
    badness
        (W,) the more the worse.
    among
        (W,) which whips are looked at.
    """
    rack = study.arrays.topology.power.rack_of
    at = np.flatnonzero(among & study.here[rack])
    order = at[np.lexsort((-np.nan_to_num(badness[at], nan=np.inf), rack[at]))]
    first = np.append(True, rack[order][1:] != rack[order][:-1])[: len(order)]
    return np.asarray(order[first])
