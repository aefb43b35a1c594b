"""A list of the user's as checked tables: headers, columns, ids, and equipment split by kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin import units
from twin.errors import Problem, near, shown
from twin.files.cells import Cells
from twin.files.columns import Array, Read, Wrong, plain_text, read_column
from twin.files.fields import specs
from twin.files.headers import Found, plain
from twin.files.ids import ALLOWED, wrong_id
from twin.files.kinds import ITEMS, KIND_OF_WORD, KINDS_WITHIN, MODELS_OF, vocabulary
from twin.model.layout import ListKind, ListTable

MOST_TOLD = 20
_GOOD_ID = re.compile(r"[A-Za-z0-9_+/.:;-](?:[A-Za-z0-9 _+/.:;-]{0,198}[A-Za-z0-9_+/.:;-])?")
_RATINGS = {"rating_a": "A", "rating_kva": "kVA", "rating_kw": "kW"}
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Desk:
    """A list while it is read: its cells, its columns so far, and its problems.

    A ship notice has no entry in a layout under which its headers could be mapped.
    """

    cells: Cells
    found: Mapping[str, Found]
    read: dict[str, Read] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    mappable: bool = True

    @property
    def count(self) -> int:
        """Return the number of rows."""
        return len(self.cells.rows)

    def header(self, name: str) -> str:
        """Return the user's own word for a column, or ours where there is none."""
        return self.cells.headers[self.found[name].at] if name in self.found else name

    def column(self, name: str) -> Sequence[object]:
        """Return the raw cells of a column."""
        return self.cells.columns[self.found[name].at]

    def tell(self, name: str, wrong: Sequence[Wrong]) -> None:
        """Note the problems of a column: the first twenty, and how many more there are."""
        header = self.header(name)
        for w in wrong[:MOST_TOLD]:
            self.problems.append(
                self.cells.problem(w.at, header, w.message, w.value, w.expected, w.near)
            )
        if len(wrong) > MOST_TOLD:
            more = f"{len(wrong) - MOST_TOLD} more cells of this column are wrong"
            self.problems.append(self.cells.problem(None, header, more))


def read_tables(kind: ListKind, desk: Desk) -> list[ListTable]:
    """Return the tables of a list, one for each kind of item; problems are left on the desk."""
    for name, found in desk.found.items():
        if name not in ("rating", "kind") or kind != "equipment":
            desk.read[name] = read_column(desk.column(name), found.slot.spec, found.unit)
            desk.tell(name, desk.read[name].wrong)
    names = _ids(kind, desk)
    if kind == "equipment":
        return _equipment(desk, names)
    model = MODELS_OF[kind][0]
    everything = np.ones(desk.count, np.bool_)
    _demand(desk, model, everything, kind)
    return [_table(desk, model, names, everything)] if desk.count else []


def _ids(kind: ListKind, desk: Desk) -> NDArray[np.str_]:
    """Return the ids of all rows; what is wrong with them is told."""
    if kind == "stock":  # a length has no name: that of its row stands for it
        return np.asarray([f"row {row}" for row in desk.cells.rows], dtype=np.str_)
    if "id" not in desk.found and kind == "whips":
        return _whip_ids(desk)
    if "id" not in desk.found:
        message = "there is no column id"
        expected = _headers("id", kind, desk)
        desk.problems.append(desk.cells.problem(None, "id", message, None, expected))
        return np.full(desk.count, "", np.str_)
    ids = desk.read["id"].values
    if kind == "whips" and (blank := ids == "").any():
        ids = np.where(blank, _whip_ids(desk), ids)
    wrong: list[Wrong] = []
    for k, name in enumerate(ids.tolist()):
        if _GOOD_ID.fullmatch(name) is None:
            reason = wrong_id(name)
            if reason is not None:
                wrong.append(Wrong(k, name, reason, ALLOWED))
    desk.tell("id", wrong)
    return _once(desk, np.asarray(ids.tolist(), np.str_) if len(ids) else np.empty(0, "U1"))


