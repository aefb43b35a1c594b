"""The pumps of plants whose pipes are described, in the lanes in which they run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.checks.coolant.solved import missing_inputs
from twin.checks.measure import Input
from twin.site.table import Array, BoolArray, IntArray
from twin.solve.coolant.coupled import plant_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import Unsolved
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class PlantRows:
    """Lanes of one plant in which its pumps run, or nobody knows; m of them.

    Attributes
    ----------
    plant, case
        (m,) its row, and the first case of each lane.
    lane
        (m,) lanes of `found`.
    found
        As it was solved; None where figures lack: then there is one row.
    inputs
        What is not known of it.
    """

    plant: IntArray
    case: IntArray
    lane: IntArray
    found: PlantFlow | None
    inputs: tuple[Input, ...]

    def of(self, figure: Array) -> Array:
        """(m,) a figure (L,) of the lanes."""
        return np.asarray(figure[self.lane])

    def some(self, which: BoolArray) -> PlantRows:
        """Return some of them, (m,)."""
        inputs = tuple(i._replace(rows=i.rows[which], known=i.known[which]) for i in self.inputs)
        return PlantRows(self.plant[which], self.case[which], self.lane[which], self.found, inputs)


def running_plants(study: Study) -> Iterator[PlantRows]:
    """Every described plant."""
    one = np.zeros(1, dtype=np.int64)
    for found in study(plant_flows):
        row = found.circuit.row
        if isinstance(found, Unsolved):
            yield PlantRows(np.full(1, row), one, one, None, missing_inputs(found.missing, 1))
            continue
        lane = np.flatnonzero(~(found.pump_lpm <= 0))
        plant, converged = np.full(len(lane), row), found.moved.converged[lane]
        stuck = Input("plant", "", np.where(converged, -1, plant), converged)
        yield PlantRows(plant, found.first_case[lane], lane, found, (stuck,))
