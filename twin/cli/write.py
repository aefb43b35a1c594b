"""Writing a file as a whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from twin.errors import InputError, Problem


def kind_of(path: str, suffixes: Sequence[str]) -> str:
    """Return the suffix of an output file in small letters; others than `suffixes` are told."""
    suffix = Path(path).suffix.lower()
    if suffix not in suffixes:
        raise click.UsageError(
            f'"{path}" ends in none of {", ".join(suffixes)}, so its kind is not known.'
        )
    return suffix


def written(path: str | Path, make: Callable[[Path], object]) -> Path:
    """Let `make` write a new file beside `path`, then put it in the place of `path`.

    Whatever goes wrong on the way, a file that stood there before stays as it was.

    Raises
    ------
    InputError
        The folder does not exist or nothing may be written there.
    """
    target = Path(path).resolve()  # through a link, which stays a link
    fresh = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
    try:
        try:
            if target.is_dir():
                raise IsADirectoryError(21, "it is a folder")
            make(fresh)
            if target.exists():
                shutil.copymode(target, fresh)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        message = f"cannot be written: {why[:1].lower()}{why[1:]}"
        expected = "name a file in a folder that exists and that you may write to"
        raise InputError(Problem(str(path), message=message, expected=expected)) from error
    return Path(path)


def text(path: str | Path, content: str) -> Path:
    """Write text as UTF-8 with line feeds."""
    return written(path, lambda fresh: fresh.write_text(content, encoding="utf-8", newline="\n"))


def raw(path: str | Path, content: bytes) -> Path:
    """Write bytes as they are."""
    return written(path, lambda fresh: fresh.write_bytes(content))
