"""COL103: heat that racks give to the air of a hall against its living air units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.coolant.air_sums import air_heat_budget
from twin.checks.inputs import rack_figure
from twin.checks.measure import Budget, Input
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.zones import served_halls, unit_halls
from twin.solve.load import rack_load
from twin.solve.losses.cases import cases
from twin.solve.power.gear_heat import GearHeat, gear_heat
from twin.solve.study import Study


@rule(
    "COL103",
    role="gate",
    severity="error",
    unit="kW",
    message="{demand} kW go to the air of hall {subject}{lost}, its air units take "
    "{limit} kW; {fit} of {on} racks fit",
    fix="add air units of {shortfall} kW to hall {subject}, put rear doors on the racks, or cap "
    "the racks (policy.provisioned_kw)",
    source="heat balance of the hall; makers' net capacities; one unit out as the policy says",
)
def air_heat_exceeded(study: Study) -> Iterator[Budget]:
    """Racks give more heat to the air of a hall than its air units take.

    Why it matters
    --------------
    A liquid-cooled rack of 135 kW still gives 14 to 18 kW to the room, as much as a full rack of
    servers did. Halls are filled by the liquid's numbers and found out by the air's.

    Method
    ------
    The sum of the racks' load times what the lowest published liquid share leaves to the air, and
    of all that switches and gear draw beside the servers of a rack (but for switches that are
    cooled by liquid), against the sum of the net capacities of the living air units of the hall:
    healthy, and in the worst of the losses that the policy names, of units or of the power of their
    feeds; where one of power is among them, a unit that names no `feeds` leaves the hall not known.
    Racks on a loop with liquid-to-air units give all their heat to the hall. A product's capacity
    holds at its rated water inlet: with warmer facility water it is not known, and the layout's own
    `heat_kw` of the unit stands for it. Where a unit names the return air of its capacity
    (`return_c`), it carries what lets it hold its set-point `supply_c` by the effectiveness of its
    coil at constant flows, with water as it is, and never more than its rating. Racks of a zone
    with air units of its own are in COL301. A rear door (`position`) takes what its rack gives, up
    to its capacity, while it lives, and nothing of other racks. Transformers, UPS and all other
    elements of the power chain that name the hall give it their losses, as the sums of PWR103 know
    them: per kW of each rack that they feed, wherever it stands, and what they lose at no load;
    after a loss the most that each rack brings in any case in which racks keep the same share of
    their load, without the gear that is dead in it. A case that takes no air unit but makes living
    gear give more heat is held against all of them. Worked number: GB300 at 132 kW, 0.87 to liquid
    at the lowest, gives 17.16 kW to the air.

    Does not cover
    --------------
    Plants that name no feeds (they are taken to outlive every loss of power), heat of lamps,
    people, sun and walls, humidity, where the air goes (hot spots, recirculation: COL303), and what
    units without `return_c` carry at another air temperature. Of power gear: elements that name no
    hall, losses that nobody states (no efficiency, no loss: they count as nothing, as PWR112
    tells), those of conductors, and units with a water circuit of their own.

    See also
    --------
    COL101, COL104, COL301.
    """
    budget = air_heat_budget(study, "hall", study(served_halls), study(unit_halls))
    yield _with_gear(study, budget)


def _with_gear(study: Study, budget: Budget) -> Budget:
    """Add the heat of power gear in the halls, which goes with all of a rack's load."""
    gear = study(gear_heat)
    if not len(gear.hall) and not gear.fixed_kw.any():
        return budget
    counts, share = study(cases).counts[budget.case], study(cases).keep[budget.case]
    kept = gear.kept(np.where(counts, share, np.nan))
    budget, kept = _with_growth(gear, budget, kept)
    load, heat = study(rack_load), budget.amount
    # Heat as a part of the load, so that both kinds of heat are shares of one amount.
    part = np.divide(heat, load, out=np.zeros(len(load)), where=load != 0)
    part = np.where(np.isnan(load), 1.0, part)
    low, high = (np.searchsorted(gear.hall, budget.subject, side=s) for s in ("left", "right"))
    count = high - low
    row = np.repeat(np.arange(len(count)), count)
    at = np.repeat(low, count) + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    # The healthy row comes after the cases of every share.
    each = np.concatenate([gear.most, gear.healthy[None]])
    fixed = np.concatenate([gear.fixed_most_kw, gear.fixed_kw[None]])
    state = np.where(budget.case > 0, kept, len(gear.keep))
    # Of a row that rests on a cap in doubt only what is sure counts.
    coefficient = np.where(np.isnan(budget.base)[row], 0.0, each[state[row], at])
    base = budget.base + fixed[state, budget.subject]
    groups = tuple(_shares_of_groups(gear, budget.subject))
    for told in groups:
        base = np.where(told.known, base, np.nan)
    return replace(
        budget,
        base=base,
        rack=np.concatenate([budget.rack, gear.rack[at]]),
        row=np.concatenate([budget.row, row]),
        coefficient=np.concatenate([budget.coefficient * part[budget.rack], coefficient]),
        amount=load,
        rack_inputs=(*budget.rack_inputs, _power_factor(study, gear)),
        row_inputs=(*budget.row_inputs, *groups),
    )


