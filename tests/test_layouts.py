"""The example layouts say what they are there to show."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import itertools
import math
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from twin import pipeline
from twin.checks.result import Finding, Report
from twin.errors import Exit
from twin.model.change import Change, Conditions, Scenario
from twin.report.cables.ends import cords_by_ends
from twin.report.cables.papers import papers
from twin.solve.cabling.fill.exits import entering_cables
from twin.solve.cabling.links.single import hits
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.fabric.before import before
from twin.solve.fabric.growth import links_stand
from twin.solve.fabric.portmap import port_map
from twin.solve.fabric.totals import Total, totals
from twin.solve.losses.cases import cases, lost_row
from twin.solve.power.shares import shares
from twin.solve.power.shelves import lives_of_servers

LAYOUTS = Path(__file__).parents[1] / "layouts"


@functools.cache
def report(name: str) -> Report:
    return pipeline.check(pipeline.load(LAYOUTS / f"{name}.toml"))


def findings(name: str, code: str) -> list[Finding]:
    return [f for f in report(name).findings if f.code == code]


def flat(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in flat(item, (*path, key)).items()}
    return {path: value}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twin", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_first_try_shelves_are_short_after_a_source_is_lost() -> None:
    found = findings("hall_gb300_first_try", "PWR201")
    assert len(found) == 32
    assert {(f.demand, f.limit) for f in found} == {(142.0, 132.0)}


def test_first_try_cdus_carry_the_heat_and_not_the_flow_of_a_whole_row() -> None:
    """At 45 degC a rack needs 186.2 L/min; one CDU's pumps give that to six of eight."""
    assert not findings("hall_gb300_first_try", "COL203")
    short = findings("hall_gb300_first_try", "COL201")
    last = (f"{row:02d}" for row in (7, 8, 15, 16))
    assert {f.subject for f in short} == {f"rack:W{w}-{n}" for n in last for w in (18, 20)}
    assert {round(f.demand, 1) for f in short} == {186.2}
    assert not findings("hall_gb300", "COL201")


def test_pipes_of_the_hall_are_wide_enough() -> None:
    told = report("hall_gb300")
    assert {f.code for f in told.findings if f.code.startswith("COL")} == set()
    measured = {told.rules[int(r)].code for r in told.margins.rule}
    assert {"COL201", "COL203", "COL408", "COL409", "COL410", "COL411"} <= measured


def test_first_try_busway_of_800_a_carries_three() -> None:
    found = next(f for f in findings("hall_gb300_first_try", "PWR101") if f.subject == "busway:R1A")
    assert (found.limit, found.racks_that_fit, found.racks_on_it) == (640.0, 3, 8)
    capped = pipeline.check(
        pipeline.load(LAYOUTS / "hall_gb300_first_try.toml"),
        Scenario(changes=(Change("set", "racks.W*.provisioned_kw", 132.0),)),
    )
    small = next(f for f in capped.findings if f.subject == "busway:R1A" and f.code == "PWR101")
    assert small.racks_that_fit == 3


def test_one_rack_too_many_blocks_one_rack() -> None:
    only = pipeline.check(report("hall_gb300_first_try").site, select=["PWR101"])
    blocked = only.site.tables["rack"].ids[only.verdicts.rack[only.verdicts.state == 2]].tolist()
    on_r2 = [serial for serial in blocked if serial in {f"W18-{n:02d}" for n in range(9, 17)}]
    assert on_r2 == ["W18-16"]


def test_first_try_has_a_column_in_the_way_and_a_loop_that_is_late() -> None:
    assert [f.subject for f in findings("hall_gb300_first_try", "SPC303")] == ["position:R4-08"]
    assert len(findings("hall_gb300_first_try", "DLV502")) == 8


def test_put_right_differs_only_in_what_the_fixes_name() -> None:
    texts = {
        name: tomllib.loads((LAYOUTS / f"{name}.toml").read_text())
        for name in ("hall_gb300", "hall_gb300_first_try")
    }
    right, first = (flat(texts[n]) for n in texts)
    changed = {k for k in right.keys() | first.keys() if right.get(k) != first.get(k)}
    changed -= {("name",), ("title",)}
    fixes = " ".join(f.fix for f in report("hall_gb300_first_try").findings)
    words = {"air_units": "air units", "provisioned_kw": "provisioned_kw"}
    for path in sorted(changed):
        section = next((words[p] for p in path if p in words), path[-1])
        assert section in fixes, f"no fix names {'.'.join(path)}"
    assert {p[-1] for p in changed} >= {"rating_a", "supply_c", "at_m", "max_kg", "medium"}


