"""What a layout does not say where the way of a cable, or its length, is not known."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.inside import lacking_figure
from twin.checks.measure import Input
from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.in_racks import heights_m
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study


def seen(study: Study) -> tuple[BoolArray, BoolArray]:
    """(B,) bundles all of whose ends have a place; and of these where no trays are described."""
    piece, way = study(pieces), study(ways)
    n = len(study(bundles).rack)
    cords = piece.bundle >= 0
    of, pair = piece.bundle[cords], way.pair[cords]
    placed = np.bincount(of, pair < 0, minlength=n) == 0
    bare = np.isnan(np.append(way.way_m, np.nan)[pair]) & (pair >= 0)
    return placed, placed & (np.bincount(of, bare, minlength=n) > 0)


def way_inputs(study: Study, rows: IntArray) -> tuple[Input, ...]:
    """Trays of the hall, and heights of racks at both ends, of some bundles; -1 needs none."""
    bundle = study(bundles)
    _, unseen = study(seen)
    place, host = (np.append(end, -1)[rows] for end in (bundle.place, bundle.host))
    hall = np.append(study.site.rows_of("hall", study.table("position")["hall"]), -1)[place]
    bare = np.append(unseen, False)[rows]
    height = np.append(study(heights_m), np.nan)
    return (
        Input("hall", "trays", np.where(bare, hall, -1), ~bare),
        *(Input("position", "height_m", np.where(rows >= 0, end, -1), ~np.isnan(height[end]))
          for end in (place, host)),
    )  # fmt: skip


def unit_inputs(study: Study, lacks: IntArray) -> tuple[Input, ...]:
    """Say what lacks to know at which unit switches and panels stand, (m,) subjects, -1 none.

    The units of their rack, or how high they are.
    """
    site = study.site
    place = np.full(len(lacks), -1, dtype=np.int64)
    for kind in ("switch", "panel"):
        at = np.append(site.rows_of("position", study.table(kind)["position"]), -1)
        place = np.maximum(place, at[site.rows_of(kind, lacks)])
    of_place = np.full(len(study.table("position")) + 1, -1, dtype=np.int64)
    racks = np.flatnonzero(study.here)
    of_place[site.rows_of("position", study.table("rack")["position"])[racks]] = racks
    of_place[-1] = -1
    rack = of_place[place]
    units = np.append(np.asarray(study.table("rack")["rack_units"], dtype=float), 0.0)[rack]
    known = ~np.isnan(units)
    of_racks = rack_figure(study, "rack_units", rack)
    return (
        of_racks._replace(known=known, rows=np.where(known, -1, of_racks.rows)),
        *lacking_figure(study, "rack_units", np.where(known, lacks, -1)),
    )
