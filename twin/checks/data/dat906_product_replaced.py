"""DAT906: products of this layout that a user's folder has taken over."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "DAT906",
    role="advice",
    severity="note",
    unit="times",
    message="{subject} is not the shipped product: a folder of the layout's catalog replaces it",
    fix="give your product an id of its own (name@revision) if {subject} was not meant",
    source="house rule: the later catalog wins, and it is told",
)
def product_replaced(study: Study) -> Measure:
    """A product of the layout comes from a folder that replaces another of the same id.

    Why it matters
    --------------
    Two reports on "gb300_nvl72" that mean different figures are worse than none.

    Method
    ------
    How often each product that the layout names was replaced when folders of products were laid
    over one another.

    Does not cover
    --------------
    In which figures the two differ (see the catalog's own listing), and products that the layout
    does not name.

    See also
    --------
    DAT901.
    """
    catalog, names = study.site.catalog, study.table("product").ids.tolist()
    count = np.zeros(len(names))
    for row, name in enumerate(names):
        product = catalog.products.get(name)
        told = f": {product.kind} {product.id} in " if product else None
        count[row] = sum(told in text for text in catalog.clashes) if told else 0
    return Measure(
        kind="product",
        subject=np.arange(len(names)),
        demand=count,
        limit=np.zeros(len(names)),
        scale=np.full(len(names), np.nan),
        owner="catalog",
    )
