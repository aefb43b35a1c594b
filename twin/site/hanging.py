"""Trays and risers as they cannot be: what touches nothing, and ends that meet no tray."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from twin.site.faults import Fault
from twin.site.geometry import near_in_halls
from twin.site.site import Shapes
from twin.site.table import Array, BoolArray, FloatArray, IntArray, Table
from twin.site.wiring import starts

TOUCH_M = 0.001
"""Trays nearer than this are joined."""

SAME_M = 1e-6
"""Lengths that differ by no more are the same: less than rounding tells apart."""

REACH_M = 1.5
"""A rack reaches trays this far from its centre, or as far as its footprint's diagonal."""


@dataclass(frozen=True)
class Hung:
    """Trays that carry data, (n,): row, subject of the hall, line on the plan and height."""

    row: IntArray
    hall: IntArray
    line: Array
    z: FloatArray


def faults_of_trays(tables: Mapping[str, Table], shapes: Shapes) -> Iterator[Fault]:
    """Tell trays and risers that touch nothing, drop-outs beside their tray, risers upside down."""
    yield from _points(tables, shapes)
    hung = hung_of(tables, shapes)
    ends = list(ends_of(tables))
    yield from _bare_trays(tables, hung, ends)
    yield from _stray_drop_outs(tables, shapes, hung)
    yield from _wrong_risers(tables, hung, ends)


def _points(tables: Mapping[str, Table], shapes: Shapes) -> Iterator[Fault]:
    """Trays all of whose corners are one place."""
    names = tables["tray"].ids
    drawn, corners, owner = _corners(names, shapes)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    low, high = (reduce.reduceat(corners, first) if len(first) else corners
                 for reduce in (np.minimum, np.maximum))  # fmt: skip
    for name in names[drawn[(low == high).all(axis=1)]].tolist():
        said, right = "has no length: all its points are one place", "two places at least"
        yield Fault("tray", name, "points_m", None, said, right)


def _corners(names: Array, shapes: Shapes) -> tuple[IntArray, FloatArray, IntArray]:
    """Rows of trays that are drawn, the corners of all of them, and whose each corner is."""
    keys = [("tray", name) for name in names.tolist()]
    drawn = [n for n, key in enumerate(keys) if key in shapes.lines]
    lines = [shapes.lines[keys[n]] for n in drawn]
    owner = np.repeat(np.arange(len(drawn)), [len(line) for line in lines])
    return np.array(drawn, dtype=np.int64), np.concatenate([np.empty((0, 2)), *lines]), owner


def reach_m(positions: Table) -> FloatArray:
    """(positions,) how far the rack on each reaches for trays; what is as far is within it."""
    return np.fmax(np.hypot(positions["width_m"], positions["depth_m"]), REACH_M) + SAME_M


def hung_of(tables: Mapping[str, Table], shapes: Shapes, *, power: bool = False) -> Hung:
    """Return the trays that carry data, and those for power where `power`."""
    table = tables["tray"]
    drawn, corners, owner = _corners(table.ids, shapes)
    lines: Array = np.asarray(shapely.linestrings(corners, indices=owner))
    mine = power | (np.asarray(table["kind"])[drawn] != "power")
    rows = drawn[mine]
    return Hung(
        rows, np.asarray(table["hall"])[rows], lines[mine],
        np.asarray(table["elevation_m"], dtype=float)[rows],
    )  # fmt: skip


@dataclass(frozen=True)
class End:
    """What stands at one place: a riser, or one end of a way from place to place."""

    row: int
    key: str
    hall: int
    x: float
    y: float
    low: float
    high: float

    def beside(self, hung: Hung) -> tuple[FloatArray, FloatArray]:
        """How far each tray is away on the plan, infinite in another hall; and in height."""
        far = shapely.distance(hung.line, shapely.Point(self.x, self.y))
        far = np.where(hung.hall == self.hall, far, np.inf)
        return far, np.maximum(hung.z - self.high, 0.0) - np.maximum(self.low - hung.z, 0.0)

    def joins(self, other: End) -> bool:
        """Whether the two stand in one place and meet."""
        far = np.hypot(self.x - other.x, self.y - other.y)
        gap = max(self.low - other.high, other.low - self.high)
        return self.hall == other.hall and bool(far <= TOUCH_M) and gap <= TOUCH_M


def ends_of(tables: Mapping[str, Table]) -> Iterator[End]:
    """Yield what stands: risers, and both ends of each way from place to place."""
    table = tables["riser"]
    for row in range(len(table)):
        hall, x, y, low, high, to_x, to_y = (
            table[c][row]
            for c in ("hall", "at_x_m", "at_y_m", "low_m", "high_m", "to_x_m", "to_y_m")
        )
        if np.isnan(to_x):
            yield End(row, "at_m", int(hall), x, y, low, high)
        else:
            to_hall = int(table["to_hall"][row])
            yield End(row, "at_m", int(hall), x, y, low, low)
            yield End(
                row, "to_at_m", to_hall if to_hall >= 0 else int(hall), to_x, to_y, high, high
            )