def test_put_right_passes_on_its_assumptions_and_not_without(tmp_path: Path) -> None:
    assert run("check", LAYOUTS / "hall_gb300.toml").returncode == Exit.FEASIBLE
    text = (LAYOUTS / "hall_gb300.toml").read_text()
    start, end = text.index("\n[[assume]]"), text.index("\n[halls.H1]")
    bare = tmp_path / "bare.toml"
    bare.write_text(text[:start] + text[end:])
    assert run("check", bare).returncode == Exit.NOT_FEASIBLE
    assert run("check", bare, "--fail-on", "blocked").returncode == Exit.FEASIBLE
    assert pipeline.check(pipeline.load(bare)).counts["blocked"] == 0


def test_mixed_generations_have_honest_unknowns() -> None:
    counts = report("mixed_generations").counts
    assert counts["blocked"] == 0
    assert counts["unknown"] == 20
    missing = {gap.path for gap in report("mixed_generations").gaps}
    assert "catalog.vr_nvl72.mass_kg" in missing
    assert "catalog.dgx_b200_air_4x.psus_needed" in missing
    assert "catalog.amd_helios_mi455x.power_factor" in missing


def test_campus_takes_the_week() -> None:
    counts = report("campus_1000/campus_1000").counts
    assert counts["delivered"] == 1250
    assert counts["feasible"] == 1250


def test_campus_is_what_its_script_writes(tmp_path: Path) -> None:
    script = LAYOUTS.parent / "scripts" / "campus.py"
    folder = tmp_path / "campus_1000"
    subprocess.run([sys.executable, str(script), str(folder)], check=True, capture_output=True)
    for path in sorted((LAYOUTS / "campus_1000").iterdir()):
        assert path.read_text() == (folder / path.name).read_text(), path.name


@pytest.mark.parametrize("broken", ["feed_unknown", "negative_size", "key_unknown"])
def test_broken_files_exit_2_with_a_helpful_line(broken: str) -> None:
    done = run("check", LAYOUTS / "broken" / f"{broken}.toml")
    assert done.returncode == Exit.BAD_INPUT
    assert f"{broken}.toml:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_day_before_the_trucks_has_nothing_to_judge() -> None:
    site = report("hall_gb300").site
    early = pipeline.check(site, Scenario(conditions=Conditions(date=dt.date(2027, 3, 20))))
    assert early.counts["delivered"] == 8


def test_a_ship_notice_is_judged_against_what_stands(tmp_path: Path) -> None:
    notice = tmp_path / "asn.csv"
    notice.write_text(
        "Serial,Type,Position,Arrives,Truck\n"
        "SN-1,gb300_nvl72,R1-01,2027-05-03,T1\n"
        "SN-2,gb300_nvl72,R4-08,2027-05-03,T1\n"
    )
    site = pipeline.load(LAYOUTS / "hall_gb300_first_try.toml", notice)
    assert len(site.tables["rack"]) == 10
    told = pipeline.check(site)
    assert told.counts["delivered"] == 2
    assert told.counts["blocked"] == 2
    assert run("check", LAYOUTS / "hall_gb300.toml", "--deliveries", notice).returncode == 1


def changed(name: str, path: str, value: object) -> Report:
    return pipeline.check(pipeline.change(report(name).site, {path: value}))


def rows_of(told: Report, code: str) -> set[tuple[str, str | None, int, int]]:
    return {
        (f.subject, f.case, round(f.demand), round(f.limit))
        for f in told.findings
        if f.code == code and f.role == "gate"
    }


@pytest.mark.parametrize(
    ("name", "racks", "blocked"),
    [
        ("power_2n_mtm", 16, 3),
        ("power_3n2", 24, 0),
        ("power_catcher", 32, 0),
        ("power_no_ups", 24, 0),
        ("power_800vdc", 8, 0),
        ("power_servers", 16, 8),
    ],
)
def test_power_layouts_have_an_honest_verdict(name: str, racks: int, blocked: int) -> None:
    counts = report(name).counts
    assert (counts["delivered"], counts["blocked"], counts["unknown"]) == (racks, blocked, 0)
    assert len((LAYOUTS / f"{name}.toml").read_text().splitlines()) < 225


