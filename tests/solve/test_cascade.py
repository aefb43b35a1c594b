"""Cascades against sequences worked out by hand, and what must always hold of them."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.model.change import Change, Conditions, Scenario
from twin.site.site import Site
from twin.solve.losses.cascade import Cascades, cascade, suspects
from twin.solve.losses.cases import cases
from twin.solve.losses.devices import devices
from twin.solve.losses.follow import Run
from twin.solve.study import Study

ROOT = Path(__file__).parents[2]
UNITY_V = 331.9764196
"""At this voltage and a power factor of one four racks of 115 kW are 800 A on three phases."""


@functools.cache
def base() -> Site:
    return pipeline.load(ROOT / "tests/rules/base.toml")


def study(
    changes: dict[str, object], trip: float | None = None, remove: tuple[str, ...] = ()
) -> Study:
    every = [Change("remove", p) for p in ("racks.DN-001", *remove)]
    every += [Change("set", "catalog.gb300_nvl72.power_factor", 1.0)]
    every += [Change("set", "power.busways.*.voltage_v", UNITY_V)]
    every += [Change("set", p, v) for p, v in changes.items()]
    conditions = Conditions(trip=trip)
    return pipeline.study(base(), Scenario(changes=tuple(every), conditions=conditions))


def at(s: Study, name: str) -> int:
    """Place of a case in the list of those that were followed."""
    found = s(cascade).case
    return int(np.flatnonzero(s(cases).name[found] == name)[0])


def told(s: Study, run: Run, name: str) -> list[tuple[str, float]]:
    node, when = run.sequence(at(s, name))
    names = s.site.names[node + s.arrays.topology.power.first]
    return [(str(n), round(float(t), 3)) for n, t in zip(names, when, strict=True)]


def dark(s: Study, run: Run, name: str) -> set[str]:
    mine = run.dark[run.dark[:, 0] == at(s, name), 1]
    return set(s.table("rack").ids[mine].tolist())


RACKS = {"D1-001", "D1-002", "D1-003", "D1-004"}
AT_800 = {"racks.*.provisioned_kw": 115.0}


def test_nothing_is_followed_where_nothing_is_above_its_setting() -> None:
    s = study(AT_800 | {"power.busways.*.breaker_a": 800, "power.busways.*.rating_a": 2000})
    assert not len(s(suspects))
    assert not len(s(cascade).case)


def test_one_side_lost_opens_the_other() -> None:
    # 400 A before and 800 A after on 571.43 A: 0.7 and 1.4 of the setting.
    s = study(AT_800 | {"power.busways.*.breaker_a": 800 / 1.4})
    found = s(cascade)
    soonest = round(18 * (1 - 0.7**2) / 1.4**2, 3)
    assert told(s, found.soonest, "source:UA") == [("busway:R1B", soonest)]
    assert told(s, found.latest, "source:UA") == [("busway:R1B", 7200.0)]
    assert dark(s, found.soonest, "source:UA") == dark(s, found.latest, "source:UA") == RACKS
    assert not len(found.maybe)


def test_between_what_must_hold_and_what_must_open_it_may() -> None:
    s = study(AT_800 | {"power.busways.*.breaker_a": 800 / 1.2})
    found = s(cascade)
    assert len(told(s, found.soonest, "source:UA")) == 1
    assert told(s, found.latest, "source:UA") == []
    assert not len(found.surely)
    assert set(s.table("rack").ids[found.maybe[:, 1]].tolist()) == RACKS


def test_the_second_opens_under_what_the_first_leaves() -> None:
    """Two of four taps of each rack hang on PX behind BA; its breaker opens, then that of R1A.

    With side B lost each rack of 115 kW stands on four taps of A: two on R1A, two on PX. R1A and PX
    carry 400 A each. PX opens first at 1.6 of 250 A, at once; R1A then carries 800 A of 500 A, 1.6
    too, and opens at once as well. With R1A at 600 A, 1.33, it opens later, or never.
    """
    changes: dict[str, object] = AT_800 | {"power.taps.*.breaker_a": 200.0}
    for n in (3, 4):
        changes[f'power.taps."R1-*/R1A/{n}".fed_from'] = "PX"
    changes |= {"power.rpps.PX.breaker_a": 250.0, "power.rpps.PX.voltage_v": UNITY_V}
    s = study(changes | {"power.busways.R1A.breaker_a": 500.0})
    assert told(s, s(cascade).soonest, "source:UB") == [("rpp:PX", 0.0), ("busway:R1A", 0.0)]
    assert told(s, s(cascade).latest, "source:UB") == [("rpp:PX", 7200.0), ("busway:R1A", 14400.0)]
    assert dark(s, s(cascade).latest, "source:UB") == RACKS
    s = study(changes | {"power.busways.R1A.breaker_a": 600.0})
    # 200 A of 600 A before: room for all of the heat but a ninth.
    later = round(18 * (1 - (200 / 600) ** 2) / (800 / 600) ** 2, 3)
    assert told(s, s(cascade).soonest, "source:UB") == [("rpp:PX", 0.0), ("busway:R1A", later)]
    assert told(s, s(cascade).latest, "source:UB") == [("rpp:PX", 7200.0)]
    assert not len(s(cascade).surely)


def test_heat_taken_up_before_counts_when_the_load_grows() -> None:
    """R1A, of 540 A, carries 600 A until PX of 160 A opens under 200 A, and 800 A after it."""
    changes: dict[str, object] = AT_800 | {"power.taps.*.breaker_a": 200.0}
    changes['power.taps."R1-*/R1A/4".fed_from'] = "PX"
    changes |= {"power.rpps.PX.breaker_a": 160.0, "power.rpps.PX.voltage_v": UNITY_V}
    s = study(changes | {"power.busways.R1A.breaker_a": 540.0})
    first = 18 * (1 - (100 / 160) ** 2) / (200 / 160) ** 2
    room = 18 * (1 - (300 / 540) ** 2)
    heat = first * (600 / 540) ** 2
    second = first + (room - heat) / (800 / 540) ** 2
    assert told(s, s(cascade).soonest, "source:UB") == [
        ("rpp:PX", round(first, 3)),
        ("busway:R1A", round(second, 3)),
    ]


def test_opening_the_first_spares_the_one_above() -> None:
    """Board and busway are both above; the busway goes first and its racks no longer load BB."""
    s = study(AT_800 | {"power.busways.*.breaker_a": 400.0, "power.boards.*.breaker_a": 500.0})
    assert told(s, s(cascade).soonest, "source:UA") == [("busway:R1B", 0.0)]
    crude = study(
        AT_800 | {"power.busways.*.breaker_a": 400.0, "power.boards.*.breaker_a": 500.0}, trip=1.0
    )
    names = {n for n, _ in told(crude, crude(cascade).soonest, "source:UA")}
    assert names == {"busway:R1B", "board:BB"}


CAP = {"outcome": "capped", "to": 0.7, "enforced_by": "external:nodes", "withstand_s": 9999.0}


@pytest.mark.parametrize(("within", "opens"), [(4.0, False), (5.0, True)])
def test_a_cap_that_holds_before_the_soonest_relieves(within: float, opens: bool) -> None:
    # The soonest is 4.684 s; a cap to 0.7 leaves 560 A on 571 A.
    cap = CAP | {"within_s": within}
    s = study(AT_800 | {"power.busways.*.breaker_a": 800 / 1.4, "policy.losses.source": cap})
    assert (len(told(s, s(cascade).soonest, "source:UA")) == 1) is opens
    assert told(s, s(cascade).latest, "source:UA") == []


def test_a_cap_falls_with_an_enforcer_that_a_breaker_cuts_off() -> None:
    cap = CAP | {"within_s": 4.0, "enforced_by": "board:BB"}
    s = study(AT_800 | {"power.busways.*.breaker_a": 800 / 1.4, "policy.losses.source": cap})
    assert told(s, s(cascade).soonest, "source:UA") == []
    assert len(told(s, s(cascade).soonest, "source:UB")) == 1


@pytest.mark.parametrize(("by", "count"), [("external:nodes", 1), ("rpp:PX", 2)])
def test_a_cap_falls_with_what_an_open_breaker_cuts_off(by: str, count: int) -> None:
    """PX opens after 7.0 s, the cap is to hold after 8 s, R1A would open after 8.7 s."""
    changes: dict[str, object] = AT_800 | {"power.taps.*.breaker_a": 200.0}
    changes['power.taps."R1-*/R1A/4".fed_from'] = "PX"
    changes |= {"power.rpps.PX.breaker_a": 160.0, "power.rpps.PX.voltage_v": UNITY_V}
    changes["power.busways.R1A.breaker_a"] = 540.0
    changes["policy.losses.source"] = CAP | {"to": 0.5, "within_s": 8.0, "enforced_by": by}
    s = study(changes)
    assert len(told(s, s(cascade).soonest, "source:UB")) == count


def test_a_device_without_a_trip_never_opens() -> None:
    s = study(AT_800 | {"power.busways.*.breaker_a": 300.0, "power.busways.*.trip": "none"})
    assert not len(s(cascade).case)
    known = s(devices)
    assert (known.node >= s.arrays.topology.power.feeders).all()


def test_a_published_band_stands_for_the_standard() -> None:
    s = study(
        AT_800
        | {"power.busways.*.breaker_a": 800 / 1.4, "power.busways.*.trip": "compact_nsx_tm100d"}
    )
    # 120 s from cold at 1.5, heavier than 1.4; the room of half its heat is left.
    soonest = round(120 * (1 - 0.7**2), 3)
    assert told(s, s(cascade).soonest, "source:UA") == [("busway:R1B", soonest)]
    assert told(s, s(cascade).latest, "source:UA") == []


def test_what_is_above_its_setting_with_nothing_lost_is_one_case() -> None:
    s = study(AT_800 | {"power.busways.*.breaker_a": 280.0})
    assert int(s(cascade).case[0]) == 0
    assert told(s, s(cascade).latest, "") != []


amps = st.sampled_from([200.0, 300.0, 420.0, 500.0, 600.0, 650.0, 760.0, 900.0])


@settings(max_examples=25, deadline=None)
@given(
    a=amps,
    b=amps,
    board=amps,
    kw=st.lists(st.sampled_from([60.0, 90.0, 115.0]), min_size=4, max_size=4),
)
def test_what_always_holds(a: float, b: float, board: float, kw: list[float]) -> None:
    """Nothing opens late where nothing opens soon, and times only grow.

    Where racks have two sides, what opens only relieves the others: all at once leaves no fewer
    racks dark. With three sides it may, since what goes dark loads the third side no more.
    """
    changes: dict[str, object] = {
        "power.busways.R1A.breaker_a": a, "power.busways.R1B.breaker_a": b,
        "power.boards.*.breaker_a": board,
        **{f"racks.D1-00{n}.provisioned_kw": v for n, v in enumerate(kw, start=1)},
    }  # fmt: skip
    band, crude = study(changes)(cascade), study(changes, trip=1.0)(cascade)
    assert band.case.tolist() == crude.case.tolist()
    for place in range(len(band.case)):
        assert len(band.soonest.sequence(place)[0]) >= (len(band.latest.sequence(place)[0]) > 0)
        for run in (band.soonest, band.latest):
            when = run.sequence(place)[1]
            assert (np.diff(when) >= -1e-9).all()
    assert pairs(band, band.soonest) <= pairs(crude, crude.soonest)
    assert pairs(band, band.latest) <= pairs(crude, crude.soonest)


def pairs(found: Cascades, run: Run) -> set[tuple[int, int]]:
    return {(int(found.case[s]), int(r)) for s, r in run.dark.tolist()}
