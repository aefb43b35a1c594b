"""Round cables in a tray: each lies as low as it can, and as far to the left as that allows."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray

STEPS = 16
"""Places that are tried within the radius of the thinnest cable."""


def packed(radius: FloatArray, width: float) -> FloatArray:
    """Place circles in a trough, in their order; (n, 2) centres over its lower left corner.

    A circle drops from above between the walls and rests on the floor or on those below it; of the
    places that are tried the lowest is taken, of equal ones the one on the left. Equal circles
    come to lie in the densest packing, rows of which each fills the hollows of the one below.
    What is too thick for the trough is unknown (NaN) and lies nowhere.

    Parameters
    ----------
    radius
        (n,) of the circles, in the order in which they are laid; NaN is not laid.
    width
        Of the trough, in the same unit.

    Examples
    --------
    Three of 2 mm side by side, the next two in the hollows, 1.732 mm higher:

    >>> packed(np.full(5, 1.0), 6.0).round(3).tolist()
    [[1.0, 1.0], [3.0, 1.0], [5.0, 1.0], [2.0, 2.732], [4.0, 2.732]]
    """
    centre = np.full((len(radius), 2), np.nan)
    fits = 2.0 * radius <= width * (1.0 + 1e-9)
    if not fits.any():
        return centre
    sizes = np.unique(radius[fits])
    step = float(sizes[0]) / STEPS
    tops = [_Places(float(r), width, step) for r in sizes]
    of = np.searchsorted(sizes, radius)
    for k in np.flatnonzero(fits).tolist():
        centre[k] = tops[of[k]].lowest()
        for places in tops:
            places.lay(float(centre[k, 0]), float(centre[k, 1]), float(radius[k]))
    return centre


class _Places:
    """Places for the centre of a circle of one radius, and how high it would lie at each."""

    def __init__(self, radius: float, width: float, step: float) -> None:
        self.radius = radius
        span = max(width - 2.0 * radius, 0.0)
        # The last place is at the wall, wherever the steps end.
        inner = np.arange(int(span / step) + 1) * step
        self.x = radius + np.append(inner, span)
        self.y = np.full(len(self.x), radius)

    def lowest(self) -> tuple[float, float]:
        """Return the lowest place, the one on the left of equal ones."""
        least = float(self.y.min())
        k = int(np.argmax(self.y <= least + 1e-9 * self.radius))
        return float(self.x[k]), float(self.y[k])

    def lay(self, x: float, y: float, radius: float) -> None:
        """Raise the places over a circle that now lies at a point."""
        reach = self.radius + radius
        low, high = np.searchsorted(self.x, (x - reach, x + reach))
        aside = np.clip(reach**2 - (self.x[low:high] - x) ** 2, 0.0, None)
        over = y + np.sqrt(aside)
        # Where circles just touch side by side, neither lies on the other.
        over = np.where(aside <= 1e-9 * reach**2, 0.0, over)
        np.maximum(self.y[low:high], over, out=self.y[low:high])