def test_a_tie_carries_what_no_column_shows() -> None:
    told = report("power_2n_mtm")
    assert rows_of(told, "PWR101") == {("tie:TIE", "transfer:XA", 1546, 1280)}
    assert {f.code for f in told.findings if f.role == "gate"} == {"PWR101"}
    assert changed("power_2n_mtm", "power.ties.TIE.rating_a", 2000).counts["feasible"] == 16


def test_three_systems_leave_five_shelves_or_six() -> None:
    study = pipeline.study(report("power_3n2").site)
    share, table = study(shares), study(cases)
    of_systems = [c for c, name in enumerate(table.name) if str(name).startswith("ups:")]
    of_systems += [c for c, name in enumerate(table.name) if str(name).startswith("source:")]
    left = {int(n) for n, c in zip(share.living, share.touched_case, strict=True)
            if c in of_systems}  # fmt: skip
    assert {33 * n for n in left} == {165, 198}
    assert not rows_of(report("power_3n2"), "PWR201")


def test_three_systems_end_even_only_where_the_short_side_goes_round(tmp_path: Path) -> None:
    text = (LAYOUTS / "power_3n2.toml").read_text()
    rule = 'busway = "{{row}}{}", count = {},'
    for old, new in (("A", (2, 3)), ("B", (2, 3)), ("C", (3, 2))):
        text = text.replace(rule.format(old, new[0]), rule.format(old, new[1]))
    (tmp_path / "alike.toml").write_text(text)
    alike = pipeline.check(pipeline.load(tmp_path / "alike.toml"))
    found = rows_of(alike, "PWR103")
    assert {(subject, demand) for subject, _, demand, _ in found} == {
        ("ups:PA", 2045),
        ("ups:PB", 2045),
    }
    worst = max(m for s, _, m, _ in margins_of(report("power_3n2"), "PWR103") if s[:4] == "ups:")
    assert worst == 1704


def margins_of(told: Report, code: str) -> list[tuple[str, str, int, int]]:
    m = told.margins
    return [
        (told.site.name_of(int(s)), str(c), round(float(d)), round(float(limit)))
        for r, s, c, d, limit in zip(m.rule, m.subject, m.case, m.demand, m.limit, strict=True)
        if told.rules[int(r)].code == code
    ]


def test_a_catcher_holds_one_block_and_on_the_day_of_work_no_second_one() -> None:
    site = report("power_catcher").site
    conditions = Conditions(date=dt.date(2027, 9, 7), scope=frozenset(site.scope))
    on_the_day = pipeline.check(site, Scenario(conditions=conditions))
    found = {(s, demand, limit) for s, _, demand, limit in rows_of(on_the_day, "PWR103")}
    assert found == {("ups:PR", 2112, 1250)}
    dark = {s for s, *_ in rows_of(on_the_day, "PWR202")}
    assert dark == {f"rack:W18-{n:02d}" for n in range(1, 9)}
    before = Conditions(date=dt.date(2027, 9, 5), scope=frozenset(site.scope))
    assert pipeline.check(site, Scenario(conditions=before)).counts["feasible"] == 32


def test_compute_may_go_dark_and_network_may_not() -> None:
    site = report("power_no_ups").site
    study = pipeline.study(site, Scenario(lost=("source:U1",)))
    first = site.first["rack"]
    lost = lost_row(study, len(study(cases)) - 1)[first : first + len(site.tables["rack"])]
    assert {r[:2] for r in site.tables["rack"].ids[lost].tolist()} == {"C-"}
    assert int(lost.sum()) == 8
    moved = changed("power_no_ups", "power.ups.N2.fed_from", "M1")
    dark = {s.partition(":")[2][:3] for s, *_ in rows_of(moved, "PWR202")}
    assert dark == {"NET", "STO"}
    assert moved.counts["blocked"] == 8


def test_direct_current_knows_no_root_of_three() -> None:
    found = rows_of(changed("power_800vdc", "power.busways.*.rating_a", 2000), "PWR101")
    assert {(demand, limit) for _, _, demand, limit in found} == {(2550, 1600)}
    as_if_alternating = 3 * 680e3 / (3**0.5 * 800 * 0.98)
    assert as_if_alternating < 1600


