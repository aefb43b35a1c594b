"""EPANET files by others, and our own read back: the same flows as EPANET, or told by line."""

import csv
import io

import numpy as np
import pytest

import twin
from tests.cli.conftest import ROOT
from twin.exchange.epanet import inp
from twin.exchange.epanet_state import solved
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows

FLOW = 8  # as the toolkit numbers what it gives
LITRES = {"LPS": 1.0, "GPM": 0.0630902, "CMH": 1 / 3.6, "LPM": 1 / 60, "CFS": 28.316847}

NET = """[TITLE]
 A small town
[JUNCTIONS]
 A 5 0
 B 0 4 DAY
 C 0 2
[RESERVOIRS]
 R 30
[TANKS]
 T 0 22 1 40 10 0
[PIPES]
 RA R A 40 150 0.1 2.5 Open
 AC A C 60 100 0.1
 CT C T 25 120 0.1 1
[PUMPS]
 P A B HEAD GAIN
[VALVES]
 V B C 80 TCV 12 0
[CURVES]
 GAIN 0 20
 GAIN 10 15
 GAIN 15 9
 GAIN 20 1
 LOSS 0 0
 LOSS 2 0.4
 LOSS 6 3
 LOSS 12 11
[PATTERNS]
 DAY 1.5 0.5 0.7
 SLOW 0.8 0.6
[STATUS]
[DEMANDS]
[TIMES]
 PATTERN TIMESTEP 1:00
[OPTIONS]
 UNITS LPS
 HEADLOSS D-W
 VISCOSITY 1.2
 ACCURACY 1e-8
 TRIALS 200
[END]
 noise
"""


def edited(*edits):
    text = NET
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def epanet(tmp_path):
    """Solve the text of a file; return the flow of each link in its units."""
    with np.printoptions():  # wntr changes how arrays are shown
        toolkit = pytest.importorskip("wntr.epanet.toolkit")

    def call(text, links):
        (tmp_path / "e.inp").write_text(text, encoding="ascii")
        engine = toolkit.ENepanet()
        engine.ENopen(*(str(tmp_path / f"e.{end}") for end in ("inp", "rpt", "bin")))
        engine.ENopenH()
        engine.ENinitH(0)
        engine.ENrunH()
        assert engine.errcode in {0, 4, 5, 6}  # pumps past their curve, open valves, suction
        flows = [engine.ENgetlinkvalue(engine.ENgetlinkindex(name), FLOW) for name in links]
        engine.ENclose()
        return np.array(flows)

    return call


@pytest.fixture
def solve(cli, tmp_path):
    """Write a file and solve it; return what ran, and flows by link, m3/s."""
    with np.printoptions():
        pytest.importorskip("wntr")

    def call(text):
        path = tmp_path / "net.inp"
        path.write_text(text, encoding="utf-8")
        ran = cli("solve", "hydraulics", path)
        rows = csv.DictReader(io.StringIO(ran.out))
        return ran, {row["link"]: float(row["q_m3s"]) for row in rows}

    return call


FCV = ("TCV 12 0", "FCV 3 0.5")
GPV = ("TCV 12 0", "GPV LOSS 0")
STATES = {
    "as written": (),
    "a check valve against the flow": (("AC A C 60 100 0.1", "AC A C 60 100 0.1 0 CV"),),
    "a pipe that is shut": (("AC A C 60 100 0.1", "AC A C 60 100 0.1 0 Closed"),),
    "a pipe that is shut by status": (("[STATUS]", "[STATUS]\n AC Closed"),),
    "a flow valve that holds": (FCV,),
    "a flow valve that cannot": (("TCV 12 0", "FCV 300 0.5"),),
    "a flow valve that stands open": (FCV, ("[STATUS]", "[STATUS]\n V Open")),
    "a flow valve with a setting by status": (FCV, ("[STATUS]", "[STATUS]\n V 2")),
    "a throttle valve that stands open": (("12 0", "12 3"), ("[STATUS]", "[STATUS]\n V Open")),
    "a valve that is shut": (("[STATUS]", "[STATUS]\n V Closed"),),
    "a curve of losses": (GPV,),
    "a curve of losses that stands open": (GPV, ("[STATUS]", "[STATUS]\n V Open")),
    "a curve of losses that is shut": (GPV, ("[STATUS]", "[STATUS]\n V Closed")),
    "a curve of losses against its direction": (GPV, (" V B C", " V C B")),
    "a curve of losses past its end": (GPV, ("LOSS 6 3", ""), ("LOSS 12 11", "")),
    "a curve of losses from its second point": (
        GPV, ("LOSS 0 0\n", ""), (" LOSS 2 0.4\n", " LOSS 2 0.4\n LOSS 4 0.8\n"),
    ),
    "a pump of one point": ((" GAIN 0 20\n", ""), (" GAIN 15 9\n GAIN 20 1\n", "")),
    "a pump of three points": ((" GAIN 15 9\n", ""),),
    "a pump from its second point": ((" GAIN 0 20\n", ""),),
    "a slow pump": (("HEAD GAIN", "HEAD GAIN SPEED 0.7"),),
    "a slow pump by status": (("[STATUS]", "[STATUS]\n P 0.7"),),
    "a pump by a pattern": (("HEAD GAIN", "HEAD GAIN SPEED 0.9 PATTERN SLOW"),),
    "a pump that stands": (("[STATUS]", "[STATUS]\n P Closed"),),
    "a pump of speed 0": (("[STATUS]", "[STATUS]\n P 0"),),
    "patterns that begin later": (("[TIMES]", "[TIMES]\n PATTERN START 2:00"),),
    "demands of their own": (("[DEMANDS]", "[DEMANDS]\n B 1 DAY\n B 3 SLOW\n C 0.5"),),
    "demands times a number": (("HEADLOSS", "DEMAND MULTIPLIER 1.3\n HEADLOSS"),),
    "a heavy coolant": (("HEADLOSS", "SPECIFIC GRAVITY 1.04\n HEADLOSS"),),
    "US gallons": (("LPS", "GPM"), ("150 0.1", "6 0.3"), ("100 0.1", "4 0.3"),
                   ("120 0.1", "5 0.3"), ("80 TCV", "3 TCV")),
    "cubic metres an hour": (("LPS", "CMH"),),
    "litres a minute": (("LPS", "LPM"),),
}  # fmt: skip


