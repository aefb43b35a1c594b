"""Figures of CDUs' ratings: which lacks where a temperature is not known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import plant_supply_figures, told_as
from twin.checks.inputs import own_figure
from twin.checks.measure import Input
from twin.site.resolve import product_rows
from twin.site.table import BoolArray, IntArray
from twin.solve.coolant.beyond import beyond_fluid
from twin.solve.coolant.coupled import guessing, loop_flows
from twin.solve.coolant.drops import cdu_places
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.named import row_named
from twin.solve.coolant.plant_ready import plants_lacking, unjoined
from twin.solve.coolant.racks import air_side, approach_needed
from twin.solve.coolant.warmth import Valve
from twin.solve.study import Study

_FIGURES = ("heat_kw", "approach_k", "facility_flow_lpm", "rated_supply_c")
_WORDS = ("rated_fluid", "rated_facility_fluid")
"""What a CDU's rating is made of, besides its flow and its plant's water."""


def lacking_unit(flow: LoopFlow) -> IntArray:
    """(L,) the first CDU of each lane whose temperature is not known, -1 none."""
    unknown = flow.warmth.valve == Valve.UNKNOWN
    return np.where(unknown.any(axis=1), flow.units[unknown.argmax(axis=1)], -1)


def nothing_lacks(study: Study) -> tuple[Input, ...]:
    """Return the figures of a rating for any number of rows of which none lacks one."""
    return of_rating(study, np.full(1, -1))


def of_rating(study: Study, unit: IntArray) -> tuple[Input, ...]:
    """Return the figures of the ratings of CDUs, -1 none; the first that lacks speaks.

    A liquid-to-air unit has no water: beyond its rating, or nearer to the air of its hall than the
    rating says, its heat there is what lacks.
    """
    site = study.site
    plant = np.append(site.rows_of("plant", study.table("cdu")["plant"]), -1)[unit]
    plant = np.where(np.append(study(air_side), False)[unit], -1, plant)
    first = np.full(len(study.table("plant")) + 1, -1)
    for row, asks in study(guessing).items():
        first[row] = asks
    asker = first[plant]
    others = of_asking(study, np.where(asker == unit, -1, asker)) if (asker >= 0).any() else ()
    return (*_of_rating(study, unit), *others, Input("cdu", "", unit, unit < 0))


def of_asking(study: Study, unit: IntArray) -> tuple[Input, ...]:
    """Return what lacks to know what facility water CDUs ask for, -1 none: of loop or rating."""
    return _of_asking(study, unit) if (unit >= 0).any() else study(_nobody_asks)


def _nobody_asks(study: Study) -> tuple[Input, ...]:
    """Return the same for any number of rows that ask for nothing: a campus has many plants."""
    return _of_asking(study, np.full(1, -1))


def _of_asking(study: Study, unit: IntArray) -> tuple[Input, ...]:
    loop = row_named(study, "cdu", "loop")[unit]
    described = {found.circuit.row: found for found in study(loop_flows)}
    out: list[Input] = []
    for row in np.unique(loop[loop >= 0]).tolist():
        mine, found = loop == row, described.get(row)
        if found is None:
            out.append(Input("loop", "", np.where(mine, row, -1), ~mine))
        elif isinstance(found, Unsolved):
            first = found.missing[:1]
            out += [Input(m.kind, m.column, np.where(mine, m.row, -1), ~mine) for m in first]
    return (*out, *_of_rating(study, unit), Input("cdu", "", unit, unit < 0))


def _of_rating(study: Study, unit: IntArray) -> tuple[Input, ...]:
    """Return the figures of the ratings of CDUs and of the water that they are given."""
    cdus, site = study.table("cdu"), study.site
    airy = np.append(study(air_side), False)[unit]
    every, unit = unit, np.where(airy, -1, unit)
    out: list[Input] = []
    for column in _FIGURES:
        out += told_as(study, "cdu", column, unit, _known(study, "cdu", column)[unit])
    plant = np.append(site.rows_of("plant", cdus["plant"]), -1)[unit]
    out += [
        Input("cdu", "rated_flow_lpm", unit, _flow_known(study)[unit]),
        *(Input("cdu", word, unit, _worded(study, word)[unit]) for word in _WORDS),
        Input("cdu", "plant", unit, plant >= 0),
        *plant_supply_figures(study, plant),
        Input("plant", "fluid", plant, _known(study, "plant", "fluid")[plant]),
        *_water(study, unit, plant),
    ]
    return (*_in_air(study, np.where(airy, every, -1)), *out)


def _in_air(study: Study, unit: IntArray) -> Iterator[Input]:
    """Say what lacks of the ratings of liquid-to-air units, -1 none."""
    needed = np.append(study(approach_needed), np.nan)[unit]
    hall = np.append(study.site.rows_of("hall", study.table("cdu")["hall"]), -1)[unit]
    by_air = ~np.isnan(needed)
    yield from told_as(study, "cdu", "heat_kw", unit, _known(study, "cdu", "heat_kw")[unit])
    yield from told_as(study, "cdu", "approach_k", unit, by_air | (unit < 0))
    yield Input("cdu", "hall", np.where(by_air, unit, -1), hall >= 0)
    yield own_figure(study, "hall", "dry_bulb_c", np.where(by_air, hall, -1))
    flow_known = _flow_known(study)[unit]
    yield Input("cdu", "rated_flow_lpm", unit, flow_known)
    yield Input("cdu", "heat_kw", unit, unit < 0)


def _flow_known(study: Study) -> BoolArray:
    """(cdus + 1,) whether a rating says its flow to the loop."""
    return np.asarray(_known(study, "cdu", "rated_flow_lpm") | _known(study, "cdu", "flow_lpm"))


def _water(study: Study, unit: IntArray, plant: IntArray) -> Iterator[Input]:
    """Say why nobody knows what facility water reaches a unit, (m,) each."""
    frozen = np.isin(plant, [row for kind, row in study(beyond_fluid) if kind == "plant"])
    yield Input("plant", "", np.where(frozen, plant, -1), ~frozen)
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
