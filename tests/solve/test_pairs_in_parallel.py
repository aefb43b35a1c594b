"""Pairs of losses where what feeds a rack stands in a parallel group of its own."""

from twin.catalog.profile import profile
from twin.catalog.shipped import shipped
from twin.model.layout import Layout
from twin.pipeline import study
from twin.site.build import build
from twin.solve.losses.pairs import pairs_within
from twin.solve.losses.sorts import FAULT


def test_two_ups_in_parallel_right_above_the_taps_may_both_fail():
    ups = {"rating_kva": 500.0, "fed_from": "S1", "power_factor": 1.0}
    power = {
        "sources": {"S1": {"rating_kw": 1000.0, "voltage_v": 415.0}},
        "ups": {"U1": ups, "U2": ups | {"parallel_with": "U1"}},
        "taps": {"T1": {"fed_from": "U2", "breaker_a": 1e6}},
        "whips": {"W1": {"rack": "R1", "tap": "T1", "shelf": 1}},
    }
    racks = {"R1": {"type": "gb300_nvl72", "provisioned_kw": 132.0}}
    said = {"format": 1, "name": "two", "scope": ["PWR"], "power": power, "racks": racks}
    site, faults = build(Layout.model_validate(said), [], shipped(), profile("nec-us"))
    assert not faults
    one = study(site)
    ids = [n.partition(":")[2] for n in site.names[one.arrays.topology.power.first :].tolist()]
    found = {frozenset((ids[a], ids[b])) for a, b in zip(*pairs_within(one, FAULT), strict=True)}
    assert frozenset(("U1", "U2")) in found
