"""Coolants by the names that people call them."""

from __future__ import annotations

from collections.abc import Iterator

from twin.catalog.catalog import Catalog
from twin.catalog.product import Product
from twin.errors import Problem, near

SHORT = {
    f"{short}{end}": f"{short}{kind}"
    for short in ("pg20", "pg25", "pg30", "eg20", "eg25", "eg30")
    for end, kind in (("", "_vol"), ("-vol", "_vol"), ("-mass", "_mass"))
}
"""What people call a coolant: a share of glycol is by volume unless somebody says by mass."""

TEXTS = ("dp_fluid", "rated_fluid", "rated_facility_fluid")
"""Texts of products that name a coolant."""


def fluid_product(catalog: Catalog, name: str) -> Product | None:
    """Coolant of the catalog by the name that a loop gives it; None where there is none."""
    product = catalog.products.get(SHORT.get(name, name))
    return None if product is None or product.kind != "fluid" else product


def faults_of_fluids(catalog: Catalog) -> Iterator[Problem]:
    """Tell products that name a coolant of which the catalog knows nothing."""
    known = [*SHORT, *(p.id for p in catalog.of("fluid"))]
    for product in catalog.products.values():
        for name in TEXTS:
            word = product.text.get(name, "")
            if word and fluid_product(catalog, word) is None:
                yield Problem(
                    product.file, key=f"{product.kind}.{product.id}.{name}",
                    message=f'there is no fluid "{word}"',
                    expected="pg25, pg25-mass, water, or the id of a fluid of the catalog",
                    near=near(word, known),
                )  # fmt: skip
