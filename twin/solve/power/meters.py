"""Feeders measured against feeders summed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.load import gear_load
from twin.solve.power.loss_bounds import loss_bounds
from twin.solve.power.shares import lossy_shares
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
    unrated
        A rack below whose power factor lacks for what copper loses, -1 none.
    """

    row: IntArray
    element: IntArray
    measured_kw: FloatArray
    summed_kw: FloatArray
    unmetered: IntArray
    unrated: IntArray


def meters(study: Study) -> Meters:
    """Sum what racks measure below each metered element, with nothing lost, and losses between.

    These are those of `loss_bounds`. Worked number: 50 and 50 kW below a meter of 110 kW leave
    10 kW that nobody measures.
    """
    table, share = study.table("meter"), study(lossy_shares)
    row = np.arange(len(table))
    day = study.conditions.date
    if day is not None:
        now = np.datetime64(day, "D")
        row = row[~(table["start"] > now) & ~(table["until"] < now)]
    measured = np.asarray(study.table("rack")["measured_kw"], dtype=float)
    read = np.where(study.here, measured, 0.0)
    drawn = np.concatenate([read, study(gear_load), study(loss_bounds).fixed_kw])
    at = np.flatnonzero(share.case == 0)
    node, load = share.element[at], share.load[at]
    nodes = len(study.arrays.topology.power.parent)
    # What is not there, or measures nothing, needs no power factor.
    amount = np.where(drawn[load] == 0.0, 0.0, share.share[at] * drawn[load])
    summed = np.bincount(node, amount, minlength=nodes).astype(float)
    factor = np.asarray(study.table("rack")["power_factor"], dtype=float)
    of_rack = load < len(measured)
    blind, unrated = np.full((2, nodes), -1, dtype=np.int64)
    lacks = np.flatnonzero(np.isnan(drawn[load]) & of_rack)
    blind[node[lacks]] = load[lacks]
    bare = np.append(np.isnan(factor), False)[np.where(of_rack, load, -1)]
    lacks = np.flatnonzero(np.isnan(amount) & bare)
    unrated[node[lacks]] = load[lacks]
    element = np.asarray(table["element"], dtype=np.int64)[row]
    where = element - study.arrays.topology.power.first
    return Meters(
        row=row, element=element, measured_kw=np.asarray(table["measured_kw"], dtype=float)[row],
        summed_kw=summed[where], unmetered=blind[where], unrated=unrated[where],
    )  # fmt: skip
