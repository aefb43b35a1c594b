"""Fibre or copper: which of them cables are whose medium is chosen, where trays carry only one.

Ways and media hang on each other: a medium serves up to some length, and the length is that of the
trays which carry it. So both are tried, each over its own trays, and of links that share cages the
better choice decides for all. Copper is thick: where trays have no room for it and have for fibre,
what can be fibre is.
"""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.chosen import Parts, cages_shared, chosen
from twin.solve.cabling.ways.carriers import COPPER, FIBRE, UNKNOWN, open_to, said_sorts
from twin.solve.cabling.ways.in_racks import along_m
from twin.solve.cabling.ways.shortest_ways import ways_of
from twin.solve.media.choose import less
from twin.solve.media.judge import place_in
from twin.solve.study import Study


def cable_sorts(study: Study) -> IntArray:
    """(pieces,) FIBRE, COPPER or UNKNOWN: as the layout says, else as it is decided."""
    said, decided = study(said_sorts), np.append(study(decided_sorts), UNKNOWN)
    return np.where(said == UNKNOWN, decided[study(pieces).bundle], said)


def decided_sorts(study: Study) -> IntArray:
    """(B,) sort of bundles whose medium is chosen; UNKNOWN where nothing has to be decided.

    As where the layout says it, where trays that carry one sort carry the other as well, and of
    links by hand.
    """
    bundle, carries = study(bundles), study(open_to)
    out = np.full(len(bundle.rack), UNKNOWN, dtype=np.int64)
    fabric = study.site.rows_of("fabric", study.table("switch")["fabric"])[bundle.switch]
    asked = (study(said_sorts)[: len(out)] == UNKNOWN) & (fabric >= 0)
    if not asked.any() or (carries[FIBRE] == carries[COPPER]).all():
        return out
    group = study(cages_shared)[asked]
    fibre, copper = (_rank(_over(study, asked, sort), asked, group) for sort in (FIBRE, COPPER))
    out[asked] = np.where(less(copper, fibre)[group], COPPER, FIBRE)
    slim = out.copy()
    slim[asked] = np.where(fibre[group, 0] == 0, FIBRE, out[asked])
    if (slim != out).any() and not _finds_room(study, out) and _finds_room(study, slim):
        return slim
    return out


def _finds_room(study: Study, decided: IntArray) -> bool:
    """Whether cables of sorts so decided, (B,), can be led without overfilling a tray."""
    # Laying asks for these sorts itself: the trial is told them, and so is laid without asking.
    from twin.solve.cabling.ways.laying import laying

    trial = Study(study.arrays, study.conditions, study.lost, {decided_sorts: decided})
    led = trial(laying).led
    return led is None or not len(led.routes.overfull)


def _over(study: Study, asked: BoolArray, sort: int) -> Parts:
    """Parts of links if all that are `asked`, (B,), are of one sort, over the trays for it."""
    said, mine = study(said_sorts), np.append(asked, False)[study(pieces).bundle]
    way = ways_of(study, np.where(mine & (said == UNKNOWN), sort, said))
    length = along_m(study, np.append(way.way_m, np.nan)[way.pair])
    return chosen(study, length, np.where(asked, sort, UNKNOWN))


def _rank(part: Parts, asked: BoolArray, group: IntArray) -> FloatArray:
    """(G, 7) what speaks against a choice for each group: links without a medium come first.

    Then as media are chosen: the owner's list, what is not sure, power, price.
    """
    medium = part.medium[asked]
    every = (part.media.power_w, part.media.price)
    power, price = (np.append(each, np.nan)[medium] for each in every)
    columns = (
        medium < 0, _wishes(part, asked), ~part.sure[asked], np.isnan(power), np.nan_to_num(power),
        np.isnan(price), np.nan_to_num(price),
    )  # fmt: skip
    return np.stack([np.bincount(group, each.astype(float)) for each in columns], axis=1)


def _wishes(part: Parts, asked: BoolArray) -> IntArray:
    """Place of the medium of each link in its owner's list; 0 where there is none."""
    pairs = np.stack([part.class_of[asked], part.medium[asked]])
    distinct, at = np.unique(pairs, axis=1, return_inverse=True)
    places = [
        max(place_in(part.classes[k].parts, part.media, m), 0) if min(k, m) >= 0 else 0
        for k, m in distinct.T.tolist()
    ]
    return np.array(places, dtype=np.int64)[at.ravel()]
