"""SPC401: a rack's height against the ceiling and what crosses above it."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.floor.overhead import Overhead, lowest_above
from twin.solve.study import Study


def _bare(over: Overhead, kind: str, place: IntArray, needed: IntArray) -> Input:
    """Input of lines of a kind that cross a position and do not say how high they hang."""
    rows = np.where(needed, np.append(over.bare[kind], -1)[place], -1)
    return Input(kind, "elevation_m", rows, rows < 0)


@rule(
    "SPC401",
    role="gate",
    severity="error",
    unit="m",
    message="rack {subject} is {demand} m high, {limit} m are free above its position ({other})",
    fix="raise {other} by {shortfall} m, or choose a position with {demand} m of height",
    source="the rack passes below everything that hangs above it",
)
def too_tall(study: Study) -> Measure:
    """A rack does not fit below the ceiling, a tray or a busway.

    Why it matters
    --------------
    Racks grow: 2.0 m, 2.2 m, 2.3 m. Trays and busways that were hung for the last kind stop the
    next one, and they are full of live cables.

    Method
    ------
    The height of the rack against the least of height_m of its position, height_m of its hall,
    and the undersides of trays and busways that cross its footprint on the plan. Where the
    position says its height, what hangs above and does not say how high is taken to be counted.

    Does not cover
    --------------
    Pipes, containment, lamps, the way in (doors, lifts), tilting a rack upright, and sprinklers
    (SPC404).

    See also
    --------
    SPC403, SPC404.
    """
    racks, site, over = study.table("rack"), study.site, study(lowest_above)
    place = site.rows_of("position", racks["position"])
    rows = np.flatnonzero((place >= 0) & study.here)
    at = place[rows]
    own = np.append(study.table("position")["height_m"], np.nan)[at]
    hall = site.rows_of("hall", np.append(study.table("position")["hall"], -1)[at])
    free = np.stack(
        [own, np.append(study.table("hall")["height_m"], np.nan)[hall], over.height_m[at]], axis=1
    )
    by = np.stack([site.subject("position", at), site.subject("hall", hall), over.by[at]], axis=1)
    least = np.where(np.isnan(free), np.inf, free)
    silent = np.isnan(own)
    bare = [_bare(over, kind, at, silent) for kind in ("tray", "busway")]
    unsure = silent & (np.isnan(free[:, 1]) | (bare[0].rows >= 0) | (bare[1].rows >= 0))
    told = Input("position", "height_m", at, ~silent | ~np.isnan(free[:, 1]))
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.asarray(racks["height_m"])[rows],
        limit=np.where(unsure, np.nan, least.min(axis=1)),
        other=np.take_along_axis(by, least.argmin(axis=1)[:, None], axis=1)[:, 0],
        inputs=(rack_figure(study, "height_m", rows), told, *bare),
        owner="layout",
    )
