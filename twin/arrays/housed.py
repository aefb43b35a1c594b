"""What the switches and plugs in racks draw and weigh: the least that these racks do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.needs import hosts
from twin.site.resolve import of_product
from twin.site.site import Site
from twin.site.table import FloatArray, IntArray


@dataclass(frozen=True)
class Housed:
    """Switches in racks, and sums over those of each rack, (racks,).

    Attributes
    ----------
    switches
        Switches in each rack.
    draw_kw, mass_kg
        Sums of what is known: switches, and for the draw the plugs of their links.
    lacks_draw, lacks_mass
        Row of a switch in it whose product does not say, -1 none.
    """

    switches: IntArray
    draw_kw: FloatArray
    mass_kg: FloatArray
    lacks_draw: IntArray
    lacks_mass: IntArray


def housed(site: Site) -> Housed:
    """Sum up what stands in each rack."""
    racks, host = len(site.tables["rack"]), hosts(site)
    inside = np.flatnonzero(host >= 0)
    count = np.asarray(site.tables["switch"]["count"], dtype=float)
    draw, mass = (of_product(site, "switch", c)[inside] * count[inside] for c in
                  ("draw_kw", "mass_kg"))  # fmt: skip
    with_plugs = draw + plugs_kw(site)[inside]
    return Housed(
        np.bincount(host[inside], count[inside], minlength=racks).astype(np.int64),
        np.bincount(host[inside], np.nan_to_num(with_plugs), minlength=racks).astype(float),
        np.bincount(host[inside], np.nan_to_num(mass), minlength=racks).astype(float),
        _first(host, inside[np.isnan(draw)], racks),
        _first(host, inside[np.isnan(mass)], racks),
    )


def _first(host: IntArray, lacking: IntArray, racks: int) -> IntArray:
    out = np.full(racks, -1, dtype=np.int64)
    out[host[lacking[::-1]]] = lacking[::-1]
    return out


def plugs_kw(site: Site) -> FloatArray:
    """Return what the plugs in each switch dissipate, (switches,), where its medium is a plug.

    A plug that serves several links shares its power among them; a switch says the medium of its
    links downward, and those that go up have that of the switch above.

    Examples
    --------
    A plug of 800 Gb/s and 17 W is 8.5 W for each of its two links of 400 Gb/s:

    >>> 17 * 400 / 800
    8.5
    """
    switches, product = site.tables["switch"], site.tables["product"]
    medium = site.rows_of("product", switches["medium"])
    watts, gbps = (np.append(product[c], np.nan)[medium] for c in ("power_w", "gbps"))
    each = np.nan_to_num(watts * np.asarray(switches["gbps"], dtype=float) / gbps)
    out = np.zeros(len(switches))
    for link, tail in (("drop", False), ("uplink", True)):
        table = site.tables[link]
        links = np.nan_to_num(np.asarray(table["links"], dtype=float))
        high = site.rows_of("switch", table["head"])
        drawn = links * np.append(each, 0.0)[high]
        np.add.at(out, high[high >= 0], drawn[high >= 0])
        if tail:
            low = site.rows_of("switch", table["tail"])
            np.add.at(out, low[low >= 0], drawn[low >= 0])
    return out / 1e3
