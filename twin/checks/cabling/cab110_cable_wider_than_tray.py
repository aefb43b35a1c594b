"""CAB110: the thickest cable in a tray against the width of the tray."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.fill import fill
from twin.solve.cabling.fill.tray_fill import lying
from twin.solve.cabling.parts.parts import diameters_m, parts
from twin.solve.study import Study


@rule(
    "CAB110",
    role="advice",
    severity="warning",
    unit="m",
    message="a cable in {kind} {subject} is {demand} m thick, which is {limit} m wide",
    fix="choose a tray of more than {demand} m for {subject}, or correct its width_m or the cable's"
    " od_m",
    source="geometry",
)
def cable_wider_than_tray(study: Study) -> Measure:
    """A cable is thicker than the tray is wide in which it should lie.

    Why it matters
    --------------
    It does not go in, however few they are: the fill of the section says nothing of it. Most often
    a width or a diameter was written in another unit.

    Method
    ------
    The thickest cable or trunk in each tray, of those whose diameter is known, against its width.
    Worked number: a trunk of 25 mm does not lie in a raceway of 20 mm.

    Does not cover
    --------------
    Trays of unknown width and cables of unknown diameter, which CAB101 asks for; risers, drop-outs,
    and dividers in a tray.

    See also
    --------
    CAB101, CAB104.
    """
    table, lies = study.table("tray"), study(lying)
    tray = lies.tray[lies.row]
    mine = tray < len(table)
    od = np.nan_to_num(diameters_m(study, study(parts)))[lies.cable[mine]]
    thickest = fill.largest_m(tray[mine], od, len(table))
    width = np.asarray(table["width_m"], dtype=float)
    rows = np.flatnonzero((thickest > 0) & ~np.isnan(width))
    return Measure(
        kind="tray",
        subject=rows,
        demand=thickest[rows],
        limit=width[rows],
        owner="width of the tray",
    )
