"""A layout, its lists and the catalog become a site: the one function between model and site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.model.base import FEEDERS, Item
from twin.model.layout import Layout, ListTable
from twin.model.place import Position
from twin.site import assemble, assume, expand, owner, repeat, segments
from twin.site.contract import FIGURES, KINDS
from twin.site.coolant_words import faults_of_coolant
from twin.site.fabrics.figures import figures_of
from twin.site.fabrics.names import faults_of_names
from twin.site.fabrics.panels import faults_of_cassettes, faults_of_trunks, patches
from twin.site.fabrics.units import faults_of_standing, written_others
from twin.site.fabrics.weave import Woven, weave
from twin.site.fabrics.wrong import faults_of_label, faults_of_stock
from twin.site.faults import Fault, where_written
from twin.site.feeding import wrong_wiring
from twin.site.hanging import faults_of_trays
from twin.site.pairs import faults_of_pairs
from twin.site.piping import faults_of_piping, of_no_circuit
from twin.site.rack_cdus import carried, faults_of_rack_cdus, fed_in_place, made_by
from twin.site.repeat import Repeats
from twin.site.rows import Rows, each_of, named, rows_of_layout
from twin.site.site import Shapes, Site, empty_table, is_constant
from twin.site.supplies import faults_of_supplies
from twin.site.table import Array, Chunk, StrArray, Table
from twin.site.ways import faults_of_ways
from twin.site.windows import backwards
from twin.site.wiring import whips_by_rule, whips_to_nowhere, with_whips
from twin.site.zoning import faults_of_zones

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog
    from twin.catalog.profile import Profile

_OTHER_FIGURE = {
    "liquid_share_high": ("liquid_share", "high"),
    "liquid_share_low": ("liquid_share", "low"),
    "voltage_low_v": ("voltage_v", "low"),
    "voltage_high_v": ("voltage_v", "high"),
    "psus": ("psus_per_shelf", "number"),
    "rated_span_m": ("span_m", "number"),
}
"""Columns that read a figure of another name, or one end of it."""
_WORST = {"nameplate_kw": "high", "peak_kw": "high", "mass_kg": "high"}
"""Figures of which the unfavourable end of the published range is used."""


def build(
    layout: Layout,
    lists: Sequence[ListTable],
    catalog: Catalog,
    profile: Profile,
    file: str = "",
    delivered: frozenset[str] = frozenset(),
) -> tuple[Site, list[Fault]]:
    """Build the site; cross-references that do not hold are returned as faults.

    Parameters
    ----------
    layout, lists
        What was written, already checked item by item.
    catalog
        Products that racks and equipment name.
    profile
        Code profile of the limits.
    file
        The layout's file.
    delivered
        Serials of a ship notice: its racks come to what stands and push nothing aside.
    """
    faults: list[Fault] = [*owner.faults_of(layout.policy, profile, catalog)]
    rows = rows_of_layout(layout, faults)
    busways, runs = segments.cut(layout.power, faults)
    power = layout.power.model_copy(update={"busways": busways})
    faults += faults_of_coolant(layout.coolant, catalog)
    coolant, repeats, made = repeat.repeated(layout.coolant, rows.ids.tolist(), faults)
    faults += of_no_circuit(layout.coolant.manifolds, made)
    layout = layout.model_copy(update={"power": power, "coolant": coolant})
    tables = _written(layout, lists, repeats, faults)
    tables["row"] = assemble.join("row", [(rows.ids, rows.columns())], faults)
    tables["position"] = _positions(layout, rows, tables["position"], faults)
    taps, whip_a = _taps(layout, rows, tables["position"])
    tables["tap"] = assemble.join("tap", [taps, _as_chunk(tables["tap"])], faults)
    if runs:
        tables["tap"] = segments.hang_taps(tables["tap"], tables["position"], runs, faults)
    faults += faults_of_rack_cdus(layout, tables["rack"], catalog)
    tables["rack"] = _racks(layout, tables, delivered, faults)
    tables |= _with_rack_cdus(layout, tables, faults)
    figures, data = figures_of(catalog, layout.assume), layout.data
    others = [*written_others(data.panels, data.gear, tables["rack"], figures)]
    woven = weave(
        data.fabrics, data.switches, tables["position"], tables["rack"], figures, others, faults
    )
    faults += faults_of_standing(data.switches, data.gear, tables["rack"])
    faults += [*faults_of_stock(data, figures), *faults_of_label(data)]
    faults += chain(
        faults_of_trunks(data.trunks, data.panels, figures),
        faults_of_cassettes(data.panels, data.fabrics, figures),
    )
    tables["fabric"] = assemble.override(tables["fabric"], woven.sizes)
    tables["switch"] = _switches(layout, woven, tables["switch"], faults)
    for kind, units in woven.stand.items():
        tables[kind] = assemble.override(tables[kind], units)
    tables |= _connections(layout, rows, lists, tables, woven, faults)
    faults += faults_of_names(tables, woven.devices)
    tables["product"] = _products(tables, catalog)
    tables |= assume.spoken(layout.assume, layout.waive)
    whips = tables.setdefault("whip", empty_table("whip"))
    resolved = assemble.resolve_names(tables, faults, list(catalog.products))
    # An assumed count of shelves or inputs makes whips, so products take what is assumed first.
    of_products = [a for a in layout.assume if a.path.startswith("catalog.")]
    known, _ = assume.apply(resolved, of_products, [], catalog.products)
    resolved = with_whips(resolved, whips_by_rule(known, len(whips), whip_a))
    resolved = dict(fed_in_place(resolved))
    faults += [*wrong_wiring(resolved), *faults_of_piping(resolved)]
    faults += faults_of_zones(resolved)
    in_time = (backwards(resolved[kind]) for kind in ("window", "meter", "temperature"))
    faults += [*whips_to_nowhere(whips), *chain(*in_time), *faults_of_ways(resolved)]
    shapes = _shapes(layout, rows, resolved)
    faults += faults_of_trays(resolved, shapes)
    resolved, assumed = assume.apply(resolved, layout.assume, faults, catalog.products)
    faults += faults_of_supplies(resolved, assumed, layout.assume)
    faults += faults_of_pairs(resolved, assumed, layout.assume)
    site = Site(
        name=layout.name,
        title=layout.title or layout.name,
        tables=resolved,
        shapes=shapes,
        policy=owner.in_order(layout.policy),
        catalog=catalog,
        profile=profile,
        assumptions=tuple(layout.assume),
        waivers=tuple(layout.waive),
        scope=tuple(layout.scope),
        assumed=assumed,
        ready=layout.ready,
        file=file,
        delivered=delivered,
        stock_m={k: tuple(v) for k, v in layout.data.stock_m.items()},
        prices=dict(layout.data.prices),
        label=layout.data.label or "",
        devices=woven.devices,
    )
    faults = repeat.of_rules(made_by(segments.of_runs(faults, runs), tables["rack"]), made)
    return site, where_written(faults, tables)


def _sections(layout: Layout) -> dict[str, Mapping[str, Item]]:
    """Items written one by one, by kind."""
    p, c = layout.power, layout.coolant
    return {
        "hall": layout.halls, "obstacle": layout.obstacles,
        "tray": layout.trays, "riser": layout.risers,
        "source": p.sources, "transformer": p.transformers, "ups": p.ups,
        "rectifier": p.rectifiers, "board": p.boards, "rpp": p.rpps, "transfer": p.transfers,
        "tie": p.ties, "busway": p.busways, "tap": p.taps, "whip": p.whips, "window": p.windows,
        "meter": p.meters, "plant": c.plants, "loop": c.loops, "cdu": c.cdus,
        "air_unit": c.air_units, "pipe": c.pipes, "manifold": c.manifolds, "hookup": c.hookups,
        "zone": c.zones, "temperature": c.temperatures,
        "fabric": layout.data.fabrics, "switch": layout.data.switches,
        "panel": layout.data.panels, "trunk": layout.data.trunks, "gear": layout.data.gear,
        "delivery": layout.deliveries, "rack": layout.racks,
    }  # fmt: skip


def _written(
    layout: Layout, lists: Sequence[ListTable], repeats: Repeats, faults: list[Fault]
) -> dict[str, Table]:
    """Tables of what is written out or made for each, in the layout and in lists."""
    tables: dict[str, Table] = {}
    sections = _sections(layout)
    for kind in KINDS:
        chunks = [assemble.chunk_of_items(kind, sections[kind])] if kind in sections else []
        chunks += repeats.get(kind, ())
        chunks += [(t.ids.astype(np.str_), dict(t.columns)) for t in lists if t.kind == kind]
        tables[kind] = assemble.join(kind, chunks, faults)
    return tables


def _as_chunk(table: Table) -> Chunk:
    """Return a table as what was said of its rows: columns that nobody says are left out."""
    return table.ids, {k: v for k, v in table.columns.items() if not is_constant(v)}


def _positions(layout: Layout, rows: Rows, listed: Table, faults: list[Fault]) -> Table:
    """Positions by rule, those of lists, and single ones; a single one may override."""
    chunks = [expand.positions_of_rows(rows)]
    known = set(chunks[0][0].tolist())
    own = np.array([i not in known for i in listed.ids.tolist()], dtype=bool)
    chunks.append(_as_chunk(listed.take(np.flatnonzero(own))))
    known.update(listed.ids.tolist())
    alone = {k: p for k, p in layout.positions.items() if k not in known}
    chunks.append(_placed(alone, faults))
    table = assemble.join("position", chunks, faults)
    changes = {k: _fields(p) for k, p in layout.positions.items() if k not in alone}
    changes |= _listed_changes(listed.take(np.flatnonzero(~own)))
    return assemble.override(table, changes)


def _placed(alone: Mapping[str, Position], faults: list[Fault]) -> Chunk:
    ids, columns = assemble.chunk_of_items("position", alone)
    for name, p in alone.items():
        for key in ("hall", "at_m"):
            if getattr(p, key) is None:
                message = "stands in no row and does not say where it is"
                faults.append(Fault("position", name, key, None, message, f"write {key}"))
    places = [p.at_m or (np.nan, np.nan) for p in alone.values()]
    columns["x_m"] = np.array([p[0] for p in places], dtype=float)
    columns["y_m"] = np.array([p[1] for p in places], dtype=float)
    columns["yaw_deg"] = np.array([p.yaw_deg or 0.0 for p in alone.values()], dtype=float)
    return ids, columns


def _fields(p: Position) -> dict[str, Any]:
    fields = {k: getattr(p, k) for k in p.model_fields_set}
    if p.at_m is not None:
        fields |= {"x_m": p.at_m[0], "y_m": p.at_m[1]}
    return fields


def _listed_changes(table: Table) -> dict[str, dict[str, Any]]:
    """Fields that a list gives for positions that a rule has made."""
    out: dict[str, dict[str, Any]] = {}
    for row, name in enumerate(table.ids.tolist()):
        values = {k: c[row] for k, c in table.columns.items()}
        out[name] = {k: v for k, v in values.items() if _given(v)}
    return out


def _given(value: Any) -> bool:  # noqa: ANN401 - a cell of any column
    if isinstance(value, str):
        return value != ""
    return bool(value == value)  # noqa: PLR0124 - NaN and NaT differ from themselves


def _taps(layout: Layout, rows: Rows, positions: Table) -> tuple[Chunk, dict[str, float]]:
    """Taps by rule, and the rating of the whip that each is made for."""
    where: Array = positions["row"].astype(object)
    # A position with taps of its own stands in a row of its own, as far as taps go.
    single = {f"position {k}": positions.index[k] for k, p in layout.positions.items() if p.taps}
    own = list(single.values())
    of_single = np.asarray(positions["row"])[own]
    where[own] = list(single)
    rules = [*(r.taps for r in rows.said), *(p.taps for p in layout.positions.values() if p.taps)]
    of = np.append(rows.of, len(rows.said) + np.arange(len(single)))
    grouped = expand.by_row(where.astype(np.str_), [*rows.ids.tolist(), *single])
    chunk, ratings = expand.taps_of(
        positions.ids, grouped, rules, of, np.concatenate([rows.ids, of_single])
    )
    rated = np.flatnonzero(np.isfinite(ratings))
    whip_a = dict(zip(chunk[0][rated].tolist(), ratings[rated].tolist(), strict=True))
    return chunk, whip_a


def _racks(
    layout: Layout, tables: Mapping[str, Table], delivered: frozenset[str], faults: list[Fault]
) -> Table:
    written = tables["rack"]
    places = zip(written.ids.tolist(), written["position"].tolist(), strict=True)
    taken = {place for name, place in places if name not in delivered} - {""}
    placed = expand.racks_of_deliveries(layout, tables["position"].ids, taken, faults)
    return assemble.join("rack", [_as_chunk(written), *placed], faults)


def _with_rack_cdus(
    layout: Layout, tables: Mapping[str, Table], faults: list[Fault]
) -> dict[str, Table]:
    """Tables of CDUs and loops with those of racks that carry CDUs."""
    out = {}
    made = list(carried(tables["rack"], layout))
    for kind in dict.fromkeys(k for k, _ in made):
        chunks = [_as_chunk(tables[kind]), *(chunk for k, chunk in made if k == kind)]
        out[kind] = assemble.join(kind, chunks, faults)
    return out


def _switches(layout: Layout, woven: Woven, written: Table, faults: list[Fault]) -> Table:
    """Switches of fabrics and those written out; one written under a fabric's id overrides it."""
    made = {name for ids, _ in woven.switches for name in ids.tolist()}
    own = np.array([i not in made for i in written.ids.tolist()], dtype=bool)
    chunks = [_as_chunk(written.take(np.flatnonzero(own))), *woven.switches]
    table = assemble.join("switch", chunks, faults)
    said = {k: s for k, s in layout.data.switches.items() if k in made}
    return assemble.override(
        table, {k: {c: getattr(s, c) for c in s.model_fields_set} for k, s in said.items()}
    )


