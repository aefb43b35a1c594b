"""A hall for some racks, by rule: rows, two power sides in pods, loops, air and network.

Every size is the next standard one above what the racks draw when the other side is lost, with
0.8 of a breaker for hours. It is a first drawing to argue about, not a design.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from twin.cli.starter.kinds import POWER_FACTOR, RackKind

CONTINUOUS = 0.8
BREAKERS_A = (
    15, 20, 30, 40, 50, 60, 80, 100, 125, 150, 175, 200, 225, 250, 300, 350, 400, 500, 600, 800,
    1000, 1200, 1600, 2000, 2500, 3000, 4000, 5000, 6000,
)  # fmt: skip
"""Standard ratings of overcurrent devices, NEC 240.6(A), without those that are rarely stocked."""
ROW_MOST, BUSWAY_MOST_A = 16, 1600.0
POD_MOST_KW = 2000.0
KVA = (500, 750, 1000, 1500, 2000, 2500, 3000)
CDU, CDU_KW, CDU_LPM, CDU_DRAW_KW = "vertiv_xdu1350", 1368.0, 1200.0, 13.7
AIR, AIR_KW, AIR_DRAW_KW = "vertiv_fa069hc", 252.4, 15.0
PORTS = 512
LEFT_M, NEAR_M, AISLE_M, END_M = 3.5, 3.0, 2.0, 2.0
CDU_PITCH_M = 1.5


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A row of one type of rack, its near left corner at `x_m`, `y_m`."""

    id: str
    kind: RackKind
    first: int
    count: int
    x_m: float
    y_m: float
    breaker_a: float
    busway_a: float

    @property
    def length_m(self) -> float:
        """Length of the row."""
        return self.count * self.kind.width_m

    @property
    def kw(self) -> float:
        """Load of the row."""
        return self.count * self.kind.kw

    @property
    def middle_m(self) -> float:
        """Line over the middle of the row."""
        return self.y_m + self.kind.depth_m / 2


@dataclass(frozen=True, slots=True)
class Pod:
    """Rows that share a pair of transformers, a coolant loop and leaf switches."""

    id: int
    rows: tuple[RowPlan, ...]
    kva: float
    board_a: float
    cdus: int
    switches: tuple[str, ...]
    gbps: float
    network_y_m: float

    @property
    def wet(self) -> bool:
        """Whether any rack needs coolant."""
        return self.cdus > 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole hall."""

    pods: tuple[Pod, ...]
    air_units: int
    width_m: float
    depth_m: float
    source_kw: float
    right_m: float
    kinds: tuple[RackKind, ...] = field(default=())


def standard(amps: float, sizes: Sequence[float] = BREAKERS_A) -> float:
    """Return the next standard size, or what is needed where none is that big.

    Examples
    --------
    >>> standard(65.1), standard(60), standard(7000.2)
    (80, 60, 7001)
    """
    return next((size for size in sizes if size >= amps), math.ceil(amps))


def size(kinds: Sequence[RackKind]) -> Plan:
    """Return a hall for the racks of some types."""
    rows = list(_rows(kinds))
    right = max(row.x_m + row.length_m for row in rows)
    pods: list[Pod] = []
    y = NEAR_M
    for group in _groups(rows):
        placed = []
        for row in group:
            placed.append(_at(row, y))
            y += row.kind.depth_m + AISLE_M
        pods.append(_pod(len(pods) + 1, placed))
    wet = max(pod.cdus for pod in pods)
    air_kw = sum(row.count * row.kind.air_kw for row in rows)
    extra_kw = sum(pod.cdus for pod in pods) * CDU_DRAW_KW
    air_units = math.ceil(air_kw / AIR_KW) + 1
    source = sum(row.kw for row in rows) + extra_kw + air_units * AIR_DRAW_KW
    return Plan(
        pods=tuple(pods),
        air_units=air_units,
        width_m=math.ceil(right + END_M + max(wet * CDU_PITCH_M, 2.0) + END_M),
        depth_m=math.ceil(y + 1.0),
        source_kw=math.ceil(1.1 * source / 100) * 100,
        right_m=round(right, 3),
        kinds=tuple(kinds),
    )


def _rows(kinds: Iterable[RackKind]) -> Iterable[RowPlan]:
    number = 0
    for kind in kinds:
        most = int(BUSWAY_MOST_A * CONTINUOUS / kind.amps)
        most = max(1, min(ROW_MOST, most, int(POD_MOST_KW / kind.kw)))
        breaker = standard(kind.amps / (kind.whips / 2) / CONTINUOUS)
        for first in range(0, len(kind.ids), most):
            number += 1
            count = min(most, len(kind.ids) - first)
            busway = standard(count * kind.amps / CONTINUOUS)
            yield RowPlan(f"R{number}", kind, first, count, LEFT_M, 0.0, breaker, busway)


def _groups(rows: Iterable[RowPlan]) -> Iterable[list[RowPlan]]:
    """Rows in order, as many as a pair of transformers carries, of one speed of network."""
    group: list[RowPlan] = []
    for row in rows:
        full = sum(r.kw for r in group) + row.kw > POD_MOST_KW
        if group and (full or row.kind.gbps != group[0].kind.gbps):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _at(row: RowPlan, y: float) -> RowPlan:
    return RowPlan(
        row.id, row.kind, row.first, row.count, row.x_m, round(y, 3), row.breaker_a, row.busway_a
    )


def _pod(number: int, rows: Sequence[RowPlan]) -> Pod:
    heat = sum(r.count * r.kind.liquid_kw for r in rows)
    flow = sum(r.count * r.kind.flow_lpm for r in rows)
    cdus = max(math.ceil(heat / CDU_KW), math.ceil(flow / CDU_LPM)) + 1 if heat > 0 else 0
    # Air units hang on the first pod, which must carry them, too; a tenth is enough for both.
    kw = 1.1 * (sum(r.kw for r in rows) + cdus * CDU_DRAW_KW)
    kva = standard(kw / POWER_FACTOR, KVA)
    ports = sum(r.count * r.kind.ports for r in rows)
    planes = 2 * math.ceil(ports / 2 / PORTS)
    return Pod(
        id=number,
        rows=tuple(rows),
        kva=kva,
        board_a=standard(1000 * kva / (math.sqrt(3) * 415) / CONTINUOUS),
        cdus=cdus,
        switches=tuple(f"P{number}L{i + 1}" for i in range(planes)),
        gbps=rows[0].kind.gbps,
        network_y_m=rows[0].y_m,
    )
