"""Areas as subjects: rows of zones and of halls out of rows of all areas."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.site.table import IntArray
from twin.solve.study import Study


def by_kind(study: Study, area: IntArray) -> Iterator[tuple[str, IntArray, IntArray]]:
    """Return for zones, then for halls: the kind, its rows, and which of the areas these are."""
    zones = len(study.table("zone"))
    for kind, mine in (("zone", area < zones), ("hall", area >= zones)):
        at = np.flatnonzero(mine)
        if len(at):
            yield kind, area[at] - (0 if kind == "zone" else zones), at
