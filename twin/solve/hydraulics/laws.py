"""The laws of links multiplied out once, in the order in which they are computed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.errors import SolveError
from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.hydraulics.friction import cubic, exp_of, log_of
from twin.solve.hydraulics.links import Column, Kind, Links

STILL_M3S = 5e-7
"""Below this flow a power law goes over into a straight line, with value and slope: 0.03 L/min."""
WALL = 1e12
"""A valve that holds a flow gives way by a part of 1e12 of it for a pascal."""
SHUT = 1e16
"""What a shut check valve lets back, as Pa over m3/s: 1e-11 m3/s at 1 bar."""
START_M_S = 1.0
"""Velocity from which pipes and losses start."""
START_PA = 2e4
"""Pressure over a resistance at the flow from which it starts."""

# Columns of a compiled law. Of pipes:
RUB, LOCAL, RE, ROUGH, BEND = 0, 1, 2, 3, 4
# Of all others: gain at no flow, resistance, exponent, the line and cube near no flow; of curves
# speed instead of all that, below 0 where a curve drives nothing.
LIFT, COEF, POWER, LINE, CUBE = 0, 1, 2, 3, 4
SPEED = 0
# Of all: flow to start from, least and largest flow, 1 where anything can flow at all.
START, LEAST, MOST, OPEN = 8, 9, 10, 11
COLUMNS = 12
PIPES, SQUARES, POWERS, CURVES = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Laws:
    """What `compile_laws` makes of links.

    Attributes
    ----------
    row
        (m,) the caller's row of each of our links: pipes, squares, powers, curves.
    until
        (4,) where each of these groups ends.
    columns
        (12, k, m) compiled columns; k is 1, or the number of scenarios.
    walled
        Which of our links have a least or a largest flow.
    curve_start, curve_q, curve_pa
        Room of each of the links with curves, one after the other, and (k, points) flow and gain
        of the points in it.
    curve_end
        (k, curves) where the points of each end: before its room does where another scenario has
        more of them.
    friction
        The law of turbulent friction.
    """

    row: IntArray
    until: IntArray
    columns: FloatArray
    walled: IntArray
    curve_start: IntArray
    curve_q: FloatArray
    curve_pa: FloatArray
    curve_end: IntArray
    friction: int

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.row)

    @property
    def rows(self) -> int:
        """Return for how many scenarios there are columns of their own; 1: the same for all."""
        return int(self.columns.shape[1])


def compile_laws(links: Links) -> Laws:
    """Multiply out what does not change with flow.

    Raises
    ------
    SolveError
        A column does not fit, or a figure that a link's law needs is not known or not possible.
    """
    m = len(links)
    given = (
        links.length_m, links.diameter_m, links.roughness_m, links.loss_k, links.resistance,
        links.exponent, links.lift_pa, links.speed, links.hold_m3s, links.rho_kg_m3, links.mu_pa_s,
    )  # fmt: skip
    wide = [c for c in (*given, links.curve) if isinstance(c, np.ndarray) and c.ndim == 2]
    k = max(map(len, wide), default=1)
    table = tuple(_rows(column, k, m) for column in given)
    kind = np.ascontiguousarray(links.kind, np.int64)
    powered = (kind == Kind.POWER) | (kind == Kind.PUMP)
    square = (table[5] == 2.0).all(axis=0)
    tabled = (kind == Kind.CURVE) | (kind == Kind.DROP)
    group = np.where(kind == Kind.PIPE, PIPES, np.where(tabled, CURVES, SQUARES))
    group[powered & ~square] = POWERS
    row = np.argsort(group, kind="stable")
    until = np.cumsum(np.bincount(group, minlength=4))
    one_way = np.broadcast_to(np.asarray(links.one_way, np.bool_), (m,)).copy()
    one_way |= (kind == Kind.PUMP) | (kind == Kind.CURVE)
    start, curve_q, curve_pa, end, last = _curves(links, kind, row[until[POWERS] :])
    columns = np.zeros((COLUMNS, k, m))
    # Most links are the same in all scenarios, and the bend of a pipe's friction takes long.
    alike = ~tabled
    for column in table:
        alike &= ((column == column[:1]) | np.isnan(column) & np.isnan(column[:1])).all(axis=0)
    bad = _columns(kind, row, one_way, table, alike, int(links.friction), last, columns)
    if bad >= 0:
        raise SolveError(f"link {bad}: a figure that its law needs is not known or not possible")
    walled = np.flatnonzero(
        (columns[LEAST] > -np.inf).any(axis=0) | (columns[MOST] < np.inf).any(axis=0)
    )
    return Laws(row, until, columns, walled, start, curve_q, curve_pa, end, int(links.friction))


def with_coolant(laws: Laws, rho_kg_m3: FloatArray, mu_pa_s: FloatArray) -> Laws:
    """Return laws at another coolant in each link; they must be compiled for one of 1 and 1.

    Of pipes what friction and fittings lose goes with the density, and the Reynolds number of a
    flow with density over viscosity. What goes with the power n of its flow goes with density to
    n - 1 and viscosity to 2 - n: a loss coefficient that is a power of the Reynolds number alone.

    Parameters
    ----------
    rho_kg_m3, mu_pa_s
        (k, links) each, of the first links as they were compiled; k scenarios.
    """
    pipes = int(laws.until[PIPES])
    at, k = laws.row[:pipes], max(len(rho_kg_m3), laws.rows)
    columns = np.array(np.broadcast_to(laws.columns, (COLUMNS, k, len(laws))), order="C")
    rho = rho_kg_m3[:, at]
    columns[RUB, :, :pipes] *= rho
    columns[LOCAL, :, :pipes] *= rho
    columns[RE, :, :pipes] *= rho / mu_pa_s[:, at]
    powers = slice(pipes, int(laws.until[POWERS]))
    rho, mu = (column[:, laws.row[powers]] for column in (rho_kg_m3, mu_pa_s))
    if (rho != 1.0).any() or (mu != 1.0).any():
        power = columns[POWER, :, powers]
        columns[[COEF, LINE, CUBE], :, powers] *= rho ** (power - 1.0) * mu ** (2.0 - power)
    return replace(laws, columns=columns)


def of_rows(laws: Laws, scenarios: IntArray) -> Laws:
    """Return the laws of some scenarios."""
    if laws.rows == 1:
        return laws
    some = replace(laws, columns=np.ascontiguousarray(laws.columns[:, scenarios]))
    if len(laws.curve_q) == 1:
        return some
    return replace(
        some, curve_q=laws.curve_q[scenarios], curve_pa=laws.curve_pa[scenarios],
        curve_end=laws.curve_end[scenarios],
    )  # fmt: skip


def _rows(column: Column, k: int, m: int) -> FloatArray:
    """Return a column as (k, m), or as (1, m) where it is the same in all scenarios."""
    out = np.empty((k if np.ndim(column) == 2 and len(np.asarray(column)) > 1 else 1, m))
    try:
        out[:] = column
    except ValueError:
        raise SolveError(
            f"a column of {np.shape(column)} does not fit {m} links in {k} scenarios"
        ) from None
    return out


def _curves(
    links: Links, kind: IntArray, rows: IntArray
) -> tuple[IntArray, FloatArray, FloatArray, IntArray, FloatArray]:
    """Return room, points and ends of the curves of some links, and the last flow of each.

    Where scenarios have curves of their own, each link has room for the longest of them.
    """
    given = np.atleast_2d(np.asarray(links.curve, np.int64))
    which = np.broadcast_to(given, (len(given), len(links)))[:, rows]
    if which.size and not (which.min() >= 0 and which.max() < len(links.curves)):
        raise SolveError("a link has a curve that does not exist")
    used = {k: _curve(k, *links.curves[k]) for k in np.unique(which).tolist()}
    losing = np.unique(which[:, kind[rows] == Kind.DROP])
    lifting = [k for k in losing.tolist() if used[k][1][0] != 0.0]
    if lifting:
        raise SolveError(f"curve {lifting[0]}: what loses pressure has none at no flow")
    size = np.zeros(len(links.curves), np.int64)
    size[list(used)] = [len(flow) for flow, _ in used.values()]
    room = size[which].max(axis=0)
    start = np.concatenate(([0], np.cumsum(room)))
    flows, gains = np.zeros((2, len(which), start[-1]))
    last, end = np.empty(which.shape), start[:-1] + size[which]
    for k, (flow, gain) in used.items():
        for s, c in zip(*np.nonzero(which == k), strict=True):
            at = slice(start[c], start[c] + len(flow))
            flows[s, at], gains[s, at], last[s, c] = flow, gain, flow[-1]
    return start, flows, gains, end, last


def _curve(k: int, flow: FloatArray, gain: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the points of a curve, which begins at no flow and never rises."""
    q, pa = np.asarray(flow, np.float64), np.asarray(gain, np.float64)
    falls = len(q) == len(pa) >= 2 and q[0] == 0 and bool((q[1:] > q[:-1]).all())
    if not falls or not (pa[1:] <= pa[:-1]).all():
        raise SolveError(f"curve {k}: flow must rise from 0, and the gain never")
    return q, pa