def _bare_trays(tables: Mapping[str, Table], hung: Hung, ends: list[End]) -> Iterator[Fault]:
    """Trays that touch no other, no riser, and that no position reaches."""
    touched = _touched(tables, hung)
    for end in ends:
        far, over = end.beside(hung)
        touched |= (far <= TOUCH_M) & (np.abs(over) <= TOUCH_M)
    names = tables["tray"].ids
    for n in np.flatnonzero(~touched).tolist():
        far, over = _from_tray(hung, n)
        nearest = _nearest(names[hung.row], far, over)
        places = tables["position"]
        home = np.flatnonzero(places["hall"] == hung.hall[n])
        if nearest is None and not len(home):
            continue  # Nothing else is drawn in this hall yet.
        said = nearest[1] if nearest else _next(places, home, hung, n)
        yield Fault(
            "tray", str(names[hung.row[n]]), "points_m", None,
            f"touches no tray and no riser, and no position is in reach; {said}",
            "join it to another tray, or draw it within reach of a position",
        )  # fmt: skip


def _touched(tables: Mapping[str, Table], hung: Hung) -> BoolArray:
    """Trays that another one touches, or that a position reaches."""
    out = np.zeros(len(hung.row), dtype=bool)
    a, b = near_in_halls(hung.line, hung.hall, hung.line, hung.hall, TOUCH_M)
    level = np.abs(hung.z[a] - hung.z[b]) <= TOUCH_M
    out[a[(a != b) & level]] = True
    places = tables["position"]
    xy = np.column_stack([places["x_m"], places["y_m"]])
    stands = np.flatnonzero(np.isfinite(xy).all(axis=1))
    points: Array = np.asarray(shapely.points(xy[stands]))
    at = np.asarray(places["hall"])[stands]
    _, tray = near_in_halls(points, at, hung.line, hung.hall, reach_m(places)[stands])
    out[tray] = True
    return out


def _from_tray(hung: Hung, n: int) -> tuple[FloatArray, FloatArray]:
    far = shapely.distance(hung.line, hung.line[n])
    other = (hung.hall == hung.hall[n]) & (np.arange(len(hung.row)) != n)
    return np.where(other, far, np.inf), hung.z - hung.z[n]


def _nearest(names: Array, far: FloatArray, over: FloatArray) -> tuple[int, str] | None:
    """Say which tray is the nearest and how far it is away; None where there is none."""
    away = np.hypot(far, over)
    if not len(away) or np.isinf(away.min()):
        return None
    n = int(np.argmin(away))
    parts = [f"{far[n]:.3g} m away on the plan"] if far[n] > TOUCH_M else []
    if abs(over[n]) > TOUCH_M:
        parts.append(f"{abs(over[n]):.3g} m {'higher' if over[n] > 0 else 'lower'}")
    return n, f'the nearest tray is "{names[n]}", {" and ".join(parts) or "on the spot"}'


def _next(places: Table, home: IntArray, hung: Hung, n: int) -> str:
    """Say which position is the nearest to a tray, and how far it is away."""
    xy = np.column_stack([places["x_m"], places["y_m"]])[home]
    far = shapely.distance(shapely.points(xy), hung.line[n])
    at = int(np.nanargmin(far))
    reach = reach_m(places)[home[at]]
    name = places.ids[home[at]]
    said = next(s for d in range(3, 17) if (s := f"{far[at]:.{d}g}") != f"{reach:.{d}g}")
    return f'the nearest position is "{name}", {said} m away, and reaches {reach:.3g} m'


def _stray_drop_outs(tables: Mapping[str, Table], shapes: Shapes, hung: Hung) -> Iterator[Fault]:
    """Drop-outs that lie beside their tray, and areas of drop-outs of trays that have none."""
    table, product = tables["tray"], tables["product"]
    of_type = np.where(table["type"] >= 0, table["type"] - starts(tables)["product"], -1)
    width = np.where(
        np.isnan(table["width_m"]), np.append(product["width_m"], np.nan)[of_type], table["width_m"]
    )
    leaves = np.isin(table.ids, list(shapes.drop_outs)) | ~np.isnan(table["drop_out_pitch_m"])
    for row in np.flatnonzero(~leaves & ~np.isnan(table["drop_out_m2"])).tolist():
        yield Fault(
            "tray", str(table.ids[row]), "drop_out_m2", float(table["drop_out_m2"][row]),
            "says the area of its drop-outs, and not where these are",
            "drop_outs_m or drop_out_pitch_m beside it; cables leave a tray without them anywhere",
        )  # fmt: skip
    row_of = {str(table.ids[row]): n for n, row in enumerate(hung.row.tolist())}
    for name, points in shapes.drop_outs.items():
        if name not in row_of:
            continue
        n = row_of[name]
        half = max(float(np.nan_to_num(width[hung.row[n]])) / 2, TOUCH_M)
        far = shapely.distance(shapely.points(points), hung.line[n])
        for k in np.flatnonzero(far > half + SAME_M).tolist():
            place = ", ".join(f"{v:g}" for v in points[k])
            yield Fault(
                "tray", name, f"drop_outs_m.{k}", None,
                f"the drop-out at [{place}] is {far[k]:.3g} m beside the line of the tray",
                f"a place on the line, or within half of its width, {half:g} m",
            )  # fmt: skip


