"""A loop written for EPANET: EPANET itself solves it to the same flows."""

import re
from pathlib import Path

import numpy as np
import pytest

import twin
from twin.errors import InputError, SolveError
from twin.exchange.epanet import inp
from twin.exchange.epanet_state import solved
from twin.pipeline import study

ROOT = Path(__file__).parents[2]
LAYOUT = ROOT / "layouts" / "coolant_in_row.toml"
FLOW, HEAD = 8, 10  # as the toolkit numbers what it gives


@pytest.fixture(scope="module")
def site():
    return twin.load(LAYOUT)


@pytest.fixture
def epanet(tmp_path):
    """Solve the text of a file; return the flow of a link, L/min, and the head of a node, m."""
    with np.printoptions():  # wntr changes how arrays are shown
        toolkit = pytest.importorskip("wntr.epanet.toolkit")

    def call(text):
        for name in ("a.inp", "a.rpt", "a.bin"):
            (tmp_path / name).write_text(text if name == "a.inp" else "", encoding="ascii")
        engine = toolkit.ENepanet()
        engine.ENopen(*(str(tmp_path / name) for name in ("a.inp", "a.rpt", "a.bin")))
        engine.ENopenH()
        engine.ENinitH(0)
        engine.ENrunH()
        # 5: a valve stands open; 6: pressures below that of the air.
        assert engine.errcode in {0, 5, 6}

        def flow(link):
            return 60.0 * engine.ENgetlinkvalue(engine.ENgetlinkindex(link), FLOW)

        def head(node):
            return engine.ENgetnodevalue(engine.ENgetnodeindex(node), HEAD)

        return flow, head

    return call


CASES = {
    "as written": {},
    "sensor away": {"coolant.loops.T1.sensor": "M1.end", "coolant.loops.T1.set_kpa": 100},
    "sensor out of reach": {"coolant.loops.T1.sensor": "M1.end", "coolant.loops.T1.set_kpa": 400},
    "flow held": {"coolant.loops.T1.control": "flow", "coolant.loops.T1.set_lpm": 500},
    "speed held": {"coolant.loops.T1.control": "speed", "coolant.loops.T1.set_speed": 1.0},
    "reverse return": {"coolant.manifolds.M1.returns": "reverse"},
    "flow valves": {"coolant.hookups.STD.independent": True},
    "one flow valve that is open": {"coolant.hookups.STD.hold_lpm": 500},
    "narrow": {"coolant.manifolds.M1.bore_m": 0.05, "coolant.hookups.STD.check": True},
    "at rest": {"coolant.loops.T1.static_kpa": 150},
}


def test_a_rack_that_goes_with_the_square_is_a_throttle_valve(site, epanet, monkeypatch):
    law = 58.6e3 / (119 / 60000) ** 2
    monkeypatch.setattr("twin.solve.coolant.branches.power_law", lambda *_: (law, 2.0))
    one = study(site)
    loop = solved(one, "T1")
    text = inp(one, loop)
    assert "TCV" in text
    assert "GPV" not in text
    assert epanet(text)[0]("G3") == pytest.approx(loop.rack_lpm[0, 2], rel=1e-5)


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_epanet_finds_the_same_flows_and_pressures(site, epanet, changes):
    one = study(twin.change(site, changes))
    loop = solved(one, "T1")
    flow, head = epanet(inp(one, loop))
    racks = one.table("rack").ids[loop.racks.row]
    got = np.array([flow(rack) for rack in racks.tolist()])
    assert got == pytest.approx(loop.rack_lpm[0], rel=1e-4)
    cdus = one.table("cdu").ids[loop.units]
    assert [flow(c) for c in cdus.tolist()] == pytest.approx(loop.unit_lpm[0], rel=1e-4)
    rho = 1000.0 * float(re.search(r"^SPECIFIC GRAVITY ([\d.]+)$", inp(one, loop), re.MULTILINE)[1])
    static = 150.0 if "coolant.loops.T1.static_kpa" in changes else 0.0
    place = loop.circuit.label.tolist().index("M1/3 supply")
    kpa = head("M1/3:s") * rho * 32.2 * 0.3048 / 1000.0
    assert kpa == pytest.approx(static + loop.moved.p_pa[0, place] / 1000.0, abs=0.05)


def test_names_are_such_that_epanet_takes_them(epanet, tmp_path):
    text = LAYOUT.read_text(encoding="utf-8")
    for old, new in (("racks.G1", 40 * "g"), ("racks.G2", 40 * "g" + "2"), ("racks.G3", "G; 3")):
        text = text.replace(f"[{old}]", f'[racks."{new}"]')
    (tmp_path / "long.toml").write_text(text, encoding="utf-8")
    one = study(twin.load(tmp_path / "long.toml"))
    written = inp(one, loop := solved(one, None))
    assert written.isascii()
    flow, _ = epanet(written)
    got = [flow(name) for name in (31 * "g", 29 * "g" + "~2", "G__3", "G4")]
    assert got == pytest.approx(loop.rack_lpm[0, :4], rel=1e-4)


def test_what_is_approximated_stands_in_the_file(site):
    text = twin.export(site, "T1")
    assert text.startswith("[TITLE]\n; loop T1 of coolant_in_row\n")
    assert "have lengths and loss coefficients" in text
    assert text.endswith("[END]\n")


def test_a_loop_that_is_not_there_is_told_with_a_near_one(site):
    with pytest.raises(InputError, match=r'there is no loop "T11".*Did you mean "T1"'):
        twin.export(site, "T11")


def test_a_loop_without_pipes_and_one_that_cannot_be_solved(tmp_path):
    bare = twin.load(ROOT / "tests" / "rules" / "base.toml")
    with pytest.raises(InputError, match="no loop says how its pipes run"):
        twin.export(bare)
    text = LAYOUT.read_text(encoding="utf-8")
    (tmp_path / "lacking.toml").write_text(text.replace("bore_m = 0.0254", ""), encoding="utf-8")
    lacking = twin.load(tmp_path / "lacking.toml")
    with pytest.raises(SolveError, match=r"loop T1 cannot be solved: coolant.hookups.STD.bore_m"):
        twin.export(lacking)


def test_a_loop_without_racks_or_cdus_says_what_it_lacks(site):
    empty = twin.change(site, [twin.Change("remove", "racks.*")])
    with pytest.raises(SolveError, match="no rack that takes coolant stands on its manifolds"):
        twin.export(empty, "T1")
