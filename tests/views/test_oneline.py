"""The one-line diagram: figures as the rules hold them, nothing over anything, open points open."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner

import twin
from tests.views import sample
from twin import pipeline
from twin.cli.group import twin as command
from twin.errors import InputError
from twin.model.base import FEEDERS
from twin.model.change import Conditions, Scenario
from twin.views.oneline.diagram import diagram, one_line
from twin.views.oneline.place import BAR, BARS
from twin.views.oneline.symbols import TALL
from twin.views.oneline.tree import MOST_COLUMNS

LAYOUTS = Path(__file__).parents[2] / "layouts"
NAMES = (
    "hall_gb300", "mixed_generations", "campus_1000/campus_1000", "power_2n_mtm", "power_3n2",
    "power_catcher", "power_no_ups", "power_800vdc", "power_servers",
)  # fmt: skip

RING = """
format = 1
name = "ring"
title = "Ring <&> groups"
scope = ["PWR"]

[policy.losses]
source = "full"
transformer = "full"
board = "full"
ups = "full"
tie = "full"

[halls.H]
outline_m = [[0, 0], [9, 0], [9, 9], [0, 9]]

[rows.R]
hall = "H"
at_m = [1, 1]
count = 4
pitch_m = 0.6
depth_m = 1.2
taps = [
  { busway = "W1", count = 4, breaker_a = 63, voltage_v = 415 },
  { busway = "W2", count = 4, breaker_a = 63, voltage_v = 415 },
]

[power]
sources.U1 = { rating_kva = 5000, voltage_v = 13800 }
sources.U2 = { rating_kva = 5000, voltage_v = 13800 }
sources.G1 = { kind = "generator", rating_kw = 900, voltage_v = 415 }
sources.G2 = { kind = "generator", rating_kw = 900, parallel_with = "G1" }
boards.MV = { fed_from = "U1", alternate = "U2", rating_a = 1200 }
transformers.T1 = { fed_from = "MV", rating_kva = 1000, voltage_v = 415 }
transformers.T2 = { fed_from = "MV", rating_kva = 1000, voltage_v = 415 }
transformers.T3 = { fed_from = "MV", rating_kva = 1000, voltage_v = 415 }
boards.L1 = { fed_from = "T1", rating_a = 2000 }
boards.L2 = { fed_from = "T2", rating_a = 2000, alternate = "G1" }
boards.L3 = { fed_from = "T3", rating_a = 2000 }
ties.K12 = { side_a = "L1", side_b = "L2", rating_a = 1000 }
ties.K23 = { side_a = "L2", side_b = "L3", rating_a = 1000 }
ties.K13 = { side_a = "L1", side_b = "L3", rating_a = 1000 }
ups.P1 = { fed_from = "L1", rating_kva = 600 }
ups.P2 = { fed_from = "L1", rating_kva = 600, parallel_with = "P1" }
ups.Q1 = { fed_from = "L2", rating_kva = 600 }
ups.Q2 = { fed_from = "L3", rating_kva = 600, parallel_with = "Q1" }
busways.W1 = { fed_from = "P1", rating_a = 1000 }
busways.W2 = { fed_from = "Q1", rating_a = 1000 }

[deliveries.D]
type = "gb300_nvl72"
positions = ["R-*"]

[[assume]]
path = "catalog.gb300_nvl72.power_factor"
value = 0.98
reason = "usual"
by = "engineering"
"""


MUTUAL = """
format = 1
name = "mutual"
scope = ["PWR"]

