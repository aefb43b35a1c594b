"""Where the switches of a fabric stand: positions and units of racks, by rule or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from twin.errors import plural
from twin.model.data import Switch
from twin.site.fabrics.described import Described, matching
from twin.site.fabrics.evenly import ceil_div
from twin.site.fabrics.figures import Figures
from twin.site.fabrics.units import Units, place_of
from twin.site.fabrics.wiring import to_leaves
from twin.site.fabrics.wrong import TIERS
from twin.site.faults import Fault
from twin.site.table import FloatArray, StrArray, Table

_MANY = ("leaves", "spines", "cores")


@dataclass(frozen=True)
class Floor:
    """What stands where: positions, racks, what is written of single switches, units taken.

    Attributes
    ----------
    settled
        Positions of switches that say a unit and no place, by id; see `settle`.
    """

    positions: Table
    racks: Table
    written: Mapping[str, Switch]
    units: Units
    figures: Figures
    settled: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """Position ("" not said) and lowest unit (NaN not known) of each switch of a tier, (n,)."""

    position: StrArray
    unit: FloatArray


Wishes = Sequence[Sequence[str]]
"""Positions for each of some switches, the best first; none where nothing is said."""


def settle(
    d: Described, tier: int, ids: StrArray, wishes: Wishes, floor: Floor, faults: list[Fault]
) -> None:
    """Give the switches of a tier that say a unit and no place that unit, before any rule looks.

    They stand on the first of their positions where it is free.
    """
    for name, wish in zip(ids.tolist(), wishes, strict=True):
        said = floor.written.get(name)
        if said is None or not said.unit or not wish or place_of(said, floor.racks):
            continue
        need = _height(d, tier, said, floor)
        clashes = [floor.units.clash(place, said.unit, need) if need else "" for place in wish]
        at = clashes.index("") if "" in clashes else 0
        if clashes[at]:
            left = floor.units.free(wish[at], need, said.unit)
            faults.append(Fault("switch", name, "unit", said.unit, clashes[at], left))
        floor.units.take(wish[at], said.unit, need, f"switch {name}")
        floor.settled[name] = wish[at]


def stand(
    d: Described, tier: int, ids: StrArray, wishes: Wishes, floor: Floor, faults: list[Fault]
) -> Standing:
    """Give the switches of one tier their places, plane after plane.

    A switch that is written under its id stands where that says; the others take the lowest units
    that are left where the rule wants them.
    """
    first = d.item.first_unit
    places, bottoms, without = [], [], dict[int, list[Sequence[str]]]()
    for name, wished in zip(ids.tolist(), wishes, strict=True):
        said = floor.written.get(name)
        by_hand = floor.settled.get(name) or (place_of(said, floor.racks) if said else "")
        wish = (by_hand,) if by_hand else wished
        unit = said.unit if said else None
        need = _height(d, tier, said, floor)
        free = ((p, unit or floor.units.lowest(p, first, need)) for p in wish)
        found = next(((p, u) for p, u in free if u is not None), None)
        if found is None and wish:
            without.setdefault(need, []).append(wish)
        place, bottom = found or ("", 1)
        counted = bool(need and place and (unit or first or place in floor.units.size))
        if counted:
            floor.units.take(place, bottom, need, f"switch {name}")
        places.append(place)
        bottoms.append(float(bottom) if counted else np.nan)
    for need, homeless in without.items():
        faults.append(_no_units(d, tier, homeless, len(ids), need, floor.units))
    return Standing(np.array(places, dtype=np.str_), np.array(bottoms, dtype=float))


def _height(d: Described, tier: int, said: Switch | None, floor: Floor) -> int:
    """Units that a switch takes, as its own product says where one is written; 0 not known."""
    product = (said.type if said else None) or d.products[tier]
    height = floor.figures.of(product, "rack_units")
    return int(height) if height > 0 else 0


def _no_units(
    d: Described, tier: int, without: list[Sequence[str]], count: int, need: int, units: Units
) -> Fault:
    """Tell switches without units, and how many racks more would house them."""
    first = (d.item.first_unit or 1) - 1
    have = {p: units.size[p] for wish in without for p in wish}
    said = (
        f"{len(without)} of {count} switches of {need} U find no units left in"
        f" {plural(len(have), 'rack')} of {sum(have.values())} U"
    )
    each = (max(have.values()) - first) // need
    more = ceil_div(len(without), each) if each > 0 else 0
    right = f"racks of at least {first + need} U"
    if more:
        # Those of other tiers may lack units as well: each tier tells its own.
        right = f"{plural(more, 'more rack')} for the {_MANY[tier]}"
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


def wishes_of(d: Described, tier: int, count: int, floor: Floor, faults: list[Fault]) -> Wishes:
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
