"""What must always hold of a site: round trip, patching, order of rows."""

from __future__ import annotations

import dataclasses
import functools
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import pipeline
from twin.arrays.compile import Arrays, compile_site
from twin.arrays.patch import patch
from twin.errors import ChangeError
from twin.model.change import Change, Conditions, Scenario
from twin.site.change import change
from twin.site.site import Site

ROOT = Path(__file__).parents[2]
LAYOUTS = (
    "tests/rules/base.toml",
    "tests/rules/fabric.toml",
    "layouts/hall_gb300.toml",
    "layouts/mixed_generations.toml",
)


@functools.cache
def site(layout: str = LAYOUTS[0]) -> Site:
    return pipeline.load(ROOT / layout)


def same_tables(a: Site, b: Site) -> None:
    for kind, table in a.tables.items():
        other = b.tables[kind]
        assert np.array_equal(table.ids, other.ids), kind
        for name, column in table.columns.items():
            equal_nan = column.dtype.kind in "fM"
            assert np.array_equal(column, other[name], equal_nan=equal_nan), f"{kind}.{name}"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_graph_round_trip_loses_nothing(layout: str) -> None:
    before = site(layout)
    after = Site.from_graph(before.graph)
    same_tables(before, after)
    assert pipeline.check(after).digest == pipeline.check(before).digest
    assert after.shapes.accepts == before.shapes.accepts
    assert after.shapes.lines.keys() == before.shapes.lines.keys()
    for key, points in before.shapes.lines.items():
        assert np.array_equal(points, after.shapes.lines[key])
    for key, marks in before.assumed.items():
        assert np.array_equal(marks, after.assumed.get(key, np.full(len(marks), -1)))


def test_edges_of_a_graph_are_what_counts() -> None:
    graph = site().graph
    graph.remove_edge("board:BA", "busway:R1A", "fed_from")
    graph.add_edge("board:BB", "busway:R1A", "fed_from", layer="power", column="fed_from")
    moved = Site.from_graph(graph)
    busways = moved.tables["busway"]
    assert moved.name_of(int(busways["fed_from"][busways.row("R1A")])) == "board:BB"


FIELDS = (
    ("power.busways.*.rating_a", 300.0, 3000.0),
    ("racks.*.provisioned_kw", 1.0, 200.0),
    ("coolant.loops.T1.supply_c", 20.0, 45.0),
    ("catalog.gb300_nvl72.power_factor", 0.8, 1.0),
    ("positions.*.max_kg", 500.0, 3000.0),
    ("catalog.gb300_nvl72.shelves", 4.0, 8.0),
    ("halls.H1.yaw_deg", 0.0, 360.0),
)
FEEDS = ([], ["BA"], ["BB"], ["BA", "BB"])


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    out = []
    for _ in range(draw(st.integers(1, 4))):
        path, low, high = draw(st.sampled_from(FIELDS))
        out.append(Change("set", path, draw(st.floats(low, high))))
    if draw(st.booleans()):
        out.append(Change("scale", "power.ups.*.rating_kw", draw(st.floats(0.1, 2.0))))
    if draw(st.booleans()):
        out.append(Change("set", "policy.provisioned_kw.gb300_nvl72", draw(st.floats(1.0, 200.0))))
    if draw(st.booleans()):
        out.append(Change("set", "coolant.cdus.CDU1.feeds", draw(st.sampled_from(FEEDS))))
    if draw(st.booleans()):
        out.append(Change("remove", "racks.D1-003"))
    if draw(st.booleans()):
        out.append(Change("add", "coolant.cdus.CDU9", {"copy": "CDU1", "heat_kw": 900.0}))
    return out


def fields_equal(a: object, b: object) -> None:
    for f in dataclasses.fields(a):  # type: ignore[arg-type]
        x, y = getattr(a, f.name), getattr(b, f.name)
        assert np.array_equal(x, y), f.name


@given(changes())
def test_patching_equals_compiling_anew(many: list[Change]) -> None:
    start: Arrays = compile_site(site())
    patched, fresh = patch(start, many), compile_site(change(site(), many))
    for kind, table in fresh.tables.items():
        assert np.array_equal(table.ids, patched.tables[kind].ids)
        for name, column in table.columns.items():
            other = patched.tables[kind][name]
            assert np.array_equal(column, other, equal_nan=column.dtype.kind in "fM"), name
    assert patched.site.policy == fresh.site.policy
    fields_equal(patched.topology.power, fresh.topology.power)
    fields_equal(patched.topology.needs, fresh.topology.needs)


