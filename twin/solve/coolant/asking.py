"""What CDUs and air units ask of their facility water: flow, and the heat that they give to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.described import air_unit_water, cdu_water
from twin.solve.coolant.racks import rack_loops
from twin.solve.coolant.solved import Solved
from twin.solve.coolant.warmth import Valve
from twin.solve.ready import late
from twin.solve.study import Study

USERS = ("cdu", "air_unit")


def asked_of(study: Study, circuit: Circuit, loops: Solved, case: IntArray) -> FloatArray:
    """(c, u) facility water for which each user of a plant would open its valve, L/min.

    A CDU whose valve closes no further asks for nothing: it gets what the pressure then gives. One
    of which nobody knows what holds its set-point is taken to ask for all that its valve passes;
    one that stands within its published condition, for no more than its rated flow.
    """
    subject = circuit.subject[circuit.links(Part.USER)]
    valve = valves_of(study, circuit, loops, case)
    asked = users_ask(study, subject, loops, case)
    beyond = guessed(study, circuit, loops, case) & (valve != Valve.AS_RATED)
    asked = np.where(beyond, greatest_lpm(study, subject), asked)
    return np.where(valve == Valve.AT_LEAST, 0.0, asked)


def guessed(study: Study, circuit: Circuit, loops: Solved, case: IntArray) -> BoolArray:
    """(c, u) CDUs of a plant of which nobody knows what water they ask for, only how much at most.

    One whose rating lacks a part, and that stands within it, is cooled; what it takes for that is
    not known either.
    """
    subject = circuit.subject[circuit.links(Part.USER)]
    asks = study(in_use)[subject] & (study.site.rows_of("cdu", subject) >= 0)
    return np.asarray(asks & np.isnan(holding_lpm(study, subject, loops, case)))


def valves_of(study: Study, circuit: Circuit, loops: Solved, case: IntArray) -> FloatArray:
    """(c, u) `Valve` of each user of a plant; NaN of all but CDUs of solved loops."""
    subject = circuit.subject[circuit.links(Part.USER)]
    return _of_units(study, subject, loops, case, loops.valve)


def users_ask(study: Study, subject: IntArray, loops: Solved, case: IntArray) -> FloatArray:
    """(c, u) facility water that CDUs and air units ask for in some cases, L/min; NaN not known.

    A CDU of a solved loop asks for what holds its set-point; any other user for its rated flow; and
    who is not in use on this day for nothing.
    """
    holds = holding_lpm(study, subject, loops, case)
    asked = np.where(np.isnan(holds), rated_lpm(study, subject), holds)
    return np.where(study(in_use)[subject], asked, 0.0)


def in_use(study: Study) -> BoolArray:
    """(S,) CDUs and air units that take water on this day: ready, and CDUs with racks to cool."""
    site = study.site
    out = np.ones(site.size, dtype=bool)
    racks = study.here & (study.table("rack")["liquid_share_high"] != 0)
    cooled = np.zeros(len(study.table("loop")) + 1, dtype=bool)
    cooled[study(rack_loops)[racks]] = True
    cooled[-1] = False
    for kind in USERS:
        table = study.table(kind)
        idle = ~cooled[site.rows_of("loop", table["loop"])] if kind == "cdu" else False
        out[site.subject(kind, np.arange(len(table)))] = ~(late(study, kind) | idle)
    return out


def units_in_use(study: Study, kind: str) -> BoolArray:
    """(units,) CDUs or air units that take water on this day, as `in_use` has them."""
    first = study.site.first[kind]
    return study(in_use)[first : first + len(study.table(kind))]


def plants_in_use(study: Study, kinds: Sequence[str] = USERS) -> BoolArray:
    """(plants,) plants on which some unit of some kinds takes water on this day."""
    out = np.zeros(len(study.table("plant")) + 1, dtype=bool)
    for kind in kinds:
        plant = study.site.rows_of("plant", study.table(kind)["plant"])
        out[plant[units_in_use(study, kind)]] = True
    return out[:-1]  # the last of them is no plant


def holding_lpm(study: Study, subject: IntArray, loops: Solved, case: IntArray) -> FloatArray:
    """(c, u) facility water that holds the set-point of each CDU of a solved loop, L/min.

    NaN for all other users, and where it is not known.

    Parameters
    ----------
    subject
        (u,) subjects of CDUs and air units.
    case
        (c,) cases.
    """
    return _of_units(study, subject, loops, case, loops.facility_lpm)


def _of_units(
    study: Study, subject: IntArray, loops: Solved, case: IntArray, figure: Array
) -> FloatArray:
    """(c, u) a figure of the CDUs of solved loops, by their places; NaN for all other users."""
    out = np.full((len(case), len(subject)), np.nan)
    mine, place = loops.units.among(study.site.rows_of("cdu", subject), case)
    out[:, mine] = figure[place]
    return out


def user_heat(
    study: Study, circuit: Circuit, loops: Solved, case: int
) -> tuple[FloatArray, BoolArray]:
    """(u,) heat that each user of a plant gives to its water in a case, kW, and what it stands on.

    That of a CDU of a solved loop; of any other user its rating, which is at most: the second
    column is True there. NaN not known.
    """
    subject = circuit.subject[circuit.links(Part.USER)]
    heat = np.full(len(subject), np.nan)
    for kind in USERS:
        rows = study.site.rows_of(kind, subject)
        mine = rows >= 0
        heat[mine] = np.asarray(study.table(kind)["heat_kw"], dtype=float)[rows[mine]]
    at_most = np.ones(len(subject), dtype=bool)
    cdu = study.site.rows_of("cdu", subject)
    for loop in loops.flows:
        lane = int(loop.lanes.of_case[case])
        for k, row in enumerate(loop.units.tolist()):
            heat[cdu == row] = loop.warmth.heat_kw[lane, k]
            at_most[cdu == row] = False
    return heat, at_most


def rated_lpm(study: Study, subject: IntArray) -> FloatArray:
    """(u,) rated facility flow of CDUs and air units, L/min; NaN not known."""
    out = np.full(len(subject), np.nan)
    for kind, rated in (("cdu", cdu_water), ("air_unit", air_unit_water)):
        rows = study.site.rows_of(kind, subject)
        out[rows >= 0] = study(rated)[rows[rows >= 0]]
    return out


def greatest_lpm(study: Study, subject: IntArray) -> FloatArray:
    """(u,) flow of CDUs with their valves wide open, L/min; NaN of air units, and not known."""
    rows = study.site.rows_of("cdu", subject)
    wide = np.append(np.asarray(study.table("cdu")["facility_most_lpm"], dtype=float), np.nan)[rows]
    wide = np.where(np.isnan(wide), rated_lpm(study, subject), wide)
    return np.where(rows >= 0, wide, np.nan)
