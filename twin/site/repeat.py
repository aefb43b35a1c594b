"""Loops, pipes and manifolds that are written once and made for each of some rows or units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from twin.errors import near
from twin.model.coolant import Coolant, Each, Loop, Manifold, Pipe
from twin.site.assemble import columns_of_items
from twin.site.faults import Fault
from twin.site.globs import Names
from twin.site.table import Chunk

EACH, NEXT = "{each}", "{next}"
_KINDS = {"loop": "loops", "pipe": "pipes", "manifold": "manifolds"}
_EXPECTED = "rows.GLOB, coolant.cdus.GLOB or coolant.air_units.GLOB of ids that exist"

Written = Loop | Pipe | Manifold
Repeats = dict[str, list[Chunk]]
"""What rules have made, by kind."""
Made = dict[tuple[str, str], str]
"""Kind and id of what a rule has made, with the id of the rule."""


def repeated(
    coolant: Coolant, rows: Iterable[str], faults: list[Fault]
) -> tuple[Coolant, Repeats, Made]:
    """Return the coolant without its rules, what they make as columns, and by which it is made.

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
    chunks: Repeats = {}
    update: dict[str, dict[str, Written]] = {}
    for kind, section in _KINDS.items():
        items: Mapping[str, Written] = getattr(coolant, section)
        update[section] = {k: item for k, item in items.items() if item.each is None}
        taken, chunks[kind] = set(update[section]), []
        said = set[str]().union(*(item.model_fields_set for item in items.values()))
        for name, item in items.items():
            if item.each is None:
                continue
            ids, texts = _of_rule(kind, name, item, known, globs, faults)
            fresh = {own: k for k, own in enumerate(ids) if own not in taken}
            if len(fresh) < len(ids):
                counts = Counter(ids)
                twice = next(own for own in ids if counts[own] > 1 or own in taken)
                message = f'makes the id "{twice}" twice'
                faults.append(Fault(kind, name, "each.names", twice, message, "ids used once"))
            taken.update(fresh)
            made |= {(kind, own): name for own in ids}
            chunks[kind].append(_columns(kind, item, said, fresh, texts))
    return coolant.model_copy(update=update), chunks, made


def _columns(
    kind: str,
    rule: Written,
    said: set[str],
    places: Mapping[str, int],
    texts: Mapping[str, Sequence[str]],
) -> Chunk:
    """Columns of what a rule makes: what it says of all of them, and the names of each.

    Parameters
    ----------
    said
        Fields that are said of any of the kind.
    places
        Ids, and the place of each in the texts.
    """
    columns = {
        name: np.repeat(column, len(places))
        for name, column in columns_of_items(kind, [rule], said).items()
    }
    for name in columns.keys() & texts.keys():
        columns[name] = np.array([texts[name][k] for k in places.values()], dtype=np.str_)
    return np.array(list(places), dtype=np.str_), columns


def _of_rule(
    kind: str,
    name: str,
    rule: Written,
    known: Mapping[str, str],
    globs: Names,
    faults: list[Fault],
) -> tuple[list[str], dict[str, list[str]]]:
    """Ids of what a rule makes and its texts; if it speaks of the next, none of the last."""
    given = rule.each
    if given is None:
        return [], {}
    if getattr(rule, "points_m", None):
        message = "is made many times, and would be drawn in one place"
        faults.append(Fault(kind, name, "points_m", None, message, "length_m, or single pipes"))
        return [], {}
    names = _matched(kind, name, given, known, globs, faults)
    texts = {k: v for k, v in vars(rule).items() if isinstance(v, str) and "{" in v}
    chained = any(NEXT in text for text in (*texts.values(), given.names))
    pairs = list(pairwise(names)) if chained else [(this, "") for this in names]

    def filled(text: str) -> list[str]:
        return [text.replace(EACH, this).replace(NEXT, after) for this, after in pairs]

    return filled(given.names.replace("{rule}", name)), {k: filled(v) for k, v in texts.items()}


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
