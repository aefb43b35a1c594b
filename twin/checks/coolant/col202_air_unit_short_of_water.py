"""COL202: facility water that reaches each air unit of a described plant."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.coolant.watered import short_of_water
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "COL202",
    role="gate",
    severity="error",
    unit="kPa",
    message="air unit {subject} needs {demand} kPa of plant {other} for {owner} and gets {limit} "
    "kPa{lost}",
    fix="raise set_kpa or the pumps of plant {other}, widen its pipes, or balance its users",
    source="global gradient (Todini, Pilati 1988) on the plant's pipes; the unit's rated flow",
)
def air_unit_short_of_water(study: Study) -> Iterator[Measure]:
    """Less facility water reaches an air unit than its rating needs.

    Why it matters
    --------------
    An air unit carries its rated heat at its rated flow. One at the end of a plant's pipes gets
    less when CDUs nearer to the pumps open their valves.

    Method
    ------
    Each plant whose pipes the layout describes is solved as a network, healthy and in each case
    that takes something of it or of those that it serves. A CDU of a solved loop asks for what
    holds its set-point, an air unit for its rated flow; who is not ready on the day of the
    study, or has no rack to cool, for nothing. Beside a CDU of which nobody knows what it asks for
    (COL207) what suffices though its valve stands wide open holds, and what does not is not
    known. A valve passes no more than is asked
    for, and where the pressure does not suffice it stands wide open. Compared is the pressure that
    the flow which is asked for takes with the valve wide open.

    Does not cover
    --------------
    Plants whose pipes are not described, what a unit carries at less than its rated flow, and
    valves that hunt.

    See also
    --------
    COL103, COL206, COL207.
    """
    yield from short_of_water(study, "air_unit")
