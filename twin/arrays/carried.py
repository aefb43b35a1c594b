"""What CDUs in racks draw and weigh: it comes on top of what the type of the rack says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.resolve import resolved
from twin.site.site import Site
from twin.site.table import FloatArray, IntArray


@dataclass(frozen=True)
class Carried:
    """Sums over the CDUs of each rack, (racks,); 0 without any, NaN where one is not known.

    Attributes
    ----------
    draw_kw, mass_kg
        What they draw and weigh.
    lacks_draw, lacks_mass
        Row of a CDU in it of which that is not known, -1 none.
    """

    draw_kw: FloatArray
    mass_kg: FloatArray
    lacks_draw: IntArray
    lacks_mass: IntArray


def carried(site: Site) -> Carried:
    """Sum up the CDUs that each rack carries."""
    draw, lacks_draw = _sum(site, "draw_kw")
    mass, lacks_mass = _sum(site, "mass_kg")
    return Carried(draw, mass, lacks_draw, lacks_mass)


def _sum(site: Site, column: str) -> tuple[FloatArray, IntArray]:
    """(racks,) sum of a figure over the CDUs of each, and a CDU that lacks it, -1 none."""
    rack = site.rows_of("rack", site.tables["cdu"]["rack"])
    mine, racks = np.flatnonzero(rack >= 0), len(site.tables["rack"])
    each = np.asarray(resolved(site, "cdu", column), dtype=float)[mine]
    unknown = mine[np.isnan(each)][::-1]
    first = np.full(racks, -1, dtype=np.int64)
    first[rack[unknown]] = unknown
    return np.bincount(rack[mine], each, minlength=racks).astype(float), first


def with_carried(own: FloatArray, of_type: FloatArray, more: FloatArray) -> FloatArray:
    """Figure of racks with what they carry: what the layout says of a rack is all of it.

    Examples
    --------
    A rack of 132 kW by its type with a CDU of 0.9 kW, and one that the layout says draws 120 kW:

    >>> with_carried(np.array([np.nan, 120]), np.array([132.0, 120]), np.array([0.9, 0.9])).tolist()
    [132.9, 120.0]
    """
    return np.where(np.isnan(own), of_type + more, own)
