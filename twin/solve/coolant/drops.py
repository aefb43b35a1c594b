"""Which position hangs on which manifold, and which CDUs in racks draw facility water there."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.study import Study


def manifold_positions(study: Study, row: int) -> IntArray:
    """Rows of the positions that hang on a manifold, from its first end."""
    table = study.table("manifold")
    order, of = study(_by_row)
    low, high = np.searchsorted(of, [table["row"][row], table["row"][row] + 1])
    mine = order[low:high]
    last = table["last"][row]
    return mine[int(table["first"][row]) - 1 : len(mine) if np.isnan(last) else int(last)]


def _by_row(study: Study) -> tuple[IntArray, IntArray]:
    """(positions,) positions row by row, along each; and the subject of the row of each."""
    positions = study.table("position")
    order = np.lexsort((positions["index"], positions["row"]))
    return order, np.asarray(positions["row"])[order]


def facility_manifolds(study: Study) -> IntArray:
    """(positions,) manifold of facility water on which each position hangs, -1 none."""
    out = np.full(len(study.table("position")), -1, dtype=np.int64)
    for row in np.flatnonzero(study.table("manifold")["plant"] >= 0).tolist():
        out[manifold_positions(study, row)] = row
    return out


def cdu_places(study: Study) -> IntArray:
    """(cdus,) position on which the rack of each CDU stands, -1 of those on the floor."""
    site = study.site
    rack = site.rows_of("rack", study.table("cdu")["rack"])
    place = site.rows_of("position", study.table("rack")["position"])
    return np.append(place, -1)[rack]


def drops_of_cdus(study: Study) -> IntArray:
    """(cdus,) manifold of its plant on which each CDU in a rack hangs, -1 none."""
    manifold = np.append(study(facility_manifolds), -1)[study(cdu_places)]
    plants = np.append(study.table("manifold")["plant"], -1)
    cdus = study.table("cdu")
    return np.where(plants[manifold] == cdus["plant"], manifold, -1).astype(np.int64)
