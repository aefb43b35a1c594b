"""Media: every way in which the catalog's parts make a cord with a plug at each end.

A cable with moulded plugs is a medium by itself. A pair of optics and a fibre cord that both take
is one, too. One row per medium; the rows are few, the links that choose among them are many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from twin.catalog import Catalog, Product
from twin.site.table import FloatArray, IntArray


@dataclass(frozen=True)
class Media:
    """Media as columns, (M,). Figures that nobody published are NaN.

    Attributes
    ----------
    ids
        Name of a medium: the cable's, or optic at the head, fibre cord and optic at the tail.
    kind
        "dac", "acc", "aec", "aoc", "utp" of a cable; "sr", "dr", "fr", "lr" of optics.
    cable, head, tail
        Ids of the products: cord, plug at the head, plug at a tail. Of a moulded cable all three
        are the cable.
    moulded
        Whether the plugs belong to the cable, so that it cannot pass a patch panel.
    fibre
        "mm", "sm" or "" for copper; what an active optical cable holds inside does not matter.
    head_plug, tail_plug
        Forms of the plugs, as in `twin.solve.cabling.plugs.TAKES`.
    head_ports, tail_ports
        Ports of the link's speed in one plug.
    tails
        Tails of one cord: plugs of a moulded cable, connectors of a fibre cord.
    split
        Links that share one port of the head.
    gbps, lane_gbps
        Rate of one link, and of one of its lanes.
    reach_m, min_m
        Longest and shortest link; `min_m` is 0 where no maker names one.
    power_w
        Per link: its part of the plug at the head and of the plug at the tail.
    price
        Per link likewise and per cord, in the unit of the user's list; NaN where a part has none.
    """

    ids: tuple[str, ...]
    kind: tuple[str, ...]
    cable: tuple[str, ...]
    head: tuple[str, ...]
    tail: tuple[str, ...]
    moulded: tuple[bool, ...]
    fibre: tuple[str, ...]
    head_plug: tuple[str, ...]
    tail_plug: tuple[str, ...]
    head_ports: IntArray
    tail_ports: IntArray
    tails: IntArray
    split: IntArray
    gbps: FloatArray
    lane_gbps: FloatArray
    reach_m: FloatArray
    min_m: FloatArray
    power_w: FloatArray
    price: FloatArray

    def __len__(self) -> int:
        """Return the number of media."""
        return len(self.ids)