def test_four_of_six_supplies_live_over_three_rack_pdus_and_not_over_two() -> None:
    told = report("power_servers")
    racks = {f"rack:TWO-{n:03d}" for n in range(1, 9)}
    assert rows_of(told, "PWR201") == {(r, "source:UA", 41, 26) for r in racks}
    lives = pipeline.study(told.site)(lives_of_servers)
    after = lives.case > 0
    left = {(str(told.site.tables["rack"].ids[r])[:3], int(n))
            for r, n in zip(lives.rack[after], lives.living[after], strict=True)}  # fmt: skip
    assert left == {("TWO", 3), ("THR", 4)}


def test_servers_that_do_not_run_with_three_are_dark_and_capped_ones_stand() -> None:
    dark = changed("power_servers", "catalog.dgx_h100_two_pdus.psus_least", 4)
    assert len(rows_of(dark, "PWR202")) == 8
    capped = changed("power_servers", "racks.TWO-*.provisioned_kw", 26)
    assert capped.counts["feasible"] == 16
    silent = pipeline.change(
        report("power_servers").site,
        {"catalog.dgx_h100_two_pdus.reduced_kw": float("nan"), "racks.TWO-*.provisioned_kw": 26},
    )
    counts = pipeline.check(silent).counts
    assert (counts["blocked"], counts["unknown"]) == (0, 8)


@pytest.mark.parametrize("loss", ["tap", "whip", "shelf"])
def test_losses_of_a_rack_pdu_its_whip_and_its_tap_are_each_asked(loss: str) -> None:
    site = report("power_servers").site
    kinds = ("source", "transformer", "ups", "board", "busway", "tap", "whip", "shelf")
    silent = {f"policy.losses.{k}": "may go dark" for k in kinds if k != loss}
    found = rows_of(pipeline.check(pipeline.change(site, silent)), "PWR201")
    lost = {"shelf": "the shelf of whip"}.get(loss, loss)
    assert {str(c).partition(":")[0] for _, c, *_ in found} == {lost}
    assert len(found) == 8


def coolant(name: str, **changes: float) -> Report:
    site = report(name).site
    return pipeline.check(pipeline.change(site, changes) if changes else site)


def test_a_row_between_two_cdus_keeps_its_flow_from_either_of_them() -> None:
    assert report("coolant_in_row").counts["feasible"] == 8
    (flow,) = report("coolant_in_row").study(loop_flows)
    assert isinstance(flow, LoopFlow)
    assert flow.need_lpm.max() == pytest.approx(116.4, abs=0.05)
    assert flow.rack_lpm.min() == pytest.approx(123.1, abs=0.05)
    low = coolant("coolant_in_row", **{"coolant.loops.T1.set_kpa": 125.0})
    assert [f.subject for f in low.findings if f.code == "COL201"] == ["rack:G8"]


def test_a_ring_main_keeps_every_rack_after_any_one_segment() -> None:
    told = report("coolant_ring_main")
    assert told.counts["feasible"] == 24
    lost = {str(name) for name in told.study(cases).name if str(name).startswith("pipe:")}
    assert len(lost) == 37
    (flow,) = told.study(loop_flows)
    assert isinstance(flow, LoopFlow)
    worst = told.study(cases).name[flow.lanes.first_case[flow.rack_lpm.min(axis=1).argmin()]]
    assert worst in {"pipe:S1-W1", "pipe:E1-S4"}
    assert flow.rack_lpm.min() == pytest.approx(124.8, abs=0.05)


def test_a_row_on_one_branch_is_dark_without_it() -> None:
    gone = [Change("remove", "coolant.pipes.R1-E")]
    site = pipeline.change(report("coolant_ring_main").site, gone)
    found = [f for f in pipeline.check(site).findings if f.code == "COL201"]
    assert {f.case for f in found} == {"pipe:R1-W"}
    assert len(found) == 6


def test_a_hall_of_liquid_and_air_rests_on_what_nobody_published(tmp_path: Path) -> None:
    told = report("coolant_hybrid")
    assert told.counts["feasible"] == 10
    assert [a.path for a in told.assumptions] == ["catalog.gb200_nvl72.dp_kpa"]
    text = (LAYOUTS / "coolant_hybrid.toml").read_text()
    start, end = text.index("[[assume]]"), text.index("[halls.H1]")
    bare = tmp_path / "bare.toml"
    bare.write_text(text[:start] + text[end:])
    unknown = pipeline.check(pipeline.load(bare))
    assert unknown.counts["unknown"] == 8
    assert "catalog.gb200_nvl72.dp_kpa" in {gap.path for gap in unknown.gaps}


