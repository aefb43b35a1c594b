"""Products as plain rows, for whoever prints them."""

from __future__ import annotations

from typing import NamedTuple

from twin.catalog.catalog import Catalog
from twin.catalog.figure import Curve, Figure
from twin.catalog.product import Product

UNKNOWN = "unknown"


class Entry(NamedTuple):
    """One product in a listing."""

    id: str
    kind: str
    vendor: str
    name: str
    generation: str
    status: str


class Line(NamedTuple):
    """One figure or table of a product, with all that a reader needs to judge it."""

    name: str
    value: str
    unit: str
    basis: str
    source: str
    address: str
    read: str
    confidence: str
    note: str


def listing(catalog: Catalog, kind: str | None = None) -> list[Entry]:
    """Return one row per product, sorted by kind and id.

    Parameters
    ----------
    catalog
        The catalog to list.
    kind
        Only this kind; None for all.
    """
    shown = catalog.products.values() if kind is None else catalog.of(kind)
    rows = (
        Entry(each.id, each.kind, each.vendor, each.name, each.generation, each.status)
        for each in shown
    )
    return sorted(rows, key=lambda row: (row.kind, row.id))


def sheet(product: Product) -> list[Line]:
    """Return one row per figure, then one per table, sorted by name within each."""
    figures = [
        _line(product, name, amount(figure), figure.unit, figure.basis, figure)
        for name, figure in sorted(product.figures.items())
    ]
    tables = [
        _line(product, name, points(curve), ", ".join(curve.columns), "", curve)
        for name, curve in sorted(product.curves.items())
    ]
    return [*figures, *tables]


def words(product: Product) -> list[tuple[str, str]]:
    """Return what a product says in words, heading by heading."""
    headings = {
        "id": product.id,
        "kind": product.kind,
        "vendor": product.vendor,
        "name": product.name,
        "generation": product.generation,
        "revision": product.revision,
        "status": product.status,
        "file": product.file,
    }
    said = [(name, value) for name, value in headings.items() if value]
    return [*said, *sorted(product.text.items())]


def amount(figure: Figure) -> str:
    """Return a value with its range, e.g. ``142 (120 to 142)``.

    Examples
    --------
    >>> amount(Figure(142.0, 120.0, 142.0, "kW", "nv", "docs"))
    '142 (120 to 142)'
    >>> amount(Figure(None, None, None, "kW", "", "unknown"))
    'unknown'
    """
    if figure.value is None:
        return UNKNOWN
    if figure.low is None and figure.high is None:
        return plain(figure.value)
    return f"{plain(figure.value)} ({plain(figure.least())} to {plain(figure.greatest())})"


def points(curve: Curve) -> str:
    """Return the rows of a table and the conditions under which they hold.

    Examples
    --------
    >>> points(Curve(("supply_c", "flow_lpm"), ((25.0, 59.0), (30.0, 71.0)), {"heat_kw": 121.5}))
    '25: 59; 30: 71 (at heat_kw 121.5)'
    """
    rows = "; ".join(
        ": ".join(part for part in (plain(row[0]), ", ".join(map(plain, row[1:]))) if part)
        for row in curve.points
    )
    held = ", ".join(f"{name} {plain(value)}" for name, value in sorted(curve.at.items()))
    return f"{rows} (at {held})" if held else rows


def plain(value: float) -> str:
    """Return a number without a trailing zero and without an exponent where one can be avoided.

    Examples
    --------
    >>> plain(142.0), plain(0.000045), plain(1022.5)
    ('142', '0.000045', '1022.5')
    """
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _line(
    product: Product,
    name: str,
    value: str,
    unit: str,
    basis: str,
    origin: Figure | Curve,
) -> Line:
    source = product.sources.get(origin.source)
    title, address, read = (source.title, source.address, source.read) if source else ("", "", "")
    return Line(name, value, unit, basis, title, address, read, origin.confidence, origin.note)
