"""Coolant networks against EPANET and pandapipes."""

import io
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.racks_loop import P_REF, racks_loop
from tests.solve.looped import network, solved
from twin.solve.hydraulics import solve as solving
from twin.solve.hydraulics.laws import compile_laws
from twin.solve.hydraulics.links import Kind, Links
from twin.solve.hydraulics.solve import solve
from twin.solve.hydraulics.topology import compile_topology

# Of the 815 links of `racks_loop(256)`, m3/s: EPANET 2.2 by its toolkit, accuracy 1e-7; pandapipes
# 0.12 with Swamee-Jain; EPANET with PUMP0 closed.
FLOWS = """
RACK0_0    0.0022766995  0.002276603500  0.0020876062
RACK0_7    0.0022458872  0.002245794123  0.0020591976
RACK0_15   0.0022394447  0.002239352247  0.0020532452
RACK8_3    0.0022557362  0.002255642147  0.0020812588
RACK15_0   0.0022694817  0.002269386303  0.0020968338
RACK15_15  0.0022323371  0.002232245340  0.0020623314
SMin0      0.0359975828  0.035996088012  0.0330055597
SMp8_9     0.0156577482  0.015657102936  0.0144459243
RMp15_15   0.0022323371  0.002232245340  0.0020623314
SHp1       0.0358106785  0.035809194509 -0.0330055690
SHp2      -0.0001725416 -0.000172532230 -0.0660245206
SHp8      -0.0003936313 -0.000393607043 -0.0374210188
RHp15      0.0358833734  0.035881888570  0.0331515656
PUMP0      0.0718082613  0.071805282522  0.0000000000
PUMP7      0.0719537839  0.071950803447  0.0756833378
HX3        0.0718708153  0.071867835981  0.0757120260
"""
# Pa, EPANET and pandapipes.
PRESSURES = """
SH0     317799.03 317804.0420
SM0_15  312308.06 312313.0108
RM0_0   203699.20 203699.2855
RM0_15  205490.98 205491.0312
CD0     382212.66 382220.6083
SH15    317426.44 317431.4784
SM15_15 311969.56 311974.5338
CD7     382148.53 382156.5029
"""


def table(text):
    names = [line.split()[0] for line in text.strip().splitlines()]
    return names, np.loadtxt(io.StringIO(text), usecols=range(1, 4 if "RACK" in text else 3))


def hall(**more):
    """Solve the hall of 256 racks; return flows and pressures by name."""
    loop = racks_loop(256)
    topology, laws = compiled(loop)
    closed = np.isin(loop.link, more.get("closed", []))
    found = solve(topology, laws, np.array([P_REF]), closed=closed)
    assert found.converged[0]
    return (
        dict(zip(loop.link, found.q_m3s[0], strict=True)),
        dict(zip(loop.node, found.p_pa[0], strict=True)),
    )


def test_hall_of_256_racks():
    q, p = hall()
    names, expected = table(FLOWS)
    ours = [q[name] for name in names]
    assert ours == pytest.approx(expected[:, 0], rel=1e-4)
    assert ours == pytest.approx(expected[:, 1], rel=1e-5)
    names, expected = table(PRESSURES)
    for column in expected.T:
        assert [p[name] for name in names] == pytest.approx(column, abs=10)
    assert [p[name] for name in names] == pytest.approx(expected[:, 1], abs=0.1)


def test_hall_of_256_racks_without_a_pump():
    q, _ = hall(closed=["PUMP0"])
    names, expected = table(FLOWS)
    assert [q[name] for name in names] == pytest.approx(expected[:, 2], rel=1e-4)


def compiled(loop):
    """Topology and laws of a network of racks."""
    at = {name: np.array(column) for name, column in loop.columns.items()}
    links = Links(
        at["kind"], at["L"], at["D"], at["eps"], at["K"], resistance=at["B"], lift_pa=at["P0"],
        rho_kg_m3=1012.4793508847888, mu_pa_s=0.0015417437274548652,
    )  # fmt: skip
    topology = compile_topology(len(loop.node), at["fr"], at["to"], np.array([0]))
    return topology, compile_laws(links)


def test_losses_of_a_hall_in_a_batch_are_near_to_a_solve_a_thousand_times_as_sharp(monkeypatch):
    loop = racks_loop(256)
    lost = [k for k, name in enumerate(loop.link) if name.startswith(("PUMP", "HX", "SHp"))]
    closed = np.zeros((len(lost), len(loop.link)), dtype=bool)
    closed[np.arange(len(lost)), lost] = True
    topology, laws = compiled(loop)
    batch = solve(topology, laws, np.array([P_REF]), closed=closed)
    monkeypatch.setattr(solving, "PART_OF_HEAD", 1e-9)
    monkeypatch.setattr(solving, "STEP_M3S", 1e-12)
    sharp = solve(topology, laws, np.array([P_REF]), closed=closed)
    assert batch.converged.all()
    assert (batch.imbalance < 1e-8).all()
    racks = np.array([name.startswith("RACK") for name in loop.link])
    mean = sharp.q_m3s[:, racks].mean(axis=1, keepdims=True)
    assert np.abs((batch.q_m3s - sharp.q_m3s)[:, racks] / mean).max() < 5e-4
    one = solve(topology, laws, np.array([P_REF]), closed=closed[7])
    monkeypatch.undo()
    again = solve(topology, laws, np.array([P_REF]), closed=closed[7])
    assert (again.q_m3s[0] == batch.q_m3s[7]).all()
    assert one.q_m3s[0] == pytest.approx(sharp.q_m3s[7], abs=1e-12)


# ------------------------------------------------------------------------- EPANET, where it is


