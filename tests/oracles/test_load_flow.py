"""Load flow against other programs and published networks."""

import csv
import io

import numpy as np
import pytest

from benchmarks.dual_fed import dual_fed
from tests.solve import dense
from tests.solve.test_radial_losses import hall
from twin.solve.radial.after import state
from twin.solve.radial.balanced import magnetising, per_unit, sweep
from twin.solve.radial.tree import compile_tree

# The hall of 256 racks in `dual_fed`, solved by others. Feeders are alike, and so are the busways
# of a transformer: eight places along a feeder, each with the ring main, the transformer's low
# side and four taps, are all the voltages that there are.
PANDAPOWER = """
0.998017184925 0.988540779223 0.987514745302 0.987453184126 0.987412142735 0.987391621857
0.997901542978 0.988423948991 0.987397793514 0.987336225046 0.987295178792 0.987274655483
0.997802419255 0.988323806473 0.987297546780 0.987235972058 0.987194921636 0.987174396243
0.997719814705 0.988240352739 0.987214006181 0.987152426248 0.987111372351 0.987090845220
0.997653730117 0.988173588681 0.987147172619 0.987085588516 0.987044531839 0.987024003318
0.997604166124 0.988123515013 0.987097046817 0.987035459586 0.986994400823 0.986973871260
0.997571123198 0.988090132270 0.987063629314 0.987002039998 0.986960979845 0.986940449586
0.997554601656 0.988073440809 0.987046920473 0.986985330114 0.986944269266 0.986923738659
"""
OPENDSS = """
0.998017143892 0.988540737772 0.987514703809 0.987453142630 0.987412101237 0.987391580359
0.997901501940 0.988423907535 0.987397752016 0.987336183544 0.987295137289 0.987274613979
0.997802378213 0.988323765013 0.987297505277 0.987235930553 0.987194880129 0.987174354735
0.997719773659 0.988240311275 0.987213964674 0.987152384739 0.987111330840 0.987090803709
0.997653689069 0.988173547214 0.987147131110 0.987085547004 0.987044490326 0.987023961804
0.997604125073 0.988123473544 0.987097005305 0.987035418072 0.986994359308 0.986973829743
0.997571082146 0.988090090800 0.987063587802 0.987001998483 0.986960938328 0.986940408068
0.997554560604 0.988073399339 0.987046878960 0.986985288598 0.986944227748 0.986923697141
"""


def place_of(name):
    """Return place along the feeder, and which of its six voltages, of a node's name."""
    parts = name.split("_")
    if name.startswith("MV"):
        return int(parts[2]), 0
    return int(parts[1]) % 8, 1 if name.startswith("TX") else 2 + int(parts[3])


@pytest.mark.parametrize(("table", "within"), [(PANDAPOWER, 1e-9), (OPENDSS, 2e-6)])
def test_dual_fed_hall_of_256_racks(table, within):
    grid, racks = hall(256)
    expected = np.loadtxt(io.StringIO(table))
    found = state(grid, racks)
    assert found.v_pu[0] == 1.0
    for name, v in zip(dual_fed(256).node[1:], found.v_pu[1:], strict=True):
        assert v == pytest.approx(expected[place_of(name)], abs=within), name


