"""Facility water: each described plant solved with the flows that its CDUs and air units ask for.

A user takes what its valve lets through: the flow that it asks for, or, where the pressure does not
suffice, what comes with the valve as far open as it goes; and no less than what comes with it as
far closed as it goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray, distinct
from twin.solve.coolant.asking import (
    USERS,
    asked_of,
    greatest_lpm,
    guessed,
    in_use,
    rated_lpm,
    valves_of,
)
from twin.solve.coolant.branches import TURBULENT, fluid_of
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.flow import Unsolved
from twin.solve.coolant.hold import State, held_at_units, hold_pressure, sensor_of
from twin.solve.coolant.hydraulics import Branches, Moved, Net, lanes_of_net, move, nets_of
from twin.solve.coolant.lacking import less_pumps
from twin.solve.coolant.lane_of_case import LaneOfCase
from twin.solve.coolant.laned import alike_rows, with_rows
from twin.solve.coolant.lost import Lanes, lanes_of_all
from twin.solve.coolant.named import rows_naming
from twin.solve.coolant.plant_ready import ReadyPlant, plant_circuits, ready_plant
from twin.solve.coolant.pumping import AS_SLOW_AS_CAN_BE, LPM, Control, gain_of
from twin.solve.coolant.pumps import PumpCurve
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.coolant.shared_hoses import let_through
from twin.solve.coolant.solved import Solved
from twin.solve.coolant.valves import openings
from twin.solve.coolant.warmth import Valve
from twin.solve.study import Study

_ROUNDS = 20
_CLOSE = 1e-6
"""Of a flow: a valve at its least opening is not told from one that asks for so much."""
_SAME = 1e-4
"""Of a flow that pumps hold: what users ask for is not told from it more sharply."""


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
    asked_lpm, got_lpm, least_lpm
        (L, u) flow that each user asks for and gets, and that its valve lets through however far
        it closes.
    at_least
        (L, u) users that get this least flow, which is then what they ask for.
    guessed
        (L, u) users of which nobody knows what they ask for, only how much at most: who is short
        beside one of them may not be so. Flows are those with all that they may ask for; `got_lpm`
        and `dp_kpa` are what surely is there, however much less it is.
    needs_kpa, dp_kpa
        (L, u) pressure over it that the flow which it asks for takes with its valve wide open, and
        the pressure that stands over it.
    pump_lpm, pump_kpa
        (L,) what the plant's pumps give.
    shut
        (L, m) links that are closed.
    moved
        Flows and pressures; NaN where not converged.
    """

    circuit: Circuit
    of_case: LaneOfCase
    first_case: IntArray
    link: IntArray
    subject: IntArray
    lives: BoolArray
    asked_lpm: FloatArray
    got_lpm: FloatArray
    least_lpm: FloatArray
    at_least: BoolArray
    guessed: BoolArray
    needs_kpa: FloatArray
    dp_kpa: FloatArray
    pump_lpm: FloatArray
    pump_kpa: FloatArray
    shut: BoolArray
    moved: Moved

    @property
    def in_doubt(self) -> BoolArray:
        """(L,) lanes in which some user is taken to ask for more than it may."""
        return np.asarray(self.guessed.any(axis=1))


def _plant_lanes(study: Study) -> dict[int, Lanes]:
    """Return what each case takes out of each described plant, by its row."""
    circuits = study(plant_circuits)
    lanes = lanes_of_all(study, circuits)
    return {circuit.row: each for circuit, each in zip(circuits, lanes, strict=True)}


def looked_at(study: Study, circuit: Circuit, lanes: Lanes, loops: Solved) -> IntArray:
    """(c,) cases in which a plant, or a loop on it, is not as in the first; that one first."""
    on_it = rows_naming(study, "cdu", "plant", circuit.row)
    first = np.zeros(1, dtype=np.int64)
    return distinct(first, lanes.of_case.differing, *loops.units.differing(on_it))


