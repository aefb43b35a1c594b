"""The schedule of pipes, manifolds, hoses and valves of every described circuit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.report.coolant_cells import figure, paths
from twin.report.tables import Value
from twin.site.table import IntArray, Table
from twin.solve.coolant.building import circuits
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.hung import hookup_of_links
from twin.solve.coolant.volumes import pipe_l
from twin.solve.study import Study

PIPES = (
    "circuit", "kind", "name", "type", "bore_mm", "pieces", "length_each_m", "length_total_m",
    "volume_l", "kv_m3h", "loss_zeta", "set_lpm", "length_from", "missing",
)  # fmt: skip
SIZES = (
    "kind", "type", "bore_mm", "pieces", "length_total_m", "volume_l", "kv_m3h", "set_lpm",
)  # fmt: skip
_HOSES = 2


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the schedule; lengths in m, NaN where it has none or none is known."""

    circuit: str
    kind: str
    name: str
    type: str
    bore_m: float
    pieces: int
    each_m: float
    kv_m3h: float = float("nan")
    zeta: float = float("nan")
    set_lpm: float = float("nan")
    length_from: str | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def total_m(self) -> float:
        """Length of all pieces."""
        return self.pieces * self.each_m

    @property
    def volume_l(self) -> float:
        """What all pieces hold."""
        return float(pipe_l(np.array(self.total_m), self.bore_m))


def pipe_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each pipe, manifold, hookup and valve, circuit by circuit."""
    for x in items(study):
        yield (
            x.circuit, x.kind, x.name, x.type or None, figure(1000.0 * x.bore_m), x.pieces,
            figure(x.each_m), figure(x.total_m), figure(x.volume_l), figure(x.kv_m3h),
            figure(x.zeta), figure(x.set_lpm), x.length_from, paths(study, x.missing),
        )  # fmt: skip


def size_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each size of pipe, manifold, hose and valve with its pieces in all circuits.

    Valves of a size are apart by Kv and by the flow that they hold.
    """
    groups: dict[tuple[str | float | None, ...], list[Item]] = {}
    for x in items(study):
        key = (x.kind, x.type, *map(figure, (1000.0 * x.bore_m, x.kv_m3h, x.set_lpm)))
        groups.setdefault(key, []).append(x)
    for (kind, name, bore, kv, held), mine in sorted(groups.items(), key=lambda g: _order(g[0])):
        pieces = sum(x.pieces for x in mine)
        length, volume = (figure(sum(each)) for each in (
            [x.total_m for x in mine], [x.volume_l for x in mine])
        )  # fmt: skip
        yield kind, name or None, bore, pieces, length, volume, kv, held


def _order(key: tuple[str | float | None, ...]) -> tuple[bool, str, str, list[float]]:
    """Lines before valves, by kind, type and figures."""
    kind, name, *figures = key
    return (
        kind not in {"pipe", "manifold", "hose"}, str(kind), str(name),
        [float(f) if f else 0.0 for f in figures],
    )  # fmt: skip


def items(study: Study) -> Iterator[Item]:
    """Yield the lines of the schedule."""
    for kind in ("loop", "plant"):
        for circuit in circuits(study, kind):
            of = _Schedule(study, circuit)
            yield from of.pipes()
            yield from of.manifolds()
            yield from of.hookups()


class _Schedule:
    """Lines of one circuit."""

    def __init__(self, study: Study, circuit: Circuit) -> None:
        self.study, self.circuit = study, circuit
        self.name = str(study.table(circuit.kind).ids[circuit.row])

    def _missing(self, kind: str, row: int) -> tuple[Missing, ...]:
        return tuple(m for m in self.circuit.missing if (m.kind, m.row) == (kind, row))

    def _type(self, table: Table, row: int) -> str:
        product = int(self.study.site.rows_of("product", table["type"])[row])
        return "" if product < 0 else str(self.study.site.tables["product"].ids[product])

    def _each(self, kind: str, part: Part) -> Iterator[tuple[Table, int, IntArray]]:
        """Rows of a kind with their links."""
        table, rows = self.study.table(kind), self.circuit.rows(self.study, kind, part)
        links = self.circuit.links(part)
        for row in dict.fromkeys(rows.tolist()):
            yield table, row, links[rows == row]

    def pipes(self) -> Iterator[Item]:
        """Pipes, with the valves in them."""
        for table, row, links in self._each("pipe", Part.PIPE):
            name, k = str(table.ids[row]), int(links[0])
            drawn = np.isnan(table["length_m"][row])
            item = Item(
                self.name, "pipe", name, self._type(table, row), float(self.circuit.bore_m[k]),
                len(links), float(self.circuit.length_m[k]), zeta=float(self.circuit.zeta[k]),
                length_from="plan" if drawn else "layout", missing=self._missing("pipe", row),
            )  # fmt: skip
            yield item
            yield from self._valves(name, item.bore_m, len(links), table, row, ("valve", "kv_m3h"))

    def manifolds(self) -> Iterator[Item]:
        """Manifolds, a supply and a return each."""
        for table, row, links in self._each("manifold", Part.SEGMENT):
            mine = links[self.circuit.side[links] == self.circuit.side[links[0]]]
            drawn = np.isnan(table["pitch_m"][row])
            yield Item(
                self.name, "manifold", str(table.ids[row]), self._type(table, row),
                float(self.circuit.bore_m[links[0]]), _HOSES,
                float(self.circuit.length_m[mine].sum()), zeta=float(self.circuit.zeta[mine].sum()),
                length_from="plan" if drawn else "layout",
                missing=self._missing("manifold", row),
            )  # fmt: skip

    def hookups(self) -> Iterator[Item]:
        """Hoses, couplings and valves of racks, hookup by hookup."""
        study, circuit = self.study, self.circuit
        table = study.table("hookup")
        hookup = hookup_of_links(study, circuit)[circuit.links(Part.HOSE)]
        for row in np.unique(hookup[hookup >= 0]).tolist():
            name, count = str(table.ids[row]), int((hookup == row).sum())
            bore = float(table["bore_m"][row])
            yield Item(
                self.name, "hose", name, self._type(table, row), bore, _HOSES * count,
                float(table["hose_m"][row]), length_from="layout",
                missing=self._missing("hookup", row),
            )  # fmt: skip
            yield from self._valves(
                name, bore, count, table, row,
                ("couplings", "kv_m3h"), ("balancing valve", "valve_kv_m3h"),
            )  # fmt: skip
            if table["independent"][row] or not np.isnan(table["hold_lpm"][row]):
                held = float(table["hold_lpm"][row])
                yield Item(self.name, "flow valve", name, "", bore, count, np.nan, set_lpm=held)

    def _valves(
        self, name: str, bore: float, count: int, table: Table, row: int, *kinds: tuple[str, str]
    ) -> Iterator[Item]:
        """Valves of a pipe or a hookup, and its check valves."""
        for kind, column in kinds:
            kv = float(table[column][row])
            if not np.isnan(kv):
                yield Item(self.name, kind, name, "", bore, count, np.nan, kv_m3h=kv)
        if table["check"][row]:
            yield Item(self.name, "check valve", name, "", bore, count, np.nan)