@pytest.mark.parametrize(
    "one",
    [
        Change("remove", "data.switches.compute-spine-001"),
        Change("remove", "data.fabrics.storage"),
        Change("set", "data.switches.compute-leaf-001.position", "N-02"),
        Change("set", "catalog.round_64.draw_kw", 6.0),
        Change("remove", "racks.N-002"),
    ],
    ids=lambda c: c.path,
)
def test_patching_a_site_with_fabrics_equals_compiling_anew(one: Change) -> None:
    start: Arrays = compile_site(site(LAYOUTS[1]))
    patched, fresh = patch(start, [one]), compile_site(change(site(LAYOUTS[1]), [one]))
    same_tables(fresh.site, patched.site)
    for kind, table in fresh.tables.items():
        for name, column in table.columns.items():
            other = patched.tables[kind][name]
            assert np.array_equal(column, other, equal_nan=column.dtype.kind in "fM"), name
    fields_equal(patched.topology.needs, fresh.topology.needs)


def test_switches_draw_and_weigh_no_less_than_they_are() -> None:
    heavy = [
        Change("set", "catalog.round_64.draw_kw", 6.0),
        Change("set", "catalog.round_64.mass_kg", 150.0),
    ]
    racks = compile_site(change(site(LAYOUTS[1]), heavy)).tables["rack"]
    row = racks.index["N-003"]  # five switches, and plugs of 32 links of 9 W
    assert racks["nameplate_kw"][row] == pytest.approx(30.288)
    assert racks["mass_kg"][row] == 900
    assert racks["mass_kg"][racks.index["N-001"]] == pytest.approx(9 * 150 + 5)


def test_patching_keeps_the_topology_of_the_same_shape() -> None:
    start = compile_site(site())
    kept = patch(start, [Change("set", "power.busways.*.rating_a", 900.0)])
    assert kept.topology is start.topology
    cut = patch(start, [Change("set", "power.busways.R1A.fed_from", "BB")])
    assert cut.topology is not start.topology


def test_taking_out_and_putting_back_changes_nothing() -> None:
    two = change(
        site(), [Change("add", "racks.X", {"copy": "D1-001"}), Change("remove", "racks.X")]
    )
    same_tables(site(), two)


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("power.bussways.*.rating_a", "power.busways"),
        ("power.busways.R1C.rating_a", "R1B"),
        ("power.busways.R1A.ratng_a", "rating_a"),
    ],
)
def test_a_path_that_matches_nothing_is_an_error_with_a_near_name(path: str, near: str) -> None:
    with pytest.raises(ChangeError, match=near):
        change(site(), [Change("set", path, 1.0)])


def test_order_of_rows_in_files_is_irrelevant(tmp_path: Path) -> None:
    text = (ROOT / "layouts/campus_1000/campus_1000.toml").read_text()
    folder = ROOT / "layouts/campus_1000"
    for shuffled in (False, True):
        place = tmp_path / str(shuffled)
        place.mkdir()
        (place / "campus_1000.toml").write_text(
            text.replace(
                'include = ["h1.toml", "h2.toml", "h3.toml", "h4.toml", "h5.toml"]',
                'include = ["h1.toml"]',
            )
        )
        (place / "h1.toml").write_text((folder / "h1.toml").read_text())
        for name in ("panels", "racks", "trucks"):
            head, *lines = (folder / f"{name}.csv").read_text().splitlines()
            keep = [x for x in lines if "H1" in x or name == "trucks"]
            if shuffled:
                random.Random(7).shuffle(keep)  # noqa: S311 - an order, no secret
            (place / f"{name}.csv").write_text("\n".join([head, *keep]) + "\n")
    a = pipeline.load(tmp_path / "False" / "campus_1000.toml")
    b = pipeline.load(tmp_path / "True" / "campus_1000.toml")
    same_tables(a, b)
    assert pipeline.check(a).digest == pipeline.check(b).digest


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(0, 360))
def test_moving_or_turning_the_site_changes_no_verdict(x: float, y: float, yaw: float) -> None:
    start = site()
    before = pipeline.check(start)
    moved = [
        Change("set", "halls.H1.at_x_m", x),
        Change("set", "halls.H1.at_y_m", y),
        Change("set", "halls.H1.yaw_deg", yaw),
    ]
    after = pipeline.check(start, Scenario(changes=tuple(moved), conditions=Conditions()))
    assert np.array_equal(before.verdicts.state, after.verdicts.state)
    assert np.array_equal(before.verdicts.margin, after.verdicts.margin, equal_nan=True)


def test_more_load_never_helps() -> None:
    margins = []
    for kw in (60.0, 90.0, 120.0, 132.0, 150.0, 200.0):
        scenario = Scenario(changes=(Change("set", "racks.D1-*.provisioned_kw", kw),))
        report = pipeline.check(site(), scenario)
        margins.append(report.counts["feasible"])
    assert margins == sorted(margins, reverse=True)


def test_a_copy_has_the_connections_of_what_it_copies() -> None:
    grown = change(site(), [Change("add", "coolant.cdus.CDU9", {"copy": "CDU1"})])
    assert {"CDU9>BA", "CDU9>BB"} <= set(grown.tables["feed"].ids.tolist())
    own = Change("add", "coolant.cdus.CDU8", {"copy": "CDU1", "feeds": ["BB"]})
    fed = {i for i in change(site(), [own]).tables["feed"].ids.tolist() if i.startswith("CDU8>")}
    assert fed == {"CDU8>BB"}
