"""Where things stand in an EPANET file, and what of it cannot be solved by its place alone.

wntr, which reads such files, names no lines, and passes over some of what it does not take. Words
and sections: EPANET 2.2 User Manual, appendix C.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.errors import Problem, shown

VALVES = ("FCV", "TCV", "GPV")
"""Types of valves that are solved."""
_UNSOLVED_VALVES = {
    "PRV": "reduces a pressure", "PSV": "sustains a pressure", "PBV": "breaks a pressure",
    "PCV": "is positioned",
}  # fmt: skip
_TYPE, _LEAST_OF_VALVE = 4, 6
_LEAST_OF_PIPE, _LOSS, _STATUS = 6, 6, 7
_SIZES = {3: "length", 4: "diameter"}
_PUMP_WORDS = 3
_MANY = {"CONTROLS", "RULES", "EMITTERS", "VALVES", "PIPES", "PUMPS", "JUNCTIONS", "RESERVOIRS",
         "TANKS", "OPTIONS", "TIMES", "CURVES"}  # fmt: skip
_MOST_TOLD = 20
_CONTROLLED = "write the state that it leads to into [STATUS], and take it out"


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on a line besides its comment."""

    line: int
    section: str
    words: tuple[str, ...]


def rows(text: str) -> list[Row]:
    r"""Return the lines of an EPANET file that say something, with their sections.

    Examples
    --------
    >>> rows("[PIPES]; all\n P1 A B 10 50 0.1 ; short\n[END]\nnoise")
    [Row(line=2, section='PIPES', words=('P1', 'A', 'B', '10', '50', '0.1'))]
    """
    return list(_rows(text))


def _rows(text: str) -> Iterator[Row]:
    section = ""
    for line, said in enumerate(text.splitlines(), 1):
        words = tuple(said.partition(";")[0].split())
        if not words:
            continue
        if words[0].startswith("["):
            section = _section(words[0])
            if section == "END":
                return
        elif section != "TITLE":
            yield Row(line, section, words)


def _section(word: str) -> str:
    """Return the name of a section as EPANET's manual has it; wntr takes it without its S."""
    name = word.strip("[]").upper()
    return f"{name}S" if f"{name}S" in _MANY else name


def places(found: list[Row]) -> dict[tuple[str, str], int]:
    """Return the first line of each name in its section; options by their word in capitals."""
    out: dict[tuple[str, str], int] = {}
    for row in found:
        name = row.words[0].upper() if row.section == "OPTIONS" else row.words[0]
        out.setdefault((row.section, name), row.line)
    return out


def unsolved(file: str, found: list[Row]) -> list[Problem]:
    """Return what a file holds that cannot be solved, or that wntr would take for something else.

    Parameters
    ----------
    file
        Its name as the user gave it.
    found
        Its rows.
    """
    told = []
    for row in found:
        message, expected = _wrong(row)
        if message:
            name = " ".join(row.words[:_PUMP_WORDS]) if _is_control(row) else row.words[0]
            told.append(Problem(file, row.line, key=f"[{row.section}] {name}", message=message,
                                expected=expected))  # fmt: skip
    more = len(told) - _MOST_TOLD
    if more > 0:
        return [*told[:_MOST_TOLD], Problem(file, message=f"{more:,} more lines like these")]
    return told


def later(file: str, found: list[Row]) -> list[str]:
    """Return sentences on what of a file happens after the state that is solved."""
    times = {" ".join(row.words[:-1]).upper(): row for row in found if row.section == "TIMES"}
    lasts = times.get("DURATION")
    if lasts is None or not _above_nought(lasts.words[-1]):
        return []
    said = "only the state at time 0 is solved, with patterns and levels as they begin"
    return [f"{file}:{lasts.line}: [TIMES] DURATION: {said}"]


def _above_nought(word: str) -> bool:
    """Whether a number, or hours and minutes, is above 0."""
    return any(character in "123456789" for character in word)


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _is_control(row: Row) -> bool:
    return row.section in {"CONTROLS", "RULES"}


def _wrong(row: Row) -> tuple[str, str]:
    """Return what of a row cannot be solved, and what to do instead; empty where nothing is."""
    of = _OF_SECTIONS.get(row.section)
    return of([word.upper() for word in row.words]) if of else ("", "")


def _control(_: list[str]) -> tuple[str, str]:
    return "a control is not carried out", _CONTROLLED


def _rule(words: list[str]) -> tuple[str, str]:
    return ("a rule is not carried out", _CONTROLLED) if words[0] == "RULE" else ("", "")


def _emitter(words: list[str]) -> tuple[str, str]:
    sprays = len(words) > 1 and _number(words[1]) != 0.0
    return ("an emitter cannot be solved here", "give a demand") if sprays else ("", "")


def _leakage(_: list[str]) -> tuple[str, str]:
    return "leakage cannot be solved here", "give a demand"


def _option(words: list[str]) -> tuple[str, str]:
    return ("flows of another file are not read", "") if words[0] == "HYDRAULICS" else ("", "")


def _valve(words: list[str]) -> tuple[str, str]:
    if len(words) < _LEAST_OF_VALVE:
        return f"a valve has {_LEAST_OF_VALVE} entries at least, not {len(words)}", ""
    kind = words[_TYPE]
    if kind in VALVES:
        return "", ""
    does = _UNSOLVED_VALVES.get(kind)
    if does is None:
        return f"there is no valve of type {shown(kind)}", f"write one of {', '.join(VALVES)}"
    return (
        f"a {kind}, which {does}, cannot be solved here",
        f"write one of {', '.join(VALVES)}, or a pipe where it stands open",
    )


def _pipe(words: list[str]) -> tuple[str, str]:
    if len(words) < _LEAST_OF_PIPE:
        return f"a pipe has {_LEAST_OF_PIPE} entries at least, not {len(words)}", ""
    for at, what in _SIZES.items():
        if not (_number(words[at]) or 0.0) > 0.0:
            return f"its {what} {words[at]} is not above 0", ""
    if len(words) == _STATUS and _number(words[_LOSS]) is None:
        return f"its status {words[_LOSS]} stands where its loss should", f"write 0 {words[_LOSS]}"
    return "", ""


_OF_SECTIONS = {
    "CONTROLS": _control, "RULES": _rule, "EMITTERS": _emitter, "LEAKAGE": _leakage,
    "OPTIONS": _option, "VALVES": _valve, "PIPES": _pipe,
}  # fmt: skip
