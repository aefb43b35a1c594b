"""Sections of cables in trays and risers against what may lie in them, now and with growth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.cables import Room, cable_budget
from twin.checks.inputs import own_figure
from twin.checks.measure import Budget, Measure
from twin.site.table import BoolArray, FloatArray
from twin.solve.cabling.fill.room import KINDS
from twin.solve.cabling.fill.shares import Shares
from twin.solve.cabling.fill.tight import Tight
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


def tight_rows(study: Study, found: Tight) -> Iterator[Measure]:
    """Trays, then risers, against the section that must find room in each and its other."""
    trays, first = len(study.table("tray")), study.site.first
    riser = found.tray >= trays
    other = np.where(found.other < trays, first["tray"], first["riser"] - trays) + found.other
    other = np.where(found.other < 0, -1, other)
    for kind, rows in zip(KINDS, (~riser, riser), strict=True):
        subject = found.tray[rows] - (trays if kind == "riser" else 0)
        yield Measure(
            kind=kind,
            subject=subject,
            demand=found.needed_m2[rows],
            limit=found.offered_m2[rows],
            other=other[rows],
            inputs=(own_figure(study, kind, "width_m", subject),),
            owner="width, depth and fill limit of the trays",
        )
