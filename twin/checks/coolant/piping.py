"""What the rules on pipes, manifolds and hoses of solved loops share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from twin.checks.coolant.lanes import every
from twin.checks.coolant.solved import missing_inputs, solved, unsolved
from twin.checks.measure import Measure
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.lines import Lines, lines_of
from twin.solve.study import Study

SUBJECTS = ((Part.PIPE, "pipe"), (Part.SEGMENT, "manifold"), (Part.HOSE, "rack"))
"""What a line is told as: a segment as its manifold, hoses as the rack that hangs on them."""


class Rows(NamedTuple):
    """Lines of one part of a loop in all its lanes: loop, subject's kind and row, lane, line."""

    flow: LoopFlow
    lines: Lines
    part: Part
    kind: str
    subject: IntArray
    lane: IntArray
    at: IntArray

    def of(self, figure: FloatArray) -> FloatArray:
        """(m,) a figure (L, k) of the lines."""
        return figure[self.lane, self.at]


def line_rows(study: Study) -> tuple[Rows, ...]:
    """Every line of every solved loop, in each of its lanes."""
    return study(_rows)


def _rows(study: Study) -> tuple[Rows, ...]:
    return tuple(_each_line(study))


def _each_line(study: Study) -> Iterator[Rows]:
    for flow, lines in zip(solved(study), study(_lines), strict=True):
        part = flow.circuit.part[lines.link]
        subject = flow.circuit.subject[lines.link]
        for one, kind in SUBJECTS:
            mine = np.flatnonzero(part == one)
            if len(mine):
                lane, place = every(flow, len(mine))
                at = mine[place]
                rows = study.site.rows_of(kind, subject[at])
                yield Rows(flow, lines, one, kind, rows, lane, at)


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
