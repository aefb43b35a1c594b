"""What inventories show of a rack's power, its true worst case, and the cap that would hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.load import rack_load
from twin.solve.power.feeders import amps_per_kw, feeders
from twin.solve.power.loading import Loading
from twin.solve.study import Study

_STEP_KW = 0.1


def pooled(study: Study) -> FloatArray:
    """Draw of each rack over the capacity of all its feeds together, (racks,); NaN not known.

    The capacity of a feed is what its tap may carry for hours, in kW at the rack's power factor.
    It is what inventories show, and says nothing of what is left when a feed is lost: worked
    number, 132 kW on eight taps of 63 A breakers at 415 V and 0.98 (35.5 kW each) is 46.5 %; on the
    four that a lost side leaves it is 92.9 %.
    """
    known, topology, racks = study(feeders), study.arrays.topology.power, study.table("rack")
    rack, tap = topology.rack_of, topology.taps
    pf = np.asarray(racks["power_factor"], dtype=float)[rack]
    with np.errstate(divide="ignore", invalid="ignore"):
        each = known.limit_a[tap] / amps_per_kw(known.voltage_v[tap], pf, known.phases[tap])
        each = np.where(tap >= 0, each, np.nan)
        capacity = np.bincount(rack, each, minlength=len(racks))
        return np.asarray(np.where(capacity > 0, study(rack_load) / capacity, np.nan))


@dataclass(frozen=True)
class Worst:
    """Row of a loading that is worst for each rack, (racks,), -1 none; and its ratio."""

    row: IntArray
    ratio: FloatArray


def worst_of_racks(study: Study, loads: Loading) -> Worst:
    """Highest load over limit of any element above each rack, in any case.

    An element counts in every case in which it carries the rack, and in those in which others
    move on to it while the rack stands there.
    """
    ratio = loads.ratio
    worst_at = _worst_rows(loads.subject, ratio, study.site.size)
    healthy = loads.case[loads.row] == 0
    row = np.where(healthy, worst_at[loads.subject[loads.row]], loads.row)
    # A share of nothing, or one that a case takes away, puts no rack on the element.
    on = (loads.each > 0) & (row >= 0)
    rack, row = loads.rack[on], row[on]
    at = _worst_rows(rack, ratio[row], len(study.here))
    chosen = np.where((at >= 0) & study.here, np.append(row, -1)[at], -1)
    return Worst(chosen, np.where(chosen >= 0, np.append(ratio, np.nan)[chosen], np.nan))


def _worst_rows(key: IntArray, ratio: FloatArray, size: int) -> IntArray:
    """(size,) place of the highest known ratio of each key, of equals the first; -1 none."""
    out = np.full(size, -1, dtype=np.int64)
    places = np.flatnonzero(~np.isnan(ratio))
    order = places[np.lexsort((-places, ratio[places], key[places]))]
    out[key[order]] = order
    return out


def caps_that_hold(study: Study, loads: Loading, taken: BoolArray) -> FloatArray:
    """Greatest load of each rack at which its power limits hold, (racks,) kW; infinite: any.

    Its own shelves, taps and whips, and on shared elements the room beside the racks that are
    taken, healthy and after every loss of the table. Rounded down to a tenth of a kW. Where a
    load or a limit is not known nothing can be said to fail, and the element sets no cap.

    Parameters
    ----------
    taken
        (racks,) racks that stand whatever becomes of the others; each rack is looked at beside
        them, itself left out.
    """
    load, rack, row = study(rack_load), loads.rack, loads.row
    base = np.where(loads.onto >= 0, loads.onto, np.arange(len(loads.subject)))
    room = _room(study, loads, taken)
    least = np.full(len(base), np.inf)
    np.minimum.at(least, base, room)
    whole = loads.each + np.where(loads.onto[row] >= 0, _healthy_each(loads), 0.0)
    # On a healthy row the rack is looked at in every case in which others move on to the element.
    free = np.where(loads.case[row] == 0, least[row], room[row])
    free = free + np.where(taken[rack], np.nan_to_num(whole * load[rack]), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        cap = np.where(whole > 0, free / whole, np.inf)
    out = np.full(len(study.here), np.inf)
    np.minimum.at(out, rack, np.maximum(cap, 0.0))
    with np.errstate(invalid="ignore"):
        return np.round(np.floor(out / _STEP_KW + 1e-6) * _STEP_KW, 1)


def _room(study: Study, loads: Loading, taken: BoolArray) -> FloatArray:
    """(R,) limit less what the taken racks and gear draw; infinite where either is not known."""
    load = np.where(study.here & ~taken, np.nan_to_num(study(rack_load)), 0.0)
    others = np.nan_to_num(loads.each * load[loads.rack])
    less = np.bincount(loads.row, others, minlength=len(loads.subject)).astype(float)
    less = less + np.where(loads.onto >= 0, less[loads.onto], 0.0)
    room = np.where(np.isnan(loads.limit), np.inf, loads.limit - loads.demand + less)
    return np.where(loads.at_least, np.inf, room)


def _healthy_each(loads: Loading) -> FloatArray:
    """(E,) what the rack of each share has on the healthy row of the same element."""
    size = len(loads.subject)
    key = loads.rack * size + loads.row
    order = np.argsort(key, kind="stable")
    wanted = loads.rack * size + loads.onto[loads.row]
    at = np.minimum(np.searchsorted(key[order], wanted), max(len(key) - 1, 0))
    found = key[order][at] == wanted
    return np.where(found, loads.each[order][at], 0.0)
