"""`twin solve hydraulics`: a network in, tables out, and what is told about wrong ones."""

import copy
import csv
import io
import json
import sys

import numpy as np
import pytest

from benchmarks.racks_loop import racks_loop

LOOP = {
    "node": ["REF", "S", "R"], "link": ["EXP", "PUMP", "RACK", "RACK 2"],
    "fr": [0, 2, 1, 1], "to": [2, 1, 2, 2], "kind": [0, 2, 1, 3],
    "L": [1.0, 0, 0, 0], "D": [0.1, 1.0, 0.04, 0], "eps": [4.5e-5, 0, 0, 0],
    "K": [0.0, 0, 70.0, 0], "P0": [0, 2e5, 0, 0], "B": [0, 1e9, 0, 0], "R": [0, 0, 0, 1e10],
    "rho": 1012.5, "mu": 1.54e-3, "ref": 0, "p_ref": 2e5,
}  # fmt: skip


@pytest.fixture
def solve(cli, tmp_path):
    """Run `twin solve hydraulics` on a network; return the run and its rows."""

    def call(data, *options):
        path = tmp_path / "net.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        ran = cli("solve", "hydraulics", path, *options)
        return ran, list(csv.DictReader(io.StringIO(ran.out)))

    return call


def changed(**columns):
    """Return the small loop with some entries replaced: `D=(2, 0.0)`."""
    data = copy.deepcopy(LOOP)
    for key, value in columns.items():
        if isinstance(value, tuple):
            data[key][value[0]] = value[1]
        else:
            data[key] = value
    return data


def test_flows_and_pressures(solve, tmp_path):
    ran, rows = solve(LOOP, "--nodes", tmp_path / "p.csv")
    assert (ran.code, ran.err) == (0, "")
    q = {row["link"]: float(row["q_m3s"]) for row in rows}
    assert list(q) == LOOP["link"]
    assert q["PUMP"] == pytest.approx(q["RACK"] + q["RACK 2"], abs=1e-10)
    table = csv.DictReader((tmp_path / "p.csv").read_text(encoding="utf-8").splitlines())
    p = {row["node"]: float(row["p_pa"]) for row in table}
    assert p["REF"] == 2e5
    assert p["S"] - p["R"] == pytest.approx(2e5 - 1e9 * q["PUMP"] ** 2, abs=1)
    assert p["S"] - p["R"] == pytest.approx(1e10 * q["RACK 2"] ** 2, abs=1)


def test_closed_links_and_scenarios_say_the_same(solve, tmp_path):
    table = tmp_path / "s.csv"
    table.write_text("scenario,closed\nhealthy,\none,RACK 2\npump,PUMP\nrack and pump,RACK PUMP\n")
    ran, rows = solve(LOOP, "--scenarios", table)
    assert ran.code == 0
    assert ran.out.startswith("scenario,RACK\nhealthy,0.00")
    _, healthy = solve(LOOP)
    _, one = solve(LOOP, "--closed", "RACK 2")
    assert rows[0]["RACK"] == healthy[2]["q_m3s"]
    assert rows[1]["RACK"] == one[2]["q_m3s"]
    assert one[3]["q_m3s"] == "0.0"
    assert rows[3]["RACK"] == "0.0"
    assert abs(float(rows[2]["RACK"])) < 1e-9


def test_several_references_and_valves(solve):
    data = changed(ref=[0, 1], p_ref=[2e5, 2.5e5], kind=(1, 3), R=[0, 1e9, 0, 1e10])
    ran, rows = solve({**data, "hold": [None, None, 1e-4, None], "one_way": [0, 1, 0, 0]})
    assert ran.code == 0
    q = [float(row["q_m3s"]) for row in rows]
    assert q[1] == pytest.approx(0, abs=1e-9)  # from R to S against the pressure
    assert q[2] == pytest.approx(1e-4, rel=1e-6)
    assert q[3] == pytest.approx((5e4 / 1e10) ** 0.5, rel=1e-2)


