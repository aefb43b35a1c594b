"""What the things in racks draw and weigh, and which units they take: the least of these racks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.needs import hosts
from twin.site.resolve import of_product, product_rows, resolved
from twin.site.site import Site
from twin.site.table import Array, BoolArray, FloatArray, IntArray

KINDS = ("switch", "panel", "gear")
"""Kinds of things that stand in racks."""

BUDGETS = ("network", "management")
"""Classes of racks whose figures are a budget for what is put into them."""


@dataclass(frozen=True)
class Inside:
    """Things that stand in racks, (n,).

    Attributes
    ----------
    subject
        Their subject numbers.
    rack
        Row of the rack of each.
    unit, height
        Lowest unit and units taken; NaN not known.
    draw_kw, mass_kg
        Of all equal ones together, a switch with the plugs of its links; panels draw nothing. NaN
        not known.
    """

    subject: IntArray
    rack: IntArray
    unit: FloatArray
    height: FloatArray
    draw_kw: FloatArray
    mass_kg: FloatArray


@dataclass(frozen=True)
class Housed:
    """Sums over the things in each rack, (racks,).

    Attributes
    ----------
    drawing
        Switches and gear in each rack.
    things
        All that stands in each rack.
    draw_kw, mass_kg
        Sums of what is known: switches, and for the draw the plugs of their links.
    lacks_draw, lacks_mass
        Subject in it that does not say, -1 none.
    """

    drawing: IntArray
    things: IntArray
    draw_kw: FloatArray
    mass_kg: FloatArray
    lacks_draw: IntArray
    lacks_mass: IntArray


def inside_racks(site: Site) -> Inside:
    """List what stands in racks: switches, then panels, then other gear."""
    parts = [_of_kind(site, kind) for kind in KINDS]
    subject, rack, unit, height, draw, mass = map(np.concatenate, zip(*parts, strict=True))
    return Inside(subject, rack, unit, height, draw, mass)


def _of_kind(site: Site, kind: str) -> tuple[Array, ...]:
    table, rack = site.tables[kind], hosts(site, kind)
    rows = np.flatnonzero(rack >= 0)
    count = np.asarray(table["count"], dtype=float) if "count" in table.columns else 1.0
    height, draw, mass = (
        _figure(site, kind, column) * count for column in ("rack_units", "draw_kw", "mass_kg")
    )
    if kind == "switch":
        draw = draw + plugs_kw(site)
    if kind == "panel":
        draw = np.zeros(len(table))
    unit = np.asarray(table["unit"], dtype=float)
    return (
        site.subject(kind, rows), rack[rows], unit[rows], height[rows], draw[rows], mass[rows],
    )  # fmt: skip


def _figure(site: Site, kind: str, column: str) -> FloatArray:
    """Figure of each thing of a kind: its own, else its product's; NaN not known."""
    columns = site.tables[kind].columns
    if "type" not in columns:
        return np.asarray(columns[column], dtype=float)
    if column in columns:
        return np.asarray(resolved(site, kind, column), dtype=float)
    return np.asarray(of_product(site, kind, column), dtype=float)


def housed(site: Site) -> Housed:
    """Sum up what stands in each rack."""
    racks, inside = len(site.tables["rack"]), inside_racks(site)
    draws = site.rows_of("panel", inside.subject) < 0
    return Housed(
        np.bincount(inside.rack[draws], minlength=racks).astype(np.int64),
        np.bincount(inside.rack, minlength=racks).astype(np.int64),
        np.bincount(inside.rack, np.nan_to_num(inside.draw_kw), minlength=racks).astype(float),
        np.bincount(inside.rack, np.nan_to_num(inside.mass_kg), minlength=racks).astype(float),
        _first(inside, np.isnan(inside.draw_kw), racks),
        _first(inside, np.isnan(inside.mass_kg), racks),
    )


def _first(inside: Inside, lacking: Array, racks: int) -> IntArray:
    out = np.full(racks, -1, dtype=np.int64)
    rows = np.flatnonzero(lacking)[::-1]
    out[inside.rack[rows]] = inside.subject[rows]
    return out


def budgets(site: Site) -> BoolArray:
    """(racks,) those whose type's figures are a budget for what is put into them.

    A maker states of any other rack what it ships: a switch that somebody puts into a rack of
    servers comes on top of that.
    """
    ids = site.tables["product"].ids.tolist()
    named = [site.catalog.products[i].text.get("class") in BUDGETS for i in ids]
    return np.append(named, False)[product_rows(site, "rack")].astype(bool)


def with_housed(
    own: FloatArray, of_type: FloatArray, inside: FloatArray, lacks: BoolArray, budget: BoolArray
) -> FloatArray:
    """Figure of racks with what stands in them: what the layout says of a rack is all of it.

    A figure that is all of it, and a budget, give way to a greater sum; any other is that of an
    empty rack or of its servers alone, and the sum comes on top.

    Parameters
    ----------
    own, of_type
        (racks,) what the layout says of each, NaN nothing; and that with its type's filled in.
    inside, lacks
        (racks,) what is known of the sum over the things in it, and whether one of them lacks.
    budget
        (racks,) whether the figure of the type is a budget, see `budgets`.

    Examples
    --------
    A rack of 900 kg by its type in which something of unknown mass stands, one of which the layout
    says 900 kg, one of servers with a switch of 15 kg, and a network rack that houses 1,000 kg:

    >>> own, of_type = np.array([np.nan, 900, np.nan, np.nan]), np.full(4, 900.0)
    >>> inside, lacks = np.array([15.0, 15, 15, 1000]), np.array([True, True, False, False])
    >>> with_housed(own, of_type, inside, lacks, np.array([False, False, False, True])).tolist()
    [nan, 900.0, 915.0, 1000.0]
    """
    whole = budget | ~np.isnan(own)
    figure = np.where(whole, np.maximum(of_type, inside), of_type + inside)
    return np.where(lacks & np.isnan(own), np.nan, figure)


def plugs_kw(site: Site) -> FloatArray:
    """Return what the plugs in each switch dissipate, (switches,), where its medium is a plug.

    A plug that serves several links shares its power among them; a switch says the medium of its
    links downward, and those that go up have that of the switch above.

    Examples
    --------
    A plug of 800 Gb/s and 17 W is 8.5 W for each of its two links of 400 Gb/s:

    >>> 17 * 400 / 800
    8.5
    """
    switches, product = site.tables["switch"], site.tables["product"]
    medium = site.rows_of("product", switches["medium"])
    watts, gbps = (np.append(product[c], np.nan)[medium] for c in ("power_w", "gbps"))
    each = np.nan_to_num(watts * np.asarray(switches["gbps"], dtype=float) / gbps)
    out = np.zeros(len(switches))
    for link, tail in (("drop", False), ("uplink", True)):
        table = site.tables[link]
        links = np.nan_to_num(np.asarray(table["links"], dtype=float))
        high = site.rows_of("switch", table["head"])
        drawn = links * np.append(each, 0.0)[high]
        np.add.at(out, high[high >= 0], drawn[high >= 0])
        if tail:
            low = site.rows_of("switch", table["tail"])
            np.add.at(out, low[low >= 0], drawn[low >= 0])
    return out / 1e3