@kernel
def _columns(
    kind: IntArray,
    row: IntArray,
    one_way: BoolArray,
    table: tuple[FloatArray, ...],
    alike: BoolArray,
    law: int,
    curve_last: FloatArray,
    out: FloatArray,
) -> int:
    """Fill the compiled columns; return a link whose figures are not possible, or -1."""
    quarter = np.pi / 4.0
    for k in range(out.shape[1]):
        curves = 0
        for i in range(len(row)):
            o = row[i]
            if kind[o] >= 4:
                curves += 1
            if k > 0 and alike[o]:
                for c in range(len(out)):
                    out[c, k, i] = out[c, 0, i]
                continue
            length, d, eps, loss = (
                _at(table[0], k, o), _at(table[1], k, o), _at(table[2], k, o), _at(table[3], k, o),
            )  # fmt: skip
            coef, power, lift, speed = (
                _at(table[4], k, o), _at(table[5], k, o), _at(table[6], k, o), _at(table[7], k, o),
            )  # fmt: skip
            hold, rho, mu = _at(table[8], k, o), _at(table[9], k, o), _at(table[10], k, o)
            area = quarter * d * d
            head = 0.5 * rho / (area * area)
            start = START_M_S * area
            if kind[o] == 0:
                good = length > 0.0 and d > 0.0 and eps >= 0.0 and loss >= 0.0
                good = good and rho > 0.0 and mu > 0.0 and eps < d
                out[RUB, k, i] = head * length / d
                out[LOCAL, k, i] = head * loss
                out[RE, k, i] = rho * d / (area * mu)
                out[ROUGH, k, i] = eps / d / 3.7
                (
                    out[BEND, k, i], out[BEND + 1, k, i], out[BEND + 2, k, i], out[BEND + 3, k, i],
                ) = cubic(law, out[ROUGH, k, i])  # fmt: skip
            elif kind[o] >= 4:
                speed = 1.0 if kind[o] == 5 else speed
                good = speed >= 0.0
                out[SPEED, k, i] = -1.0 if kind[o] == 5 else speed
                start = 0.5 * speed * curve_last[k if len(curve_last) > 1 else 0, curves - 1]
            else:
                if kind[o] == 1:
                    good = d > 0.0 and loss >= 0.0 and rho > 0.0
                    coef, power, lift = head * loss, 2.0, 0.0
                elif kind[o] == 2:
                    good = lift > 0.0 and coef >= 0.0 and power > 0.0 and speed >= 0.0
                    coef = coef * speed ** (2.0 - power) if speed > 0.0 else coef
                    lift = lift * speed * speed
                    start = (0.5 * lift / coef) ** (1.0 / power) if coef > 0.0 else 0.01
                else:
                    good = coef >= 0.0 and power > 0.0
                    lift = 0.0
                    start = (START_PA / coef) ** (1.0 / power) if coef > 0.0 else 0.01
                still = coef * STILL_M3S ** (power - 1.0)
                out[LIFT, k, i], out[COEF, k, i], out[POWER, k, i] = lift, coef, power
                # From three on such a line would fall: it is straight, with the value alone.
                bent = power < 2.9
                out[LINE, k, i] = 0.5 * (3.0 - power) * still if bent else still
                out[CUBE, k, i] = (
                    0.5 * (power - 1.0) * still / (STILL_M3S * STILL_M3S) if bent else 0.0
                )
            runs = speed > 0.0 or kind[o] not in (2, 4)
            out[OPEN, k, i] = 1.0 if runs and hold != 0.0 else 0.0
            out[LEAST, k, i] = 0.0 if one_way[o] else -np.inf
            out[MOST, k, i] = hold if not np.isnan(hold) else np.inf
            out[START, k, i] = min(start, out[MOST, k, i])
            if not good or hold < 0.0:
                return int(o)
    return -1


