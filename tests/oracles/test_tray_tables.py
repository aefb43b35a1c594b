"""Makers' tables of how many cables trays and raceways hold, and what they then weigh.

Cablofil tabulates wire mesh trays at half their section, Legrand's Wiremold raceways at 40 %. The
raceway counts are whole cables exactly. The tray counts were rounded by somebody to either side of
the quotient of the printed sizes: they are met within 0.8 % or one cable.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.catalog import shipped
from twin.solve.cabling.fill.carry import loads_kg_m
from twin.solve.cabling.fill.fill import areas_m2, fits

INCH, LB_FT = 0.0254, 0.45359237 / 0.3048
CAT6A, CAT5E = 0.35, 0.19
# Depth that counts and width in inches; count and lb/ft of Cat 6A and of Cat 5e; capacity in lb/ft.
CABLOFIL = {
    "mesh_2x12": (2, 12, 125, 4.5, 426, 8.5, 20),
    "mesh_2x24": (2, 24, 251, 9.0, 852, 17, 32),
    "mesh_4x12": (4, 12, 248, 8.9, 844, 16.9, 44),
    "mesh_4x24": (4, 24, 497, 17.9, 1689, 33.8, 48),
    "mesh_6x12": (5.72, 12, 357, 12.9, 1213, 24.3, 50),
    "mesh_6x24": (5.72, 24, 715, 25.7, 2427, 48.8, 52),
}
WIREMOLD = [
    # Diameter in inches; whole cables in 3.22 and in 1.71 square inches.
    (0.19, 45, 24),
    (0.21, 37, 19),
    (0.25, 26, 13),
    (0.354, 13, 6),
    (0.41, 9, 5),
    (0.27, 22, 11),
    (0.187, 46, 24),
    (0.256, 25, 13),
]


@pytest.mark.parametrize(("od", "large", "small"), WIREMOLD)
def test_raceways_hold_what_the_maker_prints(od, large, small):
    section = np.array([3.22, 1.71]) * INCH**2
    assert fits(section, 0.4, np.float64(od * INCH)).tolist() == [large, small]


@pytest.mark.parametrize("id_", CABLOFIL)
def test_trays_hold_what_the_maker_prints(id_):
    depth, width, six, _, five, _, _ = CABLOFIL[id_]
    section = np.float64(depth * width * INCH**2)
    for printed, od in ((six, CAT6A), (five, CAT5E)):
        ours = float(fits(section, 0.5, np.float64(od * INCH)))
        assert abs(ours - printed) <= max(1, 0.008 * printed), od


@pytest.mark.parametrize("id_", CABLOFIL)
def test_the_catalog_s_trays_are_those_of_the_table(id_):
    depth, width, six, _, five, _, capacity = CABLOFIL[id_]
    tray = shipped().get(id_)
    counts = tray.number("fill_depth_m")
    effective = tray.number("depth_m") if math.isnan(counts) else counts
    assert effective == pytest.approx(depth * INCH, abs=5e-5)
    assert tray.number("width_m") == pytest.approx(width * INCH)
    assert (tray.number("cat6a_cables"), tray.number("cat5e_cables")) == (six, five)
    assert tray.number("load_kg_m") == pytest.approx(capacity * LB_FT, abs=0.06)
    # The counts that are printed fill half of it.
    way, none = np.zeros(1, dtype=int), np.float64(depth * width * INCH**2)
    area = areas_m2(way, np.array([CAT6A * INCH]), np.array([float(six)]), 1)
    assert area[0] / none == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("id_", CABLOFIL)
def test_what_they_hold_weighs_what_the_maker_prints(id_):
    _, _, six, six_lb, five, five_lb, _ = CABLOFIL[id_]
    way = np.zeros(1, dtype=int)
    for cable, count, printed in (("cat6a", six, six_lb), ("cat5e", five, five_lb)):
        mass = np.array([shipped().get(cable).number("mass_kg_m")])
        load = loads_kg_m(way, mass, np.array([float(count)]), 1)[0] / LB_FT
        # The catalog's masses have two digits, the table's weights three.
        assert load == pytest.approx(printed, rel=0.015)
