"""Worked numbers of power, each run through a small site that is written down as a layout."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.checks.discover import all_rules
from twin.checks.engine import Evaluation, evaluate
from twin.model.change import Conditions, Scenario
from twin.site.site import Site
from twin.solve.power.feeders import amps_per_kw, feeders
from twin.solve.power.shelves import shelves

RACK = "air_cpu_avg"
FAILED = 2


def layout(folder: Path, body: str, losses: str = 'ups = "full"') -> Site:
    """Site of a layout that holds what a worked number needs and no more."""
    path = folder / "site.toml"
    head = f'format = 1\nname = "worked"\nscope = ["PWR"]\n[policy.losses]\n{losses}\n'
    path.write_text(head + body)
    return pipeline.load(path)


def ups(name: str, kw: float) -> str:
    return f"""
[power.sources.S{name}]
rating_kw = 9999
voltage_v = 415
[power.ups.{name}]
fed_from = "S{name}"
rating_kw = {kw}
"""


def rack(name: str, kw: float, feeds: str, kind: str = RACK) -> str:
    """Text of a rack with one whip and shelf per letter of `feeds`, each on that UPS."""
    out = f'[racks.{name}]\ntype = "{kind}"\nprovisioned_kw = {kw}\npower_factor = 1.0\n'
    for n, feed in enumerate(feeds, 1):
        out += f'[power.taps.{name}t{n}]\nfed_from = "{feed}"\nbreaker_a = 9999\n'
        out += f'[power.whips.{name}w{n}]\nrack = "{name}"\nshelf = {n}\ntap = "{name}t{n}"\n'
    return out


def judge(site: Site, code: str, losses: int = 1) -> Evaluation:
    conditions = Conditions(losses=losses, scope=frozenset({"PWR"}))  # type: ignore[arg-type]
    rules = [r for r in all_rules() if r.code == code]
    return evaluate(pipeline.study(site, Scenario(conditions=conditions)), rules)


def worst(e: Evaluation, subject: str) -> tuple[float, float, int]:
    """Demand, limit and state of the worst row of a subject."""
    rows = e.rows.take(e.worst)
    at = e.study.site.names[rows.subject].tolist().index(subject)
    return float(rows.demand[at]), float(rows.limit[at]), int(rows.state[at])


def test_wep010_the_continuous_part_of_a_breaker(tmp_path: Path) -> None:
    parts = ((20, 0.8), (100, 0.8), (100, 1.0))
    body = "".join(
        f"[power.busways.B{n}]\nbreaker_a = {amps}\nrating_a = 100\ncontinuous_factor = {k}\n"
        for n, (amps, k) in enumerate(parts)
    )
    study = pipeline.study(layout(tmp_path, body))
    assert study(feeders).limit_a.tolist() == [16.0, 80.0, 100.0]


def test_wep020_three_sources_of_which_two_must_do(tmp_path: Path) -> None:
    body = "".join(ups(n, 1000) for n in "ABC")
    body += rack("P1", 666.67, "AB") + rack("P2", 666.67, "BC") + rack("P3", 666.67, "CA")
    site = layout(tmp_path, body)
    for name in "ABC":
        demand, limit, state = worst(judge(site, "PWR103", losses=0), f"ups:{name}")
        assert (demand, limit, state) == (pytest.approx(666.67), 1000, 0)
    lost = judge(pipeline.change(site, {"power.ups.*.rating_kw": 1000.01}), "PWR103")
    assert worst(lost, "ups:B") == (pytest.approx(1000.005), 1000.01, 0)
    assert worst(lost, "ups:C") == (pytest.approx(1000.005), 1000.01, 0)
    assert worst(judge(site, "PWR202"), "rack:P1")[0] == 1


def test_wep020_skewed_pairs_fail_though_the_total_fits(tmp_path: Path) -> None:
    body = "".join(ups(n, 1000) for n in "ABC")
    body += rack("P1", 1300, "AB") + rack("P2", 300, "BC") + rack("P3", 300, "CA")
    e = judge(layout(tmp_path, body), "PWR103")
    assert worst(e, "ups:B") == (pytest.approx(1450), 1000, 2)


@pytest.mark.parametrize(("load", "holds"), [(1400, True), (1600, False)])
def test_wep022_two_full_sides(tmp_path: Path, load: float, holds: bool) -> None:
    site = layout(tmp_path, ups("A", 1500) + ups("B", 1500) + rack("R", load, "AB"))
    assert worst(judge(site, "PWR103", losses=0), "ups:B")[0] == load / 2
    demand, limit, state = worst(judge(site, "PWR103"), "ups:B")
    assert (demand, limit, state == 0) == (load, 1500, holds)


@pytest.mark.parametrize(("load", "holds", "use"), [(1000, True, 0.8), (1050, False, 0.84)])
def test_wep026_five_modules_of_which_four_must_do(
    tmp_path: Path, load: float, holds: bool, use: float
) -> None:
    site = layout(tmp_path, "".join(ups(n, 250) for n in "ABCDE") + rack("R", load, "ABCDE"))
    demand, limit, _ = worst(judge(site, "PWR103", losses=0), "ups:C")
    assert demand / limit == pytest.approx(use)
    assert (worst(judge(site, "PWR103"), "ups:C")[2] == 0) == holds


@pytest.mark.parametrize(
    ("kva", "volts", "amps", "rel"),
    [
        (3000, 480, 3608.4, 1e-3), (3000, 415, 4173.6, 1e-3),
        (500, 208, 1387, 2e-3), (750, 208, 2081, 2e-3), (1000, 208, 2775, 2e-3),
        (500, 480, 601, 2e-3), (750, 480, 902, 2e-3), (1000, 480, 1202, 2e-3),
        (15, 480, 18.04, 5e-3),
    ],
)  # fmt: skip
def test_wep040_041_042_full_load_amperes(
    kva: float, volts: float, amps: float, rel: float
) -> None:
    one, three = np.array(1.0), np.array(3.0)
    assert kva * float(amps_per_kw(np.array(volts), one, three)) == pytest.approx(amps, rel=rel)


def test_wep041_thirty_amperes_at_208_v_are_10_81_kva() -> None:
    per_kw = amps_per_kw(np.array(208.0), np.array(1.0), np.array(3.0))
    assert 30 / float(per_kw) == pytest.approx(10.81, rel=5e-3)


def test_wep050_direct_current() -> None:
    kw, volts = np.array([120.0, 132.0, 1000.0]), np.array([48.0, 54.0, 800.0])
    amps = kw * amps_per_kw(volts, np.ones(3), np.ones(3))
    assert amps == pytest.approx([2500, 2444.4, 1250], rel=1e-3)
    assert volts[2] / volts[1] == pytest.approx(14.815, rel=1e-3)


def test_wep070_what_a_chain_loses(tmp_path: Path) -> None:
    body = """
