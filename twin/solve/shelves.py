"""Power shelves of a rack that live on: which of them fall with what, by where their whips hang."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses import cases
from twin.solve.study import Study


@dataclass(frozen=True)
class Shelves:
    """Living shelves per rack, (racks,): healthy, and in the two worst cases.

    A case is the worse, the more of the load each living shelf has to carry. `surely` counts
    every cap that the policy names, `full` only those that are known to be fast enough; where no
    cap is in doubt the two are the same.

    Attributes
    ----------
    healthy
        Shelves that hang on a whip.
    surely, surely_case, surely_keep
        Living shelves, the case, and the share of the load that they must carry there.
    full, full_case, full_keep
        The same with caps in doubt left out.
    """

    healthy: IntArray
    surely: IntArray
    surely_case: IntArray
    surely_keep: FloatArray
    full: IntArray
    full_case: IntArray
    full_keep: FloatArray


def shelves(study: Study) -> Shelves:
    """Count the shelves of every rack that outlive each loss which the policy names.

    Worked number: eight shelves hung 4 + 4 over two sources keep 4 when one is lost; hung
    3 + 3 + 2 over three they keep 5.
    """
    topology, table = study.arrays.topology.power, study(cases)
    rooted = np.flatnonzero(table.root >= 0)
    case_at = np.full(len(topology.parent) + 1, -1, dtype=np.int64)
    case_at[table.root[rooted]] = rooted
    number = np.nan_to_num(study.table("whip")["shelf"], nan=1.0).astype(np.int64)
    first = study.site.first["whip"] - topology.first
    shelf = number[topology.whips - first]
    doubted = np.where(table.counts, table.keep, 1.0)
    ptr, chain = topology.whip_ptr, topology.chain
    healthy, surely, surely_case = _worst(ptr, chain, case_at, shelf, table.keep)
    full, full_case = surely, surely_case
    if not table.counts.all():
        _, full, full_case = _worst(ptr, chain, case_at, shelf, doubted)
    return Shelves(
        healthy=healthy,
        surely=surely, surely_case=surely_case, surely_keep=table.keep[surely_case],
        full=full, full_case=full_case, full_keep=doubted[full_case],
    )  # fmt: skip


@kernel
def _worst(
    ptr: IntArray, chain: IntArray, case_at: IntArray, shelf: IntArray, keep: FloatArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Shelves of each rack healthy, in the worst case, and that case; 0 where none touches it."""
    n, depth = len(ptr) - 1, chain.shape[1]
    healthy = np.zeros(n, np.int64)
    worst = np.zeros(n, np.int64)
    worst_case = np.zeros(n, np.int64)
    seen = np.full(len(keep), -1, np.int64)
    for r in range(n):
        a, b = ptr[r], ptr[r + 1]
        healthy[r] = _distinct(chain, shelf, a, b, -1)
        worst[r] = healthy[r]
        for w in range(a, b):
            for d in range(depth):
                root = chain[w, d]
                if root < 0:
                    break
                case = case_at[root]
                if case < 0 or seen[case] == r:
                    continue
                seen[case] = r
                living = _distinct(chain, shelf, a, b, root)
                # More load per living shelf; of equals the case that comes first in the table.
                now, before = keep[case] * worst[r], keep[worst_case[r]] * living
                if now > before or (now == before and case < worst_case[r]):
                    worst[r] = living
                    worst_case[r] = case
    return healthy, worst, worst_case


@kernel
def _distinct(chain: IntArray, shelf: IntArray, a: int, b: int, root: int) -> int:
    """Shelves with a whip in a..b that does not hang below `root`."""
    count = 0
    for w in range(a, b):
        if not _below(chain, w, root):
            again = False
            for v in range(a, w):
                if shelf[v] == shelf[w] and not _below(chain, v, root):
                    again = True
            if not again:
                count += 1
    return count


@kernel
def _below(chain: IntArray, w: int, root: int) -> bool:
    """Whether an entry of the chains hangs below a node, itself included."""
    for d in range(chain.shape[1]):
        if chain[w, d] < 0:
            return False
        if chain[w, d] == root:
            return True
    return False


def lowest_common(study: Study) -> IntArray:
    """Lowest element on which all whips of each rack hang, (racks,) power node, -1 none.

    A rack with fewer than two whips has none: nobody meant it to have two sides.
    """
    topology = study.arrays.topology.power
    return _common(topology.whip_ptr, topology.chain)


@kernel
def _common(ptr: IntArray, chain: IntArray) -> IntArray:
    n, depth = len(ptr) - 1, chain.shape[1]
    out = np.full(n, -1, np.int64)
    for r in range(n):
        a, b = ptr[r], ptr[r + 1]
        if b - a < 2:
            continue
        for d in range(1, depth):
            node = chain[a, d]
            if node < 0:
                break
            shared = True
            for w in range(a + 1, b):
                if not _below(chain, w, node):
                    shared = False
                    break
            if shared:
                out[r] = node
                break
    return out


def without_whips(study: Study) -> BoolArray:
    """(racks,) racks to which no whip leads: the layout does not describe their power."""
    return np.asarray(np.diff(study.arrays.topology.power.whip_ptr) == 0)
