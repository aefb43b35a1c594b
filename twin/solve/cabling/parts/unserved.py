"""Links of fabrics that no medium serves: what they ask for, and what comes nearest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.parts.parts import parts
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
        Name of the medium that has the fewest reasons against it, and these: for the shortest, or
        for the longest where something serves the shortest; "" where something serves each alone,
        and only nothing all that share its cages.
    """

    bundles: IntArray
    asked: LinkClass
    shortest_m: float
    longest_m: float
    nearest: str
    why: str

    def __str__(self) -> str:
        """Say what the links ask for, and why the nearest medium does not do."""
        asked = self.asked
        ends = dict.fromkeys(f"{x:.4g}" for x in (self.shortest_m, self.longest_m))
        cages = " and ".join(cage.form or "not known" for cage in (asked.head, asked.tail))
        split = f", split {asked.split}" if asked.split > 1 else ""
        why = (
            f"nearest is {self.nearest}: {self.why}"
            if self.nearest
            else "each has a medium alone, none that all links of a cage share"
        )
        return f"{' to '.join(ends)} m at {asked.gbps:g} Gb/s{split}, cages {cages}; {why}"


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
        name, why = _nearest(study, asked, float(needed.min()), float(needed.max()))
        out.append(Unserved(mine, asked, float(needed.min()), float(needed.max()), name, why))
    return out


def _nearest(study: Study, asked: LinkClass, *lengths_m: float) -> tuple[str, str]:
    """Medium and reasons for the first length that none serves alone; "" where each has some."""
    part = study(parts)
    for length in lengths_m:
        found = rejections(part.media, part.stock, asked, length)
        if found and len(found) == len(part.media):
            return part.media.ids[found[0].medium], found[0].text
    return "", ""
