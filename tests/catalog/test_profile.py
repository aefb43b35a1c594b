"""Code profiles: complete, sourced, and open about what is judged."""

from __future__ import annotations

import math

import pytest

from twin.catalog import Source, parse_profile, profile, profiles
from twin.catalog.profile import JUDGED
from twin.catalog.schema import unit_of
from twin.errors import CatalogError

BOTH = """
continuous_factor continuous_factor_100pct transformer_load vd_total_pct approach_k dew_margin_k
liquid_dt_max_k flow_per_kw_min flow_per_kw_max rack_dp_min_kpa rack_dp_max_kpa return_max_c
tray_fill aisle_front_m aisle_front_service_m aisle_rear_m aisle_rear_liquid_m column_clear_m
circulation_m row_max slab_other_kpa max_connections air_leak phase_imbalance_pct
phase_imbalance_max_pct filter_um service_length_m a1_inlet_max_c a2_inlet_max_c a3_inlet_max_c
a4_inlet_max_c h1_inlet_max_c header_velocity_max_m_s
""".split()
# What European sources that were read give no figure for.
US_ONLY = {
    "vd_branch_pct",
    "tray_fill_max",
    "sprinkler_clear_m",
    "work_depth_m",
    "work_width_m",
    "travel_business_m",
    "ambient_hottest_c",
    "conductor_base_c",
    "large_load_kw",
    "large_load_compute",
    "code_hours_h",
    "trip_heavy_pu",
    *(f"trip_heavy_{most}a_s" for most in (30, 50, 100, 150, 225)),
}
POWER = """
neutral_pct start_margin_s hold_up_s ambient_base_c dc_factor dc_vd_pct fuel_h generator_step
continuous_h oversubscription_uncapped transformer_design_load g2_frequency_dip_pct
g3_voltage_dip_pct trip_holds_pu trip_must_pu trip_split_a trip_must_small_s trip_must_large_s
trip_heat_s trip_instant_pu
""".split()
CABLING = """
opening_fill manager_fill solid_fill packing slack_loop_m slack_copper slack_trunk_m side_run_m
bend_dac_od bend_dac_repeated_od bend_fibre_od bend_fibre_min_m bend_trunk_od bend_trunk_pull_od
bend_utp_od bend_utp_pull_od bend_utp_min_m bend_keep_od separation_copper_m separation_shielded_m
separation_in_rack_m loss_mpo_db loss_lc_db attenuation_mm_db_per_km attenuation_sm_db_per_km
delay_copper_ns_per_m
delay_fibre_ns_per_m support_span_m tray_safety max_connections
""".split()
JUDGED_LIMITS = """
solid_fill packing slack_loop_m slack_copper side_run_m separation_copper_m separation_shielded_m
return_max_c aisle_front_service_m aisle_rear_liquid_m column_clear_m slab_other_kpa air_leak
service_length_m flow_per_kw_max start_margin_s dc_factor dc_vd_pct mech_sources_min
generator_step transformer_design_load
""".split()


def test_two_profiles_are_shipped():
    assert profiles() == ("iec-eu", "nec-us")


@pytest.mark.parametrize("name", profiles())
def test_a_profile_is_complete_and_sourced(name):
    held = profile(name)
    assert {*BOTH, *POWER, *CABLING} <= set(held.limits)
    assert held.id == name
    assert held.title
    for key, limit in held.limits.items():
        assert math.isfinite(limit.value), key
        assert limit.unit == unit_of(key), key
        source = held.sources[limit.source]
        assert source.title, key
        assert source.address, key


@pytest.mark.parametrize("name", profiles())
def test_judged_limits_say_so(name):
    limits = profile(name).limits
    assert all(limits[key].judged for key in JUDGED_LIMITS)
    assert all(limit.judged == (limit.source == JUDGED) for limit in limits.values())
    assert not any(limits[key].judged for key in ("continuous_factor", "approach_k", "tray_fill"))


def test_the_profiles_differ_where_the_codes_do():
    us, eu = profile("nec-us"), profile("iec-eu")
    assert us.number("continuous_factor") == 0.8
    assert eu.number("continuous_factor") == 1.0
    assert (us.number("vd_total_pct"), eu.number("vd_total_pct")) == (5, 8)
    assert (us.number("trip_holds_pu"), us.number("trip_must_pu")) == (1.0, 1.35)
    assert (eu.number("trip_holds_pu"), eu.number("trip_must_pu")) == (1.05, 1.3)
    assert set(us.limits) - set(eu.limits) == US_ONLY
    assert math.isnan(eu.number("sprinkler_clear_m"))


def test_an_unknown_profile_is_told_with_a_near_name():
    with pytest.raises(CatalogError, match=r'choose among iec-eu, nec-us\. Did you mean "nec-us"'):
        profile("nec-use")


def test_a_bad_profile_is_told_whole():
    limits = {
        "tray_fill": {"value": 0.4, "source": "ej", "confidence": "docs"},
        "size": {"value": 1, "source": "nobody", "confidence": "docs"},
        "approach_k": {"valeu": 4, "source": "ej", "confidence": "judgement"},
    }
    sources = {"ej": Source("ej", "Judgement", "no document")}
    with pytest.raises(CatalogError) as caught:
        parse_profile({"title": "T", "limits": limits, "limit": 1}, "t", "t.toml", sources)
    keys = [problem.key for problem in caught.value.problems]
    assert keys == [
        "limit",
        "limits.tray_fill",
        "limits.size",
        "limits.size.source",
        "limits.approach_k.valeu",
        "limits.approach_k",
    ]
