"""All coolant of a study: loops and the plants behind them, solved until neither wants more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray
from twin.solve.coolant.asking import guessed
from twin.solve.coolant.building import circuits
from twin.solve.coolant.circuit import Circuit
from twin.solve.coolant.facility import PlantFlow, solve_plant
from twin.solve.coolant.flow import (
    LoopFlow,
    Unsolved,
    solve_all,
    solve_loops,
    told_apart_by,
    without_rest,
)
from twin.solve.coolant.plant_ready import plant_circuits
from twin.solve.coolant.rated import rated
from twin.solve.coolant.ready import watered
from twin.solve.coolant.solved import Solved
from twin.solve.study import Study

Water = tuple[FloatArray, FloatArray]
"""(C, u) facility water with valves as far open, and as far closed, as they go, L/min; NaN where
some user of the plant is taken to ask for more than it may, and the flow with it is not known."""

_ROUNDS = 20
SHORT = 1e-4
"""Of the flow that is asked for: less than this is lacking is no shortage."""


@dataclass(frozen=True, slots=True)
class Coolant:
    """Every described loop and plant, solved or with what lacks.

    Attributes
    ----------
    loops, plants
        As they settle together.
    at_first
        Loops with all the facility water that their units are rated for.
    """

    loops: Solved
    plants: tuple[PlantFlow | Unsolved, ...]
    at_first: Solved


def loop_flows(study: Study) -> Solved:
    """Every described loop."""
    return study(coolant).loops


def plant_flows(study: Study) -> tuple[PlantFlow | Unsolved, ...]:
    """Every described plant."""
    return study(coolant).plants


def flow_decides(study: Study) -> BoolArray:
    """(loops,) loops that are solved, so that flows and not their sums decide."""
    out = np.zeros(len(study.table("loop")), dtype=bool)
    out[[flow.circuit.row for flow in study(loop_flows).flows]] = True
    return out


def temperature_decides(study: Study) -> BoolArray:
    """(loops,) solved loops whose CDUs are all rated fully, so that temperatures decide."""
    out = np.zeros(len(study.table("loop")), dtype=bool)
    known = ~np.isnan(study(rated).ua_kw_k)
    for flow in study(loop_flows).flows:
        out[flow.circuit.row] = known[flow.units].all()
    return out


def guessing(study: Study) -> dict[int, int]:
    """Return the first CDU of each described plant of which nobody knows what it asks for.

    Neither its own loop nor its rating says it; others may then not be known because of it.
    """
    out: dict[int, int] = {}
    for plant in study(plant_flows):
        if isinstance(plant, Unsolved) or not plant.guessed.any():
            continue
        unknown = guessed(study, plant.circuit, study(coolant).at_first, plant.first_case)
        rows = study.site.rows_of("cdu", plant.subject)[unknown.any(axis=0)]
        if len(rows):
            out[plant.circuit.row] = int(rows[0])
    return out


def coolant(study: Study) -> Coolant:
    """Solve loops with what facility water they are rated for, then with what reaches them.

    Where a plant cannot give a CDU what it asks for, the valve stands wide open, and the loop is
    solved again with what comes. What others on the plant then ask for may change once more. What
    still changes in the last round is not known.
    """
    at_first = Solved(solve_loops(study, circuits(study, "loop")))
    return settled(study, study(plant_circuits), at_first)


def settled(study: Study, plants: Sequence[Circuit], at_first: Solved) -> Coolant:
    """Solve plants and loops in turn, from loops with all the water that they are rated for."""
    if not plants:
        return Coolant(at_first, (), at_first)
    loops = at_first
    for _ in range(_ROUNDS):
        found, again = _reached(study, plants, loops, at_first)
        if all(water is None for water in again):
            return Coolant(_without_unknown(study, found, loops), found, at_first)
        loops = _solved_again(loops, again)
    found, again = _reached(study, plants, loops, at_first)
    rest = Solved(_resting(loop, water) for loop, water in zip(loops, again, strict=True))
    return Coolant(_without_unknown(study, found, rest), found, Solved(at_first))


def _without_unknown(
    study: Study, plants: tuple[PlantFlow | Unsolved, ...], loops: Solved
) -> Solved:
    """Return loops without the cases in which a plant was not solved that serves their units."""
    unknown: dict[int, BoolArray] = {}
    for plant in plants:
        if isinstance(plant, Unsolved) or plant.moved.converged.all():
            continue
        # What comes through a valve that closes no further nobody asks for; it is not known either.
        asks = plant.lives & ~((plant.asked_lpm == 0) & (plant.least_lpm == 0))
        bad = (asks & ~plant.moved.converged[:, None])[plant.of_case.every]
        rows = study.site.rows_of("cdu", plant.subject)
        unknown |= {row: bad[:, k] for k, row in enumerate(rows.tolist()) if row >= 0}
    if not unknown:
        return loops
    return Solved(loop if isinstance(loop, Unsolved) else _known(loop, unknown) for loop in loops)


def _known(loop: LoopFlow, unknown: dict[int, BoolArray]) -> LoopFlow:
    """Return a loop without the cases, (C,), in which the water of one of its units is unknown."""
    mine = [unknown[row] for row in loop.units.tolist() if row in unknown]
    if not np.any(mine):
        return loop
    bad: BoolArray = np.logical_or.reduce(mine)
    apart = told_apart_by(loop, bad[:, None].astype(float))
    return without_rest(apart, bad[apart.lanes.first_case])


def _reached(
    study: Study, plants: Sequence[Circuit], loops: Solved, at_first: Solved
) -> tuple[tuple[PlantFlow | Unsolved, ...], list[Water | None]]:
    """Solve plants for what loops ask; and the water of each loop that gets another than so far."""
    found = tuple(solve_plant(study, plant, loops, at_first) for plant in plants)
    given = _given(study, found)
    return found, [_water(loop, given) for loop in loops]


def _resting(loop: LoopFlow | Unsolved, water: Water | None) -> LoopFlow | Unsolved:
    """Return a loop without the lanes in which its units were still to get other water."""
    if water is None or isinstance(loop, Unsolved):
        return loop
    of_case = loop.lanes.of_case.every
    same = np.logical_and.reduce([_same(a, b).all(axis=1) for a, b in _pairs(loop, water)])
    lanes = np.zeros(len(loop.lanes.first_case), dtype=bool)
    lanes[of_case[~same]] = True
    return without_rest(loop, lanes)


def _solved_again(loops: Solved, water: list[Water | None]) -> Solved:
    """Solve loops with other facility water; those with None stay as they are."""
    found = iter(
        solve_all(
            [
                watered(loop.loop, *comes)
                for loop, comes in zip(loops, water, strict=True)
                if comes is not None and not isinstance(loop, Unsolved)
            ]
        )
    )
    return Solved(
        loop if comes is None or isinstance(loop, Unsolved) else next(found)
        for loop, comes in zip(loops, water, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """What a plant gives to its users, (L, u) each.

    Attributes
    ----------
    plant
        The plant.
    most
        Flow that reaches one that is short of what it asks for, L/min; NaN where none is.
    least
        Flow through a valve that closes no further, L/min; NaN where it closes.
    doubt
        Where either rests on a user that is taken to ask for more than it may.
    """

    plant: PlantFlow
    most: FloatArray
    least: FloatArray
    doubt: BoolArray


def _given(study: Study, plants: Sequence[PlantFlow | Unsolved]) -> dict[int, tuple[_Given, int]]:
    """Return what reaches CDUs and their place among the users, by row.

    Only of those of plants on which some CDU is short, or some valve does not close.
    """
    out: dict[int, tuple[_Given, int]] = {}
    for plant in plants:
        if isinstance(plant, Unsolved):
            continue
        rows = study.site.rows_of("cdu", plant.subject)
        short = plant.got_lpm < plant.asked_lpm * (1.0 - SHORT)
        opens = (plant.least_lpm > 0) & plant.lives
        told = (short | opens)[:, rows >= 0].any()
        if not told:
            continue
        given = _Given(
            plant,
            np.where(short, plant.got_lpm, np.nan),
            np.where(opens, plant.least_lpm, np.nan),
            (short | opens) & plant.in_doubt[:, None],
        )
        out |= {row: (given, k) for k, row in enumerate(rows.tolist()) if row >= 0}
    return out


def _water(loop: LoopFlow | Unsolved, given: dict[int, tuple[_Given, int]]) -> Water | None:
    """Facility water of a loop's units, case by case; None: no case leaves other than so far.

    Two cases that are one to the loop may leave it different water, where one of them is a loss in
    another loop on the same plant.
    """
    if isinstance(loop, Unsolved) or not any(row in given for row in loop.units.tolist()):
        return None
    of_case = loop.lanes.of_case.every
    low, high = loop.loop.cooling.least_lpm[of_case], loop.most_lpm[of_case]
    for k, row in enumerate(loop.units.tolist()):
        if row not in given:
            continue
        comes, user = given[row]
        lane = comes.plant.of_case.every
        least, most = comes.least[lane, user], comes.most[lane, user]
        unknown = np.isnan(high[:, k]) | comes.doubt[lane, user]
        low[:, k] = np.where(np.isnan(least), low[:, k], least)
        high[:, k] = np.where(unknown, np.nan, np.fmin(high[:, k], most))
    water = high, np.minimum(low, high)
    return None if all(_same(a, b).all() for a, b in _pairs(loop, water)) else water


def _pairs(loop: LoopFlow, water: Water) -> list[tuple[FloatArray, FloatArray]]:
    """Return water and that which a loop has so far, (C, u) each: most and least."""
    of_case = loop.lanes.of_case.every
    so_far = loop.most_lpm[of_case], loop.loop.cooling.least_lpm[of_case]
    return list(zip(water, so_far, strict=True))


def _same(a: FloatArray, b: FloatArray) -> BoolArray:
    return np.isclose(a, b, rtol=SHORT, equal_nan=True)
