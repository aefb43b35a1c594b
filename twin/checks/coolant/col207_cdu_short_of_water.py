"""COL207: facility water that reaches each CDU of a described plant."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.coolant.watered import short_of_water
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "COL207",
    role="advice",
    severity="warning",
    unit="kPa",
    message="CDU {subject} needs {demand} kPa of plant {other} for {owner} and gets {limit} kPa"
    "{lost}",
    fix="raise set_kpa or the pumps of plant {other}, widen its pipes, or make its supply colder",
    source="global gradient (Todini, Pilati 1988) on the plant's pipes; effectiveness by transfer "
    "units",
)
def cdu_short_of_water(study: Study) -> Iterator[Measure]:
    """Less facility water reaches a CDU than it asks for.

    Why it matters
    --------------
    With its facility valve wide open a CDU no longer holds its supply: the loop warms until the
    racks ask for more flow, or leave the range of their supply (COL203 decides that).

    Method
    ------
    As COL202: plants and loops are solved in turn until no valve wants more. Of a CDU whose loop
    is not solved, or that stands outside of a rating that lacks a part, nobody knows what holds
    its set-point: it is taken to ask for all that its valve passes; within such a rating for its
    rated flow at most. What then suffices does; what does not is not known. Where the plant's
    pressure is held at a sensor away from its pumps, more flow makes them give others more: there
    it must suffice with all that is so asked for, at the pressure that the pumps would give if
    nothing of it were.

    Does not cover
    --------------
    Plants whose pipes are not described: there a CDU gets `facility_most_lpm`, or its rated flow.

    See also
    --------
    COL202, COL203.
    """
    yield from short_of_water(study, "cdu")
