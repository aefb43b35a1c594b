"""Rows of readiness: the latest day of what a rack needs against the day it is there."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Input, Measure
from twin.site.contract import BY_KIND
from twin.site.table import FloatArray, IntArray
from twin.solve.ready import Ready, number_of_days
from twin.solve.study import Study

_SCALE_DAYS = 30.0
"""A month in hand is a margin of 1."""


def due(study: Study) -> FloatArray:
    """Day on which each rack needs all it needs: that of the study, else its arrival, (racks,)."""
    day = study.conditions.date
    arrival = number_of_days(study.arrival)
    if day is None:
        return arrival
    return np.full(len(arrival), float(np.datetime64(day, "D").astype(np.int64)))


def waiting(
    study: Study,
    racks: IntArray,
    ready: Ready,
    column: str = "ready",
    layer: str = "",
    absent: tuple[Input, ...] = (),
) -> Measure:
    """Days by which the last of what each rack needs comes after the rack; less is in hand.

    Parameters
    ----------
    racks
        (m,) rack rows.
    ready
        (m,) what they wait for.
    column
        The column that says so.
    layer, absent
        Figures of a layer that must be described for the answer to be known. Where the family of
        rules `layer` is out of scope, racks that lack them have no row.
    """
    bare = np.zeros(len(racks), dtype=bool)
    for figure in absent:
        bare |= ~figure.known & (figure.rows >= 0)
    if layer and layer not in study.conditions.scope:
        kept = np.flatnonzero(~bare)
        racks, ready, bare = racks[kept], ready.take(kept), bare[kept]
        absent = tuple(i._replace(rows=i.rows[kept], known=i.known[kept]) for i in absent)
    day, n = due(study)[racks], len(racks)
    blind = bare | (ready.lacking >= 0)
    late = np.where(np.isinf(ready.day), -_SCALE_DAYS, ready.day - day)
    arrives = Input("rack", "arrives", racks, ~np.isnan(day))
    return Measure(
        kind="rack",
        subject=racks,
        demand=np.where(blind, np.nan, late),
        limit=np.zeros(n),
        scale=np.full(n, _SCALE_DAYS),
        sure=np.where(np.isnan(late) | np.isinf(ready.day), -np.inf, late),
        other=ready.on,
        inputs=(arrives, *absent, *_days(study, ready.lacking, column)),
        owner="days of the layout",
    )


def _days(study: Study, lacking: IntArray, column: str) -> tuple[Input, ...]:
    """One input per kind of element whose day is not known."""
    site, out = study.site, []
    for kind, columns in BY_KIND.items():
        rows = site.rows_of(kind, lacking)
        name = next((n for n in (column, "ready", "arrives") if n in columns), "")
        if not name or not (rows >= 0).any():
            continue
        out.append(Input(kind, name, rows, rows < 0))
    return tuple(out)


def standing_racks(study: Study) -> tuple[IntArray, IntArray]:
    """Rack rows that stand on the day of the study and have a position, and the position's row."""
    place = study.site.rows_of("position", study.table("rack")["position"])
    rows = np.flatnonzero((place >= 0) & study.here)
    return rows, place[rows]
