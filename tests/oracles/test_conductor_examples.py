"""Worked numbers of conductors and faults, published or computed elsewhere, against the program."""

from __future__ import annotations

import numpy as np
import pytest

from twin.catalog import Product, shipped
from twin.solve.power.conductors import (
    drop_three_phase_v,
    effective_z,
    longest_three_phase_m,
    received_v,
)
from twin.solve.power.faults import full_load_a, infinite_bus_ka

FOOT_M = 0.3048

SIZES = "14 12 10 8 6 4 3 2 1 1/0 2/0 3/0 4/0 250 300 350 400 500 600 750 1000".split()
# Effective impedance at 0.85 in ohm per 1,000 ft, stored independently of R and X.
EFFECTIVE = {
    "cu_steel": "2.7 1.7 1.1 0.7 0.45 0.3 0.24 0.2 0.16 0.13 0.11 0.094 0.08 0.073 0.065 0.06 0.056"
    " 0.05 0.047 0.043 0.04",
    "cu_pvc": "2.7 1.7 1.1 0.69 0.44 0.29 0.23 0.19 0.16 0.13 0.11 0.088 0.074 0.066 0.059 0.053"
    " 0.049 0.043 0.04 0.036 0.032",
    "al_steel": "- 2.8 1.8 1.1 0.72 0.46 0.37 0.3 0.25 0.2 0.16 0.14 0.11 0.1 0.088 0.08 0.073"
    " 0.064 0.058 0.052 0.046",
    "al_pvc": "- 2.8 1.8 1.1 0.71 0.46 0.37 0.3 0.24 0.19 0.16 0.13 0.11 0.094 0.082 0.073 0.066"
    " 0.057 0.051 0.045 0.039",
}


def wire(metal: str, size: str, conduit: str) -> Product:
    unit = "awg" if "/" in size or int(size) < 20 else "kcmil"
    return shipped().get(f"{metal}_{size.replace('/', '_')}{unit}_{conduit}")


def per_kft(product: Product, name: str) -> float:
    return product.number(name) * FOOT_M


def test_wep001_three_phase_drop_of_number_ten() -> None:
    drop = drop_three_phase_v(20, 200 * FOOT_M, 1.1 / FOOT_M)
    assert drop == pytest.approx(7.62, rel=1e-3)
    assert 100 * drop / 480 == pytest.approx(1.588, rel=1e-3)
    assert 100 * drop / 480 <= 3


def test_wep003_length_at_which_three_percent_are_lost() -> None:
    length = longest_three_phase_m(14.4, 20, np.array([1.1, 1.7]) / FOOT_M) / FOOT_M
    assert length.tolist() == pytest.approx([377.9, 244.5], rel=5e-4)
    assert length.tolist() == pytest.approx([377, 244], rel=5e-3)  # as the page prints them


def test_wep006_effective_impedance_of_the_catalog_s_wire() -> None:
    held, exact = 0, 0
    for kind, words in EFFECTIVE.items():
        metal, _, conduit = kind.partition("_")
        for size, word in zip(SIZES, words.split(), strict=True):
            if word == "-":
                continue
            product, stored = wire(metal, size, conduit), float(word)
            r, x = per_kft(product, "r_ohm_per_km"), per_kft(product, "x_ohm_per_km")
            z = float(effective_z(r, x, 0.85))
            held += abs(z / stored - 1) <= 0.053
            exact += float(f"{z:.2g}") == stored
    assert held == 82
    assert exact == 67


def test_wep007_five_hundred_kcmil_near_and_exact() -> None:
    product = wire("cu", "500", "steel")
    r, x = product.number("r_ohm_per_km"), product.number("x_ohm_per_km")
    z = effective_z(r, x, 0.95)
    assert z * FOOT_M == pytest.approx(0.042538, rel=5e-4)
    drop = drop_three_phase_v(300, 250 * FOOT_M, z)
    assert drop == pytest.approx(5.526, rel=5e-4)
    assert 100 * drop / 480 == pytest.approx(1.1512, rel=5e-4)
    far = received_v(480, 300, 250 * FOOT_M, r, x, 0.95)
    assert 100 * (1 - far / 480) == pytest.approx(1.1561, rel=5e-4)


def test_wep040_fault_current_behind_an_infinite_bus() -> None:
    volts = np.array([480.0, 415.0])
    assert full_load_a(3000, volts).tolist() == pytest.approx([3608.4, 4173.6], rel=1e-3)
    assert infinite_bus_ka(3000, volts, 5.75).tolist() == pytest.approx([62.76, 72.58], rel=1e-3)
