"""Parts of links as they are laid: cords, plugs, and the lengths to buy."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.cabling.links.headed import served_m, tails_of
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.chosen import Parts, chosen, diameters_m, products, waste
from twin.solve.cabling.parts.first import first_parts
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.lengths import piece_lengths_m
from twin.solve.cabling.ways.sorts import decided_sorts
from twin.solve.media.choose import stock_lengths
from twin.solve.media.stock import ROUNDING_M, round_up, stock
from twin.solve.study import Study

__all__ = [
    "Parts", "diameters_m", "longest_m", "parts", "piece_needed_m", "piece_stock_m", "products",
    "stocked_m",
]  # fmt: skip


def parts(study: Study) -> Parts:
    """Parts of every bundle over the ways that its cables really take."""
    if study(laying).led is None:
        return study(first_parts)
    return chosen(study, study(piece_lengths_m), study(decided_sorts))


def piece_stock_m(study: Study) -> FloatArray:
    """Length to buy of each of the `pieces`, (Q,); NaN where none is known."""
    out = study(stocked_m)
    return np.where(np.isinf(out), np.nan, out)


def piece_needed_m(study: Study) -> FloatArray:
    """Length that is needed of each of the `pieces`, with waste, (Q,); infinite no way."""
    return study(piece_lengths_m) * (1.0 + waste(study))


def stocked_m(study: Study) -> FloatArray:
    """Length to buy of each of the `pieces`, (Q,); infinite none is as long, NaN not known.

    Those of fabrics were chosen with their medium. Of trunks, of cords by hand, and of those that
    lead to a panel from below a splitter, it is the least length in stock of their product.
    """
    piece, part = study(pieces), study(parts)
    needed = study(piece_needed_m)
    out = np.append(part.stock_m, np.nan)[piece.bundle]
    through = np.append(piece.low_panel >= 0, False)[piece.bundle]
    medium = np.append(part.medium, -1)[piece.bundle]
    served = served_m(tails_of(study, part.media, part.medium), needed)
    out = np.where(through, stock_lengths(part.media, part.stock, medium, served), out)
    held = stock(study.site.catalog, study.site.stock_m)
    made = products(study, part)
    by_hand = np.append(part.class_of, -1)[piece.bundle] < 0
    other = made != np.append(part.cable, -1)[piece.bundle]
    named = np.flatnonzero((made >= 0) & (by_hand | other))
    for row in np.unique(made[named]).tolist():
        mine = named[made[named] == row]
        name = str(study.site.tables["product"].ids[row])
        sizes = round_up(needed[mine], held.of(name))
        # Of lengths that were only seen, one that is longer says nothing.
        out[mine] = np.where(np.isinf(sizes) & held.seen(name), np.nan, sizes)
    # A list of what is sold says for certain that nothing is as long.
    return np.where(needed > study(longest_m) + ROUNDING_M, np.inf, out)


def longest_m(study: Study) -> FloatArray:
    """Longest length that the owner's list of stock has of each of the `pieces`, (Q,).

    0 where the list is empty, NaN where the layout lists none of its product.
    """
    made, site = products(study, study(parts)), study.site
    most = np.full(len(site.tables["product"]) + 1, np.nan)
    for name, sizes in site.stock_m.items():
        row = site.tables["product"].index.get(name, -1)
        if row >= 0:
            most[row] = max(sizes, default=0.0)
    return most[made]
