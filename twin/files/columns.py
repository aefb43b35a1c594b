"""One column of cells at a time, against what the model asks of its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin import units
from twin.errors import near, shown
from twin.files.fields import Spec

Array = NDArray[np.generic]
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00)?)?")
_BARE = re.compile(r"[-+0-9.,eE\s]*")
_FLAGS = {
    "true": 1.0,
    "yes": 1.0,
    "y": 1.0,
    "1": 1.0,
    "x": 1.0,
    "false": 0.0,
    "no": 0.0,
    "n": 0.0,
    "0": 0.0,
}
_LONGEST_TEXT = 2000


class Wrong(NamedTuple):
    """A cell that does not fit: its row from 0, and what is wrong with it."""

    at: int
    value: object
    message: str
    expected: str
    near: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A column once read: float64, datetime64[D] or str objects, and the cells that are wrong."""

    values: Array
    wrong: list[Wrong]

    def known(self) -> NDArray[np.bool_]:
        """Return which rows say something."""
        if self.values.dtype == object:
            return np.asarray(self.values != "", np.bool_)
        return ~np.isnan(self.values) if self.values.dtype.kind == "f" else ~np.isnat(self.values)


def read_column(cells: Sequence[object], spec: Spec, unit: str | None = None) -> Read:
    """Return a column as the model's field would hold it.

    Parameters
    ----------
    cells
        As read from the file.
    spec
        What the field asks.
    unit
        The unit that the header names; None: that of the field.
    """
    if spec.sort in ("number", "whole", "pair"):
        return _numbers(cells, spec, unit)
    if spec.sort == "choice" and not isinstance(spec.choices[0], str):
        return _numbers(cells, spec, unit)
    if spec.sort == "date":
        return _by_value(cells, lambda cell: _date(cell, spec), "datetime64[D]")
    if spec.sort == "choice":
        return _by_value(cells, lambda cell: _choice(cell, spec), "object")
    if spec.sort == "flag":
        return _by_value(cells, lambda cell: _flag(cell, spec), "float64")
    return _texts(cells, spec)


def _numbers(cells: Sequence[object], spec: Spec, unit: str | None) -> Read:
    own = spec.unit
    numbers, told = units.convert_column(cells, own) if own else _plain(cells)
    wrong = [_split(at, cells[at], message, spec) for at, message in told]
    if own and unit and unit != own:
        zero = units.convert(f"0 {unit}", own)
        size = units.convert(f"1 {unit}", own) - zero
        bare = np.fromiter(
            (not isinstance(c, str) or _BARE.fullmatch(c) is not None for c in cells),
            np.bool_,
            len(cells),
        )
        numbers = np.where(bare, numbers * size + zero, numbers)
    bad = _out_of_bounds(numbers, spec)
    if bad.any():
        wrong += [_bound(k, cells[k], numbers[k], spec) for k in np.flatnonzero(bad).tolist()]
        numbers = np.where(bad, np.nan, numbers)
    return Read(numbers, wrong)


def _split(at: int, cell: object, message: str, spec: Spec) -> Wrong:
    reason, _, advice = message.partition("; ")
    return Wrong(at, cell, reason, advice or spec.wanted())


def _plain(cells: Sequence[object]) -> tuple[NDArray[np.float64], list[tuple[int, str]]]:
    """Return numbers that have no unit; what is no number is told."""
    numbers, told = units.convert_column(cells, "pu")
    mended = [(at, f"{shown(cells[at])} is not a number") for at, _ in told]
    return numbers, mended


def _out_of_bounds(numbers: NDArray[np.float64], spec: Spec) -> NDArray[np.bool_]:
    bad = np.zeros(len(numbers), np.bool_)
    if spec.low is not None:
        bad |= numbers <= spec.low if spec.open_low else numbers < spec.low
    if spec.high is not None:
        bad |= numbers > spec.high
    if spec.sort == "whole":
        bad |= numbers != np.trunc(numbers)
    if spec.choices:
        bad |= ~np.isin(numbers, np.array(spec.choices, np.float64))
    return bad & ~np.isnan(numbers)


