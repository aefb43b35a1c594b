"""Length of each cord that is listed: that of its farthest tail, rounded up to a stock length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.parts.bought import bought
from twin.solve.cabling.parts.parts import parts
from twin.solve.media.choose import stock_lengths
from twin.solve.study import Study


@dataclass(frozen=True)
class CordLengths:
    """Lengths of the cords of the rows of `cables`, (n,); NaN not known.

    Attributes
    ----------
    needed_m
        What the row's own tail needs.
    serves_m
        What the farthest tail of its cord needs.
    stock_m
        What is bought.
    """

    needed_m: FloatArray
    serves_m: FloatArray
    stock_m: FloatArray

    @property
    def slack_m(self) -> FloatArray:
        """(n,) what is left over at the row's tail."""
        return self.stock_m - self.needed_m


def cord_lengths(study: Study) -> CordLengths:
    """Lengths of all cords that are listed; those by hand are bought bundle by bundle."""
    cable, b, part = study(cables), study(bought), study(parts)
    needed = b.needed_m[cable.piece]
    by_hand = cable.cord == 0
    serves = np.where(np.isinf(cable.serves_m), needed, cable.serves_m)
    medium = part.medium[cable.bundle]
    own = stock_lengths(part.media, part.stock, medium, serves)
    # What leads to a panel from below a splitter is another product, one cord for each link.
    made = (medium >= 0) & ~by_hand & (b.cable[cable.piece] == part.cable[cable.bundle])
    return CordLengths(needed, serves, np.where(made, own, b.stock_m[cable.piece]))
