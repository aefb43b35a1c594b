"""The one table of attributes: every column of every kind, derived from the model of a layout.

Tables, graph attributes, dotted paths, the names of missing fields and the page of columns all
follow from `CONTRACT`. What a layout may say stands in `twin.model`; what building a site adds
(places on the floor, counts of a rule) stands in `_DERIVED`; the figures of products that the
program reads stand in `FIGURES`.
"""

from __future__ import annotations

import types
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from twin import units
from twin.model.base import FEEDERS, Item, Ref, Rule, Shape
from twin.model.sections import MODELS, RULES, SECTIONS


class Column(NamedTuple):
    """One attribute of one kind. `dtype` is f8, i4 (subject number), U, M8[D] or bool.

    `rule`: other things were made by it when the layout was read, so that no change reaches it.
    """

    kind: str
    name: str
    dtype: str
    unit: str
    path: str
    meaning: str
    default: object
    shape: bool
    refs: tuple[str, ...] = ()
    rule: bool = False


_DERIVED = (
    ("position", "x_m", "f8", "m", "centre of the footprint, hall frame", False),
    ("position", "y_m", "f8", "m", "centre of the footprint, hall frame", False),
    ("position", "index", "f8", "", "place in its row, from 1", False),
    ("tap", "order", "f8", "", "order in which the whips of its position take it", True),
    ("tap", "at_x_m", "f8", "m", "centre, hall frame", False),
    ("tap", "at_y_m", "f8", "m", "centre, hall frame", False),
    ("switch", "tier", "U", "", "leaf, spine or core of its fabric", False),
    ("switch", "number", "f8", "", "number among those of its tier and plane, from 0", False),
    *(
        ("fabric", name, "f8", "", meaning, False)
        for name, meaning in (
            ("places", "node places of each of its positions"),
            ("node_places", "node places of all its positions, the reserved ones at the end"),
            ("units", "scalable units of a plane"),
            ("unit_nodes", "node places of a unit"),
            ("rail_leaves", "leaves of each rail of a unit"),
            ("leaf_down", "ports of a leaf for nodes"),
            ("leaf_up", "ports of a leaf in use towards spines"),
            ("group_leaves", "leaves that share spines of their own"),
            ("group_spines", "spines of a group"),
            ("spine_up", "ports of a spine in use towards cores"),
            ("group_cores", "cores of a core group"),
            ("last_spines", "spines of a last group of fewer leaves, 0 as others"),
            ("last_spine_up", "ports of such a spine in use towards cores, 0 as others"),
            ("lone_cores", "cores of a core group that the last group is not in, 0 as others"),
        )
    ),
    *(
        ("riser", name, "f8", "m", f"place of its {end} end, hall frame", False)
        for end, names in (("lower", ("at_x_m", "at_y_m")), ("upper", ("to_x_m", "to_y_m")))
        for name in names
    ),
    ("hall", "at_x_m", "f8", "m", "place of the hall's origin on the site", False),
    ("hall", "at_y_m", "f8", "m", "place of the hall's origin on the site", False),
    *(
        (kind, name, "f8", "m", meaning, False)
        for kind in ("obstacle", "cdu", "air_unit", *FEEDERS)
        for name, meaning in (
            ("at_x_m", "centre, hall frame"),
            ("at_y_m", "centre, hall frame"),
            ("size_x_m", "width of the footprint"),
            ("size_y_m", "depth of the footprint"),
        )
    ),
)
"""Columns that building a site adds: kind, name, dtype, unit, meaning, shape."""

_MADE_FOR = (
    ("switch", "fabric", "fabric that made it"),
    ("cdu", "rack", "rack that carries it"),
    ("loop", "rack", "rack whose own CDUs it joins"),
    ("loop", "hookup", "how that rack is joined to them"),
)
"""What rules say of things that they make: kind, column and kind that it refers to, meaning."""

_OF_LINKS = (
    ("feed", "place", "place in the list of feeds: on the first that lives it stands"),
    ("drop", "links", "links to this switch; unset: an even share of the rack's ports"),
    ("drop", "first", "number of the position's first node place in the fabric of the switch"),
    ("drop", "nodes", "node places of the position that a node takes"),
    ("uplink", "links", "links between the two switches"),
)
"""What connections say besides their two ends."""

