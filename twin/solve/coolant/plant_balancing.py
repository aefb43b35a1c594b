"""How the valves of a plant's branches are to be set, so that every case leaves each user its flow.

CDUs and air units throttle by valves of their own. A branch is balanced for the case that leaves
its valve least: there the user's own valve then stands wide open, in all others it throttles. Flows
of all users stay as they were, and with them the pressures at all branches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.balancing import OPEN_KPA, kv_of_drop
from twin.solve.coolant.facility import PlantFlow, coolant_of
from twin.solve.study import Study

_CLOSE = 1e-4
"""Of a pressure; the coupling with loops is not solved more sharply."""


@dataclass(frozen=True, slots=True)
class BranchSettings:
    """Settings of the branches of a plant's users, u of them; NaN not known.

    Attributes
    ----------
    lane
        (u,) lane of the plant that decides: the one that leaves its valve the least Kv that is
        enough, or where most pressure is lacking.
    design_lpm
        (u,) what it asks for there.
    available_kpa
        (u,) between supply and return of its branch there.
    user_kpa
        (u,) what it loses itself, its own valve wide open.
    valve_kpa, kv_m3h
        (u,) what is left for the balancing valve, and the Kv with which it takes that.
    short_kpa
        (u,) by how much what is available falls short in some case, else 0.
    """

    lane: IntArray
    design_lpm: FloatArray
    available_kpa: FloatArray
    user_kpa: FloatArray
    valve_kpa: FloatArray
    kv_m3h: FloatArray
    short_kpa: FloatArray


def branch_settings(study: Study, found: PlantFlow) -> BranchSettings:
    """Find the settings of all branches of a solved plant, over all of its cases.

    Parameters
    ----------
    found
        The plant, solved.
    """
    u = np.arange(len(found.link))
    # What comes through a valve that closes no further nobody asks for: it sets no other valve.
    asks = found.lives & ~(found.asked_lpm <= 0) & ~found.at_least
    unknown = (asks & (np.isnan(found.dp_kpa) | np.isnan(found.asked_lpm))).any(axis=0)
    unknown |= ~asks.any(axis=0) & found.at_least.any(axis=0)
    left = found.dp_kpa - found.needs_kpa
    lacks = np.where(asks & (left < -_CLOSE * found.needs_kpa), -left, 0.0)
    short = lacks.any(axis=0)
    # A valve takes what goes with the square of its flow: the case with the least of that decides.
    with np.errstate(divide="ignore", invalid="ignore"):
        by_square = np.where(asks, left / np.square(found.asked_lpm), np.inf)
    by_square = np.where(np.isnan(by_square), np.inf, by_square)
    lane = np.where(short, lacks.argmax(axis=0), _first_least(by_square, found.first_case))
    design, over, needs = (
        np.where(unknown, np.nan, column[lane, u])
        for column in (found.asked_lpm, found.dp_kpa, found.needs_kpa)
    )
    rho, _ = coolant_of(study, found)
    valve = np.where(short, np.nan, np.maximum(over - needs, 0.0))
    kv = np.where(valve > OPEN_KPA, kv_of_drop(design, valve, rho), np.nan)
    return BranchSettings(
        lane, design, over, needs, valve, kv, np.where(unknown, np.nan, lacks.max(axis=0))
    )


def _first_least(values: FloatArray, order: IntArray) -> IntArray:
    """(u,) row of the least of each column; of those that are it but for rounding the first."""
    near = values <= values.min(axis=0) * (1.0 + 1e-6)
    return np.asarray(np.where(near, order[:, None], order.max() + 1).argmin(axis=0))