[power]
sources.U = { rating_kva = 100, voltage_v = 415 }
sources.V = { rating_kva = 100, voltage_v = 415 }
boards.A = { fed_from = "U", alternate = "B", rating_a = 100 }
boards.B = { fed_from = "V", alternate = "A", rating_a = 100 }
"""


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    path = tmp_path_factory.mktemp("ring") / "ring.toml"
    path.write_text(RING)
    return path


def study(path, day=None):
    site = pipeline.load(path)
    return pipeline.study(
        site, Scenario(conditions=Conditions(date=day, scope=frozenset(site.scope)))
    )


def node(of, name):
    return of.names.index(name)


def boxes(of):
    """Box of each element: left, low, right, top."""
    for spot in of.placed.spots.values():
        if of.kinds[spot.node] in BARS:
            yield spot, (spot.low, spot.bottom, spot.high, spot.bottom + BAR)
        else:
            left = spot.x - (8.4 if of.kinds[spot.node] == "transfer" else 4.2)
            yield spot, (left, spot.top - TALL, spot.x + 4.2, spot.top)


def crosses(a, b, box):
    """Whether an orthogonal segment runs through the inside of a box."""
    left, low, right, top = box
    (x0, x1), (y0, y1) = sorted((a[0], b[0])), sorted((a[1], b[1]))
    return x0 < right - 0.1 and x1 > left + 0.1 and y0 < top - 0.1 and y1 > low + 0.1


@pytest.mark.parametrize("name", [*NAMES, "ring"])
def test_nothing_lies_over_anything(name, ring):
    of = diagram(study(ring if name == "ring" else LAYOUTS / f"{name}.toml"))
    every = list(boxes(of))
    for (one, a), (two, b) in combinations(every, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (of.names[one.node], of.names[two.node])
    for wire in of.placed.wires:
        ends = {wire.link.tail, wire.link.head}
        for a, b in zip(wire.points, wire.points[1:], strict=False):
            assert a[0] == b[0] or a[1] == b[1]
            hit = [of.names[s.node] for s, box in every
                   if s.node not in ends and crosses(a, b, box)]  # fmt: skip
            assert not hit, (wire.link, hit)
    for spot in of.placed.spots.values():
        up = of.normal[spot.node]
        if up in of.placed.spots:
            line = (spot.x, of.placed.spots[up].bottom), (spot.x, spot.top)
            hit = [of.names[s.node] for s, box in every
                   if s.node not in {up, spot.node} and crosses(*line, box)]  # fmt: skip
            assert not hit, (of.names[spot.node], hit)


@pytest.mark.parametrize("name", [*NAMES, "ring"])
def test_it_is_valid_and_the_same_each_time(name, ring):
    path = ring if name == "ring" else LAYOUTS / f"{name}.toml"
    text = one_line(study(path), "as judged")
    root = sample.parsed(text)
    assert "as judged" in "".join(root.itertext())
    assert "nan" not in text
    assert one_line(study(path), "as judged") == text


@pytest.mark.parametrize("name", [*NAMES, "ring"])
def test_every_feeder_is_drawn_or_counted(name, ring):
    of = diagram(study(ring if name == "ring" else LAYOUTS / f"{name}.toml"))
    spots = of.placed.spots

    def times(n):
        while n >= 0:
            yield spots[n].times
            n = of.normal[n]

    drawn = dict.fromkeys(FEEDERS, 0)
    for n in spots:
        product = 1
        for t in times(n):
            product *= t
        drawn[of.kinds[n]] += product
    ties = sum(link.symbol is not None for link in of.placed.wires)
    tables = of.study.site.tables
    there = {kind: len(tables[kind]) for kind in FEEDERS}
    assert {**drawn, "tie": ties} == there
    assert sum(not any(of.normal[m] == n for m in spots) for n in spots) <= MOST_COLUMNS + 2


def test_figures_are_those_of_the_rules():
    report = pipeline.check(pipeline.load(LAYOUTS / "power_2n_mtm.toml"))
    of = diagram(study(LAYOUTS / "power_2n_mtm.toml"))
    found = next(f for f in report.findings if f.code == "PWR101")
    tie = node(of, "TIE")
    assert found.subject == "tie:TIE"
    assert of.found.worst[tie] == pytest.approx(found.demand)
    assert of.found.worst_limit[tie] == found.limit
    assert of.found.cause[tie] == "XA lost"
    assert of.found.band[tie] == 5
    busway = node(of, "R1A")
    # 8 racks of 132 kW, half of each on this side: 528 kW at 415 V and 0.98.
    assert of.found.load[busway] == pytest.approx(528e3 / (3**0.5 * 415 * 0.98))
    assert (of.found.racks[busway], of.found.rack_kw[busway]) == (8, 1056)


def test_switches_are_drawn_as_they_stand_after_a_loss():
    one = study(LAYOUTS / "power_2n_mtm.toml")
    of = diagram(one, "transfer:XA")
    tie, board = node(of, "TIE"), node(of, "MA")
    assert of.found.parent[board] == tie
    assert of.found.load[tie] == pytest.approx(1545.8, abs=0.1)
    assert of.found.load[node(of, "TA")] == 0
    assert of.found.dead[node(of, "XA")]
    words = "".join(sample.parsed(one_line(one, "", "transfer:XA")).itertext())
    assert "after the loss of XA" in words
    assert "TIE, open" not in words
    assert "TIE, open" in "".join(sample.parsed(one_line(one)).itertext())


def test_what_is_dead_is_grey_and_carries_nothing():
    of = diagram(study(LAYOUTS / "hall_gb300.toml"), "source:UA")
    dead = [of.names[n] for n in of.placed.spots if of.found.dead[n]]
    assert {"UA", "TA1", "PA2", "R4A"} <= set(dead)
    assert len(dead) == 12
    assert not of.found.load[of.found.dead].any()
    text = one_line(study(LAYOUTS / "hall_gb300.toml"), "", "source:UA")
    assert len(re.findall(r'class="edge off"', text)) >= 12


def test_racks_that_go_dark_are_counted_and_those_with_another_way_are_not():
    of = diagram(study(LAYOUTS / "power_no_ups.toml"), "source:U1")
    dark = {of.names[n]: int(of.found.dark[n]) for n in of.placed.spots if of.found.racks[n]}
    assert dark == {"R1-1": 8, "R1-2": 8, "R2-1": 0, "R2-2": 0, "NA": 0, "NB": 0}
    words = list(sample.parsed(one_line(of.study, "", "source:U1")).itertext())
    assert words.count("dark") == 2


def test_work_on_the_day_opens_and_says_so():
    import datetime as dt

    text = one_line(study(LAYOUTS / "power_catcher.toml", dt.date(2027, 9, 7)))
    assert "out of service" in text
    assert "out of service" not in one_line(study(LAYOUTS / "power_catcher.toml"))


def test_a_board_that_feeds_back_says_its_name_where_no_line_can_run(tmp_path):
    (tmp_path / "mutual.toml").write_text(MUTUAL)
    of = diagram(study(tmp_path / "mutual.toml"))
    assert sorted(spot.row for spot in of.placed.spots.values()) == [0, 0, 1, 2]
    assert (len(of.placed.wires), len(of.placed.stubs)) == (1, 1)


def test_a_site_without_power_is_an_empty_sheet(tmp_path):
    (tmp_path / "bare.toml").write_text('format = 1\nname = "bare"\n')
    site = twin.load(tmp_path / "bare.toml")
    drawn = twin.view(site, twin.check(site), what="one-line")
    assert sample.parsed(drawn._repr_svg_()) is not None


def test_hostile_names_are_text(ring):
    assert "Ring &lt;&amp;&gt; groups" in one_line(study(ring))


def test_the_front_door_writes_and_shows_it(tmp_path):
    site = twin.load(LAYOUTS / "power_3n2.toml")
    report = twin.check(site)
    path = twin.view(site, report, tmp_path / "a.svg", what="one-line")
    drawn = twin.view(site, report, what="one-line")
    assert path.read_text() == drawn._repr_svg_()
    assert "24 racks: 24 feasible" in path.read_text()
    with pytest.raises(InputError, match="SVG"):
        twin.view(site, report, tmp_path / "a.png", what="one-line")
    with pytest.raises(InputError, match="UX"):
        twin.view(site, report, what="one-line", lost="UX")


def test_the_verb_draws_it_and_refuses_what_says_nothing(tmp_path):
    layout, out = str(LAYOUTS / "power_3n2.toml"), str(tmp_path / "o.svg")
    run = CliRunner().invoke
    done = run(command, ["view", layout, "--what", "one-line", "--lost", "UA", "-o", out])
    assert done.exit_code == 0, done.output
    assert "after the loss of UA" in Path(out).read_text()
    for wrong in (
        ["--what", "one-line"],
        ["--what", "one-line", "-o", str(tmp_path / "o.html")],
        ["--what", "one-line", "--by", "type", "-o", out],
        ["--lost", "UA", "-o", out],
    ):
        assert run(command, ["view", layout, *wrong]).exit_code == 2