FIGURES: tuple[tuple[str, str, bool], ...] = (
    ("nameplate_kw", "power at full load, highest published", False),
    ("idle_kw", "power when on without work", False),
    ("peak_kw", "short peak", False),
    ("peak_s", "time for which the peak lasts", False),
    ("hold_up_s", "gap in supply that it rides through", False),
    ("battery_s", "time for which its own battery carries its load", False),
    ("power_factor", "power factor at load", False),
    ("shelf_efficiency", "output over input of its power shelves at load", False),
    ("voltage_v", "AC input, line to line", False),
    ("voltage_low_v", "lowest AC input of the published range", False),
    ("voltage_high_v", "highest AC input of the published range", False),
    ("dc_voltage_v", "DC input", False),
    ("shelves", "power shelves", True),
    ("shelf_kw", "output of one shelf", False),
    ("psus", "supplies in one shelf", False),
    ("psu_kw", "output of one supply", False),
    ("systems", "servers with supplies of their own", False),
    ("psus_per_system", "supplies in one server", False),
    ("psus_needed", "living supplies with which a server runs in full", False),
    ("psus_least", "fewest living supplies with which a server runs, reduced", False),
    ("reduced_kw", "power of the rack while its servers run reduced", False),
    ("input_whips", "whips of the rack", True),
    ("liquid_share_low", "least published share of the heat that goes to liquid", False),
    ("liquid_share_high", "greatest published share of the heat that goes to liquid", False),
    ("supply_min_c", "coldest coolant supply", False),
    ("supply_max_c", "warmest coolant supply", False),
    ("return_max_c", "warmest coolant return", False),
    ("air_inlet_max_c", "warmest air at the inlet", False),
    ("flow_lpm", "flow at the single published point", False),
    ("flow_heat_kw", "liquid heat at which that flow holds", False),
    ("flow_per_kw_lpm", "flow per kW of liquid heat", False),
    ("airflow_m3s", "air drawn", False),
    ("mass_kg", "mass installed and filled, highest published", False),
    ("entry_m2", "clear area through which cables enter a rack", False),
    ("manager_m2", "section of the vertical cable manager on each side of a rack", False),
    ("width_m", "width", False),
    ("depth_m", "depth", False),
    ("height_m", "height", False),
    ("ew_ports", "ports of the compute network", False),
    ("ew_gbps", "speed of a compute port", False),
    ("ns_ports", "ports of the storage and in-band networks", False),
    ("oob_ports", "ports of the out-of-band network", False),
    ("compute_trays", "trays of servers in it", False),
    ("accelerators", "accelerators in it", False),
    ("domain_accelerators", "accelerators of one scale-up domain", False),
    ("scale_up_trays", "switch trays of the scale-up domain in it", False),
    ("scale_up_links", "links of an accelerator into its scale-up domain", False),
    ("scale_up_gbps", "bandwidth of an accelerator into its domain, each way", False),
    ("domain_span_m", "longest way between two racks of one scale-up domain", False),
    ("rack_units", "units that it has for gear, or takes", False),
    ("free_units", "units that are free in a rack as delivered", False),
    ("ports", "ports of a switch at its speed", False),
    ("connectors", "links that a trunk carries", False),
    ("loss_budget_db", "loss that an optic bears over its link", False),
    ("attenuation_db_per_km", "loss of fibre by length", False),
    ("connector_loss_db", "loss of a connection, at most", False),
    ("loss_db", "loss of a cassette from its front to its rear, at most", False),
    ("mass_kg_m", "mass by length", False),
    ("whip_a", "rating of each input", False),
    ("heat_kw", "cooling capacity at its rating", False),
    ("approach_k", "approach of the rating", False),
    ("water_in_c", "water inlet at which an air unit's rating holds", False),
    ("pumps", "pumps in it", False),
    ("pumps_needed", "pumps that its duty is stated for", False),
    ("head_kpa", "differential pressure outside the unit at its duty", False),
    ("min_flow_lpm", "least flow of its pumps", False),
    ("facility_flow_lpm", "facility water at its rating", False),
    ("facility_dp_kpa", "what that flow loses in it", False),
    ("water_flow_lpm", "water of an air unit at its rating", False),
    ("rated_supply_c", "coolant supply of its rating", False),
    ("volume_l", "coolant in it", False),
    ("filter_um", "mesh of its filter, or the finest that it asks for", False),
    ("pressure_max_kpa", "pressure that it bears", False),
    ("dp_kpa", "pressure lost at its single published flow", False),
    ("dp_c", "mean temperature of the coolant dp_fluid with which that loss is published", False),
    ("dp_min_kpa", "least pressure difference that it is made for", False),
    ("dp_max_kpa", "greatest pressure difference that it is made for", False),
    ("shutoff_kpa", "pressure that its pumps add at no flow", False),
    ("bore_m", "inner diameter of a pipe or hose", False),
    ("roughness_m", "of its inner wall", False),
    ("kv_m3h", "flow of water at 1 bar", False),
    ("draw_kw", "electrical draw", False),
    ("power_w", "power that a plug dissipates", False),
    ("reach_m", "longest link", False),
    ("delay_ns_per_m", "delay of light or signal by length", False),
    ("leg_m", "length of a tail behind the point where a cord divides", False),
    ("od_m", "outer diameter of the cable", False),
    ("mass_kg_m", "mass of a metre of cable", False),
    ("bend_m", "least radius to which a cable is bent once", False),
    ("load_kg_m", "load that a tray carries", False),
    ("rated_span_m", "distance of supports at which that load holds", False),
    ("fill_depth_m", "depth of a tray that counts for its fill, less than its own", False),
    ("gbps", "speed", False),
    ("rating_a", "continuous rating", False),
    ("rating_kva", "rating in kVA", False),
    ("rating_kw", "rating in kW", False),
    ("efficiency", "output over input at load", False),
    ("efficiency_25", "efficiency at 25 % of its rating", False),
    ("efficiency_50", "efficiency at 50 % of its rating", False),
    ("efficiency_75", "efficiency at 75 % of its rating", False),
    ("z_pct", "impedance", False),
    ("x_over_r", "reactance over resistance", False),
    ("load_loss_kw", "load loss at its rating", False),
    ("no_load_kw", "no-load loss", False),
    ("modules", "equal modules whose ratings add up to its rating", False),
    ("battery_min", "time for which its battery carries its rating, 0 where it has none", False),
    ("overload_110_s", "time for which it carries 110 % of its rating", False),
    ("overload_125_s", "time for which it carries 125 % of its rating", False),
    ("overload_150_s", "time for which it carries 150 % of its rating", False),
    ("start_s", "time until it can take load", False),
    ("transfer_s", "gap in supply until it stands on its alternate", False),
    ("r_ohm_per_km", "resistance of one conductor", False),
    ("x_ohm_per_km", "reactance of one conductor", False),
    ("ampacity_a", "continuous current of one conductor", False),
)
"""Figures of products that are read as columns: name, meaning, shape."""

