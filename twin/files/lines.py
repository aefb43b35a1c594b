"""Where each key of a TOML text stands, without parsing its values again."""

# Neither tomllib nor tomlkit tells the line of a key. The text has been read by tomllib before, so
# that this scanner may trust its grammar and only follows keys, brackets and line ends.

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

# Possessive: an unfinished string of 20 MB is passed over once, never tried again.
_STRINGS = (
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']++|'(?!''))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'[^'\n]*+'?"
)
_DEPTH = re.compile(_STRINGS + r"|\#[^\n]*+|[\[\]{}=,.\n]", re.DOTALL)
_TOKEN = re.compile(
    f"(?P<text>{_STRINGS})"
    r"|(?P<skip>\#[^\n]*+|[ \t\r]++)"
    r"|(?P<mark>[\[\]{}=,.\n])"
    r"|(?P<bare>[^\s\[\]{}=,.#\"']++)",
    re.DOTALL,
)
DEEPEST = 64


class _Token(NamedTuple):
    sort: str
    text: str
    line: int


class _Open(NamedTuple):
    """A bracket that is still open: the path of what it holds."""

    sort: str
    path: tuple[str, ...]
    item: list[int]


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        sort = match.lastgroup or ""
        found = match[0]
        if sort != "skip":
            yield _Token(sort, found, line)
        line += found.count("\n")


def too_deep(text: str) -> int | None:
    r"""Return the line on which a text nests deeper than 64, or None.

    Works on any text, before it is parsed, so that no parser meets what it cannot hold.

    Examples
    --------
    >>> too_deep("a = 1\nb = " + "[" * 65), too_deep("a = '[[[['")
    (2, None)
    """
    depth = dots = 0
    for match in _DEPTH.finditer(text):
        found = match[0]
        if found in ("[", "{"):
            depth, dots = depth + 1, 0
        elif found in ("]", "}"):
            depth = max(depth - 1, 0)
        elif found == ".":
            dots += 1
        elif found in ("\n", ",", "="):
            dots = 0
        if depth > DEEPEST or dots >= DEEPEST:
            return text.count("\n", 0, match.start()) + 1
    return None


def index(text: str) -> dict[str, int]:
    r"""Return the line of every key of a valid TOML text, by its dotted path.

    Items of lists count from 0, as in ``assume.0.value``.

    Examples
    --------
    >>> index('[rows.R1]\ncount = 4\n[[rows.R1.taps]]\nbusway = "B"\n')["rows.R1.taps.0.busway"]
    4
    """
    return _Scanner().scan(text)


class _Scanner:
    """Follows a text token by token; brackets are kept on a stack, so that depth costs nothing."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.table: tuple[str, ...] = ()
        self.counts: dict[tuple[str, ...], int] = {}
        self.open: list[_Open] = []
        self.key: list[str] = []
        self.path: tuple[str, ...] = ()
        self.in_value = False

    def scan(self, text: str) -> dict[str, int]:
        header: list[_Token] | None = None
        for token in _tokens(text):
            if header is not None:
                if token.text == "\n":
                    self._header(header)
                    header = None
                else:
                    header.append(token)
            elif token.text == "[" and token.sort == "mark" and self._at_line_start():
                header = [token]
            else:
                self._token(token)
        if header is not None:
            self._header(header)
        return self.lines

    def _at_line_start(self) -> bool:
        return not self.open and not self.in_value and not self.key

    def _header(self, tokens: list[_Token]) -> None:
        """Enter the table that a header names: [a.b] or [[a.b]]."""
        parts = [_plain(t.text) for t in tokens if t.sort in ("bare", "text")]
        many = len(tokens) > 1 and tokens[1].text == "["
        path: tuple[str, ...] = ()
        for part in parts[:-1]:
            path = (*path, part)
            self._note(path, tokens[0].line)
            if path in self.counts:
                path = (*path, str(self.counts[path]))
        path = (*path, parts[-1])
        self._note(path, tokens[0].line)
        if many:
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, str(self.counts[path]))
            self._note(path, tokens[0].line)
        self.table = path

    def _note(self, path: tuple[str, ...], line: int) -> None:
        self.lines.setdefault(".".join(path), line)

    def _token(self, token: _Token) -> None:
        if token.sort in ("bare", "text"):
            self._word(token)
        elif token.text == "=":
            base = self.open[-1].path if self.open else self.table
            self._enter(base, token.line)
        elif token.text in "[{":
            self._begin_item(token.line)
            self.open.append(_Open(token.text, self.path, [0]))
            self.in_value = token.text == "["
        elif token.text in "]}":
            if self.open:
                self.path = self.open.pop().path
            self.in_value, self.key = bool(self.open), []
        elif token.text == ",":
            self._next_item()
        elif token.text == "\n" and not self.open:
            self.in_value, self.key = False, []

    def _word(self, token: _Token) -> None:
        if self.in_value:
            self._begin_item(token.line)
        else:
            self.key.append(_plain(token.text))

    def _enter(self, base: tuple[str, ...], line: int) -> None:
        path = base
        for part in self.key:
            path = (*path, part)
            self._note(path, line)
        self.path, self.key, self.in_value = path, [], True

    def _begin_item(self, line: int) -> None:
        """Note an item of a list; what is no item of a list has been noted with its key."""
        if self.open and self.open[-1].sort == "[":
            inside = self.open[-1]
            self.path = (*inside.path, str(inside.item[0]))
            self._note(self.path, line)

    def _next_item(self) -> None:
        if not self.open:
            return
        inside = self.open[-1]
        inside.item[0] += 1
        self.in_value, self.key, self.path = inside.sort == "[", [], inside.path


def _plain(text: str) -> str:
    """Return a key without its quotes."""
    if text.startswith("'"):
        return text.strip("'")
    if text.startswith('"'):
        try:
            return str(ast.literal_eval(text))
        except (ValueError, SyntaxError):
            return text.strip('"')
    return text
