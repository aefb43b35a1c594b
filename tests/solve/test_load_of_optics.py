"""Optics that a fabric chooses count in the load of the racks in which their switches stand."""

import numpy as np
import pytest

import twin
from twin.arrays.housed import housed
from twin.pipeline import study
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
