"""COL414: greatest pressure in a loop against what its weakest parts bear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.solved import described_loops
from twin.checks.coolant.sums import told_as
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.pumping import shutoff_of
from twin.solve.study import Study

_PARTS = (
    ("cdu", Part.UNIT), ("pipe", Part.PIPE), ("manifold", Part.SEGMENT), ("rack", Part.RACK),
)  # fmt: skip


@rule(
    "COL414",
    role="gate",
    severity="error",
    unit="kPa",
    message="up to {demand} kPa may stand at {other}, which bears {limit} kPa",
    fix="lower static_kpa of its loop, relieve it, or take for {other} what bears {demand} kPa",
    source="static pressure and the pumps' head at no flow against the parts' pressure ratings",
)
def pressure_rating(study: Study) -> Iterator[Measure]:
    """Pumps against closed valves would press more on a part of a loop than it bears.

    Why it matters
    --------------
    When racks close their valves, pumps at full speed put all their head on top of what the fill
    presses with. Hoses, plates and couplings burst at the weakest part.

    Method
    ------
    `static_kpa` of the loop and the greatest head at no flow of its CDUs (`shutoff_kpa`, else the
    first point of a published curve that begins at no flow) against `pressure_max_kpa` of each
    CDU, pipe, manifold and rack. A CDU of which only its duty is known gives at least that head:
    what is past its rating by that alone fails, what is not is not known. Only loops whose pipes
    are described and whose `static_kpa` is written are judged; on others the rows are advice that
    is not known. Pipes and manifolds are told of their loop. Worked number: 150 kPa
    at rest and 260 kPa at no flow are 410 kPa, of 500 that a GB200 NVL72 bears.

    Does not cover
    --------------
    Hoses and couplings, water hammer, height between parts and the place where pumps draw in,
    relief valves, and the facility side.

    See also
    --------
    COL408, COL409.
    """
    for circuit in described_loops(study):
        for kind, part in _PARTS:
            rows = np.unique(circuit.rows(study, kind, part))
            rows = rows[rows >= 0]
            if len(rows):
                yield _measure(study, circuit, kind, rows)


def _measure(study: Study, circuit: Circuit, kind: str, rows: IntArray) -> Measure:
    """Parts of one kind against what may stand in their loop."""
    static = float(study.table("loop")["static_kpa"][circuit.row])
    units = circuit.rows(study, "cdu", Part.UNIT)
    shut = np.array([shutoff_of(study, "cdu", row) for row in units.tolist()])
    duty = np.asarray(study.table("cdu")["head_kpa"], dtype=float)[units]
    known = not np.isnan(shut).any() and len(units) > 0
    sure = static + float(np.nanmax(np.append(np.fmax(shut, duty), 0.0)))
    limits: FloatArray = np.asarray(study.table(kind)["pressure_max_kpa"], dtype=float)[rows]
    lacks = int(units[np.isnan(shut).argmax()]) if len(units) else -1
    count = len(rows)
    loop = np.full(count, circuit.row)
    piping = kind in {"pipe", "manifold"}
    return Measure(
        kind="loop" if piping else kind,
        subject=loop if piping else rows,
        other=study.site.subject(kind, rows),
        demand=np.full(count, sure if known else np.nan),
        limit=limits,
        sure=np.full(count, sure),
        inputs=(
            Input("loop", "static_kpa", loop, np.full(count, not np.isnan(static))),
            Input(
                "cdu", "shutoff_kpa", np.full(count, -1 if known else lacks), np.full(count, known)
            ),
            *told_as(study, kind, "pressure_max_kpa", rows, ~np.isnan(limits)),
        ),
        owner="rating of the maker or the layout",
        judged=bool(np.isnan(static)),
    )
