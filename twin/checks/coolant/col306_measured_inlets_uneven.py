"""COL306: Rack Cooling Index of measured inlets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.inlet_rows import rack_class
from twin.checks.coolant.measured_rows import by_kind
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.inlets import rack_cooling_index
from twin.solve.coolant.measured import measured
from twin.solve.limits import limit
from twin.solve.study import Study

CLASSES = ("A1", "A2", "A3", "A4", "H1")


@rule(
    "COL306",
    role="advice",
    severity="warning",
    unit="%",
    message="measured inlets in {kind} {subject} have a Rack Cooling Index of {demand} %, "
    "{limit} % is usual",
    fix="find the racks of {subject} whose measured inlet lies outside the recommended range",
    source="Herrlin 2005 (formula); 96 % is in wide use and was not seen in an original",
)
def measured_inlets_uneven(study: Study) -> Iterator[Measure]:
    """Measured inlets lie far outside the recommended range.

    Why it matters
    --------------
    A mean over a hall hides the ten racks that are too warm. The index counts them by how far
    they are off.

    Method
    ------
    RCI_HI and RCI_LO of the measured inlets (`coolant.temperatures`, one by one or as a list) of a
    zone, or of the rest of a hall, for each class of its racks: 100 % less what lies beyond the
    recommended range over the width to the allowable one. Only what was measured counts, and on a
    day only what was measured then. Worked number: 21, 23, 25, 27, 29 and 31 degC in class A1 are
    80 % (HI) and 100 % (LO).

    Does not cover
    --------------
    Racks without a measured inlet, and how well sensors stand for a rack. H1 has no published
    lower end here, so no RCI_LO.

    See also
    --------
    COL304, COL307, COL308.
    """
    read, least = study(measured), limit(study, "rci_min_pct")
    mine = (read.rack_area >= 0) & ~np.isnan(read.inlet_c)
    name = rack_class(study, read.rack)
    area, of = np.unique(read.rack_area[mine], return_inverse=True)
    classes = np.array(["", *CLASSES])
    code = np.argmax(name[mine][:, None] == classes, axis=1)
    pairs, at = np.unique(np.stack([of, code]), axis=1, return_inverse=True)
    index = _indices(study, classes[pairs[1]].tolist(), at.ravel(), read.inlet_c[mine])
    for kind, rows, here in by_kind(study, area[pairs[0]]):
        for value in index:
            none = pairs[1][here] == 0
            shown = none | ~np.isnan(value[here])
            yield Measure(
                kind=kind,
                subject=rows[shown],
                demand=value[here][shown],
                limit=np.full(int(shown.sum()), least.value),
                sense="min",
                inputs=(_class_of(study, kind, rows[shown], ~none[shown]),),
                owner=least.owner,
                judged=least.judged,
            )


def _indices(
    study: Study, names: list[str], at: IntArray, inlet_c: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """RCI_HI and RCI_LO of each group of readings, NaN without a class."""
    high, low = np.full(len(names), np.nan), np.full(len(names), np.nan)
    for row, name in enumerate(names):
        if not name:
            continue
        ends = ["h1" if name == "H1" else "a", name.lower()]
        wide = [limit(study, f"{ends[1]}_inlet_{e}_c").value for e in ("min", "max")]
        good = [limit(study, f"{ends[0]}_inlet_recommended_{e}_c").value for e in ("min", "max")]
        found = rack_cooling_index(inlet_c[at == row], (good[0], good[1]), (wide[0], wide[1]))
        high[row], low[row] = float(found[0]), float(found[1])
    return high, low


def _class_of(study: Study, kind: str, rows: IntArray, known: BoolArray) -> Input:
    """Tell the hall whose class is not said."""
    halls = rows
    if kind == "zone":
        halls = study.site.rows_of("hall", study.table("zone")["hall"])[rows]
    return Input("hall", "air_class", halls, known)
