"""The compiled form of a site: topology once, columns beside it, and who needs whom.

`compile_site` is the one entry; `patch` reuses the topology of a site of the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.arrays.carried import carried, with_carried
from twin.arrays.housed import budgets, housed, with_housed
from twin.arrays.needs import Needs, needs_of
from twin.arrays.power import PowerTopology, power_topology
from twin.site.contract import CONTRACT
from twin.site.rack_cdus import in_racks
from twin.site.resolve import resolved
from twin.site.site import Site
from twin.site.table import Array, Table


@dataclass(frozen=True)
class Topology:
    """Order, levels and lists per layer; shared by all sites of the same shape."""

    power: PowerTopology
    needs: Needs


@dataclass(frozen=True)
class Arrays:
    """A site as arrays: its topology, and tables in which products' figures are filled in."""

    site: Site
    topology: Topology
    tables: Mapping[str, Table]

    @property
    def needs(self) -> Needs:
        """Subject -> subjects without which it cannot do its work."""
        return self.topology.needs


_FROM_PRODUCT = {
    "rack": (
        "nameplate_kw", "power_factor", "voltage_v", "mass_kg", "height_m", "width_m", "depth_m",
        "shelves", "shelf_kw", "input_whips", "liquid_share_low", "liquid_share_high",
        "supply_min_c", "supply_max_c", "return_max_c", "flow_lpm", "flow_per_kw_lpm", "ew_ports",
        "ns_ports", "oob_ports",
        "ew_gbps", "whip_a", "dc_voltage_v", "air_inlet_max_c", "airflow_m3s", "idle_kw", "peak_kw",
        "peak_s", "hold_up_s", "battery_s", "psus", "psu_kw", "shelf_efficiency", "dp_kpa",
        "filter_um", "pressure_max_kpa", "dp_min_kpa", "dp_max_kpa",
        "entry_m2", "manager_m2", "rack_units", "free_units",
        "systems", "psus_per_system", "psus_needed", "psus_least", "reduced_kw",
    ),
    "cdu": (
        "heat_kw", "flow_lpm", "approach_k", "draw_kw", "width_m", "depth_m", "height_m",
        "mass_kg", "power_factor", "hold_up_s", "pumps", "pumps_needed", "head_kpa",
        "min_flow_lpm", "facility_flow_lpm", "facility_dp_kpa", "rated_supply_c", "volume_l",
        "filter_um", "pressure_max_kpa", "rack_units", "shutoff_kpa",
    ),
    "plant": ("flow_lpm", "head_kpa", "pumps", "pumps_needed", "min_flow_lpm", "shutoff_kpa"),
    "pipe": ("bore_m", "roughness_m", "pressure_max_kpa"),
    "manifold": ("bore_m", "roughness_m", "pressure_max_kpa"),
    "hookup": ("bore_m", "roughness_m"),
    "source": ("start_s",),
    "tray": ("width_m", "depth_m", "load_kg_m", "rated_span_m"),
    "transformer": (
        "rating_kva", "z_pct", "x_over_r", "load_loss_kw", "no_load_kw", "efficiency",
    ),
    "ups": (
        "rating_kva", "rating_kw", "modules", "battery_min", "power_factor", "efficiency",
        "efficiency_25", "efficiency_50", "efficiency_75", "overload_110_s", "overload_125_s",
        "overload_150_s",
    ),
    "rectifier": (
        "rating_kw", "modules", "battery_min", "power_factor", "efficiency", "hold_up_s", "mass_kg",
    ),
    "transfer": ("rating_a", "transfer_s"),
    "busway": ("rating_a",),
    "switch": ("gbps",),
    "panel": ("ports", "rack_units", "mass_kg"),
    "trunk": ("connectors", "od_m"),
    "air_unit": (
        "heat_kw", "airflow_m3s", "draw_kw", "width_m", "depth_m", "height_m", "power_factor",
        "hold_up_s", "facility_flow_lpm", "facility_dp_kpa",
    ),
}  # fmt: skip
"""Columns of each kind that a product fills in where the item itself says nothing."""

_SHAPE = tuple((c.kind, c.name) for c in CONTRACT if c.shape)


def compile_site(site: Site, like: Arrays | None = None) -> Arrays:
    """Compile a site; the topology of `like` is used where no shape column differs."""
    topology = like.topology if like is not None and same_shape(site, like.site) else None
    if topology is None:
        topology = Topology(power=power_topology(site), needs=needs_of(site))
    return Arrays(site=site, topology=topology, tables=_filled(site))


def same_shape(a: Site, b: Site) -> bool:
    """Whether two sites have the same things, joined in the same way."""
    if any(not np.array_equal(a.tables[k].ids, b.tables[k].ids) for k in a.tables):
        return False
    return all(_same(a.tables[k].columns[c], b.tables[k].columns[c]) for k, c in _SHAPE)


def _same(a: Array, b: Array) -> bool:
    return a is b or np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def _filled(site: Site) -> dict[str, Table]:
    """Tables with products' figures and the site's default readiness filled in."""
    tables = dict(site.tables)
    for kind, columns in _FROM_PRODUCT.items():
        figures = {c: resolved(site, kind, c) for c in columns if _has(site, kind, c)}
        tables[kind] = tables[kind].with_columns(**figures)
    tables["rack"] = _with_switches(site, _with_cdus(site, tables["rack"]))
    default = np.datetime64(site.ready or "NaT", "D")
    for kind, table in tables.items():
        if "ready" in table.columns:
            own = table["ready"]
            tables[kind] = table.with_columns(ready=np.where(np.isnat(own), default, own))
    own = tables["position"]["network_ready"]
    tables["position"] = tables["position"].with_columns(
        network_ready=np.where(np.isnat(own), default, own)
    )
    return tables


def _with_cdus(site: Site, racks: Table) -> Table:
    """Racks draw and weigh what their type says and what their CDUs do."""
    if not in_racks(site.tables).any():
        return racks
    more, own = carried(site), site.tables["rack"]
    columns = {
        c: with_carried(np.asarray(own[c], dtype=float), np.asarray(racks[c]), extra)
        for c, extra in (
            ("nameplate_kw", more.draw_kw), ("idle_kw", more.draw_kw), ("peak_kw", more.draw_kw),
            ("mass_kg", more.mass_kg),
        )
    }  # fmt: skip
    return racks.with_columns(**columns)


def _with_switches(site: Site, racks: Table) -> Table:
    """Racks draw and weigh what stands in them, too; unknown where any of it is.

    Of it idle and peak power take what is known: what of it lacks is asked for where they are
    used.
    """
    inside, own, budget = housed(site), site.tables["rack"], budgets(site)
    none = np.zeros(len(racks), dtype=bool)
    columns = {
        c: with_housed(np.asarray(own[c], dtype=float), np.asarray(racks[c]), sums, lacks, budget)
        for c, sums, lacks in (
            ("nameplate_kw", inside.draw_kw, inside.lacks_draw >= 0),
            ("mass_kg", inside.mass_kg, inside.lacks_mass >= 0),
            *((c, np.where(budget, 0.0, inside.draw_kw), none) for c in ("idle_kw", "peak_kw")),
        )
    }
    return racks.with_columns(**columns)


def _has(site: Site, kind: str, column: str) -> bool:
    return column in site.tables["product"].columns or column in site.tables[kind].columns
