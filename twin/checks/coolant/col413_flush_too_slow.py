"""COL413: velocity that a loop's own pumps can flush each pipe and manifold with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.solved import described_loops
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.pumping import curve_of
from twin.solve.coolant.resistance import velocity_m_s
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL413",
    role="advice",
    severity="warning",
    unit="m/s",
    message="the pumps of loop {other} can flush {kind} {subject} with {demand} m/s at most, "
    "{limit} m/s are asked for ({owner})",
    fix="flush {subject} with a temporary pump, or take a smaller bore",
    source="3 ft/s carries dirt along, a press figure; 1.2 to 1.8 m/s where contaminated",
)
def flush_too_slow(study: Study) -> Iterator[Measure]:
    """A pipe is so wide that the loop's own pumps cannot flush it clean.

    Why it matters
    --------------
    Swarf and flux that stay in a header end in cold plates. Flushing takes a velocity that the
    running loop need not have.

    Method
    ------
    The greatest flow of all CDUs of the loop together, each at the end of its curve or at its
    duty, through the bore of one pipe or manifold alone, racks bypassed: no section can be
    flushed faster. Worked number: two CDUs of 1,200 L/min give 4.35 m/s in NPS 4 schedule 10.

    Does not cover
    --------------
    Whether valves let one section alone be flushed, what resists on the way, hoses and racks, and
    facility water.

    See also
    --------
    COL410, COL415.
    """
    least = limit(study, "flush_velocity_min_m_s")
    for circuit in described_loops(study):
        units = circuit.rows(study, "cdu", Part.UNIT)
        most = np.array([_most(study, row) for row in units.tolist()])
        lacks = int(units[np.isnan(most).argmax()]) if np.isnan(most).any() else -1
        for part, kind in ((Part.PIPE, "pipe"), (Part.SEGMENT, "manifold")):
            rows, bore = _bores(study, circuit, part, kind)
            if not len(rows) or not len(units):
                continue
            yield Measure(
                kind=kind,
                subject=rows,
                other=study.site.subject("loop", np.full(len(rows), circuit.row)),
                demand=velocity_m_s(np.full(len(rows), most.sum()), bore),
                limit=np.full(len(rows), least.value),
                sense="min",
                inputs=(
                    Input(
                        "cdu", "flow_lpm", np.full(len(rows), lacks), np.full(len(rows), lacks < 0)
                    ),
                    Input(kind, "bore_m", rows, ~np.isnan(bore)),
                ),
                owner=least.owner,
                judged=least.judged,
            )


def _most(study: Study, row: int) -> float:
    curve, _ = curve_of(study, "cdu", row)
    return float("nan") if curve is None else float(curve.flow_lpm[-1])


def _bores(study: Study, circuit: Circuit, part: Part, kind: str) -> tuple[IntArray, FloatArray]:
    """Rows of pipes or manifolds of a circuit, and the bore of each."""
    rows, first = np.unique(circuit.rows(study, kind, part), return_index=True)
    return rows, circuit.bore_m[circuit.links(part)][first]
