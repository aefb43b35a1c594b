"""How the valves of a plant's branches are to be set, with all of its users at their most at once.

CDUs and air units ask for less than that most of the time, and their own valves throttle then. The
branch is balanced once, for the most that each asks for in any case: what is left over a user
besides what it loses itself is what its valve must take, so that no branch starves another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray
from twin.solve.coolant.balancing import OPEN_KPA, kv_of_drop
from twin.solve.coolant.branches import TURBULENT
from twin.solve.coolant.facility import PlantFlow, coolant_of, plant_branches
from twin.solve.coolant.hold import hold_pressure, sensor_nodes
from twin.solve.coolant.hydraulics import nets_of
from twin.solve.coolant.lost import lanes_of
from twin.solve.coolant.pumping import LPM, control_of, curve_of
from twin.solve.study import Study

_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class BranchSettings:
    """Settings of the branches of a plant's users, u of them; NaN not known.

    Attributes
    ----------
    design_lpm
        (u,) the most that each asks for in any case.
    available_kpa
        (u,) between supply and return of its branch, all users at their design flow.
    user_kpa
        (u,) what it loses itself then, its own valve wide open.
    valve_kpa, kv_m3h
        (u,) what is left for the balancing valve, and the Kv with which it takes that.
    short_kpa
        (u,) by how much what is available falls short where the design flow is not reached, else 0.
    """

    design_lpm: FloatArray
    available_kpa: FloatArray
    user_kpa: FloatArray
    valve_kpa: FloatArray
    kv_m3h: FloatArray
    short_kpa: FloatArray


def branch_settings(study: Study, found: PlantFlow) -> BranchSettings:
    """Find the settings of all branches of a solved plant, healthy.

    Parameters
    ----------
    found
        The plant, solved.
    """
    circuit, link = found.circuit, found.link
    design = found.asked_lpm.max(axis=0)
    curve, _ = curve_of(study, "plant", circuit.row)
    control, _ = control_of(study, "plant", circuit.row)
    if curve is None:  # a solved plant has pumps
        raise ValueError(circuit.row)
    wide = (1, len(circuit.fr))
    hold = np.full(wide, np.nan)
    hold[0, link] = design * LPM
    rho, mu = coolant_of(study, found)
    branches = plant_branches(study, circuit, curve)
    lanes = lanes_of(study, circuit)
    moved, _ = hold_pressure(
        nets_of(circuit, branches, hold, with_less=False), control, sensor_nodes(study, circuit),
        (lanes.shut[:1], lanes.pump_out[:1], np.full(wide, rho), np.full(wide, mu)),
    )  # fmt: skip
    p, q = moved.p_pa[0], moved.q_m3s[0, link]
    known = bool(moved.converged[0])
    resistance = branches(control).resistance[link]
    available = np.where(known, (p[circuit.fr[link]] - p[circuit.to[link]]) / 1000.0, np.nan)
    user = resistance * np.abs(q) ** TURBULENT / 1000.0
    reached = q >= design * LPM * (1.0 - _CLOSE)
    needs = resistance * (design * LPM) ** TURBULENT / 1000.0
    left = np.where(reached & known, np.maximum(available - user, 0.0), np.nan)
    kv = np.where(left > OPEN_KPA, kv_of_drop(design, left, rho), np.nan)
    short = np.where(reached, 0.0, np.maximum(needs - available, 0.0))
    return BranchSettings(
        design, available, np.where(known, user, np.nan), left, kv, np.where(known, short, np.nan)
    )