@kernel
def _at(column: FloatArray, k: int, o: int) -> float:
    """Return a figure of a link in a scenario, of which the column may have one for all."""
    return float(column[k if len(column) > 1 else 0, o])


@kernel
def others(
    squares: int,
    q: FloatArray,
    lift: FloatArray,
    coef: FloatArray,
    power: FloatArray,
    line: FloatArray,
    cube: FloatArray,
    h: FloatArray,
    g: FloatArray,
) -> None:
    """Write loss and conductance of power laws; up to `squares` they go with the square."""
    for x in range(squares):
        size = abs(q[x])
        near = size < STILL_M3S
        bent = cube[x] * q[x] * q[x]
        each = line[x] + bent if near else coef[x] * size
        steep = line[x] + 3.0 * bent if near else 2.0 * coef[x] * size
        h[x] = each * q[x] - lift[x]
        g[x] = 1.0 / max(steep, 1.0)
    for x in range(squares, len(lift)):
        size = abs(q[x])
        if size < STILL_M3S:
            each = line[x] + cube[x] * q[x] * q[x]
            steep = line[x] + 3.0 * cube[x] * q[x] * q[x]
        else:
            each = coef[x] * exp_of((power[x] - 1.0) * log_of(size))
            steep = power[x] * each
        h[x] = each * q[x] - lift[x]
        g[x] = 1.0 / max(steep, 1.0)


