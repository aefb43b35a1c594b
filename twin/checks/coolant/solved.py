"""What rules on solved loops share: what could not be solved, and which figures it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from twin.checks.inputs import caps_in_doubt, load_figure, rack_figure
from twin.checks.measure import Input
from twin.site.resolve import product_rows
from twin.site.table import BoolArray, IntArray
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.losses.cases import cases
from twin.solve.power.living import without_feeds
from twin.solve.study import Study


def solved(study: Study) -> Iterator[LoopFlow]:
    """Loops that are described and of which all figures are known."""
    return (f for f in study(loop_flows) if not isinstance(f, Unsolved))


def unsolved(study: Study) -> Iterator[Unsolved]:
    """Loops that are described and of which some figure lacks."""
    return (f for f in study(loop_flows) if isinstance(f, Unsolved))


def described_loops(study: Study) -> Iterator[Circuit]:
    """Every loop whose pipes are described, solved or not."""
    return (f.circuit for f in study(loop_flows))


def lacking_figures(study: Study) -> Iterator[tuple[IntArray, tuple[Input, ...]]]:
    """Racks of each loop that lacks figures, and the figures, the first of them first."""
    for found in unsolved(study):
        rows = found.circuit.rows(study, "rack", Part.RACK)
        if not len(rows):
            rows = np.flatnonzero((study(rack_loops) == found.circuit.row) & study.here)
        if len(rows):
            yield rows, missing_inputs(found.missing, len(rows))


def unserved(study: Study) -> IntArray:
    """Racks that hang on a described loop by their position, and on none of its manifolds."""
    loop, circuits_ = study(rack_loops), list(described_loops(study))
    out = study(wet) & study.here & np.isin(loop, [c.row for c in circuits_])
    for circuit in circuits_:
        out[circuit.rows(study, "rack", Part.RACK)] = False
    lacking = [f.circuit.row for f in unsolved(study) if not len(f.circuit.links(Part.RACK))]
    return np.flatnonzero(out & ~np.isin(loop, lacking))


def unfed_units(study: Study, flow: LoopFlow) -> tuple[IntArray, int]:
    """Units of a loop of which nobody says what feeds them, and a loss of power that may take them.

    -1: no loss of power is asked for.
    """
    power = np.flatnonzero(study(cases).root >= 0)[:1]
    mine = flow.units[without_feeds(study, "cdu")[flow.units]]
    return mine, int(power[0]) if len(power) else -1


def missing_inputs(missing: Sequence[Missing], count: int) -> tuple[Input, ...]:
    """Figures that lack, each for all rows."""
    unknown = np.zeros(count, dtype=bool)
    return tuple(Input(m.kind, m.column, np.full(count, m.row), unknown) for m in missing)


def rack_inputs(study: Study, flow: LoopFlow, lane: IntArray, place: IntArray) -> tuple[Input, ...]:
    """Figures behind rows (lane, rack) of a solved loop; a lane that did not converge is its own.

    Parameters
    ----------
    lane, place
        (m,) lanes and places among the loop's racks.
    """
    racks = flow.racks.row[place]
    return (
        load_figure(study, racks),
        rack_figure(study, "liquid_share_high", racks),
        lane_figure(flow, lane),
        *_resistances(study, flow, len(lane)),
        *caps_in_doubt(study, flow.lanes.first_case[lane], ~flow.lanes.counts[lane]),
    )


def lane_figure(flow: LoopFlow, lane: IntArray) -> Input:
    """Say of rows in lanes that have not converged that their loop is not known."""
    converged: BoolArray = flow.moved.converged[lane]
    return Input("loop", "", np.where(converged, -1, flow.circuit.row), converged)


def _resistances(study: Study, flow: LoopFlow, count: int) -> Iterator[Input]:
    """Pressure loss of every type of rack on the loop: what one lets through the others lack."""
    known = np.ones(count, dtype=bool)
    for product in np.unique(product_rows(study.site, "rack")[flow.racks.row]).tolist():
        if product >= 0:
            yield Input("product", "dp_kpa", np.full(count, product), known)
