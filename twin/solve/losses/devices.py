"""Devices that may open on overload: where they sit, when they open, and what they carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from twin.arrays.power import nodes
from twin.catalog.product import Product
from twin.catalog.profile import profile
from twin.site.table import FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.load import gear_load, rack_load
from twin.solve.losses.cases import Cases
from twin.solve.losses.switching import grid
from twin.solve.losses.trips import Times, band, opens, opens_by_points
from twin.solve.power.feeder_rows import in_unit
from twin.solve.power.feeders import amps_per_kw, feeders
from twin.solve.power.shares import Shares
from twin.solve.power.supplies import supplies
from twin.solve.study import Study

NEVER = "none"
"""Name of a curve: the device has a setting, and nothing that opens it on overload."""
_STANDARDS = {
    "ul489": ("nec-us", "trip"),
    "iec60947": ("iec-eu", "trip"),
    "iec60898": ("iec-eu", "mcb"),
}
_Curve = Callable[[FloatArray, FloatArray, FloatArray], Times]
"""From settings, loads and loads before, the last two of the setting, when devices open."""


@dataclass(frozen=True)
class Devices:
    """Devices with a setting and a trip, ascending by node, (D,).

    Attributes
    ----------
    node
        Power node at whose feed end each sits: a feeder or a tap.
    setting_a
        Long-time setting.
    holds_pu
        Load, of the setting, that must not open it.
    curve, curves
        Number of its curve, and the curves.
    of_node
        (P,) device of each power node, -1 none.
    """

    node: IntArray
    setting_a: FloatArray
    holds_pu: FloatArray
    curve: IntArray
    curves: tuple[_Curve, ...]
    of_node: IntArray

    def opens(self, device: IntArray, load_pu: FloatArray, before_pu: FloatArray) -> Times:
        """Return when devices open that carry a load from now on and carried another before."""
        soonest, latest = np.full(len(device), np.inf), np.full(len(device), np.inf)
        for number, curve in enumerate(self.curves):
            mine = self.curve[device] == number
            if mine.any():
                times = curve(self.setting_a[device[mine]], load_pu[mine], before_pu[mine])
                soonest[mine], latest[mine] = times
        return Times(soonest, latest)


def devices(study: Study) -> Devices:
    """Collect feeders and taps that have a breaker with a trip, and are protected by it.

    A rating without a breaker opens nothing. A device that names no curve follows the standard of
    the code profile; one that names a curve which nobody knows may open at once and never must.
    """
    setting = nodes(study.site, "breaker_a").astype(float)
    name = np.asarray(nodes(study.site, "trip"), dtype=np.str_)
    protected = nodes(study.site, "protected").astype(bool)
    node = np.flatnonzero(~np.isnan(setting) & (name != NEVER) & protected)
    names, number = np.unique(name[node], return_inverse=True)
    found = [_curve(study, str(n)) for n in names]
    of_node = np.full(len(study.arrays.topology.power.parent), -1, dtype=np.int64)
    of_node[node] = np.arange(len(node))
    holds = np.array([h for _, h in found] or [np.nan])
    return Devices(
        node=node,
        setting_a=setting[node],
        holds_pu=holds[number] if len(node) else np.empty(0),
        curve=number.astype(np.int64),
        curves=tuple(c for c, _ in found),
        of_node=of_node,
    )


def _curve(study: Study, name: str) -> tuple[_Curve, float]:
    """Return a curve by its name, and what it must hold."""
    if name in _STANDARDS:
        code, prefix = _STANDARDS[name]
        return _standard(profile(code).number, prefix)
    general = _standard(lambda n: limit(study, n).value, "trip")
    if not name:
        return general
    product = study.site.catalog.products.get(name)
    if product is not None and "trip" in product.curves:
        return _published(product, general[1]), general[1]
    return _nobody_knows, 1.0


def _standard(number: Callable[[str], float], prefix: str) -> tuple[_Curve, float]:
    def times(setting: FloatArray, load: FloatArray, before: FloatArray) -> Times:
        return opens(band(number, setting, prefix), load, before)

    return times, number(f"{prefix}_holds_pu")


def _published(product: Product, holds: float) -> _Curve:
    """Return the band that a maker publishes; it is from cold, so a warm device may open at once.

    Between the load that it must hold and that of the first point nothing more is known.
    """
    points = np.asarray(product.curves["trip"].points, dtype=float).T

    def times(_: FloatArray, load: FloatArray, before: FloatArray) -> Times:
        found = opens_by_points(points[0], points[1], points[2], load, holds)
        room = 1.0 - np.minimum(before / holds, 1.0) ** 2
        with np.errstate(invalid="ignore"):
            soonest = np.where(np.isinf(found.soonest_s), np.inf, found.soonest_s * room)
        return Times(soonest, found.latest_s)

    return times


def _nobody_knows(_: FloatArray, load: FloatArray, __: FloatArray) -> Times:
    return Times(np.where(load > 1.0, 0.0, np.inf), np.full(len(load), np.inf))


@dataclass(frozen=True)
class Carried:
    """What devices carry in cases: rows (case, device) of those in which a case changes anything.

    Attributes
    ----------
    healthy_a
        (D,) with nothing lost.
    case, device, amps
        (R,) rows, each pair once.
    row, load, coefficient
        (E,) what moved onto a row: A per kW of a load; of a tap all that it carries.
    before
        What devices carry with nothing lost: device, load and A per kW.
    """

    healthy_a: FloatArray
    case: IntArray
    device: IntArray
    amps: FloatArray
    row: IntArray
    load: IntArray
    coefficient: FloatArray
    before: tuple[IntArray, IntArray, FloatArray]


def loads_kw(study: Study) -> FloatArray:
    """Return kW of racks that are there and of gear, (loads,); nothing where nobody knows."""
    racks = np.where(study.here, study(rack_load), 0.0)
    return np.asarray(np.nan_to_num(np.concatenate([racks, study(gear_load)])))


_Entries = tuple[IntArray, IntArray, IntArray, FloatArray]


def carried(study: Study, share: Shares, table: Cases) -> Carried:
    """Sum what devices carry in each case of a table, in amperes at nominal voltage."""
    known, kw = study(devices), loads_kw(study)
    share = _on_devices(share, known.of_node)
    entries, device = in_unit(study, "A", share), known.of_node[share.element]
    was = np.flatnonzero(share.case == 0)
    fed = (device[was], share.load[was], np.nan_to_num(entries.full[was]))
    healthy = np.bincount(fed[0], fed[2] * kw[fed[1]], minlength=len(known.node)).astype(float)
    now = np.flatnonzero(share.case > 0)
    parts = [(share.case[now], device[now], share.load[now], np.nan_to_num(entries.full[now]))]
    of_tap, whip = _on_taps(study, share, table)
    np.add.at(healthy, whip[0], whip[2] * kw[whip[1]])
    parts.append(of_tap)
    case, device, load, coefficient = (np.concatenate(p) for p in zip(*parts, strict=True))
    width = len(known.node) + 1
    key, row = np.unique(case * width + device, return_inverse=True)
    amps = np.bincount(row, coefficient * kw[load], minlength=len(key)).astype(float)
    feeder = known.node < study.arrays.topology.power.feeders
    return Carried(
        healthy_a=healthy,
        case=key // width,
        device=key % width,
        amps=amps + np.where(feeder, healthy, 0.0)[key % width],
        row=row.astype(np.int64),
        load=load,
        coefficient=coefficient,
        before=(
            np.concatenate([fed[0], whip[0]]),
            np.concatenate([fed[1], whip[1]]),
            np.concatenate([fed[2], whip[2]]),
        ),
    )


def _on_devices(share: Shares, of_node: IntArray) -> Shares:
    """Return shares with the entries of elements that have a device only."""
    mine = np.flatnonzero(of_node[share.element] >= 0)
    columns = ("load", "element", "case", "share", "full", "bare", "bare_full", "kva", "kva_full")
    return replace(share, **{c: getattr(share, c)[mine] for c in columns})


def _on_taps(
    study: Study, share: Shares, table: Cases
) -> tuple[_Entries, tuple[IntArray, IntArray, FloatArray]]:
    """(case, device, rack, A per kW) of taps in cases, and (device, rack, A per kW) healthy."""
    topology, fed = study.arrays.topology.power, study(supplies)
    whips = len(topology.whips)
    device = np.append(study(devices).of_node, -1)[topology.taps]
    dead = np.append(study(grid).dead, True)
    alive = ~dead[topology.taps] & ~dead[topology.whips]
    healthy = np.flatnonzero(alive & (device >= 0))
    rack, weight, each = topology.rack_of, fed.weight[:whips], amps_per_whip(study)
    part = _parts(rack[alive], weight[alive])
    before = np.zeros(whips)
    before[alive] = part
    count = np.diff(share.alive_ptr)
    touched = np.repeat(np.arange(len(count)), count)
    whip = share.alive[: len(touched)]
    now = _parts(touched, weight[whip])
    keep = table.keep_by[share.touched_case, fed.of_class[share.touched]][touched]
    mine = np.flatnonzero(device[whip] >= 0)
    touched, whip = touched[mine], whip[mine]
    return (
        share.touched_case[touched],
        device[whip],
        share.touched[touched],
        np.nan_to_num(each[whip] * now[mine] * keep[mine]),
    ), (device[healthy], rack[healthy], np.nan_to_num(each[healthy] * before[healthy]))


def _parts(owner: IntArray, weight: FloatArray) -> FloatArray:
    """Shares of supplies that live, by weight; where all that live are on standby, alike."""
    if not len(owner):
        return np.empty(0)
    total, count = np.bincount(owner, weight), np.bincount(owner)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total[owner] > 0, weight / total[owner], 1.0 / count[owner])


def amps_per_whip(study: Study) -> FloatArray:
    """(W,) A per kW of its rack in the tap of each whip; NaN not known."""
    known, topology = study(feeders), study.arrays.topology.power
    pf = np.asarray(study.table("rack")["power_factor"], dtype=float)[topology.rack_of]
    tap = topology.taps
    return amps_per_kw(known.voltage_v[tap], pf, known.phases[tap])
