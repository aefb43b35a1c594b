"""Where the switches of a fabric stand: positions and units of racks, by rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twin.site.fabrics.described import TIERS, Described, matching
from twin.site.fabrics.wiring import to_leaves
from twin.site.faults import Fault
from twin.site.table import FloatArray, StrArray, Table

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog


@dataclass
class Units:
    """Units of racks as they fill up from below, shared by all fabrics.

    Attributes
    ----------
    size
        Units of the rack on each position; a position is missing where nobody knows them.
    taken
        Units below the next free one.
    """

    size: dict[str, int]
    taken: dict[str, int] = field(default_factory=dict)

    def free(self, place: str, first: int) -> float:
        """Units left on a position above `first` - 1; infinite where its rack's are not known."""
        if place not in self.size:
            return np.inf
        return self.size[place] - max(self.taken.get(place, 0), first - 1)

    def take(self, place: str, first: int, height: int) -> int:
        """Take the lowest free units; their first."""
        bottom = max(self.taken.get(place, 0), first - 1)
        self.taken[place] = bottom + height
        return bottom + 1


def units_of(racks: Table, catalog: Catalog) -> Units:
    """Units of the racks that stand on positions; the least where several come one after other."""
    size: dict[str, int] = {}
    for place, kind in zip(racks["position"].tolist(), racks["type"].tolist(), strict=True):
        product = catalog.products.get(kind)
        units = product.number("rack_units") if product is not None else float("nan")
        if place and units > 0:
            size[place] = min(size.get(place, int(units)), int(units))
    return Units(size)


@dataclass(frozen=True)
class Standing:
    """Position ("" not said) and lowest unit (NaN not known) of each switch of a tier, (n,)."""

    position: StrArray
    unit: FloatArray


def stand(
    d: Described, tier: int, planes: int, positions: Table, units: Units, catalog: Catalog,
    faults: list[Fault],
) -> Standing:  # fmt: skip
    """Give the switches of one tier their places, plane after plane."""
    w = d.wiring
    count = planes * (w.all_leaves, w.all_spines, w.all_cores)[tier]
    listed = _listed(d, tier, positions, faults)
    height = catalog.products[d.products[tier]].number("rack_units")
    if tier == 0 and d.item.place != "in order":
        wished = np.tile(_beside(d, positions, listed), planes)
    elif len(listed):
        wished = listed[np.arange(count) * len(listed) // max(count, 1)]
    else:
        return Standing(np.full(count, "", dtype=np.str_), np.full(count, np.nan))
    return _filled(d, tier, wished, listed, height, units, faults)


def _listed(d: Described, tier: int, positions: Table, faults: list[Fault]) -> StrArray:
    """Positions for the switches of a tier: its own, else those of the tier below."""
    for t in range(tier, -1, -1):
        key = f"{TIERS[t]}_at"
        globs = getattr(d.item, key)
        if globs:
            return matching(("fabric", d.name), key, globs, positions, faults)
    return np.empty(0, dtype=np.str_)


def _beside(d: Described, positions: Table, listed: StrArray) -> StrArray:
    """Position of each leaf by the racks that it serves: theirs, or one in their row."""
    w = d.wiring
    j = to_leaves(w, np.arange(len(d.places) * d.nodes))
    leaf, first = np.unique(j.high, return_index=True)
    serves = d.places[j.low[first] // d.nodes]
    out = np.full(w.all_leaves, "", dtype=d.places.dtype)
    out[leaf] = serves
    if d.item.place == "top of rack":
        return out
    rows = dict(zip(positions.ids.tolist(), positions["row"].tolist(), strict=True))
    index = dict(zip(positions.ids.tolist(), positions["index"].tolist(), strict=True))
    here: dict[str, list[str]] = {}
    for place in listed.tolist():
        here.setdefault(rows[place], []).append(place)
    length: dict[str, float] = {}
    for place, row in rows.items():
        length[row] = max(length.get(row, 0.0), index[place])
    aim = 0.5 if d.item.place == "middle of row" else 1.0

    def nearest(place: str) -> str:
        row = rows.get(place, "")
        end = 1.0 + aim * (length.get(row, 1.0) - 1.0)
        return min(here.get(row, [""]), key=lambda p: (abs(index.get(p, 0.0) - end), p))

    return np.array([nearest(p) for p in out.tolist()], dtype=np.str_)


def _filled(
    d: Described, tier: int, wished: StrArray, listed: StrArray, height: float, units: Units,
    faults: list[Fault],
) -> Standing:  # fmt: skip
    """Take units of the wished positions, of the next listed one where they are full."""
    first = d.item.first_unit or 1
    places, bottoms, without = [], [], 0
    need = int(height) if height > 0 else 0
    for wish in wished.tolist():
        order = _from(wish, listed)
        place = next((p for p in order if p and units.free(p, first) >= need), None)
        if place is None:
            without += 1
            places.append(wish)
            bottoms.append(np.nan)
        else:
            known = need and place in units.size
            places.append(place)
            bottoms.append(float(units.take(place, first, need)) if known else np.nan)
    if without:
        have = {p: units.size[p] for p in dict.fromkeys([*listed.tolist(), *wished.tolist()]) if p}
        said = (
            f"{without} of {len(wished)} switches of {need} U find no units left in"
            f" {len(have)} racks of {sum(have.values())} U"
        )
        each = max(min(have.values(), default=0) // max(need, 1), 1)
        right = f"{-(-without // each)} more racks"
        faults.append(Fault("fabric", d.name, f"{TIERS[tier]}_at", None, said, right))
    return Standing(np.array(places, dtype=np.str_), np.array(bottoms, dtype=float))


def _from(wish: str, listed: StrArray) -> Iterable[str]:
    """Return a position, then the listed ones after it, then those before it."""
    names = listed.tolist()
    if wish not in names:
        return (wish, *names)
    at = names.index(wish)
    return (*names[at:], *names[:at])