def solve_plant(
    study: Study,
    circuit: Circuit,
    loops: Solved,
    at_first: Solved,
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
    lanes = study(_plant_lanes)[circuit.row]
    link = circuit.links(Part.USER)
    looked = looked_at(study, circuit, lanes, loops)
    asked = wanted = asked_of(study, circuit, loops, looked)
    if loops is not at_first:
        wanted = asked_of(study, circuit, at_first, looked)
    still = valves_of(study, circuit, loops, looked) == Valve.STILL
    guess = guessed(study, circuit, loops, looked)
    key = [lanes.of_case[looked][:, None], asked, wanted, still, guess]
    first, sort = alike_rows(np.concatenate(key, axis=1))
    of_case = LaneOfCase(len(lanes.of_case), 0, looked[sort > 0], sort[sort > 0])
    state = lanes.of_case[looked[first]]
    shut, out = lanes.shut[state], lanes.pump_out[state]
    lives = ~shut[:, link]
    held = asked[first] * let_through(study, circuit, np.where(lives, asked[first], 0.0))
    on = _Plant(study, circuit, plant, held, lives & ~still[first], shut, out)
    moved, least, at_least = on.solve()
    drop = moved.p_pa[:, circuit.fr[link]] - moved.p_pa[:, circuit.to[link]]
    pump = circuit.links(Part.UNIT)
    lift = moved.p_pa[:, circuit.to[pump]] - moved.p_pa[:, circuit.fr[pump]]
    guess = guess[first] & lives
    surely_lpm, surely_kpa = on.surely(guess)
    got = np.where(moved.converged[:, None], moved.q_m3s[:, link] / LPM, np.nan)
    got, drop = np.fmin(got, surely_lpm), np.fmin(drop / 1000.0, surely_kpa)
    takes = np.where(lives, np.fmax(asked, wanted)[first], 0.0)
    takes = np.where(at_least, got, takes)
    resistance = resistances(study, circuit)[link]
    return PlantFlow(
        circuit=circuit, of_case=of_case, first_case=looked[first], link=link,
        subject=circuit.subject[link], lives=lives,
        asked_lpm=takes, got_lpm=got, least_lpm=least, at_least=at_least,
        guessed=guess,
        needs_kpa=resistance * (takes * LPM) ** TURBULENT / 1000.0,
        dp_kpa=np.where(moved.converged[:, None], drop, np.nan),
        pump_lpm=moved.q_m3s[:, pump[0]] / LPM, pump_kpa=lift[:, 0] / 1000.0,
        shut=shut, moved=moved,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Plant:
    """A plant in its lanes while it is solved.

    Attributes
    ----------
    held_lpm
        (L, u) flow that the valves of its users hold, L/min.
    open
        (L, u) users whose valves are open: a unit that stands still shuts its own.
    shut, pump_out
        (L, m) closed links, and pumps that are out.
    at_pumps_kpa
        (L,) pressure that pumps hold where they stand, NaN not known; None: as the plant says.
    """

    study: Study
    circuit: Circuit
    plant: ReadyPlant
    held_lpm: FloatArray
    open: BoolArray
    shut: BoolArray
    pump_out: BoolArray
    at_pumps_kpa: FloatArray | None = None

    def surely(self, guessed: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return what each user has however much less than their most others ask for.

        Where pumps hold a pressure at a sensor away from them, more flow makes them give more to
        all that are nearer than the sensor. They give the least where guesses ask for nothing; and
        of that the least is left where guesses ask for their most.

        Parameters
        ----------
        guessed
            (L, u) users of which is known only how much they ask for at most.

        Returns
        -------
        lpm, kpa
            (L, u) flow through each user and pressure over it; NaN where nothing is guessed, or no
            such sensor speaks: then what stands with their most is the least; 0 not known.
        """
        circuit, link = self.circuit, self.circuit.links(Part.USER)
        lpm, kpa = np.full((2, *guessed.shape), np.nan)
        rows = np.flatnonzero(guessed.any(axis=1))
        if sensor_of(self.study, circuit) is None or not len(rows):
            return lpm, kpa
        some = replace(
            self, held_lpm=self.held_lpm[rows], open=self.open[rows], shut=self.shut[rows],
            pump_out=self.pump_out[rows],
        )  # fmt: skip
        idle, _, _ = replace(some, held_lpm=np.where(guessed[rows], 0.0, some.held_lpm)).solve()
        pump = circuit.links(Part.UNIT)[0]
        lift = (idle.p_pa[:, circuit.to[pump]] - idle.p_pa[:, circuit.fr[pump]]) / 1000.0
        moved, _, _ = replace(some, at_pumps_kpa=lift).solve()
        drop = moved.p_pa[:, circuit.fr[link]] - moved.p_pa[:, circuit.to[link]]
        lpm[rows], kpa[rows] = (
            np.nan_to_num(moved.q_m3s[:, link] / LPM), np.nan_to_num(drop / 1000.0)
        )  # fmt: skip
        return lpm, kpa

    def solve(self) -> tuple[Moved, FloatArray, BoolArray]:
        """Solve it until no valve that closes no further would open, and no other passes its end.

        Returns
        -------
        moved, least, at_least
            Flows; and (L, u) flow at the least opening, L/min, and who has it.
        """
        circuit, link = self.circuit, self.circuit.links(Part.USER)
        subject = circuit.subject[link]
        low, most = openings(self.study, self.study.site.rows_of("cdu", subject))
        takes = self.open & self.study(in_use)[subject]
        most_lpm = greatest_lpm(self.study, subject)
        wide = resistances(self.study, circuit)[link] * most**TURBULENT
        at_least = np.zeros(takes.shape, dtype=bool)
        for _ in range(_ROUNDS):
            moved = self._moved(at_least)
            drop = moved.p_pa[:, circuit.fr[link]] - moved.p_pa[:, circuit.to[link]]
            least = np.fmin(low * np.sqrt(np.maximum(drop, 0.0) / wide) / LPM, most_lpm)
            least = np.where(np.isnan(drop), np.nan, least)
            now = takes & (least > self.held_lpm * (1.0 + _CLOSE)) & (low > 0)
            if (now == at_least).all():
                break
            at_least = now
        else:
            restless = (now != at_least).any(axis=1)
            moved.converged[restless] = False
            moved.q_m3s[restless], moved.p_pa[restless] = np.nan, np.nan
        return moved, np.where(low > 0, least, 0.0), at_least

    def _moved(self, at_least: BoolArray) -> Moved:
        """Solve it with some users at the least opening of their valves, as pressure gives."""
        study, circuit, plant = self.study, self.circuit, self.plant
        link, lanes = circuit.links(Part.USER), len(self.shut)
        hold = np.full((lanes, len(circuit.fr)), np.nan)
        most = greatest_lpm(study, circuit.subject[link])
        hold[:, link] = LPM * np.where(at_least, most, self.held_lpm)
        branches = plant_branches(study, circuit, plant.curve, at_least)
        rho, mu = plant.fluid.at(np.full(hold.shape, plant.supply_c))
        rho[:, link], mu[:, link] = 1.0, 1.0  # users are rated with the plant's own water
        net = nets_of(circuit, branches, hold, with_less=bool(self.pump_out.any()))
        state = self.shut, self.pump_out, rho, mu
        if self.at_pumps_kpa is not None:
            return held_at_units(net, plant.control, self.at_pumps_kpa, state)
        moved, _ = hold_pressure(net, plant.control, sensor_of(study, circuit), state)
        if not np.isnan(plant.control.set_lpm):
            self._as_users_hold(net(Control(np.nan, np.nan, 1.0)), moved, state, at_least)
            self._not_slower(net(Control(np.nan, np.nan, AS_SLOW_AS_CAN_BE)), moved, state)
        return moved

    def _as_users_hold(self, full: Net, moved: Moved, state: State, at_least: BoolArray) -> None:
        """Let users alone hold the flow where together they ask for no more than the pumps hold.

        Two valves in a row that hold the same flow leave open which of them takes the pressure.
        """
        asked = np.where(self.open, self.held_lpm, 0.0).sum(axis=1)
        most = self.plant.control.set_lpm * (1.0 + _SAME)
        self._again(full, moved, state, np.flatnonzero((asked <= most) & ~at_least.any(axis=1)))

    def _not_slower(self, slow: Net, moved: Moved, state: State) -> None:
        """Let pumps that hold a flow run at their least speed where that gives more."""
        curve, pump = self.plant.curve, int(self.circuit.links(Part.UNIT)[0])
        if not curve.speed_min > 0 or curve.envelope:
            return
        flow = moved.q_m3s[:, pump]
        lift = moved.p_pa[:, self.circuit.to[pump]] - moved.p_pa[:, self.circuit.fr[pump]]
        least = [
            np.interp(flow, gain.q_m3s, gain.gain_pa)
            for gain in (slow.branches.gains[0], slow.branches.gains_less[0])
        ]
        head = np.where(self.pump_out[:, pump], least[1], least[0])
        rows = np.flatnonzero((flow > 0) & (lift < head * (1.0 - _CLOSE)))
        self._again(slow, moved, state, rows)

    def _again(self, net: Net, moved: Moved, state: State, rows: IntArray) -> None:
        """Solve some lanes with other pumps, in place."""
        if len(rows):
            shut, out, rho, mu = state
            found = move(lanes_of_net(net, rows), shut[rows], out[rows], rho[rows], mu[rows])
            with_rows(moved, rows, found)


def plant_branches(
    study: Study, circuit: Circuit, curve: PumpCurve, at_least: BoolArray | None = None
) -> Callable[[Control], Branches]:
    """Return what users and pumps of a plant do under any control; its users are rated.

    Parameters
    ----------
    at_least
        (L, u) users whose valves close no further; None: nobody's.
    """
    resistance, exponent = resistances(study, circuit), np.full(len(circuit.fr), np.nan)
    link = circuit.links(Part.USER)
    exponent[link] = TURBULENT
    if at_least is not None and at_least.any():
        low, most = openings(study, study.site.rows_of("cdu", circuit.subject[link]))
        resistance = np.tile(resistance, (len(at_least), 1))
        with np.errstate(divide="ignore"):
            narrower = (most / low) ** TURBULENT
        resistance[:, link] *= np.where(at_least, narrower, 1.0)
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


def resistances(study: Study, circuit: Circuit) -> FloatArray:
    """(m,) resistance of users with their valves as far open as they go, Pa at 1 m3/s."""
    site, link = study.site, circuit.links(Part.USER)
    flow, drop = rated_lpm(study, circuit.subject[link]), np.full(len(link), np.nan)
    for kind in USERS:
        rows = site.rows_of(kind, circuit.subject[link])
        mine = rows >= 0
        drop[mine] = np.asarray(study.table(kind)["facility_dp_kpa"], dtype=float)[rows[mine]]
    _, most = openings(study, site.rows_of("cdu", circuit.subject[link]))
    out = np.full(len(circuit.fr), np.nan)
    out[link] = 1000.0 * drop / (most * flow * LPM) ** TURBULENT
    return out
