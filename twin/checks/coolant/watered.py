"""What rules on described plants share: rows of users in lanes, and figures that lack."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.ratings import of_asking
from twin.checks.coolant.solved import missing_inputs
from twin.checks.coolant.sums import told_as
from twin.checks.measure import Input, Measure
from twin.site.table import IntArray
from twin.solve.coolant.asking import holding_lpm
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.coupled import guessing, loop_flows, plant_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import Unsolved
from twin.solve.study import Study

CLOSE = 1e-4
"""Of a pressure; the coupling with loops is not solved more sharply."""
SET_POINT = "the water that holds its set-point"
RATED = "its rated flow of water"
"""What a user asks for: by its solved loop, or, where no loop of it is solved, by its rating."""


def short_of_water(study: Study, kind: str) -> Iterator[Measure]:
    """Pressure that users' flows take with valves wide open, against what stands there, kPa.

    A user that is lost itself, or that a lost pipe cuts off, takes nothing and is not measured: it
    carries no heat, and the rules on heat count without it.
    """
    for found in study(plant_flows):
        if isinstance(found, Unsolved):
            rows = found.circuit.rows(study, kind, Part.USER)
            rows = rows[rows >= 0]
            nothing = np.full(len(rows), np.nan)
            inputs = missing_inputs(found.missing, len(rows))
            if len(rows):
                yield Measure(kind=kind, subject=rows, demand=nothing, limit=nothing, inputs=inputs)
        else:
            yield _rows(study, found, kind)


def doubtful(study: Study, found: PlantFlow) -> IntArray:
    """(L,) a CDU of each lane of a plant of which nobody knows what it asks for, -1 none.

    It is taken to ask for all that its valve passes: what is short beside it may not be so.
    """
    first = study(guessing).get(found.circuit.row, -1)
    rows = study.site.rows_of("cdu", found.subject)
    each = rows[found.guessed.argmax(axis=1)] if len(rows) else np.empty(0, dtype=np.int64)
    return np.where(found.in_doubt, first if first >= 0 else each, -1)


def _rows(study: Study, found: PlantFlow, kind: str) -> Measure:
    row = study.site.rows_of(kind, found.subject)
    mine = np.flatnonzero(row >= 0)
    lane, user = np.nonzero(found.lives[:, mine])
    user = mine[user]
    holds = holding_lpm(study, found.subject, study(loop_flows), found.first_case)
    known = ~np.isnan(holds[lane, user])
    converged = found.moved.converged[lane]
    plant = np.where(converged, -1, found.circuit.row)
    every = np.ones(len(user), dtype=bool)  # or the plant were not solved
    needs, gets = found.needs_kpa[lane, user], found.dp_kpa[lane, user] * (1.0 + CLOSE)
    asker = np.where(needs > gets, doubtful(study, found)[lane], -1)
    return Measure(
        kind=kind,
        subject=row[user],
        other=np.full(len(user), study.site.first["plant"] + found.circuit.row),
        case=found.first_case[lane],
        demand=np.where(asker >= 0, np.nan, needs),
        limit=gets,
        inputs=(
            Input("plant", "", plant, converged),
            *told_as(study, kind, "facility_dp_kpa", row[user], every),
            *of_asking(study, asker),
        ),
        owner=SET_POINT if known.all() else np.where(known, SET_POINT, RATED),
    )
