"""Parallel transformers that share as nobody knows: together they carry what known ones do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.model.change import Scenario
from twin.solve.load import rack_load
from twin.solve.losses.cases import cases
from twin.solve.power.feeder_rows import FeederRows, feeder_rows
from twin.solve.power.group_rows import group_rows
from twin.solve.study import Study

HEAD = """
format = 1
name = "groups"
scope = ["PWR"]
profile = "nec-us"
[policy]
owner = "test"
[policy.losses]
source = "full"
transformer = "full"
[power.sources.UA]
[power.sources.UB]
[power.busways.BA]
fed_from = "T1"
voltage_v = 415
[power.busways.BB]
fed_from = "UB"
voltage_v = 415
"""
RATED = {"T1": 400, "T2": 300, "T3": 200}


def study(tmp_path: Path, z_pct: dict[str, float], more: str = "") -> Study:
    body = HEAD
    for name, rating in RATED.items():
        body += f'[power.transformers.{name}]\nfed_from = "UA"\nrating_kva = {rating}\n'
        body += f"z_pct = {z_pct[name]}\n" if name in z_pct else ""
        body += "" if name == "T1" else 'parallel_with = "T1"\n'
    for n, kw in enumerate((120, 90, 200)):
        body += f'[racks.r{n}]\ntype = "air_cpu_avg"\nprovisioned_kw = {kw}\npower_factor = 0.9\n'
        for shelf, side in enumerate("AB", 1):
            body += f'[power.taps.r{n}{side}]\nfed_from = "B{side}"\nbreaker_a = 900\n'
            body += f'[power.whips.r{n}{side}]\nrack = "r{n}"\nshelf = {shelf}\n'
            body += f'tap = "r{n}{side}"\n'
    path = tmp_path / "site.toml"
    path.write_text(body + more)
    return pipeline.study(pipeline.load(path), Scenario())


def totals(s: Study, batch: FeederRows) -> dict[tuple[str, str], float]:
    """Demand of each row, healthy row and all, by element and case."""
    load = batch.coefficient * s(rack_load)[batch.rack]
    moved = np.bincount(batch.row, load, minlength=len(batch.case)) + batch.base
    total = moved + np.where(batch.onto >= 0, moved[batch.onto], 0.0)
    names = s.site.names[batch.node + s.arrays.topology.power.first].tolist()
    lost = s(cases).name[batch.case].tolist()
    return dict(zip(zip(names, lost, strict=True), total.tolist(), strict=True))


def test_what_is_left_for_one_is_all_of_it_less_what_the_others_may_carry(tmp_path: Path) -> None:
    known = study(tmp_path, {"T1": 4, "T2": 5, "T3": 6})
    (batch,) = (
        b for b in feeder_rows(known, "kVA", lambda kind: np.full(3, kind == "transformer"))
        if b.kind == "transformer"
    )  # fmt: skip
    told = totals(known, batch)
    unknown = study(tmp_path, {"T1": 4, "T2": 5})
    (rows,) = group_rows(unknown, "kVA")
    left = totals(unknown, rows)
    # 410 kW at 0.9, half of it on each side; all of it once UB is lost, or with one unit less.
    assert left["transformer:T1", ""] == pytest.approx(205 / 0.9 - 500)
    assert left["transformer:T1", "source:UB"] == pytest.approx(410 / 0.9 - 500)
    assert left["transformer:T2", "transformer:T1"] == pytest.approx(205 / 0.9 - 200)
    assert left["transformer:T1", "transformer:T3"] == pytest.approx(205 / 0.9 - 300)
    assert {case for _, case in left} == {"", "source:UB", *(f"transformer:T{n}" for n in "123")}
    for (one, case), amount in left.items():
        alive = [name for name in RATED if f"transformer:{name}" != case]
        others = sum(RATED[name] for name in alive if f"transformer:{name}" != one)
        # A case that brings no member more is left out of the rows: the healthy row is the worse.
        each = [told.get((f"transformer:{n}", case), told[f"transformer:{n}", ""]) for n in alive]
        assert amount + others == pytest.approx(sum(each))


def test_known_groups_and_blurred_ones_have_no_rows(tmp_path: Path) -> None:
    assert not list(group_rows(study(tmp_path, {"T1": 4, "T2": 5, "T3": 6}), "kVA"))
    above = '[power.transformers.H1]\nfed_from = "UA"\nrating_kva = 900\n'
    above += '[power.transformers.H2]\nfed_from = "UA"\nrating_kva = 900\nz_pct = 6\n'
    above += 'parallel_with = "H1"\n'
    path = tmp_path / "site.toml"
    # Each of the lower ones loses otherwise: what reaches the upper ones nobody knows.
    study(tmp_path, {"T1": 4, "T2": 5}, above)
    body = path.read_text().replace(
        'T1]\nfed_from = "UA"', 'T1]\nefficiency = 0.9\nfed_from = "H1"'
    )
    for name in ("T2", "T3"):
        body = body.replace(f'{name}]\nfed_from = "UA"', f'{name}]\nfed_from = "H1"')
    path.write_text(body)
    found = list(group_rows(pipeline.study(pipeline.load(path), Scenario()), "kVA"))
    assert [len(set(b.node.tolist())) for b in found] == [2]
    path.write_text(body.replace("efficiency = 0.9\n", ""))
    found = list(group_rows(pipeline.study(pipeline.load(path), Scenario()), "kVA"))
    assert len(found) == 2


def test_gear_is_among_what_is_left_for_one(tmp_path: Path) -> None:
    more = '[coolant.plants.P]\ndraw_kw = 60\npower_factor = 1.0\nfeeds = ["BA"]\n'
    s = study(tmp_path, {"T1": 4}, more)
    (rows,) = group_rows(s, "kVA")
    assert totals(s, rows)["transformer:T2", "transformer:T1"] == pytest.approx(
        205 / 0.9 + 60 - 200
    )
