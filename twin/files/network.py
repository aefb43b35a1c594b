"""Reads a bare radial network: nodes and racks in two tables whose links are row numbers.

A row number counts the rows under the header from 0. What else stands in the tables (types,
results of other programs, loads already placed on nodes) is not read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem, near, shown
from twin.files.cells import Cells, read_cells
from twin.files.headers import plain

NODES = ("node", "parent", "r_ohm", "x_ohm", "v_base")
RACKS = ("tap_a", "p_w", "q_var")
_MOST_TOLD = 20
_MOST_NAMED = 12
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Network:
    """A radial three-phase network and the racks on it.

    Attributes
    ----------
    names
        Name of each node, no two the same.
    parent
        (n,) row of the node above, -1 for a source.
    r_ohm, x_ohm
        (n,) of the branch from the parent, at the node's own base voltage.
    v_base_v
        (n,) base voltage, line to line.
    rate_va
        (n,) rating of the branch from the parent, NaN not known.
    tap_a, tap_b
        (R,) node of each tap of a rack, -1 for none.
    p_w, q_var
        (R,) constant-power load of a rack.
    """

    names: list[str]
    parent: IntArray
    r_ohm: FloatArray
    x_ohm: FloatArray
    v_base_v: FloatArray
    rate_va: FloatArray
    tap_a: IntArray
    tap_b: IntArray
    p_w: FloatArray
    q_var: FloatArray

    def rows_of(self, wanted: Iterable[str]) -> IntArray:
        """Return the rows of nodes by name; an unknown name is told with a near one."""
        index = {name: row for row, name in enumerate(self.names)}
        asked = list(wanted)
        problems = [
            Problem(
                "", key="--lost", value=name, message=f"there is no node {shown(name)}",
                expected="name a node as the first table does", near=near(name, self.names),
            )
            for name in asked if name not in index
        ]  # fmt: skip
        if problems:
            raise InputError(problems)
        return np.array([index[name] for name in asked], np.int64)


def read_network(nodes: str, racks: str) -> Network:
    """Return the network of two CSV files or workbooks.

    Raises
    ------
    InputError
        All that is wrong with both, by file, row and column.
    """
    problems: list[Problem] = []
    of_nodes = opened(nodes, NODES, problems)
    of_racks = opened(racks, RACKS, problems)
    if of_nodes is None or of_racks is None:
        raise InputError(problems)
    names = of_nodes.names("node", problems)
    if not names:
        problems.append(of_nodes.cells.problem(None, "node", "the table has no nodes"))
    n = len(names)
    if of_racks.has("rack"):
        of_racks.names("rack", problems)
    network = Network(
        names=names,
        parent=of_nodes.rows("parent", n, problems, none=("-1",)),
        r_ohm=of_nodes.numbers("r_ohm", problems, not_negative),
        x_ohm=of_nodes.numbers("x_ohm", problems),
        v_base_v=of_nodes.numbers("v_base", problems, _above_zero),
        rate_va=of_nodes.numbers("rate_va", problems, _above_zero, optional=True),
        tap_a=of_racks.rows("tap_a", n, problems, none=("-1", "")),
        tap_b=of_racks.rows("tap_b", n, problems, none=("-1", ""), optional=True),
        p_w=of_racks.numbers("p_w", problems, not_negative),
        q_var=of_racks.numbers("q_var", problems),
    )
    if not problems:
        problems += _hanging(network, of_nodes, of_racks)
    if problems:
        raise InputError(problems)
    return network


# ------------------------------------------------------------------------------------ columns


def not_negative(number: float) -> str:
    """Return what is wrong with a number that may not be negative."""
    return "" if number >= 0 else "is negative"


def _above_zero(number: float) -> str:
    return "" if number > 0 else "is not above 0"


def _any(_: float) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Reader:
    """The cells of a table by the plain names of its headers."""

    cells: Cells
    at: dict[str, int]

    def has(self, name: str) -> bool:
        """Return whether there is a column."""
        return name in self.at

    def header(self, name: str) -> str:
        """Return the header of a column as written."""
        return self.cells.headers[self.at[name]]

    def column(self, name: str) -> Sequence[object]:
        """Return the cells of a column."""
        return self.cells.columns[self.at[name]]

    def names(self, name: str, problems: list[Problem]) -> list[str]:
        """Return names, each there and no two the same."""
        texts = [_text(cell) for cell in self.column(name)]
        first: dict[str, int] = {}
        wrong: list[tuple[int, object, str, str]] = []
        for k, text in enumerate(texts):
            if not text:
                wrong.append((k, None, "this cell is empty", f"write the name of the {name}"))
            elif text in first:
                row = int(self.cells.rows[first[text]])
                said = f"the {name} {shown(text)} already stands in row {row}"
                wrong.append((k, text, said, "give each its own name"))
            else:
                first[text] = k
        self._tell(name, wrong, problems)
        return texts

    def numbers(
        self,
        name: str,
        problems: list[Problem],
        fault: Callable[[float], str] = _any,
        *,
        optional: bool = False,
    ) -> FloatArray:
        """Return finite numbers; where that is optional, NaN for an empty cell or no column."""
        out = np.full(len(self.cells.rows), np.nan)
        if optional and not self.has(name):
            return out
        wrong: list[tuple[int, object, str, str]] = []
        for k, cell in enumerate(self.column(name)):
            text = _text(cell)
            if not text and optional:
                continue
            out[k], said = _number(text, fault)
            if said:
                wrong.append((k, cell, said, f"write {name} as a number, as in 0.0375"))
        self._tell(name, wrong, problems)
        return out

    def rows(
        self,
        name: str,
        count: int,
        problems: list[Problem],
        *,
        none: tuple[str, ...],
        optional: bool = False,
    ) -> IntArray:
        """Return row numbers of nodes, -1 where a cell says that there is none."""
        out = np.full(len(self.cells.rows), -1, np.int64)
        if optional and not self.has(name):
            return out
        wrong: list[tuple[int, object, str, str]] = []
        order = f"write a row number from 0 to {count - 1}, or -1 for none"
        for k, cell in enumerate(self.column(name)):
            text = _text(cell)
            number = _whole(text)
            if text in none or (number == -1 and "-1" in none):
                continue
            if not text:
                wrong.append((k, None, "this cell is empty", order))
            elif number is None:
                wrong.append((k, cell, f"{shown(text)} is no row number", order))
            elif not 0 <= number < count:
                wrong.append((k, cell, f"there is no node in row {number}", order))
            else:
                out[k] = number
        self._tell(name, wrong, problems)
        return out

    def _tell(
        self, name: str, wrong: list[tuple[int, object, str, str]], problems: list[Problem]
    ) -> None:
        header = self.header(name)
        for k, value, message, expected in wrong[:_MOST_TOLD]:
            problems.append(self.cells.problem(k, header, message, value, expected))
        if len(wrong) > _MOST_TOLD:
            more = f"{len(wrong) - _MOST_TOLD} more cells of this column are wrong"
            problems.append(self.cells.problem(None, header, more))


def opened(file: str, needed: tuple[str, ...], problems: list[Problem]) -> Reader | None:
    """Return a table that has the columns it needs, or None, its problems being told."""
    try:
        cells = read_cells(Path(file), file)
    except InputError as error:
        problems += error.problems
        return None
    at: dict[str, int] = {}
    for k, header in enumerate(cells.headers):
        name = plain(header)
        if name in at and name in {*needed, "rack", "tap_b", "rate_va"}:
            problems.append(cells.problem(None, header, f"there are two columns {name}"))
        at.setdefault(name, k)
    missing = [name for name in needed if name not in at]
    for name in missing:
        guess = near(name, [h for h in cells.headers if plain(h) not in needed])
        problems.append(
            cells.problem(
                None, name, f"there is no column {name}", None,
                f"the columns {', '.join(needed)} are needed", guess,
            )
        )  # fmt: skip
    return None if missing else Reader(cells, at)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _whole(text: str) -> int | None:
    """Return a whole number, written as 3 or 3.0; None for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if math.isfinite(number) and number == int(number) else None


