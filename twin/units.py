"""Text to a number in the unit of its key: the only conversion code.

Keys say their unit (``rating_kw``), so a plain number needs no conversion. Text carries its own
unit, metric or US, and is converted: ``"2.8 MW"``, ``"6 ft 6 in"``, ``"500 gpm"``, ``"86 degF"``.
"""

# Why not pint: importing it and reading its unit registry takes 0.34 s on the machine where
# `import twin` has 0.6 s in all, and it reads "ton", "mW" and "C" without asking what was meant.

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from numbers import Real
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.errors import near, shown
from twin.unit_table import ALIASES, HINTS, SIZES, STRICT, SUFFIXES, ZEROS

_KIND_OF: Final = {name: kind for kind, sizes in reversed(SIZES.items()) for name in sizes} | {
    # Two kinds share these names; as the unit of a key each means the first one.
    "K": "temperature difference", "degC": "temperature",
}  # fmt: skip

_SPACES: Final = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f\t", " ") | {"\u2212": "-"})
_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"  # 1,200.5
    r"|[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?(?![0-9])"  # 1 200.5
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"  # 1200.5 or 1.2e3
)
_FRACTION: Final = re.compile(r"(?:(?P<whole>[0-9]+)[ -])?(?P<over>[0-9]+)/(?P<under>[1-9][0-9]*)")
_UNIT_END: Final = re.compile(r"[^0-9]*?(?:[23](?![0-9])[^0-9]*?)*(?=[ -]*[0-9]|$)")
_LONGEST_TEXT: Final = 100


class UnitError(ValueError):
    """A value that cannot be read in the unit of its key.

    Attributes
    ----------
    message, expected : str
        What is wrong; what would be right.
    near : str or None
        The unit that was probably meant.
    """

    def __init__(self, message: str, expected: str, near: str | None = None) -> None:
        super().__init__(message, expected, near)
        self.message = message
        self.expected = expected
        self.near = near

    def __str__(self) -> str:
        """Return what is wrong, what would be right, and the suggestion."""
        ask = f'. Did you mean "{self.near}"?' if self.near else ""
        return f"{self.message}; {self.expected}{ask}"


class _Found(NamedTuple):
    number: float
    unit: str


@lru_cache(maxsize=1024)
def unit_of(key: str) -> str | None:
    """Return the unit that the suffix of `key` names, the longest suffix winning.

    Only for keys whose value is a number: ``feed_a`` names a feed, not a current.

    Examples
    --------
    >>> unit_of("rating_kw"), unit_of("tray_kg_m"), unit_of("speed_m_s"), unit_of("name")
    ('kW', 'kg/m', 'm/s', None)
    """
    parts = key.rsplit(".", 1)[-1].lower().split("_")
    for first in range(max(1, len(parts) - 2), len(parts)):
        unit = SUFFIXES.get("_".join(parts[first:]))
        if unit is not None:
            return unit
    return None


def convert(value: object, unit: str) -> float:
    """Return `value` in `unit`.

    Parameters
    ----------
    value
        A number, which passes as it is, or text: a number with or without a unit.
    unit
        A unit as `unit_of` returns it.

    Raises
    ------
    UnitError
        The text is no number, its unit is unknown or of another kind, or it is not finite.

    Examples
    --------
    >>> convert("2.8 MW", "kW"), convert("86 degF", "degC"), convert("1,200 kg", "kg")
    (2800.0, 30.0, 1200.0)
    >>> round(convert("6 ft 6 in", "m"), 6), round(convert("500 gpm", "L/min"), 3)
    (1.9812, 1892.706)
    """
    if isinstance(value, bool) or not isinstance(value, (str, Real)):
        what = shown(value)
        raise UnitError(f"{what} is not a number", f"write a number in {unit}")
    if isinstance(value, str):
        return _convert_text(value, unit)
    try:
        return _finite(float(value), value, unit)
    except OverflowError:  # an integer beyond 1.8e308
        return _finite(math.inf, value, unit)


def convert_column(
    values: Sequence[object], unit: str
) -> tuple[NDArray[np.float64], list[tuple[int, str]]]:
    """Return a column of cells in `unit`, and what is wrong with which cell.

    Parameters
    ----------
    values
        Cells as read: text or numbers. An empty cell (``""``, None) is not known: NaN.
    unit
        A unit as `unit_of` returns it.

    Returns
    -------
    numbers : (n,) array
        In `unit`; NaN where the cell is empty or wrong.
    problems : list of (row, message)
        Rows from 0.

    Examples
    --------
    >>> convert_column(["1.5", "2 kW", ""], "kW")
    (array([1.5, 2. , nan]), [])
    """
    blank = np.fromiter((v is None or v == "" for v in values), np.bool_, len(values))
    plain = _plain_numbers(values)
    if plain is not None and not np.any(~np.isfinite(plain) & ~blank):
        return plain, []
    numbers = np.full(len(values), np.nan)
    problems: list[tuple[int, str]] = []
    for row in np.flatnonzero(~blank).tolist():
        cell = values[row]
        try:
            numbers[row] = (
                math.nan if isinstance(cell, str) and not cell.strip() else convert(cell, unit)
            )
        except UnitError as error:
            problems.append((row, str(error)))
    return numbers, problems


def _plain_numbers(values: Sequence[object]) -> NDArray[np.float64] | None:
    """Return all cells as numbers at once, or None if one of them is anything else."""
    if any(isinstance(v, bool) for v in values):
        return None
    try:
        cells = np.array(["nan" if v is None or v == "" else v for v in values], dtype=np.bytes_)
        # Python reads 1_000 as a number; a user's file means something else by it.
        if np.any(cells.view(np.uint8) == ord("_")):
            return None
        return cells.astype(np.float64)
    except (ValueError, OverflowError):
        return None


