"""COL414: greatest pressure in a loop against what its weakest parts bear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from twin.checks.coolant.solved import described_loops
from twin.checks.coolant.sums import told_as
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray, IntArray
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
    circuits = list(described_loops(study))
    stands = _stands(study, circuits)
    for kind, part in _PARTS:
        parts = [np.unique(circuit.rows(study, kind, part)) for circuit in circuits]
        at, rows = _pairs(circuits, parts)
        at, rows = at[rows >= 0], rows[rows >= 0]
        for judged in (False, True):
            mine = np.isnan(stands.static_kpa[at]) == judged
            if mine.any():
                yield _measure(study, stands, kind, at[mine], rows[mine], judged=judged)


class _Stands(NamedTuple):
    """What may stand in each loop: (loops,) static, its pumps' greatest, known, who lacks it."""

    static_kpa: FloatArray
    pumps_kpa: FloatArray
    known: BoolArray
    lacks: IntArray


def _stands(study: Study, circuits: Sequence[Circuit]) -> _Stands:
    """Work out what may stand in each loop, as far as its CDUs say it."""
    loop, cdu = _pairs(circuits, [c.rows(study, "cdu", Part.UNIT) for c in circuits])
    shut = np.array([shutoff_of(study, "cdu", row) for row in range(len(study.table("cdu")))])
    duty = np.asarray(study.table("cdu")["head_kpa"], dtype=float)
    static = np.asarray(study.table("loop")["static_kpa"], dtype=float)
    most, known = np.zeros(len(static)), np.zeros(len(static), dtype=bool)
    lacks = np.full(len(static), -1)
    np.fmax.at(most, loop, np.fmax(shut, duty)[cdu])
    unsaid = np.isnan(shut[cdu])
    known[loop] = True
    known[loop[unsaid]] = False
    lacks[loop[unsaid][::-1]] = cdu[unsaid][::-1]  # the first of each loop stays
    return _Stands(static, most, known, lacks)


def _pairs(circuits: Sequence[Circuit], rows: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """Pairs (loop, row) of what each circuit has."""
    loop = np.array([circuit.row for circuit in circuits], dtype=np.int64)
    none = np.empty(0, dtype=np.int64)
    return np.repeat(loop, [len(r) for r in rows]), np.concatenate([none, *rows])


def _measure(
    study: Study, stands: _Stands, kind: str, loop: IntArray, rows: IntArray, *, judged: bool
) -> Measure:
    """Parts of one kind against what may stand in their loops."""
    static, known = stands.static_kpa[loop], stands.known[loop]
    sure = static + stands.pumps_kpa[loop]
    limits: FloatArray = np.asarray(study.table(kind)["pressure_max_kpa"], dtype=float)[rows]
    piping = kind in {"pipe", "manifold"}
    return Measure(
        kind="loop" if piping else kind,
        subject=loop if piping else rows,
        other=study.site.subject(kind, rows),
        demand=np.where(known, sure, np.nan),
        limit=limits,
        sure=sure,
        inputs=(
            Input("loop", "static_kpa", loop, ~np.isnan(static)),
            Input("cdu", "shutoff_kpa", np.where(known, -1, stands.lacks[loop]), known),
            *told_as(study, kind, "pressure_max_kpa", rows, ~np.isnan(limits)),
        ),
        owner="rating of the maker or the layout",
        judged=judged,
    )
