"""Servers with supplies of their own: how many of them live, and what the server does then.

A rack of servers hangs on rack PDUs, each with a whip of its own; in the layout the `shelf` of a
whip is the number of its rack PDU. The supplies of every server spread over the rack PDUs as
evenly as they go, in the order of their numbers. With enough of them living a server runs in
full, with fewer at a reduced level, with fewer still it is off: the maker states how many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.resolve import resolved
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.nameplate import nameplate
from twin.solve.study import Study

_LESS = 1.0 - 1e-6
"""A level that is below the nameplate, by how much nobody says."""


@dataclass(frozen=True)
class Servers:
    """Racks whose servers have supplies of their own, and what hangs on their whips.

    Attributes
    ----------
    mine
        (racks,) racks whose type states supplies per server, and no shelves.
    pdu
        (W,) number of the rack PDU of each whip of the topology.
    supplies
        (W,) supplies of each server on that rack PDU; 0 for racks that are not `mine`.
    weight
        (W,) part of them that is fed by this whip, where a rack PDU has several; else 1.
    least
        (racks,) living supplies below which a rack is off and draws nothing; 0 where that is not
        stated, or where a rack PDU has several whips: such a rack counts as drawing its load.
    """

    mine: BoolArray
    pdu: IntArray
    supplies: IntArray
    weight: FloatArray
    least: IntArray


def servers(study: Study) -> Servers:
    """Spread the supplies of servers over the rack PDUs of their racks.

    Rack PDUs are as many as the type states, at least as many as have a whip: what hangs on one
    without a whip has no feed.
    """
    topology, racks = study.arrays.topology.power, study.table("rack")
    each = np.asarray(racks["psus_per_system"], dtype=float)
    mine = ~np.isnan(each) & np.isnan(np.asarray(racks["shelves"], dtype=float))
    first = study.site.first["whip"] - topology.first
    own = np.nan_to_num(study.table("whip")["shelf"], nan=1.0).astype(np.int64)
    pdu = own[topology.whips - first]
    least = np.where(mine, np.nan_to_num(np.asarray(racks["psus_least"])), 0.0).astype(np.int64)
    supplies, weight = np.zeros(len(pdu), dtype=np.int64), np.ones(len(pdu))
    stated = np.nan_to_num(np.asarray(racks["input_whips"], dtype=float)).astype(np.int64)
    for rack in np.flatnonzero(mine).tolist():
        a, b = topology.whip_ptr[rack], topology.whip_ptr[rack + 1]
        if a == b:
            continue
        numbers, place, whips = np.unique(pdu[a:b], return_inverse=True, return_counts=True)
        spread = spread_evenly(int(each[rack]), max(int(stated[rack]), len(numbers)))
        supplies[a:b] = spread[place]
        weight[a:b] = supplies[a:b] / whips[place]
        least[rack] = least[rack] if whips.max() == 1 else 0
    return Servers(mine, pdu, supplies, weight, least)


def spread_evenly(supplies: int, pdus: int) -> IntArray:
    """Supplies of a server on each rack PDU, as even as they go, the first ones have more.

    >>> spread_evenly(6, 2).tolist(), spread_evenly(6, 3).tolist(), spread_evenly(6, 4).tolist()
    ([3, 3], [2, 2, 2], [2, 2, 1, 1])
    """
    return np.asarray((supplies + pdus - 1 - np.arange(pdus)) // pdus)


def living_supplies(study: Study, rows: int, row: IntArray, whip: IntArray) -> IntArray:
    """Living supplies per server in each row, (rows,); several whips of one PDU count once.

    Parameters
    ----------
    row, whip
        (L,) pairs of a row, which is of one rack, and a whip that lives there, a place in the
        topology's whips.
    """
    found = study(servers)
    has = found.supplies[whip] > 0
    row, whip = row[has], whip[has]
    width = int(found.pdu.max(initial=0)) + 1
    _, first = np.unique(row * width + found.pdu[whip], return_index=True)
    return np.bincount(row[first], found.supplies[whip[first]], minlength=rows).astype(np.int64)


@dataclass(frozen=True)
class Given:
    """What racks of servers are given, in kW, by how many supplies of each server live.

    Attributes
    ----------
    known
        (m,) NaN where nobody states it.
    most
        (m,) what is certain not to be exceeded: `known`, else the nameplate; infinite where that
        is not known either.
    """

    known: FloatArray
    most: FloatArray


def given(study: Study, rack: IntArray, living: IntArray) -> Given:
    """Say what racks are given with so many living supplies per server.

    In full, the nameplate, with as many as the maker calls needed, or all; the level that the
    maker publishes down to the fewest with which a server runs; nothing below. A level that
    nobody publishes is less than the nameplate. What stands in the rack beside its servers hangs
    on none of their supplies, and has what it draws.

    Worked number: of six supplies, four of them needed and three the fewest, four give a rack its
    40.8 kW, three less than that, and two nothing.
    """
    racks, full = study.table("rack"), study(nameplate)[rack]
    own, reduced, needed, least = (
        np.asarray(values, dtype=float)[rack]
        for values in (
            resolved(study.site, "rack", "nameplate_kw"),
            *(racks[name] for name in ("reduced_kw", "psus_needed", "psus_least")),
        )
    )
    beside = full - own
    none = (living == 0) | (living < least)
    between = np.where((living < needed) & (living >= least), reduced + beside, np.nan)
    known = np.where(none, 0.0, np.where(in_full(study, rack, living), full, between))
    most = np.where(living < needed, own * _LESS + beside, full)
    most = np.where(np.isnan(known), most, known)
    return Given(known, np.where(np.isnan(most), np.inf, most))


def in_full(study: Study, rack: IntArray, living: IntArray) -> BoolArray:
    """Whether as many supplies of each server live as its maker calls needed, or all."""
    racks = study.table("rack")
    every, needed = (np.asarray(racks[c])[rack] for c in ("psus_per_system", "psus_needed"))
    return np.asarray((living >= needed) | (living >= every))


def off(study: Study, rack: IntArray, living: IntArray) -> BoolArray:
    """Whether servers of each row have fewer living supplies than they run with, as stated."""
    least = np.asarray(study.table("rack")["psus_least"], dtype=float)[rack]
    return np.asarray(study(servers).mine[rack] & ((living == 0) | (living < least)))
