"""Papers for the floor: what is set, filled, flushed and measured on each described loop.

``twin-coolant/1``: tables of comma-separated values, one row per thing, units in the names of the
columns. A cell that is not known is empty, and `missing` names the figures that it waits for.
"""

from __future__ import annotations

from twin.report.coolant_cells import described, solved_plant
from twin.report.coolant_filling import FILL, FLUSH, fill_rows, flush_rows
from twin.report.coolant_pipes import PIPES, SIZES, pipe_rows, size_rows
from twin.report.coolant_plants import FACILITY, PLANTS, facility_rows, plant_rows
from twin.report.coolant_racks import BALANCING, balancing_rows
from twin.report.coolant_units import SET_POINTS, set_point_rows
from twin.report.tables import written
from twin.solve.coolant.circuit import Circuit
from twin.solve.coolant.coupled import plant_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.stuck import stuck
from twin.solve.study import Study

SCHEMA = "twin-coolant/1"


def papers(study: Study) -> dict[str, str]:
    """Return the text of each paper by the name of its file.

    Plants are there where one has users, facility water where the pipes of one are described.

    Raises
    ------
    InputError
        No loop says how its pipes run.
    """
    described(study)
    plants = {}
    if rows := list(plant_rows(study)):
        plants["plants.csv"] = written(PLANTS, rows)
    if study(plant_flows):
        plants["facility.csv"] = written(FACILITY, facility_rows(study))
    return {
        "balancing.csv": written(BALANCING, balancing_rows(study)),
        "set_points.csv": written(SET_POINTS, set_point_rows(study)),
        **plants,
        "pipes.csv": written(PIPES, pipe_rows(study)),
        "sizes.csv": written(SIZES, size_rows(study)),
        "fill.csv": written(FILL, fill_rows(study)),
        "flush.csv": written(FLUSH, flush_rows(study)),
    }


def unsolved(study: Study) -> list[tuple[str, str, str]]:
    """Return the loops and plants that have no flows: kind, id, and why."""
    found: list[tuple[Circuit, LoopFlow | PlantFlow | Unsolved]] = [
        (flow.circuit, flow) for flow in described(study)
        if isinstance(flow, Unsolved) or not flow.moved.converged[0]
    ]  # fmt: skip
    found += [(p.circuit, p) for p in study(plant_flows) if solved_plant(p) is None]
    return [
        (circuit.kind, str(study.table(circuit.kind).ids[circuit.row]), _why(study, flow))
        for circuit, flow in found
    ]


def _why(study: Study, flow: LoopFlow | PlantFlow | Unsolved) -> str:
    if isinstance(flow, Unsolved):
        fields = (study.site.path_of(m.kind, m.row, m.column) for m in flow.missing)
        return f"{', '.join(fields)} missing"
    return study(stuck)[flow.circuit.kind, flow.circuit.row]
