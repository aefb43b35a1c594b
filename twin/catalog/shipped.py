"""The catalog that twin ships, read once from the package's own data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from twin.catalog.catalog import Catalog, gather
from twin.catalog.parse import parse, parse_sources
from twin.catalog.product import Product, Source

# The folders of product data; sources and code profiles stand beside them.
_SHELVES = ("racks", "cooling", "power", "network")


@cache
def shipped() -> Catalog:
    """Return the shipped catalog; the same object on every call."""
    return gather(_products())


@cache
def shipped_sources() -> dict[str, Source]:
    """Return all sources that shipped figures and limits name, by id; not to be changed."""
    return {
        id_: source
        for name, document in _documents("sources")
        for id_, source in parse_sources(document, name).items()
    }


def data(path: str) -> Traversable:
    """Return a file or folder of the shipped data."""
    return files("twin.catalog").joinpath("data", *path.split("/"))


def _products() -> Iterator[Product]:
    sources = shipped_sources()
    for shelf in _SHELVES:
        for name, document in _documents(shelf):
            yield from parse(document, name, sources)


def _documents(shelf: str) -> Iterator[tuple[str, dict[str, object]]]:
    for file in sorted(data(shelf).iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            yield f"{shelf}/{file.name}", tomllib.loads(file.read_text(encoding="utf-8"))
