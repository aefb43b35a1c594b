"""What the terminal is like, and the line that tells what is going on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_NARROW, _USUAL, _WIDE = 60, 100, 140


def width() -> int:
    """Return the characters of a line: the terminal's own within reason, 100 for files."""
    if not sys.stdout.isatty():
        return _USUAL
    return min(max(shutil.get_terminal_size((_USUAL, 24)).columns, _NARROW), _WIDE)


def colour() -> bool:
    """Whether to colour: in a terminal, unless the user wants none."""
    return (
        sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
    )


@contextmanager
def step(doing: str, *, quiet: bool = False) -> Iterator[None]:
    """Show on stderr what is being done, if somebody looks; the line is gone afterwards."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    sys.stderr.write(f"{doing} ...")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
