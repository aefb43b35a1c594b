"""Sections of cables in trays and risers against what may lie in them, now and with growth."""

from __future__ import annotations

import numpy as np

from twin.checks.cabling.cables import Room, cable_budget
from twin.checks.inputs import own_figure
from twin.checks.measure import Budget
from twin.site.table import BoolArray, FloatArray
from twin.solve.cabling.fill.shares import Shares
from twin.solve.cabling.fill.tray_fill import tray_shares
from twin.solve.limits import Owned
from twin.solve.study import Study


def fill_budget(
    study: Study, kind: str, rows: BoolArray, section_m2: FloatArray, limits: FloatArray, who: Owned
) -> Budget:
    """Hold the cables in pieces of trays, or of risers, against a part of their section.

    Parameters
    ----------
    rows
        (R,) which rows of `tray_shares` are rows of this budget: all of one kind.
    section_m2
        (trays + risers,) what the section of cables is divided by.
    limits
        One for each row of this budget.
    who
        Owner of the limits.
    """
    shares = study(tray_shares)
    section = section_m2[shares.tray]
    subject = shares.tray[rows] - (len(study.table("tray")) if kind == "riser" else 0)
    room = Room(
        kind=kind,
        subject=subject,
        limit=np.where(np.isnan(section[rows]), np.nan, limits),
        capacity=section,
        inputs=(
            own_figure(study, kind, "width_m", subject),
            own_figure(study, kind, "depth_m", subject),
        ),
    )
    cables = Shares(
        shares.rack, shares.row, shares.area_m2, shares.between_m2, shares.rests, shares.on
    )
    return cable_budget(study, rows, cables, room, figure="od_m", who=who)