def _connections(
    layout: Layout,
    rows: Rows,
    lists: Sequence[ListTable],
    tables: Mapping[str, Table],
    woven: Woven,
    faults: list[Fault],
) -> dict[str, Table]:
    """Tables of power feeds of mechanical gear, of network drops and of links of switches."""
    c = layout.coolant
    gear: list[Mapping[str, Any]] = [c.plants, c.cdus, c.air_units]
    feeds = [expand.edges({k: v.feeds for k, v in items.items()}) for items in gear]
    single = {k: p.switches for k, p in layout.positions.items() if p.switches}
    positions = tables["position"]
    where = np.where(np.isin(positions.ids, list(single)), "", positions["row"])
    grouped = expand.by_row(where, rows.ids.tolist())
    names, owner, name = each_of((row.switches for row in rows.said), rows.of)
    at, which = grouped.with_each(owner)
    heads = named(names, name, rows.ids[owner])[which]
    drops = [expand.edges(single), (positions.ids[at], heads)]
    drops += [_listed_drops(t) for t in lists if t.kind == "position" and "switches" in t.columns]
    return {
        "feed": _joined("feed", [_placed_edges(p) for p in feeds], faults),
        "drop": _joined("drop", [*map(_edges, drops), *woven.drops], faults),
        "uplink": assemble.join("uplink", woven.uplinks, faults),
        "patch": assemble.join("patch", patches(layout.data.panels, positions, faults), faults),
    }


