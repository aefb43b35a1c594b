"""Reads the folders of products that a user keeps beside the layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from twin.catalog import (
    Catalog,
    Product,
    Source,
    gather,
    merge,
    parse,
    parse_sources,
    shipped,
    shipped_sources,
)
from twin.catalog.fluids import faults_of_fluids
from twin.errors import InputError, Problem, shown
from twin.files.document import read_toml
from twin.files.origins import Fault, Origins, Text
from twin.files.text import BELOW, below

_MOST_FILES = 2000


def read_folders(
    names: Sequence[str], folder: Path, shown_folder: Path
) -> tuple[Catalog, list[Fault], list[Problem]]:
    """Return the shipped catalog with the user's folders laid over it, in their order.

    Parameters
    ----------
    names
        Folders below the layout's folder.
    folder, shown_folder
        The layout's folder, and its name as the user gave it.
    """
    catalog = shipped()
    faults: list[Fault] = []
    problems: list[Problem] = []
    for place, name in enumerate(names):
        key = ("catalog", "folders", place)
        path = below(folder, name)
        if isinstance(path, str):
            faults.append(Fault(key, path, name, BELOW))
        elif not path.is_dir():
            faults.append(Fault(key, f"there is no folder {shown(name)}", name, BELOW))
        else:
            products, wrong = _folder(path, shown_folder / name)
            problems += wrong
            try:
                catalog = merge(catalog, gather(products), str(shown_folder / name))
            except InputError as error:
                problems += error.problems
    if names:
        problems += faults_of_fluids(catalog)
    return catalog, faults, problems


def _folder(path: Path, name: Path) -> tuple[list[Product], list[Problem]]:
    """Return the products of all TOML files of a folder; they share their sources."""
    read: list[tuple[dict[str, Any], Text]] = []
    problems: list[Problem] = []
    for file in sorted(path.rglob("*.toml"))[:_MOST_FILES]:
        told = str(name / file.relative_to(path))
        if not file.resolve().is_relative_to(path):
            problems.append(Problem(told, message="this link leads out of the folder"))
            continue
        try:
            document, text = read_toml(file, told)
        except InputError as error:
            problems += error.problems
            continue
        read.append((document, Text(told, text)))
    sources: dict[str, Source] = dict(shipped_sources())
    for document, from_ in read:
        try:
            sources.update(parse_sources(document, from_.file))
        except InputError:
            continue  # told once more, with the products of the same file
    products: list[Product] = []
    for document, from_ in read:
        try:
            products += parse(document, from_.file, sources)
        except InputError as error:
            problems += [_placed(problem, from_) for problem in error.problems]
    return products, problems


def _placed(problem: Problem, text: Text) -> Problem:
    """Return a problem with the line of its key."""
    return replace(problem, line=Origins([text]).of(problem.key).line)
