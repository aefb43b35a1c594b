"""What stands on the floors of a study, and how far it is clear before and behind it.

A rack stands in the middle of its position and faces as the position does. Where its type gives
no size, the footprint of the position stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.arrays.housed import budgets, with_housed
from twin.model.base import FEEDERS
from twin.site.geometry import Boxes, clear_depth, join
from twin.site.resolve import resolved
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.cabling.parts.optics import optics_kg, sure_optics_kg
from twin.solve.nameplate import in_racks
from twin.solve.study import Study

REACH_M = 3.0
"""Depth to which aisles are looked at; what is clear beyond it is told as this."""

SOLID = ("column", "wall", "equipment")
"""Obstacles that nobody walks through; doors and spaces kept free are none."""

_GEAR = tuple(k for k in FEEDERS if k != "busway")


@dataclass(frozen=True)
class Standing:
    """Positions on which racks stand on the day of the study, in the order of their rows.

    Attributes
    ----------
    position, hall
        (n,) rows of the tables of positions and halls; hall -1 not known.
    rack
        (n,) row of the first rack there of unknown mass, else of the first rack.
    boxes
        Footprints, hall frame.
    wet
        (n,) whether a rack there has a share of liquid cooling.
    mass_kg, sure_kg
        (n,) of all racks there, and what they weigh at the least.
    """

    position: IntArray
    hall: IntArray
    rack: IntArray
    boxes: Boxes
    wet: BoolArray
    mass_kg: FloatArray
    sure_kg: FloatArray

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self.position)


def rack_mass_kg(study: Study) -> FloatArray:
    """Return the mass of each rack with what stands in it, (racks,) kg, NaN not known.

    To what stands in a rack come the optics of its switches, in the same way (see `with_housed`).
    """
    whole, optics = np.asarray(study.table("rack")["mass_kg"], dtype=float), study(optics_kg)
    own, budget = _own_mass_kg(study), budgets(study.site)
    # What the layout names is in the column already where it comes on top of it.
    on_top = np.isnan(own) & ~budget
    sums = np.where(on_top, optics, study(in_racks).mass_kg + optics)
    return with_housed(own, whole, sums, study(in_racks).lacks_mass >= 0, budget)


def sure_mass_kg(study: Study) -> FloatArray:
    """Return what each rack weighs at the least, whatever is not known of it, (racks,)."""
    whole, inside = study(rack_mass_kg), study(in_racks).mass_kg + study(sure_optics_kg)
    of_type = np.nan_to_num(np.asarray(resolved(study.site, "rack", "mass_kg"), dtype=float))
    none = np.zeros(len(whole), dtype=bool)
    least = with_housed(_own_mass_kg(study), of_type, inside, none, budgets(study.site))
    return np.where(np.isnan(whole), least, whole)


def _own_mass_kg(study: Study) -> FloatArray:
    """(racks,) what the layout says that each rack weighs, NaN nothing."""
    return np.asarray(study.site.tables["rack"]["mass_kg"], dtype=float)


def standing(study: Study) -> Standing:
    """Collect positions with racks, and the footprint that the racks have there."""
    site, racks, places = study.site, study.table("rack"), study.table("position")
    place = site.rows_of("position", racks["position"])
    rows = np.flatnonzero((place >= 0) & study.here)
    position, first, which = np.unique(place[rows], return_index=True, return_inverse=True)

    def widest(column: str) -> FloatArray:
        size = np.where(np.isnan(racks[column]), places[column][place], racks[column])[rows]
        out = np.full(len(position), -np.inf)
        with np.errstate(invalid="ignore"):
            np.maximum.at(out, which, size)
        return out

    wet = np.zeros(len(position), dtype=bool)
    np.logical_or.at(wet, which, (racks["liquid_share_high"] > 0)[rows])
    mass, sure = (
        np.bincount(which, kg[rows], minlength=len(position)).astype(float)
        for kg in (study(rack_mass_kg), study(sure_mass_kg))
    )
    dim = np.flatnonzero(np.isnan(racks["mass_kg"][rows]))[::-1]
    first[which[dim]] = dim
    boxes = Boxes(
        places["x_m"][position],
        places["y_m"][position],
        widest("width_m") if len(places) else np.empty(0),
        widest("depth_m") if len(places) else np.empty(0),
        places["yaw_deg"][position],
    )
    _ = boxes.polygons  # made here once: every rule takes some of them
    hall = site.rows_of("hall", places["hall"][position])
    return Standing(position, hall, rows[first], boxes, wet, mass, sure)


@dataclass(frozen=True)
class Things:
    """All that has a place on a floor: racks on positions, obstacles, gear, (n,) each.

    `subject` is that of the position where racks stand; `solid` stands in the way of people;
    `fixed` belongs to the building.
    """

    subject: IntArray
    hall: IntArray
    boxes: Boxes
    solid: BoolArray
    fixed: BoolArray


def things(study: Study) -> Things:
    """Collect everything that has a place and a size."""
    site, here = study.site, study(standing)
    parts = [(site.subject("position", here.position), here.hall, here.boxes, "")]
    parts += [_placed(study, kind) for kind in ("obstacle", "cdu", "air_unit", *_GEAR)]
    kinds: Array = study.table("obstacle")["kind"]
    solid, fixed = [], []
    for subject, _, _, kind in parts:
        built = np.isin(kinds, SOLID) if kind == "obstacle" else np.zeros(len(subject), dtype=bool)
        fixed.append(built)
        solid.append(built if kind == "obstacle" else ~built)
    boxes = join([p[2] for p in parts])
    _ = boxes.polygons  # made here once: every rule takes some of them
    return Things(
        subject=np.concatenate([p[0] for p in parts]),
        hall=np.concatenate([p[1] for p in parts]),
        boxes=boxes,
        solid=np.concatenate(solid),
        fixed=np.concatenate(fixed),
    )


def _placed(study: Study, kind: str) -> tuple[IntArray, IntArray, Boxes, str]:
    table = study.table(kind)
    n = len(table)
    own = kind in {"cdu", "air_unit"}
    width, depth = ("width_m", "depth_m") if own else ("size_x_m", "size_y_m")
    yaw = table["yaw_deg"] if "yaw_deg" in table.columns else np.zeros(n)
    boxes = Boxes(table["at_x_m"], table["at_y_m"], table[width], table[depth], yaw)
    hall = study.site.rows_of("hall", table["hall"])
    return study.site.subject(kind, np.arange(n)), hall, boxes, kind


def outline(study: Study, hall: int) -> FloatArray:
    """(c, 2) corners of a hall's floor in m; none where the layout draws none."""
    name = str(study.table("hall").ids[hall])
    corners = study.site.shapes.outline.get(name)
    return np.empty((0, 2)) if corners is None else np.asarray(corners, dtype=float).reshape(-1, 2)