def test_no_solution_ends_with_three(solve):
    data = changed(link=["EXP", "PUMP", "RACK", "R2"])
    data |= {"one_way": [1, 0, 0, 0], "demand": [0, -1e-3, 0]}  # nothing may leave by REF
    ran, rows = solve(data)
    assert ran.code == 3
    assert {row["q_m3s"] for row in rows} == {""}
    assert ran.err.startswith("twin: no flows were found (residual ")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (changed(D=(2, 0.0)), "D[2] (RACK): 0 is not above 0"),
        (changed(L=(0, float("nan"))), "L[0] (EXP): nan is not a finite number"),
        (changed(kind=(3, 9)), "kind[3] (RACK 2): there is no kind 9; write a number from 0 to 3"),
        (changed(to=(3, 7)), "to[3] (RACK 2): there is no node 7"),
        (changed(to=(3, 1)), "to[3] (RACK 2): 1 is the node where the link begins"),
        (changed(B=(1, -1e9)), "B[1] (PUMP): -1000000000 is negative: the pump's curve would rise"),
        (changed(link=(1, "EXP")), 'link[1]: "EXP" already stands in link[0]'),
        (changed(ref=[], p_ref=[]), "ref: no pressure is held"),
        ({k: v for k, v in LOOP.items() if k != "ref"}, "ref: there is no column ref"),
        ({k: v for k, v in LOOP.items() if k != "rho"}, "rho: there is no column rho"),
        (changed(K=[1.0]), "K: it has 1 entries, not 4"),
        (changed(eps=(0, 0.2)), "eps[0] (EXP): 0.2 is not below D"),
        ([1, 2], "this JSON holds no columns by name"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_key(solve, data, said):
    ran, _ = solve(data)
    assert ran.code == 2
    assert f"net.json: {said}" in ran.err


def test_all_is_told_at_once(solve, tmp_path):
    ran, _ = solve({**changed(D=(2, 0.0), to=(3, 7)), "mu": -1.0})
    assert (ran.code, len(ran.err.splitlines())) == (2, 3)
    ran, _ = solve(LOOP, "--closed", "RAK")
    assert ran.code == 2
    assert '--closed: there is no link "RAK"' in ran.err
    table = tmp_path / "s.csv"
    table.write_text("scenario,closed\na,RAK\nb,PUMPE EXP\n")
    ran, _ = solve(LOOP, "--scenarios", table)
    assert ran.code == 2
    assert 's.csv row 2: closed: there is no link "RAK"' in ran.err
    assert 'Did you mean "PUMP"?' in ran.err


def test_a_check_valve_against_all_flow_is_told_by_name(solve):
    against = changed(one_way=[name == "RACK" for name in LOOP["link"]])
    k = LOOP["link"].index("RACK")
    ran, rows = solve(against)
    assert (ran.code, ran.err) == (0, "")  # with the flow
    against["fr"][k], against["to"][k] = against["to"][k], against["fr"][k]
    ran, rows = solve(against)
    q = {row["link"]: float(row["q_m3s"]) for row in rows}
    assert ran.code == 0
    assert abs(q["RACK"]) < 1e-9
    assert "twin: RACK lets nothing flow from " in ran.err
    assert "kPa stand against it" in ran.err
    ran, _ = solve(against, "--closed", "RACK")
    assert ran.err == ""


def test_a_pump_against_more_than_it_gives_is_told(solve, tmp_path):
    weak = copy.deepcopy(LOOP)
    for values in weak.values():
        if isinstance(values, list) and len(values) == len(LOOP["link"]):
            values.append(values[LOOP["link"].index("PUMP")])
    weak["link"][-1] = "WEAK"
    weak["P0"][-1] = 1000.0
    ran, rows = solve(weak)
    assert abs(float(next(row for row in rows if row["link"] == "WEAK")["q_m3s"])) < 1e-9
    assert "twin: WEAK lets nothing flow" in ran.err
    table = tmp_path / "s.csv"
    table.write_text("scenario,closed\nnone,\na,PUMP\nb,RACK 2\nc,WEAK\nd,PUMP WEAK\n")
    ran, _ = solve(weak, "--scenarios", str(table))
    (line,) = ran.err.splitlines()
    assert line.startswith("twin: WEAK lets nothing flow from ")
    assert " in none, b: up to " in line
    assert line.endswith(" kPa stand against it")
    table.write_text("scenario,closed\na,PUMP\nb,\n")
    ran, _ = solve(weak, "--scenarios", str(table))
    assert " in b: " in ran.err
    assert "up to" not in ran.err
    table.write_text("scenario,closed\n" + "".join(f"s{k},\n" for k in range(10)))
    ran, _ = solve(weak, "--scenarios", str(table))
    assert "in s0, s1, s2, s3, s4, s5, s6, s7 and 2 more: up to " in ran.err


def test_scenarios_of_a_network_without_losses_show_its_resistances(solve, tmp_path):
    table = tmp_path / "s.csv"
    table.write_text("scenario,closed\nnone,\na,RACK 2\n")
    bare = copy.deepcopy(LOOP)
    other = {1: 3}
    bare["kind"] = [other.get(kind, kind) for kind in bare["kind"]]
    bare["R"] = [1e10] * len(bare["kind"])
    bare["n"] = [2.0] * len(bare["kind"])
    ran, rows = solve(bare, "--scenarios", table)
    assert ran.code == 0
    names = [name for name, kind in zip(bare["link"], bare["kind"], strict=True) if kind == 3]
    assert list(rows[0]) == ["scenario", *names]
    assert names
    assert float(rows[1]["RACK 2"]) == 0


def test_an_epanet_file_has_the_same_flows(solve, cli, tmp_path):
    with np.printoptions():  # wntr changes how arrays are shown
        pytest.importorskip("wntr")
    loop = racks_loop(32)
    path = tmp_path / "loop.inp"
    path.write_text(loop.inp(), encoding="utf-8")
    ran = cli("solve", "hydraulics", path, "--nodes", tmp_path / "p.csv")
    assert (ran.code, ran.err) == (0, "")
    q = {row["link"]: float(row["q_m3s"]) for row in csv.DictReader(io.StringIO(ran.out))}
    _, rows = solve(loop.json())
    for row in rows:
        assert q[row["link"]] == pytest.approx(float(row["q_m3s"]), rel=1e-6, abs=1e-9)
    path.write_text(loop.inp().replace("D-W", "H-W"), encoding="utf-8")
    ran = cli("solve", "hydraulics", path)
    assert ran.code == 2
    assert "[OPTIONS] HEADLOSS: H-W is not Darcy-Weisbach; write D-W" in ran.err


def test_without_wntr_it_says_what_to_install(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wntr", None)
    path = tmp_path / "loop.inp"
    path.write_text("[END]\n", encoding="utf-8")
    ran = cli("solve", "hydraulics", path)
    assert ran.code == 3
    assert "EPANET files are read through wntr; install twin[epanet]" in ran.err
