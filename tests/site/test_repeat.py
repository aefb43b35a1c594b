"""Loops, pipes and manifolds that are written once and made for each of some rows or units."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.model.coolant import Coolant
from twin.site.faults import Fault
from twin.site.repeat import repeated
from twin.site.site import Site

LAYOUTS = Path(__file__).resolve().parents[2] / "layouts"
CHAIN = """
[pipes.H]
each = { of = ["rows.A*", "rows.B1"], names = "{rule}-{each}-{next}" }
plant = "P"
start = "{each}-J"
end = "{next}-J"
length_m = 3
zeta = 0.2
"""


Made = dict[str, dict[str, str]]
"""Names that are said of each thing, by its id."""


def made(kind: str, text: str, rows: list[str]) -> tuple[Made, Mapping[object, str], list[Fault]]:
    faults: list[Fault] = []
    _, chunks, by = repeated(Coolant.model_validate(tomllib.loads(text)), rows, faults)
    items: Made = {}
    for ids, columns in chunks[kind]:
        for k, name in enumerate(ids.tolist()):
            items[name] = {c: v[k] for c, v in columns.items() if len(v) == len(ids)}
    return items, by, faults


def test_a_chain_goes_from_each_to_the_next_and_ends_with_the_last() -> None:
    pipes, by, faults = made("pipe", CHAIN, ["A1", "B1", "A2", "C1"])
    ends = {name: (pipe["start"], pipe["end"]) for name, pipe in pipes.items()}
    assert ends == {"H-A1-A2": ("A1-J", "A2-J"), "H-A2-B1": ("A2-J", "B1-J")}
    assert all(pipe["zeta"] == 0.2 for pipe in pipes.values())
    assert by == {("pipe", "H-A1-A2"): "H", ("pipe", "H-A2-B1"): "H"}
    assert not faults


def test_of_one_row_there_is_no_next() -> None:
    pipes, _, faults = made("pipe", CHAIN.replace(', "rows.B1"', ""), ["A1"])
    assert not pipes
    assert not faults


def test_without_names_the_id_is_that_of_the_rule_and_of_what_it_is_for() -> None:
    text = '[loops.T]\neach = { of = ["coolant.cdus.C*"] }\nsupply_c = 40\n'
    units = '[cdus.C1]\nloop = "T/C1"\n[cdus.C2]\nloop = "T/C2"\n'
    loops, _, faults = made("loop", text + units, [])
    assert list(loops) == ["T/C1", "T/C2"]
    assert not faults


@pytest.mark.parametrize("glob", ["rows.Z*", "A*", "coolant.plants.P"])
def test_a_glob_that_matches_nothing_is_a_fault(glob: str) -> None:
    text = CHAIN.replace('"rows.A*", "rows.B1"', f'"{glob}"')
    pipes, _, faults = made("pipe", text, ["A1", "A2"])
    assert not pipes
    assert [(f.id, f.column, f.value) for f in faults] == [("H", "each.of", glob)]


def test_an_id_that_is_written_and_made_is_a_fault_of_the_rule() -> None:
    text = CHAIN + '[pipes.H-A1-A2]\nplant = "P"\nstart = "X"\nend = "Y"\n'
    pipes, _, faults = made("pipe", text, ["A1", "A2", "B1"])
    assert list(pipes) == ["H-A2-B1"]
    assert [(f.id, f.column, f.value) for f in faults] == [("H", "each.names", "H-A1-A2")]


def test_ids_that_one_rule_makes_twice_are_its_fault() -> None:
    pipes, _, faults = made("pipe", CHAIN.replace("{rule}-{each}-{next}", "Q"), ["A1", "A2", "B1"])
    assert list(pipes) == ["Q"]
    assert [(f.id, f.column, f.value) for f in faults] == [("H", "each.names", "Q")]


def same(one: Site, two: Site) -> bool:
    return all(
        np.array_equal(
            one.tables[kind][column], two.tables[kind][column],
            equal_nan=one.tables[kind][column].dtype.kind in "fM",
        )
        for kind in ("loop", "pipe", "manifold", "rack")
        for column in one.tables[kind].columns
    )  # fmt: skip


def test_what_is_made_is_as_if_it_were_written_out(tmp_path: Path) -> None:
    text = (LAYOUTS / "hall_gb300.toml").read_text(encoding="utf-8")
    start = text.index("[coolant.pipes.CW]")
    end = text.index("# The racks' coolant, loop by loop:")
    walls = [f"FW{n}" for n in range(1, 6)]
    pipe = '[coolant.pipes.CW-{0}]\nplant = "CHW"\nstart = "{1}-C"\nend = "{2}"\ntype = "{3}"\n'
    out = [
        pipe.format(f"{a}-{b}", a, f"{b}-C", "pipe_nps8_10s") + "length_m = 3\n"
        for a, b in pairwise(walls)
    ]
    out += [pipe.format(w, w, w, "pipe_nps3_10s") + "length_m = 4\nzeta = 3\n" for w in walls]
    whole = tmp_path / "hall_gb300.toml"
    whole.write_text(text[:start] + "\n".join(out) + "\n" + text[end:], encoding="utf-8")
    assert same(pipeline.load(LAYOUTS / "hall_gb300.toml"), pipeline.load(whole))
