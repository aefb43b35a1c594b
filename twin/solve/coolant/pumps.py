"""Pumps: tabulated curves and envelopes, affinity laws, pumps in parallel, power.

A curve is read by straight lines between its points and never beyond the last of them. One
published duty point is an envelope: any flow and any head up to it, nothing beyond.

References
----------
ANSI/HI 14.6 and ISO 9906 (affinity of speed: Q ~ n, H ~ n^2, P ~ n^3). Crane Technical Paper 410,
examples 7-33 and 7-34.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.catalog.pump import least_flow, rise_beyond
from twin.site.table import FloatArray


class PumpCurve(NamedTuple):
    """One pump at full speed; the head never grows with the flow.

    Parameters
    ----------
    flow_lpm, head_kpa
        Points, by growing flow.
    least_lpm
        Least flow at which the pump may run; NaN not known.
    cut_flat
        There was a hump below the least flow, and it was cut flat.
    envelope
        Made from one duty point: heads below the line are reached by control, and the speed that
        this takes is not known.
    bypass_lpm
        Flow below which a bypass opens, so that the pump moves this much at least; NaN none.
    speed_min, speed_max
        Shares of full speed between which the pump runs; NaN no least one.
    """

    flow_lpm: FloatArray
    head_kpa: FloatArray
    least_lpm: float = float("nan")
    cut_flat: bool = False
    envelope: bool = False
    bypass_lpm: float = float("nan")
    speed_min: float = float("nan")
    speed_max: float = 1.0

    @property
    def falls_from_lpm(self) -> float:
        """Flow below which the head is not that of the pump, but of its hump cut flat; NaN none."""
        if not self.cut_flat:
            return float("nan")
        return float(self.flow_lpm[np.flatnonzero(self.head_kpa == self.head_kpa[0])[-1]])


def pump_curve(
    flow_lpm: FloatArray, head_kpa: FloatArray, least_lpm: float = float("nan")
) -> PumpCurve:
    """Return a curve that falls, from points that may hump below the least flow.

    Below the least flow a pump with a hump has two flows at one head. There the head at the least
    flow stands for all smaller ones, and the curve says so. Where no least flow is published, the
    peak of the curve is taken for it.

    Raises
    ------
    ValueError
        The flow does not grow from point to point, or the head rises beyond the least flow.

    Examples
    --------
    >>> curve = pump_curve(np.array([0.0, 300, 600, 900]), np.array([476.0, 483, 447, 370]))
    >>> curve.head_kpa.tolist(), curve.cut_flat
    ([483.0, 483.0, 447.0, 370.0], True)
    >>> pump_curve(np.array([0.0, 300, 600]), np.array([476.0, 483, 447]), least_lpm=100)
    Traceback (most recent call last):
    ValueError: the head rises from 476 to 483 kPa at 300 L/min, beyond the least flow of 100 L/min
    """
    flow, head = np.asarray(flow_lpm, dtype=float), np.asarray(head_kpa, dtype=float)
    if not (np.diff(flow) > 0).all() or not np.isfinite(head).all() or len(flow) < 2:
        raise ValueError(
            "a pump curve needs two points or more, by growing flow, all of them known"
        )
    wrong = rise_beyond(flow.tolist(), head.tolist(), least_lpm)
    if wrong:
        raise ValueError(wrong)
    least, rises = least_flow(flow.tolist(), head.tolist(), least_lpm), np.diff(head) > 0
    if not rises.any():
        return PumpCurve(flow, head, least_lpm)
    flat = float(np.interp(least, flow, head))
    kept = flow > least
    new_flow = np.concatenate([flow[flow < least], [least], flow[kept]])
    new_head = np.concatenate([np.full(int((flow < least).sum()) + 1, flat), head[kept]])
    return PumpCurve(new_flow, new_head, least_lpm, cut_flat=True)


def duty_envelope(flow_lpm: float, head_kpa: float) -> PumpCurve:
    """Return what one published duty point says: flow and head up to it, none beyond.

    Examples
    --------
    >>> head_at(duty_envelope(2125, 241), np.array([0.0, 2125.0, 2126.0])).tolist()
    [241.0, 241.0, nan]
    """
    return PumpCurve(
        np.array([0.0, flow_lpm]), np.array([head_kpa] * 2, dtype=float), envelope=True
    )


def head_at(
    curve: PumpCurve,
    flow_lpm: FloatArray,
    speed: FloatArray | float = 1.0,
    pumps: FloatArray | int = 1,
) -> FloatArray:
    """Head of like pumps in parallel at a speed, kPa; NaN outside the curve.

    H(Q, s, n) = s^2 H(Q / (n s)). Of an envelope only full speed is known.

    Parameters
    ----------
    flow_lpm
        Flow of all pumps together, L/min.
    speed
        Share of full speed, above 0.
    pumps
        Pumps that run.

    Examples
    --------
    >>> curve = pump_curve(np.array([0.0, 600, 1200]), np.array([480.0, 440, 250]))
    >>> head_at(curve, np.array([600.0, 1200.0, 1201.0])).tolist()
    [440.0, 250.0, nan]
    >>> head_at(curve, np.array([600.0, 1200.0]), speed=np.array([1.0, 0.5]), pumps=2).tolist()
    [460.0, 62.5]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.asarray(flow_lpm / (pumps * np.asarray(speed, dtype=float)))
    inside = (each >= curve.flow_lpm[0]) & (each <= curve.flow_lpm[-1])
    if curve.envelope:
        inside = inside & np.equal(speed, 1.0)
    head = np.interp(each, curve.flow_lpm, curve.head_kpa)
    return np.where(inside, np.square(speed) * head, np.nan)


