"""COL409: pressure that the index rack of a loop needs against what its CDUs' pumps have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lanes import counted, rating_inputs
from twin.checks.coolant.solved import missing_inputs, rack_inputs, solved, unsolved
from twin.checks.coolant.sums import flow_figures
from twin.checks.measure import Measure
from twin.checks.rule import rule
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
    for flow, needed in zip(flows, pressures_needed(flows), strict=True):
        lane = np.arange(len(needed))
        unknown = np.isnan(needed)
        known = np.where(unknown, np.inf, needed)
        index = known.argmax(axis=1)
        lane = lane[known.max(axis=1) > -np.inf]  # in others no rack is left on the loop
        index = index[lane]
        most = head_there(study, flow)[lane] * (1.0 - margin.value)
        racks = flow.racks.row[index]
        yield Measure(
            kind="loop",
            subject=np.full(len(lane), flow.circuit.row),
            other=study.site.subject("rack", racks),
            case=flow.lanes.first_case[lane],
            demand=counted(flow, lane, needed[lane, index], most),
            limit=most,
            inputs=(
                *rack_inputs(study, flow, lane, index),
                *flow_figures(study, racks),
                *rating_inputs(study, flow, lane),
            ),
            owner=margin.owner,
            judged=margin.judged,
        )
