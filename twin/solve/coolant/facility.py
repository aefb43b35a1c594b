"""Facility water: each described plant solved with the flows that its CDUs and air units ask for.

A user takes what its valve lets through: the flow that it asks for, or, where the pressure does not
suffice, what comes with the valve wide open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import TURBULENT, fluid_of
from twin.solve.coolant.circuit import Circuit, Part, air_unit_water, cdu_water
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.hold import hold_pressure, sensor_nodes
from twin.solve.coolant.hung import hookup_of_links
from twin.solve.coolant.hydraulics import Branches, Moved, nets_of
from twin.solve.coolant.lacking import less_pumps
from twin.solve.coolant.laned import alike_rows, narrow
from twin.solve.coolant.lost import Lanes, lanes_of
from twin.solve.coolant.plant_ready import ready_plant
from twin.solve.coolant.pumping import LPM, Control, gain_of
from twin.solve.coolant.pumps import PumpCurve
from twin.solve.coolant.racks import plant_supply_c, rack_loops
from twin.solve.ready import late
from twin.solve.study import Study

USERS = ("cdu", "air_unit")


@dataclass(frozen=True, slots=True)
class PlantFlow:
    """One plant solved. L lanes, C cases, u users.

    Attributes
    ----------
    circuit
        Its network.
    of_case, first_case
        (C,) lane of each case; (L,) the first case of each lane.
    link
        (u,) link of each user.
    subject
        (u,) subject number of each user.
    lives
        (L, u) users that are not lost themselves, nor cut off.
    asked_lpm, got_lpm
        (L, u) flow that each user asks for and gets.
    needs_kpa, dp_kpa
        (L, u) pressure over it that the flow which it asks for takes with its valve wide open, and
        the pressure that stands over it.
    pump_lpm, pump_kpa
        (L,) what the plant's pumps give.
    moved
        Flows and pressures; NaN where not converged.
    """

    circuit: Circuit
    of_case: IntArray
    first_case: IntArray
    link: IntArray
    subject: IntArray
    lives: BoolArray
    asked_lpm: FloatArray
    got_lpm: FloatArray
    needs_kpa: FloatArray
    dp_kpa: FloatArray
    pump_lpm: FloatArray
    pump_kpa: FloatArray
    moved: Moved


def asked_of(
    study: Study, circuit: Circuit, loops: tuple[LoopFlow | Unsolved, ...], case: IntArray
) -> FloatArray:
    """(c, u) facility water that each user of a plant asks for in some cases, L/min."""
    return users_ask(study, circuit.subject[circuit.links(Part.USER)], loops, case)


def users_ask(
    study: Study, subject: IntArray, loops: tuple[LoopFlow | Unsolved, ...], case: IntArray
) -> FloatArray:
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


def looked_at(
    study: Study, circuit: Circuit, lanes: Lanes, loops: tuple[LoopFlow | Unsolved, ...]
) -> IntArray:
    """(c,) cases in which a plant, or a loop on it, is not as in the first; that one first."""
    on_it = study.site.rows_of("plant", study.table("cdu")["plant"]) == circuit.row
    differs = lanes.of_case != lanes.of_case[0]
    for loop in _solved_of(study, np.flatnonzero(on_it), loops):
        differs |= loop.lanes.of_case != loop.lanes.of_case[0]
    return np.concatenate([[0], np.flatnonzero(differs)]).astype(np.int64)


def holding_lpm(
    study: Study, subject: IntArray, loops: tuple[LoopFlow | Unsolved, ...], case: IntArray
) -> FloatArray:
    """(c, u) facility water that holds the set-point of each CDU of a solved loop, L/min.

    NaN for all other users, and where it is not known.

    Parameters
    ----------
    subject
        (u,) subjects of CDUs and air units.
    case
        (c,) cases.
    """
    out = np.full((len(case), len(subject)), np.nan)
    place = {int(s): k for k, s in enumerate(subject.tolist())}
    cdus = study.site.rows_of("cdu", subject)
    for loop in _solved_of(study, cdus[cdus >= 0], loops):
        on = [place.get(s, -1) for s in (loop.units + study.site.first["cdu"]).tolist()]
        mine = [k for k, at in enumerate(on) if at >= 0]
        lpm = loop.warmth.facility_lpm[loop.lanes.of_case[case]]
        out[:, [on[k] for k in mine]] = lpm[:, mine]
    return out


def _solved_of(
    study: Study, cdus: IntArray, loops: tuple[LoopFlow | Unsolved, ...]
) -> list[LoopFlow]:
    """Return the solved loops among some of which CDUs are units, by the rows of these."""
    on = set(study.site.rows_of("loop", study.table("cdu")["loop"])[cdus].tolist())
    return [f for f in loops if f.circuit.row in on and not isinstance(f, Unsolved)]


def user_heat(
    study: Study, circuit: Circuit, loops: tuple[LoopFlow | Unsolved, ...], case: int
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
    for loop in loops:
        if isinstance(loop, Unsolved):
            continue
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


def solve_plant(
    study: Study,
    circuit: Circuit,
    loops: tuple[LoopFlow | Unsolved, ...],
    at_first: tuple[LoopFlow | Unsolved, ...],
) -> PlantFlow | Unsolved:
    """Solve one plant for the flows that its users ask for, case by case.

    Parameters
    ----------
    loops, at_first
        Loops as they are, whose valves let through no more than they ask for; and as they were
        with all the water that they are rated for, when they asked for what holds set-points.
    """
    plant = ready_plant(study, circuit)
    if isinstance(plant, tuple):
        return Unsolved(circuit, plant)
    lanes = lanes_of(study, circuit)
    link = circuit.links(Part.USER)
    looked = looked_at(study, circuit, lanes, loops)
    asked, wanted = (asked_of(study, circuit, some, looked) for some in (loops, at_first))
    first, sort = alike_rows(np.concatenate([lanes.of_case[looked, None], asked, wanted], axis=1))
    of_case = np.zeros(len(lanes.of_case), dtype=np.int64)
    of_case[looked] = sort
    state = lanes.of_case[looked[first]]
    hold = np.full((len(first), len(circuit.fr)), np.nan)
    living = np.where(lanes.shut[state][:, link], 0.0, asked[first])
    hold[:, link] = asked[first] * _let_through(study, circuit, living) * LPM
    branches = plant_branches(study, circuit, plant.curve)
    resistance = branches(plant.control).resistance
    rho, mu = plant.fluid.at(np.full(hold.shape, plant.supply_c))
    out = lanes.pump_out[state]
    moved, _ = hold_pressure(
        nets_of(circuit, branches, hold, with_less=bool(out.any())), plant.control,
        sensor_nodes(study, circuit), (lanes.shut[state], out, rho, mu),
    )  # fmt: skip
    known: BoolArray = moved.converged[:, None]
    drop = moved.p_pa[:, circuit.fr[link]] - moved.p_pa[:, circuit.to[link]]
    pump = circuit.links(Part.UNIT)
    lift = moved.p_pa[:, circuit.to[pump]] - moved.p_pa[:, circuit.fr[pump]]
    got = np.where(known, moved.q_m3s[:, link] / LPM, np.nan)
    lives = ~lanes.shut[state][:, link]
    takes = np.where(lives, np.fmax(asked, wanted)[first], 0.0)
    return PlantFlow(
        circuit=circuit, of_case=narrow(of_case), first_case=looked[first], link=link,
        subject=circuit.subject[link], lives=lives,
        asked_lpm=takes, got_lpm=got,
        needs_kpa=resistance[link] * (takes * LPM) ** TURBULENT / 1000.0,
        dp_kpa=np.where(known, drop / 1000.0, np.nan),
        pump_lpm=moved.q_m3s[:, pump[0]] / LPM, pump_kpa=lift[:, 0] / 1000.0, moved=moved,
    )  # fmt: skip


def _let_through(study: Study, circuit: Circuit, asked: FloatArray) -> FloatArray:
    """(L, u) part of what users ask for that the valves of their hookups let through.

    CDUs of one rack share its hoses, and what the valve in them holds: a flow of its own, else the
    sum of their rated ones. They share it as they ask for it.

    Parameters
    ----------
    asked
        (L, u) of users that live.
    """
    link, table = circuit.links(Part.USER), study.table("hookup")
    hookup = hookup_of_links(study, circuit)[link]
    held = np.append(table["hold_lpm"], np.nan)[hookup]
    holds = np.append(table["independent"], False)[hookup].astype(bool) | ~np.isnan(held)
    if not holds.any():
        return np.ones(asked.shape)
    hung = np.stack([circuit.manifold[link], circuit.place[link]], axis=1)
    _, hose = np.unique(hung, axis=0, return_inverse=True)
    order = np.argsort(hose, kind="stable")
    first = np.searchsorted(hose[order], np.arange(hose.max() + 1))

    def together(lpm: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(lpm[:, order], first, axis=1)[:, hose])

    rated = together(rated_lpm(study, circuit.subject[link])[None])[0]
    most = np.where(np.isnan(held), rated, held)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.minimum(1.0, most / together(asked))
    return np.where(holds & (asked > 0), part, 1.0)


def plant_branches(
    study: Study, circuit: Circuit, curve: PumpCurve
) -> Callable[[Control], Branches]:
    """Return what users and pumps of a plant do under any control; its users are rated."""
    resistance, exponent = _resistances(study, circuit)
    less = float(less_pumps(study, "plant", np.array([circuit.row]))[0])

    def branches(held: Control) -> Branches:
        gains = gain_of(curve, held, 1.0), gain_of(curve, held, less)
        return Branches(resistance, exponent, gains[:1], gains[1:])

    return branches


def coolant_of(study: Study, found: PlantFlow) -> tuple[float, float]:
    """Density, kg/m3, and viscosity, Pa s, of a solved plant's water at its supply."""
    fluid, _ = fluid_of(study, "plant", found.circuit.row)
    if fluid is None:  # a solved plant has a coolant
        raise ValueError(found.circuit.row)
    rho, mu = fluid.at(np.array(float(study(plant_supply_c)[found.circuit.row])))
    return float(rho), float(mu)


def _resistances(study: Study, circuit: Circuit) -> tuple[FloatArray, FloatArray]:
    """(m,) resistance and exponent of users with their valves wide open."""
    site, link = study.site, circuit.links(Part.USER)
    flow, drop = rated_lpm(study, circuit.subject[link]), np.full(len(link), np.nan)
    for kind in USERS:
        rows = site.rows_of(kind, circuit.subject[link])
        mine = rows >= 0
        drop[mine] = np.asarray(study.table(kind)["facility_dp_kpa"], dtype=float)[rows[mine]]
    resistance, exponent = (np.full(len(circuit.fr), np.nan) for _ in range(2))
    resistance[link] = 1000.0 * drop / (flow * LPM) ** TURBULENT
    exponent[link] = TURBULENT
    return resistance, exponent
