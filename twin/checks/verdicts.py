"""Verdicts of racks: which finding binds each, what it waits for, what it rests on."""

from __future__ import annotations

import numpy as np

from twin.checks.evaluation import Evaluation, RackStates
from twin.checks.measure import POLICY
from twin.checks.missing import Missing, reaching
from twin.checks.ragged import Ragged
from twin.checks.result import AssumptionUse, Gap, State, Verdicts
from twin.checks.rows import gap_of
from twin.model.data import Data
from twin.model.policy import Capped
from twin.site.contract import BY_KIND
from twin.site.site import NAMED_BY
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.links.used import made_of
from twin.solve.coolant.stuck import stuck
from twin.solve.losses.doubts import doubts
from twin.solve.study import Study

_BARE = "not described in the layout"
_NO_FIGURE = "nobody says it of this product: name one that says it, or write one of your own"


def verdicts_of(e: Evaluation, missing: Missing, racks: RackStates, failing: IntArray) -> Verdicts:
    """Say the verdict of each rack that the answer is for; `failing` are the findings' rows."""
    here = np.flatnonzero(e.study.here & _asked(e))
    row = racks.row[here]
    codes = np.array([r.code for r in e.rules], dtype=np.str_)
    has = row >= 0
    safe = np.maximum(row, 0)
    state = racks.state[here]
    blocked = (state == State.BLOCKED) | racks.at_risk[here]
    binding = np.where(blocked, _finding_of(e, row, failing), -1)
    on = np.array([*_shared(e, failing), 0], dtype=np.int64)[binding]
    return Verdicts(
        rack=here,
        state=state,
        at_risk=racks.at_risk[here],
        margin=_margin_told(e, racks.margin[here], binding, failing),
        code=np.where(has, codes[e.rows.rule[safe]] if len(e.rows) else "", ""),
        subject=np.where(has, e.rows.subject[safe] if len(e.rows) else -1, -1),
        binding=binding,
        shared_by=on,
        missing=_missing(e, missing, here, state),
        assumptions=_resting(e, here),
        waived=racks.waived[here],
    )


def _finding_of(e: Evaluation, row: IntArray, failing: IntArray) -> IntArray:
    """Look up the finding of each flat row: the worst gate of its rule and subject, -1 none."""
    rows, size = e.rows, e.study.site.size
    gates = np.flatnonzero(rows.gate[failing])
    if not len(gates):
        return np.full(len(row), -1, dtype=np.int64)
    key = rows.rule[failing[gates]] * size + rows.subject[failing[gates]]
    order = np.argsort(key)
    wanted = np.where(row >= 0, rows.rule[row] * size + rows.subject[row], -1)
    at = np.minimum(np.searchsorted(key[order], wanted), len(order) - 1)
    return np.where(key[order][at] == wanted, gates[order][at], -1)


def _asked(e: Evaluation) -> BoolArray:
    """(racks,) racks that the answer is for: those of the ship notice, else all."""
    site = e.study.site
    ids = site.tables["rack"].ids
    return np.isin(ids, sorted(site.delivered)) if site.delivered else np.ones(len(ids), dtype=bool)


def _margin_told(
    e: Evaluation, margin: FloatArray, binding: IntArray, failing: IntArray
) -> FloatArray:
    """Give a blocked rack the margin of the finding that binds it: one number in both places."""
    of_finding = np.append(e.rows.margin[failing], np.nan)[binding]
    return np.where(binding >= 0, of_finding, margin)


def _shared(e: Evaluation, failing: IntArray) -> list[int]:
    out = []
    for row in failing.tolist():
        number = int(e.rows.budget[row])
        if number < 0:
            out.append(0)
        else:
            out.append(len(e.fits.racks_on(e.joint(row))))
    return out


def _missing(e: Evaluation, missing: Missing, here: IntArray, state: IntArray) -> Ragged[str]:
    """Paths that racks which are not feasible lack, and families that nobody measured."""
    gaps, number = np.unique(missing.pairs[:, 1], return_inverse=True)
    words = [path_of_gap(e, g) for g in gaps.tolist()]
    words += [f"{family}: no rule of this family could measure it" for family in missing.families]
    rack, family = np.nonzero(missing.uncovered)
    rack = np.concatenate([missing.pairs[:, 0], rack])
    code = np.concatenate([number, family + len(gaps)]).astype(np.int64)
    place = np.full(len(missing.uncovered), -1, dtype=np.int64)
    place[here] = np.where(state != State.FEASIBLE, np.arange(len(here)), -1)
    order = sorted(range(len(words)), key=words.__getitem__)
    rank = np.empty(len(words), dtype=np.int64)
    rank[order] = np.arange(len(words))
    mine = place[rack] >= 0
    # Fields that a rule says of many things have one path: the CDUs in racks.
    told = list(dict.fromkeys(words[k] for k in order))
    of_word = {word: k for k, word in enumerate(told)}
    same = np.array([of_word[words[k]] for k in order], dtype=np.int64)
    pairs = np.stack([place[rack[mine]], same[rank[code[mine]]]], axis=1)
    pairs = np.unique(pairs, axis=0)
    return Ragged(pairs[:, 0], pairs[:, 1], len(here), told)


