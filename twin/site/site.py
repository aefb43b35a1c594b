"""The site: tables of things and of connections, their shapes, and what the owner says.

Subject number = `first[kind]` + row, over all kinds in the order of `KINDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from twin.model.policy import Assumption, Policy, Waiver
from twin.site.contract import BY_KIND, KINDS, SECTION_OF
from twin.site.table import Array, IntArray, StrArray, Table

if TYPE_CHECKING:
    import networkx as nx

    from twin.catalog.catalog import Catalog
    from twin.catalog.profile import Profile


NAMED_BY = {
    ("hall", "trays"): ("trays.*.hall", "no tray of that hall is described"),
    ("position", "racks"): ("racks.*.position", "no rack is planned on that position"),
}
"""Fields of things that a thing lacks, as if they were a field of its own, and what lacks then."""


@dataclass(frozen=True)
class Shapes:
    """What lies on the plan besides positions, in the frame of each hall, in metres.

    `outline` by hall, `lines` by (kind, id) for busways, trays and pipes: (k, 2) points;
    `drop_outs` by tray, those that it lists.
    """

    outline: Mapping[str, Array]
    lines: Mapping[tuple[str, str], Array]
    accepts: Mapping[int, tuple[str, ...]]
    drop_outs: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """A campus: frozen; a change makes a new one."""

    name: str
    title: str
    tables: Mapping[str, Table]
    shapes: Shapes
    policy: Policy
    catalog: Catalog
    profile: Profile
    assumptions: tuple[Assumption, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    scope: tuple[str, ...] = ()
    assumed: Mapping[tuple[str, str], IntArray] = field(default_factory=dict)
    ready: date | None = None
    file: str = ""
    delivered: frozenset[str] = frozenset()
    stock_m: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    label: str = ""
    devices: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def first(self) -> dict[str, int]:
        """Subject number of the first row of each kind."""
        sizes = [len(self.tables[k]) for k in KINDS]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return {k: int(s) for k, s in zip(KINDS, starts, strict=False)}

    @cached_property
    def size(self) -> int:
        """Count of all subjects."""
        return sum(len(self.tables[k]) for k in KINDS)

    @cached_property
    def _starts(self) -> IntArray:
        return np.array([self.first[k] for k in KINDS], dtype=np.int64)

    def subject(self, kind: str, rows: Array) -> IntArray:
        """Subject numbers of rows of one kind; row -1 stays -1."""
        rows = np.asarray(rows, dtype=np.int64)
        return np.where(rows < 0, -1, rows + self.first[kind])

    def kind_of(self, subject: int) -> str:
        """Kind of a subject."""
        return KINDS[int(np.searchsorted(self._starts, subject, side="right")) - 1]

    def name_of(self, subject: int) -> str:
        """Return `kind:id` of a subject."""
        kind = self.kind_of(subject)
        return f"{kind}:{self.tables[kind].ids[subject - self.first[kind]]}"

    def path_of(self, kind: str, row: int, column: str) -> str:
        """Dotted path of one field, quoted where an id needs it.

        Where things are lacking that would name this one, it is their field and what it would say.
        """
        section, name = SECTION_OF[kind], str(self.tables[kind].ids[row])
        if (kind, column) == ("product", "stock_m"):  # a key of the product's id, not a field of it
            return f"data.stock_m.{name}"
        if (kind, column) in NAMED_BY:
            return f'{NAMED_BY[kind, column][0]} = "{name}"'
        if kind in {"cdu", "loop"} and self.tables[kind]["rack"][row] >= 0:
            section, name, column = self._of_rack(kind, row, column)
        part = name if name.replace("_", "").replace("-", "").isalnum() else f'"{name}"'
        return f"{section}.{part}.{column}"

    def _of_rack(self, kind: str, row: int, column: str) -> tuple[str, str, str]:
        """Section, id and key that say a field of a CDU in a rack, or of the loop of such CDUs."""
        rack = int(self.rows_of("rack", self.tables[kind]["rack"])[row])
        place = int(self.rows_of("position", self.tables["rack"]["position"])[rack])
        if column in {"plant", "hall"}:  # as where the rack stands
            if place < 0:
                return "racks", str(self.tables["rack"].ids[rack]), "position"
            return "positions", str(self.tables["position"].ids[place]), column
        return "coolant.rack_cdus", str(self.tables["rack"]["cdus"][rack]), column

    @cached_property
    def products_of(self) -> dict[str, IntArray]:
        """Product row of each item of a kind, as `resolve.product_rows` has found them."""
        return {}

    def rows_of(self, kind: str, subjects: Array) -> IntArray:
        """Rows of one kind's table for subject numbers; -1 where a subject is of another kind."""
        rows = np.asarray(subjects, dtype=np.int64) - self.first[kind]
        return np.where((rows >= 0) & (rows < len(self.tables[kind])), rows, -1)

    @cached_property
    def names(self) -> StrArray:
        """Return `kind:id` of every subject."""
        parts = [np.char.add(f"{k}:", self.tables[k].ids) for k in KINDS if len(self.tables[k])]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.str_)

    def names_of(self, subjects: IntArray) -> StrArray:
        """Return `kind:id` of some subjects, "" of -1: as wide as these need, not as `names`."""
        kinds = np.where(
            subjects < 0, -1, np.searchsorted(self._starts, subjects, side="right") - 1
        )
        parts = {
            k: np.char.add(f"{KINDS[k]}:", self.tables[KINDS[k]].ids[subjects[mine] - start])
            for k, start in enumerate(self._starts.tolist())
            if (mine := kinds == k).any()
        }
        wide = max((part.dtype for part in parts.values()), key=lambda t: t.itemsize, default="U1")
        out = np.zeros(len(subjects), dtype=wide)
        for k, part in parts.items():
            out[kinds == k] = part
        return out

    @property
    def graph(self) -> nx.MultiDiGraph[str]:
        """Every thing and connection as a stock NetworkX graph; built when asked for."""
        from twin.site.graph import graph_of

        return graph_of(self)

    @property
    def power(self) -> nx.MultiDiGraph[str]:
        """The power layer of `graph`."""
        return self.layer("power")

    @property
    def coolant(self) -> nx.MultiDiGraph[str]:
        """The coolant layer of `graph`."""
        return self.layer("coolant")

    @property
    def data(self) -> nx.MultiDiGraph[str]:
        """The network layer of `graph`."""
        return self.layer("data")

    @property
    def trays(self) -> nx.MultiDiGraph[str]:
        """The tray layer of `graph`."""
        return self.layer("tray")

    def layer(self, name: str) -> nx.MultiDiGraph[str]:
        """One layer of `graph`: power, coolant, data, tray, place."""
        from twin.site.graph import layer_of

        return layer_of(self, name)

    @staticmethod
    def from_graph(graph: nx.MultiDiGraph[str], **kept: object) -> Site:
        """Build a site from a graph that follows the contract; the way back from `graph`."""
        from twin.site.graph import from_graph

        return from_graph(graph, **kept)

    def replace(self, **changes: object) -> Site:
        """Return the site with some fields replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


_UNKNOWN: dict[str, Array] = {
    "f8": np.array(np.nan),
    "i4": np.array(-1, dtype=np.int64),
    "M8[D]": np.array(np.datetime64("NaT", "D")),
    "bool": np.array(False),  # noqa: FBT003 - the value of a flag that nobody sets
    "U": np.array("", dtype="U1"),
}


def empty_column(dtype: str, n: int, default: object = None) -> Array:
    """Return a column of `n` values that are not known, or of a default.

    It takes the room of one value, whatever `n` is, and may not be written to.
    """
    if default is None:
        return np.broadcast_to(_UNKNOWN[dtype], n)
    return np.broadcast_to(np.array(default, dtype=_store(dtype, default)), n)


def is_constant(column: Array) -> bool:
    """Whether a column is one value, as `empty_column` makes it: all its rows are one place."""
    return column.strides == (0,) or not len(column)


def empty_table(kind: str, ids: StrArray | None = None) -> Table:
    """Return a table of a kind in which nothing but the ids is known."""
    ids = np.empty(0, dtype="U1") if ids is None else ids
    columns: dict[str, Array] = {}
    for c in BY_KIND[kind].values():
        default = None if c.dtype == "i4" else c.default
        columns[c.name] = empty_column(c.dtype, len(ids), default)
    return Table(kind, ids, columns)


def _store(dtype: str, default: object) -> str:
    return f"U{max(len(str(default)), 1)}" if dtype == "U" else dtype
