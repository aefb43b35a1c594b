"""Feeders measured against feeders summed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.load import gear_load
from twin.solve.power.shares import shares
from twin.solve.study import Study


@dataclass(frozen=True)
class Meters:
    """One row for each meter that counts on the day of the study.

    Attributes
    ----------
    row
        Row of the meter.
    element
        Subject on which it sits.
    measured_kw
        What it read.
    summed_kw
        What racks measure below the element, and gear there draws; NaN where one is not known.
    unmetered
        A rack below that no meter measures, -1 none.
    """

    row: IntArray
    element: IntArray
    measured_kw: FloatArray
    summed_kw: FloatArray
    unmetered: IntArray


def meters(study: Study) -> Meters:
    """Sum what racks measure below each metered element, with nothing lost.

    Worked number: 50 and 50 kW below a meter of 110 kW leave 10 kW that nobody measures.
    """
    table, share = study.table("meter"), study(shares)
    row = np.arange(len(table))
    day = study.conditions.date
    if day is not None:
        now = np.datetime64(day, "D")
        row = row[~(table["start"] > now) & ~(table["until"] < now)]
    measured = np.asarray(study.table("rack")["measured_kw"], dtype=float)
    drawn = np.concatenate([np.where(study.here, measured, 0.0), study(gear_load)])
    at = np.flatnonzero(share.case == 0)
    node, load = share.element[at], share.load[at]
    nodes = len(study.arrays.topology.power.parent)
    summed = np.bincount(node, share.share[at] * drawn[load], minlength=nodes).astype(float)
    blind = np.full(nodes, -1, dtype=np.int64)
    lacks = np.flatnonzero(np.isnan(drawn[load]) & (load < len(measured)))
    blind[node[lacks]] = load[lacks]
    element = np.asarray(table["element"], dtype=np.int64)[row]
    where = element - study.arrays.topology.power.first
    return Meters(
        row=row, element=element, measured_kw=np.asarray(table["measured_kw"], dtype=float)[row],
        summed_kw=summed[where], unmetered=blind[where],
    )  # fmt: skip
