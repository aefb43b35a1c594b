"""What the rules of gaps share: which rows are asked for, and which figure is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from twin.checks.inputs import own_figure, typed_figure
from twin.checks.measure import Input
from twin.model.base import FEEDERS
from twin.site.table import BoolArray
from twin.solve.losses.asked import classes
from twin.solve.losses.cases import cases
from twin.solve.losses.instants import Rides
from twin.solve.study import Study


def some(rides: Rides, rows: BoolArray) -> Rides:
    """Return some rows."""
    return Rides(**{f.name: getattr(rides, f.name)[rows] for f in fields(Rides)})


def asked_of_racks(study: Study, rides: Rides) -> BoolArray:
    """(n,) rows in which the policy asks something of the rack."""
    rack = study.site.rows_of("rack", rides.subject)
    return np.asarray(study(cases).asked_by[rides.case, study(classes).of_rack[rack]])


def lacking_transfer(study: Study, rides: Rides) -> Iterator[Input]:
    """Say of rows whose gap nobody knows, which switch does not tell its time."""
    for kind in FEEDERS:
        rows = study.site.rows_of(kind, rides.lacking)
        if (rows >= 0).any():
            figure = typed_figure if kind == "transfer" else own_figure
            yield figure(study, kind, "transfer_s", rows)


def lacking_battery(study: Study, rides: Rides) -> Iterator[Input]:
    """Say of rows whose battery nobody knows, which it is."""
    for kind in ("ups", "rectifier"):
        rows = study.site.rows_of(kind, rides.battery)
        if (rows >= 0).any():
            yield typed_figure(study, kind, "battery_min", rows)
