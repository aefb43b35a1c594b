"""Optics that a fabric chooses count in the load of the racks in which their switches stand."""

import numpy as np
import pytest

import twin
from twin.arrays.housed import housed
from twin.pipeline import study
from twin.report.cables.bom import OPTICS, optic_rows
from twin.solve.cabling.optics import chosen_kw
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
