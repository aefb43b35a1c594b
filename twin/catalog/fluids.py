"""Coolants by the names that people call them."""

from __future__ import annotations

from twin.catalog.catalog import Catalog
from twin.catalog.product import Product

SHORT = {
    f"{short}{end}": f"{short}{kind}"
    for short in ("pg20", "pg25", "pg30", "eg20", "eg25", "eg30")
    for end, kind in (("", "_vol"), ("-vol", "_vol"), ("-mass", "_mass"))
}
"""What people call a coolant: a share of glycol is by volume unless somebody says by mass."""


def fluid_product(catalog: Catalog, name: str) -> Product | None:
    """Coolant of the catalog by the name that a loop gives it; None where there is none."""
    product = catalog.products.get(SHORT.get(name, name))
    return None if product is None or product.kind != "fluid" else product
