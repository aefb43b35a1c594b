"""Shipped coolants against figures of other origin than the table, and how fine the table is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.catalog import shipped
from twin.solve.coolant.fluids import fluid_table, properties


def at(name: str, t_c: float):
    table = fluid_table(shipped(), name)
    assert table is not None
    return properties(table, np.array(t_c))


@pytest.mark.parametrize(
    ("t_c", "rho", "mu_mpa_s"),
    # IAPWS R12-08 gives 0.8900 at 25 degC; densities of Tanaka et al., Metrologia 38 (2001), at
    # atmospheric pressure: 3 bar adds 0.01 %.
    [(20.0, 998.207, 1.0016), (25.0, 997.048, 0.8900), (40.0, 992.216, 0.6530)],
)
def test_water_as_published(t_c, rho, mu_mpa_s):
    water = at("water", t_c)
    assert water.rho_kg_m3 == pytest.approx(rho, rel=2e-4)
    assert 1000 * water.mu_pa_s == pytest.approx(mu_mpa_s, rel=2e-3)


@pytest.mark.parametrize(
    ("t_c", "rho", "cp"),
    # Airedale DeltaChill manual, p. 53, 25 % propylene glycol.
    [(0, 1031.0, 3860), (10, 1027.6, 3890), (30, 1019.2, 3940), (45, 1011.6, 3970)],
)
def test_pg25_by_volume_as_a_maker_prints_it(t_c, rho, cp):
    pg25 = at("pg25", float(t_c))
    assert pg25.rho_kg_m3 == pytest.approx(rho, rel=5e-4)
    assert pg25.cp_j_kgk == pytest.approx(cp, rel=2e-3)


def test_a_maker_s_own_pg25_is_near_and_not_the_same():
    ours, dow = at("pg25", 40.0), at("pg25_dowfrost_lc25", 40.0)
    assert ours.rho_kg_m3 == pytest.approx(float(dow.rho_kg_m3), rel=1e-2)
    assert ours.cp_j_kgk == pytest.approx(float(dow.cp_j_kgk), rel=1.5e-2)
    assert ours.mu_pa_s != pytest.approx(float(dow.mu_pa_s), rel=5e-2)


def test_by_volume_and_by_mass_are_told_apart():
    by_volume, by_mass = at("pg25", 20.0), at("pg25-mass", 20.0)
    assert float(by_volume.rho_kg_m3) == 1023.87
    assert float(by_mass.rho_kg_m3) == 1019.28
    products = shipped().products
    assert products["pg25_vol"].text["basis"] == "volume"
    assert products["pg25_mass"].text["basis"] == "mass"
    assert products["pg25_vol"].number("glycol_share") == 0.25
    assert products["pg25_vol"].number("freeze_c") == -9.6


def test_tables_are_fine_enough_for_straight_lines():
    for product in shipped().of("fluid"):
        table = product.curves["properties"]
        t = np.asarray(table.column("t_c"))
        if len(t) < 3:
            continue
        assert (t[0], t[-1]) == (0.0, 80.0), product.id
        # Leaving out every second point makes four times the error of the table itself.
        for name, most in (("rho_kg_m3", 4e-3), ("cp_j_kgk", 4e-3), ("mu_mpa_s", 2e-2)):
            y = np.asarray(table.column(name))
            coarse = np.interp(t, t[::2], y[::2])
            assert np.abs(coarse / y - 1).max() < most, (product.id, name)


def test_outside_its_table_a_coolant_is_not_known():
    for edge in (-0.1, 80.1, math.nan):
        assert all(np.isnan(value) for value in at("pg25", edge))
    assert fluid_table(shipped(), "pg26") is None
    assert fluid_table(shipped(), "gb300_nvl72") is None
