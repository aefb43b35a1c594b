"""What the rules on pipes, manifolds and hoses of solved loops share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from twin.checks.coolant.lane_rows import LaneRows, lane_rows
from twin.checks.coolant.solved import missing_inputs, solved, unsolved
from twin.checks.measure import Measure
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.lines import Lines, lines_of
from twin.solve.study import Study

SUBJECTS = ((Part.PIPE, "pipe"), (Part.SEGMENT, "manifold"), (Part.HOSE, "rack"))
"""What a line is told as: a segment as its manifold, hoses as the rack that hangs on them."""


@dataclass(frozen=True, slots=True)
class LineRows:
    """Lines of one part in all solved loops and lanes.

    Attributes
    ----------
    part, kind
        Which part, and the kind that its lines are told as.
    rows
        Loops that have such lines; `row` is that of the line's subject.
    lines
        All lines of each loop, and which of them are of this part.
    """

    part: Part
    kind: str
    rows: LaneRows
    lines: dict[int, tuple[Lines, IntArray]]

    def of(self, figure: Callable[[Lines], FloatArray]) -> FloatArray:
        """(m,) a figure (L, k) of the lines."""

        def mine(flow: LoopFlow) -> FloatArray:
            lines, at = self.lines[id(flow)]
            return figure(lines)[:, at]

        return self.rows.of(mine)


def line_rows(study: Study) -> tuple[LineRows, ...]:
    """Every line of every solved loop, in each of its lanes, part by part."""
    return study(_rows)


def _rows(study: Study) -> tuple[LineRows, ...]:
    every = list(zip(solved(study), study(_lines), strict=True))
    return tuple(
        _of_part(study, part, kind, {
            id(flow): (flow, lines, at) for flow, lines in every
            if len(at := np.flatnonzero(flow.circuit.part[lines.link] == part))
        })
        for part, kind in SUBJECTS
    )  # fmt: skip


def _of_part(
    study: Study, part: Part, kind: str, found: dict[int, tuple[LoopFlow, Lines, IntArray]]
) -> LineRows:
    def subject(flow: LoopFlow) -> IntArray:
        _, lines, at = found[id(flow)]
        return study.site.rows_of(kind, flow.circuit.subject[lines.link[at]])

    rows = lane_rows([flow for flow, _, _ in found.values()], subject)
    return LineRows(part, kind, rows, {key: (lines, at) for key, (_, lines, at) in found.items()})


def _lines(study: Study) -> tuple[Lines, ...]:
    """Lines of every solved loop."""
    return tuple(lines_of(tuple(solved(study))))


def lines_not_known(study: Study, limits: dict[Part, float]) -> Iterator[Measure]:
    """Rows of lines of loops that lack figures."""
    for found in unsolved(study):
        for part, kind in SUBJECTS:
            rows = np.unique(found.circuit.rows(study, kind, part))
            if len(rows):
                yield Measure(
                    kind=kind,
                    subject=rows,
                    demand=np.full(len(rows), np.nan),
                    limit=np.full(len(rows), limits[part]),
                    inputs=missing_inputs(found.missing, len(rows)),
                    judged=True,
                )
