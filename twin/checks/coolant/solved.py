"""What rules on solved loops share: what could not be solved, and which figures it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from twin.checks.measure import Input
from twin.site.table import BoolArray, IntArray
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.losses.cases import cases
from twin.solve.power.living import without_feeds
from twin.solve.study import Study


def solved(study: Study) -> tuple[LoopFlow, ...]:
    """Loops that are described and of which all figures are known."""
    return study(loop_flows).flows


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
    return flow.units[study(_unfed)[flow.units]], study(_power_lost)


def _unfed(study: Study) -> BoolArray:
    """(cdus,) CDUs of which nobody says what feeds them."""
    return without_feeds(study, "cdu")


def _power_lost(study: Study) -> int:
    """Return the first case in which power is lost, -1 none."""
    power = np.flatnonzero(study(cases).root >= 0)
    return int(power[0]) if len(power) else -1


def missing_inputs(missing: Sequence[Missing], count: int) -> tuple[Input, ...]:
    """Figures that lack, each for all rows."""
    unknown = np.zeros(count, dtype=bool)
    return tuple(Input(m.kind, m.column, np.full(count, m.row), unknown) for m in missing)
