"""A type of product, and where its figures were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.catalog.figure import Curve, Figure


@dataclass(frozen=True, slots=True)
class Source:
    """A document that figures were read from.

    Parameters
    ----------
    id
        Short name used in the data files.
    title
        Title of the document.
    address
        Where it can be found.
    read
        "direct", "transcribed" (read in a file that quotes the document), "reported" or
        "computed"; "not recorded" where nobody wrote it down.
    """

    id: str
    title: str
    address: str
    read: str = "not recorded"


@dataclass(frozen=True, slots=True)
class Product:
    """One type of product in one revision.

    Parameters
    ----------
    id
        ``name`` for the default revision, ``name@revision`` for one that stands beside it.
    kind
        "rack", "cdu", "busway" and so on; the keys of `twin.catalog.schema.KINDS`.
    vendor, name, generation, status
        As the maker calls it.
    revision
        What follows the ``@`` of the id; empty for the default.
    figures, curves, text
        What is published, by name; a name that is absent is not known.
    sources
        The sources that these figures and curves name, by id.
    file
        The file that the product was read from.
    """

    id: str
    kind: str
    vendor: str
    name: str
    generation: str
    revision: str
    status: str
    figures: Mapping[str, Figure]
    curves: Mapping[str, Curve]
    text: Mapping[str, str]
    sources: Mapping[str, Source]
    file: str

    def number(self, name: str) -> float:
        """Return the value of a figure in the unit of its name; NaN where it is not known."""
        figure = self.figures.get(name)
        return float("nan") if figure is None or figure.value is None else figure.value

    def low(self, name: str) -> float:
        """Return the least published value of a figure; NaN where none is known."""
        figure = self.figures.get(name)
        return float("nan") if figure is None else figure.least()

    def high(self, name: str) -> float:
        """Return the greatest published value of a figure; NaN where none is known."""
        figure = self.figures.get(name)
        return float("nan") if figure is None else figure.greatest()
