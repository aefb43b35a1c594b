"""Optics that a fabric chooses count in the load of the racks in which their switches stand."""

import numpy as np
import pytest

import twin
from twin.arrays.housed import housed
from twin.checks.inputs import load_figures
from twin.pipeline import study
from twin.report.cables.bom import OPTICS, optic_rows
from twin.solve.cabling.parts.optics import chosen_kw, optics_kg
from twin.solve.floor.standing import rack_mass_kg, sure_mass_kg
from twin.solve.load import air_heat, rack_load

SITE = twin.load("layouts/fabric_b200_1024.toml")


def test_a_rack_of_forty_switches_draws_what_they_and_their_optics_do():
    one = study(SITE)
    load, plugs = one(rack_load), one(chosen_kw)
    worst = int(np.argmax(plugs))
    assert plugs[worst] == pytest.approx(1280 * 0.017)
    assert load[worst] == pytest.approx(housed(SITE).draw_kw[worst] + plugs[worst])
    assert load[worst] == pytest.approx(51.64)
    assert one(air_heat)[worst] == pytest.approx(51.64)


def test_a_nameplate_that_is_large_enough_stands():
    rack = SITE.tables["rack"].ids[int(np.argmax(study(SITE)(chosen_kw)))]
    one = study(twin.change(SITE, {f"racks.{rack}.nameplate_kw": 60}))
    assert one(rack_load)[one.table("rack").index[rack]] == 60


def test_racks_without_switches_draw_what_they_did():
    one = study(SITE)
    bare = one(chosen_kw) == 0
    own = np.asarray(one.table("rack")["nameplate_kw"], dtype=float)
    assert np.array_equal(one(rack_load)[bare], own[bare], equal_nan=True)


def test_optics_at_the_ends_of_a_cable_that_is_named_count_too():
    one = study(twin.load("layouts/fabric_h100_127.toml"))
    plugs = dict(zip(one.table("rack").ids.tolist(), one(chosen_kw).tolist(), strict=True))
    # 384 twin-port optics of 17 W in each; nobody publishes what those of 100G in NET-005 take.
    assert [plugs[f"NET-00{k}"] for k in (1, 2, 3, 4)] == pytest.approx([384 * 0.017] * 4)
    assert plugs["NET-005"] == pytest.approx(379 * 0.017)


@pytest.mark.parametrize(
    ("key", "value"),
    [("medium", "cat6a_sd"), ("up_medium", "aoc"), ("leaf", "qm9700"), ("gbps", 800)],
)
def test_what_a_fabric_is_woven_from_is_changed_in_the_file_alone(key, value):
    site = twin.load("layouts/fabric_h100_127.toml")
    with pytest.raises(twin.TwinError, match="comes of a rule when the layout is read"):
        twin.change(site, {f"data.fabrics.compute.{key}": value})


def test_twisted_pairs_dissipate_nothing_at_their_ends() -> None:
    told = twin.check(twin.load("layouts/fabric_h100_127.toml"), select=["NET404"])
    (covered,) = told.coverage
    assert (covered.measured, covered.unknown, covered.lacks, covered.more) == (
        4, 2, "catalog.sr4_100g.power_w", 0,
    )  # fmt: skip


def test_optics_of_known_mass_weigh_in_the_bill_of_materials() -> None:
    silent, told = (
        {row[0]: dict(zip(OPTICS, row, strict=True))["mass_kg"] for row in optic_rows(study(site))}
        for site in (SITE, twin.change(SITE, {"catalog.2xdr4_800g_100m.mass_kg": 0.15}))
    )
    assert set(silent.values()) == {None}
    lines = {row[0]: row for row in optic_rows(study(SITE))}
    for name, mass in told.items():
        order = lines[name][OPTICS.index("order")]
        want = pytest.approx(0.15 * order, abs=0.05) if name == "2xdr4_800g_100m" else None
        assert mass == want


CABLED = twin.load("tests/rules/cabled.toml")
SILENT = twin.change(CABLED, {"catalog.2xsr4_800g.power_w": float("nan")})


def test_a_rack_of_optics_of_which_nobody_says_the_power_draws_nobody_knows_what():
    one = study(SILENT)
    racks, load = one.table("rack"), one(rack_load)
    assert racks.ids[np.isnan(load)].tolist() == ["N-001", "N-002"]
    products = one.table("product").ids
    named = {
        (products[row], figure.column)
        for figure in load_figures(one)
        for row in figure.rows[~figure.known].tolist()
    }
    assert named == {("2xsr4_800g", "power_w")}


def test_what_the_layout_says_of_the_rack_is_all_of_it():
    load = study(twin.change(SILENT, {"racks.N-001.nameplate_kw": 5}))(rack_load)
    assert load[4] == 5
    assert np.isnan(load[5])


def test_optics_whose_maker_states_no_mass_weigh_what_the_profile_takes_for_one():
    heavy, light = (
        study(twin.change(CABLED, {"policy.limits.optic_mass_kg": kg})) for kg in (0.2, 0.05)
    )
    # 32 in the rack of the leaves, half as many in that of the spines.
    assert study(CABLED)(optics_kg).tolist() == pytest.approx([0, 0, 0, 0, 32 * 0.15, 16 * 0.15])
    assert heavy(optics_kg).tolist() == pytest.approx([0, 0, 0, 0, 32 * 0.2, 16 * 0.2])
    assert light(optics_kg).tolist() == pytest.approx([0, 0, 0, 0, 32 * 0.05, 16 * 0.05])


def test_a_judged_mass_is_not_what_a_rack_weighs_at_least():
    heavy = {"racks.N-001.mass_kg": 1.0}
    one = study(twin.change(CABLED, heavy))
    assert one(rack_mass_kg)[4] - one(optics_kg)[4] == pytest.approx(housed(CABLED).mass_kg[4])
    assert one(sure_mass_kg)[4] <= one(rack_mass_kg)[4]
