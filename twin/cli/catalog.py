"""`twin catalog`: the products, and each figure of one with its source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

import click

from twin.cli.terminal import width
from twin.errors import InputError, Problem, near

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog
    from twin.catalog.figure import Curve, Figure
    from twin.catalog.product import Product
    from twin.catalog.show import Line

SCHEMA = "twin-catalog/1"
_BARE = ("", "1", "count")


@click.command("catalog", short_help="List products, each figure with its source.")
@click.argument("name", required=False)
@click.option("--kind", help="Only this kind, as in rack, cdu, busway.")
@click.option("--layout", metavar="FILE", help="With the products of this layout's own folders.")
@click.option("--format", "how", type=click.Choice(["text", "json"]), default="text")
def verb(
    name: str | None, kind: str | None, layout: str | None, how: Literal["text", "json"]
) -> None:
    """List the products, or print each figure of one with its source."""
    catalog = _catalog(layout)
    if name is not None:
        product = catalog.get(name)
        said = _dumps([_document(product)]) if how == "json" else _sheet(product, catalog)
    else:
        _known(kind, catalog)
        said = _list_json(catalog, kind) if how == "json" else _list(catalog, kind)
    click.echo(said, nl=False)


def _catalog(layout: str | None) -> Catalog:
    if layout is None:
        from twin.catalog.shipped import shipped

        return shipped()
    from twin.files.load import load

    return load(layout).catalog


def _known(kind: str | None, catalog: Catalog) -> None:
    kinds = sorted({product.kind for product in catalog.products.values()})
    if kind is not None and kind not in kinds:
        message = f"the catalog has no kind {kind}"
        expected = f"choose among {', '.join(kinds)}"
        raise InputError(
            Problem("", value=kind, message=message, expected=expected, near=near(kind, kinds))
        )


def _list(catalog: Catalog, kind: str | None) -> str:
    from twin.catalog.show import listing
    from twin.report.aligned import table

    header = ("id", "kind", "vendor", "name", "generation", "status")
    rows = [tuple(value or "-" for value in entry) for entry in listing(catalog, kind)]
    return "\n".join(table(header, rows, width=width())) + "\n"


def _list_json(catalog: Catalog, kind: str | None) -> str:
    products = catalog.products.values() if kind is None else catalog.of(kind)
    return _dumps([_document(product) for product in sorted(products, key=lambda p: p.id)])


def _sheet(product: Product, catalog: Catalog) -> str:
    """Return what a product says in words, then its figures, then their sources."""
    from twin.catalog.show import sheet, words
    from twin.report.words import wrapped

    said = words(product)
    wide = max(len(heading) for heading, _ in said)
    lines = [f"{heading:<{wide}}  {value}" for heading, value in said]
    others = [each for each in catalog.revisions(product.id) if each != product.id]
    if others:
        lines.append(f"{'see also':<{wide}}  {', '.join(others)}")
    figures = sheet(product)
    places: dict[str, int] = {}
    for figure in figures:
        if figure.source:
            places.setdefault(_source(figure), len(places) + 1)
    lines.append("")
    for figure in figures:
        lines += wrapped(_figure(figure, places), width(), 0, 4)
    lines += ["", "Sources"] if places else []
    for source, place in places.items():
        lines += wrapped(f"[{place}] {source}", width(), 2, 6)
    return "\n".join(lines) + "\n"


def _figure(figure: Line, places: dict[str, int]) -> str:
    unit = "" if figure.unit in _BARE or figure.value == "unknown" else f" {figure.unit}"
    basis = f", {figure.basis}" if figure.basis else ""
    source = f" [{places[_source(figure)]}]" if figure.source else ""
    note = f": {figure.note}" if figure.note else ""
    confidence = f" ({figure.confidence})" if figure.confidence != figure.value else ""
    return f"{figure.name} = {figure.value}{unit}{basis}{confidence}{source}{note}"


def _source(figure: Line) -> str:
    read = f" ({figure.read})" if figure.read else ""
    return ", ".join(part for part in (figure.source, figure.address) if part) + read


def _document(product: Product) -> dict[str, object]:
    """Return a product as plain data: null where nobody published a figure."""
    return {
        "id": product.id,
        "kind": product.kind,
        "vendor": product.vendor,
        "name": product.name,
        "generation": product.generation,
        "revision": product.revision,
        "status": product.status,
        "text": dict(product.text),
        "figures": {
            name: {
                "value": figure.value,
                "low": figure.low,
                "high": figure.high,
                "unit": figure.unit,
                "basis": figure.basis,
                **_origin(product, figure),
            }
            for name, figure in product.figures.items()
        },
        "curves": {
            name: {
                "columns": list(curve.columns),
                "points": [list(row) for row in curve.points],
                "at": dict(curve.at),
                **_origin(product, curve),
            }
            for name, curve in product.curves.items()
        },
    }


def _origin(product: Product, figure: Figure | Curve) -> dict[str, object]:
    source = product.sources.get(figure.source)
    return {
        "confidence": figure.confidence,
        "note": figure.note,
        "source": source.title if source else "",
        "address": source.address if source else "",
        "read": source.read if source else "",
    }


def _dumps(products: list[dict[str, object]]) -> str:
    document = {"schema": SCHEMA, "products": products}
    return json.dumps(document, indent=2, sort_keys=True, allow_nan=False) + "\n"
