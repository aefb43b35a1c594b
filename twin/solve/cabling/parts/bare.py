"""Cables and optics that are named, and of which nobody says which plugs and rate they have."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.parts.chosen import figure_of
from twin.solve.cabling.parts.parts import parts
from twin.solve.media.media import lacking
from twin.solve.study import Study

_TEXTS = ("plug", "connector", "fibre", "medium")


def bare_products(study: Study) -> dict[int, tuple[str, ...]]:
    """Return by product row what cables and optics lack to be a medium, what is written first."""
    rows = study.site.tables["product"].index
    found: dict[int, list[str]] = {}
    for name, figure in lacking(study.site.catalog, figure_of(study)):
        if name and (row := rows.get(name, -1)) >= 0:
            found.setdefault(row, []).append(figure)
    # A plug first: with it comes the rest, from another product.
    return {k: tuple(sorted(v, key=lambda n: n not in _TEXTS)) for k, v in found.items()}


def unjudged(study: Study) -> BoolArray:
    """(B,) bundles of fabrics whose medium the layout names, and of which no plug is known.

    What would go into the cages at both ends, and at which speed, is then not known.
    """
    bundle, part = study(bundles), study(parts)
    fabric = study.site.rows_of("fabric", study.table("switch")["fabric"])[bundle.switch]
    return np.asarray((fabric >= 0) & (part.class_of < 0) & (bundle.medium >= 0))
