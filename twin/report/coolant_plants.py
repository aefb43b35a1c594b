"""The set-points of described plants, and the facility water of what hangs on them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.report.coolant_cells import NO_SOLUTION, figure, greatest, paths
from twin.report.coolant_units import speed_of
from twin.report.tables import Value
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.coupled import plant_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import Unsolved
from twin.solve.coolant.lost import lanes_of
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.losses.cases import cases
from twin.solve.study import Study

PLANTS = (
    "plant", "fluid", "supply_set_point_c", "control", "set_kpa", "set_lpm", "set_speed", "sensor",
    "pumps", "pumps_needed", "expected_flow_lpm", "expected_head_kpa", "expected_speed",
    "worst_case", "worst_flow_lpm", "worst_head_kpa", "worst_speed", "missing",
)  # fmt: skip
FACILITY = (
    "plant", "kind", "user", "expected_asked_lpm", "expected_flow_lpm", "expected_dp_kpa",
    "expected_valve_dp_kpa", "worst_case", "worst_asked_lpm", "worst_flow_lpm", "worst_dp_kpa",
    "worst_valve_dp_kpa", "enough", "missing",
)  # fmt: skip
_SHORT = 1e-3
"""Of a flow that is asked for: less than this is lacking is no shortage on paper."""


def plant_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each described plant: what is set, what its pumps give, and at most."""
    table = study.table("plant")
    for found in study(plant_flows):
        row = found.circuit.row
        head = (
            str(table.ids[row]), str(table["fluid"][row]) or None,
            figure(float(study(plant_supply_c)[row])), str(table["control"][row]) or None,
            *(figure(table[c][row]) for c in ("set_kpa", "set_lpm", "set_speed")),
            str(table["sensor"][row]) or None,
            *(figure(table[c][row]) for c in ("pumps", "pumps_needed")),
        )  # fmt: skip
        if not isinstance(found, PlantFlow) or not found.moved.converged[found.of_case[0]]:
            yield (*head, *(None,) * 7, lacks(study, found))
            continue
        healthy = int(found.of_case[0])
        worst = greatest(found.pump_lpm, found.first_case)
        yield (
            *head, *_pumps(study, found, healthy), case_of(study, found, worst),
            *_pumps(study, found, worst), None,
        )  # fmt: skip


def facility_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each CDU and air unit of described plants, healthy and where it asks most."""
    for found in study(plant_flows):
        plant = str(study.table("plant").ids[found.circuit.row])
        subjects = found.circuit.subject[found.circuit.links(Part.USER)].tolist()
        for k, subject in enumerate(subjects):
            kind, _, name = study.site.name_of(subject).partition(":")
            head = (plant, kind.replace("_", " "), name)
            if not isinstance(found, PlantFlow) or not found.moved.converged[found.of_case[0]]:
                yield (*head, *(None,) * 10, lacks(study, found))
                continue
            healthy = int(found.of_case[0])
            worst = greatest(found.asked_lpm[:, k], found.first_case)
            yield (
                *head, *_water(found, healthy, k), case_of(study, found, worst),
                *_water(found, worst, k), _enough(found, k), None,
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


def lacks(study: Study, found: PlantFlow | Unsolved) -> str | None:
    """Return what a plant without flows waits for."""
    return paths(study, found.missing) if isinstance(found, Unsolved) else NO_SOLUTION