@kernel
def curves(
    width: int,
    q: FloatArray,
    start: IntArray,
    end: IntArray,
    flows: FloatArray,
    gains: FloatArray,
    speed: FloatArray,
    h: FloatArray,
    g: FloatArray,
) -> None:
    """Write loss and conductance of links with curves, `width` scenarios beside each other."""
    for x in range(len(speed)):
        k = x // width
        s, size = abs(speed[x]), abs(q[x])
        at = start[k] * width + x % width
        while at + 2 * width < end[x] * width and size > s * flows[at + width]:
            at += width
        fall = (gains[at] - gains[at + width]) / (flows[at + width] - flows[at])
        # s^2 of the gain at q / s: linear in q with s times the slope.
        loss = s * fall * (size - s * flows[at]) - s * s * gains[at]
        # Only what drives nothing lets coolant back.
        h[x] = loss if q[x] >= 0.0 else -loss
        g[x] = 1.0 / max(s * fall, 1.0)


@kernel
def give_way(x: int, q: float, within: float, most: float, h: FloatArray, g: FloatArray) -> None:
    """Add the wall that holds a flow between its least and largest; `h` is that at `within`."""
    if q < within:
        h[x] += SHUT * (q - within)
        g[x] = 1.0 / SHUT
    elif q > within:
        steep = WALL / most if most > WALL / SHUT else SHUT
        h[x] += steep * (q - within)
        g[x] = 1.0 / steep
