"""All coolant of a study: loops and the plants behind them, solved until neither wants more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import exchangers
from twin.solve.coolant.circuit import Circuit, circuits
from twin.solve.coolant.facility import PlantFlow, solve_plant
from twin.solve.coolant.flow import LoopFlow, Unsolved, solve_all, solve_loops, without_rest
from twin.solve.coolant.plant_ready import plant_circuits
from twin.solve.coolant.ready import watered
from twin.solve.losses.cases import cases
from twin.solve.study import Study

Solved = tuple[LoopFlow | Unsolved, ...]

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


def loop_flows(study: Study) -> tuple[LoopFlow | Unsolved, ...]:
    """Every described loop."""
    return study(coolant).loops


def plant_flows(study: Study) -> tuple[PlantFlow | Unsolved, ...]:
    """Every described plant."""
    return study(coolant).plants


def flow_decides(study: Study) -> BoolArray:
    """(loops,) loops that are solved, so that flows and not their sums decide."""
    out = np.zeros(len(study.table("loop")), dtype=bool)
    out[[f.circuit.row for f in study(loop_flows) if not isinstance(f, Unsolved)]] = True
    return out


def temperature_decides(study: Study) -> BoolArray:
    """(loops,) solved loops whose CDUs are all rated fully, so that temperatures decide."""
    out = np.zeros(len(study.table("loop")), dtype=bool)
    for found in study(loop_flows):
        if not isinstance(found, Unsolved):
            known = ~np.isnan(exchangers(study, found.units).ua_kw_k)
            out[found.circuit.row] = bool(known.all())
    return out


def coolant(study: Study) -> Coolant:
    """Solve loops with what facility water they are rated for, then with what reaches them.

    Where a plant cannot give a CDU what it asks for, the valve stands wide open, and the loop is
    solved again with what comes. What others on the plant then ask for may change once more. What
    still changes in the last round is not known.
    """
    return settled(study, study(plant_circuits), solve_loops(study, circuits(study, "loop")))


def settled(study: Study, plants: Sequence[Circuit], at_first: Solved) -> Coolant:
    """Solve plants and loops in turn, from loops with all the water that they are rated for."""
    if not plants:
        return Coolant(at_first, (), at_first)
    loops = at_first
    for _ in range(_ROUNDS):
        found, again = _reached(study, plants, loops, at_first)
        if all(most is None for most in again):
            return Coolant(loops, found, at_first)
        loops = _solved_again(loops, again)
    found, again = _reached(study, plants, loops, at_first)
    rest = (_resting(loop, most) for loop, most in zip(loops, again, strict=True))
    return Coolant(tuple(rest), found, at_first)


def _reached(
    study: Study, plants: Sequence[Circuit], loops: Solved, at_first: Solved
) -> tuple[tuple[PlantFlow | Unsolved, ...], list[FloatArray | None]]:
    """Solve plants for what loops ask; and for each loop that gets less, (C, u) of its units."""
    found = tuple(solve_plant(study, plant, loops, at_first) for plant in plants)
    gets = _short(study, found, len(study(cases)))
    return found, [None if gets is None else _most(loop, gets) for loop in loops]


def _resting(loop: LoopFlow | Unsolved, most: FloatArray | None) -> LoopFlow | Unsolved:
    """Return a loop without the lanes in which its units were still to get less, (C, u)."""
    if most is None or isinstance(loop, Unsolved):
        return loop
    of_case = loop.lanes.of_case
    same = np.isclose(most, loop.most_lpm[of_case], rtol=SHORT, equal_nan=True).all(axis=1)
    lanes = np.zeros(len(loop.lanes.first_case), dtype=bool)
    lanes[of_case[~same]] = True
    return without_rest(loop, lanes)


def _solved_again(loops: Solved, most: list[FloatArray | None]) -> Solved:
    """Solve loops with (C, u) facility water; those with None stay as they are."""
    found = iter(
        solve_all(
            [
                watered(loop.loop, lpm)
                for loop, lpm in zip(loops, most, strict=True)
                if lpm is not None and not isinstance(loop, Unsolved)
            ]
        )
    )
    return tuple(
        loop if lpm is None or isinstance(loop, Unsolved) else next(found)
        for loop, lpm in zip(loops, most, strict=True)
    )


def _short(study: Study, plants: tuple[PlantFlow | Unsolved, ...], count: int) -> FloatArray | None:
    """(C, cdus) flow that reaches each CDU where it is short of what it asks for, else NaN.

    None: no CDU is short of water in any case.
    """
    dry: list[tuple[PlantFlow, IntArray, BoolArray]] = []
    for plant in plants:
        if not isinstance(plant, Unsolved):
            rows = study.site.rows_of("cdu", plant.subject)
            short = plant.got_lpm < plant.asked_lpm * (1.0 - SHORT)
            if short[:, rows >= 0].any():
                dry.append((plant, rows, short))
    if not dry:
        return None
    out = np.full((count, len(study.table("cdu"))), np.nan)
    for plant, rows, short in dry:
        got = np.where(short, plant.got_lpm, np.nan)[plant.of_case]
        out[:, rows[rows >= 0]] = got[:, rows >= 0]
    return out


def _most(loop: LoopFlow | Unsolved, gets: FloatArray) -> FloatArray | None:
    """(C, u) facility water of a loop's units, case by case; None: no case leaves less than so far.

    Two cases that are one to the loop may leave it different water, where one of them is a loss in
    another loop on the same plant.
    """
    if isinstance(loop, Unsolved):
        return None
    before = loop.most_lpm[loop.lanes.of_case]
    most = np.fmin(before, gets[:, loop.units])
    return None if np.allclose(most, before, rtol=SHORT, equal_nan=True) else most
