"""What always holds of air in zones, whatever the numbers."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.arrays.compile import Arrays
from twin.model.change import Change, Scenario
from twin.site.site import Site
from twin.solve.coolant.air import coil_heat_kw
from twin.solve.coolant.inlets import recirculated_c
from twin.solve.coolant.zones import areas, inlets, short_share
from twin.solve.study import Study

ZONED = (
    Change("set", "positions.R1-*.zone", "Z1"),
    Change("set", "coolant.air_units.*.zone", "Z1"),
    Change("set", "coolant.air_units.*.supply_c", 22),
    Change("set", "coolant.zones.Z1.leak", 0.05),
    Change("set", "catalog.gb300_nvl72.airflow_m3s", 1.25),
)


@functools.cache
def base() -> Site:
    return pipeline.load(Path(__file__).parents[1] / "rules" / "base.toml")


@functools.cache
def compiled() -> Arrays:
    return pipeline.study(base(), Scenario(changes=ZONED)).arrays


def study(**values: float) -> Study:
    paths = {
        "share": "coolant.zones.Z1.recirculation",
        "moved": "coolant.air_units.*.airflow_m3s",
        **{f"load{n}": f"racks.D1-00{n}.provisioned_kw" for n in (1, 2)},
    }
    changes = tuple(Change("set", paths[k], v) for k, v in values.items())
    return pipeline.study(base(), Scenario(changes=ZONED + changes), like=compiled())


@settings(max_examples=20, deadline=None)
@given(low=st.floats(0, 0.9), more=st.floats(0, 0.09), moved=st.floats(0.7, 9))
def test_more_recirculation_never_cools(low: float, more: float, moved: float) -> None:
    cold = study(share=low, moved=moved)(inlets).inlet_c
    warm = study(share=low + more, moved=moved)(inlets).inlet_c
    assert (cold <= warm + 1e-9).all()
    assert (cold >= 22 - 1e-9).all()


@settings(max_examples=20, deadline=None)
@given(moved=st.floats(0.7, 9), more=st.floats(0, 5))
def test_more_supplied_air_never_warms(moved: float, more: float) -> None:
    assert (
        study(share=0.1, moved=moved + more)(inlets).inlet_c
        <= study(share=0.1, moved=moved)(inlets).inlet_c + 1e-9
    ).all()


@settings(max_examples=20, deadline=None)
@given(load=st.floats(10, 130), part=st.floats(0, 1), moved=st.floats(0.7, 9))
def test_heat_moved_between_racks_of_a_zone_changes_nothing(
    load: float, part: float, moved: float
) -> None:
    one = study(share=0.1, moved=moved, load1=load, load2=load)
    other = study(share=0.1, moved=moved, load1=load * (1 - part), load2=load * (1 + part))
    for name in ("inlet_c", "least_c", "return_c"):
        np.testing.assert_allclose(getattr(one(inlets), name), getattr(other(inlets), name))
    np.testing.assert_allclose(one(areas).heat_kw, other(areas).heat_kw)


@given(r=st.floats(0, 0.99), rise=st.floats(0, 40), supply=st.floats(5, 40))
def test_mixed_air_balances(r: float, rise: float, supply: float) -> None:
    inlet = float(recirculated_c(np.array(supply), np.array(rise), np.array(r)))
    assert abs((1 - r) * supply + r * (inlet + rise) - inlet) < 1e-6 * max(1.0, inlet)


@given(moved=st.floats(0, 1e3), wanted=st.floats(0, 1e3))
def test_what_is_short_is_a_share(moved: float, wanted: float) -> None:
    assert 0 <= float(short_share(np.array(moved), np.array(wanted))) <= 1


@given(supply=st.floats(18, 35), warmer=st.floats(0, 5), water=st.floats(10, 18))
def test_a_warmer_set_point_or_colder_water_never_carries_less(
    supply: float, warmer: float, water: float
) -> None:
    def heat(s: float, w: float) -> float:
        found = coil_heat_kw(
            rating_kw=np.array(250.0), return_c=np.array(36.0), rated_water_c=np.array(18.0),
            water_c=np.array(w), supply_c=np.array(s), airflow_m3s=np.array(20.0),
        )  # fmt: skip
        return float(found)

    assert heat(supply, water) <= heat(supply + warmer, water) + 1e-9 <= 250 + 1e-8
    assert heat(supply, 18.0) <= heat(supply, water) + 1e-9
