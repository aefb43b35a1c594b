"""Circuits as the layout describes them: units, pipes, manifolds and what hangs there, as links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan

import numpy as np

from twin.site.piping import LAST, piped
from twin.site.table import BoolArray, FloatArray, IntArray, Table
from twin.solve.coolant.circuit import RETURN, SUPPLY, Circuit, Missing, Part
from twin.solve.coolant.described import (
    air_unit_water,
    cdu_water,
    loops_described,
    plants_described,
)
from twin.solve.coolant.drops import drops_of_cdus, manifold_positions
from twin.solve.coolant.named import row_named, rows_naming
from twin.solve.coolant.racks import rack_loops
from twin.solve.coolant.resistance import kv_in_series, loss_of_length
from twin.solve.study import Study

_KINDS = {"loop": loops_described, "plant": plants_described}
_RATED = {"cdu": cdu_water, "air_unit": air_unit_water}

Hose = tuple[tuple[float, ...], bool]
_NO_HOSE: Hose = (np.nan,) * 5, False


def circuits(study: Study, kind: str) -> tuple[Circuit, ...]:
    """Every described loop, or every described plant, as a network."""
    return tuple(
        Builder(study, kind, row).build() for row in np.flatnonzero(study(_KINDS[kind])).tolist()
    )


class Builder:
    """Links of one circuit while they are collected."""

    def __init__(self, study: Study, kind: str, row: int) -> None:
        self.study, self.kind, self.row = study, kind, row
        self.site = study.site
        self.nodes: dict[tuple[str, int], int] = {}
        self.columns: list[tuple[float, ...]] = []
        self.missing: list[Missing] = []
        self.on = -1  # the manifold whose racks and users are being hung

    def build(self) -> Circuit:
        """Collect all links of the circuit; units first, so that their nodes come first."""
        rack = -1
        if self.kind == "loop":
            rack = int(row_named(self.study, "loop", "rack")[self.row])
            self._units(rack)
        else:
            name = str(self.study.table("plant").ids[self.row])
            self._link(name, RETURN, name, SUPPLY, Part.UNIT, self._subject("plant", self.row))
            self._users()
        if rack >= 0:
            self._own_rack(rack)
        else:
            self._pipes(self._manifolds())
        table = np.array(self.columns, dtype=float).reshape(-1, 13)
        whole = table[:, :7].astype(np.int64)
        sides = ("supply", "return")
        return Circuit(
            kind=self.kind,
            row=self.row,
            label=np.array([f"{name} {sides[side]}" for name, side in self.nodes], dtype=np.str_),
            fr=whole[:, 0], to=whole[:, 1], part=whole[:, 2], subject=whole[:, 3],
            side=whole[:, 4], place=whole[:, 5], manifold=whole[:, 6],
            length_m=table[:, 7], bore_m=table[:, 8], roughness_m=table[:, 9], zeta=table[:, 10],
            kv_m3h=table[:, 11], check=table[:, 12] > 0,
            missing=tuple(dict.fromkeys(self.missing)),
        )  # fmt: skip

    # ----------------------------------------------------------------------------------- pieces

    def _node(self, name: str, side: int) -> int:
        return self.nodes.setdefault((name, side), len(self.nodes))

    def _subject(self, kind: str, row: int) -> int:
        return row + self.study.site.first[kind]

    def _link(
        self,
        start: str,
        start_side: int,
        end: str,
        end_side: int,
        part: Part,
        subject: int,
        place: int = -1,
        line: tuple[float, ...] = (np.nan,) * 5,
        *,
        check: bool = False,
    ) -> None:
        """Add a link; `line` is length, bore, roughness, zeta and Kv."""
        fr, to = self._node(start, start_side), self._node(end, end_side)
        side = end_side if start_side == end_side else RETURN
        self.columns.append((fr, to, part, subject, side, place, self.on, *line, float(check)))

    def _need(self, kind: str, row: int, **figures: float) -> None:
        """Note figures that are not known."""
        self.missing += _lacking(kind, row, figures)

    def _units(self, rack: int) -> None:
        """CDUs, each a place of its own; those in one rack stand side by side at one place."""
        table = self.study.table("cdu")
        of_rack = str(self.study.table("loop").ids[self.row])
        for row in rows_naming(self.study, "cdu", "loop", self.row).tolist():
            name = str(table.ids[row]) if rack < 0 else of_rack
            self._link(name, RETURN, name, SUPPLY, Part.UNIT, self._subject("cdu", row))

    def _own_rack(self, rack: int) -> None:
        """Join a rack to the CDUs that it carries."""
        racks, loops = self.study.table("rack"), self.study.table("loop")
        if self.study.here[rack] and racks["liquid_share_high"][rack] > 0:
            hookup = int(row_named(self.study, "loop", "hookup")[self.row])
            hose = self._hose(hookup) if hookup >= 0 else _NO_HOSE
            self._rack(str(loops.ids[self.row]), rack, hose, -1)

    def _users(self) -> None:
        """CDUs and air units on facility water at the end of a pipe of their own."""
        for kind in ("cdu", "air_unit"):
            table = self.study.table(kind)
            mine = rows_naming(self.study, kind, "plant", self.row)
            if kind == "cdu":
                mine = mine[table["rack"][mine] < 0]
            for row in mine.tolist():
                name = str(table.ids[row])
                self._user(kind, row, name, name)

    def _user(self, kind: str, row: int, start: str, end: str, place: int = -1) -> None:
        flow = float(self.study(_RATED[kind])[row])
        drop = float(self.study.table(kind)["facility_dp_kpa"][row])
        self._need(kind, row, facility_flow_lpm=flow, facility_dp_kpa=drop)
        self._link(start, SUPPLY, end, RETURN, Part.USER, self._subject(kind, row), place)

    def _pipes(self, ends: dict[str, tuple[str, str]]) -> None:
        """Join places by pipes; `ends` maps names to their places on supply and on return."""
        pipes, first = self.study(_pipes), self.study.site.first["pipe"]
        mine = rows_naming(self.study, "pipe", self.kind, self.row)
        for row in mine[pipes.joins[mine]].tolist():
            line, check, side = pipes.line[row], pipes.check[row], pipes.side[row]
            self.missing += pipes.missing.get(row, ())
            a, b = (ends.get(n, (n, n)) for n in (pipes.start[row], pipes.end[row]))
            if side in {"both", "supply"}:
                self._link(
                    a[0], SUPPLY, b[0], SUPPLY, Part.PIPE, first + row, -1, line, check=check
                )
            if side in {"both", "return"}:
                self._link(
                    b[1], RETURN, a[1], RETURN, Part.PIPE, first + row, -1, line, check=check
                )

    def _manifolds(self) -> dict[str, tuple[str, str]]:
        """Segments of manifolds with what hangs on them; where each manifold's ends are."""
        table = self.study.table("manifold")
        ends: dict[str, tuple[str, str]] = {}
        for at in rows_naming(self.study, "manifold", self.kind, self.row).tolist():
            name = str(table.ids[at])
            positions = manifold_positions(self.study, at)
            places = [f"{name}/{k + 1}" for k in range(len(positions))]
            first, last = places[0], places[-1]
            back = (last, first) if table["returns"][at] == "reverse" else (first, last)
            ends[name], ends[name + LAST] = (first, back[0]), (last, back[1])
            self._segments(table, at, positions, places)
            self.on = at
            hang = self._racks if self.kind == "loop" else self._drops
            hang(at, positions, places)
            self.on = -1
        return ends

    def _segments(self, table: Table, at: int, positions: IntArray, places: list[str]) -> None:
        bore, rough = float(table["bore_m"][at]), float(table["roughness_m"][at])
        if len(places) > 1:  # of one place it is no pipe: the rack hangs on what leads there
            self._need("manifold", at, bore_m=bore, roughness_m=rough)
        lengths = spacing(self.study, positions, float(table["pitch_m"][at]))
        subject, tee = self._subject("manifold", at), float(table["tee_zeta"][at])
        reverse = table["returns"][at] == "reverse"
        for k, length in enumerate(lengths.tolist()):
            line = (length, bore, rough, tee, np.nan)
            near, far = places[k], places[k + 1]
            self._link(near, SUPPLY, far, SUPPLY, Part.SEGMENT, subject, k, line)
            a, b = (near, far) if reverse else (far, near)
            self._link(a, RETURN, b, RETURN, Part.SEGMENT, subject, k, line)

    def _racks(self, at: int, positions: IntArray, places: list[str]) -> None:
        """Racks of a manifold on their hookups; positions without a rack are closed."""
        hookup = int(row_named(self.study, "manifold", "hookup")[at])
        racks = self.study(_standing)[positions]
        # A rack with CDUs of its own hangs on another loop than its position.
        on = self.study(_loop_of_rack)[racks]
        mine = (racks >= 0) & ((on == -1) | (on == self.row))
        hose = self._hose(hookup) if hookup >= 0 and mine.any() else _NO_HOSE
        for k in np.flatnonzero(mine).tolist():
            if hookup < 0:
                self.missing.append(Missing("manifold", "hookup", at))
                continue
            self._rack(places[k], int(racks[k]), hose, k)

    def _rack(self, place: str, rack: int, hose: Hose, k: int) -> None:
        """Join a rack to a place, the k-th of a manifold, by its hoses and what is in them."""
        name = str(self.study.table("rack").ids[rack])
        self._hung(place, name, rack, hose, k)
        self._link(name, SUPPLY, place, RETURN, Part.RACK, self._subject("rack", rack), k)

    def _hung(self, place: str, name: str, rack: int, hose: Hose, k: int) -> None:
        line, check = hose
        subject = self._subject("rack", rack)
        self._link(place, SUPPLY, name, SUPPLY, Part.HOSE, subject, k, line, check=check)

    def _hose(self, hookup: int) -> Hose:
        """Return what a hookup puts before a rack, and whether it lets nothing back."""
        return self._line_of_hookup(hookup), bool(self.study.table("hookup")["check"][hookup])

    def _drops(self, at: int, positions: IntArray, places: list[str]) -> None:
        """CDUs in racks on a manifold of facility water: those of one rack share its hoses."""
        racks = self.study.table("rack")
        hookup = int(row_named(self.study, "manifold", "hookup")[at])
        rack_of = row_named(self.study, "cdu", "rack")[:-1]
        mine = (self.study(drops_of_cdus) == at) & self.study.here[rack_of]
        where = row_named(self.study, "rack", "position")[rack_of]
        order = {position: k for k, position in enumerate(positions.tolist())}
        hose = self._hose(hookup) if hookup >= 0 and mine.any() else _NO_HOSE
        hosed: set[int] = set()
        for row in np.flatnonzero(mine).tolist():
            rack, k = int(rack_of[row]), order[int(where[row])]
            name = str(racks.ids[rack])
            if hookup < 0:
                self.missing.append(Missing("manifold", "hookup", at))
                continue
            if rack not in hosed:
                hosed.add(rack)
                self._hung(places[k], name, rack, hose, k)
            self._user("cdu", row, name, places[k], k)

    def _line_of_hookup(self, row: int) -> tuple[float, ...]:
        """Return both hoses and all couplings and valves of a hookup as one line."""
        table = self.study.table("hookup")
        length, bore = 2.0 * float(table["hose_m"][row]), float(table["bore_m"][row])
        rough = float(table["roughness_m"][row])
        self._need("hookup", row, hose_m=length, bore_m=bore, roughness_m=rough,
                   kv_m3h=float(table["kv_m3h"][row]))  # fmt: skip
        kv = [float(table[c][row]) for c in ("kv_m3h", "valve_kv_m3h")]
        known = np.array([v for v in kv if not np.isnan(v)])
        together = float(kv_in_series(known)) if len(known) else np.nan
        return length, bore, rough, 0.0, together


