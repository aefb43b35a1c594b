"""Scale-up domains: what published racks have, and racks that share one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.model.change import Change
from twin.report import fabrics
from twin.solve.fabric.domains import apart_m, scale_up, shared_domains

ROOT = Path(__file__).parents[2]


def study(path, *changes, day=None):
    site = pipeline.load(ROOT / path)
    for change in changes:
        site = pipeline.change(site, [Change(*change)])
    return pipeline.study_of(site, day, "provisioned", 1)


def test_a_rack_of_gb200_is_a_domain_of_72_with_its_published_links_and_bandwidth():
    one = study("layouts/fabric_gb200_su.toml")
    (found,) = one(scale_up)
    assert (found.racks, found.domains, found.accelerators, found.domain_racks) == (8, 8, 72, 1)
    assert (found.trays, found.all_links) == (9, 1296)
    # 130 TB/s in a rack as advertised, both ways together.
    assert 2 * found.all_tbps / 8 == pytest.approx(130, rel=0.005)
    told = fabrics.document(one)["scale_up"]["gb200_nvl72"]
    assert (told["domains"], told["links"], told["cords"]) == (8, 1296, 0)
    assert "Scale-up domains" in fabrics.text(one)


def test_systems_of_eight_are_domains_of_their_own():
    (found,) = study("layouts/fabric_h100_127.toml")(scale_up)
    assert (found.racks, found.domains, found.trays) == (32, 128, 0)


def test_what_nobody_published_is_not_known():
    (found,) = study("layouts/power_800vdc.toml")(scale_up)
    assert (found.domains, found.accelerators) == (8, 144)
    assert np.isnan([found.trays, found.links, found.tbps, found.all_tbps]).all()


def test_two_racks_of_36_are_one_domain_in_the_order_of_their_places():
    one = study("tests/rules/domains.toml")
    (found,) = one(scale_up)
    assert (found.racks, found.domains, found.domain_racks, found.trays) == (4, 2, 2, 18)
    shared = one(shared_domains)
    names = one.table("rack").ids[shared.rack].tolist()
    assert names == ["D-001", "D-002", "D-003", "D-004"]
    assert shared.domain.tolist() == [0, 0, 1, 1]
    assert one(apart_m) == pytest.approx([0.6] * 4)


def test_half_a_domain_is_none():
    one = study("tests/rules/domains.toml", ("remove", "racks.D-004"))
    (found,) = one(scale_up)
    assert (found.racks, found.domains) == (3, 1)
    early = study("tests/rules/domains.toml", day=date(2027, 1, 20))
    assert early(scale_up) == ()
    assert len(early(shared_domains).rack) == len(early(apart_m)) == 0


def test_a_rack_that_moves_to_another_row_shares_its_domain_with_the_last():
    one = study("tests/rules/domains.toml", ("set", "racks.D-002.position", "N-01"))
    names = one.table("rack").ids[one(shared_domains).rack].tolist()
    assert names == ["D-001", "D-003", "D-004", "D-002"]
    assert one(apart_m) == pytest.approx([1.2, 1.2, 4.2, 4.2])
