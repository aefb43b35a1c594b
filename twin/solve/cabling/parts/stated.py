"""What the products of cords, trunks and cassettes state, as columns: each is asked once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.parts.chosen import figure_of
from twin.solve.limits import limit
from twin.solve.media.stated import Limit
from twin.solve.study import Study

if TYPE_CHECKING:
    from twin.catalog import Product
    from twin.solve.media.media import Figure


def stated(
    study: Study, figure: Callable[[Product, Limit, Figure], float], rows: IntArray
) -> FloatArray:
    """(products + 1,) a figure of some products as they or the code profile state it, NaN others.

    Parameters
    ----------
    figure
        One of `twin.solve.media.stated`.
    rows
        (n,) rows of the products that are asked, -1 none.
    """
    ids, catalog = study.table("product").ids, study.site.catalog.products
    said = figure_of(study)
    out = np.full(len(ids) + 1, np.nan)
    for row in np.unique(rows[rows >= 0]).tolist():
        product = catalog[str(ids[row])]
        out[row] = figure(product, lambda name: limit(study, name).value, said)
    return out
