"""Which figures, texts and tables each kind of product may carry, and in which unit.

A name says its unit by its suffix (``_kw``, ``_lpm``, ``_kpa``); counts and fractions have none
and are listed here. A name that is not listed is a spelling mistake until it stands here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

SUFFIXES = {
    "_per_kw_lpm": "L/min/kW",
    "_ohm_per_km": "ohm/km",
    "_db_per_km": "dB/km",
    "_ns_per_m": "ns/m",
    "_kg_m3": "kg/m3",
    "_j_kgk": "J/kg/K",
    "_mpa_s": "mPa.s",
    "_w_mk": "W/m/K",
    "_pa_m": "Pa/m",
    "_kg_m": "kg/m",
    "_m_s": "m/s",
    "_gbps": "Gb/s",
    "_m3s": "m3/s",
    "_m3h": "m3/h",
    "_kva": "kVA",
    "_db": "dB",
    "_kpa": "kPa",
    "_lpm": "L/min",
    "_pct": "%",
    "_kw": "kW",
    "_kg": "kg",
    "_ka": "kA",
    "_mm2": "mm2",
    "_m2": "m2",
    "_um": "um",
    "_pu": "pu",
    "_w": "W",
    "_v": "V",
    "_a": "A",
    "_m": "m",
    "_c": "degC",
    "_k": "K",
    "_s": "s",
    "_h": "h",
    "_l": "L",
}

COUNTS = frozenset(
    "accelerators cpus compute_trays scale_up_trays shelves psus_per_shelf psus_per_system"
    " systems psus_needed psus_least"
    " input_whips ew_ports ns_ports oob_ports oob_switches rails rack_units free_units racks_per_su"
    " nodes_per_su companion_racks_per_su domain_accelerators scale_up_links"
    " pumps pumps_needed racks_supported ports awg"
    " row_max dead_end_max max_connections cat6a_cables cat5e_cables"
    " parallel_units_max mech_sources_min bridged_feeds_min"
    " cages ports_per_cage ew_ports_per_cage ns_ports_per_cage uplinks lanes tails tail_ports"
    " fibres connectors bays rear_ports"
    " bend_dac_od bend_dac_repeated_od bend_fibre_od bend_trunk_od bend_trunk_pull_od bend_utp_od"
    " bend_utp_pull_od bend_keep_od".split(),
)
FRACTIONS = frozenset(
    "liquid_share power_factor efficiency eco_efficiency continuous_factor fill"
    " continuous_factor_100pct transformer_load transformer_design_load tray_fill tray_fill_max"
    " air_leak leak_coverage uneven_factor dynamic_factor dp_margin recirculation_contained"
    " recirculation_open shi_max"
    " oversubscription_training oversubscription_inference oversubscription_capped"
    " oversubscription_compute_fabric"
    " oversubscription_uncapped generator_step ramp_slope peak_factor factor shelf_efficiency"
    " dc_factor length_waste large_load_compute gear_power_factor glycol_share l_over_d"
    " opening_fill manager_fill solid_fill slack_copper packing tray_safety".split(),
)
OTHER_UNITS = {"flow_per_kw_min": "L/min/kW", "flow_per_kw_max": "L/min/kW"}

# Electrical power: such a figure must say on which side of the rectifiers it is measured. Heat
# (`heat_kw`, `liquid_heat_kw`) is no such figure, and neither is what a cable plug dissipates.
POWER = frozenset(
    "nameplate_kw peak_kw idle_kw reduced_kw shelf_kw psu_kw draw_kw draw_3pump_kw system_kw"
    " system_peak_kw tray_kw output_kw".split(),
)

FORMS = ("eia-19", "orv3", "orw", "mgx", "kyber", "other")
CLASSES = ("compute", "storage", "network", "management")
"""What a rack is there for; a policy may ask more of some classes than of others."""

PLUGS = (
    "osfp-ihs", "osfp-rhs", "qsfp-dd", "qsfp112", "qsfp56", "qsfp28", "sfp28", "sfp+", "rj45",
)  # fmt: skip
"""Forms of cages and plugs. OSFP by its top: `ihs` has fins of its own, `rhs` is flat."""
CABLE_MEDIA = ("dac", "acc", "aec", "aoc", "utp", "fibre", "trunk")
OPTIC_MEDIA = ("sr", "dr", "fr", "lr")
FIBRES = ("mm", "sm")
GRADES = ("om3", "om4", "om5", "os2")
CATEGORIES = ("cat5e", "cat6", "cat6a", "cat7", "cat7a", "cat8")
"""Of twisted pairs, as ISO/IEC 11801 and TIA-568 grade them; NetBox has the same words."""
GENDERS = ("female", "male")
POLARITIES = ("A", "B", "C")
COOLINGS = ("air", "liquid")
PROTOCOLS = ("infiniband", "ethernet")
"""What the ports of a switch speak; no link joins two of them."""
CASSETTES = ("straight", "shuffle")

CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("rack", "form"): FORMS,
    ("rack", "class"): CLASSES,
    ("rack", "ew_cage"): PLUGS,
    ("rack", "ns_cage"): PLUGS,
    ("switch", "cage"): PLUGS,
    ("switch", "uplink_cage"): PLUGS,
    ("switch", "cooled_by"): COOLINGS,
    ("switch", "protocol"): PROTOCOLS,
    ("optic", "plug"): PLUGS,
    ("optic", "medium"): OPTIC_MEDIA,
    ("optic", "fibre"): FIBRES,
    ("cassette", "wiring"): CASSETTES,
    ("cassette", "fibre"): FIBRES,
    ("cassette", "rear_gender"): GENDERS,
    ("panel", "fibre"): FIBRES,
    ("cable", "category"): CATEGORIES,
} | {
    (kind, name): words
    for kind in ("cable", "trunk")
    for name, words in (
        ("plug", PLUGS),
        ("tail_plug", PLUGS),
        ("medium", CABLE_MEDIA),
        ("fibre", FIBRES),
        ("grade", GRADES),
    )
} | {
    (kind, name): words
    for kind in ("cable", "trunk", "panel", "cassette")
    for name, words in (("gender", GENDERS), ("polarity", POLARITIES))
}  # fmt: skip
"""Words that a text of a kind may be, by kind and name of the text."""

_COMMON_FIGURES = "width_m depth_m height_m mass_kg front_clear_m rear_clear_m voltage_v"
_COMMON_TEXTS = "note part series type"


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of product may carry.

    Parameters
    ----------
    figures
        Names of figures.
    texts
        Names of texts, beside vendor, name, generation and status.
    curves
        Columns that each table must have, by the table's name.
    """

    figures: frozenset[str]
    texts: frozenset[str]
    curves: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _kind(figures: str, texts: str = "", **curves: tuple[str, ...]) -> Kind:
    return Kind(
        frozenset(f"{figures} {_COMMON_FIGURES}".split()),
        frozenset(f"{texts} {_COMMON_TEXTS}".split()),
        curves,
    )