def _with_growth(gear: GearHeat, budget: Budget, kept: IntArray) -> tuple[Budget, IntArray]:
    """Add rows of halls in which power gear gives more heat in cases that take no air unit.

    They are their healthy rows in another case, with what racks keep in it.
    """
    lost = budget.case > 0
    told = set(zip(kept[lost].tolist(), budget.subject[lost].tolist(), strict=True))
    healthy = {int(budget.subject[r]): r for r in np.flatnonzero(~lost).tolist()}
    added = [
        (healthy[h], k, int(gear.grows[k, h]))
        for k, h in np.argwhere(gear.grows >= 0).tolist()
        if h in healthy and (k, h) not in told
    ]
    if not added:
        return budget, kept
    row, place, case = (np.array(column, dtype=np.int64) for column in zip(*added, strict=True))
    share = np.nan_to_num(gear.keep[place], nan=1.0)
    return _again(budget, row, case, share), np.concatenate([kept, place])


def _again(budget: Budget, row: IntArray, case: IntArray, share: FloatArray) -> Budget:
    """Add copies of rows, each for another case and with a share of what racks have in it."""
    rows = np.concatenate([np.arange(len(budget.limit)), row])
    entries = [np.flatnonzero(budget.row == r) for r in row.tolist()]
    owner = np.repeat(np.arange(len(row)), [len(e) for e in entries])
    copied = np.concatenate(entries)
    figures = [i._replace(rows=i.rows[rows], known=i.known[rows]) for i in budget.row_inputs]
    return replace(
        budget,
        subject=budget.subject[rows],
        case=np.concatenate([budget.case, case]),
        limit=budget.limit[rows],
        base=budget.base[rows],
        onto=budget.onto[rows],
        rack=np.concatenate([budget.rack, budget.rack[copied]]),
        row=np.concatenate([budget.row, owner + len(budget.limit)]),
        coefficient=np.concatenate([budget.coefficient, budget.coefficient[copied] * share[owner]]),
        row_inputs=tuple(figures),
    )


def _power_factor(study: Study, gear: GearHeat) -> Input:
    """Power factors of racks: asked for where the copper of a transformer in a hall needs them."""
    figure = rack_figure(study, "power_factor")
    needed = np.zeros(len(figure.known), dtype=bool)
    needed[gear.rack[np.isnan(gear.healthy) | np.isnan(gear.most).any(axis=0)]] = True
    return figure._replace(known=figure.known | ~needed)


def _shares_of_groups(gear: GearHeat, hall: IntArray) -> Iterator[Input]:
    """Say of halls which transformer lacks what, where nobody knows how a group in it shares."""
    for column, lacking in (("z_pct", gear.no_z), ("rating_kva", gear.no_rating)):
        row = lacking[hall]
        if (row >= 0).any():
            yield Input("transformer", column, row, row < 0)
