"""Links of fabrics that no medium serves: what they ask for, and what comes nearest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.parts import parts
from twin.solve.media.judge import LinkClass
from twin.solve.media.why_not import rejections
from twin.solve.study import Study


class Unserved(NamedTuple):
    """Bundles of links that ask for the same and get nothing.

    Parameters
    ----------
    bundles
        Rows of them.
    asked
        Speed, split and cages of their links.
    shortest_m, longest_m
        Lengths that they need.
    nearest, why
        Name of the medium that has the fewest reasons against it for the shortest, and these; ""
        where each alone would do, and only what shares its cages does not.
    """

    bundles: IntArray
    asked: LinkClass
    shortest_m: float
    longest_m: float
    nearest: str
    why: str


def unserved(study: Study, rows: IntArray) -> list[Unserved]:
    """Group those of some bundles for which no medium was found by what they ask for."""
    part = study(parts)
    bare = rows[
        (part.class_of[rows] >= 0) & (part.medium[rows] < 0) & np.isfinite(part.needed_m[rows])
    ]
    out = []
    for number in np.unique(part.class_of[bare]).tolist():
        mine = bare[part.class_of[bare] == number]
        asked, needed = part.classes[number], part.needed_m[mine]
        found = rejections(part.media, part.stock, asked, float(needed.min()))
        name, why = (part.media.ids[found[0].medium], found[0].text) if found else ("", "")
        out.append(Unserved(mine, asked, float(needed.min()), float(needed.max()), name, why))
    return out
