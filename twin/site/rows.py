"""Rows of a layout as columns: what a block says stands once, for all the rows that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from twin.model.layout import Layout
from twin.model.place import Row
from twin.site.assemble import columns_of_items
from twin.site.faults import Fault
from twin.site.table import Array, BoolArray, FloatArray, IntArray, StrArray, numbers_of

T = TypeVar("T")


@dataclass(frozen=True)
class Rows:
    """Rows by their ids, those of blocks too.

    Attributes
    ----------
    ids
        (n,) id of each row.
    said
        What rows and blocks say; in their texts {row} stands for the id of a row.
    of
        (n,) which of `said` is that of each row.
    at_m
        (n, 2) near corner of the first position, hall frame.
    near
        (n,) whether fronts face the near side.
    """

    ids: StrArray
    said: Sequence[Row]
    of: IntArray
    at_m: FloatArray
    near: BoolArray

    def numbers(self, key: str) -> FloatArray:
        """(n,) one figure, NaN where it is not given."""
        return numbers_of(self.said, key)[self.of]

    def words(self, key: str) -> StrArray:
        """(n,) one text, "" where it is not given, with the row's id for {row}."""
        texts = [getattr(row, key) or "" for row in self.said]
        return named(texts, self.of, self.ids)

    def columns(self) -> dict[str, Array]:
        """Columns of the table of rows."""
        columns = {k: v[self.of] for k, v in columns_of_items("row", self.said).items()}
        columns |= {k: self.words(k) for k in ("loop", "plant", "zone") if k in columns}
        sides = ["near" if near else "far" for near in self.near.tolist()]
        return {**columns, "front": np.array(sides, dtype=np.str_)}


def rows_of_layout(layout: Layout, faults: list[Fault]) -> Rows:
    """Return all rows, those of blocks included; an id that is made twice is told."""
    said: list[Row] = list(layout.rows.values())
    alone = enumerate(layout.rows.items())
    places = {name: (k, *row.at_m, row.front == "near") for k, (name, row) in alone}
    for block_name, block in layout.blocks.items():
        angle = np.deg2rad(block.yaw_deg + 90.0)
        step = np.array([np.cos(angle), np.sin(angle)]) * block.row_pitch_m
        x, y = (np.asarray(block.at_m) + np.arange(block.rows)[:, None] * step).T.tolist()
        for i in range(block.rows):
            name = block.row_names.format(block=block_name, n=i + 1)
            if name in places:
                faults.append(_twice(block_name, name))
            turned = block.alternate and i % 2 == 1
            places[name] = (len(said), x[i], y[i], (block.front == "near") != turned)
        said.append(block)
    of, *at, near = zip(*places.values(), strict=True) if places else ((), (), (), ())
    return Rows(
        np.array(list(places), dtype=np.str_), said, np.array(of, dtype=np.int64),
        np.array(at, dtype=float).T, np.array(near, dtype=bool),
    )  # fmt: skip


def _twice(block: str, name: str) -> Fault:
    return Fault("block", block, "row_names", name, f'makes the id "{name}" twice', "ids used once")


def named(texts: Sequence[str], which: IntArray, rows: StrArray) -> StrArray:
    """(n,) text `which[k]` for each row `rows[k]`, with the row's id for {row}.

    >>> named(["{row}A", "B"], np.array([0, 1]), np.array(["R1", "R2"])).tolist()
    ['R1A', 'B']
    """
    pairs = zip(which.tolist(), rows.tolist(), strict=True)
    return np.array([texts[k].replace("{row}", row) for k, row in pairs], dtype=np.str_)


def each_of(lists: Iterable[Sequence[T]], of: IntArray) -> tuple[list[T], IntArray, IntArray]:
    """All items of some lists, and for each owner, who has list `of`, the items of its list.

    Returns
    -------
    items
        Of all lists, one after the other.
    owner, item
        (m,) an owner, and one of the items that it has.

    Examples
    --------
    >>> items, owner, item = each_of(["ab", "c"], np.array([0, 0, 1]))
    >>> items, owner.tolist(), item.tolist()
    (['a', 'b', 'c'], [0, 0, 1, 1, 2], [0, 1, 0, 1, 2])
    """
    held = [list(items) for items in lists]
    sizes = np.array([len(items) for items in held], dtype=np.int64)
    count = sizes[of]
    owner = np.repeat(np.arange(len(of)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    first = np.cumsum(sizes) - sizes
    return [one for items in held for one in items], owner, first[of[owner]] + within
