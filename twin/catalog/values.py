"""Reading single values of a document, and noting what is wrong with them.

Everything here takes what `tomllib` returned and appends to a list of problems instead of
raising, so that one pass over a folder tells all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from twin.errors import Problem, near, shown

# Up to so many names are listed in a message; of more, only the nearest is told.
_FEW = 8
# Beyond this lies no quantity of a building: infinity, and integers too long for a float.
_GREATEST = 1e18


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one document is read: its name, and what was found wrong so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def tell(self, key: str, message: str, expected: str = "", **more: object) -> None:
        """Note a problem at a dotted key; `more`: the ``value``, and ``names`` to choose from."""
        names = more.get("names")
        value = more.get("value")
        guess = near(str(value), names) if isinstance(names, Iterable) else None
        self.problems.append(
            Problem(
                self.file,
                key=key,
                value=value,
                message=message,
                expected=expected,
                near=guess,
            ),
        )

    def unknown(self, key: str, name: str, names: Iterable[str], what: str) -> None:
        """Note a name that is none of `names`, with the nearest of them."""
        self.tell(key, f"{what} {shown(name)} is not known", value=name, names=tuple(names))


def table(desk: Desk, key: str, value: object) -> Mapping[str, object]:
    """Return a table, or an empty one and a problem."""
    if isinstance(value, Mapping):
        return value
    desk.tell(key, f"{shown(value)} is no table", value=value)
    return {}


def text(desk: Desk, key: str, value: object) -> str:
    """Return a string that is not empty, or "" and a problem."""
    if isinstance(value, str) and value.strip():
        return value
    desk.tell(key, f"{shown(value)} is no text", "write it in quotes", value=value)
    return ""


def number(desk: Desk, key: str, value: object, unit: str) -> float | None:
    """Return a finite number, or None and a problem; booleans and strings are no numbers."""
    ask = (
        f"write a plain number in {unit}" if unit not in {"1", "count"} else "write a plain number"
    )
    if isinstance(value, bool) or not isinstance(value, int | float):
        desk.tell(key, f"{shown(value)} is no number", ask, value=value)
        return None
    if not -_GREATEST < value < _GREATEST:
        absent = "leave it out where nobody published one"
        desk.tell(key, f"{shown(value)} is no figure", absent, value=value)
        return None
    # Only temperatures and approaches to them may stand below zero.
    if value < 0 and unit != "degC":
        desk.tell(key, f"{shown(value)} is negative", ask, value=value)
        return None
    return float(value)


def one_of(desk: Desk, key: str, value: object, names: Iterable[str], what: str) -> str:
    """Return one of `names`, or "" and a problem with a near name."""
    names = tuple(names)
    if isinstance(value, str) and value in names:
        return value
    desk.tell(
        key,
        f"{what} {shown(value)} is not known",
        f"choose among {', '.join(names)}" if len(names) <= _FEW else "",
        value=value,
        names=names,
    )
    return ""
