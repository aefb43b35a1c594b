"""Short overloads: what a UPS carries for how long, peaks of racks, steps of generators."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.load import rack_load
from twin.solve.nameplate import peak
from twin.solve.study import Study

POINTS = ((1.10, "overload_110_s"), (1.25, "overload_125_s"), (1.50, "overload_150_s"))


def has_curve(study: Study) -> BoolArray:
    """(ups,) units that state how long they carry some overload."""
    table = study.table("ups")
    told = [~np.isnan(np.asarray(table[name], dtype=float)) for _, name in POINTS]
    return np.asarray(np.logical_or.reduce(told))


def carries_pu(study: Study, row: IntArray, seconds: FloatArray) -> FloatArray:
    """Return the greatest load, of its rating, that each UPS carries for so many seconds.

    1 where it states no overload for so long; NaN where nobody knows how long it is to be carried.
    """
    table, out = study.table("ups"), np.ones(len(row))
    for pu, name in POINTS:
        holds = np.asarray(table[name], dtype=float)[row]
        # Heavier points hold shorter: the last that holds is the greatest.
        out = np.where(holds >= seconds, pu, out)
    return np.where(np.isnan(seconds), np.nan, out)


def least_kw(
    rated_kw: FloatArray, rated_kva: FloatArray, load_kw: FloatArray, load_kva: FloatArray
) -> FloatArray:
    """Return the lesser of ratings in kW and in kVA, in kW at the power factor of a load, (n,).

    A rating that is not stated (NaN) binds nothing; a load of which the kVA are not known leaves
    what a rating in kVA gives not known.

    Examples
    --------
    500 kW and 500 kVA under 450 kW that are 500 kVA, then under no load, then without the kVA.

    >>> rated = np.full(3, 500.0), np.array([500.0, 500.0, np.nan])
    >>> least_kw(*rated, np.array([450.0, 0.0, 450.0]), np.array([500.0, 0.0, 500.0])).tolist()
    [450.0, 500.0, 500.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        given = np.where(load_kw == 0.0, rated_kva, rated_kva * (load_kw / load_kva))
    both = np.minimum(rated_kw, given)
    return np.asarray(
        np.where(np.isnan(rated_kva), rated_kw, np.where(np.isnan(rated_kw), given, both))
    )


def peaks_kw(study: Study) -> FloatArray:
    """(racks,) short peak of each rack, at least its load; its load where none is published."""
    load, most = study(rack_load), study(peak)
    return np.asarray(np.where(np.isnan(most), load, np.maximum(most, load)))


def together(study: Study) -> FloatArray:
    """(racks,) load with the part of the racks' peaks that comes at the same time.

    `peaks_together_pu` is that part: all of it, unless the owner's policy says less.
    """
    load, part = study(rack_load), limit(study, "peaks_together_pu").value
    return np.asarray(load + part * (study(peaks_kw) - load))