def _once(desk: Desk, ids: NDArray[np.str_]) -> NDArray[np.str_]:
    """Tell each id that stands twice."""
    _, first, back = np.unique(ids, return_index=True, return_inverse=True)
    again = np.flatnonzero((first[back] != np.arange(len(ids))) & (ids != ""))
    wrong = [
        Wrong(
            k,
            str(ids[k]),
            f"the id {shown(str(ids[k]))} is already used in row {desk.cells.rows[first[back[k]]]}",
            "give each its own id",
        )
        for k in again.tolist()
    ]
    desk.tell("id", wrong)
    return ids


def _whip_ids(desk: Desk) -> NDArray[np.str_]:
    """Name whips by what they join, so that the order of rows means nothing."""

    def column(name: str) -> Sequence[object]:
        return desk.column(name) if name in desk.found else [""] * desk.count

    places = zip(column("position"), column("rack"), column("shelf"), column("tap"), strict=True)
    names = [
        f"{plain_text(p) or plain_text(r)}/{plain_text(s)}/{plain_text(t)}" for p, r, s, t in places
    ]
    return _once(desk, np.asarray(names, np.str_) if names else np.empty(0, "U1"))


def _headers(name: str, kind: ListKind, desk: Desk) -> str:
    """Return which headers are understood as a column, as an order."""
    order = f"name a header {', '.join(vocabulary(kind).headers_for(name))}"
    order = " or ".join(order.rsplit(", ", 1))
    return f"{order}, or map yours under columns" if desk.mappable else order


def _demand(desk: Desk, kind: str, here: Mask, list_: ListKind) -> None:
    """Tell each field of a kind that must be given and is not."""
    for name, spec in specs(ITEMS[kind]).items():
        if not spec.required or not here.any():
            continue
        if name not in desk.found:
            desk.problems.append(
                desk.cells.problem(
                    None,
                    name,
                    f"there is no column {name}, which a {kind} needs",
                    None,
                    _headers(name, list_, desk)
                    if spec.sort == "text"
                    else f"{spec.wanted()}, or map the header under columns",
                )
            )
            continue
        missing = here & ~desk.read[name].known()
        told = {w.at for w in desk.read[name].wrong}
        desk.tell(
            name,
            [
                Wrong(k, None, "this cell is empty", f"write the {name}")
                for k in np.flatnonzero(missing).tolist()
                if k not in told
            ],
        )


def _table(desk: Desk, kind: str, names: NDArray[np.str_], here: Mask) -> ListTable:
    """Return the rows of one kind with the columns that its model has."""
    columns: dict[str, Array] = {}
    parts: dict[str, dict[int, Read]] = {}
    known = specs(ITEMS[kind])
    for name, found in desk.found.items():
        slot = found.slot
        if slot.part is not None and slot.field in known:
            parts.setdefault(slot.field, {})[slot.part] = desk.read[name]
        elif slot.field in known and name in desk.read:
            columns[slot.field] = desk.read[name].values[here]
    for name, read in desk.read.items():
        if name not in desk.found and name in known:  # made from another column
            columns[name] = read.values[here]
    for name, pair in parts.items():
        columns[name] = _pair(desk, name, pair, here)
    rows = desk.cells.rows[here]
    return ListTable(kind, names[here], columns, desk.cells.file, rows)


def _pair(desk: Desk, name: str, pair: Mapping[int, Read], here: Mask) -> Array:
    """Return two columns as one of shape (n, 2); half a pair is told."""
    empty = np.full(desk.count, np.nan)
    first, second = (pair[k].values if k in pair else empty for k in (0, 1))
    half = here & (np.isnan(first) != np.isnan(second))
    wrong_cells = {w.at for read in pair.values() for w in read.wrong}
    desk.tell(
        name,
        [
            Wrong(k, None, "only one of the two numbers is given", "write both or none")
            for k in np.flatnonzero(half).tolist()
            if k not in wrong_cells
        ],
    )
    return np.stack([first, second], axis=1)[here]


def _equipment(desk: Desk, names: NDArray[np.str_]) -> list[ListTable]:
    """Return a list of mixed equipment as one table for each kind."""
    kinds = _kinds(desk)
    if kinds is None:
        return []
    if "rating" in desk.found:
        _ratings(desk)
    tables = []
    for kind in MODELS_OF["equipment"]:
        here = np.asarray(kinds == kind, np.bool_)
        if here.any():
            _demand(desk, kind, here, "equipment")
            _foreign(desk, kind, here)
            tables.append(_table(desk, kind, names, here))
    return tables


