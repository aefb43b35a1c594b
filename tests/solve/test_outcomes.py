"""What losses do: counts against rows of the table of losses, loads against the rules' own."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chains import chain, study

from twin import pipeline
from twin.checks.discover import all_rules
from twin.checks.engine import evaluate
from twin.checks.result import State
from twin.model.change import Change, Conditions, Scenario
from twin.solve.losses.cases import cases, lost_row
from twin.solve.losses.outcomes import every_outcome, policy_outcomes
from twin.solve.losses.sorts import PAIR, WORK_AND_FAULT
from twin.solve.power.headroom import caps_that_hold, pooled, worst_of_racks
from twin.solve.power.loading import UNITS, policy_loading
from twin.solve.power.shares import shares
from twin.solve.power.stranded import stranded

ROOT = Path(__file__).parents[2]
BUSWAY = 'rating_a = 9000;hall = "H";from_m = [0, 0];to_m = [50, 0];elevation_m = 3'
FULL = '[policy.losses]\nsource = "full"\nups = "full"\nbusway = "full"\ntap = "full"\n'
LAYOUTS = ("tests/rules/base.toml", "layouts/hall_gb300_first_try.toml")


def two_sides(ups: str = "rating_kw = 1500", bypass: str = "") -> dict[str, str]:
    return {
        name: said
        for x in "AB"
        for name, said in {
            f"source:U{x}": "rating_kw = 9000;voltage_v = 415",
            f"ups:S{x}": f'fed_from = "U{x}";{ups}{bypass}',
            f"busway:{x}": f'fed_from = "S{x}";{BUSWAY}',
        }.items()
    }


def row(found, name: str) -> int:
    names = found.cases.name.tolist()
    assert name in names, names
    return names.index(name)


@pytest.fixture(scope="module", params=LAYOUTS)
def judged(request):
    return pipeline.study(pipeline.load(ROOT / request.param))


def test_racks_are_dark_where_the_table_of_losses_says_so(judged) -> None:
    found, first = judged(policy_outcomes), judged.site.first["rack"]
    racks = len(judged.site.tables["rack"])
    for case in range(1, len(found.dark), 3):
        lost = lost_row(judged, case)
        assert found.dark[case] == (lost[first : first + racks] & judged.here).sum()
        assert found.dark[case] + found.full[case] + found.capped[case] == judged.here.sum()
        for place, kind in enumerate(("cdu", "air_unit", "switch")):
            start, count = judged.site.first[kind], len(judged.site.tables[kind])
            assert found.gear[case, place] == lost[start : start + count].sum()


@pytest.mark.parametrize(("code", "unit"), [("PWR101", "A"), ("PWR102", "kVA"), ("PWR103", "kW")])
def test_loads_are_those_that_the_rules_judge(judged, code: str, unit: str) -> None:
    loads = judged(policy_loading)
    rules = [r for r in all_rules() if r.code == code]
    rows = evaluate(judged, rules).rows
    ours = loads.unit == UNITS.index(unit)
    ratio = np.full(judged.site.size, -np.inf)
    np.fmax.at(ratio, loads.subject[ours], loads.ratio[ours])
    theirs = np.full(judged.site.size, -np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        np.fmax.at(theirs, rows.subject, rows.demand / rows.limit)
    told = np.unique(rows.subject)
    assert len(told)
    assert ratio[told] == pytest.approx(theirs[told], rel=1e-12)


def test_worst_of_a_rack_is_the_worst_of_what_it_stands_on(judged) -> None:
    loads = judged(policy_loading)
    found, share = worst_of_racks(judged, loads), judged(shares)
    topology = judged.arrays.topology.power
    for rack in np.flatnonzero(judged.here)[::7].tolist():
        on = set((share.element[share.load == rack] + topology.first).tolist())
        whips = topology.whips[topology.whip_ptr[rack] : topology.whip_ptr[rack + 1]]
        on |= {int(n) + topology.first for w in whips for n in (w, topology.parent[w])}
        on.add(rack + judged.site.first["rack"])
        mine = np.isin(loads.subject, sorted(on))
        assert found.ratio[rack] == np.nanmax(loads.ratio[mine])


@pytest.mark.parametrize(
    ("busways", "sides", "left"),
    [("AAAABBBB", "AB", 132.0), ("AAABBBCC", "ABC", 165.0), ("AABBCCDD", "ABCD", 198.0)],
)
def test_eight_shelves_of_33_kw_at_142_kw(busways: str, sides: str, left: float) -> None:
    nodes = {
        name: said
        for x in sides
        for name, said in {
            f"source:U{x}": "rating_kw = 900;voltage_v = 415",
            f"busway:{x}": f'fed_from = "U{x}";{BUSWAY}',
        }.items()
    }
    s = study(chain(nodes, {"R1": (busways, 142.0)}, FULL))
    found = s(policy_outcomes)
    case = row(found, "source:UA")
    assert found.dark[case] == 0
    assert s.site.name_of(int(found.subject[case])) == "rack:rack-R1"
    assert (found.demand[case], found.limit[case]) == (142.0, left)
    assert found.over[case] == (left < 142.0)


def test_a_cap_of_the_policy_is_counted_and_one_in_doubt_is_not() -> None:
    cap = 'outcome = "capped", to = 0.8, within_s = 1, enforced_by = "external:nodes"'
    racks = {"R1": ("AB", 100.0), "R2": ("AB", 150.0), "R3": ("B", 10.0)}
    for more, capped, kw in ((", withstand_s = 2", 2, 50.0), ("", 0, 0.0)):
        policy = f"[policy.losses]\nups = {{ {cap}{more} }}\n"
        s = study(chain(two_sides(), racks, policy))
        found = s(policy_outcomes)
        case = row(found, "ups:SA")
        assert (found.capped[case], found.capped_kw[case]) == (capped, pytest.approx(kw))
        assert (found.full[case], found.dark[case]) == (3 - capped, 0)
        other = row(found, "ups:SB")
        assert (found.dark[other], found.dark_kw[other]) == (1, pytest.approx(10.0))


def test_racks_behind_a_bypass_are_unprotected_and_its_module_takes_none() -> None:
    ups = "rating_kw = 1500;modules = 3"
    site = chain(
        two_sides(ups, ";bypass = true;bypass_kva = 1200"),
        {"R1": ("AB", 700.0), "R2": ("B", 700.0)},
    )
    found = study(site)(every_outcome)
    on = row(found, "the inverter of ups:SB")
    assert (found.unprotected[on], found.dark[on], found.asked[on]) == (2, 0, False)
    module = row(found, "a module of ups:SB")
    assert (found.demand[module], found.limit[module]) == (1050.0, 1000.0)
    assert found.unprotected[module] == 0


def test_both_sides_at_once_drop_all_of_1400_kw() -> None:
    """WE-P-025: two sides of 1,500 kW under 1,400 kW: the second loss drops all of it."""
    racks = {"R1": ("AB", 700.0), "R2": ("AB", 700.0)}
    site = chain(two_sides(), racks, FULL)
    one, two = study(site)(every_outcome), study(site, 2)(every_outcome)
    assert not np.isin(one.cases.sort, (PAIR, WORK_AND_FAULT)).any()
    for name in ("ups:SA and ups:SB", "work on ups:SA with ups:SB lost"):
        case = row(two, name)
        assert (two.dark[case], two.dark_kw[case]) == (2, pytest.approx(1400.0))
        assert not two.asked[case]
    assert two.dark[two.by_harm[0]] == 2
    single = row(two, "ups:SA")
    assert (two.dark[single], two.asked[single]) == (0, True)
    s = study(site)
    loads = s(policy_loading)
    left = loads.subject == s.site.names.tolist().index("ups:SB")
    assert loads.ratio[left].max() == pytest.approx(1400 / 1500)


def test_racks_that_one_loss_alone_leaves_dark_are_none_of_two() -> None:
    """All hangs on a transfer: with it lost too, one source or the other makes no difference."""
    nodes = {f"source:{x}": "rating_kw = 900;voltage_v = 415" for x in ("U1", "U2")}
    nodes["transfer:X"] = 'fed_from = "U1";alternate = "U2";rating_a = 3000;transfer_s = 0.004'
    nodes |= {f"busway:{x}": f'fed_from = "X";{BUSWAY}' for x in "AB"}
    s = study(chain(nodes, {"R1": ("AB", 100.0), "R2": ("B", 100.0)}), 2)
    whole = s(every_outcome)
    assert whole.dark[row(whole, "work on transfer:X with source:U2 lost")] == 2
    told: dict[str, dict[tuple[str, str], float]] = {"PWR205": {}, "PWR206": {}}
    for code, mine in told.items():
        rows = evaluate(s, [r for r in all_rules() if r.code == code]).rows
        names = (s.site.names[x].tolist() for x in (rows.subject, rows.other))
        both = zip(zip(*names, strict=True), rows.demand.tolist(), strict=True)
        mine |= {two: dark for two, dark in both if dark}
    assert told["PWR205"] == {("source:U1", "source:U2"): 2, ("busway:A", "busway:B"): 1}
    turned = {(b, a): dark for (a, b), dark in told["PWR205"].items()}
    assert told["PWR206"] == told["PWR205"] | turned


def test_a_bypass_is_told_as_the_owner_of_its_limit() -> None:
    policy = '[policy.losses]\nbypass = "full"\n'
    nodes = two_sides(bypass=";bypass = true;bypass_kva = 600")
    report = pipeline.check(chain(nodes, {"R1": ("AB", 1300.0)}, policy))
    said = [f for f in report.findings if f.code == "PWR103"]
    assert {f.owner for f in said} == {"bypass_kva of the layout"}
    assert "650 kW with SA on bypass" in said[0].message
    assert "600 kW is the bypass_kva of the layout" in said[0].message


def test_racks_that_breakers_take_for_certain_are_dark() -> None:
    """800 kW move onto a breaker of 600 A, which opens: 1,113 A are 1.85 of its setting."""
    nodes = {
        name: said
        for x, amps in (("A", 1250), ("B", 600))
        for name, said in {
            f"source:U{x}": "rating_kva = 5000;voltage_v = 415",
            f"board:P{x}": f'fed_from = "U{x}";rating_a = 3000;breaker_a = {amps}',
            f"busway:{x}": f'fed_from = "P{x}";{BUSWAY}',
        }.items()
    }
    racks = {f"R{i}": ("AB", 100.0) for i in range(8)}
    policy = '[policy.losses]\nsource = "full"\n'
    s = study(chain(nodes, racks, policy))
    for found in (s(policy_outcomes), s(every_outcome)):
        for name, dark in (("source:UA", 8), ("source:UB", 0)):
            case = row(found, name)
            told = (found.dark[case], found.full[case], found.dark_kw[case])
            assert told == (dark, 8 - dark, pytest.approx(100.0 * dark))
    silent = study(chain(nodes, racks))(every_outcome)
    assert silent.dark[row(silent, "source:UA")] == 0


def test_a_policy_for_pairs_is_judged_and_told_in_words() -> None:
    policy = f'[policy]\npairs = "full"\nwork_fault = "full"\n{FULL}'
    site = chain(two_sides(), {"R1": ("AB", 700.0)}, policy)
    report = pipeline.check(site, Scenario(conditions=Conditions(losses=2)))
    found = list(report.findings)
    said = [f.message for f in found if f.code == "PWR202"]
    assert said
    assert "rack-R1 has 0 living supplies" in said[0]
    assert " and " in said[0] or " during work on " in said[0]
    assert not [f for f in found if f.code in {"PWR205", "PWR206"}]


def test_losses_are_sorted_by_harm(judged) -> None:
    for found in (judged(policy_outcomes), judged(every_outcome)):
        order = found.by_harm
        assert sorted(order.tolist()) == list(range(1, len(found.dark)))
        over = np.where(found.loading > 1 + 1e-9, found.loading, 1.0)
        keys = list(zip(-found.dark[order], -over[order], -found.capped[order], strict=True))
        assert keys == sorted(keys)


def test_what_the_policy_asks_is_known_of_every_loss() -> None:
    policy = '[policy.losses]\nups = "full"\nbusway = "may go dark"\n'
    found = study(chain(two_sides(), {"R1": ("AB", 100.0)}, policy))(every_outcome)
    asked = {str(n) for n in found.cases.name[found.asked]}
    assert asked == {"ups:SA", "ups:SB"}


def test_nothing_is_lost_where_no_losses_are_tried() -> None:
    found = study(chain(two_sides(), {"R1": ("AB", 100.0)}, FULL), 0)(every_outcome)
    assert len(found.dark) == 1
    assert not len(found.by_harm)


def test_pooled_use_beside_the_worst_case() -> None:
    """132 kW on eight taps of 63 A: 46.5 % as inventories show it, 92.9 % on one side."""
    site = pipeline.load(ROOT / "layouts/hall_gb300.toml")
    s = pipeline.study(site)
    rack = site.tables["rack"].ids.tolist().index("W18-01")
    assert pooled(s)[rack] == pytest.approx(0.4648, abs=1e-4)
    loads = s(policy_loading)
    taps = s.site.rows_of("tap", loads.subject) >= 0
    mine = taps & np.isin(np.arange(len(taps)), loads.row[loads.rack == rack])
    assert np.nanmax(loads.ratio[mine]) == pytest.approx(2 * 0.46475, abs=1e-4)


@pytest.mark.parametrize("kw", [150.0, 260.0, 420.0])
def test_the_cap_that_is_told_holds_and_a_little_more_does_not(kw: float) -> None:
    """The rack that comes last is held back; with its cap it is taken, with more it is not."""
    racks = {f"R{i}": ("AAAABBBB", 120.0) for i in range(3)} | {"R9": ("AAAABBBB", kw)}
    site = chain(two_sides("rating_kw = 480"), racks, FULL)

    def state(site):
        report = pipeline.check(site)
        taken = np.zeros(4, dtype=bool)
        taken[report.verdicts.rack] = report.verdicts.state != State.BLOCKED
        return report, taken

    report, taken = state(site)
    assert taken.tolist() == [True, True, True, False]
    s = report.study
    cap = caps_that_hold(s, s(policy_loading), taken)[3]
    assert cap == pytest.approx(120.0)
    for step, holds in ((0.0, True), (0.2, False)):
        change = Change("set", "racks.rack-R9.provisioned_kw", float(cap + step))
        assert state(pipeline.change(site, [change]))[1].all() == holds


def test_capacity_is_split_by_what_keeps_it() -> None:
    site = chain(two_sides(), {"R1": ("AB", 700.0), "R2": ("AB", 700.0)}, FULL)
    s = study(site)
    found = s(stranded)
    ups = s.site.rows_of("ups", found.subject) >= 0
    for column, value in (
        ("usable", 1500.0), ("placed", 700.0), ("reserve", 700.0), ("without_place", 100.0),
        ("open", 0.0),
    ):  # fmt: skip
        assert getattr(found, column)[ups] == pytest.approx([value, value]), column
    total = found.placed + found.reserve + found.without_place + found.open
    assert total == pytest.approx(found.usable)
    gone = pipeline.study(site, Scenario(changes=(Change("remove", "racks.rack-R2"),)))(stranded)
    assert gone.open[ups] == pytest.approx([800.0, 800.0])
    assert gone.without_place.tolist() == [0.0] * len(gone.subject)


def test_too_much_that_is_placed_is_open_below_nothing() -> None:
    s = study(chain(two_sides("rating_kw = 1000"), {"R1": ("AB", 1400.0)}, FULL))
    found = s(stranded)
    ups = s.site.rows_of("ups", found.subject) >= 0
    assert found.open[ups] == pytest.approx([-400.0, -400.0])


def test_the_healthy_row_counts_nothing(judged) -> None:
    found = judged(policy_outcomes)
    assert (found.dark[0], found.capped[0], found.unprotected[0]) == (0, 0, 0)
    assert not found.gear[0].any()
    assert len(found.dark) == len(judged(cases))