_FLUID = ("t_c", "rho_kg_m3", "cp_j_kgk", "mu_mpa_s", "k_w_mk")

KINDS: dict[str, Kind] = {
    "rack": _kind(
        "nameplate_kw peak_kw idle_kw power_factor dc_voltage_v shelves shelf_kw psus_per_shelf"
        " psu_kw input_whips whip_a psus_per_system psu_voltage_v busbar_v busbar_section_a"
        " systems psus_needed psus_least reduced_kw"
        " system_kw system_peak_kw system_mass_kg accelerator_w tray_kw peak_reduction_pct"
        " liquid_share liquid_heat_kw air_heat_kw supply_min_c supply_max_c return_max_c"
        " pressure_max_kpa filter_um air_inlet_max_c airflow_m3s flow_lpm flow_heat_kw"
        " flow_per_kw_lpm dp_kpa dp_c dp_min_kpa dp_max_kpa node_dp_kpa loop_dp_kpa connection_m"
        " payload_kg caster_kg entry_m2 manager_m2"
        " hold_up_s bridge_s peak_s shelf_efficiency"
        " rack_units free_units ew_ports ew_gbps ew_ports_per_cage ns_ports ns_gbps"
        " ns_ports_per_cage oob_ports oob_switches rails accelerators"
        " cpus compute_trays scale_up_trays scale_up_links scale_up_gbps domain_accelerators"
        " domain_span_m racks_per_su nodes_per_su companion_racks_per_su",
        "form form_factor coolant cooling connector ew_connector ns_connector ew_cage ns_cage oob"
        " psu_redundancy dp_fluid"
        " successor available scale_up class",
        flow=("supply_c", "flow_lpm"),
        resistance=("flow_lpm", "dp_kpa"),
    ),
    "cdu": _kind(
        "heat_kw approach_k flow_lpm flow_3pump_lpm head_kpa head_3pump_kpa facility_flow_lpm"
        " facility_dp_kpa pumps pumps_needed draw_kw draw_3pump_kw supply_min_c supply_max_c"
        " filter_um facility_filter_um dry_mass_kg racks_supported connection_m"
        " facility_connection_m pressure_max_kpa facility_pressure_max_kpa"
        " rated_supply_c rated_return_c rated_facility_c min_flow_lpm volume_l efficiency"
        " shutoff_kpa rack_units",
        "fluid rated_fluid rated_facility_fluid pump_redundancy rating_basis connector",
        pump=("flow_lpm", "head_kpa"),
    ),
    "air_unit": _kind(
        "heat_kw water_in_c water_out_c water_flow_lpm airflow_m3s draw_kw dry_mass_kg",
    ),
    "transformer": _kind("rating_kva loss_pct z_pct secondary_v", "cooling"),
    "ups": _kind(
        "rating_kw rating_kva efficiency eco_efficiency bypass_continuous_pu walk_in_s"
        " walk_in_delay_s",
        overload=("load_pu", "hold_s"),
        bypass_overload=("load_pu", "hold_s"),
    ),
    "generator": _kind(
        "rating_kw rating_kva start_s"
        " frequency_dip_pct voltage_dip_pct frequency_recovery_s voltage_recovery_s",
    ),
    "transfer_switch": _kind("rating_a rating_min_a rating_max_a transfer_s", "transition"),
    "conductor": _kind(
        "r_ohm_per_km x_ohm_per_km area_mm2 ampacity_a temperature_c",
        "metal conduit",
    ),
    "busway": _kind(
        "rating_a rating_min_a rating_max_a continuous_factor r_ohm_per_km x_ohm_per_km sccr_ka"
        " rated_at_c",
        "conductor continuous",
        derating=("ambient_c", "factor"),
    ),
    "tap": _kind("rating_a", "connector"),
    "whip": _kind("rating_a", "connector"),
    "breaker": _kind(
        "rating_a continuous_factor rated_at_c",
        "enclosure",
        trip=("load_pu", "soonest_s", "latest_s"),
        derating=("ambient_c", "factor"),
    ),
    "power_shelf": _kind(
        "shelf_kw psu_kw psus_per_shelf efficiency hold_up_s overload_pu dc_voltage_v rack_units",
    ),
    "battery_shelf": _kind("output_kw bridge_s start_s dc_voltage_v rack_units"),
    "power_rack": _kind("output_kw efficiency hold_up_s bridge_s dc_voltage_v", "poles"),
    "pipe": _kind(
        "bore_m roughness_m",
        "nominal schedule material",
        code_flow=("hours_h", "fixed_lpm", "variable_lpm"),
    ),
    "hose": _kind("bore_m roughness_m", "connector"),
    "quick_connect": _kind("kv_m3h", "connector nominal"),
    "valve": _kind("kv_m3h l_over_d bore_m", "nominal"),
    "strainer": _kind("kv_m3h filter_um", "nominal"),
    "fitting": _kind("l_over_d", "nominal"),
    "cable": _kind(
        "gbps reach_m min_m od_m power_w tail_power_w bend_m bend_repeated_m mass_kg_m area_m2 awg"
        " ports tails tail_ports lanes fibres attenuation_db_per_km connector_loss_db"
        " delay_ns_per_m leg_m",
        "category connector conductor fibre grade medium plug tail_plug gender polarity",
        lengths_m=("length_m",),
        bend_by_awg=("awg", "bend_m"),
    ),
    "trunk": _kind(
        "reach_m od_m bend_m bend_repeated_m mass_kg_m connectors fibres attenuation_db_per_km"
        " connector_loss_db delay_ns_per_m",
        "connector fibre grade medium gender polarity",
        lengths_m=("length_m",),
    ),
    "panel": _kind("rack_units ports bays", "connector fibre gender polarity"),
    "cassette": _kind(
        "ports rear_ports fibres loss_db",
        "connector rear_connector fibre gender rear_gender polarity wiring",
    ),
    "optic": _kind(
        "gbps reach_m reach_om3_m min_m power_w ports lanes loss_budget_db",
        "connector fibre medium plug",
        lengths_m=("length_m",),
    ),
    "tray": _kind("load_kg_m span_m fill fill_depth_m cat6a_cables cat5e_cables"),
    "fluid": _kind("freeze_c glycol_share", "basis", properties=_FLUID),
    "switch": _kind(
        "ports gbps draw_kw peak_kw rack_units cages ports_per_cage cage_w uplinks uplink_gbps",
        "connector cage cooled_by airflow uplink_cage protocol",
    ),
    "climate": _kind(
        "db_04pct_c mcwb_c db_1pct_c db_2pct_c wb_04pct_c mcdb_c extreme_max_c",
        "proxy",
    ),
}

# Words of a product that are no figures: plain strings, present in every kind.
HEADINGS = ("vendor", "name", "generation", "status")


@cache
def unit_of(name: str) -> str | None:
    """Return the unit that a figure's name implies; None where it implies none.

    Examples
    --------
    >>> unit_of("supply_max_c"), unit_of("flow_per_kw_lpm"), unit_of("rails"), unit_of("size")
    ('degC', 'L/min/kW', 'count', None)
    """
    if name in COUNTS:
        return "count"
    if name in FRACTIONS:
        return "1"
    if name in OTHER_UNITS:
        return OTHER_UNITS[name]
    # SUFFIXES is ordered so that a longer suffix stands before one it ends with.
    return next((unit for suffix, unit in SUFFIXES.items() if f"_{name}".endswith(suffix)), None)
