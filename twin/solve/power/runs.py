"""Runs of busways: where along the bars what they feed hangs, and the piece of bar before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.power import of_feeders
from twin.site.table import FloatArray, IntArray
from twin.solve.radial.tree import ComplexArray
from twin.solve.study import Study


@dataclass(frozen=True)
class Runs:
    """Joints of busways whose bars have an impedance: one before each tap or feeder on them.

    They follow one another from the feed end on.

    Attributes
    ----------
    described
        Nodes of busways that tell their impedance per metre and their length.
    tap, busway
        (J,) nodes of the tap, or of the feeder, and of the busway of each joint.
    before
        (J,) joint before it towards the feed end, -1: the feed end itself.
    piece_m, ohm
        (J,) length and impedance of the piece of bar between them.
    """

    described: IntArray
    tap: IntArray
    busway: IntArray
    before: IntArray
    piece_m: FloatArray
    ohm: ComplexArray


def runs(study: Study) -> Runs:
    """Cut busways into pieces between taps, as their positions stand on the plan.

    The feed end is `from_m`; a tap hangs where its position is nearest to the line to `to_m`, a
    busway where its own feed end is, any other feeder where it stands. What of which nobody knows
    the place hangs at the far end, which is the worse.
    """
    site, topology = study.site, study.arrays.topology.power
    start, n = site.first["busway"] - topology.first, len(study.table("busway"))
    product = site.tables["product"]
    per_km = np.append(
        product["r_ohm_per_km"] + 1j * np.nan_to_num(product["x_ohm_per_km"]), np.nan
    )
    each = per_km[site.rows_of("product", study.table("busway")["type"])]
    ends = _ends(study)
    length = np.hypot(*(ends[:, 2:] - ends[:, :2]).T)
    known = ~np.isnan(each) & ~np.isnan(length)
    # Until a busway moves it is the one that its taps name.
    busway = topology.parent[: topology.feeders + len(study.table("tap"))] - start
    mine = np.flatnonzero((busway >= 0) & (busway < n))
    mine = mine[known[busway[mine]]]
    row = busway[mine]
    far = _along(study, mine, ends[row], length[row])
    order = np.lexsort((far, row))
    mine, row, far = mine[order], row[order], far[order]
    first = np.append(True, row[1:] != row[:-1])[: len(row)]
    place = np.arange(len(row))
    piece = np.where(first, far, far - np.append(0.0, far[:-1])[: len(far)])
    ohm: ComplexArray = each[row] * piece / 1000.0
    return Runs(
        described=np.flatnonzero(known) + start,
        tap=mine,
        busway=row + start,
        before=np.where(first, -1, place - 1),
        piece_m=piece,
        ohm=ohm,
    )


def _ends(study: Study) -> FloatArray:
    """(n, 4) x, y of the feed end and of the far end of each busway, NaN not known."""
    ids, lines = study.table("busway").ids.tolist(), study.site.shapes.lines
    out = np.full((len(ids), 4), np.nan)
    for row, name in enumerate(ids):
        line = lines.get(("busway", name))
        if line is not None:
            out[row] = np.asarray(line, dtype=float).ravel()
    return out


def _along(study: Study, node: IntArray, ends: FloatArray, length: FloatArray) -> FloatArray:
    """Metres from the feed end at which each tap or feeder hangs."""
    x, y = _places(study)[node].T
    along = (ends[:, 2:] - ends[:, :2]) / length[:, None]
    far = (x - ends[:, 0]) * along[:, 0] + (y - ends[:, 1]) * along[:, 1]
    return np.where(np.isnan(far), length, np.clip(far, 0.0, length))


def _places(study: Study) -> FloatArray:
    """(feeders + taps, 2) m on the plan: feed ends of busways, positions of taps; NaN not known."""
    site, places = study.site, study.table("position")
    start = site.first["busway"] - study.arrays.topology.power.first
    own = np.stack([np.asarray(of_feeders(site, c), dtype=float) for c in ("at_x_m", "at_y_m")], 1)
    feed = _ends(study)[:, :2]
    own[start : start + len(feed)] = feed
    at = site.rows_of("position", study.table("tap")["position"])
    taps = np.stack([np.append(places[c], np.nan)[at] for c in ("x_m", "y_m")], axis=1)
    return np.concatenate([own, taps])
