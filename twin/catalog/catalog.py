"""All products by id, and how one folder of products is laid over another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twin.catalog.product import Product
from twin.errors import CatalogError, Problem, near


@dataclass(frozen=True, slots=True)
class Catalog:
    """Products by id.

    Parameters
    ----------
    products
        Keyed by id; revisions stand side by side (``gb300_nvl72``, ``gb300_nvl72@lenovo-lp2357``).
    clashes
        One message for each id that a later folder took over.
    """

    products: Mapping[str, Product]
    clashes: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[Product, ...]:
        """Return all products of a kind, in the order in which they were read."""
        return tuple(product for product in self.products.values() if product.kind == kind)

    def get(self, id: str) -> Product:  # noqa: A002 - the word users know it by
        """Return a product; raise `CatalogError` with a near name where there is none.

        Parameters
        ----------
        id
            ``name`` or ``name@revision``.
        """
        product = self.products.get(id)
        if product is None:
            raise CatalogError(_unknown(id, self.products))
        return product

    def revisions(self, name: str) -> tuple[str, ...]:
        """Return the ids of all revisions of a product, the default one first."""
        name = name.partition("@")[0]
        return tuple(
            sorted(key for key in self.products if key.partition("@")[0] == name),
        )


def gather(products: Iterable[Product]) -> Catalog:
    """Return the products of one folder as a catalog.

    Raises
    ------
    CatalogError
        An id stands twice: within one folder there is no later one that could win.
    """
    found: dict[str, Product] = {}
    problems = []
    for product in products:
        first = found.setdefault(product.id, product)
        if first is not product:
            message = f"this id already stands in {first.file}"
            expected = "give the second one another id, or a revision as in name@revision"
            key = f"{product.kind}.{product.id}"
            problems.append(Problem(product.file, key=key, message=message, expected=expected))
    if problems:
        raise CatalogError(problems)
    return Catalog(found)


def merge(base: Catalog, later: Catalog, where: str) -> Catalog:
    """Lay one catalog over another: the later product wins, and the clash is told.

    Parameters
    ----------
    base
        What stands.
    later
        What is laid over it.
    where
        The later catalog's folder, as the user gave it, for the message.
    """
    clashes = [
        f"{where}: {product.kind} {product.id} in {product.file} replaces the "
        f"{base.products[product.id].kind} of that id in {base.products[product.id].file}"
        for product in later.products.values()
        if product.id in base.products
    ]
    return Catalog(
        {**base.products, **later.products},
        (*base.clashes, *later.clashes, *clashes),
    )


def _unknown(name: str, products: Mapping[str, Product]) -> Problem:
    kin = sorted(key for key in products if key.partition("@")[0] == name.partition("@")[0])
    if kin:
        message = f"the catalog has no revision {name}"
        return Problem("", message=message, expected=f"choose among {', '.join(kin)}")
    return Problem(
        "",
        message=f"the catalog has no product {name}",
        expected="`twin catalog` lists all of them",
        near=near(name, products),
    )
