"""Reads the long lists of a layout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from twin.errors import InputError, Problem, near, shown
from twin.files.cells import read_cells
from twin.files.headers import match
from twin.files.kinds import vocabulary
from twin.files.origins import Fault, Listed
from twin.files.tables import Desk, read_tables
from twin.files.text import BELOW, below
from twin.model.layout import ListFile


def read_lists(
    lists: Mapping[str, ListFile], folder: Path, shown_folder: Path
) -> tuple[list[Listed], list[Fault], list[Problem]]:
    """Return all lists of a layout, and what is wrong with them."""
    tables: list[Listed] = []
    faults: list[Fault] = []
    problems: list[Problem] = []
    for name, entry in lists.items():
        key = ("lists", name, "file")
        path = below(folder, entry.file)
        if isinstance(path, str):
            faults.append(Fault(key, path, entry.file, BELOW))
            continue
        if not path.is_file():
            there = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
            faults.append(
                Fault(
                    key,
                    f"there is no file {shown(entry.file)}",
                    entry.file,
                    BELOW,
                    near(Path(entry.file).name, there),
                )
            )
            continue
        try:
            cells = read_cells(path, str(shown_folder / entry.file), entry.sheet)
        except InputError as error:
            problems += error.problems
            continue
        found, wrong, map_faults = match(
            cells, vocabulary(entry.kind), entry.columns, ("lists", name, "columns")
        )
        desk = Desk(cells, found, problems=wrong)
        if not map_faults:
            headers = {name: cells.headers[column.at] for name, column in found.items()}
            tables += [Listed(t, cells.sheet, headers) for t in read_tables(entry.kind, desk)]
        faults += map_faults
        problems += desk.problems
    return tables, faults, problems
