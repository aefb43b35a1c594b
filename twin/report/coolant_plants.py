"""The set-points of plants, and the facility water of what hangs on described ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.report.coolant_cells import count, figure, greatest, lacks, paths, solved_plant
from twin.report.coolant_racks import setting_of
from twin.report.coolant_units import speed_of
from twin.report.tables import Value
from twin.solve.coolant.circuit import Missing, Part
from twin.solve.coolant.coupled import plant_flows
from twin.solve.coolant.evaporation import plant_makeup
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.lost import lanes_of
from twin.solve.coolant.plant_balancing import BranchSettings, branch_settings
from twin.solve.coolant.plant_water import PlantWater, plant_water
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.coolant.stuck import stuck
from twin.solve.losses.cases import cases
from twin.solve.study import Study

PLANTS = (
    "plant", "fluid", "supply_set_point_c", "control", "set_kpa", "set_lpm", "set_speed", "sensor",
    "pumps", "pumps_needed", "expected_flow_lpm", "expected_head_kpa", "expected_speed",
    "worst_case", "worst_flow_lpm", "worst_head_kpa", "worst_speed", "missing",
    "evaporated_lpm", "makeup_lpm", "drained_lpm", "pipes_described",
    "measured_flow_lpm", "measured_head_kpa", "measured_supply_c",
)  # fmt: skip
FACILITY = (
    "plant", "kind", "user", "expected_asked_lpm", "expected_flow_lpm", "expected_dp_kpa",
    "expected_valve_dp_kpa", "worst_case", "worst_asked_lpm", "worst_flow_lpm", "worst_dp_kpa",
    "worst_valve_dp_kpa", "enough", "missing", "design_flow_lpm", "set_available_kpa",
    "set_user_dp_kpa", "set_valve_dp_kpa", "set_valve_kv_m3h", "setting", "set_by_case",
    "measured_flow_lpm", "measured_dp_kpa", "set_pair_kv_m3h",
)  # fmt: skip
_PAIR = 2.0**0.5
"""Kv of each of two valves in a row over that of one which takes as much."""
_SHORT = 1e-3
"""Of a flow that is asked for: less than this is lacking is no shortage on paper."""


def plant_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each plant: what is set, what its pumps give, and at most.

    Of a plant whose pipes are not described that is what its users ask for together.
    """
    described = {found.circuit.row: found for found in study(plant_flows)}
    for row, found in described.items():
        known = solved_plant(found)
        if known is None:
            yield (
                *_head(study, row),
                *(None,) * 7,
                lacks(study, found),
                *_makeup(study, row),
                "yes",
                *(None,) * 3,
            )
            continue
        healthy = int(known.of_case[0])
        worst = greatest(known.pump_lpm, known.first_case)
        yield (
            *_head(study, row), *_pumps(study, known, healthy), case_of(study, known, worst),
            *_pumps(study, known, worst),
            study(stuck).get(("plant", row)) or _dry(study, row), *_makeup(study, row), "yes",
            *(None,) * 3,
        )  # fmt: skip
    water = study(plant_water)
    for row in np.unique(water.plant).tolist():
        yield (
            *_head(study, row), *_asked(study, water, row), *_makeup(study, row), "no",
            *(None,) * 3,
        )  # fmt: skip


def _head(study: Study, row: int) -> tuple[Value, ...]:
    """Return what a plant is set to."""
    table = study.table("plant")
    return (
        str(table.ids[row]), str(table["fluid"][row]) or None,
        figure(float(study(plant_supply_c)[row])), str(table["control"][row]) or None,
        *(figure(table[c][row]) for c in ("set_kpa", "set_lpm", "set_speed")),
        str(table["sensor"][row]) or None,
        *(count(table[c][row]) for c in ("pumps", "pumps_needed")),
    )  # fmt: skip


def _asked(study: Study, water: PlantWater, row: int) -> tuple[Value, ...]:
    """Return what the users of a plant without described pipes ask for, healthy and at most."""
    mine = np.flatnonzero(water.plant == row)
    lacking = np.unique(water.lacking[mine])
    users = [study.site.name_of(s).split(":", 1) for s in lacking[lacking >= 0].tolist()]
    gaps = [Missing(kind, "facility_flow_lpm", study.table(kind).index[name])
            for kind, name in users]  # fmt: skip
    asked = np.where(water.lacking[mine] >= 0, np.nan, water.asked_lpm[mine])
    worst = greatest(asked, water.case[mine])
    case = str(study(cases).name[water.case[mine][worst]]) or "healthy"
    return (
        figure(asked[0]), None, None, case, figure(asked[worst]), None, None,
        paths(study, gaps) or _dry(study, row),
    )  # fmt: skip