def has_outline(study: Study) -> BoolArray:
    """(halls,) whether a floor is drawn."""
    return np.array([len(outline(study, h)) > 0 for h in range(len(study.table("hall")))], bool)


def by_hall(study: Study, hall: IntArray) -> Iterator[tuple[int, IntArray, IntArray]]:
    """Halls in turn: (row of the hall, which of `hall` are in it, which things are)."""
    every = study(things).hall
    for row in np.unique(hall[hall >= 0]).tolist():
        yield row, np.flatnonzero(hall == row), np.flatnonzero(every == row)


def rows_among(subjects: IntArray, wanted: IntArray) -> IntArray:
    """Where each wanted subject stands among others, -1 where it does not.

    Examples
    --------
    >>> rows_among(np.array([7, 3, 5]), np.array([5, 9])).tolist()
    [2, -1]
    """
    if not len(subjects):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(subjects)
    at = order[np.minimum(np.searchsorted(subjects[order], wanted), len(subjects) - 1)]
    return np.where(subjects[at] == wanted, at, -1)


@dataclass(frozen=True)
class Aisles:
    """Clear depth before and behind, (n,) m, NaN not known, and the subject that ends it."""

    front_m: FloatArray
    front_by: IntArray
    rear_m: FloatArray
    rear_by: IntArray


def aisles(study: Study) -> Aisles:
    """Aisles of the positions of `standing`."""
    here = study(standing)
    return aisles_of(study, study.site.subject("position", here.position), here.hall, here.boxes)


def cdu_aisles(study: Study) -> Aisles:
    """Clear depth before and behind every CDU that has a place and a size."""
    subject, hall, boxes, _ = _placed(study, "cdu")
    return aisles_of(study, subject, hall, boxes)


def _solids(study: Study) -> dict[int, tuple[IntArray, Boxes]]:
    """Rows of `things` in the way of people, and their footprints, by hall."""
    every = study(things)
    found = {}
    for row in range(len(study.table("hall"))):
        rows = np.flatnonzero((every.hall == row) & every.solid)
        found[row] = rows, every.boxes.take(rows)
    return found


def aisles_of(study: Study, subject: IntArray, hall: IntArray, boxes: Boxes) -> Aisles:
    """Clear depth before and behind some things, (n,)."""
    every, n = study(things), len(subject)
    depth = {s: np.full(n, np.nan) for s in ("front", "rear")}
    by = {s: np.full(n, -1, dtype=np.int64) for s in ("front", "rear")}
    for row, mine, _ in by_hall(study, hall):
        (rows, solids), walls = study(_solids)[row], outline(study, row)
        own = rows_among(every.subject[rows], subject[mine])
        faces = boxes.take(mine)
        for side in ("front", "rear"):
            clear = clear_depth(faces, side, solids, own, walls, REACH_M)
            depth[side][mine] = clear.depth_m
            subjects = np.append(every.subject[rows], -1)
            by[side][mine] = subjects[clear.solid]
    return Aisles(depth["front"], by["front"], depth["rear"], by["rear"])