# Lists repeat their values: the same few ratings stand in thousands of rows.
@lru_cache(maxsize=4096)
def _convert_text(text: str, unit: str) -> float:
    kind = _KIND_OF[unit]
    found = _read(text, unit)
    total = 0.0
    for number, written in found:
        total += _to_base(number, _resolve(written, kind, unit, text) if written else unit, kind)
    if len(found) == 1 and found[0].unit in ("", unit):
        return _finite(found[0].number, text, unit)
    scale = SIZES[kind][unit]
    zero = ZEROS[unit] if kind == "temperature" else 0.0
    # Thirteen digits are more than any datasheet has; they hide the last bits of 0.3048 * 6.5.
    return _finite(float(f"{total / scale + zero:.13g}"), text, unit)


def _to_base(number: float, unit: str, kind: str) -> float:
    zero = ZEROS[unit] if kind == "temperature" else 0.0
    return (number - zero) * SIZES[kind][unit]


def _finite(number: float, value: object, unit: str) -> float:
    if math.isfinite(number):
        return number
    raise UnitError(f"{shown(value)} is not a finite number", f"write a number in {unit}")


def _read(text: str, unit: str) -> list[_Found]:
    """Return the numbers of `text` with their units: one, or falling ones such as 6 ft 6 in."""
    rest = text.translate(_SPACES).strip()
    found: list[_Found] = []
    while rest and len(text) <= _LONGEST_TEXT:
        number, rest = _read_number(rest, text, unit)
        end = _UNIT_END.match(rest)
        written = rest[: end.end()].strip(" ") if end else ""
        rest = rest[end.end() :].lstrip(" ") if end else rest
        if rest.startswith("-"):  # the dash of 6'-6"
            rest = rest[1:].lstrip(" ")
        found.append(_Found(number, written))
        if not written:
            break
    if rest or not found:
        raise _no_number(text, unit)
    if len(found) > 1:
        _check_falling(found, text, unit)
    return found


def _read_number(rest: str, text: str, unit: str) -> tuple[float, str]:
    fraction = _FRACTION.match(rest)
    if fraction:
        whole = float(fraction["whole"] or 0)
        number = whole + float(fraction["over"]) / float(fraction["under"])
        return number, rest[fraction.end() :].lstrip(" ")
    match = _NUMBER.match(rest)
    if match is None:
        raise _no_number(text, unit)
    rest = rest[match.end() :]
    if rest.startswith((",", ".")):
        plain = text.strip()
        raise UnitError(
            f"{shown(plain)} is ambiguous: its comma could group thousands or start a fraction",
            "write 1.2 for one and a fifth, 1200 or 1,200 for twelve hundred",
        )
    return float(match[0].replace(",", "").replace(" ", "")), rest.lstrip(" ")


def _no_number(text: str, unit: str) -> UnitError:
    example = f'such as "2.5 {unit}"'
    return UnitError(
        f"{shown(text)} is not one number with a unit",
        f"write a number in {unit}, or text {example}",
    )


def _check_falling(found: Sequence[_Found], text: str, unit: str) -> None:
    """Only feet with inches and hours with minutes are written in parts."""
    kind = _KIND_OF[unit]
    if kind not in ("length", "time", "mass") or not all(part.unit for part in found):
        raise _no_number(text, unit)
    sizes = [SIZES[kind][_resolve(part.unit, kind, unit, text)] for part in found]
    falling = all(big > small for big, small in pairwise(sizes))
    if not falling or found[0].number < 0:
        raise _no_number(text, unit)


def _fold(kind: str) -> dict[str, str]:
    """Return the names of a kind's units in small letters, where that is unambiguous."""
    sizes = SIZES[kind]
    names = [(name, name) for name in sizes] + [(a, u) for a, u in ALIASES.items() if u in sizes]
    return {name.casefold(): unit for name, unit in names if name not in STRICT}


_FOLDED: Final = {kind: _fold(kind) for kind in SIZES}


def _resolve(written: str, kind: str, unit: str, text: str) -> str:
    """Return the unit of `kind` that `written` names."""
    sizes = SIZES[kind]
    if written in sizes:
        return written
    exact = ALIASES.get(written)
    if exact in sizes:
        return exact
    if written not in STRICT and written.casefold() in _FOLDED[kind]:
        return _FOLDED[kind][written.casefold()]
    raise _unit_error(written, kind, unit, text)


def _unit_error(written: str, kind: str, unit: str, text: str) -> UnitError:
    expected = f"write {'an' if kind[0] in 'aeiou' else 'a'} {kind}, such as 2.5 {unit}"
    hint = HINTS.get(written.casefold())
    if hint is not None:
        return UnitError(f"{shown(text)}: the unit {written} is not clear", f"write {hint}")
    other = next((k for k in SIZES if k != kind and _names(written, k)), None)
    if other is not None:
        if {kind, other} == {"power", "apparent power"}:
            expected += "; kW and kVA differ by the power factor"
        article = "an" if other[0] in "aeiou" else "a"
        return UnitError(f"{shown(text)} is {article} {other}, not {kind}", expected)
    known = [*SIZES[kind], *(a for a, u in ALIASES.items() if u in SIZES[kind])]
    return UnitError(f"{shown(text)}: unknown unit {written}", expected, near(written, known))


def _names(written: str, kind: str) -> bool:
    if written in SIZES[kind] or ALIASES.get(written) in SIZES[kind]:
        return True
    return written not in STRICT and written.casefold() in _FOLDED[kind]
