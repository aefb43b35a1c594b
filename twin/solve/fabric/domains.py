"""Scale-up domains: accelerators that one fabric inside a rack joins, or one over a few racks.

Such a fabric belongs to the product: its switches are trays of the rack and its links lie in
cartridges behind them, so that it has no cords of the hall. A domain that is larger than a rack
takes the next racks of its type, in the order of rows and of places in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.fabrics.described import natural
from twin.site.resolve import of_product, product_rows
from twin.site.table import FloatArray, IntArray
from twin.solve.study import Study

GBPS_PER_TBPS = 1000.0


@dataclass(frozen=True)
class ScaleUp:
    """Scale-up domains of the racks of one type that stand.

    Attributes
    ----------
    product
        Row of the rack type.
    racks
        How many stand.
    domains
        Domains that are whole.
    accelerators
        Accelerators of one domain.
    domain_racks
        Racks of one domain; less than 1 where a rack has several.
    trays
        Switch trays of one domain; 0 where its switches are within servers, NaN not known.
    links
        Links of an accelerator into its domain; NaN not known.
    tbps
        Bandwidth of an accelerator into its domain, each way, Tb/s; NaN not known.
    """

    product: int
    racks: int
    domains: int
    accelerators: float
    domain_racks: float
    trays: float
    links: float
    tbps: float

    @property
    def all_links(self) -> float:
        """Links inside one domain; NaN not known.

        Examples
        --------
        72 accelerators of 18 links: the 1,296 of a GB200 NVL72.
        """
        return self.accelerators * self.links

    @property
    def all_tbps(self) -> float:
        """Bandwidth of all accelerators of one domain, each way, Tb/s; NaN not known."""
        return self.accelerators * self.tbps


def scale_up(study: Study) -> tuple[ScaleUp, ...]:
    """Scale-up domains of all racks that stand, rack type by rack type in the order of products."""
    made = np.where(study.here, product_rows(study.site, "rack"), -1)
    table = study.table("product")
    figures = {
        name: np.asarray(table[name], dtype=float)
        for name in ("domain_accelerators", "accelerators", "scale_up_trays", "scale_up_links",
                     "scale_up_gbps", "systems")
    }  # fmt: skip
    out = []
    for row in np.unique(made[made >= 0]).tolist():
        one = {name: float(column[row]) for name, column in figures.items()}
        size = one["domain_accelerators"]
        # Of a rack whose accelerators nobody counts no domain is known.
        racks, ratio = int((made == row).sum()), size / one["accelerators"]
        if not ratio > 0:
            continue
        inside = ratio < 1 and one["systems"] > 0
        trays = 0.0 if inside else one["scale_up_trays"] * ratio
        out.append(ScaleUp(
            product=row, racks=racks, domains=int(racks / ratio + 1e-9), accelerators=size,
            domain_racks=ratio, trays=trays, links=one["scale_up_links"],
            tbps=one["scale_up_gbps"] / GBPS_PER_TBPS,
        ))  # fmt: skip
    return tuple(out)


@dataclass(frozen=True)
class Shared:
    """Racks whose domain extends over several, (n,).

    Attributes
    ----------
    rack
        Rows of the racks.
    domain
        Number of the domain of each, from 0.
    """

    rack: IntArray
    domain: IntArray


def shared_domains(study: Study) -> Shared:
    """Racks that stand on a position and share a domain with others."""
    site = study.site
    size, own = (of_product(site, "rack", c) for c in ("domain_accelerators", "accelerators"))
    each = np.round(size / own, 6)
    place = site.rows_of("position", study.table("rack")["position"])
    made = product_rows(site, "rack")
    mine = np.flatnonzero(study.here & (place >= 0) & (each > 1))
    position = study.table("position")
    row = np.asarray(position["row"])[place[mine]]
    index = np.asarray(position["index"], dtype=float)[place[mine]]
    names = position.ids[place[mine]]
    order = sorted(
        range(len(mine)),
        key=lambda k: (int(made[mine[k]]), natural(str(row[k])), index[k], natural(str(names[k]))),
    )
    rack = mine[np.array(order, dtype=np.int64)]
    domain = np.full(len(rack), -1, dtype=np.int64)
    first = 0
    for product in dict.fromkeys(made[rack].tolist()):
        rows = np.flatnonzero(made[rack] == product)
        number = np.floor(np.arange(len(rows)) / each[rack[rows]] + 1e-9).astype(np.int64)
        domain[rows] = first + number
        first += int(number[-1]) + 1
    return Shared(rack, domain)


def apart_m(study: Study) -> FloatArray:
    """(n,) greatest distance of each rack of `shared_domains` to another of its domain, m.

    From centre to centre, straight; infinite between halls, NaN where a place is not known.
    """
    shared, position = study(shared_domains), study.table("position")
    place = study.site.rows_of("position", study.table("rack")["position"])[shared.rack]
    hall = study.site.rows_of("hall", position["hall"])[place]
    at = np.stack([np.asarray(position[c], dtype=float)[place] for c in ("x_m", "y_m")], axis=1)
    out = np.zeros(len(place))
    for number in np.unique(shared.domain).tolist():
        rows = np.flatnonzero(shared.domain == number)
        far = np.hypot(*(at[rows][:, None] - at[rows][None]).transpose(2, 0, 1))
        far = np.where(hall[rows][:, None] == hall[rows][None], far, np.inf)
        out[rows] = far.max(axis=1)
    return out