def _listed_drops(table: ListTable) -> tuple[StrArray, StrArray]:
    cells = [str(v).replace(";", " ").split() for v in table.columns["switches"].tolist()]
    return expand.edges(dict(zip(table.ids.tolist(), cells, strict=True)))


def _edges(pair: tuple[StrArray, StrArray]) -> Chunk:
    tail, head = (ends.astype(np.str_) for ends in pair)
    ids = np.strings.add(np.strings.add(tail, ">"), head)
    return ids, {"tail": tail, "head": head}


def _placed_edges(pair: tuple[StrArray, StrArray]) -> Chunk:
    """Edges that say which place each has in the list of its owner."""
    ids, columns = _edges(pair)
    return ids, {**columns, "place": expand.within_runs(columns["tail"])}


def _joined(kind: str, chunks: Sequence[Chunk], faults: list[Fault]) -> Table:
    """Join connections of one kind; one that is named twice is told of the list that names it."""
    twice: list[Fault] = []
    table = assemble.join(kind, chunks, twice)
    for fault in twice:
        name = fault.id.partition(">")[2]
        faults.append(Fault(kind, fault.id, "head", name, f'names "{name}" twice', "each once"))
    return table


def _products(tables: Mapping[str, Table], catalog: Catalog) -> Table:
    """Products that this layout names, as rows; their figures as columns."""
    named: set[str] = set()
    for kind, column in (
        ("rack", "type"), ("delivery", "type"), ("cdu", "type"), ("air_unit", "type"),
        ("switch", "type"),
        ("switch", "medium"), ("whip", "conductor"), ("tap", "type"), ("tray", "type"),
        *(("fabric", c) for c in ("leaf", "spine", "core", "medium", "up_medium", "core_medium")),
        ("panel", "type"), ("panel", "cassette"), ("trunk", "type"),
        *((k, "type") for k in ("plant", "pipe", "manifold", "hookup")),
        *((k, c) for k in FEEDERS for c in ("type", "conductor")),
    ):  # fmt: skip
        names = np.asarray(tables[kind][column])
        named |= set((names[:1] if is_constant(names) else names).tolist())
    if len(tables["fabric"]):  # any medium may be chosen for its links
        named |= {p.id for kind in ("cable", "optic") for p in catalog.of(kind)}
    if len(tables["panel"]):  # any of these may take the place of what its links go through
        named |= {p.id for kind in ("trunk", "panel", "cassette") for p in catalog.of(kind)}
    ids = np.array(sorted(n for n in named if n in catalog.products), dtype=np.str_)
    products = [catalog.products[n] for n in ids.tolist()]
    columns: dict[str, Array] = {}
    for name, _, _ in FIGURES:
        figure, end = _OTHER_FIGURE.get(name, (name, _WORST.get(name, "number")))
        columns[name] = np.array([getattr(p, end)(figure) for p in products], dtype=float)
    return Table("product", ids, columns)


