"""Which rows say the verdict: the worst of each subject, and those that it may come to rest on."""

from __future__ import annotations

import numpy as np

from twin.checks.rows import NOT_KNOWN, Rows
from twin.site.contract import KINDS
from twin.site.site import Site
from twin.site.table import Array, IntArray, is_sorted


def deciding(rows: Rows) -> Rows:
    """Return the rows of one measure of which anything is asked later, in their order.

    A measure has a row for each loss, and of most losses a check only wants to know that others
    are worse. Of each subject there stay its worst rows that fail, that are not known and that
    hold, since a waiver may take the worse ones away, and one row for each figure that is missing.

    Examples
    --------
    >>> columns = dict.fromkeys(Rows.__dataclass_fields__, np.zeros(4, dtype=np.int64))
    >>> columns["margin"] = np.array([0.5, 0.2, 0.9, 0.3])
    >>> columns["subject"] = np.array([7, 7, 8, 7])
    >>> deciding(Rows(**columns)).margin.tolist()
    [0.2, 0.9]
    """
    key = rows.subject * 3 + rows.state
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    if len(first) == len(rows):
        return rows
    margin = np.where(np.isnan(rows.margin), np.inf, rows.margin)
    nearest = _least(order, first, (margin,))
    earliest = _least(order, first, (margin, rows.case))
    unknown = np.flatnonzero(rows.state == NOT_KNOWN)
    lacks = np.stack([rows.subject[unknown], rows.gap[unknown]], axis=1)
    _, told = np.unique(lacks, axis=0, return_index=True)
    kept = np.zeros(len(rows), dtype=bool)
    kept[nearest] = kept[earliest] = kept[unknown[told]] = True
    return rows.take(kept)


def worst_rows(rows: Rows, rank: IntArray) -> IntArray:
    """Rows that are the worst of their (rule, gate, subject): by state, least margin, case.

    Sorted by rule, then by the name of the subject, so that a row's place breaks ties.

    Parameters
    ----------
    rank
        (S,) place of each subject by name.
    """
    if not len(rows):
        return np.empty(0, dtype=np.int64)
    margin = np.where(np.isnan(rows.margin), np.inf, rows.margin)
    group = (rows.rule * 2 + ~rows.gate) * len(rank) + rank[rows.subject]
    order = np.argsort(group, kind="stable")
    first = np.flatnonzero(np.diff(group[order], prepend=-1))
    return _least(order, first, (-rows.state, margin, rows.case))


def ranks(site: Site) -> IntArray:
    """(S,) place of each subject among all of them by `kind:id`; nobody writes all these names."""
    rank = np.empty(site.size, dtype=np.int64)
    start = 0
    for kind in sorted(KINDS, key="{}:".format):
        ids, first = site.tables[kind].ids, site.first[kind]
        order = np.arange(len(ids)) if is_sorted(ids) else np.argsort(ids, kind="stable")
        rank[first + order] = start + np.arange(len(ids))
        start += len(ids)
    return rank


def _least(order: IntArray, first: IntArray, figures: tuple[Array, ...]) -> IntArray:
    """Return of each run of `order` the row with the least figures; the first of them that counts.

    Parameters
    ----------
    order
        (n,) rows, those of one run together.
    first
        Where runs begin.
    figures
        (n,) figures of rows, without NaN; a later one decides where all before are the same.

    Examples
    --------
    >>> figures = np.array([2, 1, 1, 5]), np.array([0.0, 7.0, 3.0, 1.0])
    >>> _least(np.arange(4), np.array([0, 3]), figures).tolist()
    [2, 3]
    """
    size = np.diff(first, append=len(order))
    worst = order[first]
    # Most runs are of one row, which need not be looked at.
    long = np.flatnonzero(size > 1)
    order, size = order[np.repeat(size > 1, size)], size[long]
    for figure in figures:
        first = np.cumsum(size) - size
        run = np.repeat(np.arange(len(size)), size)
        each = figure[order]
        kept = each == np.minimum.reduceat(each, first)[run] if len(size) else run > 0
        order, size = order[kept], np.bincount(run[kept], minlength=len(size))
    worst[long] = order[np.cumsum(size) - size]
    return worst
