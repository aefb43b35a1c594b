"""What must always hold of space, delivery and data."""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.catalog.catalog import Catalog
from twin.checks.discover import all_rules
from twin.checks.engine import evaluate
from twin.model.change import Change, Conditions, Scenario
from twin.site.site import Shapes, Site

BASE = Path(__file__).parents[1] / "rules" / "base.toml"
FAMILIES = ["SPC", "DLV"]


@functools.cache
def base() -> Site:
    return pipeline.load(BASE)


def crowded() -> Site:
    """The base with findings: a rack in the aisle, one in the column, one through the wall."""
    return pipeline.change(
        base(),
        {
            "positions.N1-01.x_m": 3.3,
            "positions.N1-01.y_m": 2.4,
            "positions.R1-04.x_m": 10.0,
            "positions.R1-04.y_m": 8.1,
            "positions.R1-03.y_m": 9.7,
            "positions.R1-03.yaw_deg": 30,
        },
    )


def rows(site, code, *changes, **conditions):
    """Worst gate rows of one rule: subject -> (state, demand, margin)."""
    scenario = Scenario(changes=changes, conditions=Conditions(**conditions))
    rule = [r for r in all_rules() if r.code == code]
    e = evaluate(pipeline.study(site, scenario), rule)
    worst = e.rows.take(e.worst[e.rows.gate[e.worst]] if rule[0].role == "gate" else e.worst)
    names = e.study.site.names[worst.subject].tolist()
    return dict(zip(names, zip(worst.state, worst.demand, worst.margin, strict=True), strict=True))


def moved(site, dx, dy, turn_deg):
    """Every place inside the halls moved and turned about their origin."""
    c, s = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))

    def place(x, y):
        return c * x - s * y + dx, s * x + c * y + dy

    tables = dict(site.tables)
    for kind, table in site.tables.items():
        x, y = ("x_m", "y_m") if kind == "position" else ("at_x_m", "at_y_m")
        if kind == "hall" or x not in table.columns:
            continue
        new = dict(zip((x, y), place(table[x], table[y]), strict=True))
        if "yaw_deg" in table.columns:
            new["yaw_deg"] = table["yaw_deg"] + turn_deg
        tables[kind] = table.with_columns(**new)

    def points(p):
        return np.stack(place(p[:, 0], p[:, 1]), axis=1)

    old = site.shapes
    shapes = Shapes(
        {k: points(v) for k, v in old.outline.items()},
        {k: points(v) for k, v in old.lines.items()},
        old.accepts,
    )
    return site.replace(tables=tables, shapes=shapes)


def same(a, b, areas=False):
    assert a.keys() == b.keys()
    for name in a:
        assert a[name][0] == b[name][0], name
        assert a[name][1] == pytest.approx(b[name][1], abs=1e-6 if areas else 0.0011, nan_ok=True)


@pytest.mark.parametrize("make", [base, crowded])
def test_moving_or_turning_the_hall_on_the_site_changes_nothing(make):
    site = make()
    there = {"halls.H1.at_x_m": 512.3, "halls.H1.at_y_m": -77.0, "halls.H1.yaw_deg": 33.0}
    one, two = (pipeline.check(s, select=FAMILIES) for s in (site, pipeline.change(site, there)))
    assert one.verdicts.state.tolist() == two.verdicts.state.tolist()
    for name in ("demand", "limit", "margin", "state"):
        np.testing.assert_array_equal(getattr(one.margins, name), getattr(two.margins, name))


@given(st.floats(-1000, 1000), st.floats(-1000, 1000), st.floats(0, 360))
@settings(max_examples=12)
def test_where_the_origin_of_a_hall_lies_changes_nothing(dx, dy, turn):
    for site in (base(), crowded()):
        other = moved(site, dx, dy, turn)
        for code in ("SPC301", "SPC302"):
            same(rows(site, code), rows(other, code), areas=True)
        for code in ("SPC303", "SPC304", "SPC305", "SPC306", "SPC401"):
            same(rows(site, code), rows(other, code))


