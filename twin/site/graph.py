"""The site as a stock NetworkX graph, and back: the round trip loses nothing.

Nodes are `kind:id` with the columns of the contract as attributes, a product's figure where the
item says none; what is not known is absent. Edges run the way that power, coolant, data or
belonging runs, with the attributes `layer` and `column`; their key is the column.
"""

from __future__ import annotations

import gc
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

import networkx as nx
import numpy as np

from twin.errors import InputError, Problem, near, shown
from twin.model.policy import Policy
from twin.site.contract import BY_KIND, KINDS, Column
from twin.site.feeding import wrong_wiring
from twin.site.fits import misfit, unreadable
from twin.site.resolve import of_product
from twin.site.site import Shapes, Site, empty_table
from twin.site.table import Array, StrArray, Table

Graph = nx.MultiDiGraph
LAYERS = ("power", "coolant", "data", "tray", "place")
_LAYER = {
    "fed_from": "power", "tap": "power", "rack": "power", "loop": "coolant", "plant": "coolant",
    "feed": "power", "drop": "data", "uplink": "data", "patch": "data", "panel_a": "data",
    "panel_b": "data", "medium": "data", "alternate": "power",
    "parallel_with": "power", "side_a": "power", "side_b": "power",
}  # fmt: skip
_OUTWARD = {("whip", "rack"), ("cdu", "loop")}
"""References that run from the item that says them to what they name."""
_LINKS = ("feed", "drop", "uplink", "patch")
_SORT = {"kind": "sort"}
"""A column called kind (of an obstacle, a tray, a source) is `sort` on a node."""
_OF_SHAPE = {"outline_m", "points_m", "accepts", "drop_outs_m"}
"""Attributes of nodes that are no columns: they come from the shapes of a site."""
_KEPT = ("name", "title", "policy", "catalog", "profile", "assumptions", "waivers", "scope",
         "ready", "file", "delivered", "stock_m", "prices", "label",
         "devices")  # fmt: skip


def graph_of(site: Site) -> Graph[str]:
    """Build the graph of a site: every thing on its place, every connection as an edge."""
    graph: Graph[str] = nx.MultiDiGraph()
    graph.graph.update({k: getattr(site, k) for k in _KEPT})
    names = site.names
    graph.graph["assumed"] = dict(_assumed_cells(site, names))
    graph.graph["own"] = frozenset(_own_cells(site, names))
    collecting = gc.isenabled()
    gc.disable()
    try:
        for kind in KINDS:
            if kind not in _LINKS:
                graph.add_nodes_from(_nodes(site, kind))
        for tail, head, key, data in (*_edges(site, names), *_tray_joints(site)):
            graph.add_edge(tail, head, key, **data)
    finally:
        if collecting:
            gc.enable()
    return graph


def layer_of(site: Site, layer: str) -> Graph[str]:
    """One layer of a site's graph: its edges, and the nodes at their ends."""
    if layer not in LAYERS:
        message = f"there is no layer {layer!r}; layers are {', '.join(LAYERS)}"
        raise ValueError(message)
    graph = graph_of(site)
    part: Graph[str] = nx.MultiDiGraph(**graph.graph)
    for tail, head, key, data in graph.edges(keys=True, data=True):
        if data["layer"] == layer:
            part.add_edge(tail, head, key, **data)
    trays = [n for n in graph if layer == "tray" and n.startswith(("tray:", "riser:"))]
    part.add_nodes_from((n, graph.nodes[n]) for n in (*part, *trays))
    return part


def _shared_figures() -> Iterator[tuple[str, str]]:
    """(kind, column) of figures that an item may say itself or leave to its product."""
    for kind in KINDS:
        if "type" in BY_KIND[kind]:
            for c in BY_KIND[kind].values():
                if c.dtype == "f8" and c.name in BY_KIND["product"]:
                    yield kind, c.name


def _own_cells(site: Site, names: StrArray) -> Iterator[tuple[str, str]]:
    """Figures that an item says itself although its product says the same."""
    for kind, column in _shared_figures():
        same = site.tables[kind][column] == of_product(site, kind, column)
        for row in np.flatnonzero(same).tolist():
            yield str(names[site.first[kind] + row]), column


def _assumed_cells(site: Site, names: StrArray) -> Iterator[tuple[tuple[str, str], int]]:
    for (kind, column), marks in site.assumed.items():
        for row in np.flatnonzero(marks >= 0).tolist():
            yield (str(names[site.first[kind] + row]), column), int(marks[row])


