"""What the rules of the load flow share: who is measured, and what a layout does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.checks.measure import Input, Measure
from twin.model.base import POWER_KINDS
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.limits import Owned
from twin.solve.power.feeders import feeders
from twin.solve.power.flow import PowerFlow
from twin.solve.power.flow_phases import PhaseCurrents
from twin.solve.power.network import network
from twin.solve.study import Study

_COLUMN = {"transformer": "z_pct", "whip": "conductor"}
"""Which column of a kind tells an impedance, where that is not `r_ohm`."""


def impedances_told(study: Study) -> bool:
    """Whether the layout tells any impedance: without one no voltage is worth a row."""
    net = study(network)
    return bool((net.part & net.needs).any() or len(net.runs.tap))


def nodes_of(study: Study, kind: str) -> IntArray:
    """Nodes of a kind of the power chain, row by row."""
    start = study.site.first[kind] - study.arrays.topology.power.first
    return np.arange(start, start + len(study.table(kind)))


def lacking(study: Study, nodes: IntArray) -> Iterator[Input]:
    """Say whose impedance is missing; (m,) nodes, -1 none."""
    table = study.table("transformer")
    for kind in POWER_KINDS:
        if kind == "tap":
            continue
        row = study.site.rows_of(kind, np.where(nodes >= 0, nodes + _first(study), -1))
        if not (row >= 0).any():
            continue
        column = _COLUMN.get(kind, "r_ohm")
        if kind != "transformer":
            yield Input(kind, column, row, row < 0)
            continue
        half = np.append(~np.isnan(np.asarray(table["z_pct"], dtype=float)), False)[row]
        for name, mine in (("z_pct", ~half), ("x_over_r", half)):
            at = np.where(mine, row, -1)
            yield Input(kind, name, at, at < 0)


def case_of(solved: PowerFlow, size: int) -> IntArray:
    """(m,) the case of a state, for every row."""
    return np.full(size, solved.state.case, dtype=np.int64)


def limit_in(study: Study, solved: PowerFlow) -> FloatArray:
    """Limits in amperes of feeders and taps in a state, (P without whips,)."""
    healthy, after = study(feeders).limits("A")
    return after if solved.state.case else healthy


def _first(study: Study) -> int:
    return study.arrays.topology.power.first


PHASED = ("source", "transformer", "board", "rpp", "transfer", "tie", "busway", "tap")
"""Kinds whose phases are looked at; what converts is taken to draw alike from all three."""
_IN_AMPERES = ("board", "rpp", "transfer", "tie", "busway", "tap")


@dataclass(frozen=True)
class PhaseRows:
    """Elements of a kind above a tap on one or two phases, in one state.

    Attributes
    ----------
    row, node
        (m,) row of the kind's table, and node.
    limit
        (m,) A per phase; NaN not known.
    unsaid
        (m,) row of a tap below that does not say its phases, -1 none.
    known
        (m,) whether the load flow was solved.
    """

    kind: str
    row: IntArray
    node: IntArray
    limit: FloatArray
    unsaid: IntArray
    known: BoolArray
    case: IntArray

    def measure(
        self,
        demand: FloatArray,
        limit: FloatArray,
        *,
        sure: FloatArray | None = None,
        keep: BoolArray | None = None,
        owner: Owned | None = None,
    ) -> Measure:
        """Make a measure of these rows, or of those that `keep` says."""
        at = np.arange(len(self.row)) if keep is None else np.flatnonzero(keep)
        return Measure(
            kind=self.kind, subject=self.row[at], demand=demand[at], limit=limit[at],
            sure=None if sure is None else np.nan_to_num(sure[at]), case=self.case[at],
            inputs=(
                Input("tap", "phase", self.unsaid[at], self.unsaid[at] < 0),
                Input(self.kind, "rating_a", self.row[at], ~np.isnan(self.limit[at])),
                Input(self.kind, "", self.row[at], self.known[at]),
            ),
            owner="rating or breaker of the layout" if owner is None else owner.owner,
            judged=owner is not None and owner.judged,
        )  # fmt: skip


def phase_rows(study: Study, found: PhaseCurrents, kind: str) -> PhaseRows:
    """Collect the elements of a kind whose phases a state asks for."""
    node = nodes_of(study, kind)
    bound = limit_in(study, found.flow)[node]
    wanted = found.asked[node] & ~found.flow.state.dead[node]
    if kind not in _IN_AMPERES:
        wanted &= ~np.isnan(bound)
    row = np.flatnonzero(wanted)
    return PhaseRows(
        kind=kind, row=row, node=node[row], limit=bound[row], unsaid=found.unsaid[node[row]],
        known=found.flow.converged[node[row]], case=case_of(found.flow, len(row)),
    )  # fmt: skip
