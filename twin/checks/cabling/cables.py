"""Cables against the room for them: one budget for trays, openings, managers and loads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.checks.measure import Budget, Input
from twin.checks.network.ports import ports_figure
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.exits import entering_cables
from twin.solve.cabling.links import links
from twin.solve.cabling.shares import Shares, of_media
from twin.solve.limits import Owned
from twin.solve.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What holds cables: the rows of a budget.

    Attributes
    ----------
    kind, subject
        Kind of the rows' subjects, and (R,) their rows.
    limit
        (R,) in the unit of the rule.
    capacity
        (all rows of the shares,) what the sum of cables is divided by; 1 where the sum is told.
    inputs
        Figures behind limit and capacity, one row per row of the budget.
    """

    kind: str
    subject: IntArray
    limit: FloatArray
    capacity: FloatArray
    inputs: tuple[Input, ...]


def cable_budget(
    study: Study, rows: BoolArray, cables: Shares, room: Room, *, figure: str, who: Owned
) -> Budget:
    """Hold sums of cables against the room for them.

    Parameters
    ----------
    rows
        (all rows of the shares,) which of them are rows of this budget.
    cables, room
        Sums of cables, and what holds them.
    figure
        Figure of cables' products that was summed.
    who
        Owner of the limit.
    """
    number = np.cumsum(rows) - 1
    mine = rows[cables.row]
    row = cables.row[mine]
    n = len(room.subject)
    return Budget(
        kind=room.kind,
        subject=room.subject,
        case=np.zeros(n, dtype=np.int64),
        limit=room.limit,
        base=(cables.between / room.capacity)[rows],
        rack=cables.rack[mine],
        row=number[row],
        coefficient=cables.amount[mine] / room.capacity[row],
        amount=np.ones(len(study(links).ports)),
        onto=np.full(n, -1),
        rack_inputs=(ports_figure(study), *_media(study, figure)),
        row_inputs=(*room.inputs, *_between(study, figure, np.isnan(cables.between[rows]))),
        owner=who.owner,
        judged=who.judged,
    )


def entered(study: Study, area_m2: FloatArray, fill: Owned) -> Budget:
    """Hold the cables that come from elsewhere into racks against a section that they share.

    Parameters
    ----------
    area_m2
        (positions,) section; NaN where nobody gives it, which has no row.
    """
    entering = study(entering_cables)
    capacity = area_m2[entering.subject]
    rows = ~np.isnan(capacity)
    room = Room(
        kind="position",
        subject=entering.subject[rows],
        limit=np.full(int(rows.sum()), fill.value),
        capacity=capacity,
        inputs=(),
    )
    return cable_budget(study, rows, entering.shares, room, figure="od_m", who=fill)


def first_lacking(
    study: Study, figure: str, bundle: IntArray, row: IntArray, size: int, rows: IntArray
) -> tuple[Input, Input]:
    """Per row: the first of its switches without a medium, and of its media without a figure.

    Parameters
    ----------
    bundle, row
        (K,) bundles in rows.
    size, rows
        Count of all rows, and (R,) those that are asked for.
    """
    out = []
    for (bad, what), (kind, column) in zip(
        _lacking(study, figure), (("switch", "medium"), ("product", figure)), strict=True
    ):
        lacks = bad[bundle][::-1]
        first = np.full(size, -1, dtype=np.int64)
        first[row[::-1][lacks]] = what[bundle][::-1][lacks]
        out.append(Input(kind, column, first[rows], np.zeros(len(rows), dtype=bool)))
    return out[0], out[1]


def _media(study: Study, figure: str) -> tuple[Input, Input]:
    """Per rack: the first switch without a medium, and the first medium without the figure."""
    bundle = study(bundles)
    (bare, switch), (thin, medium) = _lacking(study, figure)
    of_rack = bundle.rack >= 0
    return (
        _first(study, "switch", "medium", switch, bare & of_rack),
        _first(study, "product", figure, medium, thin & of_rack),
    )


def _between(study: Study, figure: str, lacks: BoolArray) -> tuple[Input, Input]:
    """Per row that lacks one: the first figure that some cables between switches lack."""
    of_switch = study(bundles).rack < 0
    out = []
    for (bad, rows), (kind, column) in zip(
        _lacking(study, figure), (("switch", "medium"), ("product", figure)), strict=True
    ):
        first = rows[bad & of_switch][:1]
        row = np.where(lacks, first[0] if len(first) else -1, -1)
        out.append(Input(kind, column, row, np.zeros(len(row), dtype=bool)))
    return out[0], out[1]


def _lacking(
    study: Study, figure: str
) -> tuple[tuple[BoolArray, IntArray], tuple[BoolArray, IntArray]]:
    """Bundles without a medium, by switch, and those whose medium lacks a figure, by product."""
    bundle = study(bundles)
    bare = np.isnan(of_media(study, figure))
    return (
        (bundle.wanted & (bundle.medium < 0), bundle.switch),
        (bundle.wanted & bare & (bundle.medium >= 0), bundle.medium),
    )


def _first(study: Study, kind: str, column: str, rows: IntArray, bad: BoolArray) -> Input:
    """Figure that some links of racks lack: the first row that lacks it, -1 where none does."""
    out = np.full(len(study.table("rack")), -1, dtype=np.int64)
    out[study(bundles).rack[bad][::-1]] = rows[bad][::-1]
    return Input(kind, column, out, np.zeros(len(out), dtype=bool))
