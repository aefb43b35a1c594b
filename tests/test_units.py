"""Text becomes a number in the unit of its key, or says why not."""

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.unit_table import ALIASES, SIZES, SUFFIXES, ZEROS
from twin.units import UnitError, convert, convert_column, unit_of


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("rating_kw", "kW"),
        ("power.busways.*.rating_a", "A"),
        ("supply_max_c", "degC"),
        ("approach_k", "K"),
        ("tray_kg_m", "kg/m"),
        ("slab_kg_m2", "kg/m2"),
        ("speed_m_s", "m/s"),
        ("length_m", "m"),
        ("flow_lpm", "L/min"),
        ("autonomy_min", "min"),
        ("name", None),
        ("m", None),
    ],
)
def test_unit_of_takes_the_longest_suffix(key, unit):
    assert unit_of(key) == unit


# Right-hand sides: NIST SP 811, appendix B, to the digits printed there.
@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("2.8 MW", "kW", 2800),
        ("10 W", "kW", 0.01),
        ("1 TR", "kW", 3.516853),
        ("1 Btu/h", "W", 0.2930711),
        ("1 hp", "W", 745.6999),
        ("4 ft", "m", 1.2192),
        ("6 ft 6 in", "m", 1.9812),
        ("6'-6\"", "m", 1.9812),
        ("6' 6 1/2\"", "m", 1.9939),
        ("3/4 in", "mm", 19.05),
        ("0.5 in", "mm", 12.7),
        ("500 kcmil", "mm2", 253.3537),
        ("500 gpm", "L/min", 1892.706),
        ("100 cfm", "m3/h", 169.9011),
        ("86 degF", "degC", 30),
        ("72 °F", "degC", 22.22222),
        ("-40 F", "degC", -40),
        ("300 K", "degC", 26.85),
        ("18 degF", "K", 10),
        ("10 C", "K", 10),
        ("3000 lb", "kg", 1360.777),
        ("1 short ton", "kg", 907.1847),
        ("250 psf", "kPa", 11.970065),
        ("250 psf", "kg/m2", 1220.607),
        ("36 psi", "kPa", 248.2113),
        ("2 bar", "kPa", 200),
        ("10 ftH2O", "kPa", 29.89067),
        ("5 %", "%", 5),
        ("400 gbps", "Gb/s", 400),
        ("50 GB/s", "Gb/s", 400),
        ("0.2 ohm/km", "mohm/m", 0.2),
        ("1 h 30 min", "min", 90),
        ("3 days", "h", 72),
    ],
)
def test_text_is_converted(text, unit, number):
    assert convert(text, unit) == pytest.approx(number, rel=6e-7)


@pytest.mark.parametrize(
    "text", ["1,200", "1 200", "1\u202f200", "1200", "1.2e3", "1200.0 kg", " 1,200kg ", "+1200"]
)
def test_numbers_may_be_written_in_several_ways(text):
    assert convert(text, "kg") == 1200


def test_numbers_pass_as_they_are():
    assert convert(5, "kW") == 5.0
    assert convert(np.int64(5), "kW") == 5.0
    assert convert("0.1", "kW") == 0.1


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("1,2", "kg", "ambiguous"),
        ("1.200,5", "kg", "write 1.2"),
        ("nan", "kg", "not one number"),
        ("inf", "kg", "not one number"),
        ("1_000", "kg", "not one number"),
        ("20-25 kW", "kW", "not one number"),
        ("6 ft 6", "m", "not one number"),
        ("6 in 6 ft", "m", "not one number"),
        ("", "m", "not one number"),
        ("kW", "kW", "not one number"),
        ("9" * 5000, "m", "not one number"),
        ("1e400", "m", "not a finite number"),
        (math.nan, "m", "not a finite number"),
        (math.inf, "m", "not a finite number"),
        (10**400, "m", "not a finite number"),
        (True, "m", "true is not a number"),
        (None, "m", "not a number"),
        ([1], "m", "not a number"),
        ("4 ft", "kW", "is a length, not power; write a power, such as 2.5 kW"),
        ("4 kVA", "kW", "power factor"),
        ("2 mW", "kW", "write MW for megawatts"),
        ("2 mw", "kW", "write MW for megawatts"),
        ("4 M", "m", 'Did you mean "m"?'),
        ("400 GBps", "Gb/s", "unknown unit GBps"),
        ("4 fet", "m", 'Did you mean "feet"?'),
        ("3 tons", "kW", "TR for tons of refrigeration"),
        ("12 AWG", "mm2", "AWG is a gauge"),
    ],
)
def test_refusals_say_what_would_be_right(value, unit, said):
    with pytest.raises(UnitError) as caught:
        convert(value, unit)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40), st.sampled_from(sorted(SUFFIXES.values())))
def test_any_text_is_read_or_refused(text, unit):
    # Anything but a UnitError fails the test.
    with contextlib.suppress(UnitError):
        assert math.isfinite(convert(text, unit))


@given(
    st.floats(-1e6, 1e6, allow_subnormal=False),
    st.sampled_from(
        [(kind, a, b) for kind, sizes in SIZES.items() for a in sizes for b in SUFFIXES.values()
         if b in sizes and kind != "temperature difference"]
    ),
)  # fmt: skip
def test_there_and_back_is_the_same(number, units):
    kind, written, unit = units
    if kind not in ("temperature", "mass per area", "pressure") and unit != "K":
        there = convert(f"{number!r} {written}", unit)
        back = there * SIZES[kind][unit] / SIZES[kind][written]
        assert back == pytest.approx(number, rel=1e-12, abs=1e-300)


def test_the_table_hangs_together():
    names = {name for sizes in SIZES.values() for name in sizes}
    assert set(SUFFIXES.values()) <= names
    assert set(ALIASES.values()) <= names
    assert set(ZEROS) == set(SIZES["temperature"])
    assert not set(ALIASES) & names


def test_column_keeps_order_and_names_rows():
    numbers, problems = convert_column(["1.5", "2 MW", "", None, "x", "nan", 3.0, True], "kW")
    assert numbers[[0, 1, 6]].tolist() == [1.5, 2000.0, 3.0]
    assert np.isnan(numbers[[2, 3, 4, 5, 7]]).all()
    assert [row for row, _ in problems] == [4, 5, 7]
    assert '"x" is not one number' in problems[0][1]


@pytest.mark.parametrize(
    "cells", [["nan"], ["inf"], ["-Infinity"], ["1_0"], [True, False], [1e999]]
)
def test_column_refuses_what_convert_refuses(cells):
    numbers, problems = convert_column(cells, "kW")
    assert np.isnan(numbers).all()
    assert len(problems) == len(cells)


def test_empty_column():
    numbers, problems = convert_column([], "kW")
    assert numbers.shape == (0,)
    assert problems == []
