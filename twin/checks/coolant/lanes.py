"""Rows of a solved loop's lanes: each thing in each state, and what rests on a cap in doubt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import told_as
from twin.checks.measure import Input
from twin.site.resolve import product_rows
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.drops import cdu_places
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.plant_ready import plants_lacking, unjoined
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.coolant.warmth import Valve
from twin.solve.study import Study

_FIGURES = ("heat_kw", "approach_k", "facility_flow_lpm", "rated_supply_c")
_WORDS = ("rated_fluid", "rated_facility_fluid")
"""What a CDU's rating is made of, besides its flow and its plant's water."""


def every(flow: LoopFlow, count: int) -> tuple[IntArray, IntArray]:
    """Lane and place of each of `count` things in each lane, lane by lane.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> loop = SimpleNamespace(lanes=SimpleNamespace(keep=np.ones(2)))
    >>> [column.tolist() for column in every(loop, 3)]
    [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]]
    """
    lanes = len(flow.lanes.keep)
    return np.repeat(np.arange(lanes), count), np.tile(np.arange(count), lanes)


def counted(
    flow: LoopFlow, lane: IntArray, demand: FloatArray, limit: FloatArray, sign: float = 1.0
) -> FloatArray:
    """(m,) demand of rows; NaN where it is past the limit and only a cap in doubt would save it."""
    past = sign * demand > sign * limit
    return np.where(past & ~flow.lanes.counts[lane], np.nan, demand)


def near(demand: FloatArray, limit: FloatArray, close: FloatArray | float) -> FloatArray:
    """(m,) demand of rows; the limit itself where it is past it by less than what was solved for.

    Examples
    --------
    >>> near(np.array([39.0, 40.004, 40.02]), np.array(40.0), 0.01).tolist()
    [39.0, 40.0, 40.02]
    """
    return np.where((demand > limit) & (demand <= limit + close), limit, demand)


def rating_inputs(study: Study, flow: LoopFlow, lane: IntArray) -> tuple[Input, ...]:
    """Say which figure of a CDU's rating lacks where the temperature that it gives is not known.

    Parameters
    ----------
    lane
        (m,) lane of each row; of each lane the first CDU that is not known speaks.
    """
    unit = lacking_unit(flow)
    return of_rating(study, unit[lane]) if (unit >= 0).any() else study(nothing_lacks)


def lacking_unit(flow: LoopFlow) -> IntArray:
    """(L,) the first CDU of each lane whose temperature is not known, -1 none."""
    unknown = flow.warmth.valve == Valve.UNKNOWN
    return np.where(unknown.any(axis=1), flow.units[unknown.argmax(axis=1)], -1)


def nothing_lacks(study: Study) -> tuple[Input, ...]:
    """Return the figures of a rating for any number of rows of which none lacks one."""
    return of_rating(study, np.full(1, -1))


def of_rating(study: Study, unit: IntArray) -> tuple[Input, ...]:
    """Return the figures of the ratings of CDUs, -1 none; the first that lacks speaks."""
    cdus, site = study.table("cdu"), study.site
    out: list[Input] = []
    for column in _FIGURES:
        out += told_as(study, "cdu", column, unit, _known(study, "cdu", column)[unit])
    flow_known = _known(study, "cdu", "rated_flow_lpm") | _known(study, "cdu", "flow_lpm")
    plant = np.append(site.rows_of("plant", cdus["plant"]), -1)[unit]
    supplied = np.append(~np.isnan(plant_supply_c(study)), True)
    out += [
        Input("cdu", "rated_flow_lpm", unit, flow_known[unit]),
        *(Input("cdu", word, unit, _worded(study, word)[unit]) for word in _WORDS),
        Input("cdu", "plant", unit, plant >= 0),
        Input("plant", "supply_c", plant, supplied[plant]),
        Input("plant", "fluid", plant, _known(study, "plant", "fluid")[plant]),
        *_water(study, unit, plant),
        Input("cdu", "", unit, unit < 0),
    ]
    return tuple(out)


def _water(study: Study, unit: IntArray, plant: IntArray) -> Iterator[Input]:
    """Say why nobody knows what facility water reaches a unit, (m,) each."""
    place = np.append(study(cdu_places), -1)[unit]
    yield Input("position", "manifold", place, ~np.append(study(unjoined), False)[unit])
    for row, missing in study(plants_lacking).items():
        mine = plant == row
        for m in missing[:1]:
            yield Input(m.kind, m.column, np.where(mine, m.row, -1), ~mine)


def _known(study: Study, kind: str, column: str) -> BoolArray:
    """(n + 1,) where a figure or word is known; the last stands for none."""
    kept = study(_kept)
    if (kind, column) not in kept:
        values = study.table(kind)[column]
        known = ~np.isnan(values) if values.dtype.kind == "f" else values != ""
        kept[kind, column] = np.append(known, True)
    return kept[kind, column]


def _kept(_: Study) -> dict[tuple[str, str], BoolArray]:
    """Keep what is known of which column: every loop asks for it, and they may be many."""
    return {}


def _worded(study: Study, column: str) -> BoolArray:
    """(cdus + 1,) CDUs of which they themselves or their product say a word."""
    kept = study(_kept)
    if ("product", column) not in kept:
        site = study.site
        products = [site.catalog.products[i] for i in site.tables["product"].ids.tolist()]
        theirs = np.array([*(p.text.get(column, "") != "" for p in products), False])
        product = np.append(product_rows(site, "cdu"), -1)
        kept["product", column] = np.asarray(_known(study, "cdu", column) | theirs[product])
    return kept["product", column]