@pytest.mark.parametrize("edits", STATES.values(), ids=STATES)
def test_files_by_others_have_the_flows_of_epanet(solve, epanet, edits):
    text = edited(*edits)
    ran, flows = solve(text)
    assert (ran.code, ran.err) == (0, "")
    unit = next(LITRES[name] for name in LITRES if f" UNITS {name}\n" in text)
    expected = unit / 1000.0 * epanet(text, list(flows))
    assert list(flows.values()) == pytest.approx(expected, rel=1e-4, abs=1e-7)


WRONG = {
    "a valve that holds a pressure": (
        ("TCV 12 0", "PRV 12 0"),
        "net.inp:18: [VALVES] V: a PRV, which reduces a pressure, cannot be solved here",
    ),
    "a valve of another kind": (
        ("TCV 12 0", "XXV 12 0"),
        '[VALVES] V: there is no valve of type "XXV"; write one of FCV,',
    ),
    "a control": (
        ("[STATUS]", "[CONTROLS]\n LINK AC CLOSED IF NODE T BELOW 20"),
        "net.inp:32: [CONTROLS] LINK AC CLOSED: a control is not carried out; write the state",
    ),
    "a rule": (
        ("[STATUS]", "[RULES]\n RULE 1\n IF TANK T LEVEL BELOW 20\n THEN PIPE AC STATUS = CLOSED"),
        "net.inp:32: [RULES] RULE 1: a rule is not carried out",
    ),
    "an emitter": (
        ("[STATUS]", "[EMITTERS]\n C 0.5"),
        "net.inp:32: [EMITTERS] C: an emitter cannot be solved here; give a demand",
    ),
    "demands that depend on pressure": (
        ("HEADLOSS", "DEMAND MODEL PDA\n HEADLOSS"),
        "net.inp:37: [OPTIONS] DEMAND: demands of model PDA cannot be solved here",
    ),
    "another law of friction": (
        ("HEADLOSS D-W", "Headloss H-W"),
        "net.inp:37: [OPTIONS] HEADLOSS: H-W is not Darcy-Weisbach; write D-W",
    ),
    "no law of friction": (("HEADLOSS D-W", ""), "[OPTIONS] HEADLOSS: H-W is not Darcy-Weisbach"),
    "a pump of constant power": (
        ("HEAD GAIN", "POWER 5"),
        "net.inp:16: [PUMPS] P: a pump of constant power cannot be",
    ),
    "a pump's curve that rises": (
        ("GAIN 15 9", "GAIN 15 19"),
        "net.inp:16: [PUMPS] P: its curve GAIN rises",
    ),
    "a curve of losses that falls": (
        ("TCV 12 0", "GPV GAIN 0"),
        "net.inp:18: [VALVES] V: its curve GAIN falls, or has one",
    ),
    "a curve that loses at no flow": (
        ("TCV 12 0", "GPV HIGH 0\n[CURVES]\n HIGH 0 1\n HIGH 5 2"),
        "net.inp:18: [VALVES] V: its curve HIGH loses 9.81e+03 Pa at no flow; begin it with 0 0",
    ),
    "a status where a loss should stand": (
        ("AC A C 60 100 0.1", "AC A C 60 100 0.1 CV"),
        "net.inp:13: [PIPES] AC: its status CV stands where its loss should; write 0 CV",
    ),
    "a pipe that is too short of entries": (
        ("AC A C 60 100 0.1", "AC A C 60 100"),
        "[PIPES] AC: a pipe has 6 entries at least, not 5",
    ),
    "a pipe without a bore": (
        ("AC A C 60 100", "AC A C 60 0"),
        "net.inp:13: [PIPES] AC: its diameter 0 is not above 0",
    ),
    "a node that is not there": (
        ("AC A C 60", "AC A X 60"),
        "net.inp:13: this is no EPANET file that can be read: ",
    ),
    "an empty tank": (("T 0 22 1 40", "T 0 1 1 40"), "net.inp:10: [TANKS] T: it begins full or"),
}


