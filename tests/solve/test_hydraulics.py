"""Flows of looped networks: what always holds, islands, valves, batches."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solve.looped import factor, loss, network, solved
from twin.errors import SolveError
from twin.solve.hydraulics.friction import colebrook, cubic, exp_of, haaland, log_of, swamee_jain
from twin.solve.hydraulics.laws import compile_laws
from twin.solve.hydraulics.links import Friction, Kind, Links
from twin.solve.hydraulics.solve import solve
from twin.solve.hydraulics.topology import compile_topology

NETWORKS = st.builds(
    network, st.integers(0, 10**6), st.integers(3, 30), st.integers(3, 15), st.integers(1, 3)
)
VALVED = st.builds(
    network, st.integers(0, 10**6), st.integers(3, 30), st.integers(3, 15), st.integers(1, 3),
    valves=st.just(True),
)  # fmt: skip


def lacking(net, q):
    """Return what is lacking at each free node, m3/s."""
    fr, to, _, held, _, demand = net
    out = demand.copy()
    np.add.at(out, fr, q)
    np.add.at(out, to, -q)
    out[held] = 0.0
    return out


def take(links, rows):
    """Return some links."""
    columns = {
        name: getattr(links, name)[rows]
        for name in Links.__slots__
        if isinstance(getattr(links, name), np.ndarray)
    }
    return replace(links, **columns)


@settings(max_examples=40)
@given(NETWORKS)
def test_mass_and_energy_close(net):
    fr, to, links, _, _, _ = net
    flows = solved(*net)
    assert flows.converged.all()
    q, p = flows.q_m3s[0], flows.p_pa[0]
    assert np.abs(lacking(net, q)).sum() < 1e-8
    lost = p[fr] - p[to]
    back = (links.kind == Kind.PUMP) & (q <= 5e-7)
    for k in np.flatnonzero(~back):
        # Below 0.03 L/min a power law is a straight line: a few pascal.
        assert lost[k] == pytest.approx(loss(links, k, q[k]), abs=1.0 if abs(q[k]) > 1e-6 else 30)
    assert (q[back] > -1e-9).all()


@settings(max_examples=40)
@given(VALVED)
def test_valves_hold_and_let_nothing_back(net):
    net = (*net[:5], net[5] * 0)
    fr, to, links, *_ = net
    flows = solved(*net)
    assert flows.converged.all()
    q, p = flows.q_m3s[0], flows.p_pa[0]
    hold = links.hold_m3s
    assert (q[links.one_way] > -1e-9).all()
    assert not (q > hold * (1 + 1e-6)).any()
    holds = q >= hold
    for k in np.flatnonzero(holds):  # what the valve takes on top is never negative
        assert p[fr[k]] - p[to[k]] >= loss(links, k, hold[k]) - 1.0


@settings(max_examples=30)
@given(NETWORKS, st.integers(0, 10**6))
def test_numbering_changes_nothing(net, seed):
    fr, to, links, held, held_pa, demand = net
    rng = np.random.default_rng(seed)
    node, row = rng.permutation(len(demand)), rng.permutation(len(fr))
    moved = np.empty_like(demand)
    moved[node] = demand
    one = solved(*net)
    two = solved(node[fr][row], node[to][row], take(links, row), node[held], held_pa, moved)
    assert two.q_m3s[0] == pytest.approx(one.q_m3s[0][row], abs=1e-8)
    assert two.p_pa[0][node] == pytest.approx(one.p_pa[0], abs=2.0)


@settings(max_examples=30)
@given(NETWORKS, st.integers(0, 10**6))
def test_closing_is_removing(net, seed):
    fr, to, links, held, held_pa, demand = net
    gone = np.random.default_rng(seed).random(len(fr)) < 0.15
    demand = demand * 0
    shut = solved(fr, to, links, held, held_pa, demand, closed=gone)
    kept = np.flatnonzero(~gone)
    less = solved(fr[kept], to[kept], take(links, kept), held, held_pa, demand)
    assert (shut.q_m3s[0][gone] == 0).all()
    assert shut.q_m3s[0][kept] == pytest.approx(less.q_m3s[0], abs=1e-8)
    assert shut.p_pa[0] == pytest.approx(less.p_pa[0], abs=2.0, nan_ok=True)


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_batch_has_the_bits_of_single_solves(seed, warm):
    net = network(seed, 25, 15, 2, valves=seed == 3)
    m = len(net[0])
    start = solved(*net).q_m3s[0] if warm and seed != 3 else None
    closed = np.random.default_rng(seed).random((21, m)) < 0.08
    many = solved(*net, closed=closed, start_m3s=start)
    for k in range(len(closed)):
        one = solved(*net, closed=closed[k], start_m3s=start)
        for name in ("converged", "residual", "imbalance", "rounds", "q_m3s", "p_pa"):
            assert getattr(many, name)[k].tobytes() == getattr(one, name)[0].tobytes(), (k, name)


def test_scenarios_may_have_laws_demands_and_pressures_of_their_own():
    net = network(5, 15, 9)
    fr, to, links, held, held_pa, demand = net
    speed = np.array([1.0, 0.8, 0.0])[:, None] * np.ones(len(fr))
    demands = demand * np.array([1.0, 0.5, 0.25])[:, None]
    pressures = held_pa + np.array([0.0, 1e4, 2e4])[:, None]
    topology = compile_topology(len(demand), fr, to, held)
    many = solve(topology, compile_laws(replace(links, speed=speed)), pressures, demand_m3s=demands)
    for k in range(3):
        laws = compile_laws(replace(links, speed=speed[k]))
        one = solve(topology, laws, pressures[k], demand_m3s=demands[k])
        assert many.q_m3s[k].tobytes() == one.q_m3s[0].tobytes()
    assert (many.q_m3s[2][links.kind == Kind.PUMP] == 0).all()
    with pytest.raises(SolveError, match="2 and 3 scenarios"):
        solve(topology, compile_laws(links), pressures, demand_m3s=demands[:2])


def test_scenarios_may_have_curves_of_their_own():
    """A pump on a ring of pipes: curves of two to four points, some of them more than others."""
    fr, to = np.array([0, 1, 2, 1]), np.array([1, 2, 0, 0])
    flows = [np.array([0.0, 4e-3]), np.array([0.0, 1e-3, 3e-3]), np.array([0.0, 1e-3, 2e-3, 5e-3])]
    curves = tuple((q, 2e5 - 1e4 * np.arange(len(q)) ** 2) for q in flows)
    links = Links(
        np.array([Kind.CURVE, Kind.PIPE, Kind.PIPE, Kind.PIPE]), 20.0, 0.025, 4.5e-5,
        np.array([[0.0, 5, 5, 90], [0, 1, 30, 400], [0, 60, 5, 9]]), curves=curves,
        curve=np.array([[2, -1, -1, -1], [0, -1, -1, -1], [1, -1, -1, -1]]),
        rho_kg_m3=1012.5, mu_pa_s=1.54e-3,
    )  # fmt: skip
    topology = compile_topology(3, fr, to, np.array([0]))
    many = solve(topology, compile_laws(links), np.zeros(1))
    assert many.converged.all()
    for k in range(3):
        alone = replace(links, curve=links.curve[k], loss_k=links.loss_k[k])
        one = solve(topology, compile_laws(alone), np.zeros(1))
        assert many.q_m3s[k].tobytes() == one.q_m3s[0].tobytes()
        q, gain = curves[int(links.curve[k, 0])]
        assert many.p_pa[k, 1] == pytest.approx(np.interp(many.q_m3s[k, 0], q, gain), abs=1.0)
    with pytest.raises(SolveError, match="a curve that does not exist"):
        compile_laws(replace(links, curve=np.array([[3, -1, -1, -1]])))


# ------------------------------------------------------------------------------------- islands

RING = (np.array([0, 1, 2, 3]), np.array([1, 2, 3, 1]))


def ring(kinds, closed, demand=0.0):
    """Solve a node held at 1 bar, with a ring of three nodes behind its first link."""
    links = Links(np.array(kinds), resistance=2e9, lift_pa=1e5)
    need = np.array([0, 0, demand, 0])
    return solved(*RING, links, np.array([0]), np.array([1e5]), need, closed=np.array(closed))


def test_an_island_without_a_pump_is_still():
    found = ring([3, 3, 3, 3], [True, False, False, False])
    assert found.converged[0]
    assert found.q_m3s[0].tolist() == [0, 0, 0, 0]
    assert np.isnan(found.p_pa[0]).tolist() == [False, True, True, True]


def test_an_island_with_a_pump_turns_at_pressures_that_nobody_knows():
    joined, cut = ring([3, 2, 3, 3], [False] * 4), ring([3, 2, 3, 3], [True, False, False, False])
    assert cut.q_m3s[0][1:] == pytest.approx([np.sqrt(1e5 / 6e9)] * 3, rel=1e-6)
    assert joined.q_m3s[0][1:] == pytest.approx(cut.q_m3s[0][1:], rel=1e-6)
    assert np.isnan(cut.p_pa[0][1:]).all()
    assert joined.p_pa[0][1] == pytest.approx(1e5)


def test_an_island_with_a_demand_is_unknown():
    found = ring([3, 3, 3, 3], [True, False, False, False], 1e-3)
    assert np.isnan(found.q_m3s[0][1:]).all()


def test_a_demand_that_only_a_shut_valve_could_meet_is_not_solved():
    links = Links(np.array([3]), resistance=2e9, one_way=True)
    net = (np.array([1]), np.array([0]), links, np.array([0]), np.array([1e5]))
    found = solved(*net, np.array([0, 1e-3]))
    assert not found.converged[0]
    assert np.isnan(found.q_m3s).all()
    assert solved(*net, np.array([0, -1e-3])).converged[0]


# ---------------------------------------------------------------------------------------- laws


def test_logarithm_and_exponential():
    x = np.geomspace(1e-12, 1e9, 400)
    assert [log_of(v) for v in x] == pytest.approx(np.log(x), rel=1e-15, abs=2e-15)
    y = np.linspace(-40, 40, 401)
    assert [exp_of(v) for v in y] == pytest.approx(np.exp(y), rel=1e-14)


@pytest.mark.parametrize("law", [swamee_jain, haaland, colebrook])
def test_slope_of_the_friction_factor(law):
    for re in (4e3, 1e5, 1e7):
        step = 1e-5
        rise = np.log(law(re * (1 + step), 1e-4)[0] / law(re * (1 - step), 1e-4)[0]) / (2 * step)
        assert law(re, 1e-4)[1] == pytest.approx(rise, rel=1e-5)


def test_between_laminar_and_turbulent_as_epanet():
    a, b, c, d = cubic(0, 1e-3 / 3.7)
    for re in (2001.0, 2600.0, 3999.0):
        r = re / 2000
        assert a + r * (b + r * (c + r * d)) == pytest.approx(factor(re, 1e-3), rel=1e-7)


@pytest.mark.parametrize("friction", list(Friction))
@pytest.mark.parametrize("flow", [1e-6, 5e-5, 9e-5, 2e-3])
def test_one_pipe_takes_what_the_law_says(friction, flow):
    links = Links(
        np.array([0]), 10.0, 0.04, 4.5e-5, 1.5, rho_kg_m3=1012.5, mu_pa_s=1.54e-3, friction=friction
    )  # fmt: skip
    net = (np.array([0]), np.array([1]), links, np.array([0]), np.array([1e5]))
    lost = 1e5 - solved(*net, np.array([0, flow])).p_pa[0, 1]
    v = flow / (np.pi / 4 * 0.04**2)
    re = 1012.5 * v * 0.04 / 1.54e-3
    f = factor(re, 4.5e-5 / 0.04)
    if friction == Friction.COLEBROOK and re > 4000:
        assert lost == pytest.approx((f * 250 + 1.5) * 1012.5 * v * v / 2, rel=0.02)
        x = 1 / np.sqrt((lost / (1012.5 * v * v / 2) - 1.5) / 250)
        assert x == pytest.approx(-2 * np.log10(4.5e-5 / 0.04 / 3.7 + 2.51 * x / re), rel=1e-9)
    elif friction == Friction.SWAMEE_JAIN or re < 2000:
        assert lost == pytest.approx((f * 250 + 1.5) * 1012.5 * v * v / 2, rel=1e-7)
    else:
        assert lost == pytest.approx((f * 250 + 1.5) * 1012.5 * v * v / 2, rel=0.03)


def test_pump_curves_follow_the_affinity_laws():
    q = np.linspace(0, 0.02, 201)
    table = (q, 2e5 - 4e7 * q**1.7)
    kinds = np.array([Kind.PUMP, Kind.CURVE, Kind.POWER])
    for speed in (1.0, 0.7):
        for pump in (0, 1):
            links = Links(
                kinds[[pump, 2]], resistance=np.array([4e7, 3e9]), exponent=np.array([1.7, 2.0]),
                lift_pa=2e5, speed=speed, curve=0, curves=(table,),
            )  # fmt: skip
            net = (np.array([0, 1]), np.array([1, 0]), links, np.array([0]), np.array([1e5]))
            flow = solved(*net, np.zeros(2)).q_m3s[0, 0]
            gain = speed**2 * 2e5 - 4e7 * speed**0.3 * flow**1.7
            assert gain == pytest.approx(3e9 * flow**2, rel=1e-4)


def test_a_table_of_losses_is_a_power_law_in_both_directions_and_drives_nothing():
    q = np.linspace(0, 0.02, 2001)
    tables = ((q, -3e9 * q**1.8),)
    fr, to, held = np.array([0, 2]), np.array([1, 1]), np.array([0, 2])
    for kind in (Kind.POWER, Kind.DROP):
        links = Links(
            np.array([kind, Kind.POWER]), resistance=np.array([3e9, 1e9]),
            exponent=np.array([1.8, 2.0]), curve=0, curves=tables, speed=np.nan,
        )  # fmt: skip
        for high, low in ((2e5, 1e5), (1e5, 2e5)):
            out = solved(fr, to, links, held, np.array([high, low]), np.zeros(3)).q_m3s[0]
            lost = 3e9 * abs(out[0]) ** 1.8 + 1e9 * out[1] ** 2
            assert lost == pytest.approx(1e5, rel=1e-4)
            assert (out[0] > 0) == (high > low)
    # An island with nothing but such tables stands still, at no pressure.
    links = Links(np.array([Kind.DROP, Kind.DROP]), curve=0, curves=tables)
    still = compile_topology(3, np.array([0, 1]), np.array([1, 0]), np.array([2]))
    flows = solve(still, compile_laws(links), np.array([1e5]))
    assert flows.q_m3s[0].tolist() == [0, 0]
    assert np.isnan(flows.p_pa[0, :2]).all()
    with pytest.raises(SolveError, match="none at no flow"):
        compile_laws(Links(np.array([5]), curve=0, curves=((q, 1.0 - q),)))


def test_curves_of_scenarios_go_on_beyond_their_ends_as_they_do_alone():
    short = (np.array([0.0, 0.001]), np.array([2e5, 1.9e5]))
    long = (np.array([0.0, 0.001, 0.002, 0.03]), np.array([2e5, 1.9e5, 1.7e5, 0.0]))
    kinds, ends = np.array([Kind.CURVE, Kind.POWER]), (np.array([0, 1]), np.array([1, 0]))
    figures = {"resistance": 3e9, "speed": 1.0, "curves": (short, long)}
    held = np.array([0]), np.array([1e5])
    both = Links(kinds, curve=np.array([[0, -1], [1, -1]]).clip(0), **figures)
    flows = solved(*ends, both, *held, np.zeros(2)).q_m3s[:, 0]
    for k in (0, 1):
        alone = Links(kinds, curve=np.array([k, k]), **figures)
        assert flows[k] == solved(*ends, alone, *held, np.zeros(2)).q_m3s[0, 0]
    assert (flows > 0.002).all()


def test_what_cannot_be_solved_is_told():
    with pytest.raises(SolveError, match="to itself"):
        compile_topology(2, np.array([0]), np.array([0]), np.array([0]))
    with pytest.raises(SolveError, match="no pressure"):
        compile_topology(2, np.array([0]), np.array([1]), np.array([], int))
    with pytest.raises(SolveError, match="does not exist"):
        compile_topology(2, np.array([0]), np.array([2]), np.array([0]))
    with pytest.raises(SolveError, match="link 0"):
        compile_laws(Links(np.array([0]), 1.0, 0.0, rho_kg_m3=1000.0, mu_pa_s=1e-3))
    rising = ((np.array([0.0, 1.0]), np.array([1.0, 2.0])),)
    with pytest.raises(SolveError, match="never"):
        compile_laws(Links(np.array([4]), curve=0, curves=rising))
