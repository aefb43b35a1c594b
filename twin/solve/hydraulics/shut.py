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
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the links through which pressure lets nothing flow in each state.

    Parameters
    ----------
    links
        Columns of one number or (m,), of all states.
    fr, to
        (m,) nodes that they join.
    q_m3s, p_pa
        (L, m) and (L, n) flows and pressures, NaN not known.

    Returns
    -------
    lane, row, by_pa
        (k,) state, link, and pressure that stands against it, Pa; state by state.

    Examples
    --------
    A check valve from 1 bar to 2 bar, and back.

    >>> links = Links(np.array([0]), one_way=np.array([True]))
    >>> p_pa = np.array([[1e5, 2e5], [2e5, 1e5]])
    >>> lane, row, by = held_shut(links, np.array([0]), np.array([1]), np.zeros((2, 1)), p_pa)
    >>> lane.tolist(), row.tolist(), by.tolist()
    ([0], [0], [100000.0])
    """
    count = len(links)
    gives = np.zeros(count)
    speed, lift = (np.broadcast_to(c, count) for c in (links.speed, links.lift_pa))
    curves = np.broadcast_to(links.curve, count)
    pump, curve = links.kind == Kind.PUMP, links.kind == Kind.CURVE
    gives[pump] = lift[pump]
    gives[curve] = [links.curves[k][1][0] for k in curves[curve].tolist()]
    by = p_pa[:, to] - p_pa[:, fr] - gives * speed**2
    one_way = np.broadcast_to(links.one_way, count) | pump | curve
    turns = ~(pump | curve) | (speed > 0)
    still = one_way & turns & (np.abs(q_m3s) < _STILL_M3S)
    lane, row = np.nonzero(still & (by > _PRESSED_PA))
    return lane, row, by[lane, row]
