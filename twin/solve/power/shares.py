"""How racks and gear load the elements that feed them: healthy, and what moves after a loss.

Every load hangs on supplies: a rack on its whips, a CDU on its feeds. The supplies of a rack share
its load as its shelves do on one DC bar, in proportion to rating or as measured; after a loss the
living ones share all of it. Gear stands on the first of its feeds that lives. Losses of elements
whose efficiency is given count in what feeds them: the rating of an element is of its output.
Every load is walked once through every case that touches it, in compiled code.

What moves may be less than nothing: a cap, or a better way to the source, leaves an element less
of a rack than it carries healthy. All that moves in a case is kept, so that an element's row in a
case is what it carries there; only cases that make it lighter for every rack are left out, since
the healthy row is the worse. Where a cap is in doubt, both are told: with it and without.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.load import gear_power_factor
from twin.solve.losses.asked import derate
from twin.solve.losses.cases import Cases, cases
from twin.solve.losses.sorts import BYPASS, MODULE
from twin.solve.losses.switching import grid
from twin.solve.power.loss_bounds import LossBounds, loss_bounds, plain_bounds
from twin.solve.power.supplies import Supplies, supplies
from twin.solve.power.walk import walk
from twin.solve.study import Study


@dataclass(frozen=True)
class Shares:
    """Shares of loads on elements, as rows (element, case).

    A load is a rack, by its row, or gear, numbered after the racks as in `supplies`.

    Attributes
    ----------
    load, element, case
        (E,) entries: load, power node, case.
    share, full
        (E,) part of the load: all of it in case 0, what moved there in any other; `full` is
        without the caps that are in doubt.
    bare, bare_full
        (E,) the part of it whose power factor is the load's own, no converter lies between.
    kva, kva_full
        (E,) kVA per kW of the load of the other part: behind converters with their own, and in
        front of transformers whose reactance draws kvar besides.
    worst_whip, worst_case, full_whip, full_case
        (W,) greatest share of its rack that each whip carries in any case, and that case; the
        same without the caps that are in doubt.
    touched, touched_case, living
        (T,) racks, the cases that take supplies of theirs, and how many live then.
    alive_ptr, alive
        Living supplies of each touched row, places in the list of supplies.
    """

    load: IntArray
    element: IntArray
    case: IntArray
    share: FloatArray
    full: FloatArray
    bare: FloatArray
    bare_full: FloatArray
    kva: FloatArray
    kva_full: FloatArray
    worst_whip: FloatArray
    worst_case: IntArray
    full_whip: FloatArray
    full_case: IntArray
    touched: IntArray
    touched_case: IntArray
    living: IntArray
    alive_ptr: IntArray
    alive: IntArray


def shares(study: Study) -> Shares:
    """Walk every load through every case that the policy asks for."""
    return shares_in(study, study(cases))


def lossy_shares(study: Study) -> Shares:
    """Walk as `shares` does, with upper bounds of all losses that are told; for kW and kVA."""
    return with_losses(study, study(cases), study(shares))


def with_losses(study: Study, table: Cases, share: Shares) -> Shares:
    """Return shares for kW and kVA, from those for currents in the same cases.

    They differ only where more is told of losses than one efficiency per element; entries of
    loads after those in `supplies` are what elements lose whatever their load.
    """
    bounds = study(loss_bounds)
    return _walked(study, table, bounds, whole=False) if bounds.says_more else share


def shares_if_alike(study: Study, *, lossy: bool) -> Shares:
    """Walk as `shares` or `lossy_shares` does, with guesses where nobody knows how groups share.

    Members of such a group are taken to share alike. What they carry together is right, what each
    of them carries is not.
    """
    guessed = np.nan_to_num(study(grid).weight, nan=1.0)
    bounds = study(loss_bounds) if lossy else plain_bounds(study)
    return _walked(study, study(cases), bounds, whole=False, weight=guessed)


def shares_in(study: Study, table: Cases, *, whole: bool = False) -> Shares:
    """Walk every load's supplies through every case that touches it.

    Parameters
    ----------
    table
        Cases; row 0 is healthy.
    whole
        Tell all that moves in every case, also where another case moves more there.
    """
    return _walked(study, table, plain_bounds(study), whole=whole)


def _walked(
    study: Study, table: Cases, bounds: LossBounds, *, whole: bool, weight: FloatArray | None = None
) -> Shares:
    topology, now = study.arrays.topology.power, study(grid)
    fed, losing = study(supplies), len(study(supplies).ptr) - 1
    if len(bounds.node):
        fed = _with_losses(fed, bounds.node, table.keep_by.shape[1] - 1)
    converter = _converters(study)
    partly, left = _in_part(study, table, bounds, converter)
    touching = np.concatenate([table.roots, partly[:, None]], axis=1)
    case_ptr, case_of = _cases_at(touching, len(topology.parent))
    private = np.zeros(len(topology.parent) + 1, dtype=bool)
    private[topology.feeders : -1] = True
    doubted = np.where(table.counts_by, table.keep_by, 1.0)
    alone, beside = (True, True) if whole else _needs_rows(study, table)
    # Another way to the source may lose more, or have another power factor.
    lossy = whole or bool((bounds.efficiency < 1.0).any()) or bool((converter != 0.0).any())
    lossy = lossy or bounds.says_more
    fallen = table.fallen
    factor = np.ones(len(fed.ptr) - 1)
    factor[: len(study.here)] = np.asarray(study.table("rack")["power_factor"], dtype=float)
    factor[len(study.here) : losing] = study(gear_power_factor)
    factor[losing:] = bounds.power_factor
    # Where no cap is in doubt it is the same without those that are.
    doubt = not table.counts_by.all()
    out = walk(
        fed.ptr, fed.supply, fed.start, fed.weight, fed.units, fed.least, fed.first_only,
        fed.of_class,
        now.parent, now.dead, (now.weight if weight is None else weight).copy(),
        topology.group, topology.group_ptr,
        topology.members, case_ptr, case_of, table.roots, fallen.ptr, fallen.dead,
        fallen.over_ptr, fallen.over, fallen.onto, np.stack([table.keep_by, doubted]),
        private, alone, lossy, beside, doubt, bounds.efficiency.copy(), bounds.per_kva,
        bounds.per_kvar, factor,
        converter, losing, partly, left,
    )  # fmt: skip
    ints, floats, whip_f, whip_i, touched, alive_ptr, alive = out
    racks, whips = len(study.table("rack")), len(topology.whips)
    mine = touched[0] < racks
    share, bare, kva = floats[:3]
    full, bare_full, kva_full = floats[3:] if doubt else (share, bare, kva)
    return Shares(
        load=ints[0], element=ints[1], case=ints[2],
        share=share, full=full, bare=bare, bare_full=bare_full, kva=kva, kva_full=kva_full,
        worst_whip=whip_f[0, :whips], worst_case=whip_i[0, :whips],
        full_whip=whip_f[1, :whips], full_case=whip_i[1, :whips],
        touched=touched[0, mine], touched_case=touched[1, mine], living=touched[2, mine],
        alive_ptr=alive_ptr[: int(mine.sum()) + 1], alive=alive,
    )  # fmt: skip


def _in_part(
    study: Study, table: Cases, bounds: LossBounds, converter: FloatArray
) -> tuple[IntArray, FloatArray]:
    """(C,) elements that run on in part in a way that moves load, and what is left of each.

    A module out of a member of a parallel group leaves the others a greater share, and the member
    the line of losses that the whole unit has: nobody states one for what is left of it. A UPS on
    its bypass (NaN) loses nothing, at no load either, and lets the power factor of its load
    through. -1 elsewhere.
    """
    topology = study.arrays.topology.power
    node = table.origin - topology.first
    feeder = np.where((node >= 0) & (node < topology.feeders), node, -1)
    joined = np.append(topology.group, -1)[feeder] >= 0
    changes = (bounds.efficiency != 1.0) | (converter != 0.0)
    changes[bounds.node] = True
    module = (table.sort == MODULE) & joined
    bypass = (table.sort == BYPASS) & np.append(changes, False)[feeder]
    left = np.where(bypass, np.nan, derate(study, table.sort, table.origin))
    return np.where((module | bypass) & (feeder >= 0), feeder, -1).astype(np.int64), left


def _cases_at(roots: IntArray, nodes: int) -> tuple[IntArray, IntArray]:
    """Cases that cut off each node: case_of[case_ptr[n]:case_ptr[n + 1]]."""
    case, root = np.repeat(np.arange(len(roots)), roots.shape[1]), roots.ravel()
    case, root = case[root >= 0], root[root >= 0]
    order = np.lexsort((case, root))
    return np.searchsorted(root[order], np.arange(nodes + 1)).astype(np.int64), case[order]


def _with_losses(fed: Supplies, node: IntArray, gear: int) -> Supplies:
    """Add losses as loads of the class of gear: each has the element that loses as supply."""
    n = len(node)
    return Supplies(
        ptr=np.concatenate([fed.ptr, fed.ptr[-1] + 1 + np.arange(n)]).astype(np.int64),
        supply=np.concatenate([fed.supply, node]),
        start=np.concatenate([fed.start, node]),
        weight=np.concatenate([fed.weight, np.ones(n)]),
        units=np.concatenate([fed.units, np.zeros(n, dtype=np.int64)]),
        least=np.concatenate([fed.least, np.zeros(n, dtype=np.int64)]),
        first_only=np.concatenate([fed.first_only, np.zeros(n, dtype=bool)]),
        of_class=np.concatenate([fed.of_class, np.full(n, gear)]),
        gear=fed.gear,
    )


def _converters(study: Study) -> FloatArray:
    """(P,) power factor at the input of what converts, 0 where the load's own goes through.

    A UPS that does not say one is taken to let the load's own through; a rectifier's is not known
    then, NaN.
    """
    out = np.zeros(len(study.arrays.topology.power.parent))
    first = study.arrays.topology.power.first
    for kind, unset in (("ups", 0.0), ("rectifier", np.nan)):
        start = study.site.first[kind] - first
        own = np.asarray(study.table(kind)["power_factor"], dtype=float)
        out[start : start + len(own)] = np.where(np.isnan(own), unset, own)
    return out


def _needs_rows(study: Study, table: Cases) -> tuple[bool, bool]:
    """Whether losses of taps need rows of their own on other ways, and beside their own.

    What a lost tap moves onto elements of other ways is less than what the loss of its busway
    moves: only where the policy asks for the one and not for the other, caps racks after the loss
    of the busway, or an element falls with the busway, does it need rows of its own there. So does
    a shelf whose whips hang on several feeders: it moves more than the loss of either.
    """
    topology, now = study.arrays.topology.power, study(grid)
    n = topology.feeders
    first_case = np.full(len(topology.parent) + 1, -1, dtype=np.int64)
    single = np.flatnonzero((table.roots[:, 0] >= 0) & (table.roots[:, 1:] < 0).all(axis=1))
    first_case[table.roots[single, 0]] = single
    gone = table.roots >= 0
    small = np.flatnonzero(gone.any(axis=1) & (~gone | (table.roots >= n)).all(axis=1))
    roots = table.roots[small]
    feeders = now.parent[roots]
    taps = len(study.table("tap"))
    feeders = np.where(roots >= n + taps, now.parent[np.maximum(feeders, 0)], feeders)
    apart = (roots >= 0) & (roots[:, :1] >= 0) & (feeders != feeders[:, :1])
    feeder = feeders[roots >= 0]
    above = first_case[feeder]
    alone = bool(((above < 0) | (table.keep_by[above] < 1.0).any(axis=1)).any() or apart.any())
    shared = now.parent[:n]
    moving = bool((now.moves[feeder] & (feeder >= 0)).any())
    return alone or moving, bool(np.isin(feeder, shared[shared >= 0]).any())
