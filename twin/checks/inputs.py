"""Short ways to say which figures entered a row."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np

from twin.checks.inside import lacking_figure
from twin.checks.measure import POLICY, Input
from twin.site.resolve import resolved
from twin.site.table import Array, BoolArray, IntArray
from twin.solve.cabling.parts.optics import lacking_plug
from twin.solve.load import BY_STATE, beside_servers, cdu_draw, rack_load, rack_power
from twin.solve.losses.doubts import doubts
from twin.solve.nameplate import in_racks
from twin.solve.power.servers import servers
from twin.solve.study import Study


def rack_figure(study: Study, column: str, racks: IntArray | None = None) -> Input:
    """Return a figure of racks; where it is missing, it is their type that lacks it.

    Parameters
    ----------
    racks
        (m,) rack rows; None: all racks in order.
    """
    return typed_figure(study, "rack", column, racks)


def typed_figure(study: Study, kind: str, column: str, rows: IntArray | None = None) -> Input:
    """Return a figure of items of a kind, told as the product's where the item has a product."""
    rows = np.arange(len(study.table(kind))) if rows is None else rows
    known = study(_known)(kind, column)[rows]
    products = study(_products)(kind)[rows]
    if column in study.site.tables["product"].columns and (products >= 0).any():
        return Input("product", column, products, known)
    return Input(kind, column, rows, known)


def _known(study: Study) -> Callable[[str, str], BoolArray]:
    """Return where each figure of a kind is known, (n + 1,), the last for none; worked out once."""

    @functools.cache
    def known(kind: str, column: str) -> BoolArray:
        return np.asarray(~np.isnan(np.append(study.table(kind)[column], np.nan)))

    return known


def _products(study: Study) -> Callable[[str], IntArray]:
    """Return the product of each item of a kind, (n + 1,), -1 none; worked out once."""

    @functools.cache
    def products(kind: str) -> IntArray:
        return np.append(study.site.rows_of("product", study.table(kind)["type"]), -1)

    return products


def load_figures(study: Study, racks: IntArray | None = None) -> tuple[Input, ...]:
    """Return the load of racks in the mode of the study, and what in them makes it unknown.

    Parameters
    ----------
    racks
        (m,) rack rows; None: all racks in order.
    """
    rows = np.arange(len(study.table("rack"))) if racks is None else racks
    known = ~np.isnan(study(rack_load)[rows])
    dim = ~known & study(_by_things)[rows]
    things = np.where(dim, study(in_racks).lacks_draw[rows], -1)
    plugs = np.where(dim & (things < 0), study(lacking_plug)[rows], -1)
    return (
        *lacking_figure(study, "draw_kw", things),
        Input("product", "power_w", plugs, plugs < 0),
        _load_figure(study, rows, known | (things >= 0) | (plugs >= 0)),
    )


def _by_things(study: Study) -> BoolArray:
    """(racks,) those whose load is a figure of their type, with what stands in them."""
    mode, own = study.conditions.mode, study.site.tables["rack"]
    unsaid = np.isnan(np.asarray(own["nameplate_kw"], dtype=float))
    if mode != "today":
        return np.asarray(unsaid & (mode in {"nameplate", "provisioned"}), dtype=bool)
    state = np.asarray(study.table("rack")["state"])
    out = unsaid & np.isin(state, ("live", "leaving"))
    for said, column in BY_STATE:
        out |= (state == said) & np.isnan(np.asarray(own[column], dtype=float))
    return np.asarray(out, dtype=bool)


