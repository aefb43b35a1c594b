"""Parts of links as they are laid: cords, plugs, and the lengths to buy."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.cabling.choose import stock_lengths
from twin.solve.cabling.chosen import Parts, chosen, diameters_m, first_parts, products, waste
from twin.solve.cabling.laying import laying
from twin.solve.cabling.lengths import lengths_m, piece_lengths_m
from twin.solve.cabling.pieces import pieces
from twin.solve.cabling.stock import round_up
from twin.solve.study import Study

__all__ = ["Parts", "diameters_m", "parts", "piece_stock_m", "products"]


def parts(study: Study) -> Parts:
    """Parts of every bundle over the ways that its cables really take."""
    if study(laying).routes is None:
        return study(first_parts)
    return chosen(study, study(lengths_m))


def piece_stock_m(study: Study) -> FloatArray:
    """Length to buy of each of the `pieces`, (Q,); NaN where none is known."""
    piece, part = study(pieces), study(parts)
    needed = study(piece_lengths_m) * (1.0 + waste(study))
    out = np.where(piece.bundle >= 0, np.append(part.stock_m, np.nan)[piece.bundle], np.nan)
    through = np.append(piece.low_panel >= 0, False)[piece.bundle]
    medium = np.append(part.medium, -1)[piece.bundle]
    out = np.where(through, stock_lengths(part.media, part.stock, medium, needed), out)
    trunks = study.table("trunk")
    product = study.site.rows_of("product", trunks["type"])
    for row, made in enumerate(product.tolist()):
        at = piece.trunk == row
        name = str(study.site.tables["product"].ids[made]) if made >= 0 else ""
        out[at] = round_up(needed[at], part.stock.of(name))
    return np.where(np.isinf(out), np.nan, out)
