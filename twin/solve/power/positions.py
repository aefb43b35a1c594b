"""States in which the load flow is solved: switches as they stand, and the loads that live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.load import gear_load, gear_power_factor, rack_load
from twin.solve.losses.asked import classes
from twin.solve.losses.cases import cases
from twin.solve.losses.switching import grid
from twin.solve.power.shares import shares
from twin.solve.power.supplies import Supplies, supplies
from twin.solve.radial.tree import ComplexArray
from twin.solve.study import Study


@dataclass(frozen=True)
class Positions:
    """Who feeds whom, what is dead, and what each supply draws.

    Attributes
    ----------
    case
        Row of the table of losses, 0 healthy.
    parent, dead
        (P,) power nodes.
    at, load
        (L,) node of each living supply, the whip of a rack or what gear hangs on; kW + j kvar.
    """

    case: int
    parent: IntArray
    dead: BoolArray
    at: IntArray
    load: ComplexArray


def healthy(study: Study) -> Positions:
    """Nothing is lost on the day of the study."""
    return _state(study, 0)


def worst(study: Study) -> tuple[Positions, ...]:
    """States after losses: for each supply of each rack the one that leaves most load on it.

    Of the cases in which a supply lives, another one of its rack is lost and the policy asks for
    something, that is the one in which the rack keeps most of its load, and of those the one in
    which most feeders are dead: where a whole side is gone, what is left carries most. Every
    state is solved once for all racks.
    """
    table, share = study(cases), study(shares)
    own = study(classes).of_rack[share.touched]
    keep = _kept(study)[share.touched_case, own]
    asks = table.asked_by[share.touched_case, own] & study.here[share.touched]
    gone = np.diff(table.fallen.ptr)[share.touched_case]
    row = np.repeat(np.arange(len(share.touched)), np.diff(share.alive_ptr))
    supply = share.alive[: len(row)]
    wanted = np.flatnonzero(asks[row])
    row, supply = row[wanted], supply[wanted]
    order = np.lexsort((share.touched_case[row], -gone[row], -keep[row], supply))
    first = np.append(True, supply[order][1:] != supply[order][:-1])[: len(order)]
    found = np.unique(share.touched_case[row[order[first]]])
    return tuple(_state(study, case) for case in found.tolist())


def _kept(study: Study) -> FloatArray:
    """(C, K) share of its load that each class keeps; all of it where a cap is in doubt."""
    table = study(cases)
    return np.where(table.counts_by, table.keep_by, 1.0)


def _state(study: Study, case: int) -> Positions:
    parent, dead = _switched(study, case)
    fed = study(supplies)
    count = np.diff(fed.ptr)
    load = np.repeat(np.arange(len(count)), count)
    silent = study.arrays.topology.power.silent(dead)
    lives = (fed.start >= 0) & ~silent[fed.start] & ((fed.supply < 0) | ~dead[fed.supply])
    lives &= ~fed.first_only[load] | _first_of(load, lives)
    at = np.flatnonzero(lives)
    part = _parts(fed, load, at)
    drawn = _drawn(study, case)[load[at]] * part
    node = np.where(fed.supply[at] >= 0, fed.supply[at], fed.start[at])
    return Positions(case, parent, dead, node, drawn)


def _switched(study: Study, case: int) -> tuple[IntArray, BoolArray]:
    """Return what feeds each node in a case, and what is dead."""
    topology, now, fallen = study.arrays.topology.power, study(grid), study(cases).fallen
    parent, dead = now.parent.copy(), now.dead.copy()
    mine = slice(fallen.over_ptr[case], fallen.over_ptr[case + 1])
    parent[fallen.over[mine]] = fallen.onto[mine]
    dead[fallen.dead[fallen.ptr[case] : fallen.ptr[case + 1]]] = True
    # Taps and whips whose feeder is dead, one after the other.
    rest = np.arange(topology.feeders, len(parent))
    fed = rest[parent[rest] >= 0]
    for _ in range(2):
        dead[fed] |= topology.silent(dead)[parent[fed]]
    return parent, dead


def _first_of(load: IntArray, lives: BoolArray) -> BoolArray:
    """(W,) the first living supply of each load."""
    living = np.flatnonzero(lives)
    out = np.zeros(len(lives), dtype=bool)
    out[living[np.append(True, load[living][1:] != load[living][:-1])[: len(living)]]] = True
    return out


def _parts(fed: Supplies, load: IntArray, at: IntArray) -> FloatArray:
    """Part of its load that each living supply takes; all on standby share alike."""
    size = len(fed.ptr) - 1
    total = np.bincount(load[at], fed.weight[at], minlength=size)[load[at]]
    living = np.bincount(load[at], minlength=size)[load[at]]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, fed.weight[at] / total, 1.0 / living)


def _drawn(study: Study, case: int) -> ComplexArray:
    """Draw of racks that stand, as far as the case lets them, and of gear, (loads,) kW + j kvar."""
    kw = np.where(study.here, study(rack_load), 0.0)
    if case:
        share, own = study(shares), study(classes).of_rack
        rack = share.touched[share.touched_case == case]
        kw[rack] *= _kept(study)[case, own[rack]]
    kw = np.concatenate([kw, study(gear_load)])
    factor = np.concatenate(
        [np.asarray(study.table("rack")["power_factor"], dtype=float), study(gear_power_factor)]
    )
    tan = np.sqrt(1.0 - factor * factor) / factor
    out = np.zeros(len(kw), dtype=complex)
    out.real, out.imag = kw, np.where(kw == 0, 0.0, kw * tan)
    return out
