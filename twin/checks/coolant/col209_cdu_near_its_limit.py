"""COL209: how much of its exchanger and of its pumps each CDU uses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import LaneRows, near, running_units
from twin.checks.coolant.solved import missing_inputs, unsolved
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.used import exchanger_used, pumps_used
from twin.solve.study import Study

_ALL = 100.0
_CLOSE = 0.1
"""%; temperatures are not solved more sharply."""
EXCHANGER = "heat that its exchanger takes at the set-point"
PUMPS = "flow or head of its pumps at full speed"


@rule(
    "COL209",
    role="advice",
    severity="warning",
    unit="%",
    message="CDU {subject} uses {demand} % of the {owner}{lost}",
    fix="colder or more facility water, a warmer set-point, a CDU more, or less heat; of pumps: "
    "less resistance or a lower set-point of pressure",
    source="counterflow effectiveness by transfer units, UA from the rated point; the pumps' curve",
)
def cdu_near_its_limit(study: Study) -> Iterator[Measure]:
    """A CDU has nothing left of its exchanger or its pumps.

    Why it matters
    --------------
    As long as a set-point holds no temperature shows how near a CDU is to losing it. What is left
    is what the next rack, a warmer day or a lost neighbour takes.

    Method
    ------
    For each CDU of a solved loop, healthy and in each case that takes something of the loop. Its
    exchanger: the heat that would hold the set-point over that which it takes with its facility
    valve wide open, both at the return that it has; over 100 % its supply floats (COL203 decides
    what that means to racks). Its pumps: the greater of their flow over the most that they are
    stated for and their head over that at full speed at that flow; at 100 % they no longer hold
    what they are to hold. A CDU whose rating lacks a part uses its heat over what it carries by
    its published condition. Worked number: 119.8 L/min of 120 L/min are 99.8 %.

    Does not cover
    --------------
    CDUs of loops that are not described (COL101, COL102 add up what is asked of them), and valves
    of facility water that do not open as far as is said.

    See also
    --------
    COL203, COL204, COL207.
    """
    for found in unsolved(study):
        rows = found.circuit.rows(study, "cdu", Part.UNIT)
        nothing = np.full(len(rows), np.nan)
        inputs = missing_inputs(found.missing, len(rows))
        yield Measure(
            kind="cdu", subject=rows, demand=nothing, limit=np.full(len(rows), _ALL), inputs=inputs
        )
    units = study(running_units)
    exchanger = units.of(exchanger_used)
    pumps = units.of(lambda flow: pumps_used(study, flow))
    yield _used(units, exchanger, EXCHANGER, units.ratings(study))
    yield _used(units, pumps, PUMPS, ())


def _used(units: LaneRows, share: FloatArray, owner: str, rating: tuple[Input, ...]) -> Measure:
    """Return the share of units that run, in every lane, %."""
    limit = np.full(len(units), _ALL)
    return Measure(
        kind="cdu",
        subject=units.row,
        case=units.case,
        demand=units.counted(near(_ALL * share, limit, _CLOSE), limit),
        limit=limit,
        inputs=(units.solved, *rating),
        owner=owner,
    )
