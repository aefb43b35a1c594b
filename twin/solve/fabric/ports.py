"""Ports of switches: what they have, and what links between switches take of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.resolve import of_product
from twin.site.table import FloatArray
from twin.solve.study import Study


class Ports(NamedTuple):
    """Of all equal switches together, (switches,), in whole ports at the speed asked of one.

    Attributes
    ----------
    has
        Ports of the product, divided to the speed; NaN not known.
    below, above
        Links to switches below and above it.
    """

    has: FloatArray
    below: FloatArray
    above: FloatArray


def ports(study: Study) -> Ports:
    """Count ports of switches.

    Where nobody says how many a product has, what its fabric says of it stands (`radix`).
    """
    switches = study.table("switch")
    n, count = len(switches), np.asarray(switches["count"], dtype=float)
    own, speed = of_product(study.site, "switch", "gbps"), port_gbps(study)
    with np.errstate(invalid="ignore"):
        # Of one that is slower NET412 tells; its ports are there.
        divided = np.maximum(1.0, np.floor(own / speed + 1e-9))
    each = of_product(study.site, "switch", "ports") * divided
    row = study.site.rows_of("fabric", switches["fabric"])
    said = np.append(np.asarray(study.table("fabric")["radix"], dtype=float), np.nan)[row]
    each = np.where(np.isnan(each), said, each)
    uplink = study.table("uplink")
    links = np.nan_to_num(np.asarray(uplink["links"], dtype=float))
    below, above = (
        np.bincount(at[at >= 0], links[at >= 0], minlength=n).astype(float)
        for at in (study.site.rows_of("switch", uplink[end]) for end in ("head", "tail"))
    )
    return Ports(each * count, below, above)


def port_gbps(study: Study) -> FloatArray:
    """Speed of a whole port of each switch, (switches,) Gb/s; NaN not known."""
    return np.asarray(study.table("switch")["gbps"], dtype=float) * split_of(study)


def split_of(study: Study) -> FloatArray:
    """Links of nodes that share a port of each switch, (switches,): 1 but of leaves of a fabric."""
    switches = study.table("switch")
    row = study.site.rows_of("fabric", switches["fabric"])
    split = np.append(np.asarray(study.table("fabric")["split"], dtype=float), 1.0)[row]
    return np.where(np.asarray(switches["tier"]) == "leaf", split, 1.0)
