"""Cases of losses: what falls together, against a plain walk over the graph."""

from __future__ import annotations

import functools
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from twin import pipeline
from twin.model.change import Change, Conditions, Scenario
from twin.site.site import Site
from twin.solve.losses.caps import dead_in
from twin.solve.losses.cases import cases, lost_row
from twin.solve.study import Study

ROOT = Path(__file__).parents[2]


@functools.cache
def site(layout: str) -> Site:
    return pipeline.load(ROOT / layout)


def study(layout: str, *changes: Change, **conditions: object) -> Study:
    scenario = Scenario(changes=changes, conditions=Conditions(**conditions))  # type: ignore[arg-type]
    return pipeline.study(site(layout), scenario)


def fallen(graph: nx.MultiDiGraph, name: str) -> set[str]:
    """What is dead when one thing is lost: plainly, until nothing more falls."""
    while (
        name.split(":", maxsplit=1)[0] != "source" and graph.nodes[name].get("protected") is False
    ):
        name = next(u for u, _, d in graph.in_edges(name, data=True) if d["column"] == "fed_from")
    dead = {name}
    while True:
        more = {n for n in graph if n not in dead and falls(graph, n, dead)}
        if not more:
            return dead
        dead |= more


def falls(graph: nx.MultiDiGraph, node: str, dead: set[str]) -> bool:
    feeds: dict[str, list[str]] = {}
    for u, _, data in graph.in_edges(node, data=True):
        feeds.setdefault(data["column"], []).append(u)
    one = [*feeds.get("fed_from", []), *feeds.get("tap", []), *feeds.get("plant", [])]
    if any(u in dead for u in one):
        return True
    kind = node.split(":", maxsplit=1)[0]
    every = feeds.get("feed", []) if kind in {"cdu", "air_unit", "plant"} else []
    if kind == "rack":
        every = [u for u in feeds.get("rack", []) if u.startswith("whip:")]
    if kind == "switch":
        every = [r for p in feeds.get("position", []) for r in racks_on(graph, p)]
    return bool(every) and all(u in dead for u in every)


def racks_on(graph: nx.MultiDiGraph, position: str) -> list[str]:
    found = [v for _, v, d in graph.out_edges(position, data=True) if d["column"] == "position"]
    return [v for v in found if v.startswith("rack:")]


@pytest.mark.parametrize("layout", ["tests/rules/base.toml", "layouts/mixed_generations.toml"])
def test_every_case_takes_what_a_walk_over_the_graph_takes(layout: str) -> None:
    s = study(layout)
    graph, table = s.site.graph, s(cases)
    assert not lost_row(s, 0).any()
    for case in range(1, len(table), 7):
        lost = {str(n) for n in s.site.names[lost_row(s, case)]}
        expected = fallen(graph, str(table.name[case]))
        assert lost == expected, table.name[case]


def test_a_fault_takes_out_everything_up_to_the_nearest_protective_device() -> None:
    bare = Change("set", "power.busways.R1A.protected", False)
    s = study("tests/rules/base.toml", bare)
    table = s(cases)
    names = table.name.tolist()
    assert "busway:R1A" not in names or "board:BA" not in names
    row = names.index("board:BA") if "board:BA" in names else names.index("busway:R1A")
    lost = {str(n) for n in s.site.names[lost_row(s, row)]}
    assert {"board:BA", "busway:R1A", "tap:R1-01/R1A/1"} <= lost


def test_a_cdu_falls_with_its_panel() -> None:
    one = Change("remove", 'feeds."CDU1>BB"')
    s = study("tests/rules/base.toml", one)
    table = s(cases)
    lost = lost_row(s, table.name.tolist().index("board:BA"))
    assert "cdu:CDU1" in set(s.site.names[lost].tolist())
    assert "cdu:CDU2" not in set(s.site.names[lost].tolist())


def test_no_losses_are_tried_when_none_are_asked_for() -> None:
    assert len(study("tests/rules/base.toml", losses=0)(cases)) == 1


