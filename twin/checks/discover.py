"""Rules are found by being there: every module below `twin.checks` that defines one."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterable

import twin.checks as package
from twin.checks.rule import Rule
from twin.errors import InputError, Problem, near

_FAMILIES = ("power", "coolant", "cabling", "network", "space", "delivery", "data")


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    found: dict[str, Rule] = {}
    for family in _FAMILIES:
        folder = importlib.import_module(f"{package.__name__}.{family}")
        for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Rule):
                    found[value.code] = value
    return tuple(found[code] for code in sorted(found))


def chosen(
    scope: Iterable[str], select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """Rules of the families in scope (DAT always), by prefixes to select and to ignore."""
    rules = all_rules()
    prefixes = [*select, *ignore]
    for prefix in prefixes:
        if not any(r.code.startswith(prefix) for r in rules):
            codes = [r.code for r in rules]
            guess = near(prefix, codes)
            problem = Problem(
                file="command line", key="--select/--ignore", value=prefix, near=guess,
                message=f"no rule begins with {prefix}", expected="a code or the beginning of one",
            )  # fmt: skip
            raise InputError([problem])
    families = {*scope, "DAT"}
    picked = tuple(select)
    dropped = tuple(ignore)
    return tuple(
        r
        for r in rules
        if (r.code.startswith(picked) if picked else r.family in families)
        and not (dropped and r.code.startswith(dropped))
    )
