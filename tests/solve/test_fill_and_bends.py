"""Fill of ways, height of stacks, bends at fittings, loads on spans."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import pipeline
from twin.catalog import profile, profiles, shipped
from twin.solve.cabling.fill import room
from twin.solve.cabling.fill.bend import KINDS, OF_MEDIUM, at_fittings_m, radius_m, rules
from twin.solve.cabling.fill.carry import allowed_kg_m, loads_kg_m
from twin.solve.cabling.fill.fill import (
    NEAT,
    areas_m2,
    cable_area_m2,
    largest_m,
    neat_stack_m,
    section_m2,
    stack_m,
    sure_areas_m2,
)

US = profile("nec-us")


def test_the_area_that_a_maker_states_is_that_of_its_diameter():
    # Panduit states diameter and area: 7.6 mm and 46 mm2, 6.1 mm and 29 mm2.
    for id_ in ("cat6a_utp", "cat6a_sd"):
        cable = shipped().get(id_)
        area = float(cable_area_m2(np.float64(cable.number("od_m"))))
        assert area == pytest.approx(cable.number("area_m2"), rel=0.02)


def test_areas_add_up_by_way_and_an_unknown_diameter_is_not_nothing():
    way, od, count = np.array([0, 0, 2]), np.array([0.01, np.nan, 0.02]), np.array([3.0, 1.0, 2.0])
    area = areas_m2(way, od, count, 4)
    assert np.isnan(area[0])
    assert area[1:].tolist() == pytest.approx([0, 2 * math.pi / 4 * 4e-4, 0])
    assert sure_areas_m2(way, od, count, 4)[0] == pytest.approx(3 * math.pi / 4 * 1e-4)
    assert np.array_equal(largest_m(way, od, 4), [np.nan, 0, 0.02, 0], equal_nan=True)


def test_of_a_deep_tray_150_mm_count():
    assert section_m2(np.array([0.6]), np.array([0.3])).tolist() == pytest.approx([0.09])
    assert np.isnan(section_m2(np.array([np.nan]), np.array([0.1])))


def test_a_tray_at_half_its_section_is_full_to_the_rim():
    width, depth = np.float64(0.3048), np.float64(0.1016)
    area = np.float64(US.number("tray_fill_max")) * width * depth
    assert float(stack_m(area, width, np.float64(0.0089), US.number("packing"))) == pytest.approx(
        depth
    )


def test_no_stack_is_lower_than_its_thickest_cable():
    one = cable_area_m2(np.array([0.02, 0.02]))
    height = stack_m(one, np.array([0.3, 0.01]), np.array([0.02, 0.02]), 0.5)
    assert height.tolist() == [0.02, np.inf]
    assert float(stack_m(np.float64(0), np.float64(0.3), np.float64(0), 0.5)) == 0


@given(st.integers(1, 400), st.floats(0.002, 0.02), st.floats(0.1, 0.9))
def test_rows_in_each_other_s_gaps_are_never_lower_than_the_bound(count, od, width):
    across = int(width / od)
    lower = int((width - od / 2) / od)
    if across == 0 or lower == 0:
        return
    # Hexagonal order: rows of `across` and `lower` cables by turns, sqrt(3)/2 diameters apart.
    rows, left = 0, count
    while left > 0:
        left -= across if rows % 2 == 0 else lower
        rows += 1
    height = od * (1 + (rows - 1) * math.sqrt(3) / 2)
    area = count * float(cable_area_m2(np.float64(od)))
    bound = float(neat_stack_m(np.float64(area), np.float64(width), np.float64(od)))
    assert bound <= height * (1 + 1e-12)


def test_neat_is_the_density_of_three_circles_in_a_triangle():
    # Half a circle of diameter 1 within an equilateral triangle of side 1.
    assert pytest.approx((math.pi / 8) / (math.sqrt(3) / 4)) == NEAT


@pytest.mark.parametrize("name", profiles())
def test_bends_by_kind(name):
    book = rules(profile(name).number)
    kind = np.array([KINDS.index(each) for each in ("copper", "fibre", "trunk", "utp")])
    od, none = np.array([0.0067, 0.003, 0.012, 0.0061]), np.full(4, np.nan)
    rest = radius_m(kind, od, none, book, pulled=False)
    assert rest.tolist() == pytest.approx([0.0335, 0.03175, 0.12, 0.0254])
    pulled = radius_m(kind, od, none, book, pulled=True)
    assert pulled.tolist() == pytest.approx([0.067, 0.03175, 0.24, 0.0488])


def test_what_a_maker_states_comes_first():
    cable = shipped().get("dac_100g_30awg")
    kind = np.array([KINDS.index(OF_MEDIUM[cable.text["medium"]])])
    od = np.array([cable.number("od_m")])
    book = rules(US.number)
    own = radius_m(kind, od, np.array([cable.number("bend_m")]), book, pulled=False)
    assert own.tolist() == [0.021]
    # The rule of five diameters is a little more, as 10 are at the other end: 45 mm.
    assert radius_m(kind, od, np.array([np.nan]), book, pulled=False)[0] == pytest.approx(0.0225)
    again = radius_m(kind, od, np.array([np.nan]), book, pulled=True)
    assert again[0] == pytest.approx(cable.number("bend_repeated_m"))


def test_what_is_not_known_is_not_bent():
    book = rules(US.number)
    unknown = radius_m(np.array([-1, 1]), np.array([0.003, np.nan]), np.full(2, np.nan), book,
                       pulled=False)  # fmt: skip
    assert np.isnan(unknown).all()
    none = rules(lambda _: math.nan)
    assert np.isnan(radius_m(np.array([1]), np.array([0.003]), np.array([np.nan]), none,
                             pulled=False)).all()  # fmt: skip


def test_a_fitting_must_do_for_its_stiffest_cable():
    found = at_fittings_m(np.array([0, 0, 1]), np.array([0.03, 0.12, np.nan]), 3)
    assert np.array_equal(found, [0.12, np.nan, 0], equal_nan=True)


def test_a_longer_span_carries_less_with_its_square():
    tray = shipped().get("mesh_4x12")
    rating, rated = (np.array([tray.number(name)]) for name in ("load_kg_m", "span_m"))
    half = allowed_kg_m(rating, rated, 2 * rated)
    assert half[0] == pytest.approx(rating[0] / 4)
    assert allowed_kg_m(rating, rated, rated / 2)[0] == rating[0]
    assert allowed_kg_m(rating, rated, rated, (1.5, 2.0))[0] == pytest.approx(0.75 * rating[0])
    assert np.isnan(allowed_kg_m(rating, rated, np.array([np.nan])))


def test_masses_add_up_and_one_that_lacks_makes_the_way_unknown():
    load = loads_kg_m(np.array([0, 0, 1]), np.array([0.05, 0.03, np.nan]), np.full(3, 10.0), 2)
    assert np.array_equal(load, [0.8, np.nan], equal_nan=True)


def test_of_a_tray_no_more_depth_counts_than_its_maker_says(tmp_path):
    text = Path("tests/rules/cabled.toml").read_text(encoding="utf-8")
    path = tmp_path / "mesh.toml"
    for said, depth in (("depth_m = 0.2", 0.1453), ("depth_m = 0.1", 0.1), ("", 0.1453)):
        typed = f'width_m = 0.3048\ntype = "mesh_6x12"\n{said}'
        path.write_text(text.replace("width_m = 0.3\ndepth_m = 0.1", typed), encoding="utf-8")
        found = pipeline.study(pipeline.load(path))(room.section_m2)
        assert found.tolist() == pytest.approx([0.3048 * depth])
    # 357 cables of 0.35 in are what the maker counts in half of it.
    area = cable_area_m2(np.array([0.35 * 0.0254]))[0]
    assert 0.5 * found[0] / area == pytest.approx(357, abs=0.5)