@given(st.lists(st.floats(0.0, 2.7), min_size=2, max_size=2).map(sorted))
@settings(max_examples=25)
def test_a_wider_aisle_never_worsens(aisle):
    def at(width):
        changes = {"positions.N1-01.x_m": 3.3, "positions.N1-01.y_m": 2.8 - width}
        site = pipeline.change(base(), changes)
        found = {c: rows(site, c)["position:R1-01"] for c in ("SPC101", "SPC304")}
        return [(int(s), -float(m)) for s, _, m in found.values()]

    narrow, wide = at(aisle[0]), at(aisle[1])
    assert all(w <= n for w, n in zip(wide, narrow, strict=True))


@given(st.integers(-60, 60), st.integers(0, 30))
@settings(max_examples=15)
def test_what_comes_later_is_never_nearer(start, more):
    def margin(days):
        day = date.fromordinal(date(2027, 5, 3).toordinal() + days)
        late = Change("set", "power.boards.BA.ready", day)
        return [float(rows(base(), c, late)["rack:D1-001"][2]) for c in ("DLV501", "DLV502")]

    assert all(b <= a for a, b in zip(margin(start), margin(start + more), strict=True))


def test_a_day_that_nobody_gives_is_not_known_unless_another_is_late():
    site = base().replace(ready=None)
    report = pipeline.check(site, select=["DLV501", "DLV503"])
    assert report.counts["unknown"] == report.counts["delivered"]
    paths = {p for missing in report.verdicts.missing for p in missing}
    assert "positions.R1-01.network_ready" in paths
    assert any(p.startswith("power.") and p.endswith(".ready") for p in paths)
    late = Change("set", "power.busways.R1A.ready", date(2027, 6, 1))
    state, demand, _ = rows(site, "DLV501", late)["rack:D1-001"]
    assert (state, demand) == (2, 29)


def test_a_layer_out_of_scope_leaves_no_row():
    changes = (Change("set", "positions.R1-01.loop", ""),)
    assert "rack:D1-001" in rows(base(), "DLV502", *changes)
    scope = frozenset({"DLV", "SPC"})
    assert "rack:D1-001" not in rows(base(), "DLV502", *changes, scope=scope)


def test_judged_aisles_warn_until_adopted():
    changes = {"positions.N1-01.x_m": 3.3, "positions.N1-01.y_m": 1.8}
    site = pipeline.change(base(), changes)
    report = pipeline.check(site, select=["SPC304"])
    assert [(f.subject, f.role, f.demand, f.limit) for f in report.findings] == [
        ("position:R1-01", "advice", pytest.approx(1.6), 1.8)
    ]
    assert report.counts["blocked"] == 0
    adopted = site.policy.model_copy(update={"adopt": ["aisle_front_service_m"]})
    report = pipeline.check(site.replace(policy=adopted), select=["SPC304"])
    assert report.counts["blocked"] == 1


def test_other_loads_count_once_the_owner_says_them():
    low = pipeline.change(base(), {"halls.H1.slab_kpa": 8.0})
    assert rows(low, "SPC101")["position:R1-01"][0] == 0
    assert pipeline.check(low, select=["SPC101"]).findings.at(0).role == "advice"
    said = low.policy.model_copy(update={"limits": {"slab_other_kpa": 1.5}})
    state, demand, _ = rows(low.replace(policy=said), "SPC101")["position:R1-01"]
    assert (state, demand) == (2, pytest.approx(8.673383))


def test_two_racks_on_one_place_are_taken_by_rank():
    change = {"racks.D1-002.position": "R1-01", "racks.D1-002.priority": 5}
    report = pipeline.check(pipeline.change(base(), change), select=["SPC103"])
    assert [f.held_back for f in report.findings] == [("D1-001",)]
    assert report.counts["blocked"] == 1


def test_a_policy_that_says_nothing_is_told():
    silent = base().policy.model_copy(update={"losses": {}})
    found = pipeline.check(base().replace(policy=silent), select=["DAT905"]).findings
    assert {f.subject.partition(":")[0] for f in found} >= {"source", "busway", "cdu", "switch"}


def test_a_product_taken_over_is_told():
    catalog = base().catalog
    name = "gb300_nvl72"
    clash = f"mine: rack {name} in mine/racks.toml replaces the rack of that id in racks.toml"
    site = base().replace(catalog=Catalog(catalog.products, (clash,)))
    found = list(pipeline.check(site, select=["DAT906"]).findings)
    assert [f.subject for f in found] == [f"product:{name}"]
