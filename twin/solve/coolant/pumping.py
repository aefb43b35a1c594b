"""What the pumps of a unit give to its circuit: one falling curve of flow and pressure.

Held differential pressure, held flow and held speed are cut out of the curve at full speed and of
that at least speed, so that the control is part of the curve and needs no search: a unit that holds
a pressure gives it as long as its pumps can, and what they give at full speed beyond.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from twin.site.resolve import product_rows
from twin.site.table import BoolArray, FloatArray, Table
from twin.solve.coolant.circuit import Missing
from twin.solve.coolant.pumps import PumpCurve, duty_envelope, pump_curve
from twin.solve.study import Study

Line = tuple[FloatArray, FloatArray]
"""Flow and head of a falling line of pieces."""
AS_SLOW_AS_CAN_BE = 1e-9
"""A speed to hold below any least speed: each unit then runs at its own."""
Curves = tuple[tuple[PumpCurve | None, list[Missing]], ...]
"""Curve of each unit of a kind, or the figures that lack for it."""
LPM = 1.0 / 60000.0
"""m3/s in one L/min."""


class Limit(IntEnum):
    """How a unit stands to what it is to hold."""

    HOLDS = 0
    FULL = 1
    """Its pumps give all they have, and it is not enough."""
    LEAST = 2
    """Its pumps run at their least speed, and that is too much."""


@dataclass(frozen=True, slots=True)
class Gain:
    """A curve that a solver reads: flow, m3/s, from 0, and gain, Pa, never rising.

    `most_m3s` is the flow beyond which nothing is known, so that none goes there.
    """

    q_m3s: FloatArray
    gain_pa: FloatArray
    most_m3s: float


@dataclass(frozen=True, slots=True)
class Control:
    """What holds a circuit: one of the first three is set, the others are NaN.

    `cut_off_speed` is that of its pumps where a loss cuts its sensor off; NaN not known.
    """

    set_kpa: float
    set_lpm: float
    set_speed: float
    cut_off_speed: float = float("nan")


def control_of(study: Study, kind: str, row: int) -> tuple[Control, list[Missing]]:
    """Control of a loop or plant, and what the layout does not say of it."""
    table = study.table(kind)
    how = str(table["control"][row])
    key = {"pressure": "set_kpa", "flow": "set_lpm", "speed": "set_speed"}.get(how)
    if key is None:
        return Control(np.nan, np.nan, np.nan), [Missing(kind, "control", row)]
    value = float(table[key][row])
    said = dict.fromkeys(("set_kpa", "set_lpm", "set_speed"), np.nan) | {key: value}
    if key == "set_kpa":
        said["cut_off_speed"] = float(table["cut_off_speed"][row])
    return Control(**said), [Missing(kind, key, row)] if np.isnan(value) else []


def curve_of(study: Study, kind: str, row: int) -> tuple[PumpCurve | None, list[Missing]]:
    """Curve of a unit as rated: the product's, else the envelope of its one duty point."""
    return study(_CURVES[kind])[row]


def _read(study: Study, kind: str, row: int) -> tuple[PumpCurve | None, list[Missing]]:
    table = study.table(kind)
    product = int(product_rows(study.site, kind)[row])
    if product >= 0:
        name = str(study.site.tables["product"].ids[product])
        curve = study.site.catalog.products[name].curves.get("pump")
        own = study.site.tables[kind]
        if curve is not None and np.isnan(own["flow_lpm"][row]) and np.isnan(own["head_kpa"][row]):
            least = float(table["min_flow_lpm"][row])
            points = [np.asarray(curve.column(c)) for c in ("flow_lpm", "head_kpa")]
            return pump_curve(points[0], points[1], least)._replace(
                bypass_lpm=least if table["bypass"][row] else np.nan,
                speed_min=float(table["speed_min"][row]), speed_max=_speed_max(table, row),
            ), []  # fmt: skip
    flow, head = float(table["flow_lpm"][row]), float(table["head_kpa"][row])
    gaps = [Missing(kind, c, row) for c, v in (("flow_lpm", flow), ("head_kpa", head)) if v != v]  # noqa: PLR0124 - NaN
    if gaps:
        return None, gaps
    return duty_envelope(flow, head)._replace(
        speed_min=float(table["speed_min"][row]), speed_max=_speed_max(table, row)
    ), []


def _speed_max(table: Table, row: int) -> float:
    return float(np.nan_to_num(table["speed_max"][row], nan=1.0))


def cdu_curves(study: Study) -> Curves:
    """Return the curve of each CDU, or what lacks for it."""
    return _curves(study, "cdu")


def plant_curves(study: Study) -> Curves:
    """Return the curve of each plant, or what lacks for it."""
    return _curves(study, "plant")


_CURVES = {"cdu": cdu_curves, "plant": plant_curves}


