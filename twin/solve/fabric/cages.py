"""Cages: which ports of the port map stand behind one, and what plugs go into it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.catalog import Product
from twin.site.table import IntArray
from twin.solve.fabric.portmap import MANAGER, port_map
from twin.solve.media.cages import rack_cage, switch_cage
from twin.solve.media.plugs import Cage
from twin.solve.study import Study


@dataclass(frozen=True)
class Cages:
    """Cages in which the links of the port map end, (n,).

    Attributes
    ----------
    head, tail
        Number of the cage at the upper and at the lower end, both in one numbering from 0.
    head_ports, tail_ports
        Ports of the link's speed behind each of them; each part of a port that is split counts.
    head_port, tail_port
        Port of each end among all of its device, from 0, cage after cage.
    """

    head: IntArray
    tail: IntArray
    head_ports: IntArray
    tail_ports: IntArray
    head_port: IntArray
    tail_port: IntArray


def speed(study: Study, row: int) -> float:
    """Speed of the links of nodes of a fabric, Gb/s: its own, else of its leaves; NaN not known.

    Where ports of leaves are split it is that of a part.
    """
    own = float(study.table("fabric")["gbps"][row])
    leaf = study.site.rows_of("product", study.table("fabric")["leaf"])[row]
    return own if own > 0 else float(study.table("product")["gbps"][leaf]) / split_of(study, row)


def split_of(study: Study, row: int) -> int:
    """Links of nodes of a fabric that share one port of a leaf."""
    return int(study.table("fabric")["split"][row])


def port_speed(study: Study, row: int, lanes: int = 1) -> float:
    """Speed of ports of a fabric's switches, and of links between them, Gb/s; NaN not known.

    Parameters
    ----------
    lanes
        Links that a cassette brings together in one port of a leaf, whether `split` or the radix
        says that it is divided.
    """
    return speed(study, row) * max(split_of(study, row), lanes)


def cage_of(study: Study, row: int, product: int, lanes: int = 1) -> Cage:
    """Cage of a fabric's switch, by its product's row, as the fabric's links find it.

    A fabric that says no more ports than the switch has (`radix`) lets them run slower.

    Parameters
    ----------
    lanes
        As `port_speed` takes them.
    """
    said = float(study.table("fabric")["radix"][row])
    made = _made(study, product)
    divided = not said <= made.number("ports")
    return switch_cage(made, port_speed(study, row, lanes), divided=divided)


def node_cage(study: Study, row: int, rack: int) -> Cage:
    """Cage of the nodes of a fabric in racks of a product: as the fabric says, else the product."""
    fabrics = study.table("fabric")
    network = str(fabrics["network"][row])
    own = Cage("", 0)
    if rack >= 0 and network in _NETWORKS:
        own = rack_cage(_made(study, rack), _NETWORKS[network])
    ports = float(fabrics["node_cage_ports"][row])
    return Cage(
        form=str(fabrics["node_cage"][row]) or own.form,
        ports=int(ports) if ports >= 1 else max(own.ports, 1),
    )


_NETWORKS = {"compute": "ew", "storage": "ns", "converged": "ns", "in-band": "ns"}
"""Which adapters of a rack a network uses, as the catalog's figures begin."""


def _made(study: Study, product: int) -> Product:
    return study.site.catalog.products[str(study.site.tables["product"].ids[product])]


def manager_cage(study: Study, row: int) -> Cage:
    """Cage of the managers of a fabric: of one port, whose form only the layout says."""
    return Cage(form=str(study.table("fabric")["manager_cage"][row]), ports=1)


def node_ports(study: Study) -> IntArray:
    """(fabrics, positions) ports behind a cage of the nodes there, for links of a fabric."""
    site, racks = study.site, study.table("rack")
    place = site.rows_of("position", racks["position"])
    made = site.rows_of("product", racks["type"])
    out = np.ones((len(study.table("fabric")), len(study.table("position")) + 1), dtype=np.int64)
    for row in range(len(out)):
        for product in np.unique(made).tolist():
            out[row, place[made == product]] = node_cage(study, row, product).ports
    return out


def cages(study: Study) -> Cages:
    """Cages of all links."""
    switches, fabrics, p = study.table("switch"), study.table("fabric"), study(port_map)
    product = study.site.rows_of("product", switches["type"])
    of = study.site.rows_of("fabric", switches["fabric"])
    behind = np.ones(len(switches) + 1, dtype=np.int64)
    pairs = np.stack([of, product], axis=1)
    for row, made in np.unique(pairs[(of >= 0) & (product >= 0)], axis=0).tolist():
        mine = np.flatnonzero((of == row) & (product == made))
        behind[mine] = max(cage_of(study, row, made).ports, 1)
    each = np.where(p.tier == MANAGER, 1, node_ports(study)[p.fabric, p.place])
    switch_tail = p.low >= 0
    tail_ports = np.where(switch_tail, behind[p.low], each)
    # Ports of a node's cage belong to its planes first: link 0 of all planes, then link 1.
    planes = np.asarray(fabrics["planes"], dtype=float).astype(np.int64)[p.fabric]
    port = np.where(switch_tail, p.low_port, p.low_port * planes + p.plane)
    lower = np.stack([
        np.where(switch_tail, 1, 2 + p.fabric), np.where(switch_tail, p.low, p.place),
        np.where(switch_tail, 0, p.node), port // np.maximum(tail_ports, 1),
    ])  # fmt: skip
    zero = np.zeros(len(p), dtype=np.int64)
    upper = np.stack([zero + 1, p.high, zero, p.high_port // behind[p.high]])
    both = np.concatenate([upper, lower], axis=1)
    # Rows are whole numbers, none below -1: one key for each.
    key = np.zeros(both.shape[1], dtype=np.int64)
    for column in both:
        key = key * (int(column.max(initial=0)) + 2) + column + 1
    _, number = np.unique(key, return_inverse=True)
    n = len(p)
    split = np.asarray(fabrics["split"], dtype=float).astype(np.int64)[p.fabric]
    parts = np.where(switch_tail, 1, split)
    return Cages(
        head=number[:n].astype(np.int64), tail=number[n:].astype(np.int64),
        head_ports=behind[p.high] * parts, tail_ports=tail_ports,
        head_port=p.high_port * parts + p.high_lane, tail_port=port,
    )  # fmt: skip
