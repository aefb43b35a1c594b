"""From a layout's path to all that it says, or to all that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from twin.catalog import Catalog
from twin.errors import InputError, Problem, shown
from twin.files.document import Document, Written, read_all
from twin.files.explain import MOST_TOLD, explain, retyped
from twin.files.folders import read_folders
from twin.files.ids import section, twice, wrong_ids
from twin.files.lists import read_lists
from twin.files.loaded import Loaded
from twin.files.order import disordered, disordered_rows
from twin.files.origins import Fault, Listed, Origins
from twin.files.outlines import fill
from twin.files.stocked import stocked, with_stock
from twin.model.base import Item
from twin.model.layout import Layout, ListFile
from twin.model.place import Hall
from twin.model.racks import Delivery, Rack

T = TypeVar("T", bound=Item)


@dataclass(slots=True)
class _Parts:
    """What could be read of a layout, even where the whole does not hold."""

    layout: Layout | None
    halls: dict[str, Hall]
    racks: dict[str, Rack]
    deliveries: dict[str, Delivery]
    lists: dict[str, ListFile]
    folders: list[str]


def load(path: str | Path) -> Loaded:
    """Read a layout with all that it names: includes, lists, outlines and catalogs.

    Parameters
    ----------
    path
        The layout's TOML file.

    Raises
    ------
    InputError
        With all problems at once, each with its file and line, or sheet and row.
    """
    path = Path(path)
    written = read_all(path, str(path))
    faults, layout = _validate(written.document)
    parts = _parts(written.document, layout)
    folder, shown_folder = path.parent, path.parent
    halls, outline_faults, outline_problems = fill(parts.halls, folder, shown_folder)
    listed, list_faults, list_problems = read_lists(parts.lists, folder, shown_folder)
    tables = [each for each in listed if each.table.kind != "length"]
    catalog, folder_faults, folder_problems = read_folders(parts.folders, folder, shown_folder)
    lengths_m, stock_problems = stocked(listed, written.document, catalog)
    origins = Origins(written.texts, tables)
    faults += [*wrong_ids(written.document), *outline_faults, *list_faults, *folder_faults]
    problems = [*written.problems, *outline_problems, *list_problems, *folder_problems]
    problems += stock_problems
    problems += _together(written, parts, tables, origins, faults)
    problems += [origins.problem(fault) for fault in faults[:MOST_TOLD]]
    if problems or layout is None:
        raise InputError(_in_order(problems, written, cut=len(faults) >= MOST_TOLD))
    if any(hall.outline for hall in layout.halls.values()):
        layout = layout.model_copy(update={"halls": halls})
    layout = with_stock(layout, lengths_m)
    return _loaded(layout, tables, catalog, origins, path)


def _loaded(
    layout: Layout, tables: list[Listed], catalog: Catalog, origins: Origins, path: Path
) -> Loaded:
    return Loaded(layout, tuple(listed.table for listed in tables), catalog, origins, path)


def _together(
    written: Written, parts: _Parts, tables: list[Listed], origins: Origins, faults: list[Fault]
) -> list[Problem]:
    """Return what is wrong between the layout and its lists; faults in the layout are added."""
    lists = [listed.table for listed in tables]
    faults += disordered(parts.racks, parts.deliveries, lists)
    return [
        *twice(written.document, lists, origins),
        *disordered_rows(parts.deliveries, lists, origins),
    ]


def _validate(document: Document) -> tuple[list[Fault], Layout | None]:
    """Return what is wrong with a document, and the layout if nothing is."""
    version = document.get("format")
    if "format" in document and (version != 1 or isinstance(version, bool)):
        told = Fault(
            ("format",),
            f"{shown(version)} is not a known format",
            version,
            "write format = 1, or use the twin that knows this one",
        )
        return [told], None
    slips = {fault.path: fault for fault in retyped(Layout, document)}
    try:
        layout = Layout.model_validate(document)
    except ValidationError as error:
        faults = [f for f in explain(error, Layout, document) if f.path not in slips]
        return [*slips.values(), *faults], None
    return list(slips.values()), None if slips else layout


def _parts(document: Document, layout: Layout | None) -> _Parts:
    """Return the parts that are looked at further, one by one where the layout does not hold."""
    if layout is not None:
        return _Parts(
            layout,
            layout.halls,
            layout.racks,
            layout.deliveries,
            layout.lists,
            layout.catalog.folders,
        )
    folders = section(document, "catalog").get("folders", [])
    if not isinstance(folders, list):
        folders = []
    return _Parts(
        None,
        _valid(document, "halls", Hall),
        _valid(document, "racks", Rack),
        _valid(document, "deliveries", Delivery),
        _valid(document, "lists", ListFile),
        [name for name in folders if isinstance(name, str)],
    )


def _valid(document: Document, name: str, model: type[T]) -> dict[str, T]:
    """Return the items of a section that hold by themselves."""
    found: dict[str, T] = {}
    for key, value in section(document, name).items():
        try:
            found[key] = model.model_validate(value)
        except ValidationError:
            continue
    return found


def _in_order(problems: Sequence[Problem], written: Written, *, cut: bool) -> list[Problem]:
    """Return problems file by file, line by line, the layout's own file first."""
    files = {text.file: place for place, text in enumerate(written.texts)}
    ordered = sorted(
        problems,
        key=lambda p: (files.get(p.file, len(files)), p.file, p.line or 0, p.row or 0, p.key),
    )
    if cut:
        message = f"only the first {MOST_TOLD} problems are told"
        ordered.append(Problem(written.texts[0].file, message=message, expected="mend them first"))
    return ordered
