"""Which links pressure holds shut: check valves, and pumps against more than they give."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.hydraulics.links import Kind, Links

_STILL_M3S = 1e-9
_PRESSED_PA = 1.0
"""As far as pressures are solved."""


def held_shut(
    links: Links, fr: IntArray, to: IntArray, q_m3s: FloatArray, p_pa: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Return the links through which pressure lets nothing flow, and by how much it does, Pa.

    Parameters
    ----------
    links
        One state; columns of one number or (m,).
    fr, to
        (m,) nodes that they join.
    q_m3s, p_pa
        (m,) and (n,) flows and pressures, NaN not known.

    Examples
    --------
    A check valve from 1 bar to 2 bar.

    >>> links = Links(np.array([0]), one_way=np.array([True]))
    >>> rows, by = held_shut(links, np.array([0]), np.array([1]), np.zeros(1), np.array([1e5, 2e5]))
    >>> rows.tolist(), by.tolist()
    ([0], [100000.0])
    """
    count = len(links)
    gives = np.zeros(count)
    speed, lift = (np.broadcast_to(c, count) for c in (links.speed, links.lift_pa))
    row = np.broadcast_to(links.curve, count)
    pump, curve = links.kind == Kind.PUMP, links.kind == Kind.CURVE
    gives[pump] = lift[pump]
    gives[curve] = [links.curves[k][1][0] for k in row[curve].tolist()]
    by = p_pa[to] - p_pa[fr] - gives * speed**2
    one_way = np.broadcast_to(links.one_way, count) | pump | curve
    turns = ~(pump | curve) | (speed > 0)
    still = one_way & turns & (np.abs(q_m3s) < _STILL_M3S)
    rows = np.flatnonzero(still & (by > _PRESSED_PA))
    return rows, by[rows]
