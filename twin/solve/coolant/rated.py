"""CDUs as rated: their exchangers, and what a rating that lacks a part says by itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.catalog.fluids import fluid_product
from twin.site.resolve import product_rows
from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
from twin.solve.coolant.branches import named_fluid
from twin.solve.coolant.exchanger import Exchanger, ua_from_rated_point
from twin.solve.coolant.racks import air_side, cdu_heat
from twin.solve.study import Study


def exchangers(study: Study, rows: IntArray) -> Exchanger:
    """Return some CDUs as rated, (u,) each; UA is NaN where a rating lacks a part."""
    return exchangers_of(study(rated), rows)


def exchangers_of(units: Exchanger, rows: IntArray) -> Exchanger:
    """Return some exchangers of many."""
    return Exchanger(
        units.ua_kw_k[rows], units.hot_lpm[rows], units.cold_lpm[rows],
        np.asarray(units.hot_share)[rows], np.asarray(units.exponent)[rows],
    )  # fmt: skip


BOILS_C = 100.0
"""Water boils in the open: no rating of a CDU returns either side hotter."""


class _Points(NamedTuple):
    """Rated points of all CDUs, (cdus,) each: as stated, and capacities of both streams, kW/K."""

    heat_kw: FloatArray
    approach_k: FloatArray
    supply_c: FloatArray
    hot_lpm: FloatArray
    cold_lpm: FloatArray
    hot_kw_k: FloatArray
    cold_kw_k: FloatArray

    @property
    def warmed_c(self) -> FloatArray:
        """(cdus,) facility water as it leaves, degC; NaN not known."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.supply_c - self.approach_k + self.heat_kw / self.cold_kw_k

    @property
    def back_c(self) -> FloatArray:
        """(cdus,) coolant as it comes back, degC; NaN not known."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.supply_c + self.heat_kw / self.hot_kw_k


def _points(study: Study) -> _Points:
    cdu = study.table("cdu")
    rows = np.arange(len(cdu))
    heat, approach, cold, own, flow, supply = (
        np.asarray(cdu[c], dtype=float)
        for c in ("heat_kw", "approach_k", "facility_flow_lpm", "rated_flow_lpm", "flow_lpm",
                  "rated_supply_c")
    )  # fmt: skip
    hot = np.where(np.isnan(own), flow, own)
    rise = 5.0  # the mean of each side, near enough for density times heat
    hot_kw_k = hot * _capacities(study, rows, "rated_fluid", supply + rise)
    cold_kw_k = cold * _capacities(study, rows, "rated_facility_fluid", supply - approach + rise)
    return _Points(heat, approach, supply, hot, cold, hot_kw_k, cold_kw_k)


def rated(study: Study) -> Exchanger:
    """All CDUs as rated, (cdus,) each.

    A rating is heat, approach, both flows, both fluids and the supply temperature.
    """
    at = study(_points)
    ua = ua_from_rated_point(at.heat_kw, at.approach_k, at.hot_kw_k, at.cold_kw_k)
    ua = np.where(np.fmax(at.warmed_c, at.back_c) > BOILS_C, np.nan, ua)
    exponent = np.asarray(study.table("cdu")["film_exponent"], dtype=float)
    return Exchanger(ua, at.hot_lpm, at.cold_lpm, np.full(len(ua), 0.5), exponent)


def _capacities(study: Study, rows: IntArray, column: str, t_c: FloatArray) -> FloatArray:
    """(u,) capacity of one L/min of a fluid that each rating names, kW/K; NaN not known."""
    names = np.array([_said(study, row, column) for row in rows.tolist()], dtype=np.str_)
    out = np.full(len(rows), np.nan)
    for name in np.unique(names).tolist():
        fluid = named_fluid(study, name)
        if fluid is not None:
            mine = names == name
            out[mine] = fluid.capacity(t_c[mine])
    return out


def impossible(study: Study) -> BoolArray:
    """(cdus,) those whose rating no exchanger can have, however large.

    It is told in full and asks for more than the second law lets pass; or what is told of it boils.
    """
    at = study(_points)
    told = ~np.isnan(np.sum(at, axis=0))
    boils = np.fmax(at.warmed_c, at.back_c) > BOILS_C
    return np.asarray((told & np.isnan(study(rated).ua_kw_k)) | boils)


def impossible_words(study: Study) -> dict[int, str]:
    """Return what is wrong with each rating that cannot be, by the row of its CDU."""
    at, out = study(_points), {}
    for row in np.flatnonzero(study(impossible)).tolist():
        sides = (
            (at.cold_lpm, at.warmed_c, "facility water leave at"),
            (at.hot_lpm, at.back_c, "coolant come back at"),
        )
        ends = " and ".join(
            f"{lpm[row]:g} L/min of {does} {at_c[row]:.1f} degC"
            for lpm, at_c, does in sides
            if not np.isnan(at_c[row])
        )
        hottest = np.fmax(at.warmed_c[row], at.back_c[row])
        boils = f", and water boils at {BOILS_C:g} degC" if hottest > BOILS_C else ""
        out[row] = (
            f"its rating cannot be: at {at.heat_kw[row]:g} kW, {ends}{boils} "
            "(heat_kw, approach_k, rated_flow_lpm, facility_flow_lpm)"
        )
    return out


def published_kw(study: Study) -> FloatArray:
    """(cdus,) heat that each unit carries by its published condition alone, kW; NaN not known.

    The condition must be there to be compared: an approach that the rating, the layout or the
    owner's policy states (a figure of the code profile is nobody's rating), and no coolant on
    either side, nor a supply colder, than those that the rating names.
    """
    cdu = study.table("cdu")
    silent = np.isnan(np.asarray(cdu["approach_k"], dtype=float)) & ~study(air_side)
    if "approach_k" in study.site.policy.limits:
        silent[:] = False
    out = np.where(silent, np.nan, study(cdu_heat))
    loops, plants = study.table("loop"), study.table("plant")
    for column, of, table in (
        ("rated_fluid", "loop", loops), ("rated_facility_fluid", "plant", plants),
    ):  # fmt: skip
        rows = study.site.rows_of(of, cdu[of])
        used = np.append(table["fluid"], "")[rows]
        out = np.where(_other_fluid(study, column, used), np.nan, out)
    supply = np.append(loops["supply_c"], np.nan)[study.site.rows_of("loop", cdu["loop"])]
    colder = supply < np.asarray(cdu["rated_supply_c"], dtype=float)
    return np.where(colder, np.nan, out)


def _other_fluid(study: Study, column: str, used: StrArray) -> BoolArray:
    """(cdus,) whether a rating names another coolant than that in use, (cdus,)."""
    ids: dict[str, str] = {}

    def named(word: str) -> str:
        if word not in ids:
            found = fluid_product(study.site.catalog, word) if word else None
            ids[word] = "" if found is None else found.id
        return ids[word]

    pairs = [(named(_said(study, k, column)), named(str(use))) for k, use in enumerate(used)]
    return np.array([rated not in ("", use) for rated, use in pairs], dtype=bool)


def _said(study: Study, row: int, column: str) -> str:
    """Return a word of a CDU: its own, else its product's."""
    own = str(study.table("cdu")[column][row])
    product = int(product_rows(study.site, "cdu")[row])
    if own or product < 0:
        return own
    known = study.site.catalog.products[str(study.site.tables["product"].ids[product])]
    return known.text.get(column, "")