def _number(text: str, fault: Callable[[float], str]) -> tuple[float, str]:
    """Return a number, and what is wrong with it."""
    if not text:
        return math.nan, "this cell is empty"
    try:
        number = float(text)
    except ValueError:
        return math.nan, f"{shown(text)} is not a number"
    if not math.isfinite(number):
        return math.nan, f"{shown(text)} is not a finite number"
    said = fault(number)
    return number, f"{shown(number)} {said}" if said else ""


# -------------------------------------------------------------------------------------- shape


def _hanging(network: Network, nodes: Reader, racks: Reader) -> list[Problem]:
    """Tell circles of parents, no source, and racks without a tap."""
    problems = [_circle(network, nodes, ring) for ring in circles(network.parent.tolist())]
    if not problems and not (network.parent < 0).any():
        said = "no node is a source"
        problems.append(nodes.cells.problem(None, nodes.header("parent"), said))
    bare = np.flatnonzero((network.tap_a < 0) & (network.tap_b < 0))
    for k in bare[:_MOST_TOLD].tolist():
        said, order = "this rack hangs on no tap", "write the row number of a node"
        problems.append(racks.cells.problem(k, racks.header("tap_a"), said, None, order))
    if len(bare) > _MOST_TOLD:
        said = f"{len(bare) - _MOST_TOLD} more racks hang on no tap"
        problems.append(racks.cells.problem(None, racks.header("tap_a"), said))
    return problems


def _circle(network: Network, nodes: Reader, ring: list[int]) -> Problem:
    names = [network.names[k] for k in ring]
    told = ", ".join(names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        told += f" and {len(names) - _MOST_NAMED} more"
    said = "hangs on itself" if len(names) == 1 else "hang on each other in a circle"
    return nodes.cells.problem(
        ring[0], nodes.header("parent"), f"{told} {said}", None, "let one of them hang on a source"
    )


def circles(parent: Sequence[int]) -> list[list[int]]:
    """Return the circles in a list of parents, each from its lowest member.

    Examples
    --------
    >>> circles([-1, 2, 3, 1, 3, 5])
    [[1, 2, 3], [5]]
    """
    seen = [0] * len(parent)
    found: list[list[int]] = []
    for start in range(len(parent)):
        way: list[int] = []
        node = start
        while node >= 0 and not seen[node]:
            seen[node] = start + 1
            way.append(node)
            node = parent[node]
        if node >= 0 and seen[node] == start + 1:
            ring = way[way.index(node) :]
            turn = ring.index(min(ring))
            found.append(ring[turn:] + ring[:turn])
    return found
