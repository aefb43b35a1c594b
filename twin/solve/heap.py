"""A binary heap in two flat arrays: nodes by how far they are, the nearest first (Williams 1964).

Nodes are never moved within it: one that is found nearer is put in once more, and what comes up
farther than is known by then is stale.
"""

from __future__ import annotations

from twin.kernels import kernel
from twin.site.table import FloatArray, IntArray


@kernel
def push(keys: FloatArray, nodes: IntArray, count: int, key: float, node: int) -> int:
    """Put a node into a heap of so many; return how many it then holds.

    Parameters
    ----------
    keys, nodes
        (N,) the heap, with room for one more.
    """
    i = count
    while i > 0 and keys[(i - 1) // 2] > key:
        keys[i], nodes[i] = keys[(i - 1) // 2], nodes[(i - 1) // 2]
        i = (i - 1) // 2
    keys[i], nodes[i] = key, node
    return count + 1


@kernel
def drop(keys: FloatArray, nodes: IntArray, count: int) -> int:
    """Take the first node, which is that at 0, out of a heap; return how many are left.

    Examples
    --------
    >>> import numpy as np
    >>> keys, nodes, count = np.empty(3), np.empty(3, dtype=np.int64), 0
    >>> for key, node in ((5.0, 7), (1.0, 8), (3.0, 9)):
    ...     count = push(keys, nodes, count, key, node)
    >>> float(keys[0]), int(nodes[0]), drop(keys, nodes, count)
    (1.0, 8, 2)
    >>> float(keys[0]), int(nodes[0])
    (3.0, 9)
    """
    count -= 1
    last, moved = keys[count], nodes[count]
    i = 0
    while 2 * i + 1 < count:
        c = 2 * i + 1
        if c + 1 < count and keys[c + 1] < keys[c]:
            c += 1
        if keys[c] >= last:
            break
        keys[i], nodes[i] = keys[c], nodes[c]
        i = c
    keys[i], nodes[i] = last, moved
    return count
