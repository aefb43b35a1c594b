"""Where the switches of a fabric stand: positions and units of racks, by rule or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.model.data import Switch
from twin.site.fabrics.described import Described, matching
from twin.site.fabrics.evenly import ceil_div
from twin.site.fabrics.figures import Figures
from twin.site.fabrics.units import Units, place_of
from twin.site.fabrics.wiring import to_leaves
from twin.site.fabrics.wrong import TIERS
from twin.site.faults import Fault
from twin.site.table import FloatArray, StrArray, Table


@dataclass(frozen=True)
class Floor:
    """What stands where: positions, racks, what is written of single switches, units taken."""

    positions: Table
    racks: Table
    written: Mapping[str, Switch]
    units: Units
    figures: Figures


@dataclass(frozen=True)
class Standing:
    """Position ("" not said) and lowest unit (NaN not known) of each switch of a tier, (n,)."""

    position: StrArray
    unit: FloatArray


def stand(d: Described, tier: int, ids: StrArray, floor: Floor, faults: list[Fault]) -> Standing:
    """Give the switches of one tier their places, plane after plane.

    A switch that is written under its id stands where that says; the others take the lowest units
    that are left where the rule wants them.
    """
    wishes = _wishes(d, tier, len(ids), floor, faults)
    height = floor.figures.of(d.products[tier], "rack_units")
    need = int(height) if height > 0 else 0
    first = d.item.first_unit
    places, bottoms, without = [], [], list[Sequence[str]]()
    for name, wished in zip(ids.tolist(), wishes, strict=True):
        said = floor.written.get(name)
        by_hand = place_of(said, floor.racks) if said else ""
        wish = (by_hand,) if by_hand else wished
        unit = said.unit if said else None
        free = ((p, unit or floor.units.lowest(p, first, need)) for p in wish)
        found = next(((p, u) for p, u in free if u is not None), None)
        if found is None and wish:
            without.append(wish)
        place, bottom = found or ("", 1)
        counted = bool(need and place and (unit or first or place in floor.units.size))
        if counted:
            # What says its place, too, has had its units before.
            told = floor.units.clash(place, bottom, need) if unit and not by_hand else ""
            if told:
                left = floor.units.free(place, need)
                faults.append(Fault("switch", name, "unit", unit, told, left))
            floor.units.take(place, bottom, need, f"switch {name}")
        places.append(place)
        bottoms.append(float(bottom) if counted else np.nan)
    if without:
        faults.append(_no_units(d, tier, without, len(ids), need, floor.units))
    return Standing(np.array(places, dtype=np.str_), np.array(bottoms, dtype=float))


def _no_units(
    d: Described, tier: int, without: list[Sequence[str]], count: int, need: int, units: Units
) -> Fault:
    """Tell switches without units, and how many racks more would house them."""
    first = (d.item.first_unit or 1) - 1
    have = {p: units.size[p] for wish in without for p in wish}
    said = (
        f"{len(without)} of {count} switches of {need} U find no units left in"
        f" {len(have)} rack{'s' if len(have) > 1 else ''} of {sum(have.values())} U"
    )
    each = (max(have.values()) - first) // need
    more = ceil_div(len(without), each) if each > 0 else 0
    right = f"racks of at least {first + need} U"
    if more:
        right = f"{more} more rack{'s' if more > 1 else ''}"
    units.homeless += [(wish, need) for wish in without]
    lower = _first_that_fits(first, units)
    if lower:
        right += f", or first_unit at most {lower}"
    if each < 1 and first:
        said = f"{said}, which have no {need} U from unit {first + 1} up"
        return Fault("fabric", d.name, "first_unit", d.item.first_unit, said, right)
    return Fault("fabric", d.name, f"{TIERS[tier]}_at", None, said, right)


def _first_that_fits(first: int, units: Units) -> int | None:
    """Highest unit, at most `first`, from which up all that are homeless fit; None none.

    What is taken stays where it is, and so do those of the fabric that have found units.
    """
    return next((bottom for bottom in range(first, 0, -1) if _all_fit(bottom, units)), None)


def _all_fit(bottom: int, units: Units) -> bool:
    """Whether all find units from `bottom` up, each on the first of its racks that has some."""
    trial = Units(units.size, {p: dict(taken) for p, taken in units.taken.items()})
    for wish, need in units.homeless:
        free = ((p, trial.lowest(p, bottom, need)) for p in wish)
        found = next(((p, u) for p, u in free if u is not None), None)
        if found is None:
            return False
        trial.take(*found, need, "")
    return True


def _wishes(
    d: Described, tier: int, count: int, floor: Floor, faults: list[Fault]
) -> list[Sequence[str]]:
    """Positions for each switch of a tier, the best first; none where nothing is said."""
    listed = _listed(d, tier, floor.positions, faults).tolist()
    if tier == 0 and d.item.place != "in order":
        return _beside(d, floor.positions, listed, faults) * d.item.planes
    starts = [n * len(listed) // count for n in range(count)]
    return [(*listed[at:], *listed[:at]) for at in starts]


def _listed(d: Described, tier: int, positions: Table, faults: list[Fault]) -> StrArray:
    """Positions for the switches of a tier: its own, else those of the tier below."""
    for t in range(tier, -1, -1):
        key = f"{TIERS[t]}_at"
        globs = getattr(d.item, key)
        if globs:
            return matching(("fabric", d.name), key, globs, positions, faults)
    return np.empty(0, dtype=np.str_)


def _beside(
    d: Described, positions: Table, listed: list[str], faults: list[Fault]
) -> list[Sequence[str]]:
    """Positions for each leaf of a plane by the racks that it serves: theirs, or of their row."""
    j = to_leaves(d.wiring, np.arange(len(d.places) * d.nodes))
    leaf, first = np.unique(j.high, return_index=True)
    serves = dict(zip(leaf.tolist(), d.places[j.low[first] // d.nodes].tolist(), strict=True))
    # Leaves of a unit that is not full yet may serve nobody: they stand with the last that do.
    last = d.places[-1].item()
    every = [serves.get(n, last) for n in range(d.wiring.all_leaves)]
    if d.item.place == "top of rack":
        return [(place,) for place in every]
    rows = dict(zip(positions.ids.tolist(), positions["row"].tolist(), strict=True))
    near = {row: _in_row(d, row, positions, listed) for row in {rows[p] for p in every}}
    for row, here in near.items():
        if not here:
            where = f"row {row}" if row else "what stands in no row"
            said = f"no position of leaf_at is in {where}, which leaves serve"
            faults.append(Fault("fabric", d.name, "leaf_at", None, said, "one in each row"))
    return [near[rows[p]] for p in every]


def _in_row(d: Described, row: str, positions: Table, listed: list[str]) -> Sequence[str]:
    """Return listed positions of a row, those nearest to its middle or its end first."""
    mine = np.flatnonzero(np.asarray(positions["row"]) == row)
    index = dict(zip(positions.ids[mine].tolist(), positions["index"][mine].tolist(), strict=True))
    last = max(index.values())
    end = (1.0 + last) / 2.0 if d.item.place == "middle of row" else last
    here = [p for p in listed if row and p in index]
    return sorted(here, key=lambda p: (abs(index[p] - end), p))
