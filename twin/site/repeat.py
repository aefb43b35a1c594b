"""Loops, pipes and manifolds that are written once and made for each of some rows or units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest

from twin.errors import near
from twin.model.coolant import Coolant, Each, Loop, Manifold, Pipe
from twin.site.faults import Fault
from twin.site.globs import Names

EACH, NEXT = "{each}", "{next}"
_KINDS = {"loop": "loops", "pipe": "pipes", "manifold": "manifolds"}
_EXPECTED = "rows.GLOB, coolant.cdus.GLOB or coolant.air_units.GLOB of ids that exist"

Written = Loop | Pipe | Manifold
Made = dict[tuple[str, str], str]
"""Kind and id of what a rule has made, with the id of the rule."""


def repeated(coolant: Coolant, rows: Iterable[str], faults: list[Fault]) -> tuple[Coolant, Made]:
    """Return the coolant with what its rules make in place of the rules, and by which it is made.

    Parameters
    ----------
    coolant
        As written.
    rows
        Ids of all rows, those of blocks included.
    """
    known = {f"rows.{name}": name for name in rows}
    known |= {f"coolant.cdus.{name}": name for name in coolant.cdus}
    known |= {f"coolant.air_units.{name}": name for name in coolant.air_units}
    globs = Names(known)
    made: Made = {}
    update: dict[str, dict[str, Written]] = {}
    for kind, section in _KINDS.items():
        items: Mapping[str, Written] = getattr(coolant, section)
        out: dict[str, Written] = {k: item for k, item in items.items() if item.each is None}
        for name, item in items.items():
            if item.each is None:
                continue
            new = list(_of_rule(kind, name, item, known, globs, faults))
            counts = Counter(own for own, _ in new)
            twice = [own for own, _ in new if counts[own] > 1 or own in out]
            if twice:
                message = f'makes the id "{twice[0]}" twice'
                faults.append(Fault(kind, name, "each.names", twice[0], message, "ids used once"))
            made |= {(kind, own): name for own, _ in new}
            out |= dict(new)
        update[section] = out
    return coolant.model_copy(update=update), made


def _of_rule(
    kind: str,
    name: str,
    rule: Written,
    known: Mapping[str, str],
    globs: Names,
    faults: list[Fault],
) -> Iterator[tuple[str, Written]]:
    """Make the items of one rule; one that speaks of the next is not made for the last."""
    if getattr(rule, "points_m", None):
        message = "is made many times, and would be drawn in one place"
        faults.append(Fault(kind, name, "points_m", None, message, "length_m, or single pipes"))
        return
    given = rule.each
    if given is None:
        return
    names = _matched(kind, name, given, known, globs, faults)
    texts = {k: v for k, v in vars(rule).items() if isinstance(v, str) and "{" in v}
    chained = any(NEXT in text for text in (*texts.values(), given.names))
    for this, after in zip_longest(names, names[1:]):
        if chained and after is None:
            return
        filled = {
            k: text.replace(EACH, this).replace(NEXT, after or "") for k, text in texts.items()
        }
        own = given.names.replace("{rule}", name).replace(EACH, this).replace(NEXT, after or "")
        yield own, rule.model_copy(update={**filled, "each": None})


def _matched(
    kind: str,
    name: str,
    given: Each,
    known: Mapping[str, str],
    globs: Names,
    faults: list[Fault],
) -> list[str]:
    """Ids that the globs of a rule match, each once, in the order in which they are said."""
    out: dict[str, None] = {}
    for path in given.of:
        found = globs.matching(path)
        if not found:
            told = "matches no row or unit"
            faults.append(Fault(kind, name, "each.of", path, told, _EXPECTED, near(path, known)))
        out |= dict.fromkeys(known[full] for full in found)
    return list(out)


def of_rules(faults: Iterable[Fault], made: Made) -> list[Fault]:
    """Tell of the rule what is wrong with what it has made: that stands in no file."""
    return [f._replace(id=made[f.kind, f.id]) if (f.kind, f.id) in made else f for f in faults]