@pytest.mark.parametrize(("edit", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_solved_is_told_by_line_section_and_name(solve, edit, said):
    ran, _ = solve(edited(edit))
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_of_many_lines_twenty_are_told(solve):
    controls = "".join(f" LINK AC CLOSED AT TIME {hour}\n" for hour in range(1, 31))
    ran, _ = solve(edited(("[STATUS]", f"[CONTROLS]\n{controls}[STATUS]")))
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 21
    assert ran.err.endswith("net.inp: 10 more lines like these\n")


def test_what_comes_later_is_told_and_the_beginning_solved(solve):
    ran, flows = solve(edited(("[TIMES]", "[TIMES]\n DURATION 24:00")))
    assert ran.code == 0
    assert flows == solve(NET)[1]
    assert ran.err.endswith(
        "net.inp:34: [TIMES] DURATION: only the state at time 0 is solved, with patterns and "
        "levels as they begin\n"
    )


@pytest.mark.parametrize("name", ["filling", "generations", "hybrid", "in_row", "ring_main"])
def test_our_own_files_are_read_back_to_the_same_flows(solve, epanet, name):
    one = study(twin.load(ROOT / "layouts" / f"coolant_{name}.toml"))
    ids = one.table("loop").ids
    for row in [flow.circuit.row for flow in one(loop_flows)]:
        loop = solved(one, str(ids[row]))
        text = inp(one, loop)
        ran, flows = solve(text)
        assert (ran.code, ran.err) == (0, "")
        racks = one.table("rack").ids[loop.racks.row].tolist()
        cdus = one.table("cdu").ids[loop.units].tolist()
        own = np.concatenate([loop.rack_lpm[0], loop.unit_lpm[0]]) / 60000.0
        here = [k for k, link in enumerate([*racks, *cdus]) if link in flows]
        assert len(here) > len(cdus)
        got = [flows[link] for link in [*racks, *cdus] if link in flows]
        assert got == pytest.approx(own[here], rel=1e-4)
        them = epanet(text, list(flows)) / 1000.0
        assert list(flows.values()) == pytest.approx(them, rel=1e-4, abs=1e-6)


PLANTS = {
    "a ring": ("ring_main", "FWS", {}),
    "fan walls": ("hybrid", "CHW", {}),
    "a sensor away": ("ring_main", "FWS", {"coolant.plants.FWS.sensor": "F2"}),
    "valves that do not close": ("ring_main", "FWS", {"coolant.cdus.*.valve_min": 0.8}),
    "too little pressure": ("ring_main", "FWS", {"coolant.plants.FWS.set_kpa": 8}),
}


@pytest.mark.parametrize(("name", "plant", "changes"), PLANTS.values(), ids=PLANTS)
def test_plants_are_written_and_read_back_too(solve, epanet, name, plant, changes):
    site = twin.load(ROOT / "layouts" / f"coolant_{name}.toml")
    one = study(twin.change(site, changes))
    found = solved(one, plant)
    text = twin.export(one.site, plant)
    assert text.startswith(f"[TITLE]\n; plant {plant} of coolant_{name}\n")
    ran, flows = solve(text)
    assert (ran.code, ran.err) == (0, "")
    users = [one.site.name_of(s).partition(":")[2] for s in found.subject.tolist()]
    got = np.array([flows[user] for user in users]) * 60000.0
    # Exported without losses, so that no other loop's case asks for more.
    assert got == pytest.approx(found.got_lpm[found.of_case[0]], rel=1e-4)
    assert 60000.0 * flows[plant] == pytest.approx(found.pump_lpm[found.of_case[0]], rel=1e-4)
    them = epanet(text, list(flows)) / 1000.0
    assert list(flows.values()) == pytest.approx(them, rel=1e-4, abs=1e-6)