_UNITS = {
    "delay_ns_per_m": "ns/m",
    "r_ohm_per_km": "ohm/km", "x_ohm_per_km": "ohm/km", "attenuation_db_per_km": "dB/km",
    "loss_budget_db": "dB", "connector_loss_db": "dB", "loss_db": "dB", "mass_kg_m": "kg/m",
}  # fmt: skip
"""Units of figures that the end of their name does not say."""

_DTYPES: dict[object, str] = {float: "f8", int: "f8", str: "U", date: "M8[D]", bool: "bool"}


def _unwrap(annotation: Any) -> tuple[Any, tuple[Any, ...]]:  # noqa: ANN401 - typing objects
    """Return the plain type below Annotated and Optional, with all metadata met on the way."""
    metadata: tuple[Any, ...] = ()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            metadata += tuple(more)
        elif origin in {Union, types.UnionType}:
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation, metadata


def _dtype(annotation: object) -> str | None:
    """Column type of a field; None when it is no single value (lists, points, rules)."""
    if get_origin(annotation) is Literal:
        return "U" if isinstance(get_args(annotation)[0], str) else "f8"
    return _DTYPES.get(annotation)


def _column(kind: str, name: str, info: FieldInfo) -> Column | None:
    plain, metadata = _unwrap(info.annotation)
    metadata += tuple(info.metadata)
    refs = next((m.kinds for m in metadata if isinstance(m, Ref)), ())
    shape = any(isinstance(m, Shape) for m in metadata)
    dtype = "i4" if refs else _dtype(plain)
    if dtype is None:
        return None
    default = None if info.is_required() else info.get_default()
    path = f"{SECTIONS[kind]}.*.{name}"
    unit = "" if refs else units.unit_of(name) or ""
    meaning = info.description or name.replace("_", " ")
    # What a row says is what its positions said when they were made of it.
    rule = kind == "row" or any(isinstance(m, Rule) for m in metadata)
    return Column(kind, name, dtype, unit, path, meaning, default, shape, refs, rule)


