"""What the cables that are listed lack, by the cords that lack it."""

from __future__ import annotations

import numpy as np

from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.parts.bought import Lack, lacks
from twin.solve.study import Study


def lacking(study: Study) -> dict[int, Lack]:
    """Return what the bundles that are listed lack, by row; those that lack nothing left out."""
    found = study(lacks)
    return {row: found[row] for row in np.unique(study(cables).bundle).tolist() if row in found}


def lacking_cords(study: Study) -> tuple[dict[str, int], dict[str, int]]:
    """Return cords by what cannot be, and by the fields that nobody states; most cords first."""
    cable = study(cables)
    found = lacking(study)
    cannot: dict[str, float] = {}
    missing: dict[str, float] = {}
    of_bundle = np.bincount(cable.bundle, np.nan_to_num(cable.cords))
    for row, lack in found.items():
        cords = float(of_bundle[row])
        for told, every in ((cannot, lack.cannot), (missing, lack.missing)):
            for what in every:
                told[what] = told.get(what, 0.0) + cords
    return _most_first(cannot), _most_first(missing)


def _most_first(told: dict[str, float]) -> dict[str, int]:
    return {what: int(told[what]) for what in sorted(told, key=lambda what: (-told[what], what))}