def speed_for(
    curve: PumpCurve, flow_lpm: FloatArray, head_kpa: FloatArray, pumps: FloatArray | int = 1
) -> FloatArray:
    """Speed at which like pumps in parallel give a head at a flow; NaN beyond the curve's end.

    The parabola of affine points through (Q, H) meets the curve once, since the curve falls. More
    than 1 says that the pumps cannot. Of an envelope no speed is known. Where a bypass is open the
    pumps move what goes through it as well.

    Examples
    --------
    >>> curve = pump_curve(np.array([0.0, 600, 1200]), np.array([480.0, 440, 250]))
    >>> speed = speed_for(curve, np.array([600.0, 0.0, 300.0]), np.array([440.0, 120.0, 110.0]))
    >>> speed.round(9).tolist()
    [1.0, 0.5, 0.5]
    >>> speed_for(curve, np.array([1200.0]), np.array([20.0])).tolist()
    [nan]
    """
    flow = np.asarray(flow_lpm, dtype=float)
    flow = np.where(flow > 0, np.fmax(flow, pumps * curve.bypass_lpm), flow)
    each, head = np.broadcast_arrays(flow / pumps, np.asarray(head_kpa, dtype=float))
    if curve.envelope:
        return np.full(each.shape, np.nan)
    at, of = curve.flow_lpm, curve.head_kpa
    # Where head Q'^2 H(x) - H x^2 changes its sign, the parabola crosses the curve.
    inside = of * np.square(each)[..., None] - head[..., None] * np.square(at) >= 0
    last = inside[..., -1]
    segment = np.clip(inside.sum(axis=-1) - 1, 0, len(at) - 2)
    slope = (of[segment + 1] - of[segment]) / (at[segment + 1] - at[segment])
    zero = of[segment] - slope * at[segment]
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = head / np.square(each)
        meets = (slope + np.sqrt(np.square(slope) + 4.0 * bend * zero)) / (2.0 * bend)
        speed = np.where(each == 0, np.sqrt(head / of[0]), each / meets)
        end = each / at[-1]
    on_end = last & np.isclose(np.square(end) * of[-1], head, rtol=1e-12, atol=0)
    known = (each >= 0) & (head >= 0) & ((each == 0) | ~last | on_end)
    return np.where(known, np.where(on_end & (each > 0), end, speed), np.nan)


def affinity(
    flow_lpm: FloatArray, head_kpa: FloatArray, power_kw: FloatArray, ratio: FloatArray | float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Flow, head and power of a point at another speed: Q ~ n, H ~ n^2, P ~ n^3.

    Any unit goes in and comes out.

    Examples
    --------
    400 gpm, 126 ft and 17.5 hp at 3,500 rpm, run at 1,700 rpm (WE-C-032).

    >>> [round(float(v), 4) for v in affinity(400.0, 126.0, 17.5, 1700 / 3500)]
    [194.2857, 29.7257, 2.0053]
    """
    n = np.asarray(ratio, dtype=float)
    return np.asarray(flow_lpm * n), np.asarray(head_kpa * n**2), np.asarray(power_kw * n**3)


def hydraulic_kw(flow_lpm: FloatArray, head_kpa: FloatArray) -> FloatArray:
    """Power that goes into the flow, kW: V dp.

    Examples
    --------
    >>> float(hydraulic_kw(np.array(1200.0), np.array(250.0)))
    5.0
    """
    return np.asarray(flow_lpm / 60000.0 * head_kpa)


def pump_power_kw(
    flow_lpm: FloatArray, head_kpa: FloatArray, efficiency: FloatArray | float
) -> FloatArray:
    """Power of pumps, kW: hydraulic over efficiency; NaN where the efficiency is not known.

    Nearly all of it becomes heat of the coolant: at the shaft's efficiency in a dry-motor pump,
    at that of pump and motor together in a wet one.

    Examples
    --------
    700 gpm against 428 ft of water at 62.364 lb/ft3 (WE-C-033): 107.06 hp at the shaft.

    >>> flow, head = np.array(700 * 3.785411784), np.array(428 * 0.3048 * 998.98 * 9.80665 / 1000)
    >>> (pump_power_kw(flow, head, 0.707) / 0.745699872).round(1)
    np.float64(107.1)
    >>> float(pump_power_kw(flow, head, float("nan")))
    nan
    """
    share = np.asarray(efficiency, dtype=float)
    inside = (share > 0) & (share <= 1)
    return np.asarray(hydraulic_kw(flow_lpm, head_kpa) / np.where(inside, share, np.nan))
