"""Switches, optics, cables: what choosing a medium needs, and figures that can be looked up."""

from __future__ import annotations

import math

import pytest

from twin.catalog import parse, shipped, shipped_sources
from twin.catalog.schema import CHOICES, PLUGS
from twin.errors import CatalogError
from twin.solve.cabling.fill.bend import OF_MEDIUM
from twin.solve.media.media import lacking
from twin.solve.media.plugs import TAKES


@pytest.mark.parametrize(
    ("id_", "units", "kg", "ports", "gbps", "cages"),
    [
        ("qm9700", 1, 14.8, 64, 400, 32),
        ("q3400_ra", 4, 60, 144, 800, 72),
        ("sn5600", 2, 23.5, 64, 800, 64),
        ("sn5610", 2, 26.9, 64, 800, 64),
        ("sn4600c", 2, 14.64, 64, 100, 64),
        ("sn2201", 1, 7.41, 48, 1, 48),
    ],
)
def test_switches(id_, units, kg, ports, gbps, cages):
    switch = shipped().get(id_)
    named = ("rack_units", "mass_kg", "ports", "gbps", "cages")
    assert tuple(switch.number(name) for name in named) == (units, kg, ports, gbps, cages)
    assert switch.number("ports_per_cage") == ports / cages


def test_a_typical_draw_stands_below_the_greatest():
    drawn = [s for s in shipped().of("switch") if not math.isnan(s.number("peak_kw"))]
    assert {switch.id for switch in drawn} == {"qm9700", "q3400_ra"}
    assert all(switch.number("draw_kw") < switch.number("peak_kw") for switch in drawn)


def test_every_plug_and_cage_is_of_a_known_form():
    assert set(TAKES) == set(PLUGS)
    assert {plug for plugs in TAKES.values() for plug in plugs} == set(PLUGS)
    for switch in shipped().of("switch"):
        assert switch.text["cage"] in PLUGS, switch.id
        finned = switch.text["cooled_by"] == "air"
        assert (switch.text["cage"] == "osfp-rhs") <= (not finned), switch.id


def test_only_parts_that_nobody_described_are_no_media():
    assert {id_ for id_, _ in lacking(shipped())} == {"aec_400g_32awg", "aoc"}


def test_every_optic_finds_a_fibre_cord():
    cords = [c for c in shipped().of("cable") if c.text.get("medium") == "fibre"]
    taken = {(cord.text["connector"], cord.text["fibre"]) for cord in cords}
    for optic in shipped().of("optic"):
        assert (optic.text["connector"], optic.text["fibre"]) in taken, optic.id
        assert optic.number("gbps") / optic.number("ports") in {100, 400, 800}, optic.id


def test_om3_reaches_less_far_than_om4():
    for optic in shipped().of("optic"):
        if not math.isnan(optic.number("reach_om3_m")):
            assert optic.text["fibre"] == "mm"
            assert optic.number("reach_om3_m") < optic.number("reach_m")
    assert shipped().get("sr4_400g").number("reach_om3_m") == 30


def test_lengths_that_were_seen_lie_within_the_reach():
    for cable in shipped().of("cable"):
        if "lengths_m" in cable.curves and not math.isnan(cable.number("reach_m")):
            longest = cable.curves["lengths_m"].column("length_m")[-1]
            assert longest <= cable.number("reach_m"), cable.id


def test_every_kind_of_cable_has_a_rule_for_bends():
    kinds = {cable.text["medium"] for cable in shipped().of("cable") if "medium" in cable.text}
    kinds |= {trunk.text["medium"] for trunk in shipped().of("trunk")}
    assert kinds <= set(OF_MEDIUM)
    assert set(OF_MEDIUM) == set(CHOICES["cable", "medium"])


def test_trunks_have_pins_and_cords_have_none():
    assert {trunk.text["gender"] for trunk in shipped().of("trunk")} == {"male"}
    cords = [c for c in shipped().of("cable") if c.text.get("connector", "").startswith("MPO")]
    assert {cord.text["gender"] for cord in cords} == {"female"}
    assert {cord.text["polarity"] for cord in cords} == {"B"}


@pytest.mark.parametrize(
    ("kind", "line", "key"),
    [
        ("cable", 'plug = "osfp"', "cable.x.plug"),
        ("cable", 'medium = "daac"', "cable.x.medium"),
        ("optic", 'fibre = "OM4"', "optic.x.fibre"),
        ("switch", 'cage = "qsfp29"', "switch.x.cage"),
        ("trunk", 'gender = "plug"', "trunk.x.gender"),
    ],
)
def test_a_word_that_no_part_may_say_is_told(kind, line, key):
    word, _, value = line.partition(" = ")
    entry = {"vendor": "M", "name": "X", word: value.strip('"')}
    with pytest.raises(CatalogError) as caught:
        parse({kind: {"x": entry}}, "mine.toml", shipped_sources())
    (problem,) = caught.value.problems
    assert problem.key == key
    assert value.strip('"') in problem.text()
