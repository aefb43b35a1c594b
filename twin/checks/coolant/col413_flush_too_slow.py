"""COL413: velocity that a loop's own pumps can flush each pipe and manifold with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    circuits = [c for c in described_loops(study) if len(c.links(Part.UNIT))]
    most = np.array([_most(study, row) for row in range(len(study.table("cdu")))])
    total = np.zeros(len(study.table("loop")))
    lacks = np.full(len(total), -1)
    for circuit in circuits:
        units = circuit.rows(study, "cdu", Part.UNIT)
        total[circuit.row] = most[units].sum()
        lacks[circuit.row] = next((u for u in units.tolist() if np.isnan(most[u])), -1)
    for part, kind in ((Part.PIPE, "pipe"), (Part.SEGMENT, "manifold")):
        rows, bore, loop = _bores(study, circuits, part, kind)
        unit = lacks[loop]
        yield Measure(
            kind=kind,
            subject=rows,
            other=study.site.subject("loop", loop),
            demand=velocity_m_s(total[loop], bore),
            limit=np.full(len(rows), least.value),
            sense="min",
            inputs=(
                Input("cdu", "flow_lpm", unit, unit < 0),
                Input(kind, "bore_m", rows, ~np.isnan(bore)),
            ),
            owner=least.owner,
            judged=least.judged,
        )


def _most(study: Study, row: int) -> float:
    curve, _ = curve_of(study, "cdu", row)
    return float("nan") if curve is None else float(curve.flow_lpm[-1])


def _bores(
    study: Study, circuits: Sequence[Circuit], part: Part, kind: str
) -> tuple[IntArray, FloatArray, IntArray]:
    """Rows of pipes or manifolds of some circuits, the bore of each, and its loop."""
    links = [circuit.links(part) for circuit in circuits]
    none = np.empty(0, dtype=np.int64)
    subject = [c.subject[some] for c, some in zip(circuits, links, strict=True)]
    bore = [c.bore_m[some] for c, some in zip(circuits, links, strict=True)]
    loop = np.repeat([c.row for c in circuits], [len(some) for some in links]).astype(np.int64)
    rows, first = np.unique(
        study.site.rows_of(kind, np.concatenate([none, *subject])), return_index=True
    )
    return rows, np.concatenate([none.astype(float), *bore])[first], loop[first]
