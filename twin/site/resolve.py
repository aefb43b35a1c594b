"""Own figure first, the product's where the item says none."""

from __future__ import annotations

import numpy as np

from twin.site.site import Site
from twin.site.table import Array, IntArray


def product_rows(site: Site, kind: str) -> IntArray:
    """Product row of each item of a kind, -1 none."""
    found = site.products_of
    if kind not in found:
        found[kind] = site.rows_of("product", site.tables[kind]["type"])
    return found[kind]


def of_product(site: Site, kind: str, column: str) -> Array:
    """Figure of each item's product, NaN where there is none."""
    values = np.append(site.tables["product"][column], np.nan)
    return np.asarray(values[product_rows(site, kind)])


def resolved(site: Site, kind: str, column: str) -> Array:
    """Return a float column of a kind, the product's figure where the item says none, (n,)."""
    own = site.tables[kind].columns.get(column)
    if column not in site.tables["product"].columns:
        if own is None:
            raise KeyError(column)
        return own
    theirs = of_product(site, kind, column)
    return theirs if own is None else np.where(np.isnan(own), theirs, own)
