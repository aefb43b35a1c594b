"""What a rule checks, why it matters and what it does not cover: from its docstring."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Sequence

from twin.checks.rule import Rule
from twin.errors import InputError, Problem, near
from twin.report.aligned import table
from twin.report.words import FAMILY_NAMES, wrapped

SCHEMA = "twin-rules/1"
HEADINGS = ("Why it matters", "Method", "Does not cover", "See also")
_UNDERLINE = re.compile(r"\s*(-{3,}|={3,}|~{3,})\s*")


def explain(rules: Sequence[Rule], code: str | None = None, width: int = 100) -> str:
    """Return a table of rules, or the page of one.

    Parameters
    ----------
    rules
        All rules.
    code
        Code or name of a rule for its page; a family such as "PWR" for the table of it; None for
        the table of all.
    width
        Characters of a line.

    Raises
    ------
    InputError
        There is no such rule; a near code is named.
    """
    found = chosen(rules, code)
    if code is not None and len(found) == 1 and code.upper() != found[0].family:
        return _page(found[0], width)
    rows = [(r.code, r.name, r.role, r.severity, r.unit if r.unit != "1" else "-") for r in found]
    header = ("code", "name", "role", "severity", "unit")
    return "\n".join(table(header, rows, width=width)) + "\n"


def explain_json(rules: Sequence[Rule], code: str | None = None) -> str:
    """Return the same rules as strict JSON, ``twin-rules/1``: sorted, ended by a line feed."""
    document = {
        "schema": SCHEMA,
        "rules": [
            {
                "code": rule.code,
                "name": rule.name,
                "family": rule.family,
                "role": rule.role,
                "severity": rule.severity,
                "unit": rule.unit,
                "message": rule.message,
                "fix": rule.fix,
                "source": rule.source,
                "summary": summary(rule),
                "sections": sections(rule),
            }
            for rule in chosen(rules, code)
        ],
    }
    return json.dumps(document, indent=2, sort_keys=True, allow_nan=False) + "\n"


_LETTERS_AS_DIGITS = str.maketrans("OoIl", "0011")
"""What is mistaken for digits in the number of a code."""


def chosen(rules: Sequence[Rule], code: str | None) -> list[Rule]:
    """Return the rules that a code, a name or a family means, sorted by code."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    if code is None:
        return ordered
    wanted = code.strip().casefold()
    found = [r for r in ordered if wanted in {r.code.casefold(), r.name, r.family.casefold()}]
    if found:
        return found
    names = [name for rule in ordered for name in (rule.code, rule.name, rule.family)]
    raise InputError(
        Problem(
            "",
            value=code,
            message=f"there is no rule {code}",
            expected="`twin explain` lists all of them",
            near=near(code[:3] + code[3:].translate(_LETTERS_AS_DIGITS), names),
        )
    )


def summary(rule: Rule) -> str:
    """Return the first sentence of a rule's docstring."""
    return _split(rule.doc)[0]


def sections(rule: Rule) -> dict[str, str]:
    """Return the text below each heading of a rule's docstring; headings without text lack."""
    return _split(rule.doc)[1]


def _split(doc: str) -> tuple[str, dict[str, str]]:
    """Split a docstring at its headings, written as ``Method`` over dashes or as ``Method:``."""
    titles = {heading.casefold(): heading for heading in HEADINGS}
    parts: dict[str, list[str]] = {"": []}
    now = ""
    for line in inspect.cleandoc(doc).splitlines():
        bare = line.strip()
        title, colon, rest = bare.partition(":")
        if title.casefold() in titles and (colon or title == bare) and line == line.lstrip():
            now = titles[title.casefold()]
            parts[now] = [rest.strip()] if rest.strip() else []
        elif not _UNDERLINE.fullmatch(line):
            parts[now].append(line)
    joined = {heading: "\n".join(lines).strip() for heading, lines in parts.items()}
    return joined.pop(""), {heading: text for heading, text in joined.items() if text}


def _page(rule: Rule, width: int) -> str:
    family = FAMILY_NAMES.get(rule.family, rule.family)
    unit = "" if rule.unit in {"", "1"} else f", in {rule.unit}"
    lines = [f"{rule.code} {rule.name}", f"{family}; {rule.role}, {rule.severity}{unit}", ""]
    lines += wrapped(summary(rule), width, 0)
    told = sections(rule)
    for heading in HEADINGS:
        if heading in told:
            lines += ["", heading]
            for paragraph in told[heading].split("\n\n"):
                lines += wrapped(paragraph, width, 2)
    parts = (("Message", _shape(rule.message)), ("Fix", _shape(rule.fix)), ("Source", rule.source))
    for label, said in parts:
        lines += ["", label, *wrapped(said, width, 2)]
    return "\n".join(lines) + "\n"


def _shape(template: str) -> str:
    """Return a message with its fields as places to be filled.

    Examples
    --------
    >>> _shape("{subject} carries {demand} A{lost}")
    '<subject> carries <demand> A[ with <case> lost]'
    """
    told = template.replace("{lost}", "[ with {case} lost]").replace(
        "{and_other}", "[ and {other}]"
    )
    return re.sub(r"\{(\w+)\}", r"<\1>", told)
