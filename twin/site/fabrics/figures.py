"""Figures of products while a layout is read: published ones, else those that its owner assumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.model.policy import Assumption
from twin.site.change import number, parts
from twin.site.contract import BY_KIND
from twin.site.fits import misfit

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog
    from twin.catalog.product import Product


@dataclass(frozen=True)
class Figures:
    """Products, and figures that nobody published and the owner assumes, by product and name."""

    products: Mapping[str, Product]
    assumed: Mapping[tuple[str, str], float]

    def of(self, product: str, name: str) -> float:
        """Figure of a product; NaN where it is not known, or there is no such product."""
        found = self.products.get(product)
        published = float("nan") if found is None else found.number(name)
        if published == published:  # noqa: PLR0124 - NaN differs from itself
            return published
        return self.assumed.get((product, name), published)


def figures_of(catalog: Catalog, assumptions: Sequence[Assumption]) -> Figures:
    """Return the figures of a catalog with what assumptions say of single products."""
    columns = BY_KIND["product"]
    assumed = {}
    for item in assumptions:
        pieces = parts(item.path)
        if len(pieces) == 3 and pieces[0] == "catalog" and pieces[2] in columns:  # noqa: PLR2004 - catalog.<id>.<figure>
            spec = columns[pieces[2]]
            # One that does not fit is told where assumptions are applied.
            if not misfit(spec, item.value):
                assumed[pieces[1], pieces[2]] = number(item.value, spec)
    return Figures(catalog.products, assumed)
