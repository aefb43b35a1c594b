"""What hangs together: groups of things that pairs join."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray


def components(a: IntArray, b: IntArray, n: int) -> tuple[IntArray, int]:
    """(n,) number of the group of each of n things that the pairs a, b join, and their count.

    Groups are numbered by their least member.

    Examples
    --------
    >>> group, count = components(np.array([0, 3]), np.array([2, 4]), 5)
    >>> group.tolist(), count
    ([0, 1, 0, 2, 2], 3)
    """
    least = np.arange(n)
    while True:
        new = least.copy()
        np.minimum.at(new, a, least[b])
        np.minimum.at(new, b, least[a])
        new = new[new]
        if np.array_equal(new, least):
            names, group = np.unique(least, return_inverse=True)
            return group.astype(np.int64), len(names)
        least = new
