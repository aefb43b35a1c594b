"""Links that share cages: which ones get the same plugs because they sit in the same cage."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray


def sharing(head: IntArray, tail: IntArray) -> IntArray:
    """(n,) number of the group of links that are joined by common cages, over both ends.

    Two links in one cage share its plug, and what the plug speaks the far end has to speak, too:
    so the whole chain gets one kind of plug. Labels are lowered along links, then to the label of
    the label, until nothing moves (Shiloach and Vishkin 1982).

    Parameters
    ----------
    head, tail
        (n,) cages at both ends, both in one numbering from 0.

    Examples
    --------
    Cages 0 and 10 hold two links; cage 11 holds one of these chains and another link:

    >>> sharing(np.array([0, 0, 1, 2]), np.array([10, 11, 11, 12])).tolist()
    [0, 0, 0, 1]
    """
    if not len(head):
        return np.empty(0, dtype=np.int64)
    label = np.arange(int(max(head.max(), tail.max())) + 1)
    while True:
        before = label.copy()
        a, b = label[head], label[tail]
        np.minimum.at(label, np.maximum(a, b), np.minimum(a, b))
        while (label[label] != label).any():
            label = label[label]
        if (label == before).all():
            break
    return np.asarray(np.unique(label[head], return_inverse=True)[1], dtype=np.int64)
