"""Every piece of tray that ways pass, one by one: for rules that ask which ways share what."""

from __future__ import annotations

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import IntArray
from twin.solve.cabling.ways.laid_ways import ways_of_cables
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study


def passed_by_cables(study: Study, cables: IntArray) -> tuple[IntArray, IntArray]:
    """(K,) place among some cables, and piece of the graph that they pass as they are laid.

    Parameters
    ----------
    cables
        Rows of `pieces`; a cable without a way passes none.
    """
    if study(laying).led is not None:
        found = study(ways_of_cables)
        none = np.empty(0, dtype=np.int64)
        what = [
            np.unique(np.concatenate([none, *(way.piece for way in found[cable])]))
            for cable in cables.tolist()
        ]
        who = np.repeat(np.arange(len(cables)), [len(w) for w in what])
        return who, np.concatenate([none, *what])
    pair_of = study(ways).pair[cables]
    pair, piece = passed(study, pair_of[pair_of >= 0])
    order = np.argsort(pair, kind="stable")
    # No pair is below 0, so that what has none meets nothing.
    cable, at = each_match(pair[order], pair_of)
    return cable, piece[order[at]]


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