def _loop_of_rack(study: Study) -> IntArray:
    """(racks + 1,) loop of each rack, -1 none; the last stands for none."""
    return np.append(study(rack_loops), -1)


def _lacking(kind: str, row: int, figures: Mapping[str, float]) -> Iterator[Missing]:
    """Figures that are not known."""
    return (Missing(kind, column, row) for column, v in figures.items() if isnan(v))


@dataclass(frozen=True, slots=True)
class _Pipes:
    """All pipes of a site, by row: a campus has tens of thousands, read column by column.

    Attributes
    ----------
    joins
        (pipes,) pipes that join something; the others are drawn only.
    start, end, side, check, line
        Of each pipe; a line is length, bore, roughness, zeta and Kv.
    missing
        What lacks of those of which something does.
    """

    joins: BoolArray
    start: list[str]
    end: list[str]
    side: list[str]
    check: list[bool]
    line: list[tuple[float, ...]]
    missing: dict[int, tuple[Missing, ...]]


def _pipes(study: Study) -> _Pipes:
    """Read all pipes; of those that are drawn the plan tells the length and the bends."""
    table = study.table("pipe")
    length, bore, rough, zeta, kv = (
        np.array(table[c], dtype=float)
        for c in ("length_m", "bore_m", "roughness_m", "zeta", "kv_m3h")
    )
    bends = np.zeros(len(table), dtype=np.int64)
    lines = study.site.shapes.lines
    on_plan = [row for row, name in enumerate(table.ids.tolist()) if ("pipe", name) in lines]
    for row in on_plan:
        along, bends[row] = drawn(study, row)
        length[row] = along if np.isnan(length[row]) else length[row]
    zeta[np.isnan(zeta) & (bends == 0)] = 0.0
    bent = np.flatnonzero(np.isnan(zeta))
    elbow = study.site.catalog.products["elbow_90"].number("l_over_d") if len(bent) else np.nan
    for row in bent.tolist():
        zeta[row] = bends[row] * float(loss_of_length(elbow, float(bore[row])))
    lacks = np.isnan(length) | np.isnan(bore) | np.isnan(rough)
    missing = {
        row: tuple(_lacking("pipe", row, {
            "length_m": length[row], "bore_m": bore[row], "roughness_m": rough[row],
        }))
        for row in np.flatnonzero(lacks).tolist()
    }  # fmt: skip
    columns = (column.tolist() for column in (length, bore, rough, zeta, kv))
    return _Pipes(
        joins=piped(table), start=table["start"].tolist(), end=table["end"].tolist(),
        side=table["side"].tolist(), check=np.asarray(table["check"], dtype=bool).tolist(),
        line=list(zip(*columns, strict=True)), missing=missing,
    )  # fmt: skip