def _nodes(site: Site, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    table = site.tables[kind]
    names: list[dict[str, Any]] = [{"kind": kind} for _ in range(len(table))]
    for c in BY_KIND[kind].values():
        if c.dtype == "i4":
            continue
        values = table[c.name]
        if c.dtype == "f8" and "type" in BY_KIND[kind] and c.name in BY_KIND["product"]:
            values = np.where(np.isnan(values), of_product(site, kind, c.name), values)
        known = _known(values)
        plain = values.tolist()
        for row in np.flatnonzero(known).tolist():
            names[row][_SORT.get(c.name, c.name)] = plain[row]
    for row, extra in _shapes_of(site, kind):
        names[row].update(extra)
    for name, data in zip(table.ids.tolist(), names, strict=True):
        yield f"{kind}:{name}", data


def _known(values: Array) -> Array:
    if values.dtype.kind == "f":
        return ~np.isnan(values)
    if values.dtype.kind == "M":
        return ~np.isnat(values)
    if values.dtype.kind == "U":
        return np.asarray(values != "")
    return np.ones(len(values), dtype=bool)


def _shapes_of(site: Site, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
    table = site.tables[kind]
    if kind == "hall":
        for name, points in site.shapes.outline.items():
            yield table.index[name], {"outline_m": [tuple(p) for p in points.tolist()]}
    if kind == "position":
        for row, forms in site.shapes.accepts.items():
            yield row, {"accepts": forms}
    if kind == "tray":
        for name, points in site.shapes.drop_outs.items():
            if name in table.index:
                yield table.index[name], {"drop_outs_m": [tuple(p) for p in points.tolist()]}
    for (owner, name), points in site.shapes.lines.items():
        if owner == kind and name in table.index:
            yield table.index[name], {"points_m": [tuple(p) for p in points.tolist()]}


def _edges(site: Site, names: StrArray) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for kind in KINDS:
        table = site.tables[kind]
        if kind in _LINKS:
            tails, heads = names[table["tail"]], names[table["head"]]
            for row, (tail, head) in enumerate(zip(tails.tolist(), heads.tolist(), strict=True)):
                yield head, tail, kind, {
                    "layer": _LAYER[kind], "column": kind, **_said_by(table, row),
                }  # fmt: skip
            continue
        for c in BY_KIND[kind].values():
            if c.dtype != "i4":
                continue
            rows = np.flatnonzero(table[c.name] >= 0)
            owners = names[rows + site.first[kind]].tolist()
            targets = names[table[c.name][rows]].tolist()
            data = {"layer": _LAYER.get(c.name, "place"), "column": c.name}
            outward = (kind, c.name) in _OUTWARD
            for owner, target in zip(owners, targets, strict=True):
                yield (owner, target, c.name, data) if outward else (target, owner, c.name, data)


def _said_by(table: Table, row: int) -> dict[str, float]:
    """Return what a connection says besides its two ends: numbers that are known."""
    numbers = {n: float(v[row]) for n, v in table.columns.items() if v.dtype.kind == "f"}
    return {name: value for name, value in numbers.items() if not np.isnan(value)}


def _tray_joints(site: Site) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Trays and risers of one hall that touch: derived, so the way back leaves them out."""
    from twin.site.geometry import near_in_halls
    from twin.site.hanging import TOUCH_M, ends_of, hung_of

    hung, data = hung_of(site.tables, site.shapes, power=True), {"layer": "tray", "column": ""}
    names = [f"tray:{name}" for name in site.tables["tray"].ids[hung.row].tolist()]
    a, b = near_in_halls(hung.line, hung.hall, hung.line, hung.hall, TOUCH_M)
    joined = (a < b) & (np.abs(hung.z[a] - hung.z[b]) <= TOUCH_M)
    for first, second in zip(a[joined].tolist(), b[joined].tolist(), strict=True):
        yield names[first], names[second], "joint", data
    for end in ends_of(site.tables):
        far, over = end.beside(hung)
        riser = f"riser:{site.tables['riser'].ids[end.row]}"
        for n in np.flatnonzero((far <= TOUCH_M) & (np.abs(over) <= TOUCH_M)).tolist():
            yield names[n], riser, "joint", data


def from_graph(graph: Graph[str], **kept: Any) -> Site:  # noqa: ANN401 - fields of a site
    """Build a site from a graph that follows the contract.

    Parameters
    ----------
    graph
        Nodes `kind:id` with the attribute `kind` and columns; edges with `column`.
    kept
        Fields of the site (policy, catalog, profile ...) that `graph.graph` does not hold.

    Raises
    ------
    InputError
        Every node, attribute and edge that does not fit the contract, at once.
    """
    problems = list(_problems(graph))
    if problems:
        raise InputError(problems)
    ids: dict[str, list[str]] = {k: [] for k in KINDS}
    for node in sorted(graph):
        kind, _, name = node.partition(":")
        ids[kind].append(name)
    edges = [(u, v, d["column"]) for u, v, d in graph.edges(data=True) if d["column"]]
    links = {k: _links(graph, k) for k in _LINKS}
    ids |= {k: list(said) for k, said in links.items()}
    tables = {k: _table(graph, k, ids[k]) for k in KINDS}
    tables |= {k: _of_links(tables[k], links[k]) for k in _LINKS}
    bare = Site(
        tables=tables, shapes=_read_shapes(graph, tables),
        **{**_defaults(), **_graph_fields(graph), **kept},
    )  # fmt: skip
    linked = bare.replace(tables=_with_references(bare, edges))
    site = linked.replace(tables=_without_products(linked, graph.graph.get("own", frozenset())))
    wrong = [
        Problem("graph", key=f"{f.kind}:{f.id}.{f.column}", value=f.value, message=f.message,
                expected=f.expected)
        for f in wrong_wiring(site.tables)
    ]  # fmt: skip
    if wrong:
        raise InputError(wrong)
    return site.replace(assumed=_read_assumed(graph, site))


def _link_id(u: str, v: str) -> str:
    """Return the id of a feed or drop, an edge of a graph: who is served > who serves."""
    return f"{v.partition(':')[2]}>{u.partition(':')[2]}"


def _links(graph: Graph[str], kind: str) -> dict[str, dict[str, Any]]:
    """Return the edges of a kind of connection by their ids, sorted, with their attributes."""
    edges = graph.edges(data=True)
    return dict(sorted((_link_id(u, v), d) for u, v, d in edges if d["column"] == kind))


def _of_links(table: Table, said: Mapping[str, Mapping[str, Any]]) -> Table:
    """Fill in what connections say besides their two ends."""
    numbers = [c.name for c in BY_KIND[table.kind].values() if c.dtype == "f8"]
    return table.with_columns(
        **{n: _column([d.get(n) for d in said.values()], "f8", None) for n in numbers}
    )


def _defaults() -> dict[str, Any]:
    from twin.catalog import shipped
    from twin.catalog.profile import profile
    from twin.model.layout import FAMILIES

    return {"name": "graph", "title": "graph", "policy": Policy(), "catalog": shipped(),
            "profile": profile("nec-us"), "scope": FAMILIES}  # fmt: skip


def _graph_fields(graph: Graph[str]) -> dict[str, Any]:
    known = {f.name for f in fields(Site)} & set(_KEPT)
    return {k: v for k, v in graph.graph.items() if k in known}


def _problems(graph: Graph[str]) -> Iterator[Problem]:
    for node, data in graph.nodes(data=True):
        yield from _node_problems(node, data)
    for u, v, data in graph.edges(data=True):
        column = data.get("column")
        if column not in {*_LINKS, ""} and not _owner_of(u, v, column):
            yield Problem(
                file="graph",
                key=f"{u} -> {v}.column",
                value=column,
                message="joins no two things of the contract",
                expected="a reference column of one end",
            )


def _node_problems(node: object, data: Mapping[str, Any]) -> Iterator[Problem]:
    def problem(key: str, message: str, expected: str, guess: str | None = None) -> Problem:
        return Problem(
            file="graph",
            key=f"{node}.{key}",
            value=data.get(key),
            message=message,
            expected=expected,
            near=guess,
        )

    kind = data.get("kind")
    if kind not in KINDS or kind in _LINKS or not str(node).startswith(f"{kind}:"):
        message = "names no kind of the contract"
        yield problem("kind", message, "kind:id and a kind", near(str(kind), KINDS))
        return
    for key, value in data.items():
        if key == "kind":
            continue
        column = BY_KIND[kind].get("kind" if key == "sort" else key)
        if key not in _OF_SHAPE and (column is None or column.dtype == "i4"):
            message, guess = f"is no attribute of a {kind}", near(key, BY_KIND[kind])
            yield problem(key, message, "a column of the contract", guess)
        elif column is None:
            continue
        elif column.dtype == "f8" and not isinstance(value, int | float):
            yield problem(key, "is no number", f"a number in {column.unit or 'units'}")
        elif expected := _fit(column, value if isinstance(value, Hashable) else str(value)):
            yield problem(key, f"{shown(value)} does not fit", expected)


@lru_cache(maxsize=4096, typed=True)
def _fit(column: Column, value: Any) -> str:  # noqa: ANN401 - an attribute of any column
    """Return what would be right where an attribute does not fit; many nodes say the same."""
    return misfit(column, value) or unreadable(column, value)


def _owner_of(u: str, v: str, column: object) -> tuple[str, str] | None:
    """(owner, target) of an edge: which end says the reference."""
    for owner, target in ((v, u), (u, v)):
        kind = owner.partition(":")[0]
        spec = BY_KIND.get(kind, {}).get(str(column))
        outward = (kind, str(column)) in _OUTWARD
        if spec and target.partition(":")[0] in spec.refs and outward == (owner == u):
            return owner, target
    return None


def _table(graph: Graph[str], kind: str, ids: list[str]) -> Table:
    table = empty_table(kind, np.array(ids, dtype=np.str_))
    if kind in _LINKS:
        return table
    rows = [graph.nodes[f"{kind}:{name}"] for name in ids]
    columns: dict[str, Array] = {}
    for c in BY_KIND[kind].values():
        if c.dtype == "i4":
            continue
        values = [row.get(_SORT.get(c.name, c.name)) for row in rows]
        columns[c.name] = _column(values, c.dtype, c.default)
    return table.with_columns(**columns)


def _column(values: list[Any], dtype: str, default: object) -> Array:
    if dtype == "f8":
        return np.array([np.nan if v is None else float(v) for v in values], dtype=float)
    if dtype == "M8[D]":
        days = [np.datetime64("NaT") if v is None else np.datetime64(v) for v in values]
        return np.array(days, dtype="datetime64[D]")
    if dtype == "bool":
        return np.array([bool(default) if v is None else bool(v) for v in values], dtype=bool)
    return np.array(["" if v is None else str(v) for v in values], dtype=np.str_)


def _with_references(site: Site, edges: list[tuple[str, str, str]]) -> dict[str, Table]:
    number = {name: s for s, name in enumerate(site.names.tolist())}
    columns: dict[tuple[str, str], Array] = {}
    for kind in KINDS:
        for c in BY_KIND[kind].values():
            if c.dtype == "i4":
                columns[kind, c.name] = np.full(len(site.tables[kind]), -1, dtype=np.int64)
    for u, v, column in edges:
        if column in _LINKS:
            row = site.tables[column].index[_link_id(u, v)]
            columns[column, "tail"][row], columns[column, "head"][row] = number[v], number[u]
            continue
        ends = _owner_of(u, v, column)
        if ends is not None:
            kind, _, name = ends[0].partition(":")
            columns[kind, column][site.tables[kind].index[name]] = number[ends[1]]
    out = dict(site.tables)
    for (kind, column), values in columns.items():
        out[kind] = out[kind].with_columns(**{column: values})
    return out


def _without_products(site: Site, own: frozenset[tuple[str, str]]) -> dict[str, Table]:
    """Keep as an item's own only what differs from its product's figure, or was its own."""
    out = dict(site.tables)
    for kind, column in _shared_figures():
        figure = site.tables[kind][column]
        drop = figure == of_product(site, kind, column)
        for row in np.flatnonzero(drop).tolist():
            drop[row] = (f"{kind}:{site.tables[kind].ids[row]}", column) not in own
        out[kind] = out[kind].with_columns(**{column: np.where(drop, np.nan, figure)})
    return out


def _read_shapes(graph: Graph[str], tables: Mapping[str, Table]) -> Shapes:
    outline: dict[str, Array] = {}
    lines: dict[tuple[str, str], Array] = {}
    accepts: dict[int, tuple[str, ...]] = {}
    drop_outs: dict[str, Array] = {}
    for node, data in graph.nodes(data=True):
        kind, _, name = node.partition(":")
        if "outline_m" in data:
            outline[name] = np.asarray(data["outline_m"], dtype=float)
        if "points_m" in data:
            lines[kind, name] = np.asarray(data["points_m"], dtype=float)
        if "accepts" in data:
            accepts[tables[kind].index[name]] = tuple(data["accepts"])
        if "drop_outs_m" in data:
            drop_outs[name] = np.asarray(data["drop_outs_m"], dtype=float)
    return Shapes(outline=outline, lines=lines, accepts=accepts, drop_outs=drop_outs)


def _read_assumed(graph: Graph[str], site: Site) -> dict[tuple[str, str], Array]:
    out: dict[tuple[str, str], Array] = {}
    for (node, column), number in graph.graph.get("assumed", {}).items():
        kind, _, name = node.partition(":")
        if kind in site.tables and name in site.tables[kind].index:
            empty = np.full(len(site.tables[kind]), -1, dtype=np.int64)
            out.setdefault((kind, column), empty)[site.tables[kind].index[name]] = number
    return out
