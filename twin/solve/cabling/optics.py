"""Optics in their cages: which stand where, and what those in switches dissipate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.needs import hosts
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.cables import cables
from twin.solve.cabling.parts import parts
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import port_map
from twin.solve.study import Study


class Plugged(NamedTuple):
    """Optics, (n,), one for each cage, however many links it has.

    Attributes
    ----------
    product
        Row of the product.
    switch
        Row of the switch in which it stands, -1 a node or another device.
    """

    product: IntArray
    switch: IntArray


def plugged(study: Study) -> Plugged:
    """Find the optics of all cords; plugs that are moulded to a cable are none."""
    cable, at, m = study(cables), study(cages), study(port_map)
    ends = ((at.head, cable.upper.plug, cable.high, m.high),
            (at.tail, cable.lower.plug, cable.low, m.low))  # fmt: skip
    each = [
        np.stack([cage[cable.link], plug[row], switch[cable.link]], axis=1)
        for cage, plug, row, switch in ends
    ]
    found = np.unique(np.concatenate(each), axis=0)
    found = found[found[:, 1] >= 0]
    return Plugged(found[:, 1], found[:, 2])


class Dissipated(NamedTuple):
    """What plugs in switches dissipate that the switches do not name, (switches,).

    Attributes
    ----------
    kw
        As far as it is known.
    lacks
        Row of a product whose power is not known, -1 none.
    """

    kw: FloatArray
    lacks: IntArray


def optics_kw(study: Study) -> Dissipated:
    """Sum up the optics, and the ends of cables, that a fabric chose for its links.

    Where a switch names a plug as the medium of its links, what that dissipates is part of its own
    draw; where it names a cable, the optics at the ends of that are not.
    """
    switch, part, bundle = study.table("switch"), study(parts), study(bundles)
    out = Dissipated(np.zeros(len(switch)), np.full(len(switch), -1, dtype=np.int64))
    watts = np.asarray(study.table("product")["power_w"], dtype=float)
    named = study.site.rows_of("product", switch["medium"])
    drawn = (named >= 0) & ~np.isnan(watts[named])
    chosen = (part.medium >= 0) & ~drawn[bundle.switch] & bundle.wanted
    if not chosen.any():
        return out
    optic = study(plugged)
    mine = (optic.switch >= 0) & ~np.isin(optic.product, named[drawn])
    _add(out, optic.switch[mine], optic.product[mine], watts[optic.product[mine]])
    rows = np.flatnonzero(chosen & part.media.moulded[part.medium])
    media, medium = part.media, part.medium[rows]
    plain = np.array([kind == "utp" for kind in media.kind], dtype=bool)
    # Twisted pairs end in plugs without a circuit.
    head, tail = (
        np.where(plain, 0.0, watts / ports)
        for watts, ports in (
            (media.head_w, media.head_ports * media.split), (media.tail_w, media.tail_ports),
        )
    )  # fmt: skip
    for end, each in ((bundle.switch, head), (bundle.low, tail)):
        there = end[rows] >= 0
        taken = (each[medium] * bundle.count[rows])[there]
        _add(out, end[rows][there], part.cable[rows][there], taken)
    return out


def chosen_kw(study: Study) -> FloatArray:
    """(racks,) power of plugs that a fabric chose for switches in each rack, as far as known."""
    host = hosts(study.site)
    inside = np.flatnonzero(host >= 0)
    racks = len(study.table("rack"))
    if not len(inside):
        return np.zeros(racks)
    kw = study(optics_kw).kw[inside]
    return np.bincount(host[inside], kw, minlength=racks).astype(float)


def optics_kg(study: Study) -> FloatArray:
    """(racks,) mass of the optics in switches in each rack, as far as it is known.

    An optic of which nobody says the mass counts as nothing: it weighs a hundred grams.
    """
    site, racks = study.site, len(study.table("rack"))
    kinds = [site.catalog.products[str(n)].kind for n in study.table("product").ids.tolist()]
    each = np.nan_to_num(np.asarray(study.table("product")["mass_kg"], dtype=float))
    each = np.where(np.array(kinds, dtype=np.str_) == "optic", each, 0.0)
    if not each.any() or not len(study.table("fabric")):
        return np.zeros(racks)
    optic, host = study(plugged), np.append(hosts(site), -1)
    rack = host[optic.switch]
    mine = rack >= 0
    return np.bincount(rack[mine], each[optic.product[mine]], minlength=racks).astype(float)


def _add(out: Dissipated, switch: IntArray, product: IntArray, watts: FloatArray) -> None:
    np.add.at(out.kw, switch, np.nan_to_num(watts) / 1e3)
    out.lacks[switch[np.isnan(watts)]] = product[np.isnan(watts)]