def columns_of(kind: str, model: type[Item]) -> list[Column]:
    """Columns that the model of a kind gives."""
    found = (_column(kind, name, info) for name, info in model.model_fields.items())
    return [c for c in found if c is not None]


def _listed(kind: str) -> str:
    """Name of the section of connections of a kind."""
    return {"patch": "patches"}.get(kind, f"{kind}s")


def _all() -> tuple[Column, ...]:
    out = [
        c for kind, model in MODELS.items() if kind not in RULES for c in columns_of(kind, model)
    ]
    known = {(c.kind, c.name) for c in out}
    for kind, name, dtype, unit, meaning, shape in _DERIVED:
        if (kind, name) not in known:
            path = f"{SECTIONS[kind]}.*.{name}"
            # What a fabric was wired for is as much its rule as what the layout says of it.
            rule = kind == "fabric" or (kind == "switch" and name in {"tier", "number"})
            out.append(Column(kind, name, dtype, unit, path, meaning, None, shape, rule=rule))
    for name, meaning, shape in FIGURES:
        unit = _UNITS.get(name) or units.unit_of(name) or ""
        path = f"catalog.*.{name}"
        out.append(Column("product", name, "f8", unit, path, meaning, None, shape))
    for kind, tails, heads in (
        ("feed", ("plant", "cdu", "air_unit"), FEEDERS),
        ("drop", ("position",), ("switch",)),
        ("uplink", ("switch",), ("switch",)),
        ("patch", ("position",), ("panel",)),
    ):
        for end, meaning, refs in (("tail", "from", tails), ("head", "to", heads)):
            path = f"{_listed(kind)}.*.{end}"
            out.append(Column(kind, end, "i4", "", path, meaning, None, True, refs))  # noqa: FBT003
    for kind, name, meaning in _OF_LINKS:
        path, rule = f"{kind}s.*.{name}", kind != "feed"
        out.append(Column(kind, name, "f8", "", path, meaning, None, shape=False, rule=rule))
    for kind, name, meaning in _MADE_FOR:
        path = f"{SECTIONS[kind]}.*.{name}"
        out.append(Column(kind, name, "i4", "", path, meaning, None, True, (name,), True))  # noqa: FBT003
    for kind, section in (("assumption", "assume"), ("waiver", "waive")):
        path, meaning = f"{section}.*.until", "last day on which it counts"
        out.append(Column(kind, "until", "M8[D]", "", path, meaning, None, False))  # noqa: FBT003
    return tuple(out)


CONTRACT: tuple[Column, ...] = _all()
KINDS: tuple[str, ...] = tuple(dict.fromkeys(c.kind for c in CONTRACT))
BY_KIND: dict[str, dict[str, Column]] = {
    kind: {c.name: c for c in CONTRACT if c.kind == kind} for kind in KINDS
}
SECTION_OF: dict[str, str] = {
    **{k: v for k, v in SECTIONS.items() if k not in RULES},
    "product": "catalog",
    "feed": "feeds",
    "drop": "drops",
    "uplink": "uplinks",
    "patch": "patches",
}
