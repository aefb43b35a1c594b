"""Reads TOML files into one document: the layout's own and those that it includes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.errors import InputError, Problem, near, shown
from twin.files.lines import DEEPEST, too_deep
from twin.files.origins import Origins, Text
from twin.files.text import BELOW, below, decode, read_bytes

Document = dict[str, Any]

_AT = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")
# What every file says for itself; lists of tables that grow from file to file.
_OWN = ("format", "include")
_GROWING = ("assume", "waive")


@dataclass(slots=True)
class Written:
    """All files of a layout as one document, and what is wrong with them."""

    document: Document
    texts: list[Text]
    problems: list[Problem] = field(default_factory=list)


def read_toml(path: Path, file: str) -> tuple[Document, str]:
    """Return a TOML file as a document, and its text.

    Raises
    ------
    InputError
        It is too large, no UTF-8, nested too deeply, or no TOML: with the line.
    """
    text = decode(read_bytes(path, file), file)
    line = too_deep(text)
    if line is not None:
        raise InputError(
            Problem(
                file,
                line,
                message=f"brackets or dotted keys nest deeper than {DEEPEST}",
                expected="close the bracket that was left open, or write flatter",
            )
        )
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax(str(error), text, file)) from error
    except (ValueError, RecursionError) as error:
        problem = Problem(file, message=f"this is no TOML that can be read: {shown(str(error))}")
        raise InputError(problem) from error


def _syntax(said: str, text: str, file: str) -> Problem:
    found = _AT.search(said)
    line = text.count("\n", 0, len(text.rstrip())) + 1
    if found and found[1]:
        line = int(found[1])
    reason = _AT.sub("", said)
    lines = text.split("\n")
    written = lines[line - 1].strip()
    if reason.startswith("Cannot declare"):
        first = next((k for k, ln in enumerate(lines[: line - 1], 1) if ln.strip() == written), 0)
        where = f" in line {first}" if first else " above"
        return Problem(
            file,
            line,
            value=written,
            message=f"{written} is already written{where}",
            expected="give each item its own id",
        )
    expected = _EXPECTED.get(reason, "mend the TOML of this line or of the one above")
    return Problem(
        file, line, value=written, message=f"{reason} in {shown(written)}", expected=expected
    )


_EXPECTED = {
    "Cannot overwrite a value": "write each key once: an id used twice is two items",
    "Invalid value": 'write text in quotes ("..."), numbers and dates without',
    "Invalid date or datetime": "write a date that exists, such as 2027-05-03",
    "Expected '=' after a key in a key/value pair": 'write key = value; quote keys as "R1 A"',
    "Unclosed array": "close the bracket that was opened above",
    "Unclosed inline table": "close the brace that was opened above",
    "Unterminated string": "close it with a quote",
    "Illegal character '\\n'": "close the text with a quote on the same line",
}


def read_all(path: Path, file: str) -> Written:
    """Return a layout's file with all files that it includes as one document."""
    document, text = read_toml(path, file)
    written = Written({}, [Text(file, text)])
    reader = _Reader(path.parent, Path(file).parent, written)
    reader.take(document, written.texts[0], first=True)
    reader.follow(document, written.texts[0], (path.resolve(),))
    return written


class _Reader:
    """Merges included files into one document; a key may be written in one of them only."""

    def __init__(self, folder: Path, shown_folder: Path, written: Written) -> None:
        self.folder = folder
        self.shown_folder = shown_folder
        self.written = written
        self.owners: dict[tuple[str, ...], Text] = {}
        self.seen: set[Path] = set()

    def take(self, document: Document, text: Text, *, first: bool = False) -> None:
        """Lay a file's keys into the document."""
        for key, value in document.items():
            if first and key in _OWN:
                self.written.document[key] = value
            elif key in _OWN:
                self._own(key, value, text)
            elif key in _GROWING and isinstance(value, list):
                self._grow(key, value, text)
            else:
                self._lay(self.written.document, key, value, (key,), text)

    def follow(self, document: Document, text: Text, chain: tuple[Path, ...]) -> None:
        """Read what a file includes, and what that includes in turn."""
        names = document.get("include", [])
        if not isinstance(names, list):
            return  # told with the other wrong types
        for place, name in enumerate(names):
            if isinstance(name, str):
                self._include(name, f"include.{place}", text, chain)

    def _include(self, name: str, key: str, text: Text, chain: tuple[Path, ...]) -> None:
        path = below(self.folder, name)
        if isinstance(path, str):
            self._problem(text, key, name, path, BELOW)
        elif path in chain:
            self._problem(text, key, name, f"{shown(name)} includes itself", "take it out")
        elif path in self.seen:
            self._problem(text, key, name, f"{shown(name)} is included twice", "include it once")
        elif not path.is_file():
            files = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
            self._problem(
                text,
                key,
                name,
                f"there is no file {shown(name)}",
                BELOW,
                near(Path(name).name, files),
            )
        else:
            self.seen.add(path)
            self._read(path, str(self.shown_folder / name), (*chain, path))

    def _read(self, path: Path, file: str, chain: tuple[Path, ...]) -> None:
        try:
            document, raw = read_toml(path, file)
        except InputError as error:
            self.written.problems += error.problems
            return
        text = Text(file, raw)
        self.written.texts.append(text)
        self.take(document, text)
        self.follow(document, text, chain)

    def _own(self, key: str, value: object, text: Text) -> None:
        if key == "format" and (value != 1 or isinstance(value, bool)):
            self._problem(
                text,
                key,
                value,
                f"{shown(value)} is not a known format",
                "write format = 1, or leave it out of included files",
            )
        if key == "include" and not (
            isinstance(value, list) and all(isinstance(v, str) for v in value)
        ):
            self._problem(
                text,
                key,
                value,
                f"{shown(value)} is not a list of files",
                'write include = ["file.toml"]',
            )

    def _grow(self, key: str, value: list[Any], text: Text) -> None:
        there = self.written.document.setdefault(key, [])
        if isinstance(there, list):
            text.offsets[key] = len(there)
            there.extend(value)

    def _lay(
        self, into: Document, key: str, value: object, path: tuple[str, ...], text: Text
    ) -> None:
        """Lay one key, and below it tables key by key."""
        if key not in into:
            into[key] = _own_copy(value)
            self.owners[path] = text
        elif isinstance(value, dict) and isinstance(into[key], dict):
            for name, below_it in value.items():
                self._lay(into[key], name, below_it, (*path, name), text)
        else:
            owner = self._owner(path)
            place = f"{owner.file}:{owner.line(path) or 1}"
            self._problem(
                text,
                ".".join(path),
                value,
                f"this key is already written in {place}",
                "write it once",
            )

    def _owner(self, path: tuple[str, ...]) -> Text:
        for end in range(len(path), 0, -1):
            if path[:end] in self.owners:
                return self.owners[path[:end]]
        return self.written.texts[0]

    def _problem(
        self,
        text: Text,
        key: str,
        value: object,
        message: str,
        expected: str,
        suggestion: str | None = None,
    ) -> None:
        place = Origins([text]).of(key)
        self.written.problems.append(
            Problem(
                text.file,
                place.line,
                key=key,
                value=value,
                message=message,
                expected=expected,
                near=suggestion,
            )
        )


def _own_copy(value: object) -> object:
    """Return tables that may be grown without changing the file they came from."""
    if isinstance(value, dict):
        return {key: _own_copy(below_it) for key, below_it in value.items()}
    return value