def _bound(at: int, cell: object, number: float, spec: Spec) -> Wrong:
    told, unit = shown(cell), f" {spec.unit}" if spec.unit else ""
    if spec.choices:
        message = f"{told} is not one of the choices"
    elif spec.sort == "whole" and number != int(number):
        message = f"{told} is not a whole number"
    elif number < 0 and spec.low is not None and spec.low >= 0:
        message = f"{told} is negative"
    elif spec.high is not None and number > spec.high:
        message = f"{told} is above {spec.high:g}{unit}"
    elif spec.open_low:
        message = f"{told} is not above {spec.low:g}{unit}"
    else:
        message = f"{told} is below {spec.low:g}{unit}"
    return Wrong(at, cell, message, spec.wanted())


_EMPTY: dict[str, object] = {"datetime64[D]": np.datetime64("NaT"), "object": "", "float64": np.nan}


def _by_value(
    cells: Sequence[object], read: Callable[[object], object | Wrong], dtype: str
) -> Read:
    """Return a column of few different values, each of them read once."""
    empty = _EMPTY[dtype]
    found: dict[object, object] = {None: empty, "": empty}
    for cell in set(cells):
        if cell not in found:
            text = cell.strip() if isinstance(cell, str) else cell
            found[cell] = empty if text == "" else read(text)
    bad = {cell for cell, value in found.items() if isinstance(value, Wrong)}
    wrong: list[Wrong] = []
    if bad:
        wrong = [found[c]._replace(at=k) for k, c in enumerate(cells) if c in bad]  # type: ignore[attr-defined]
        found.update(dict.fromkeys(bad, empty))
    values = np.empty(len(cells), dtype)
    values[:] = [found[cell] for cell in cells]
    return Read(values, wrong)


def _date(cell: object, spec: Spec) -> object | Wrong:
    reason = "is not a date"
    if isinstance(cell, datetime):
        if cell.time() == cell.min.time():
            return np.datetime64(cell.date(), "D")
        reason = "is not a day without a time"
    elif isinstance(cell, date):
        return np.datetime64(cell, "D")
    elif isinstance(cell, str) and (found := _ISO.fullmatch(cell)):
        try:
            return np.datetime64(date.fromisoformat(found[1]), "D")
        except ValueError:
            reason = "is not a date that exists"
    return Wrong(0, cell, f"{shown(cell)} {reason}", spec.wanted())


def _choice(cell: object, spec: Spec) -> object | Wrong:
    text = plain_text(cell)
    for choice in spec.choices:
        if isinstance(choice, str) and choice.casefold() == text.casefold():
            return choice
    words = [str(c) for c in spec.choices]
    message = f"{shown(cell)} is not one of the known words"
    return Wrong(0, cell, message, spec.wanted(), near(text[:100], words))


def _flag(cell: object, spec: Spec) -> object | Wrong:
    found = _FLAGS.get(plain_text(cell).casefold())
    if found is None:
        return Wrong(0, cell, f"{shown(cell)} is neither yes nor no", spec.wanted())
    return found


def _texts(cells: Sequence[object], spec: Spec) -> Read:
    values = np.empty(len(cells), object)
    texts = [c.strip() if type(c) is str else plain_text(c) for c in cells]
    values[:] = texts
    wrong: list[Wrong] = []
    if max(map(len, texts), default=0) > _LONGEST_TEXT:
        message = f"this text is longer than {_LONGEST_TEXT} characters"
        wrong = [
            Wrong(k, text, message, spec.wanted())
            for k, text in enumerate(texts)
            if len(text) > _LONGEST_TEXT
        ]
    return Read(values, wrong)


def plain_text(cell: object) -> str:
    """Return a cell as text: whole numbers of a workbook without their fraction."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