def _standing(study: Study) -> IntArray:
    """(positions + 1,) rack with coolant that stands at each position, -1 none."""
    racks = study.table("rack")
    out = np.full(len(study.table("position")) + 1, -1, dtype=np.int64)
    here = np.flatnonzero(study.here & (racks["liquid_share_high"] > 0))
    out[study.site.rows_of("position", racks["position"])[here]] = here
    return out


def spacing(study: Study, positions: IntArray, pitch_m: float) -> FloatArray:
    """(p - 1,) length of manifold from one position to the next, m: a pitch, or as they stand."""
    table = study.table("position")
    if not np.isnan(pitch_m):
        return np.full(len(positions) - 1, pitch_m)
    x, y = (np.asarray(table[c])[positions] for c in ("x_m", "y_m"))
    return np.hypot(np.diff(x), np.diff(y))


def drawn(study: Study, row: int) -> tuple[float, int]:
    """Length of a pipe on the plan, m, and its bends; NaN and 0 where it is not drawn."""
    points = study.site.shapes.lines.get(("pipe", str(study.table("pipe").ids[row])))
    if points is None:
        return float("nan"), 0
    steps = np.diff(points, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    steps = steps[lengths > 0] / lengths[lengths > 0, None]
    turns = np.sum(steps[1:] * steps[:-1], axis=1) < np.cos(np.radians(20))
    return float(lengths.sum()), int(turns.sum())
