"""Papers for the floor: what is set, filled, flushed and measured on each described loop.

``twin-coolant/1``: tables of comma-separated values, one row per thing, units in the names of the
columns. A cell that is not known is empty, and `missing` names the figures that it waits for.
"""

from __future__ import annotations

from collections.abc import Iterable

from twin.report.coolant_cells import described
from twin.report.coolant_filling import FILL, FLUSH, fill_rows, flush_rows
from twin.report.coolant_pipes import PIPES, SIZES, pipe_rows, size_rows
from twin.report.coolant_plants import FACILITY, PLANTS, facility_rows, plant_rows
from twin.report.coolant_racks import BALANCING, balancing_rows
from twin.report.coolant_units import SET_POINTS, set_point_rows
from twin.report.tables import written
from twin.solve.coolant.coupled import plant_flows
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.study import Study

SCHEMA = "twin-coolant/1"


def papers(study: Study) -> dict[str, str]:
    """Return the text of each paper by the name of its file; plants only where one is described.

    Raises
    ------
    InputError
        No loop says how its pipes run.
    """
    described(study)
    plants = {}
    if study(plant_flows):
        plants = {
            "plants.csv": written(PLANTS, plant_rows(study)),
            "facility.csv": written(FACILITY, facility_rows(study)),
        }
    return {
        "balancing.csv": written(BALANCING, balancing_rows(study)),
        "set_points.csv": written(SET_POINTS, set_point_rows(study)),
        **plants,
        "pipes.csv": written(PIPES, pipe_rows(study)),
        "sizes.csv": written(SIZES, size_rows(study)),
        "fill.csv": written(FILL, fill_rows(study)),
        "flush.csv": written(FLUSH, flush_rows(study)),
    }


def unsolved(study: Study) -> list[tuple[str, tuple[str, ...]]]:
    """Return the loops that have no flows, each with the fields that it lacks."""
    ids = study.table("loop").ids
    return [
        (str(ids[flow.circuit.row]), tuple(_lacks(study, flow)))
        for flow in described(study)
        if isinstance(flow, Unsolved) or not flow.moved.converged[0]
    ]


def _lacks(study: Study, flow: LoopFlow | Unsolved) -> Iterable[str]:
    if isinstance(flow, Unsolved):
        return (study.site.path_of(m.kind, m.row, m.column) for m in flow.missing)
    return ("no solution was found",)
