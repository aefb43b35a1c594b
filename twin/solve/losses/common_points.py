"""What all whips of a rack hang on, and what the policy says of its loss: asked, silent, accepted.

The lowest common element of a rack's whips and all above it, up to where a second way begins: an
alternate, a parallel group, a tie. The loss of each alone leaves the rack dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.model.base import POWER_KINDS
from twin.model.policy import Outcome
from twin.site.table import IntArray
from twin.solve.losses.asked import classes
from twin.solve.losses.switching import grid
from twin.solve.power.shelves import lowest_common
from twin.solve.study import Study

_SILENT, _ASKED, _ACCEPTED = 0, 1, 2


@dataclass(frozen=True)
class CommonPoints:
    """Lowest element of each sort on which all whips of a rack hang, (racks,) nodes, -1 none.

    Attributes
    ----------
    silent
        The policy says nothing about losses of its kind.
    accepted
        The policy lets racks go dark with it.
    """

    silent: IntArray
    accepted: IntArray


def common_points(study: Study) -> CommonPoints:
    """Walk up from the lowest common element of every rack with several whips."""
    topology, now = study.arrays.topology.power, study(grid)
    of_class = study(classes).of_rack
    answers, kind_of = _answers(study), _kinds_of_nodes(study)
    at = study(lowest_common).copy()
    out = np.full((3, len(at)), -1, dtype=np.int64)
    ends = np.ones(len(now.parent) + 1, dtype=bool)
    n = topology.feeders
    ends[:-1] = False
    ends[:n] = (topology.alternate >= 0) | (topology.group >= 0)
    tied = np.flatnonzero(topology.side_a >= 0)
    ends[topology.side_a[tied]] = ends[topology.side_b[tied]] = True
    while (at >= 0).any():
        rows = np.flatnonzero(at >= 0)
        answer = answers[kind_of[at[rows]], of_class[rows]]
        first = out[answer, rows] < 0
        out[answer[first], rows[first]] = at[rows[first]]
        at[rows] = np.where(ends[at[rows]], -1, now.parent[at[rows]])
    return CommonPoints(silent=out[_SILENT], accepted=out[_ACCEPTED])


def _answers(study: Study) -> IntArray:
    """(kinds, K) what the policy says about the loss of an element of a kind to each class."""
    policy = study.site.policy
    names = study(classes).names
    out = np.zeros((len(POWER_KINDS), len(names)), dtype=np.int64)
    for k, kind in enumerate(POWER_KINDS):
        general = policy.losses.get(kind)  # type: ignore[call-overload]
        for c, name in enumerate(names):
            asked: Mapping[str, Outcome] = policy.classes.get(name, {})  # type: ignore[assignment]
            own = asked.get(kind, general)
            said = _ACCEPTED if own == "may go dark" else _ASKED
            out[k, c] = _SILENT if own is None else said
    return out


def _kinds_of_nodes(study: Study) -> IntArray:
    """(P,) place of the kind of each node in `POWER_KINDS`."""
    counts = [len(study.table(kind)) for kind in POWER_KINDS]
    return np.repeat(np.arange(len(POWER_KINDS)), counts)
