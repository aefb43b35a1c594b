"""Plants whose pipes are not described: what their users ask for, and what their pumps give."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from twin.site.resolve import product_rows
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.asking import USERS, users_ask
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.described import plants_described
from twin.solve.coolant.flow import Unsolved
from twin.solve.coolant.lacking import less_pumps, pumps_unsaid
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import PUMP
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class PlantWater:
    """Rows (plant, case), each plant's healthy row first.

    Attributes
    ----------
    plant, case
        (R,) row of the plant; case, 0 healthy.
    asked_lpm
        (R,) sum of what is known of its living users.
    lacking
        (R,) subject of a living user whose flow is not known, -1 none.
    gives_lpm
        (R,) most that its pumps give, NaN not known: in a last row of its own what a lost pump
        leaves of pumps that nobody has counted.
    """

    plant: IntArray
    case: IntArray
    asked_lpm: FloatArray
    lacking: IntArray
    gives_lpm: FloatArray


_NONE = PlantWater(*(np.empty(0, dtype=t) for t in (np.int64, np.int64, float, np.int64, float)))


def plant_water(study: Study) -> PlantWater:
    """Sum what CDUs and air units ask of each plant without described pipes that has such users.

    Of the cases that leave a plant the same pumps, the one in which most is asked for
    stands for all; a user of unknown flow may be in any.
    """
    site, parts = study.site, [_NONE]
    for plant in np.flatnonzero(~study(plants_described)).tolist():
        users = [
            np.flatnonzero(site.rows_of("plant", study.table(kind)["plant"]) == plant)
            + site.first[kind]
            for kind in USERS
        ]
        if len(users[0]) + len(users[1]):
            parts.append(_of_plant(study, plant, np.concatenate(users)))
    return PlantWater(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(PlantWater))
    )


def _of_plant(study: Study, plant: int, users: IntArray) -> PlantWater:
    table, case = study(cases), _cases_of(study, plant, users)
    asked = users_ask(study, users, study(loop_flows), case)
    asked[_dead(study, case, users)] = 0.0
    total, unknown = np.nansum(asked, axis=1), np.isnan(asked)
    lacking = np.where(unknown.any(axis=1), users[unknown.argmax(axis=1)], -1)
    out = (table.sort[case] == PUMP) & (table.origin[case] == plant + study.site.first["plant"])
    share = float(less_pumps(study, "plant", np.array([plant]))[0])
    gives = most_lpm(study)[plant] * np.where(out, share, 1.0)
    # The healthy row, then the most of each state of its pumps, with caps in doubt or none.
    rows, alike = [0], np.stack([out, ~table.counts[case]], axis=1)
    for state in np.unique(alike, axis=0):
        mine = np.flatnonzero((alike == state).all(axis=1))
        rows += [int(mine[np.argmax(total[mine])]), int(mine[np.argmax(lacking[mine])])]
    row = np.array(list(dict.fromkeys(rows)), dtype=np.int64)
    if pumps_unsaid(study, "plant", np.array([plant])).any():
        row, gives = np.append(row, len(gives)), np.append(gives, np.nan)
        case, total, lacking = (np.append(c, c[0]) for c in (case, total, lacking))
    return PlantWater(np.full(len(row), plant), case[row], total[row], lacking[row], gives[row])


def _cases_of(study: Study, plant: int, users: IntArray) -> IntArray:
    """Cases in which a plant's users may ask for more, or its pumps give less; healthy first."""
    table = study(cases)
    out = [np.zeros(1, dtype=np.int64)]
    mine = (table.sort == PUMP) & (table.origin == plant + study.site.first["plant"])
    out.append(np.flatnonzero(mine))
    for loop in study(loop_flows):
        if not isinstance(loop, Unsolved):
            units = loop.units + study.site.first["cdu"]
            if np.isin(units, users).any():
                out.append(loop.lanes.first_case)
    return np.unique(np.concatenate(out))


def _dead(study: Study, case: IntArray, users: IntArray) -> tuple[IntArray, IntArray]:
    """Places (case, user) of users that are dead."""
    fallen = study(cases).fallen
    hit = np.flatnonzero(np.isin(fallen.gear, users) & np.isin(fallen.gear_state, case))
    order = np.argsort(users)
    user = order[np.searchsorted(users[order], fallen.gear[hit])]
    return np.searchsorted(case, fallen.gear_state[hit]), user


def most_lpm(study: Study) -> FloatArray:
    """(plants,) most that a plant's pumps give, L/min: stated, or by its curve; NaN not known.

    A plant that holds a flow gives no more than that.
    """
    plants, site = study.table("plant"), study.site
    own = np.asarray(plants["flow_lpm"], dtype=float)
    products = [site.catalog.products[i] for i in site.tables["product"].ids.tolist()]
    curves = [known.curves.get("pump") for known in products]
    ends = [np.nan if c is None else float(max(c.column("flow_lpm"))) for c in curves]
    most = np.where(np.isnan(own), np.array([*ends, np.nan])[product_rows(site, "plant")], own)
    held = np.where(plants["control"] == "flow", plants["set_lpm"], np.nan)
    return np.fmin(most, held)