@pytest.mark.parametrize(
    ("day", "feasible", "blocked"), [((3, 15), 4, 0), ((5, 1), 8, 0), ((7, 1), 9, 1)]
)
def test_a_row_fills_until_one_rack_is_held_back(
    day: tuple[int, int], feasible: int, blocked: int
) -> None:
    conditions = Conditions(date=dt.date(2027, *day), scope=frozenset(["COL"]))
    told = pipeline.check(report("coolant_filling").site, Scenario(conditions=conditions))
    assert (told.counts["feasible"], told.counts["blocked"]) == (feasible, blocked)
    found = [f for f in told.findings if f.code == "COL201"]
    assert [f.subject for f in found] == ["rack:G06"] * blocked
    assert {f.other for f in found} <= {"rack:G01", "rack:G10"}  # live, at the far ends


def test_either_cdu_of_a_rack_carries_it_until_its_supply_is_a_degree_warmer() -> None:
    told = report("coolant_in_rack")
    assert told.counts["feasible"] == 16
    lost = {str(name) for name in told.study(cases).name}
    assert {"cdu:G01/cdu1", "cdu:G16/cdu2"} <= lost
    flows = [f for f in told.study(loop_flows) if isinstance(f, LoopFlow)]
    assert {round(float(f.rack_lpm.min()), 1) for f in flows} == {119.8}
    assert {round(float(f.need_lpm.max()), 1) for f in flows} == {116.4}
    warm = coolant("coolant_in_rack", **{"coolant.loops.*.supply_c": 41})
    found = [f for f in warm.findings if f.code == "COL201"]
    assert {(round(f.demand, 1), round(f.limit, 1)) for f in found} == {(127.7, 119.8)}
    assert warm.counts["blocked"] == 16


def test_the_far_end_of_facility_water_is_short_first() -> None:
    low = coolant("coolant_in_rack", **{"coolant.plants.FWS.set_kpa": 74.0})
    blocked = low.verdicts.rack[low.verdicts.state == 2]
    assert low.site.tables["rack"].ids[blocked].tolist() == ["G16"]  # without it G15 has enough
    short = {f.subject for f in low.findings if f.code == "COL207"}
    assert {"cdu:G15/cdu1", "cdu:G16/cdu2"} <= short


@pytest.mark.parametrize(("supply", "gb300"), [(30, 10), (40, 10), (45, 8)])
def test_a_warmer_supply_costs_racks_with_a_curve(supply: int, gb300: int) -> None:
    warm = {"coolant.loops.*.supply_c": supply, "coolant.plants.FWS.supply_c": supply - 6}
    told = coolant("coolant_generations", **warm)
    good = told.verdicts.rack[told.verdicts.state == 0]
    fits = [str(rack).partition("-")[0] for rack in told.site.tables["rack"].ids[good]]
    assert {name: fits.count(name) for name in ("GB200", "GB300", "VR")} == {
        "GB200": 10, "GB300": gb300, "VR": 5,
    }  # fmt: skip


def fabric_of(name: str, fabric: str) -> Total:
    return next(t for t in report(name).study(totals) if t.name == fabric)


def counts_of(name: str, fabric: str) -> tuple[list[int], list[int]]:
    """Switches of each tier, and cords of each."""
    total = fabric_of(name, fabric)
    return [s.count for s in total.switches], [j.cords for j in total.joints]


