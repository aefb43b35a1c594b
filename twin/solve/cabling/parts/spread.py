"""How lengths of cords are spread: what is needed against what is bought, by medium."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.cord_lengths import cord_lengths
from twin.solve.cabling.parts.bought import bought
from twin.solve.study import Study

STEPS_M = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MOST = 12
"""Classes: their width is the least of `STEPS_M` with which there are no more."""


@dataclass(frozen=True)
class Spread:
    """Cords by class of length and by medium.

    Attributes
    ----------
    edge_m
        (K + 1,) edges of the classes; a length on an edge belongs to the class below it.
    media
        (M,) kinds of media, "" not known.
    needed, stock
        (K, M) cords by the length that is needed, and by the one that is bought.
    unknown
        Cords whose needed length is not known.
    """

    edge_m: FloatArray
    media: tuple[str, ...]
    needed: FloatArray
    stock: FloatArray
    unknown: int


def spread(study: Study) -> Spread:
    """Count the cords that are listed by length; no class where no length is known."""
    cable, b = study(cables), study(bought)
    count = np.nan_to_num(cable.cords)
    long = study(cord_lengths)
    needed, stock = long.serves_m, long.stock_m
    media = tuple(sorted({b.medium[row] for row in np.unique(cable.piece).tolist()}))
    number = {name: k for k, name in enumerate(media)}
    of = np.array([number.get(m, -1) for m in b.medium], dtype=np.int64)[cable.piece]
    longest = float(np.fmax(needed, stock).max(initial=0.0, where=~np.isnan(needed)))
    step = step_m(longest)
    n = max(int(np.ceil(longest / step - 1e-9)), 1) if (~np.isnan(needed)).any() else 0
    return Spread(
        edge_m=np.asarray(np.arange(n + 1) * step, dtype=float),
        media=media,
        needed=_counted(needed, of, count, step, (n, len(media))),
        stock=_counted(stock, of, count, step, (n, len(media))),
        unknown=int(count[np.isnan(needed)].sum()),
    )


def step_m(longest: float) -> float:
    """Width of the classes up to a length.

    Examples
    --------
    >>> step_m(15.0), step_m(50.0)
    (2.0, 5.0)
    """
    return next((s for s in STEPS_M if longest <= s * MOST), STEPS_M[-1])


def _counted(
    length: FloatArray, medium: IntArray, count: FloatArray, step: float, shape: tuple[int, int]
) -> FloatArray:
    out = np.zeros(shape)
    known = ~np.isnan(length)
    at = np.maximum(np.ceil(length[known] / step - 1e-9).astype(np.int64) - 1, 0)
    if shape[0]:
        np.add.at(out, (np.minimum(at, shape[0] - 1), medium[known]), count[known])
    return out
