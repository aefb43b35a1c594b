"""Busway runs of several segments: one busway each, and taps on the one over their position."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.errors import InputError
from twin.model.change import Scenario
from twin.site.site import Site
from twin.solve.losses.cases import cases
from twin.solve.power.flow import flow
from twin.solve.power.runs import runs

HEAD = """
format = 1
name = "segments"
scope = ["PWR"]
profile = "nec-us"
[policy]
owner = "test"
[policy.losses]
busway = "full"
[halls.H]
outline_m = [[0, 0], [20, 0], [20, 10], [0, 10]]
height_m = 4
[rows.R]
hall = "H"
at_m = [2, 2]
count = 4
pitch_m = 2
width_m = 0.6
depth_m = 1.2
taps = [{ busway = "B", count = 1, breaker_a = 400 }]
[power.sources.U]
voltage_v = 415
rating_kw = 2000
[power.busways.B]
fed_from = "U"
rating_a = 1000
breaker_a = 1000
hall = "H"
elevation_m = 2.6
from_m = [2.3, 2]
to_m = [12.3, 2]
"""
SEGMENTS = """segments = [
  { length_m = 2, openings = 2 },
  { length_m = "4 m", rating_a = 600, openings = 3 },
  { rating_a = 400, breaker_a = 350, type = "schneider_canalis_high" },
]
"""
RACKS = "".join(
    f'[racks.r{n}]\ntype = "air_cpu_avg"\nposition = "R-0{n}"\nprovisioned_kw = 100\n'
    f'power_factor = 1.0\n[power.whips.w{n}]\nrack = "r{n}"\nshelf = 1\ntap = "R-0{n}/B/1"\n'
    for n in (1, 2, 3, 4)
)


def load(tmp_path: Path, body: str) -> Site:
    path = tmp_path / "site.toml"
    path.write_text(HEAD + body)
    return pipeline.load(path)


def test_each_segment_is_a_busway_behind_the_one_before_it(tmp_path: Path) -> None:
    site = load(tmp_path, SEGMENTS + RACKS)
    table = site.tables["busway"]
    assert table.ids.tolist() == ["B", "B/2", "B/3"]
    fed = [site.name_of(int(n)) for n in table["fed_from"]]
    assert fed == ["source:U", "busway:B", "busway:B/2"]
    assert table["rating_a"].tolist() == [1000, 600, 400]
    assert table["openings"].tolist()[:2] == [2, 3]
    assert table["protected"].tolist() == [True, False, True]
    breakers = np.asarray(table["breaker_a"]).tolist()
    assert breakers[0] == 1000
    assert np.isnan(breakers[1])
    assert breakers[2] == 350
    assert table["elevation_m"].tolist() == [2.6] * 3
    assert site.shapes.lines["busway", "B/2"].tolist() == [[4.3, 2], [8.3, 2]]


def test_taps_hang_on_the_segment_over_their_position(tmp_path: Path) -> None:
    """Positions at 2.3, 4.3, 6.3 and 8.3 m: at 0, 2, 4 and 6 m of the run of 2, 4 and 4 m."""
    more = '[power.taps.t]\nfed_from = "B"\nat_m = [11, 2]\n'
    more += '[power.taps.u]\nfed_from = "B/3"\n'
    site = load(tmp_path, SEGMENTS + more)
    taps = site.tables["tap"]
    fed = {str(i): site.name_of(int(n)) for i, n in zip(taps.ids, taps["fed_from"], strict=True)}
    assert fed == {
        "R-01/B/1": "busway:B", "R-02/B/1": "busway:B", "R-03/B/1": "busway:B/2",
        "R-04/B/1": "busway:B/2", "t": "busway:B/3", "u": "busway:B/3",
    }  # fmt: skip


def test_the_first_carries_all_and_each_is_held_by_its_own_rating(tmp_path: Path) -> None:
    """Four racks of 100 kW: 556 A at the feed end, 278 A on the second segment of 600 A."""
    site = load(tmp_path, SEGMENTS.replace("rating_a = 600", "rating_a = 300") + RACKS)
    report = pipeline.check(site, select=["PWR101"])
    (finding,) = [f for f in report.findings if f.subject.startswith("busway")]
    assert finding.subject == "busway:B/2"
    assert finding.demand == pytest.approx(200e3 / (3**0.5 * 415))
    assert finding.limit == pytest.approx(240)


def test_voltage_falls_along_one_segment_before_the_next(tmp_path: Path) -> None:
    """Bars of one product: in three segments they drop what they drop in one."""
    described = 'type = "eaton_prw3_cu_1000a"\n'
    site = load(tmp_path, described + RACKS)
    study = pipeline.study(site, Scenario())
    product = site.tables["product"]
    assert not np.isnan(product["r_ohm_per_km"][product.index["eaton_prw3_cu_1000a"]])
    whole = study(flow)
    lengths = "segments = [{ length_m = 2 }, { length_m = 4 }, {}]\n"
    parted = pipeline.study(load(tmp_path, described + lengths + RACKS), Scenario())
    pieces = parted(flow)
    for name in ("whip:w1", "whip:w2", "whip:w3", "whip:w4"):
        at = [s.site.names.tolist().index(name) - s.arrays.topology.power.first
              for s in (study, parted)]  # fmt: skip
        assert pieces.v_pu[at[1]] == pytest.approx(whole.v_pu[at[0]], abs=1e-12)
    assert pieces.v_pu[at[1]] < 1.0
    assert parted(runs).piece_m.sum() == pytest.approx(6)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("segments = [{ length_m = 4 }, { length_m = 4 }]\n", "segments of 8 m on a run of 10 m"),
        ("segments = [{ length_m = 12 }, {}]\n", "segments of 12 m on a run of 10 m"),
        ("segments = [{}, {}]\n", "does not say how long it is"),
        ("openings = 3\nsegments = [{}]\n", "says openings of the whole run"),
        ("segments = [{ length_m = 4 }, { tpye = 'x' }]\n", 'Did you mean "type"'),
        ("segments = [{ length_m = 4 }, { type = 'x' }]\n", "segments.1.type"),
        ("segments = [{ length_m = 4 }, {}]\n[power.taps.t]\nfed_from = 'B'\n", "over which"),
        ('segments = [{ length_m = 4 }, {}]\n[power.busways."B/2"]\n', "which is that of another"),
    ],
)
def test_runs_that_cannot_be_cut(tmp_path: Path, body: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as raised:
        load(tmp_path, body)
    for problem in raised.value.problems:
        assert problem.line is not None


def test_a_run_without_a_place_cannot_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(HEAD.replace("from_m = [2.3, 2]\n", "") + SEGMENTS)
    with pytest.raises(InputError, match="does not say where it runs"):
        pipeline.load(path)


def test_openings_are_counted_segment_by_segment(tmp_path: Path) -> None:
    """Two racks stand over the first segment, and it has one opening; the run has nine."""
    body = SEGMENTS.replace("openings = 2", "openings = 1").replace("openings = 3", "openings = 8")
    report = pipeline.check(load(tmp_path, body + RACKS), select=["PWR302"])
    (finding,) = report.findings
    assert (finding.subject, finding.demand, finding.limit) == ("busway:B", 2, 1)


def test_a_segment_falls_with_the_device_before_it(tmp_path: Path) -> None:
    """The second has no breaker: its fault takes out the run. The third has one."""
    shorter = SEGMENTS.replace('"4 m"', '"2 m"')
    study = pipeline.study(load(tmp_path, shorter + RACKS), Scenario())
    found = study(cases)
    first = study.arrays.topology.power.first
    roots = {
        str(n): study.site.name_of(int(r) + first)
        for n, r in zip(found.name[1:], found.root[1:], strict=True)
    }
    assert roots["busway:B"] == "busway:B"
    assert "busway:B/2" not in roots  # one case with the loss of the run
    assert roots["busway:B/3"] == "busway:B/3"