# M. E. Baran, F. F. Wu, "Network reconfiguration in distribution systems for loss reduction and
# load balancing", IEEE Trans. Power Delivery 4(2), 1989: 33 buses at 12.66 kV, ties open.
BARAN_WU = """
from,to,r_ohm,x_ohm,kw,kvar
1,2,0.0922,0.0470,100,60
2,3,0.4930,0.2511,90,40
3,4,0.3660,0.1864,120,80
4,5,0.3811,0.1941,60,30
5,6,0.8190,0.7070,60,20
6,7,0.1872,0.6188,200,100
7,8,0.7114,0.2351,200,100
8,9,1.0300,0.7400,60,20
9,10,1.0440,0.7400,60,20
10,11,0.1966,0.0650,45,30
11,12,0.3744,0.1238,60,35
12,13,1.4680,1.1550,60,35
13,14,0.5416,0.7129,120,80
14,15,0.5910,0.5260,60,10
15,16,0.7463,0.5450,60,20
16,17,1.2890,1.7210,60,20
17,18,0.7320,0.5740,90,40
2,19,0.1640,0.1565,90,40
19,20,1.5042,1.3554,90,40
20,21,0.4095,0.4784,90,40
21,22,0.7089,0.9373,90,40
3,23,0.4512,0.3083,90,50
23,24,0.8980,0.7091,420,200
24,25,0.8960,0.7011,420,200
6,26,0.2030,0.1034,60,25
26,27,0.2842,0.1447,60,25
27,28,1.0590,0.9337,60,20
28,29,0.8042,0.7006,120,70
29,30,0.5075,0.2585,200,600
30,31,0.9744,0.9630,150,70
31,32,0.3105,0.3619,210,100
32,33,0.3410,0.5302,60,40
"""
# pandapower 3.5.6 on these figures, buses 1 to 33; it stopped 3.2e-9 away from where Newton
# goes on to.
VOLTAGES = """
1.0 0.997032259799 0.982937983841 0.975456413940 0.968059233357 0.949658179105
0.946172615312 0.941328439162 0.935059374331 0.929244424937 0.928384419537 0.926884839170
0.920771750189 0.918504995487 0.917092682888 0.915724762901 0.913697549058 0.913090482286
0.996503895725 0.992926299602 0.992221795891 0.991584376928 0.979352257784 0.972681101423
0.969356112912 0.947728911941 0.945165166174 0.933725583414 0.925507481221 0.921950060872
0.917788890240 0.916873468920 0.916589825330
"""
V_BASE = 12_660.0


def lines():
    return list(csv.DictReader(io.StringIO(BARAN_WU.strip())))


def test_feeder_of_33_buses():
    rows = lines()
    parent = np.full(33, -1)
    z, s = np.zeros(33, complex), np.zeros(33, complex)
    for row in rows:
        k = int(row["to"]) - 1
        parent[k] = int(row["from"]) - 1
        z[k] = float(row["r_ohm"]) + 1j * float(row["x_ohm"])
        s[k] = (float(row["kw"]) + 1j * float(row["kvar"])) / 1e3
    z = per_unit(z, np.full(33, V_BASE), 1e6)
    flow = sweep(compile_tree(parent), z, s)
    given_kw = (flow.v[0] * np.conj(flow.current[0])).real * 1e3
    assert given_kw - s.real.sum() * 1e3 == pytest.approx(202.677, abs=5e-4)
    assert abs(flow.v[17]) == pytest.approx(0.91309, abs=5e-6)
    assert np.abs(np.abs(flow.v) - [float(v) for v in VOLTAGES.split()]).max() < 4e-9
    assert np.abs(flow.v - dense.balanced(parent, z, s)).max() < 5e-11


def test_transformer_and_busway_with_constant_power_loads():
    """13.8 to 0.48 kV, 3 MVA, 5.75 % (0.6 % resistance), core 4 kW and 0.3 %, three taps.

    pandapower 3.5.6: 0.987312 at the board, 0.984156, 0.98205 and 0.980997 at the taps, 989.485 A
    into the busway, the transformer at 68.95 %.
    """
    base_va, v_base = 3e6, np.full(5, 480.0)
    segment = 0.020 * (0.04 + 0.025j)
    z = per_unit(np.array([0, 0, segment, segment, segment]), v_base, base_va)
    z[1] = 0.006 + 1j * np.sqrt(0.0575**2 - 0.006**2)
    turn = 1 + 1j * np.tan(np.arccos(0.98))
    s = np.array([0, 1.2e6, 0.264e6, 0.264e6, 0.264e6]) * turn / base_va
    shunt = np.zeros(5, complex)
    shunt[:2] = magnetising(4.0, 0.3, 3000.0) / 2
    flow = sweep(compile_tree(np.arange(-1, 4)), z, s, y_shunt=shunt)
    expected = [1, 0.987312, 0.984156, 0.98205, 0.980997]
    assert np.abs(flow.v) == pytest.approx(expected, abs=2e-5)
    amperes = np.abs(flow.current) * base_va / (np.sqrt(3) * 480)
    assert amperes[2] / 1e3 == pytest.approx(0.989485, abs=1e-4)
    assert np.abs(flow.current[0]) == pytest.approx(0.6895, abs=1e-3)
    drop = 100 * (np.abs(flow.v[1]) - np.abs(flow.v[4]))
    assert drop == pytest.approx(0.6314, abs=1e-3)
    # At nominal voltage three, two and one tap's currents make the drop; that is too little.
    linear = 100 * (z[2] * np.conj(6 * s[2])).real
    assert linear == pytest.approx(0.6198, abs=1e-3)
    assert drop * 0.97 < linear < drop
