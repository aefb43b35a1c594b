"""What can go wrong, and the exit codes that tell it.

The tree::

    TwinError                 anything that twin says about its input or its machine
    |-- InputError            files that cannot be read as written; all problems at once
    |   `-- CatalogError      a product or a code profile: unknown, clashing or malformed
    |-- ChangeError           a change whose path matches nothing, or whose value does not fit
    |-- MissingTool           something that this machine lacks, and how to install it
    `-- SolveError            a solver that was asked for what it cannot compute

A bad file raises; a bad design is a finding and never an exception.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

_SHOWN_CHARACTERS = 80


class Exit(IntEnum):
    """Exit codes of the command line.

    ``INCOMPLETE`` is a run that ended before its answer was whole (an interrupted sweep, a
    solver that did not converge), which is something else than a design that does not hold.
    """

    FEASIBLE = 0
    NOT_FEASIBLE = 1
    BAD_INPUT = 2
    INCOMPLETE = 3


def near(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that `name` was probably meant to be, if any is close.

    Parameters
    ----------
    name
        What was written.
    names
        What could have been written.

    Examples
    --------
    >>> near("bussway", ["busway", "tap", "whip"])
    'busway'
    >>> near("zzz", ["busway", "tap", "whip"]) is None
    True
    """
    spelled = {candidate.casefold(): candidate for candidate in sorted(set(names), reverse=True)}
    found = difflib.get_close_matches(name.casefold(), spelled, n=1, cutoff=0.6)
    return spelled[found[0]] if found else None


def plural(count: int, word: str, many: str = "") -> str:
    """Return a count with its word.

    Examples
    --------
    >>> plural(1, "rack"), plural(1200, "rack"), plural(0, "loss", "losses")
    ('1 rack', '1,200 racks', '0 losses')
    """
    return f"{count:,} {word if count == 1 else many or f'{word}s'}"


def shown(value: object) -> str:
    """Return `value` as a user wrote it, on one line and cut to a readable length.

    Examples
    --------
    >>> shown(-3), shown("4 fet"), shown(True)
    ('-3', '"4 fet"', 'true')
    """
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, float) and math.isfinite(value):
        text = f"{value:.12g}"
    else:
        text = str(value)
    text = "".join(c if c.isprintable() else " " for c in text)
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[: _SHOWN_CHARACTERS - 4]} ..."


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file, told so that it can be mended.

    Parameters
    ----------
    file
        Path as the user gave it; empty when the value came from no file.
    line
        Line in the file, from 1; None where the format has no lines.
    sheet
        Sheet of a workbook.
    row
        Row of a table, from 1, the header being row 1.
    key
        Dotted path or column header of the offending value; empty for the file as a whole.
    value
        The offending value; None when it is the absence that is wrong.
    message
        What is wrong, as a sentence without a full stop ("-3 is negative").
    expected
        What would be right, as an order ("write a height above 0 m"); may be empty.
    near
        The name that was probably meant.
    """

    file: str
    line: int | None = None
    sheet: str | None = None
    row: int | None = None
    key: str = ""
    value: object = None
    message: str = ""
    expected: str = ""
    near: str | None = None

    def place(self) -> str:
        """Return where the problem is: ``a.toml:12`` or ``book.xlsx[Panels] row 7``."""
        place = self.file
        if self.line is not None:
            place += f":{self.line}"
        if self.sheet is not None:
            place += f"[{self.sheet}]"
        if self.row is not None:
            place = f"{place} row {self.row}"
        return place.strip()

    def text(self) -> str:
        """Return the problem on one line.

        Examples
        --------
        >>> Problem(
        ...     "a.toml", 12, key="halls.H1.height_m", value=-3,
        ...     message="-3 is negative", expected="write a height above 0 m",
        ... ).text()
        'a.toml:12: halls.H1.height_m: -3 is negative; write a height above 0 m'
        """
        head = "".join(f"{part}: " for part in (self.place(), self.key) if part)
        said = "; ".join(part for part in (self.message, self.expected) if part)
        line = head + said
        if self.near is None:
            return line
        return f'{line}. Did you mean "{self.near}"?'


class TwinError(Exception):
    """Anything that twin tells the user in a sentence instead of a traceback."""


class InputError(TwinError):
    """Files that cannot be read as written.

    Parameters
    ----------
    problems
        All that is wrong, in the order of the files; or one message where no place is known.

    Attributes
    ----------
    problems : tuple of Problem
        Never empty.
    """

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = (Problem("", message=problems),)
        elif isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        if not self.problems:
            message = "an InputError needs at least one problem"
            raise ValueError(message)
        # The arguments are what pickle hands to __init__ in the parent of a spawned worker.
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return all problems, one a line."""
        return "\n".join(problem.text() for problem in self.problems)


class CatalogError(InputError):
    """A product or a code profile that is unknown, clashing or malformed."""


class ChangeError(TwinError):
    """A change that cannot be applied.

    Parameters
    ----------
    message
        What is wrong and what would be right.
    path
        The dotted path of the change.
    near
        The path or name that was probably meant.
    """

    def __init__(self, message: str, path: str = "", near: str | None = None) -> None:
        super().__init__(message, path, near)
        self.message = message
        self.path = path
        self.near = near

    def __str__(self) -> str:
        """Return path, message and suggestion on one line."""
        return Problem("", key=self.path, message=self.message, near=self.near).text()


class MissingTool(TwinError):  # noqa: N818 - reads as what it is: `except MissingTool`
    """Something that this machine lacks.

    Parameters
    ----------
    message
        What is missing and for what it is needed.
    install
        What to install, as the user would type it or ask for it.
    """

    def __init__(self, message: str, install: str = "") -> None:
        super().__init__(message, install)
        self.message = message
        self.install = install

    def __str__(self) -> str:
        """Return what is missing and what to install."""
        return f"{self.message}; install {self.install}" if self.install else self.message


class SolveError(TwinError):
    """A solver that was asked for what it cannot compute."""
