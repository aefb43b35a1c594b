"""COL409: pressure that the index rack of a loop needs against what its CDUs' pumps have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.rack_rows import inputs_of_racks, rows_of_racks
from twin.checks.coolant.solved import missing_inputs, solved, unsolved
from twin.checks.coolant.sums import flow_figures
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray
from twin.solve.coolant.index import head_there, pressures_needed
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL409",
    role="gate",
    severity="error",
    unit="kPa",
    message="rack {other} needs {demand} kPa round loop {subject}{lost}, its CDUs have {limit} kPa "
    "with what is kept in hand ({owner})",
    fix="widen pipes, hoses and valves on the way to {other}, return the other way round "
    '(returns = "reverse"), or take CDUs of {shortfall} kPa more head',
    source="pressure along the index circuit; a tenth of the head in hand, a judgement",
)
def index_head_short(study: Study) -> Iterator[Measure]:
    """The rack that is hardest to reach needs nearly all, or more, of what the pumps have.

    Why it matters
    --------------
    Filters clog, racks are added and pumps wear: a loop that takes the whole head on its first
    day has no control left, and starves on the second.

    Method
    ------
    For each rack: what the loop loses from the CDUs to the rack's hoses and back by solved flows,
    and what hoses, valves and rack take at the flow that the rack needs. The greatest of these is
    the index circuit. Against it, 0.9 of the head that the pumps have at full speed at the flow
    that they give, of the weakest CDU that runs; healthy and in each case that takes something of
    the loop. The 0.9 warns until the owner adopts it (`policy.adopt = ["dp_margin"]`). Worked
    number: with 140 kPa held, 1 kPa lost on the way and 127.5 L/min at a rack that needs 116,
    the rack with its hoses needs 117 kPa; pumps of 220 kPa have 198.

    Does not cover
    --------------
    Head that is lost in a filter as it clogs, and what pipes would lose at the needed flow of all
    racks together where more or less than that flows.

    See also
    --------
    COL201, COL204, COL411.
    """
    margin = limit(study, "dp_margin")
    for found in unsolved(study):
        yield Measure(
            kind="loop",
            subject=np.array([found.circuit.row]),
            demand=np.full(1, np.nan),
            limit=np.full(1, np.nan),
            inputs=missing_inputs(found.missing, 1),
            judged=margin.judged,
        )
    flows = tuple(solved(study))
    needs = dict(zip(map(id, flows), pressures_needed(flows), strict=True))
    for rows in rows_of_racks(study, flows, lambda flow: _hardest(needs[id(flow)])):
        head = rows.of_lanes(lambda flow: head_there(study, flow))
        most = head * (1.0 - margin.value)
        yield Measure(
            kind="loop",
            subject=rows.loop,
            other=study.site.subject("rack", rows.row),
            case=rows.case,
            demand=rows.counted(rows.of(lambda flow: needs[id(flow)]), most),
            limit=most,
            inputs=(
                *inputs_of_racks(study, rows),
                *flow_figures(study, rows.row),
                *rows.ratings(study),
            ),
            owner=margin.owner,
            judged=margin.judged,
        )


def _hardest(needed: FloatArray) -> BoolArray:
    """(L, r) the rack of each lane that is hardest to reach, if any is left on the loop."""
    known = np.where(np.isnan(needed), np.inf, needed)
    out = np.zeros(needed.shape, dtype=bool)
    out[np.arange(len(needed)), known.argmax(axis=1)] = known.max(axis=1) > -np.inf
    return out
