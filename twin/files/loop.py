"""Reads a bare coolant network: a JSON of columns in SI units, or an EPANET file.

The JSON has `node` and `link`, their names; `fr`, `to`, the row in `node` of each link's ends;
`kind` of each link with the columns that it needs; `rho`, `mu` (one number, or one for each
link); `ref`, the row or rows of nodes whose pressure `p_ref` is held. What else stands there is
not read.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem, near, shown
from twin.files.cells import read_cells
from twin.files.headers import plain
from twin.files.text import decode, read_bytes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
PIPE, LOSS, PUMP, POWER, CURVE, DROP = range(6)
COLUMNS = {
    "L": "length_m", "D": "diameter_m", "eps": "roughness_m", "K": "loss_k", "P0": "lift_pa",
    "B": "resistance", "R": "resistance", "n": "exponent", "speed": "speed", "hold": "hold_m3s",
    "rho": "rho_kg_m3", "mu": "mu_pa_s",
}  # fmt: skip
_DEFAULTS = {"eps": 0.0, "K": 0.0, "B": 0.0, "n": 2.0, "speed": 1.0, "hold": math.nan}
_NEEDED = {
    PIPE: ("L", "D", "eps", "K", "rho", "mu"),
    LOSS: ("D", "K", "rho"),
    PUMP: ("P0", "B", "n", "speed"),
    POWER: ("R", "n"),
}
_POSITIVE = {"L", "D", "P0", "n", "rho", "mu"}
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Loop:
    """A network as it was written, in SI units.

    Attributes
    ----------
    nodes, links
        Their names, no two the same.
    fr, to, kind
        (m,) nodes that a link joins, and which law it has.
    columns
        (m,) figures by the name that the solver has for them, NaN where a law needs none.
    one_way, closed
        (m,) nothing flows back; shut as the file has it.
    curve, curves
        (m,) row of its curve, -1 none; flow, m3/s, and gain, Pa, of each.
    held, held_pa
        (r,) nodes whose pressure is given.
    demand_m3s
        (n,) what leaves the network at each node.
    height_pa
        (n,) weight of the column up to a node, taken off its pressure when that is told.
    notes
        Sentences on what of the file is not solved, and moves no water of the state that is.
    """

    nodes: list[str]
    links: list[str]
    fr: IntArray
    to: IntArray
    kind: IntArray
    columns: dict[str, FloatArray]
    one_way: BoolArray
    closed: BoolArray
    held: IntArray
    held_pa: FloatArray
    demand_m3s: FloatArray
    height_pa: FloatArray
    curve: IntArray
    curves: tuple[tuple[FloatArray, FloatArray], ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    def rows_of(self, wanted: list[str], file: str = "", key: str = "--closed") -> IntArray:
        """Return the rows of links by name; unknown names are told with near ones."""
        index = {name: row for row, name in enumerate(self.links)}
        problems = [
            Problem(
                file, key=key, value=name, message=f"there is no link {shown(name)}",
                expected="name a link as the network does", near=near(name, self.links),
            )
            for name in wanted if name not in index
        ]  # fmt: skip
        if problems:
            raise InputError(problems[:_MOST_TOLD])
        return np.array([index[name] for name in wanted], np.int64)


def read_loop(file: str) -> Loop:
    """Return the network of a JSON or an EPANET file.

    Raises
    ------
    InputError
        All that is wrong with it, by key and row.
    """
    if Path(file).suffix.lower() == ".inp":
        from twin.files.epanet import read_inp

        return read_inp(file)
    text = decode(read_bytes(Path(file), file), file)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        said = f"this is no JSON: {error.msg}"
        raise InputError(
            Problem(file, error.lineno, message=said, expected="give a network in JSON or .inp")
        ) from error
    except RecursionError:
        raise InputError(Problem(file, message="this JSON is nested too deeply")) from None
    if not isinstance(data, dict):
        raise InputError(Problem(file, message="this JSON holds no columns by name"))
    return _Reader(file, data).loop()


def read_scenarios(file: str, loop: Loop) -> tuple[list[str], BoolArray]:
    """Return names of scenarios and (S, m) which links each closes."""
    cells = read_cells(Path(file), file)
    at = {plain(header): k for k, header in enumerate(cells.headers)}
    missing = [name for name in ("scenario", "closed") if name not in at]
    if missing:
        raise InputError([cells.problem(None, c, f"there is no column {c}") for c in missing])
    names = ["" if c is None else str(c).strip() for c in cells.columns[at["scenario"]]]
    closed = np.zeros((len(names), len(loop.links)), np.bool_)
    index = {name: row for row, name in enumerate(loop.links)}
    problems = [] if names else [cells.problem(None, "scenario", "there are no scenarios")]
    for k, cell in enumerate(cells.columns[at["closed"]]):
        text = "" if cell is None else str(cell).strip()
        for name in [text] if text in index else text.split():
            if name in index:
                closed[k, index[name]] = True
            elif len(problems) < _MOST_TOLD:
                said = f"there is no link {shown(name)}"
                order = "name links as the network does, with blanks between them"
                guess = near(name, loop.links)
                problems.append(cells.problem(k, "closed", said, name, order, guess))
    if problems:
        raise InputError(problems)
    return names, closed


class _Reader:
    """Takes columns out of a JSON and keeps what is wrong with them."""

    def __init__(self, file: str, data: dict[str, Any]) -> None:
        self.file, self.data = file, data
        self.problems: list[Problem] = []
        self.links: list[str] = []

    def loop(self) -> Loop:
        nodes, self.links = self.names("node"), self.names("link")
        n, m = len(nodes), len(self.links)
        fr, to = self.rows("fr", m, n), self.rows("to", m, n)
        kind = self.rows("kind", m, len(_NEEDED), what="kind")
        held, held_pa = self.held(n)
        columns = {name: np.full(m, _DEFAULTS.get(key, math.nan)) for key, name in COLUMNS.items()}
        needs = {key for k in np.unique(kind[kind >= 0]).tolist() for key in _NEEDED[k]}
        for key in COLUMNS:
            who = np.isin(kind, [k for k, some in _NEEDED.items() if key in some])
            if key == "hold":
                who = np.ones(m, np.bool_)
            if key in needs or (key == "hold" and key in self.data):
                columns[COLUMNS[key]][who] = self.numbers(key, m, who)[who]
        rough = columns["roughness_m"] >= columns["diameter_m"]
        self.tell("eps", rough & (kind == PIPE), columns["roughness_m"], "is not below D")
        self.tell("to", (fr == to) & (fr >= 0), to, "is the node where the link begins")
        one_way = self.flags("one_way", m)
        closed = self.flags("closed", m)
        demand = self.numbers("demand", n, np.ones(n, np.bool_), of=nodes, default=0.0)
        if self.problems:
            raise InputError(self.problems)
        return Loop(
            nodes, self.links, fr, to, kind, columns, one_way, closed, held, held_pa, demand,
            np.zeros(n), np.full(m, -1),
        )  # fmt: skip

    def say(self, key: str, message: str, value: object = None, expected: str = "") -> None:
        self.problems.append(Problem(self.file, None, None, None, key, value, message, expected))

    def column(self, key: str, count: int | None, *, single: bool = False) -> list[Any] | None:
        """Return a list of so many entries, or None, what is wrong being told."""
        if key not in self.data:
            guess = near(key, self.data)
            self.problems.append(
                Problem(self.file, key=key, message=f"there is no column {key}", near=guess)
            )
            return None
        found = self.data[key]
        if single and not isinstance(found, list):
            return [found] * (count or 1)
        if not isinstance(found, list):
            self.say(key, f"{shown(found)} is no list", found)
            return None
        if count is not None and len(found) != count:
            self.say(key, f"it has {len(found)} entries, not {count}")
            return None
        return found

    def names(self, key: str) -> list[str]:
        found = self.column(key, None) or []
        seen: dict[str, int] = {}
        for k, name in enumerate(found):
            place = f"{key}[{k}]"
            if not isinstance(name, str) or not name.strip():
                self.say(place, f"{shown(name)} is no name", name, "write a text")
            elif name in seen:
                self.say(place, f"{shown(name)} already stands in {key}[{seen[name]}]", name)
            else:
                seen[name] = k
        if not found and key in self.data:
            self.say(key, f"the network has no {key}")
        return [str(name) for name in found]

    def rows(self, key: str, count: int, below: int, what: str = "node") -> IntArray:
        """Return whole numbers from 0 to `below` - 1, -1 where one is wrong."""
        out = np.full(count, -1, np.int64)
        for k, value in enumerate(self.column(key, count) or []):
            whole = isinstance(value, int) and not isinstance(value, bool)
            if whole and 0 <= value < below:
                out[k] = value
            else:
                order = f"write a number from 0 to {below - 1}"
                self.say(self.at(key, k), f"there is no {what} {shown(value)}", value, order)
        return out

    def numbers(
        self,
        key: str,
        count: int,
        who: BoolArray,
        of: list[str] | None = None,
        default: float | None = None,
    ) -> FloatArray:
        """Return finite numbers where they are needed, told where they are not possible."""
        fallback = _DEFAULTS.get(key) if default is None else default
        if key not in self.data and fallback is not None:
            return np.full(count, fallback)
        out = np.full(count, math.nan)
        found = self.column(key, count, single=key in {"rho", "mu"}) or []
        for k, value in enumerate(found):
            if not who[k] or (value is None and key == "hold"):
                continue
            number = isinstance(value, int | float) and not isinstance(value, bool)
            said = ""
            if not number or not math.isfinite(value):
                said = "is not a finite number"
            elif key in _POSITIVE and value <= 0:
                said = "is not above 0"
            elif value < 0 and key == "B":
                said = "is negative: the pump's curve would rise"
            elif value < 0 and of is None:
                said = "is negative"
            else:
                out[k] = value
            if said:
                self.say(self.at(key, k, of), f"{shown(value)} {said}", value)
        return out

    def flags(self, key: str, count: int) -> BoolArray:
        found = self.column(key, count) if key in self.data else None
        for k, value in enumerate(found or []):
            if value not in (0, 1):
                self.say(self.at(key, k), f"{shown(value)} is neither true nor false", value)
        out: BoolArray = np.array(found or [False] * count) == 1
        return out

    def held(self, n: int) -> tuple[IntArray, FloatArray]:
        """Return the nodes whose pressure is held, and their pressures."""
        refs = self.column("ref", None, single=True)
        if refs is None:
            return np.empty(0, np.int64), np.empty(0)
        self.data = {**self.data, "ref": refs}
        if not refs:
            self.say("ref", "no pressure is held", None, "name a node")
        held = self.rows("ref", len(refs), n)
        if len(np.unique(held)) < len(held):
            self.say("ref", "a node stands there twice")
        pressures = self.column("p_ref", len(refs), single=True) or [math.nan] * len(refs)
        self.data = {**self.data, "p_ref": pressures}
        return held, self.numbers("p_ref", len(refs), np.ones(len(refs), np.bool_), of=[])

    def at(self, key: str, k: int, of: list[str] | None = None) -> str:
        """Name an entry, with the link or node that it belongs to."""
        names = self.links if of is None else of
        named = k < len(names) and key not in {"ref", "p_ref"}
        return f"{key}[{k}] ({names[k]})" if named else f"{key}[{k}]"

    def tell(self, key: str, wrong: BoolArray, values: Any, said: str) -> None:  # noqa: ANN401
        for k in np.flatnonzero(wrong).tolist():
            self.say(self.at(key, k), f"{shown(values[k].item())} {said}", values[k].item())
