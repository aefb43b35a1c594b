"""Every piece of tray that ways pass, one by one: for rules that ask which ways share what."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.ways import ways
from twin.solve.study import Study


def passed(study: Study, pairs: IntArray) -> tuple[IntArray, IntArray]:
    """(K,) pair and piece of the graph, for each piece that the ways of some pairs pass.

    Parameters
    ----------
    pairs
        Rows of `Ways.place`; a pair without a way passes none.
    """
    way = study(ways)
    asked = np.zeros(len(way.way_m), dtype=bool)
    asked[pairs] = True
    none = np.empty(0, dtype=np.int64)
    who, what = [none], [none]
    for t in way.trees:
        mine = asked[t.pair] & np.isfinite(way.way_m[t.pair])
        pair, root, at = t.pair[mine], t.root[mine], t.end[mine]
        while len(pair):
            piece = t.piece[root, at]
            on = piece >= 0
            who.append(pair[on])
            what.append(piece[on])
            at = t.above[root, at]
            more = t.above[root, at] >= 0
            pair, root, at = pair[more], root[more], at[more]
    return np.concatenate(who), np.concatenate(what)
