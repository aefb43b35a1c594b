"""A loop made ready: all that does not change from one solve to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.beyond import beyond_fluid
from twin.solve.coolant.branches import Fluid, Racks, fluid_of, racks_of
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.described import plants_described
from twin.solve.coolant.dew import held_supply_c
from twin.solve.coolant.hold import Sensor, sensor_of
from twin.solve.coolant.hydraulics import Branches, Net, nets_of
from twin.solve.coolant.lacking import less_pumps, unsaid, when_cut_off
from twin.solve.coolant.lost import Lanes, lanes_of_all, told_apart
from twin.solve.coolant.plant_ready import water_unknown
from twin.solve.coolant.pumping import Control, control_of, curve_of, gain_of
from twin.solve.coolant.pumps import PumpCurve
from twin.solve.coolant.racks import air_side, plant_supply_c
from twin.solve.coolant.rated import exchangers, impossible, published_kw
from twin.solve.coolant.valves import opened
from twin.solve.coolant.warmth import Cooling, of_lanes
from twin.solve.load import liquid_heat
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class Ready:
    """A loop of which all figures are known.

    Attributes
    ----------
    study
        What it is part of.
    circuit, lanes, racks
        Its network, what each case takes out of it, and its racks.
    units
        (u,) rows of its CDUs.
    control, sensor
        What holds it, and where a pressure is measured, None at the units.
    fluid, set_point_c
        Its coolant and the supply that its units hold.
    cooling
        Its units as exchangers.
    branches
        What its racks and units do.
    hold_m3s
        (1, m) flow that a link does not let pass, NaN no such valve.
    with_less
        Whether a unit has a pump out in some lane.
    net
        Its network as it is compiled for a control.
    """

    study: Study
    circuit: Circuit
    lanes: Lanes
    racks: Racks
    units: IntArray
    control: Control
    sensor: Sensor | None
    fluid: Fluid
    set_point_c: float
    cooling: Cooling
    branches: Units
    hold_m3s: FloatArray
    with_less: bool
    net: Callable[[Control], Net]


def ready_of(study: Study, circuit: Circuit) -> Ready | tuple[Missing, ...]:
    """Read what a loop is solved from, or what lacks for that: nothing of one without racks."""
    return ready_of_all(study, [circuit])[0]


def ready_of_all(study: Study, circuits: Sequence[Circuit]) -> list[Ready | tuple[Missing, ...]]:
    """Read what each of some loops is solved from, or what lacks for that."""
    every = zip(circuits, lanes_of_all(study, circuits), strict=True)
    return [_ready(study, circuit, lanes) for circuit, lanes in every]


def _ready(study: Study, circuit: Circuit, lanes: Lanes) -> Ready | tuple[Missing, ...]:
    missing = list(circuit.missing)
    fluid, gaps = fluid_of(study, "loop", circuit.row)
    control, more = control_of(study, "loop", circuit.row)
    racks, of_racks = racks_of(study, circuit, study(liquid_heat))
    missing += [*gaps, *more, *of_racks]
    units = circuit.rows(study, "cdu", Part.UNIT)
    set_point = float(study(held_supply_c)[circuit.row])
    if np.isnan(set_point):
        missing.append(Missing("loop", "supply_c", circuit.row))
    if ("loop", circuit.row) in study(beyond_fluid):
        missing.append(Missing("loop", "", circuit.row))
    curves = [curve_of(study, "cdu", row) for row in units.tolist()]
    missing += [gap for _, found in curves for gap in found]
    control = when_cut_off(control, [curve for curve, _ in curves])
    missing += unsaid(study, circuit, control, "cdu", units, [curve for curve, _ in curves])
    if missing or fluid is None or not len(units) or not len(racks.row):
        return tuple(dict.fromkeys(missing))
    hold = np.full((1, len(circuit.fr)), np.nan)
    hold[:, racks.link] = racks.hold_m3s
    branches, with_less = branches_of(study, circuit, racks, units), bool(lanes.pump_out.any())
    return Ready(
        study=study, circuit=circuit, lanes=lanes, racks=racks, units=units, control=control,
        sensor=None if np.isnan(control.set_kpa) else sensor_of(study, circuit),
        fluid=fluid, set_point_c=set_point,
        cooling=_cooling_of(study, circuit, lanes, units),
        branches=branches, hold_m3s=hold, with_less=with_less,
        net=nets_of(circuit, branches, hold, with_less=with_less),
    )  # fmt: skip


def _cooling_of(study: Study, circuit: Circuit, lanes: Lanes, units: IntArray) -> Cooling:
    """Return the units of a loop in its lanes: with a pump out less goes through a bypass."""
    each = of_lanes(study(cooling), np.tile(units, (len(lanes.keep), 1)))
    out = lanes.pump_out[:, circuit.links(Part.UNIT)]
    left = np.where(out, less_pumps(study, "cdu", units), 1.0)
    return replace(each, bypass_lpm=each.bypass_lpm * left)


def watered(loop: Ready, facility_lpm: FloatArray, least_lpm: FloatArray | None = None) -> Ready:
    """Return a loop with so much facility water at most; units without it stop.

    Parameters
    ----------
    facility_lpm, least_lpm
        (C, u) with valves as far open, and as far closed, as they go, L/min; None: as rated.
    """
    if least_lpm is None:
        least_lpm = loop.cooling.least_lpm[loop.lanes.of_case.every]
    lanes = told_apart(loop.lanes, np.concatenate([facility_lpm, least_lpm], axis=1))
    most, least = facility_lpm[lanes.first_case], least_lpm[lanes.first_case]
    shut = lanes.shut.copy()
    shut[:, loop.circuit.links(Part.UNIT)] |= most == 0
    alone = of_lanes(loop.cooling, loop.lanes.of_case[lanes.first_case])
    cooling = replace(alone, most_lpm=most, least_lpm=least)
    return replace(loop, lanes=replace(lanes, shut=shut), cooling=cooling)


def without(loop: Ready, absent: BoolArray) -> Ready:
    """Return a loop without some racks, (racks,), their places closed."""
    row = loop.study.site.rows_of("rack", loop.circuit.subject)
    lanes = replace(loop.lanes, shut=loop.lanes.shut | np.append(absent, False)[row])
    heat = np.where(absent[loop.racks.row], 0.0, loop.racks.heat_kw)
    return replace(loop, lanes=lanes, racks=replace(loop.racks, heat_kw=heat))


@dataclass(frozen=True, slots=True)
class Units:
    """Racks and units of a loop, for any control. m links, u units.

    Attributes
    ----------
    resistance, exponent
        (m,) of racks, Pa at 1 m3/s; NaN elsewhere.
    curves
        (u,) of the units as rated.
    share
        (u,) part of its rated flow that a unit gives with a pump out.
    """

    resistance: FloatArray
    exponent: FloatArray
    curves: tuple[PumpCurve, ...]
    share: FloatArray

    def __call__(self, held: Control) -> Branches:
        """Return what they do under a control."""
        whole, less = (
            tuple(gain_of(curve, held, k) for curve, k in zip(self.curves, share, strict=True))
            for share in ([1.0] * len(self.curves), self.share.tolist())
        )
        return Branches(self.resistance, self.exponent, whole, less)


def branches_of(study: Study, circuit: Circuit, racks: Racks, units: IntArray) -> Units:
    """Return what racks and units of a loop do under any control; all units have a curve."""
    found = [curve_of(study, "cdu", row)[0] for row in units.tolist()]
    resistance, exponent = (np.full(len(circuit.fr), np.nan) for _ in range(2))
    resistance[racks.link], exponent[racks.link] = racks.resistance, racks.exponent
    return Units(
        resistance,
        exponent,
        tuple(curve for curve in found if curve is not None),
        less_pumps(study, "cdu", units),
    )


def cooling(study: Study) -> Cooling:
    """Return all CDUs as exchangers, (cdus,) each, at the set-point of their own loops."""
    cdus, site, rows = study.table("cdu"), study.site, np.arange(len(study.table("cdu")))
    plant, loop = (site.rows_of(kind, cdus[kind]) for kind in ("plant", "loop"))
    facility = np.append(plant_supply_c(study), np.nan)[plant]
    unit = exchangers(study, rows)
    most = np.asarray(cdus["facility_most_lpm"], dtype=float)
    wide = np.where(np.isnan(most), unit.cold_lpm, most)
    unknown = study(water_unknown)
    least, most = (np.where(unknown, np.nan, part) for part in opened(study, rows, wide))
    # Where pipes are described their pressure tells what a valve lets through, up to wide open.
    piped = np.append(study(plants_described), False)[plant] & ~unknown
    most = np.where(piped, wide, most)
    each = np.full(len(rows), np.nan)
    frozen = [row for kind, row in study(beyond_fluid) if kind == "plant"]
    most = np.where(np.isin(plant, frozen), np.nan, most)
    for p in np.unique(plant[plant >= 0]).tolist():
        water, _ = fluid_of(study, "plant", p)
        if water is not None:
            mine = (plant == p) & ~np.isnan(facility)
            each[mine] = water.capacity(facility[mine] + 5.0)
    set_point = np.append(study(held_supply_c), np.nan)[loop]
    carries = np.where(study(impossible) | unknown, np.nan, study(published_kw))
    return Cooling(
        unit, set_point, facility, most, least, each, carries,
        np.asarray(cdus["pump_efficiency"], dtype=float),
        np.where(cdus["bypass"], np.asarray(cdus["min_flow_lpm"], dtype=float), np.nan),
        study(air_side),
    )  # fmt: skip
