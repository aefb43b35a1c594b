"""The set-points of CDUs, and what is expected of each of them, healthy and in its worst case."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.report.coolant_cells import figure, greatest, loop_name, of_loop, paths, solved
from twin.report.tables import Value
from twin.solve.coolant.circuit import Missing, Part
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.drops import cdu_places
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.lacking import less_pumps
from twin.solve.coolant.plant_ready import plants_lacking, supply_lacks, unjoined
from twin.solve.coolant.pumping import Limit, curve_of
from twin.solve.coolant.pumps import speed_for
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.coolant.rated import impossible
from twin.solve.coolant.warmth import Valve
from twin.solve.losses.cases import cases
from twin.solve.study import Study

SET_POINTS = (
    "loop", "cdu", "plant", "supply_set_point_c", "control", "set_kpa", "set_lpm", "set_speed",
    "sensor", "expected_flow_lpm", "expected_head_kpa", "expected_supply_c",
    "expected_facility_flow_lpm", "pumps", "facility_valve", "worst_case", "worst_flow_lpm",
    "worst_head_kpa", "worst_supply_c", "worst_facility_flow_lpm", "worst_pumps",
    "worst_facility_valve", "missing", "expected_speed", "worst_speed",
    "expected_bypass_lpm", "worst_bypass_lpm", "valve_min", "valve_max", "cut_off_speed",
    "measured_flow_lpm", "measured_head_kpa", "measured_supply_c",
)  # fmt: skip
PUMPS = {Limit.HOLDS: "hold", Limit.FULL: "at full speed", Limit.LEAST: "at least speed"}
VALVES = {
    Valve.UNKNOWN: None, Valve.THROTTLING: "throttling", Valve.WIDE_OPEN: "wide open",
    Valve.AT_LEAST: "at its least",
    Valve.AS_RATED: "as rated", Valve.STILL: "still", Valve.TO_AIR: "none, to the air",
}  # fmt: skip
_RATING = ("heat_kw", "approach_k", "flow_lpm", "facility_flow_lpm", "rated_supply_c")
_FLUIDS = ("rated_fluid", "rated_facility_fluid")


def set_point_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each CDU of every described loop."""
    table = study.table("loop")
    for flow in study(loop_flows):
        row, known = flow.circuit.row, solved(flow)
        control = (
            figure(table["supply_c"][row]), str(table["control"][row]) or None,
            *(figure(table[c][row]) for c in ("set_kpa", "set_lpm", "set_speed")),
            str(table["sensor"][row]) or None,
        )  # fmt: skip
        for k, unit in enumerate(flow.circuit.rows(study, "cdu", Part.UNIT).tolist()):
            names = (loop_name(study, flow), str(study.table("cdu").ids[unit]), _plant(study, unit))
            limits = (
                *(figure(study.table("cdu")[c][unit], 3) for c in ("valve_min", "valve_max")),
                figure(table["cut_off_speed"][row], 3),
            )
            if known is None:
                yield (*names, *control, *(None,) * 13, of_loop(study, flow), *(None,) * 4,
                       *limits, *(None,) * 3)  # fmt: skip
                continue
            worst = _worst(known, k)
            case = str(study(cases).name[known.lanes.first_case[worst]]) or "healthy"
            yield (
                *names, *control, *_state(known, 0, k), case, *_state(known, worst, k),
                paths(study, _missing(study, known, k, unit)),
                *(figure(_speed(study, known, lane, k), 3) for lane in (0, worst)),
                *(_bypassed(known, lane, k) for lane in (0, worst)), *limits,
                *(None,) * 3,
            )  # fmt: skip


def _plant(study: Study, unit: int) -> str | None:
    row = int(study.site.rows_of("plant", study.table("cdu")["plant"])[unit])
    return str(study.table("plant").ids[row]) if row >= 0 else None


def _worst(flow: LoopFlow, k: int) -> int:
    """Return the lane in which a unit gives most."""
    return greatest(flow.unit_lpm[:, k], flow.lanes.first_case)


def _state(flow: LoopFlow, lane: int, k: int) -> tuple[Value, ...]:
    """Return what a unit does in one lane: flow, head, supply, facility flow, pumps, valve."""
    warmth = flow.warmth
    return (
        figure(flow.unit_lpm[lane, k]), figure(flow.unit_dp_kpa[lane, k]),
        figure(warmth.supply_c[lane, k]), figure(warmth.facility_lpm[lane, k]),
        PUMPS[Limit(flow.limit[lane, k])], VALVES[Valve(warmth.valve[lane, k])],
    )  # fmt: skip


def _bypassed(flow: LoopFlow, lane: int, k: int) -> Value:
    """Return what goes through the bypass of a unit in one lane, L/min; nothing: it is shut."""
    lpm = flow.unit_lpm[lane, k]
    through = flow.loop.cooling.bypass_lpm[lane, k] - lpm
    return figure(through) if lpm > 0 and through > 0 else None


def _speed(study: Study, flow: LoopFlow, lane: int, k: int) -> float:
    """Return the share of full speed at which the pumps of a unit run in one lane."""
    out = bool(flow.lanes.pump_out[lane, flow.circuit.links(Part.UNIT)[k]])
    row = int(flow.units[k])
    return speed_of(
        study, "cdu", row, float(flow.unit_lpm[lane, k]), float(flow.unit_dp_kpa[lane, k]), out=out
    )


def speed_of(study: Study, kind: str, row: int, lpm: float, kpa: float, *, out: bool) -> float:
    """Return the share of full speed at which the pumps of a CDU or plant give a duty.

    NaN where nothing flows, and where one duty point is all that is published of them: that says
    nothing of other speeds.

    Parameters
    ----------
    lpm, kpa
        Flow of all its pumps, and what they add.
    out
        Whether one of them is out.
    """
    curve, _ = curve_of(study, kind, row)
    if curve is None or not lpm > 0:
        return float("nan")
    share = float(less_pumps(study, kind, np.array([row]))[0]) if out else 1.0
    return float(speed_for(curve, np.array(lpm), np.array(kpa), np.array(share)))


def _missing(study: Study, flow: LoopFlow, k: int, unit: int) -> list[Missing]:
    """Return what the facility flow of a unit waits for, where it is not known."""
    if not np.isnan(flow.warmth.facility_lpm[0, k]) or flow.warmth.valve[0, k] == Valve.STILL:
        return []
    cdu = study.table("cdu")
    out = [Missing("cdu", c, unit) for c in _RATING if np.isnan(cdu[c][unit])]
    out += [Missing("cdu", c, unit) for c in _FLUIDS if not str(cdu[c][unit])]
    if study(impossible)[unit]:
        out.append(Missing("cdu", "", unit))
    plant = int(study.site.rows_of("plant", cdu["plant"])[unit])
    if plant < 0:
        out.append(Missing("cdu", "plant", unit))
    elif np.isnan(study(plant_supply_c)[plant]):
        out.append(supply_lacks(study, plant))
    out += study(plants_lacking).get(plant, ())
    if study(unjoined)[unit]:
        out.append(Missing("position", "manifold", int(study(cdu_places)[unit])))
    return list(dict.fromkeys(out))