@pytest.mark.parametrize("closed", [(), ("PUMP0",)])
def test_every_link_of_the_hall_of_256_racks(tmp_path, closed):
    loop = racks_loop(256)
    q, _ = hall(closed=closed)
    text = loop.inp()
    if closed:
        status = "".join(f"{name} CLOSED\n" for name in closed)
        text = text.replace("[END]", f"[STATUS]\n{status}\n[END]")
        assert status in text
    expected = epanet(tmp_path, text, loop.link)
    ours = np.array([q[name] for name in loop.link])
    large = np.abs(expected) > 1e-6
    assert large.sum() > 800
    assert ours[large] == pytest.approx(expected[large], rel=1e-4)


def epanet(tmp_path, text, names):
    """Return EPANET's flows of some links, m3/s."""
    with np.printoptions():  # wntr changes how arrays are shown
        toolkit = pytest.importorskip("wntr.epanet.toolkit")
    (tmp_path / "net.inp").write_text(text, encoding="utf-8")
    engine = toolkit.ENepanet()
    engine.ENopen(*(str(tmp_path / f"net.{end}") for end in ("inp", "rpt", "bin")))
    engine.ENopenH()
    engine.ENinitH(10)
    engine.ENrunH()
    flows = [engine.ENgetlinkvalue(engine.ENgetlinkindex(name), 8) / 1e3 for name in names]
    engine.ENclose()
    return np.array(flows)


def test_a_row_at_a_tenth_of_its_flow(tmp_path):
    """Racks of a hundred times the loss: manifolds in and about the transition."""
    loop = racks_loop(32)
    loop.columns["K"] = [
        k * 100 if name.startswith("RACK") else k
        for name, k in zip(loop.link, loop.columns["K"], strict=True)
    ]
    at = {name: np.array(column) for name, column in loop.columns.items()}
    topology, laws = compiled(loop)
    q = solve(topology, laws, np.array([P_REF])).q_m3s[0]
    reynolds = 4 * 1012.479 * np.abs(q) / (np.pi * 0.1541 * 0.00154174)
    some = (at["kind"] == Kind.PIPE) & (reynolds > 2000) & (reynolds < 4000)
    assert some.sum() >= 4
    expected = epanet(tmp_path, loop.inp(), loop.link)
    large = np.abs(expected) > 1e-6
    assert q[large] == pytest.approx(expected[large], rel=1e-4)


@pytest.mark.parametrize("seed", range(12))
def test_random_networks(tmp_path, seed):
    """Several held pressures, pumps and demands; minor losses as EPANET rounds them."""
    net = network(seed, 20, 12, 1 + seed % 3)
    fr, to, links, held, held_pa, demand = net
    kind = np.where(links.kind == Kind.POWER, Kind.PIPE, links.kind)
    links = Links(
        kind, links.length_m, links.diameter_m, 4.5e-5, links.loss_k, resistance=2e9,
        lift_pa=links.lift_pa, rho_kg_m3=1012.5, mu_pa_s=1.54e-3,
    )  # fmt: skip
    rounded = replace(links, loss_k=links.loss_k * 0.02517 / (8 / (np.pi**2 * 32.2)))
    q = solved(fr, to, rounded, held, held_pa, demand).q_m3s[0]
    names = [f"L{k}" for k in range(len(fr))]
    expected = epanet(tmp_path, inp(fr, to, links, held, held_pa, demand), names)
    large = np.abs(expected) > 1e-6
    # Its litres in a cubic foot are rounded as well: small flows between large ones take it all.
    assert q[large] == pytest.approx(expected[large], rel=1e-5, abs=2e-5 * np.abs(q).max())


def inp(fr, to, links, held, held_pa, demand):
    """Write a network of pipes, losses and pumps for EPANET."""
    weight = 1012.5 * 32.2 * 0.3048
    parts = {name: [] for name in ("JUNCTIONS", "RESERVOIRS", "PIPES", "PUMPS", "VALVES", "CURVES")}
    for k, need in enumerate(demand):
        if k in held:
            parts["RESERVOIRS"].append(f"N{k} {held_pa[held == k][0] / weight!r}")
        else:
            parts["JUNCTIONS"].append(f"N{k} 0 {need * 1e3!r}")
    for k, kind in enumerate(links.kind):
        ends = f"L{k} N{fr[k]} N{to[k]}"
        d, loss = links.diameter_m[k] * 1e3, links.loss_k[k]
        if kind == Kind.PIPE:
            parts["PIPES"].append(f"{ends} {links.length_m[k]!r} {d!r} 0.045 {loss!r} Open")
        elif kind == Kind.LOSS:
            # A valve may not touch a reservoir in EPANET: a short pipe of the same loss.
            parts["PIPES"].append(f"{ends} 1e-7 {d!r} 0.045 {loss!r} Open")
        else:
            parts["PUMPS"].append(f"{ends} HEAD C{k}")
            lift, end = links.lift_pa[k], np.sqrt(links.lift_pa[k] / 2e9)
            for part in (0.0, 0.4, 0.8):
                head = (lift - 2e9 * (part * end) ** 2) / weight
                parts["CURVES"].append(f"C{k} {part * end * 1e3!r} {head!r}")
    parts["OPTIONS"] = [
        "UNITS LPS", "HEADLOSS D-W", "SPECIFIC GRAVITY 1.0125", "TRIALS 200", "ACCURACY 1e-8",
        f"VISCOSITY {1.54e-3 / 1012.5 / (1.1e-5 * 0.3048**2)!r}",
    ]  # fmt: skip
    parts["REPORT"] = ["STATUS NO", "SUMMARY NO"]
    text = "\n".join("\n".join((f"[{name}]", *lines, "")) for name, lines in parts.items())
    return text.replace("np.float64(", "").replace(")", "") + "[END]\n"