def test_pairs_of_gear_agree_with_the_rows() -> None:
    s = study("tests/rules/base.toml")
    table = s(cases)
    first, count = s.site.first["cdu"], len(s.site.tables["cdu"])
    case, row = table.lost(first, count)
    for c in range(len(table)):
        dead = lost_row(s, c)[first : first + count]
        assert np.flatnonzero(dead).tolist() == sorted(row[case == c].tolist())


def capped(folder: Path, by: str, to: float = 0.5, withstand: str = ", withstand_s = 60") -> Study:
    """The base layout with every loss capped, enforced by one thing."""
    text = (ROOT / "tests/rules/base.toml").read_text()
    head, _, rest = text.partition("[policy.losses]\n")
    cap = f'{{ outcome = "capped", to = {to}, within_s = 1, enforced_by = "{by}"{withstand} }}'
    kinds = ("source", "ups", "board", "busway", "tap", "cdu", "air_unit", "switch")
    losses = "".join(f"{kind} = {cap}\n" for kind in kinds)
    file = folder / "capped.toml"
    rest = rest[rest.index("[[assume]]") :]
    file.write_text(f"{head}[policy.losses]\n{losses}\n{rest}")
    return pipeline.study(pipeline.load(file))


@pytest.mark.parametrize(
    ("by", "dead", "alive"),
    [
        ("board:BA", {"source:UA", "ups:SA", "board:BA"}, {"busway:R1A", "ups:SB", "cdu:CDU1"}),
        ("BA", {"source:UA", "ups:SA", "board:BA"}, {"busway:R1A", "ups:SB", "cdu:CDU1"}),
        ("cdu:CDU1", {"cdu:CDU1"}, {"source:UA", "board:BA", "cdu:CDU2", "switch:L1"}),
        ("L1", {"switch:L1"}, {"board:BA", "busway:R1A", "switch:L2"}),
        ("external:BMS", set(), {"source:UA", "board:BA", "cdu:CDU1", "switch:L1"}),
    ],
)
def test_a_cap_falls_with_its_enforcer(
    tmp_path: Path, by: str, dead: set[str], alive: set[str]
) -> None:
    table = capped(tmp_path, by)(cases)
    keep = dict(zip(table.name.tolist(), table.keep.tolist(), strict=True))
    assert {n: keep[n] for n in dead} == dict.fromkeys(dead, 1.0)
    assert {n: keep[n] for n in alive} == dict.fromkeys(alive, 0.5)
    assert table.counts.all()


def test_gear_that_enforces_dies_with_its_last_feed_and_with_its_plant(tmp_path: Path) -> None:
    one = capped(tmp_path, "cdu:CDU1")
    gone = Change("remove", 'feeds."CDU1>BB"')
    fed = pipeline.study(one.site, Scenario(changes=(gone,)))
    table = fed(cases)
    dead = dead_in(fed, table.fallen, fed.site.names.tolist().index("cdu:CDU1"))
    assert set(table.name[dead].tolist()) == {
        "source:UA", "ups:SA", "board:BA", "cdu:CDU1",
    }  # fmt: skip
    assert table.keep[table.name.tolist().index("board:BA")] == 1.0


@pytest.mark.parametrize("by", ["NOPE", "board:NOPE", "fabric", "H1"])
def test_a_cap_that_nobody_there_enforces_is_in_doubt(tmp_path: Path, by: str) -> None:
    study = capped(tmp_path, by)
    table = study(cases)
    assert table.counts.tolist() == [True] + [False] * (len(table) - 1)
    told = [f for f in pipeline.check(study.site).findings if f.code == "DAT907"]
    assert "board:BA" in {f.subject for f in told}
    assert all(f.role == "advice" for f in told)
    assert not [f for f in pipeline.check(capped(tmp_path, "BA").site).findings
                if f.code in {"DAT907", "DAT908"}]  # fmt: skip


def test_a_cap_of_which_nobody_says_how_long_it_may_take_is_told(tmp_path: Path) -> None:
    study = capped(tmp_path, "external:BMS", withstand="")
    assert not study(cases).counts[1:].any()
    told = [f for f in pipeline.check(study.site).findings if f.code == "DAT908"]
    assert "withstand_s" in told[0].fix