def test_the_127_node_system_has_the_parts_of_its_bill_of_materials() -> None:
    name = "fabric_h100_127"
    assert report(name).counts == report(name).counts | {"delivered": 38, "feasible": 38}
    types = report(name).site.tables["rack"].ids.tolist()
    assert (len(types), sum(r.startswith("SU") for r in types)) == (32 + 6, 32)
    compute, storage = (counts_of(name, fabric) for fabric in ("compute", "storage"))
    assert compute == ([32, 16], [127 * 8, 1024, 4])
    assert sum(compute[1][:2]) == 2040
    assert storage == ([12, 4], [127 * 2, 240])
    assert sum(storage[1]) == 494
    assert sum(compute[0]) + sum(storage[0]) == 48 + 16
    assert counts_of(name, "in-band") == ([6, 2], [254, 24])
    (leaves, oob), (more, net) = (counts_of(name, f) for f in ("oob", "oob-net"))
    assert sum(leaves) + sum(more) == 8
    cords = cords_by_ends(report(name).study)
    by_device: dict[str, int] = {}
    for (fabric, low, _), count in cords.items():
        if fabric.startswith("oob"):
            by_device[low] = by_device.get(low, 0) + count
    assert by_device == {
        "system": 127, "pdu": 96 + 12, "compute-switch": 48, "storage-switch": 16,
        "in-band-switch": 8, "manager": 8,
    }  # fmt: skip
    assert cords["compute", "node", "leaf"] + cords["compute", "leaf", "spine"] == 2040
    assert oob == [127 + 96]
    # InfiniBand switches, rack PDUs of the other racks, in-band switches, managers.
    assert net == [64 + 12 + 8 + 8]
    assert (oob[0] - 127) + 12 == 108


def test_the_127_node_system_grows_by_units_in_its_own_cords() -> None:
    site = report("fabric_h100_127").site
    nodes, standing = [], []
    for month in (3, 4, 5, 6, 7):
        study = pipeline.study_of(site, f"2027-0{month}-20", "provisioned", 0)
        compute = study(totals)[0]
        nodes.append(compute.nodes)
        standing.append(study(links_stand))
    assert nodes == [0, 32, 64, 96, 127]
    assert all((a <= b).all() for a, b in itertools.pairwise(standing))
    assert standing[-1].all()


