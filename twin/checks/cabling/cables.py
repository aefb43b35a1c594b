"""Cables against the room for them: one budget for trays, openings, managers and loads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.checks.measure import Budget, Input
from twin.checks.network.ports import ports_figure
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.fill.exits import Exits
from twin.solve.cabling.fill.shares import Shares, of_media, product_of_cables
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.links import links
from twin.solve.cabling.panels.pieces import laid, pieces, rack_of_cables
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
    mine, below = rows[cables.row], rows[cables.on]
    row = cables.row[mine]
    n = len(room.subject)
    # Who rests on what lies there already has a part in the row, of nothing: it judges them, too.
    nothing = np.zeros(int(below.sum()))
    return Budget(
        kind=room.kind,
        subject=room.subject,
        case=np.zeros(n, dtype=np.int64),
        limit=room.limit,
        base=(cables.between / room.capacity)[rows],
        rack=np.append(cables.rack[mine], cables.rests[below]),
        row=number[np.append(row, cables.on[below])],
        coefficient=np.append(cables.amount[mine] / room.capacity[row], nothing),
        amount=np.ones(len(study(links).ports)),
        onto=np.full(n, -1),
        rack_inputs=(_counts(study), *_media(study, figure)),
        row_inputs=(*room.inputs, *_between(study, figure, np.isnan(cables.between[rows]))),
        owner=who.owner,
        judged=who.judged,
    )


def _counts(study: Study) -> Input:
    """Ports of each rack: behind its cables only where those that it names by hand need them."""
    bundle = study(bundles)
    dim = bundle.rack[bundle.wanted & (bundle.rack >= 0) & np.isnan(bundle.count)]
    return ports_figure(study)._replace(known=~np.isin(np.arange(len(study(links).ports)), dim))


def at_positions(study: Study, found: Exits, area_m2: FloatArray, fill: Owned) -> Budget:
    """Hold the cables at racks against a section that they share.

    Parameters
    ----------
    found
        Cables, each row of one position.
    area_m2
        (positions,) section; NaN where nobody gives it, which has no row.
    """
    capacity = area_m2[found.subject]
    rows = ~np.isnan(capacity)
    room = Room(
        kind="position",
        subject=found.subject[rows],
        limit=np.full(int(rows.sum()), fill.value),
        capacity=capacity,
        inputs=(),
    )
    return cable_budget(study, rows, found.shares, room, figure="od_m", who=fill)


def first_lacking(
    study: Study, figure: str, cable: IntArray, row: IntArray, size: int, rows: IntArray
) -> tuple[Input, ...]:
    """Per row: the first of its switches without a medium, and of its media without a figure.

    Parameters
    ----------
    cable, row
        (K,) rows of `pieces` in rows.
    size, rows
        Count of all rows, and (R,) those that are asked for.
    """
    out = []
    for kind, column, what, bad in _lacking(study, figure):
        lacks = bad[cable][::-1]
        first = np.full(size, -1, dtype=np.int64)
        first[row[::-1][lacks]] = what[cable][::-1][lacks]
        out.append(Input(kind, column, first[rows], np.zeros(len(rows), dtype=bool)))
    return tuple(out)


_Lacks = tuple[str, str, IntArray, BoolArray]


def _media(study: Study, figure: str) -> tuple[Input, ...]:
    """Per rack: the first switch without a medium, and the first medium without the figure."""
    rack = study(rack_of_cables)
    out = []
    for kind, column, rows, bad in _lacking(study, figure):
        mine = bad & (rack >= 0)
        first = np.full(len(study.table("rack")), -1, dtype=np.int64)
        first[rack[mine][::-1]] = rows[mine][::-1]
        out.append(Input(kind, column, first, np.zeros(len(first), dtype=bool)))
    return tuple(out)


def _between(study: Study, figure: str, lacks: BoolArray) -> tuple[Input, ...]:
    """Per row that lacks one: the first figure that trunks or cables between switches lack."""
    rack = study(rack_of_cables)
    out = []
    for kind, column, rows, bad in _lacking(study, figure):
        first = rows[bad & (rack < 0)][:1]
        row = np.where(lacks, first[0] if len(first) else -1, -1)
        out.append(Input(kind, column, row, np.zeros(len(row), dtype=bool)))
    return tuple(out)


def _lacking(study: Study, figure: str) -> tuple[_Lacks, ...]:
    """Cables that lack something: what, of which row, and (pieces,) which of them do.

    A cord without a medium is its upper switch's; one whose medium lacks the figure is the
    product's. A trunk may say its diameter itself.
    """
    cable, product = study(pieces), study(product_of_cables)
    there, cord = study(laid), cable.trunk < 0
    switch = np.append(study(bundles).switch, -1)[cable.bundle]
    bare = there & np.isnan(of_media(study, figure))
    own = bare & ~cord
    column = figure if figure == "od_m" else "type"
    if column == "od_m":
        own &= np.isnan(np.append(study.table("trunk")["od_m"], np.nan))[cable.trunk]
    else:
        own &= product < 0
    return (
        ("switch", "medium", switch, there & cord & (product < 0)),
        ("product", figure, product, bare & (product >= 0) & (cord | (column != "od_m"))),
        ("trunk", column, cable.trunk, own),
    )
