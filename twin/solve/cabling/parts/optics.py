"""Optics in their cages: which stand where, and what those in switches dissipate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.needs import hosts
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.parts.parts import parts
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import port_map
from twin.solve.limits import limit
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
    draw, and lacks where nobody says it; where it names a cable, the optics at its ends are not.
    """
    switch, part, bundle = study.table("switch"), study(parts), study(bundles)
    out = Dissipated(np.zeros(len(switch)), np.full(len(switch), -1, dtype=np.int64))
    watts = np.asarray(study.table("product")["power_w"], dtype=float)
    named = study.site.rows_of("product", switch["medium"])
    drawn = (named >= 0) & ~np.isnan(watts[named])
    silent = bundle.wanted & (bundle.medium >= 0) & _optic(study)[bundle.medium]
    silent &= np.isnan(watts[bundle.medium])
    for end in (bundle.switch, bundle.low):
        there = silent & (end >= 0)
        out.lacks[end[there]] = bundle.medium[there]
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


def lacking_plug(study: Study) -> IntArray:
    """(racks,) row of a product in switches there of whose plugs nobody says the power, -1 none."""
    host, lacks = hosts(study.site), study(optics_kw).lacks
    silent = np.flatnonzero((host >= 0) & (lacks >= 0))
    out = np.full(len(study.table("rack")), -1, dtype=np.int64)
    out[host[silent]] = lacks[silent]
    return out


def optics_kg(study: Study) -> FloatArray:
    """(racks,) mass of the optics in switches in each rack.

    An optic of which nobody says the mass weighs what the code profile takes for one,
    `optic_mass_kg`. Worked number: 320 of 0.15 kg are 48 kg.
    """
    return _mass(study, limit(study, "optic_mass_kg").value)


def sure_optics_kg(study: Study) -> FloatArray:
    """(racks,) mass of the optics in switches in each rack, of those whose mass is published."""
    return _mass(study, 0.0)


def _mass(study: Study, where_unknown: float) -> FloatArray:
    site, racks = study.site, len(study.table("rack"))
    host = hosts(site)
    if not (host >= 0).any() or not len(study.table("fabric")):
        return np.zeros(racks)
    each = np.asarray(study.table("product")["mass_kg"], dtype=float)
    each = np.where(np.isnan(each), where_unknown, each) * _optic(study)
    optic, rack = study(plugged), np.append(host, -1)
    there = rack[optic.switch]
    mine = there >= 0
    return np.bincount(there[mine], each[optic.product[mine]], minlength=racks).astype(float)


def _optic(study: Study) -> BoolArray:
    """(products,) which of them are optics."""
    known = study.site.catalog.products
    kinds = [known[str(n)].kind for n in study.table("product").ids.tolist()]
    return np.asarray(np.array(kinds, dtype=np.str_) == "optic")


def _add(out: Dissipated, switch: IntArray, product: IntArray, watts: FloatArray) -> None:
    np.add.at(out.kw, switch, np.nan_to_num(watts) / 1e3)
    out.lacks[switch[np.isnan(watts)]] = product[np.isnan(watts)]
