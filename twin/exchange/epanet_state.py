"""What of a solved loop or plant a file for EPANET is written from, and which one that is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.errors import InputError, Problem, SolveError, near, shown
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import TURBULENT
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.facility import PlantFlow, coolant_of, plant_branches
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.hold import sensor_of
from twin.solve.coolant.lost import lanes_of
from twin.solve.coolant.pumping import LPM, Gain, control_of, curve_of
from twin.solve.coolant.running import running
from twin.solve.study import Study

DESCRIBE = "describe its pipes (with start and end) and manifolds"


@dataclass(frozen=True, slots=True)
class Takers:
    """Racks of a loop or users of a plant, t of them.

    Attributes
    ----------
    link, resistance, exponent
        (t,) link of each, and its power law, Pa at 1 m3/s.
    hold_m3s
        (t,) flow that its valve does not let pass, NaN none.
    """

    link: IntArray
    resistance: FloatArray
    exponent: FloatArray
    hold_m3s: FloatArray


@dataclass(frozen=True, slots=True)
class State:
    """A circuit as it runs healthy. n nodes, m links, u units.

    Attributes
    ----------
    q_m3s, p_pa
        (m,) flows; (n,) pressures.
    rho, mu
        (m,) density, kg/m3, and viscosity, Pa s, of what is in each link.
    shut
        (m,) links that are closed.
    gains
        (u,) what units give under their control.
    takers
        What takes the coolant.
    """

    circuit: Circuit
    q_m3s: FloatArray
    p_pa: FloatArray
    rho: FloatArray
    mu: FloatArray
    shut: BoolArray
    gains: tuple[Gain, ...]
    takers: Takers


def state_of(study: Study, flow: LoopFlow | PlantFlow) -> State:
    """Return a solved loop or plant as it runs healthy."""
    return _of_loop(study, flow) if isinstance(flow, LoopFlow) else _of_plant(study, flow)


def _of_loop(study: Study, flow: LoopFlow) -> State:
    on, racks = running(study, flow), flow.racks
    takers = Takers(racks.link, flow.rack_resistance[0], racks.exponent, racks.hold_m3s)
    return State(
        flow.circuit, flow.moved.q_m3s[0], flow.moved.p_pa[0], on.rho, on.mu, on.shut,
        on.branches.gains, takers,
    )  # fmt: skip


def _of_plant(study: Study, found: PlantFlow) -> State:
    circuit, lane = found.circuit, int(found.of_case[0])
    curve, _ = curve_of(study, "plant", circuit.row)
    control, _ = control_of(study, "plant", circuit.row)
    if curve is None:  # a solved plant has pumps
        raise ValueError(circuit.row)
    if not np.isnan(control.set_kpa) and sensor_of(study, circuit) is not None:
        control = replace(control, set_kpa=float(found.pump_kpa[lane]))
    at_least = found.at_least[lane]
    branches = plant_branches(study, circuit, curve, at_least[None])(control)
    takers = Takers(
        found.link, np.atleast_2d(branches.resistance)[0, found.link],
        np.full(len(found.link), TURBULENT),
        np.where(at_least, np.nan, found.asked_lpm[lane] * LPM),
    )  # fmt: skip
    rho, mu = coolant_of(study, found)
    m = len(circuit.fr)
    return State(
        circuit, found.moved.q_m3s[lane], found.moved.p_pa[lane], np.full(m, rho), np.full(m, mu),
        lanes_of(study, circuit).shut[0], branches.gains, takers,
    )  # fmt: skip


def solved(study: Study, name: str | None) -> LoopFlow | PlantFlow:
    """Return the solved loop or plant of a name; without one, the only loop that is described.

    Raises
    ------
    InputError
        There is none of that name, its pipes are not described, or there are several to choose
        from.
    SolveError
        It cannot be solved: a figure lacks, or no solution was found.
    """
    loops, plants = study.table("loop").ids, study.table("plant").ids
    of_loops = {str(loops[flow.circuit.row]): flow for flow in study(loop_flows)}
    of_plants = {str(plants[found.circuit.row]): found for found in study(plant_flows)}
    found: dict[str, LoopFlow | PlantFlow | Unsolved] = {**of_plants, **of_loops}
    alone = of_loops or of_plants
    if name is None and len(alone) == 1:
        name = next(iter(alone))
    if name not in found:
        raise InputError(_no_loop(name, list(found), [*loops.tolist(), *plants.tolist()]))
    flow = found[name]
    what = f"{flow.circuit.kind} {name}"
    if isinstance(flow, Unsolved):
        raise SolveError(f"{what} cannot be solved: {_lacks(study, flow)}")
    lane = 0 if isinstance(flow, LoopFlow) else int(flow.of_case[0])
    if not flow.moved.converged[lane]:
        left = float(flow.moved.residual[lane])
        raise SolveError(f"no flows were found for {what} (residual {left:.3g})")
    return flow


def _lacks(study: Study, loop: Unsolved) -> str:
    """Say what a circuit lacks: figures, or what pumps or takes its coolant."""
    if loop.missing:
        paths = (study.site.path_of(m.kind, m.row, m.column) for m in loop.missing)
        return f"{', '.join(paths)} missing"
    if not len(loop.circuit.links(Part.UNIT)):
        return "it has no CDU"
    return "no rack that takes coolant stands on its manifolds"


def _no_loop(name: str | None, described: list[str], ids: list[str]) -> Problem:
    choice = f"name one of {', '.join(described)}" if described else ""
    if name is None:
        said = "several loops have pipes" if described else "no loop says how its pipes run"
        return Problem("", key="--loop", message=said, expected=choice or DESCRIBE)
    if name in ids:
        return Problem("", key="--loop", value=name, message=f"{shown(name)} has no pipes",
                       expected=DESCRIBE)  # fmt: skip
    return Problem("", key="--loop", value=name, message=f"there is no loop {shown(name)}",
                   expected=choice, near=near(name, ids))  # fmt: skip
