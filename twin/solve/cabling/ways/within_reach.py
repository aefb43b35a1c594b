"""How long ways may be before nothing serves a link any more: whom not to lead round full trays."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import joined_m, pieces_of_bundles
from twin.solve.cabling.parts.chosen import waste
from twin.solve.cabling.parts.first import first_parts
from twin.solve.cabling.ways.in_racks import along_m
from twin.solve.cabling.ways.ways import shortest_m
from twin.solve.media.judge import judge
from twin.solve.media.order import order
from twin.solve.media.stock import stock
from twin.solve.study import Study


def reaching_m(study: Study) -> FloatArray:
    """(pieces,) longest way of each with which its links still get a medium, m.

    That of the medium which serves farthest: up to its reach, or up to the longest length in stock
    within it. The other pieces of a link lie on their shortest ways. Infinite where nobody knows.
    """
    length = joined_m(study, along_m(study, study(shortest_m)))
    with np.errstate(invalid="ignore"):
        more = _longest_m(study) / (1.0 + waste(study)) - length
    out = np.full(len(study(pieces).bundle), np.inf)
    known = np.flatnonzero(np.isfinite(more) & study(bundles).wanted)
    at, piece = pieces_of_bundles(study, known)
    np.minimum.at(out, piece, more[known][at])
    return np.where(np.isfinite(out), study(shortest_m) + out, np.inf)


def _longest_m(study: Study) -> FloatArray:
    """(B,) longest links that some medium serves; infinite where nobody knows."""
    part, bundle, site = study(first_parts), study(bundles), study.site
    against = judge(part.media, part.classes)
    farthest = [
        float(order(part.media, part.stock, asked, row).longest_m.max(initial=-np.inf))
        for asked, row in zip(part.classes, against, strict=True)
    ]
    # Cables that the layout names, without a fabric that says their cages.
    named = np.append(np.asarray(study.table("product")["reach_m"], dtype=float), np.nan)
    held = stock(site.catalog, site.stock_m)
    for row in np.unique(bundle.medium[bundle.medium >= 0]).tolist():
        name = str(study.table("product").ids[row])
        sizes = held.of(name)
        if sizes is not None and not held.seen(name):
            fit = sizes[~(sizes > named[row])]
            named[row] = fit[-1] if len(fit) else np.nan
    by_hand = named[bundle.medium]
    out = np.where(part.class_of >= 0, np.array([*farthest, np.inf])[part.class_of], by_hand)
    return np.where(np.isnan(out), np.inf, out)
