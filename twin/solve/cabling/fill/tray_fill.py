"""Fill of trays and risers: whose cables lie in the places of each that can be its fullest."""

from __future__ import annotations

from dataclasses import dataclass

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.fill.shares import areas_m2, shared
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.walks import Lying
from twin.solve.study import Study


@dataclass(frozen=True)
class TrayShares:
    """Cables of racks in the pieces of `lying`.

    Attributes
    ----------
    tray, piece
        (R,) as in `Lying`.
    rack, row
        (E,) rack row and row of this table; each pair stands once.
    area_m2
        (E,) section of all its cables there; NaN not known.
    between_m2
        (R,) section of the cables between switches and of trunks; NaN not known.
    rests, on
        (D,) as in `Shares`.
    """

    tray: IntArray
    piece: IntArray
    rack: IntArray
    row: IntArray
    area_m2: FloatArray
    between_m2: FloatArray
    rests: IntArray
    on: IntArray


def tray_shares(study: Study) -> TrayShares:
    """Pieces of trays that can be the fullest, and what lies in them."""
    lies = study(lying)
    shares = shared(study, lies.cable, lies.row, len(lies.tray), study(areas_m2), lies.part)
    return TrayShares(lies.tray, lies.piece, *shares)


def lying(study: Study) -> Lying:
    """Return which cables lie in which pieces of trays and risers, as they are laid."""
    return study(laying).lying
