"""What one loss leaves of each rack's networks, whatever the policy asks: the least of each kind.

Kinds are switches of a tier, planes, trays and risers. Nothing else is lost with what is lost:
no power, no cooling.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.links.bandwidth import (
    UNCUT,
    WAYS,
    Cut,
    Left,
    Worth,
    cut_by,
    left_of,
    passed_down,
    worst_of,
)
from twin.solve.losses.planes import planes
from twin.solve.study import Study

SWITCHES: Final = {"leaf": "leaf", "spine": "spine", "core": "core", "switch": ""}
"""Kinds of switches that are lost, and the tier that the table of switches says of them."""
_NEAR: Final = 1e-12
_BLOCK: Final = 64
"""Switches of one kind that are tried at once: what a spine takes is a row for each leaf and rack
below it."""


class OneLost(NamedTuple):
    """What losses of one kind leave, each alone.

    Attributes
    ----------
    least
        The least that one of them leaves of each rack's networks; `case` is the subject that is
        lost, of a plane its first switch. Networks of which none takes anything have no row.
    emptied
        (2, n) subjects that are lost, and rows of racks that they leave nothing of some network.
    """

    least: Left
    emptied: IntArray


def one_lost(study: Study) -> Mapping[str, OneLost]:
    """Return what single losses leave of racks' networks, by kind of loss."""
    out = {kind: _of_switches(study, kind) for kind in SWITCHES}
    return out | {"plane": _of_planes(study)} | {kind: _of_ways(study, kind) for kind in WAYS}


class Hit(NamedTuple):
    """What one loss of a kind leaves of a fabric at least.

    Attributes
    ----------
    kind
        What is lost: leaf, spine, core, plane, tray or riser.
    left
        The least part that is left to a rack.
    racks, of
        Racks that one such loss leaves so little, and racks that any such loss takes something of.
    lost
        Subject that leaves the first of them so little.
    """

    kind: str
    left: float
    racks: int
    of: int
    lost: int


def hits(study: Study, fabric: int) -> list[Hit]:
    """Return what one loss of each kind leaves of a fabric to the racks that it hits most."""
    out = []
    for kind, (left, _) in study(one_lost).items():
        rows = np.flatnonzero(left.fabric == fabric)
        if len(rows):
            least = float(left.left[rows].min())
            most = rows[left.left[rows] <= least + _NEAR]
            out.append(Hit(kind, least, len(most), len(rows), int(left.case[most[0]])))
    return out


def _of_switches(study: Study, kind: str) -> OneLost:
    table = study.table("switch")
    rows = np.flatnonzero(np.asarray(table["tier"]) == SWITCHES[kind])
    parts = []
    for start in range(0, len(rows), _BLOCK):
        lost = rows[start : start + _BLOCK].astype(np.int64)
        one = 1.0 / np.asarray(table["count"], dtype=float)[lost]
        parts.append(_left(study, "switch", Worth(lost, lost, one, lost)))
    return _joined(parts)


def _of_planes(study: Study) -> OneLost:
    first, alone = study(planes)
    lost = np.flatnonzero((first >= 0) & ~alone)
    return _left(study, "switch", Worth(first[lost], lost, np.ones(len(lost)), lost))


def _of_ways(study: Study, kind: str) -> OneLost:
    way = np.arange(len(study.table(kind)))
    beyond = len(study.table("tray")) if kind == "riser" else 0
    nothing = Worth(_NONE, _NONE, np.empty(0), _NONE)
    return _left(study, kind, nothing, cut_by(study, way, way + beyond))


_NONE: Final[IntArray] = np.empty(0, dtype=np.int64)


def _left(study: Study, kind: str, lost: Worth, cut: Cut = UNCUT) -> OneLost:
    """Return what losses leave that are numbered by the rows of what is lost."""
    left = left_of(study, passed_down(study, lost, cut), cut)
    left = left._replace(case=np.asarray(study.site.subject(kind, left.case)))
    gone = np.stack([left.case, left.rack])[:, left.left <= 0]
    return OneLost(_least(left), np.unique(gone, axis=1))


def _joined(parts: list[OneLost]) -> OneLost:
    columns = zip(*(p.least for p in parts), strict=True)
    if not parts:
        return OneLost(Left(_NONE, _NONE, _NONE, np.empty(0), _NONE), np.empty((2, 0), np.int64))
    whole = Left(*(np.concatenate(c) for c in columns))
    return OneLost(_least(whole), np.concatenate([p.emptied for p in parts], axis=1))


def _least(left: Left) -> Left:
    """Rows of the least that is left to each rack's network."""
    return left.take(worst_of(left, np.arange(len(left.rack))))