def _curves(study: Study, kind: str) -> Curves:
    """Return the curve of each unit of a kind; units alike share one."""
    table, made = study.table(kind), dict[tuple[object, ...], PumpCurve]()
    own = study.site.tables[kind]
    names = ("flow_lpm", "head_kpa", "min_flow_lpm", "bypass", "speed_min", "speed_max")
    columns = [table[name] for name in names] + [own["flow_lpm"], own["head_kpa"]]
    figures = np.stack([np.asarray(c, dtype=float) for c in columns], axis=1)
    out: list[tuple[PumpCurve | None, list[Missing]]] = []
    for row, product in enumerate(product_rows(study.site, kind).tolist()):
        key = product, figures[row].tobytes()
        if key not in made:
            curve, gaps = _read(study, kind, row)
            if curve is None:
                out.append((None, gaps))
                continue
            made[key] = curve
        out.append((made[key], []))
    return tuple(out)


def least_flows(study: Study, kind: str) -> tuple[FloatArray, BoolArray]:
    """Least flow of each CDU or plant, L/min, NaN not known; and where it is that of a curve.

    As it is stated; else, of a curve with a hump, where it begins to fall: below that one head has
    two flows, and the curve is cut flat.
    """
    stated = np.asarray(study.table(kind)["min_flow_lpm"], dtype=float)
    falls = [np.nan if c is None else c.falls_from_lpm for c, _ in study(_CURVES[kind])]
    hump = np.isnan(stated) & ~np.isnan(falls)
    return np.where(hump, falls, stated), hump


def shutoff_of(study: Study, kind: str, row: int) -> float:
    """Pressure that a unit's pumps add at no flow and full speed, kPa; NaN not known.

    Its own figure, else the greatest of a published curve that begins at no flow. A duty point says
    nothing of it but that it is no less.
    """
    own = float(study.table(kind)["shutoff_kpa"][row])
    curve, _ = curve_of(study, kind, row)
    if not np.isnan(own) or curve is None or curve.envelope or curve.flow_lpm[0] > 0:
        return own
    return float(curve.head_kpa.max())


def gain_of(curve: PumpCurve, control: Control, share: float) -> Gain:
    """Cut what a unit gives under its control out of its curve.

    Parameters
    ----------
    curve
        The unit as rated.
    control
        What it holds.
    share
        Pumps that run over those that the curve is stated for, at most 1.

    Examples
    --------
    A pump that gives 200 kPa at rest and 100 kPa at 600 L/min, holding 150 kPa: beyond 300 L/min
    it cannot.

    >>> pump = pump_curve(np.array([0.0, 600.0]), np.array([200.0, 100.0]))
    >>> gain = gain_of(pump, Control(150.0, np.nan, np.nan), 1.0)
    >>> (gain.q_m3s * 60000).round(3).tolist(), gain.gain_pa.round(3).tolist()
    ([0.0, 300.0, 600.0], [150000.0, 150000.0, 100000.0])
    """
    full = _at_speed(curve, share, curve.speed_max)
    slows = curve.speed_min > 0 and not curve.envelope
    least = _at_speed(curve, share, curve.speed_min) if slows else None
    most = float(full[0][-1])
    if not np.isnan(control.set_speed):
        speed = max(control.set_speed, np.nan_to_num(curve.speed_min))
        full = _at_speed(curve, share, min(speed, curve.speed_max))
        most = float(full[0][-1])
    elif not np.isnan(control.set_kpa):
        held = np.array([0.0, most]), np.full(2, 1000.0 * control.set_kpa)
        full = _either(_either(held, least, np.maximum) if least else held, full, np.minimum)
    elif not np.isnan(control.set_lpm):
        most = min(most, control.set_lpm * LPM)
    return Gain(*full, most)


def _at_speed(curve: PumpCurve, share: float, speed: float) -> Line:
    """Return what pumps give at a speed, with their bypass; an envelope is known at full alone."""
    q, pa = share * curve.flow_lpm * LPM, 1000.0 * curve.head_kpa
    if not curve.envelope:
        q, pa = speed * q, speed * speed * pa
    return _with_bypass(q, pa, share * curve.bypass_lpm * LPM)


def _with_bypass(q: FloatArray, pa: FloatArray, through: float) -> Line:
    """Return what a pump gives with a bypass that keeps its own flow at `through` at least.

    However little goes out, the head is that at the flow of the bypass; NaN: there is none.
    """
    if not through > 0:
        return q, pa
    kept, head = q > through, np.interp(through, q, pa)
    return np.concatenate([[0.0, through], q[kept]]), np.concatenate([[head, head], pa[kept]])


def _either(a: Line, b: Line, pick: np.ufunc) -> Line:
    """Return the lower or upper of two falling lines of pieces, with the points where they cross.

    Beyond its last point a line stays as it is.
    """
    ends = np.unique(np.concatenate([a[0], b[0]]))
    one, two = (np.interp(ends, line[0], line[1]) for line in (a, b))
    gap = one - two
    at = np.flatnonzero(gap[:-1] * gap[1:] < 0)
    part = gap[at] / (gap[at] - gap[at + 1])
    crossing = ends[at] + part * (ends[at + 1] - ends[at])
    q = np.unique(np.concatenate([ends, crossing]))
    return q, pick(*(np.interp(q, line[0], line[1]) for line in (a, b)))