def _load_figure(study: Study, rows: IntArray, known: BoolArray) -> Input:
    """Return the load of racks `rows` (m,); where not `known`, their own or their type's lacks."""
    column = "nameplate_kw"
    if study.conditions.mode == "measured":
        column = "measured_kw"
    if study.conditions.mode == "today":
        state = np.asarray(study.table("rack")["state"])[rows[~known]]
        column = "peak_kw" if len(state) and (state == "burn-in").all() else "idle_kw"
    lacking = rows[~known]
    lone = study(cdu_draw).lacks_draw[lacking]
    if len(lone) and (lone >= 0).all():
        return carried_figure(study, "draw_kw", rows)._replace(known=known)
    figure = study(rack_power)[lacking]
    if len(figure) and not np.isnan(figure).any():
        if study(servers).mine[lacking].all():
            # Behind supplies of their own, of which nobody can say what they lose: no shelves.
            return Input("rack", "power_basis", rows, known)
        column = "shelf_efficiency"
    return rack_figure(study, column, rows)._replace(known=known)


def beside_figures(study: Study, racks: IntArray | None = None) -> tuple[Input, ...]:
    """Return what things beside the servers of racks draw, which goes to the air and not to liquid.

    Parameters
    ----------
    racks
        (m,) rack rows; None: all racks in order.
    """
    rows = np.arange(len(study.table("rack"))) if racks is None else racks
    airy = np.asarray(study.table("rack")["liquid_share_low"])[rows] == 0
    # Of an unknown load the figures are told with it.
    dim = np.isnan(study(beside_servers)[rows]) & ~airy & ~np.isnan(study(rack_load)[rows])
    things = np.where(dim, study(in_racks).lacks_draw[rows], -1)
    plugs = np.where(dim & (things < 0), study(lacking_plug)[rows], -1)
    return (
        *lacking_figure(study, "draw_kw", things),
        Input("product", "power_w", plugs, plugs < 0),
    )


def carried_figure(study: Study, column: str, racks: IntArray | None = None) -> Input:
    """Return a figure of the CDUs in racks: of the first of each rack that lacks it.

    Parameters
    ----------
    column
        "draw_kw" or "mass_kg".
    racks
        (m,) rack rows; None: all racks in order.
    """
    found = study(cdu_draw)
    lacks = found.lacks_draw if column == "draw_kw" else found.lacks_mass
    unit = lacks if racks is None else lacks[racks]
    return typed_figure(study, "cdu", column, unit)._replace(known=unit < 0)


def mass_figures(study: Study, racks: IntArray) -> tuple[Input, ...]:
    """Return the mass of some racks: of their type, of the CDUs and of the things in them."""
    whole = ~np.isnan(np.append(study.table("rack")["mass_kg"], np.nan)[racks])
    cdus = carried_figure(study, "mass_kg", racks)
    of_type = rack_figure(study, "mass_kg", racks)
    known = ~np.isnan(np.append(resolved(study.site, "rack", "mass_kg"), np.nan)[racks])
    things = np.where(whole, -1, np.append(study(in_racks).lacks_mass, -1)[racks])
    return (
        of_type._replace(known=whole | known),
        cdus._replace(known=whole | cdus.known),
        *lacking_figure(study, "mass_kg", things),
    )


def own_figure(study: Study, kind: str, column: str, rows: IntArray | None = None) -> Input:
    """Return a figure that only the layout can give."""
    table = study.table(kind)
    rows = np.arange(len(table)) if rows is None else rows
    values: Array = table[column]
    if values.dtype.kind == "f":
        known = ~np.isnan(np.append(values, np.nan)[rows])
    elif values.dtype.kind == "M":
        known = ~np.isnat(np.append(values, np.datetime64("NaT", "D"))[rows])
    elif values.dtype.kind == "i":
        known = np.append(values, -1)[rows] >= 0
    else:
        known = np.append(values, "")[rows] != ""
    return Input(kind, column, rows, known)


def caps_in_doubt(study: Study, case: IntArray, doubt: BoolArray) -> Iterator[Input]:
    """Say of rows that rest on a cap in doubt which field of the policy is missing.

    Parameters
    ----------
    case, doubt
        (m,) case of each row, and whether it rests on a cap in doubt.
    """
    if doubt.any():
        rows = np.where(doubt, study(doubts).of_case[case], -1)
        yield Input(POLICY, "", rows, rows < 0)
