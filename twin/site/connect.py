"""Lists of connections as changes see them: `feeds` of mechanical gear, `switches` of positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from twin.errors import ChangeError, near, shown
from twin.model.change import Change
from twin.site.contract import BY_KIND
from twin.site.table import Array, IntArray, Table

if TYPE_CHECKING:
    from twin.site.site import Site

LISTS: Final = {"feeds": "feed", "switches": "drop"}
"""Keys of a layout that hold lists of names, and the kind of their connections."""


def listed(
    site: Site, kind: str, rows: IntArray, one: Change, key: str
) -> tuple[str, Table, IntArray]:
    """Replace the connections that some things say under `key`.

    Returns
    -------
    link
        Kind of the connections.
    table
        All of them, the new ones in place; ends as subject numbers of `site`.
    keep
        (n,) old row of each connection, -1 for a new one.
    """
    link = LISTS[key]
    columns = BY_KIND[link]
    if kind not in columns["tail"].refs:
        raise ChangeError(f"a {kind.replace('_', ' ')} has no {key}", path=one.path)
    heads = _heads(site, columns["head"].refs, one)
    tails = site.subject(kind, rows)
    old = site.tables[link]
    stay = np.flatnonzero(~np.isin(old["tail"], tails))
    names = [
        f"{site.tables[kind].ids[row]}>{site.name_of(head).partition(':')[2]}"
        for row in rows.tolist()
        for head in heads
    ]
    ids = np.concatenate([old.ids[stay], np.array(names, dtype=np.str_)])
    order = np.argsort(ids, kind="stable")
    ends: dict[str, Array] = {
        "tail": np.concatenate([old["tail"][stay], np.repeat(tails, len(heads))])[order],
        "head": np.concatenate([old["head"][stay], np.tile(heads, len(rows))])[order],
    }
    for name in columns.keys() - ends.keys():
        new = np.full(len(names), np.nan)
        if name == "place":
            new = np.tile(np.arange(len(heads), dtype=float), len(rows))
        ends[name] = np.concatenate([old[name][stay], new])[order]
    keep = np.concatenate([stay, np.full(len(names), -1)]).astype(np.int64)
    return link, Table(link, ids[order], ends), keep[order]


def said(site: Site, kind: str, row: int) -> dict[str, list[str]]:
    """Return the lists that one thing says, by their keys: what a copy of it says too."""
    subject = site.first[kind] + row
    out: dict[str, list[str]] = {}
    for key, link in LISTS.items():
        table = site.tables[link]
        mine = table["tail"] == subject
        heads = table["head"][mine]
        if "place" in table.columns:
            heads = heads[np.argsort(table["place"][mine], kind="stable")]
        if len(heads):
            out[key] = [site.name_of(int(h)).partition(":")[2] for h in heads.tolist()]
    return out


def _heads(site: Site, kinds: tuple[str, ...], one: Change) -> IntArray:
    """Subject numbers of the names that a change lists."""
    given = one.value
    if not isinstance(given, list | tuple) or not all(isinstance(n, str) for n in given):
        raise ChangeError(f'{shown(given)} is no list of names; write ["A", "B"]', path=one.path)
    if len(set(given)) < len(given):
        raise ChangeError("names one thing twice", path=one.path)
    found = []
    for name in given:
        kind = next((k for k in kinds if name in site.tables[k].index), None)
        if kind is None:
            known = [n for k in kinds for n in site.tables[k].ids.tolist()]
            raise ChangeError(f"there is no {shown(name)}", one.path, near(name, known))
        found.append(site.first[kind] + site.tables[kind].index[name])
    return np.array(found, dtype=np.int64)
