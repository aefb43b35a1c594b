"""What a rule is: a function from a study to measures, with its code, words and source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from twin.checks.measure import Budget, Measure
    from twin.solve.study import Study

Severity = Literal["error", "warning", "note"]
Role = Literal["gate", "advice"]
RuleFn = Callable[["Study"], "Measure | Budget | Iterable[Measure | Budget]"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `name` is the problem in words with dashes, from the function's name."""

    code: str
    name: str
    role: Role
    severity: Severity
    unit: str
    message: str
    fix: str
    source: str
    doc: str
    run: RuleFn

    @property
    def family(self) -> str:
        """First three letters of the code."""
        return self.code[:3]


def rule(
    code: str,
    *,
    role: Role,
    severity: Severity,
    unit: str,
    message: str,
    fix: str,
    source: str,
) -> Callable[[RuleFn], Rule]:
    """Make a rule of a function.

    Parameters
    ----------
    code
        Family and number: 1xx capacity, 2xx one thing lost, 3xx geometry and length, 4xx fit and
        compatibility, 5xx time, DAT9xx waivers and assumptions.
    role
        A gate decides a rack's verdict, advice never does.
    severity
        How a failing gate is shown.
    unit
        Unit of demand and limit.
    message, fix
        Text with the fields {subject} {kind} {other} {case} {lost} {demand} {limit} {shortfall}
        {unit} {on} {fit} {owner} {and_other}; `{lost}` reads " with X lost", `{and_other}` " and X"
        or nothing.
    source
        Where the inequality comes from.
    """

    def wrap(function: RuleFn) -> Rule:
        return Rule(
            code=code,
            name=function.__name__.replace("_", "-"),
            role=role,
            severity=severity,
            unit=unit,
            message=message,
            fix=fix,
            source=source,
            doc=function.__doc__ or "",
            run=function,
        )

    return wrap