def path_of_gap(e: Evaluation, gap: int) -> str:
    """Dotted path of a missing figure."""
    kind, row, column = gap_of(gap)
    site = e.study.site
    if kind == POLICY:
        return e.study(doubts).paths[row]
    if not column:
        return f"{kind}:{site.tables[kind].ids[row]}"
    return site.path_of(kind, row, column)


def gaps_of(e: Evaluation, missing: Missing, verdicts: Verdicts) -> tuple[Gap, ...]:
    """Missing fields by the racks that each would decide alone, then by the racks that lack it."""
    told = verdicts.missing
    lack, alone = told.counts(verdicts.state == State.UNKNOWN)
    meaning = {path_of_gap(e, g): _meaning(e, g) for g in np.unique(missing.pairs[:, 1]).tolist()}
    rows = [(told.words[k], int(lack[k]), int(alone[k])) for k in np.flatnonzero(lack).tolist()]
    rows.sort(key=lambda r: (-r[2], -r[1], r[0]))
    return tuple(Gap(*row, *meaning.get(row[0], (_BARE, ""))) for row in rows)


def _meaning(e: Evaluation, gap: int) -> tuple[str, str]:
    """Meaning and unit of a missing field."""
    kind, row, name = gap_of(gap)
    if not name and kind in {"loop", "plant", "cdu"}:
        return e.study(stuck).get((kind, row), _BARE), ""
    if kind == POLICY:
        field = path_of_gap(e, gap).rpartition(".")[2]
        return Capped.model_fields[field].description or _BARE, "s" if field[-2:] == "_s" else ""
    if (kind, name) in NAMED_BY:
        return NAMED_BY[kind, name][1], ""
    if kind in {"cdu", "plant"} and name == "type":
        return "product with a pump curve: one duty point says nothing of another speed", ""
    path = path_of_gap(e, gap)
    told = {"positions": "position", "racks": "rack"}.get(path.partition(".")[0])
    if kind in {"cdu", "loop"} and told:  # of a CDU in a rack: said where the rack stands
        kind, name = told, path.rpartition(".")[2]
    if (kind, name) == ("product", "stock_m"):
        return Data.model_fields[name].description or _BARE, "m"
    column = BY_KIND[kind].get(name)
    bare = _NO_FIGURE if kind == "product" and name else _BARE
    return (column.meaning, column.unit) if column else (bare, "")


def _used_assumptions(e: Evaluation) -> list[tuple[int, IntArray]]:
    """Return (number, subjects) of assumptions whose figure entered a row."""
    used, site = e.figures, e.study.site
    out: dict[int, list[IntArray]] = {}
    for (kind, column), number in site.assumed.items():
        if (kind, column) in used:
            for k in np.unique(number[number >= 0]).tolist():
                rows = np.flatnonzero(number == k)
                out.setdefault(k, []).append(site.subject(kind, rows))
    return [(k, np.concatenate(v)) for k, v in sorted(out.items())]


def _rest(e: Evaluation, here: IntArray) -> tuple[list[int], BoolArray]:
    """Assumptions in use, and which racks rest on each, (here, used)."""
    used = _used_assumptions(e)
    if not used:
        return [], np.zeros((len(here), 0), dtype=bool)
    subjects = np.concatenate([s for _, s in used])
    marks = np.repeat(np.arange(len(used)), [len(s) for _, s in used])
    hit = reaching(e, subjects, marks, len(used))
    of_links = _of_links(e.study, subjects)
    for subject, mark in zip(subjects[of_links].tolist(), marks[of_links].tolist(), strict=True):
        rack, part = e.study(made_of)
        hit[rack[part == subject], mark] = True
    return [k for k, _ in used], hit[here]


_LINKS = frozenset({"cable", "optic", "trunk", "cassette"})
"""Kinds of products that links are made of."""


def _of_links(study: Study, subjects: IntArray) -> BoolArray:
    """Whether each is a part of links. No reference leads there from a rack: parts are chosen."""
    site = study.site
    row = site.rows_of("product", subjects)
    names = site.tables["product"].ids[np.maximum(row, 0)].tolist() if len(row) else []
    kinds = [
        site.catalog.products[str(n)].kind if r >= 0 else ""
        for n, r in zip(names, row.tolist(), strict=True)
    ]
    return np.array([k in _LINKS for k in kinds], dtype=bool) | (
        site.rows_of("trunk", subjects) >= 0
    )


def _resting(e: Evaluation, here: IntArray) -> Ragged[int]:
    numbers, hit = _rest(e, here)
    row, code = np.nonzero(hit)
    return Ragged(row, code, len(here), numbers)


def assumption_uses(e: Evaluation, verdicts: Verdicts) -> tuple[AssumptionUse, ...]:
    """Say of every assumption how many racks rest on it."""
    racks, _ = verdicts.assumptions.counts(verdicts.state == State.UNKNOWN)
    count = dict(zip(verdicts.assumptions.words, racks.tolist(), strict=True))
    return tuple(
        AssumptionUse(a.path, a.value, a.reason, a.by, str(a.until or ""), count.get(i, 0))
        for i, a in enumerate(e.study.site.assumptions)
    )