[power.sources.U]
rating_kw = 1100
[power.transformers.T]
fed_from = "U"
efficiency = 0.99
[power.ups.A]
fed_from = "T"
efficiency = 0.96
[power.busways.B]
fed_from = "A"
efficiency = 0.995
"""
    site = layout(tmp_path, body + rack("R", 1000, "B"), losses="")
    demand, _, _ = worst(judge(site, "PWR103"), "source:U")
    assert demand == pytest.approx(1057.48, rel=1e-4)
    assert demand - 1000 == pytest.approx(57.48, abs=0.01)


@pytest.mark.parametrize(
    ("feeds", "living", "limit", "holds"),
    [("AAAABBBB", 4, 132, False), ("AAABBBCC", 5, 165, True), ("AAAAAABB", 2, 66, False)],
)
def test_shelves_that_live_on_by_where_whips_hang(
    tmp_path: Path, feeds: str, living: int, limit: float, holds: bool
) -> None:
    body = "".join(ups(n, 999) for n in sorted(set(feeds)))
    site = layout(tmp_path, body + rack("R", 142, feeds, "gb300_nvl72"))
    e = judge(site, "PWR201")
    assert e.study(shelves).surely.tolist() == [living]
    assert worst(e, "rack:R") == (142, limit, 0 if holds else 2)


def test_two_whips_on_one_shelf_are_one_shelf(tmp_path: Path) -> None:
    body = ups("A", 999) + ups("B", 999) + rack("R", 60, "AABB", "gb300_nvl72")
    for n, shelf in enumerate((1, 1, 2, 2), 1):
        body = body.replace(f'shelf = {n}\ntap = "Rt{n}"', f'shelf = {shelf}\ntap = "Rt{n}"')
    e = judge(layout(tmp_path, body), "PWR201")
    assert worst(e, "rack:R") == (60, 33, 2)
    crossed = body.replace('shelf = 2\ntap = "Rt3"', 'shelf = 1\ntap = "Rt3"').replace(
        'shelf = 1\ntap = "Rt2"', 'shelf = 2\ntap = "Rt2"'
    )
    assert worst(judge(layout(tmp_path, crossed), "PWR201"), "rack:R") == (60, 66, 0)


CAP = 'ups = { outcome = "capped", to = 0.8, within_s = 2, enforced_by = "external:nodes"%s }'


@pytest.mark.parametrize(
    ("withstand", "kw", "state", "shown"),
    [
        (", withstand_s = 10", 142, 0, 113.6),
        (", withstand_s = 1", 142, 2, 142),
        ("", 142, 1, math.nan),
        ("", 170, 2, 136),
        ("", 130, 0, 130),
    ],
)
def test_a_cap_counts_if_it_is_known_to_be_fast_enough(
    tmp_path: Path, withstand: str, kw: float, state: int, shown: float
) -> None:
    body = ups("A", 999) + ups("B", 999) + rack("R", kw, "AAAABBBB", "gb300_nvl72")
    site = layout(tmp_path, body, losses=CAP % withstand)
    demand, limit, found = worst(judge(site, "PWR201"), "rack:R")
    assert (limit, found) == (132, state)
    assert demand == pytest.approx(shown, nan_ok=True)


def test_a_lost_tap_counts_where_the_loss_of_its_busway_is_capped(tmp_path: Path) -> None:
    capped = CAP % ", withstand_s = 10"
    losses = capped.replace("ups", "busway").replace("0.8", "0.5") + '\ntap = "full"'
    body = ups("A", 999) + ups("B", 999)
    body += '[power.busways.RA]\nfed_from = "A"\n[power.busways.RB]\nfed_from = "B"\n'
    text = rack("R", 120, "AABB").replace('"A"', '"RA"').replace('"B"', '"RB"')
    demand, _, _ = worst(judge(layout(tmp_path, body + text, losses=losses), "PWR103"), "ups:B")
    assert demand == pytest.approx(80)


SOURCES = CAP.replace("ups", "source").replace("0.8", "0.5")


@pytest.mark.parametrize(("feeds", "carried"), [("ABBBBBBB", 60), ("ABBB", 60), ("AB", 60)])
def test_racks_fed_unevenly_carry_no_more_than_their_cap(
    tmp_path: Path, feeds: str, carried: float
) -> None:
    """Two of 60 kW hung 1 + 7 and 7 + 1, half of each kept: 60 kW on the side that lives."""
    other = feeds.translate(str.maketrans("AB", "BA"))
    body = ups("A", 70) + ups("B", 70) + rack("R", 60, feeds) + rack("Q", 60, other)
    site = layout(tmp_path, body, losses=SOURCES % ", withstand_s = 10")
    e = judge(site, "PWR103")
    assert worst(e, "ups:A") == (pytest.approx(carried), 70, 0)
    assert (e.admission.outcome == 0).all()
    tight = judge(pipeline.change(site, {"power.ups.*.rating_kw": 59.9}), "PWR103")
    assert sorted(tight.admission.outcome.tolist()) == [0, 2]


@pytest.mark.parametrize(
    ("kw", "state", "outcomes"),
    [(120, 0, [0, 0]), (119.9, 1, [1, 1]), (60, 1, [1, 1]), (59.9, 2, [1, 2])],
)
def test_a_cap_in_doubt_matters_only_where_it_is_needed(
    tmp_path: Path, kw: float, state: int, outcomes: list[int]
) -> None:
    """120 kW without the cap, 60 kW with it: fits anyway, is not known, fails anyway."""
    body = ups("A", kw) + ups("B", kw) + rack("R", 60, "AB") + rack("Q", 60, "AB")
    e = judge(layout(tmp_path, body, losses=SOURCES % ""), "PWR103")
    assert worst(e, "ups:A")[2] == state
    assert sorted(e.admission.outcome.tolist()) == outcomes
    report = pipeline.check(e.study.site, select=["PWR103"])
    missing = {path for way in report.verdicts.missing for path in way}
    assert missing == ({"policy.losses.source.withstand_s"} if state else set())


def test_taps_and_whips_that_need_no_cap_are_known(tmp_path: Path) -> None:
    body = ups("A", 999) + ups("B", 999) + rack("R", 60, "AB")
    e = judge(layout(tmp_path, body, losses=SOURCES % ""), "PWR101")
    amps = 60 * float(amps_per_kw(np.array(415.0), np.array(1.0), np.array(3.0)))
    assert worst(e, "tap:Rt1") == (pytest.approx(amps), pytest.approx(7999.2), 0)
    for share, state in ((1.01, 0), (0.99, 1), (0.51, 1), (0.49, 2)):
        small = {"power.taps.*.breaker_a": amps * share / 0.8}
        site = pipeline.change(e.study.site, small)  # type: ignore[arg-type]
        assert worst(judge(site, "PWR101"), "tap:Rt1")[2] == state


def test_a_lost_tap_of_a_board_moves_load_to_the_busway_below_that_board(tmp_path: Path) -> None:
    body = ups("A", 999) + '[power.busways.RA]\nfed_from = "A"\nrating_a = 999\n'
    body += rack("R", 60, "AB").replace('"B"', '"RA"')
    site = layout(tmp_path, body, losses='ups = "full"\ntap = "full"')
    amps = 60 * float(amps_per_kw(np.array(415.0), np.array(1.0), np.array(3.0)))
    assert worst(judge(site, "PWR101"), "busway:RA")[0] == pytest.approx(amps)


def held_racks(folder: Path, rated_kw: float, each_kw: float, losses: str) -> int:
    """Count the most racks, each on four UPS alike, that these hold with one of them lost."""
    count = 0
    while True:
        racks = "".join(rack(f"R{n}", each_kw, "ABCD") for n in range(count + 1))
        body = "".join(ups(n, rated_kw) for n in "ABCD") + racks
        if worst(judge(layout(folder, body, losses), "PWR103"), "ups:B")[2] == FAILED:
            return count
        count += 1


def test_wep060_what_no_reserve_gains(tmp_path: Path) -> None:
    """WE-P-060: four systems of which three must do, against the same with racks that are capped.

    Racks that may not feel the loss leave a quarter of the four in reserve; where a cap brings
    them to three quarters in time, all four are used: a third more racks, 1 / (3 / 4) - 1.
    """
    capped = (
        'ups = { outcome = "capped", to = 0.75, within_s = 1, withstand_s = 10,'
        ' enforced_by = "external:power" }'
    )
    full = held_racks(tmp_path, 30, 10, 'ups = "full"')
    without_reserve = held_racks(tmp_path, 30, 10, capped)
    assert (full, without_reserve) == (9, 12)
    assert 100 * (without_reserve / full - 1) == pytest.approx(33.3, abs=0.1)


def test_wep061_what_a_lower_limit_of_accelerators_gains(tmp_path: Path) -> None:
    """WE-P-061: racks of 72 accelerators and nothing else, at 1,200 W and at 960 W.

    A cap is of a whole rack; what is no accelerator is left out here, as in the example, and
    dilutes the gain of a real rack.
    """
    at_most, capped = 72 * 1.2, 72 * 0.96
    fit = []
    for each in (at_most, capped):
        racks = [rack(f"R{n}", each, "A") for n in range(6)]
        states = [
            worst(judge(layout(tmp_path, ups("A", 4 * at_most) + "".join(racks[:n])), "PWR103",
                        losses=0), "ups:A")[2]
            for n in range(1, 7)
        ]  # fmt: skip
        fit.append(states.index(FAILED))
    assert fit == [4, 5]
    assert fit[1] / fit[0] == pytest.approx(1.25)
    assert capped / at_most == pytest.approx(0.8)