def test_a_scalable_unit_of_gb200_has_four_rail_groups() -> None:
    name = "fabric_gb200_su"
    assert report(name).counts["feasible"] == 8 + 6
    compute = fabric_of(name, "compute")
    w = compute.wiring
    assert [(s.name, s.count) for s in compute.switches][:2] == [("leaf", 32), ("spine", 24)]
    assert (w.groups, w.group, w.spines, w.up // w.spines) == (4, 8, 6, 3)
    assert [j.count for j in compute.joints] == [576, 576, 576]
    # A group of leaves is a rail: the links of one number of all trays.
    m, number = report(name).study(port_map), report(name).study.table("switch")["number"]
    mine = (m.fabric == compute.row) & (m.tier == 0)
    assert (number[m.high[mine]] // 8 == m.low_port[mine]).all()


def test_a_dual_plane_pod_keeps_half_without_a_network_rack() -> None:
    name = "fabric_gb300_dual_plane"
    assert report(name).counts["feasible"] == 8 + 4
    compute = fabric_of(name, "compute")
    assert compute.planes == 2
    assert (compute.joints[0].count, compute.joints[0].cords) == (8 * 144, 8 * 72)
    moved = {"position": "N-01", "unit": math.nan}  # in units that nobody has told yet
    leaves = {f"data.switches.compute-p2-leaf-*.{key}": value for key, value in moved.items()}
    mixed = pipeline.check(pipeline.change(report(name).site, leaves))
    assert {f.code for f in mixed.findings if f.role == "advice"} >= {"NET202"}
    assert mixed.counts["feasible"] == 12


def test_storage_at_half_the_speed_of_a_port_has_a_splitter_for_each_two_servers() -> None:
    """48 cords of 400G to 2 x 200G, as the 127-node bill of materials counts to storage."""
    told = report("fabric_splitters")
    assert told.counts["feasible"] == told.counts["delivered"] == 10
    storage = fabric_of("fabric_splitters", "storage")
    assert [(j.count, j.cords) for j in storage.joints] == [(96, 48), (80, 80)]
    assert (storage.wiring.leaf_links, storage.leaf_cages) == (48, 12)
    texts = papers(told.study)
    rows = list(csv.DictReader(io.StringIO(texts["cables.csv"])))
    split = [row for row in rows if row["cable"] == "fibre_mm_splitter"]
    assert [row["tail"] for row in split] == ["1", "2"] * 48
    heads = {(row["upper_device"], row["upper_cage"], row["upper_lane"]) for row in split}
    assert heads == {
        (f"storage-leaf-00{leaf}", str(cage), lane)
        for leaf in (1, 2) for cage in range(1, 13) for lane in ("1-2", "3-4")
    }  # fmt: skip
    assert len({row["lower_label"] for row in split}) == 96
    bom = [row for row in csv.DictReader(io.StringIO(texts["bom.csv"])) if row["item"] == "cord"]
    assert sum(int(r["count"]) for r in bom if r["id"] == "fibre_mm_splitter") == 48
    # The tray over the network rack of a leaf has its 24 splitters once, not 48 links.
    area = 24 * math.pi / 4 * 0.003**2
    entering = told.study(entering_cables)
    at = entering.subject.tolist().index(told.study.table("position").index["N-01"])
    mine = entering.shares.row == at
    uplinks = 40 * math.pi / 4 * 0.003**2
    total = entering.shares.amount[mine].sum() + entering.shares.between[at]
    assert total == pytest.approx(area + uplinks, rel=1e-9)


def test_half_is_left_where_one_of_two_ducts_between_halls_is_lost() -> None:
    """Leaves of half of the rails stand in each network rack, and each has a duct of its own."""
    told = report("fabric_two_halls")
    assert told.counts["feasible"] == told.counts["delivered"] == 8 + 2
    kept = {hit.kind: hit.left for hit in hits(told.study, 0)}
    assert kept == {"leaf": 7 / 8, "spine": 3 / 4, "tray": 0.0, "riser": 1 / 2}
    asked = changed("fabric_two_halls", "policy.losses.riser", "full")
    assert {f.code for f in asked.findings} == {"NET203"}


def test_1024_nodes_over_three_tiers() -> None:
    name = "fabric_b200_1024"
    assert report(name).counts["feasible"] == 256 + 16
    switches, cords = counts_of(name, "compute")
    assert switches == [256, 256, 128]
    assert cords == [8192, 8192, 8192]
    waits = before(report(name).study, 0)
    assert len(waits) == 32  # a unit waits for its leaves and spines, and for all cores
    assert {len(b.switches) for b in waits} == {8 + 8 + 128}


def test_panels_in_a_rack_of_unknown_units_are_no_silent_pass() -> None:
    site = pipeline.load(LAYOUTS / "cabled_trunks.toml")
    told = pipeline.check(pipeline.change(site, {"catalog.nv_network_rack.rack_units": math.nan}))
    assert [gap.path for gap in told.gaps] == ["catalog.nv_network_rack.rack_units"]
    assert told.counts["unknown"] > 0


def test_the_hall_with_trunks_and_panels_can_be_built_row_by_row() -> None:
    """Each row's 256 links take 22 of 24 trunks' connectors, whatever stands."""
    told = report("cabled_trunks")
    assert told.counts["feasible"] == told.counts["delivered"] == 42
    assert not told.findings
    assert "NET405" not in {c.code for c in told.coverage if c.unknown}
    measured = {told.rules[int(r)].code for r in told.margins.rule}
    asked = {"CAB101", "CAB105", "CAB106", "CAB109", "CAB303", "CAB312", "CAB404", "CAB405"}
    assert asked <= measured
    site = pipeline.load(LAYOUTS / "cabled_trunks.toml")
    for day, rows in ((dt.date(2027, 2, 15), 1), (None, 4)):
        texts = papers(pipeline.study_of(site, day, "provisioned", 1))
        trunks, ports, pulls = (
            list(csv.DictReader(io.StringIO(texts[f"{name}.csv"])))
            for name in ("trunks", "panels", "pulls")
        )
        assert [(t["used"], t["free"]) for t in trunks] == [
            ("256", "32") if k < rows else ("0", "288") for k in range(4)
        ]
        assert sum(row["links"] == "1" for row in ports) == 2 * 256 * rows
        assert [row["bundles"] for row in pulls[:4]] == ["TA", "TB", "TC", "TD"]
    assert {t["trunk"]: (t["way"], t["stock_m"]) for t in trunks} == {
        "TA": ("TA > TX > TN", "20.0"), "TB": ("TB > TX > TN", "18.0"),
        "TC": ("TC > TX > TN", "18.0"), "TD": ("TD > TX > TN", "22.0"),
    }  # fmt: skip
    cords = [r for r in csv.DictReader(io.StringIO(texts["bom.csv"])) if r["item"] == "cord"]
    uplinks = 1024
    assert sum(int(row["count"]) for row in cords) == 2 * 1024 + uplinks
