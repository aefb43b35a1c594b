"""Tables in plain text: columns aligned, the last one wrapped to the width of the page."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

_GAP = "  "
_LEAST_LAST = 16  # characters that the last column keeps, however narrow the page


def width_of(text: str) -> int:
    """Return how many cells of a terminal a text takes; East Asian wide letters take two.

    Examples
    --------
    >>> width_of("rack"), width_of("\u673a\u67b6")
    (4, 4)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return text filled with blanks to `width` cells, to the right edge where `right`."""
    blanks = " " * max(width - width_of(text), 0)
    return blanks + text if right else text + blanks


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int = 100,
    right: frozenset[int] = frozenset(),
    indent: int = 0,
) -> list[str]:
    r"""Return the lines of a table.

    Parameters
    ----------
    header
        Titles of the columns.
    rows
        Cells, as many per row as there are titles.
    width
        Cells of the page; the last column is wrapped to what is left of it.
    right
        Columns to be set to the right edge: numbers.
    indent
        Blanks before each line.

    Examples
    --------
    >>> print("\n".join(table(["rule", "kW"], [["PWR101", "7"]], right=frozenset({1}))))
    rule    kW
    ------  --
    PWR101   7
    """
    if not rows:
        return []
    all_rows = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(width_of(row[c]) for row in all_rows) for c in range(len(header))]
    before = indent + sum(widths[:-1]) + len(_GAP) * (len(header) - 1)
    widths[-1] = min(widths[-1], max(width - before, _LEAST_LAST))
    rule = tuple("-" * w for w in widths)
    out: list[str] = []
    for row in (all_rows[0], rule, *all_rows[1:]):
        last = textwrap.wrap(row[-1], widths[-1], break_long_words=False) or [""]
        cells = [pad(row[c], widths[c], right=c in right) for c in range(len(header) - 1)]
        cells.append(pad(last[0], widths[-1], right=len(header) - 1 in right))
        out.append((" " * indent + _GAP.join(cells)).rstrip())
        out += [" " * before + line for line in last[1:]]
    return out