def _makeup(study: Study, row: int) -> tuple[Value, ...]:
    """Return what a plant evaporates, draws to make up for it, and drains, L/min."""
    water = study(plant_makeup)
    gone, drawn = float(water.evaporated_lpm[row]), float(water.makeup_lpm[row])
    return figure(gone), figure(drawn), figure(drawn - gone)


def _dry(study: Study, row: int) -> str | None:
    """Return what the make-up of a plant waits for, where it is told to evaporate water."""
    table = study.table("plant")
    if not table["evaporated_share"][row] > 0:
        return None
    cycles = table["concentration_cycles"][row]
    return paths(study, [Missing("plant", "concentration_cycles", row)] if np.isnan(cycles) else [])


def facility_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each user of described plants: healthy, where it asks most, its branch."""
    for found in study(plant_flows):
        plant = str(study.table("plant").ids[found.circuit.row])
        subjects = found.circuit.subject[found.circuit.links(Part.USER)]
        names = [study.site.name_of(subject).split(":", 1) for subject in subjects.tolist()]
        heads = [(plant, kind.replace("_", " "), name) for kind, name in names]
        known = solved_plant(found)
        if known is None:
            yield from (
                (*head, *(None,) * 10, lacks(study, found), *(None,) * 10) for head in heads
            )
            continue
        healthy, settings = int(known.of_case[0]), branch_settings(study, known)
        why = study(stuck).get(("plant", known.circuit.row))
        for k, head in enumerate(heads):
            worst = greatest(known.asked_lpm[:, k], known.first_case)
            yield (
                *head, *_water(known, healthy, k), case_of(study, known, worst),
                *_water(known, worst, k), (enough := _enough(known, k)),
                None if enough else why, *_set(settings, k),
                case_of(study, known, int(settings.lane[k])), None, None,
                figure(_PAIR * settings.kv_m3h[k]),
            )  # fmt: skip


def _set(s: BranchSettings, k: int) -> tuple[Value, ...]:
    """Return the design flow of a user's branch, and how its valve is set for it."""
    return (
        figure(s.design_lpm[k]), figure(s.available_kpa[k]), figure(s.user_kpa[k]),
        figure(s.valve_kpa[k]), figure(s.kv_m3h[k]),
        setting_of(s.kv_m3h[k], s.short_kpa[k], holds=False),
    )  # fmt: skip


def _pumps(study: Study, found: PlantFlow, lane: int) -> tuple[Value, ...]:
    """Flow, head and speed of a plant's pumps in one lane."""
    circuit, case = found.circuit, int(found.first_case[lane])
    lanes = lanes_of(study, circuit)
    out = bool(lanes.pump_out[lanes.of_case[case], circuit.links(Part.UNIT)[0]])
    lpm, kpa = float(found.pump_lpm[lane]), float(found.pump_kpa[lane])
    speed = speed_of(study, "plant", circuit.row, lpm, kpa, out=out)
    return figure(lpm), figure(kpa), figure(speed, 3)


def _water(found: PlantFlow, lane: int, k: int) -> tuple[Value, ...]:
    """Return what a user asks for and gets, the pressure over it, and what its valve takes."""
    over = float(found.dp_kpa[lane, k])
    valve = max(over - float(found.needs_kpa[lane, k]), 0.0) if np.isfinite(over) else np.nan
    return (
        figure(found.asked_lpm[lane, k]), figure(found.got_lpm[lane, k]), figure(over),
        figure(valve),
    )  # fmt: skip


def _enough(found: PlantFlow, k: int) -> str | None:
    """Say whether a user gets what it asks for in every case; None where that is not known.

    A user that a case cuts off has no pressure over it, and asks nothing of the plant.
    """
    asked, got = found.asked_lpm[:, k], found.got_lpm[:, k]
    joined = np.isfinite(found.dp_kpa[:, k]) | ~found.moved.converged
    if (joined & (got < asked * (1.0 - _SHORT))).any():
        return "no"
    return None if np.isnan(asked[joined]).any() or np.isnan(got[joined]).any() else "yes"


def case_of(study: Study, found: PlantFlow, lane: int) -> str:
    """Return what is lost in a lane of a plant."""
    return str(study(cases).name[found.first_case[lane]]) or "healthy"