def _wrong_risers(tables: Mapping[str, Table], hung: Hung, ends: list[End]) -> Iterator[Fault]:
    """Risers that end below where they begin, say half of a way, or join nothing."""
    table = tables["riser"]
    wrong = set()
    for row in range(len(table)):
        for key, message, expected in (*_contradictions(table, row), *_too_short(tables, row)):
            wrong.add(row)
            yield Fault("riser", str(table.ids[row]), key, None, message, expected)
    names = tables["tray"].ids[hung.row]
    carries = np.asarray(tables["tray"]["kind"])[hung.row]
    for end in ends:
        if end.row in wrong:
            continue
        far, over = end.beside(hung)
        own = str(table["kind"][end.row])
        fits = np.isin(carries, (own, "any")) | (own == "any")
        met = fits & (far <= TOUCH_M) & (np.abs(over) <= TOUCH_M)
        needed = (1 if end.low == end.high else 2) - int(met.sum())
        others = (end.joins(o) for o in ends if o is not end and o.row not in wrong)
        if needed > 0 and sum(others) < needed:
            rest = _nearest(names, np.where(fits & ~met, far, np.inf), over)
            only = f'only tray "{names[int(np.argmax(met))]}"' if met.any() else "no tray"
            kind = "" if own == "any" else f" for {own}"
            said = f"{only}{kind}", f"; {rest[1]}" if rest else ""
            yield _loose(str(table.ids[end.row]), end, *said)


def _contradictions(table: Table, row: int) -> Iterator[tuple[str, str, str]]:
    """(key, message, expected) of what one riser says against itself."""
    away = not np.isnan(table["to_x_m"][row])
    low, high = table["low_m"][row], table["high_m"][row]
    if not away and not low < high:
        yield ("high_m", f"the riser ends at {high:g} m, not above {low:g} m where it begins",
               "high_m above low_m")  # fmt: skip
    if not away and table["to_hall"][row] >= 0:
        yield ("to_at_m", "the riser leads to another hall and does not say where it ends there",
               "write to_at_m")  # fmt: skip
    if away and np.isnan(table["length_m"][row]):
        yield ("length_m", "the riser leads from place to place and does not say how long it is",
               "write length_m")  # fmt: skip
    if not away and not np.isnan(table["length_m"][row]):
        yield ("length_m", "the riser goes straight up, so that its height is its length",
               "leave it out, or write to_at_m")  # fmt: skip


def _too_short(tables: Mapping[str, Table], row: int) -> Iterator[tuple[str, str, str]]:
    """Tell a way from place to place that is shorter than the straight line between its ends.

    In another hall only on the plan, for floors may lie at different heights; and not where both
    halls stand at one place of the site, for then nobody says where they are.
    """
    table, halls, first = tables["riser"], tables["hall"], starts(tables)["hall"]
    length, there = float(table["length_m"][row]), int(table["to_hall"][row])
    if np.isnan(table["to_x_m"][row]) or np.isnan(length):
        return
    here = int(table["hall"][row]) - first
    other = there - first if there >= 0 else here
    frames = [
        [float(halls[c][hall]) for c in ("at_x_m", "at_y_m", "yaw_deg")] for hall in (here, other)
    ]
    if here != other and frames[0] == frames[1]:
        return
    ends = [
        _on_site(frame, float(table[x][row]), float(table[y][row]))
        for frame, (x, y) in zip(frames, (("at_x_m", "at_y_m"), ("to_x_m", "to_y_m")), strict=True)
    ]
    rise = float(table["high_m"][row] - table["low_m"][row]) if here == other else 0.0
    line = float(np.hypot(abs(ends[0] - ends[1]), rise))
    if length < line - TOUCH_M:
        told = f"{length:g} m are less than the straight line between its ends, {line:.3g} m"
        yield "length_m", told, f"at least {line:.3g} m"


def _on_site(frame: list[float], x: float, y: float) -> complex:
    """Place on the site of a point in the frame of a hall."""
    at_x, at_y, yaw = frame
    return complex(at_x, at_y) + complex(x, y) * complex(np.exp(1j * np.deg2rad(yaw)))


def _loose(name: str, end: End, met: str, rest: str) -> Fault:
    """Tell an end that meets too little, and what is nearest."""
    at, expected = f"at {end.low:g} m", "a tray or riser there"
    if end.low < end.high:
        at = f"between {end.low:g} and {end.high:g} m"
        expected = "two trays or risers there, or other heights"
    return Fault("riser", name, end.key, None, f"joins {met} {at}{rest}", expected)
