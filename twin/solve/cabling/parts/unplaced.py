"""Links with an end of which nobody knows at which unit it stands: their cords may be shorter."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.chosen import waste
from twin.solve.cabling.parts.parts import parts
from twin.solve.cabling.ways.in_racks import heights_m
from twin.solve.media.judge import LinkClass
from twin.solve.media.why_not import rejections
from twin.solve.study import Study


def unplaced(study: Study) -> IntArray:
    """(B,) subject of a switch or panel at an end of each of the `bundles` without a unit, -1 none.

    The run in its rack is then taken to be as long as the rack is high. What serves that length
    serves; what does not may.
    """
    bundle = study(bundles)
    ends = (("switch", bundle.switch), ("switch", bundle.low))
    return _first(study, np.array(study(unplaced_panels)), ends)


def unplaced_panels(study: Study) -> IntArray:
    """(B,) subject of a panel of each of the `bundles` without a unit, -1 none: as of trunks."""
    piece = study(pieces)
    none = np.full(len(piece.low_panel), -1, dtype=np.int64)
    return _first(study, none, (("panel", piece.low_panel), ("panel", piece.high_panel)))


def _first(study: Study, out: IntArray, ends: tuple[tuple[str, IntArray], ...]) -> IntArray:
    """Name the first end of each row of `out` that names none yet and that has no unit."""
    for kind, row in ends:
        nowhere = np.append(np.isnan(np.asarray(study.table(kind)["unit"], dtype=float)), False)
        lacks = nowhere[row] & (out < 0)
        out[lacks] = study.site.first[kind] + row[lacks]
    return out


def shorter_m(study: Study) -> FloatArray:
    """(B,) by how much links may be shorter than is reckoned: the racks' heights; 0 with units."""
    bundle, height = study(bundles), np.append(study(heights_m), np.nan)
    at_most = np.nan_to_num(height[bundle.place]) + np.nan_to_num(height[bundle.host])
    return np.where(study(unplaced) >= 0, at_most * (1.0 + waste(study)), 0.0)


def short_enough(study: Study, rows: IntArray) -> BoolArray:
    """Whether links that nothing serves as long as they are reckoned may be so short that it does.

    Parameters
    ----------
    rows
        (m,) bundles.
    """
    part, less = study(parts), study(shorter_m)[rows]
    needed, of_class = part.needed_m[rows], part.class_of[rows]
    out = np.zeros(len(rows), dtype=bool)
    asks = np.flatnonzero((less > 0) & (of_class >= 0) & np.isfinite(needed))
    key = np.stack([of_class[asks].astype(float), needed[asks], less[asks]], axis=1)
    distinct, sort = np.unique(key, axis=0, return_inverse=True)

    def serves(asked: LinkClass, length_m: float) -> bool:
        return len(rejections(part.media, part.stock, asked, length_m)) < len(part.media)

    may = [
        not serves(part.classes[int(c)], long) and serves(part.classes[int(c)], max(long - by, 0.0))
        for c, long, by in distinct.tolist()
    ]
    out[asks] = np.array(may, dtype=bool)[sort.reshape(-1)]
    return out
