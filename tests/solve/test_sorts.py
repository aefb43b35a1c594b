"""Cables whose medium is chosen lie in trays that carry it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.solve.cabled import study
from twin import pipeline
from twin.solve.cabling.fill.shields import laid_sorts
from twin.solve.cabling.parts.parts import parts
from twin.solve.cabling.ways.carriers import COPPER, FIBRE, UNKNOWN
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.lengths import lengths_m
from twin.solve.cabling.ways.sorts import decided_sorts

SECOND = """
[trays.T2]
hall = "H1"
points_m = [[1, {y}], [12, {y}]]
elevation_m = {up}
width_m = 0.3
depth_m = 0.1
kind = "{kind}"

[data.fabrics.compute]
"""
LOW = (("height_m = 2.2", "height_m = 0.3"), ("elevation_m = 2.8", "elevation_m = 0.4"))
NEAR = (("at_m = [8, 2]", "at_m = [4.4, 2]"),)
"""A hall so low and near that copper reaches."""


def hall(first, second=None, y=2.1, more=(), **fabric):
    """The small hall with trays of kinds, whose fabric names no medium."""
    changes = [*more, ("elevation_m = 2.8", f'kind = "{first}"\nelevation_m = 2.8')]
    if more:
        changes[-1] = ("elevation_m = 0.4", f'kind = "{first}"\nelevation_m = 0.4')
    if second:
        changes.append(
            (
                "[data.fabrics.compute]\n",
                SECOND.format(y=y, kind=second, up=0.4 if more else 2.8)[1:],
            )
        )
    return study(*changes, **{"media": None, "node_cage": '"osfp-ihs"'} | fabric)


def kinds_of_media(one):
    part = one(parts)
    return {part.media.kind[m] if m >= 0 else "" for m in part.medium.tolist()}


def lies_right(one):
    """Whether each cable lies in trays that carry what it is made of."""
    kind, sort, lies = np.asarray(one.table("tray")["kind"]), one(laid_sorts), one(laying).lying
    carries = {FIBRE: {"fibre", "any"}, COPPER: {"copper", "any"}}
    pairs = zip(lies.cable.tolist(), lies.tray[lies.row].tolist(), strict=True)
    return all(kind[tray] in carries[int(sort[cable])] for cable, tray in pairs)


def blocked_by(one):
    """Rules of cables that block something."""
    found = pipeline.check(one.site, select=["CAB302", "CAB403"]).findings
    return {f.code for f in found}


def test_copper_is_chosen_where_trays_carry_all():
    one = hall("any", more=(*LOW, *NEAR))
    assert "dac" in kinds_of_media(one)
    assert set(one(decided_sorts).tolist()) == {UNKNOWN}


def test_in_trays_for_fibre_fibre_is_chosen():
    one = hall("fibre", more=(*LOW, *NEAR))
    assert kinds_of_media(one) == {"sr"}
    assert lies_right(one)
    assert not blocked_by(one)


def test_fibre_that_alone_reaches_has_no_way_in_trays_for_copper():
    one = hall("copper")
    assert np.isinf(one(lengths_m)).any()
    assert blocked_by(one) == {"CAB302"}


def test_what_must_be_copper_finds_none_that_lies_in_trays_for_fibre():
    one = hall("fibre", media='"dac utp"', more=(*LOW, *NEAR))
    assert blocked_by(one) == {"CAB302"}


@pytest.mark.parametrize("near", [(), (*LOW, *NEAR)], ids=["far", "near"])
@pytest.mark.parametrize("kinds", list(product(("fibre", "copper", "any"), repeat=2)))
def test_every_cable_lies_in_trays_that_carry_it(kinds, near):
    # The second tray lies 0.5 m further from the racks.
    one = hall(*kinds, more=near)
    assert lies_right(one)
    reached = np.isfinite(one(lengths_m))
    if {"fibre", "any"} & set(kinds):
        assert reached.all()
        assert not blocked_by(one)
    # Copper is what draws the least, where it reaches.
    copper = {"dac", "acc"} & kinds_of_media(one)
    assert bool(copper) == bool(near and {"copper", "any"} & set(kinds))


def test_what_can_be_fibre_is_where_trays_have_no_room_for_copper():
    narrow = ("width_m = 0.3\ndepth_m = 0.1", "width_m = 0.02\ndepth_m = 0.1")
    thick = {"catalog.dac_800g_osfp.od_m": 0.011}

    def media_and_fill(*changes, **fabric):
        one = hall("copper", "fibre", more=(*LOW, *NEAR, *changes), **fabric)
        site = pipeline.change(one.site, thick)
        found = pipeline.check(site, select=["CAB101", "CAB109", "CAB302", "CAB403"]).findings
        return kinds_of_media(pipeline.study(site)), {f.code for f in found}

    assert "dac" in media_and_fill()[0]
    assert media_and_fill(narrow) == ({"sr"}, set())
    # Where nothing but copper will do it is the tray that is too small.
    kinds, codes = media_and_fill(narrow, media='"dac acc"')
    assert "dac" in kinds
    assert "CAB101" in codes


def test_the_sort_of_trays_that_lead_nowhere_is_told():
    told = pipeline.check(hall("copper").site, select=["CAB302"]).findings
    assert all("no trays for fibre (kind) lead to" in f.message for f in told)
    assert told
