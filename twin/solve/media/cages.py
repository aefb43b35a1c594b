"""Cages of products, as links of a given speed find them."""

from __future__ import annotations

import numpy as np

from twin.catalog import Product
from twin.solve.media.media import Figure
from twin.solve.media.plugs import Cage


def switch_cage(
    switch: Product, gbps: float, figure: Figure = Product.number, *, divided: bool = True
) -> Cage:
    """Return the cage of a switch's ports, split into ports of a speed.

    Parameters
    ----------
    switch
        Product; `ports_per_cage` holds for its own `gbps`.
    gbps
        Rate of a port as plugs have it: a cage of one port of 800 has two of 400. Where a splitter
        cord makes more links of a port, that of the port. A rate that does not go into it whole
        leaves the cage as it is.
    figure
        Where a figure is looked up.
    divided
        False where its ports run slower instead, and are no more than its own.

    Examples
    --------
    >>> from twin.catalog import shipped
    >>> switch_cage(shipped().get("sn5600"), 400.0)
    Cage(form='osfp-ihs', ports=2, switch=True, power_w=18.0)
    >>> switch_cage(shipped().get("qm9700"), 200.0, divided=False).ports
    2
    """
    own, ports = figure(switch, "gbps"), figure(switch, "ports_per_cage")
    parts, power = own / gbps, figure(switch, "cage_w")
    whole = ports * parts if divided and parts == np.floor(parts) else ports
    return Cage(switch.text.get("cage", ""), _count(whole), switch=True, power_w=power)


def uplink_cage(switch: Product) -> Cage:
    """Return the cage of a switch's uplinks, one port each.

    Examples
    --------
    >>> from twin.catalog import shipped
    >>> uplink_cage(shipped().get("sn2201")).form
    'qsfp28'
    """
    return Cage(switch.text.get("uplink_cage", ""), 1, switch=True)


def rack_cage(rack: Product, network: str, figure: Figure = Product.number) -> Cage:
    """Return the cage of a rack's adapters.

    Parameters
    ----------
    rack
        Product.
    network
        "ew" of the compute network, "ns" of storage and in-band.
    figure
        Where a figure is looked up.

    Examples
    --------
    >>> from twin.catalog import shipped
    >>> rack_cage(shipped().get("gb300_nvl72"), "ew")[:3]
    ('osfp-rhs', 2, False)
    """
    ports = _count(figure(rack, f"{network}_ports_per_cage"))
    return Cage(rack.text.get(f"{network}_cage", ""), ports)


def _count(number: float) -> int:
    return 0 if np.isnan(number) else int(number)