def _shapes(layout: Layout, rows: Rows, tables: Mapping[str, Table]) -> Shapes:
    outline = {k: np.asarray(h.outline_m, dtype=float) for k, h in layout.halls.items()}
    lines: dict[tuple[str, str], Array] = {}
    for name, busway in layout.power.busways.items():
        if busway.from_m is not None and busway.to_m is not None:
            lines["busway", name] = np.array([busway.from_m, busway.to_m])
    for name, tray in layout.trays.items():
        lines["tray", name] = np.asarray(tray.points_m, dtype=float)
    for name, pipe in layout.coolant.pipes.items():
        if pipe.points_m:
            lines["pipe", name] = np.asarray(pipe.points_m, dtype=float)
    drop_outs = {
        k: np.asarray(t.drop_outs_m, dtype=float) for k, t in layout.trays.items() if t.drop_outs_m
    }
    table = tables["position"]
    forms = [tuple(row.accepts) for row in rows.said]
    said = np.append(rows.of[np.argsort(rows.ids)], -1)  # in the order of the table of rows
    first_row = sum(len(tables[k]) for k in KINDS[: KINDS.index("row")])
    form = said[np.where(table["row"] >= 0, table["row"] - first_row, -1)].tolist()
    accepts = {i: forms[k] for i, k in enumerate(form) if k >= 0 and forms[k]}
    for name, p in layout.positions.items():
        if p.accepts:
            accepts[table.index[name]] = tuple(p.accepts)
    return Shapes(outline=outline, lines=lines, accepts=accepts, drop_outs=drop_outs)