def _kinds(desk: Desk) -> NDArray[np.object_] | None:
    """Return the kind of each row, from the words that people use."""
    if "kind" not in desk.found:
        expected = f"name a header kind; its words: {', '.join(MODELS_OF['equipment'])}"
        desk.problems.append(
            desk.cells.problem(None, "kind", "there is no column kind", None, expected)
        )
        return None
    words = [plain(plain_text(cell)) for cell in desk.column("kind")]
    kinds = np.empty(desk.count, object)
    kinds[:] = [KIND_OF_WORD.get(word, "") for word in words]
    told = ", ".join(MODELS_OF["equipment"])
    desk.tell(
        "kind",
        [
            Wrong(
                k,
                words[k],
                f"{shown(words[k])} is no kind of equipment" if words[k] else "this cell is empty",
                f"write one of {told}",
                near(words[k][:100], KIND_OF_WORD) if words[k] else None,
            )
            for k in np.flatnonzero(kinds == "").tolist()
        ],
    )
    # Sources and transfer switches have kinds of their own: utility, generator, static ...
    values = np.empty(desk.count, object)
    values[:] = [KINDS_WITHIN.get(word, "") for word in words]
    desk.read["kind"] = Read(values, [])
    return kinds


def _foreign(desk: Desk, kind: str, here: Mask) -> None:
    """Tell what a kind of equipment does not have: a busway with a position."""
    known = specs(ITEMS[kind])
    for name, found in desk.found.items():
        if found.slot.field in known or name in ("id", "kind", "rating"):
            continue
        rows = np.flatnonzero(here & desk.read[name].known())
        desk.tell(
            name,
            [
                Wrong(k, desk.column(name)[k], f"a {kind} has no {name}", "leave the cell empty")
                for k in rows.tolist()
            ],
        )


def _ratings(desk: Desk) -> None:
    """Put ratings into the column of their unit: "800 A" is amperes, "2500 kVA" is not kW."""
    cells, unit = desk.column("rating"), _header_unit(desk.header("rating"))
    place = {name: np.full(desk.count, np.nan) for name in _RATINGS}
    wrong: list[Wrong] = []
    found: dict[object, tuple[str, float] | Wrong | None] = {}
    for k, cell in enumerate(cells):
        if cell not in found:
            found[cell] = _rating(cell, unit)
        here = found[cell]
        if isinstance(here, Wrong):
            wrong.append(here._replace(at=k))
        elif here is not None:
            place[here[0]][k] = here[1]
    desk.tell("rating", wrong)
    for name, values in place.items():
        given = ~np.isnan(values)
        if not given.any():
            continue
        own = desk.read.get(name)
        if own is not None:
            both = np.flatnonzero(given & own.known())
            desk.tell(
                "rating",
                [
                    Wrong(
                        k,
                        cells[k],
                        f"the rating is also given in {desk.header(name)}",
                        "keep one of them",
                    )
                    for k in both.tolist()
                ],
            )
            desk.read[name] = Read(np.where(given, values, own.values), own.wrong)
        else:
            desk.read[name] = Read(values, [])


def _header_unit(header: str) -> str:
    found = re.search(r"[(\[]([^()\[\]]+)[)\]]\s*$", header)
    return found[1].strip() if found else ""


def _rating(cell: object, unit: str) -> tuple[str, float] | Wrong | None:
    """Return the column of a rating and its number, or what is wrong with it."""
    text = plain_text(cell)
    if not text:
        return None
    if not any(c.isalpha() for c in text):
        if not unit:
            return Wrong(0, cell, f"{shown(cell)} names no unit", 'write it as in "800 A"')
        text = f"{text} {unit}"
    for name, own in _RATINGS.items():
        try:
            number = units.convert(text, own)
        except ValueError:
            continue
        if number <= 0:
            reason = "is negative" if number < 0 else "is not above 0"
            return Wrong(0, cell, f"{shown(cell)} {reason}", "write a rating above 0")
        return name, number
    return Wrong(
        0,
        cell,
        f"{shown(cell)} is not a rating",
        'write amperes, kVA or kW, as in "800 A" or "2500 kVA"',
    )
