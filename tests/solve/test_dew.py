"""CDUs hold no supply that would let hoses sweat."""

import numpy as np
import pytest

import twin
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.dew import dry_above_c, held_supply_c
from twin.solve.coolant.flow import LoopFlow

SITE = twin.load("tests/rules/coolant.toml")
SUPPLY, HUMID = "coolant.loops.T1.supply_c", "halls.H1.relative_humidity_pct"


def test_a_set_point_below_the_dew_point_with_its_margin_is_raised_to_it():
    one = study(twin.change(SITE, {SUPPLY: 18, HUMID: 80, "coolant.plants.FWS.supply_c": 10}))
    flow = next(f for f in one(loop_flows) if isinstance(f, LoopFlow))
    least = float(one(dry_above_c)[0])
    assert least == pytest.approx(22.3, abs=0.1)  # 20.3 degC by the psychrometric chart, and 2 K
    assert flow.warmth.supply_c[0] == pytest.approx(least)
    assert flow.loop.set_point_c == least


def test_one_above_it_stays_and_an_unknown_room_raises_nothing():
    assert study(SITE)(held_supply_c)[0] == 40.0
    dark = study(twin.change(SITE, {SUPPLY: 18, HUMID: np.nan}))
    assert dark(held_supply_c)[0] == 18.0
