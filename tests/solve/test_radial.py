"""Radial load flow: balanced, per phase, DC."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solve import dense
from twin.errors import SolveError
from twin.solve.radial import balanced, direct, phases
from twin.solve.radial.tree import compile_tree

ONE = compile_tree(np.array([-1, 0]))


def network(seed, size, sources=1):
    """Return parents, impedances and loads of a random tree with drops of some per cent."""
    rng = np.random.default_rng(seed)
    parent = np.array([-1 if k < sources else rng.integers(0, k) for k in range(size)])
    z = rng.uniform(1e-4, 4e-3, size) + 1j * rng.uniform(1e-4, 4e-3, size)
    p = rng.uniform(0, 2.0, size) * (rng.random(size) < 0.7)
    s = p * (1 + 1j * np.tan(np.arccos(rng.uniform(0.85, 1.0, size))))
    return parent, z, s / max(1.0, size / 8)


TREES = st.builds(network, st.integers(0, 10**6), st.integers(2, 40))


# --------------------------------------------------------------------------------------- tree


def test_parents_come_first_and_what_is_below_is_a_range():
    rng = np.random.default_rng(3)
    parent = np.array([-1, *(rng.integers(0, k) for k in range(1, 60)), -1, 60])
    shuffle = rng.permutation(len(parent))
    mixed = np.empty(len(parent), int)
    mixed[shuffle] = np.where(parent >= 0, shuffle[parent], -1)
    tree = compile_tree(mixed)
    assert sorted(tree.order) == list(range(len(parent)))
    assert (tree.number[tree.order] == np.arange(len(parent))).all()
    assert (tree.parent < np.arange(len(parent))).all()
    for node in range(len(parent)):
        ours = tree.number[node]
        below = set(tree.order[tree.at[tree.enter[ours] : tree.leave[ours]]].tolist())
        assert below == {k for k in range(len(parent)) if node in way(mixed, k)}
        assert below == set(np.flatnonzero(tree.below(np.array([node]))).tolist())


def way(parent, node):
    found = []
    while node >= 0:
        found.append(node)
        node = parent[node]
    return found


def test_stems_are_what_hangs_on_a_source_by_one_branch():
    tree = compile_tree(np.array([-1, 0, 0, 1, -1, 4]))
    assert (tree.sources, tree.stems) == (2, 3)
    assert tree.stem_names().tolist() == [1, 2, 5]
    assert tree.stems_of.tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("parent", "said"),
    [([-1, 2, 1], "circle"), ([0], "circle"), ([-1, 5], "not exist"), ([-2], "not exist")],
)
def test_what_is_no_forest_is_told(parent, said):
    with pytest.raises(SolveError, match=said):
        compile_tree(np.array(parent))


# ----------------------------------------------------------------------------------- balanced


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_sweeps_agree_with_newton_on_nodal_admittances(given_):
    parent, z, s = given_
    flow = balanced.sweep(compile_tree(parent), z, s)
    assert flow.converged.all()
    assert np.abs(flow.v - dense.balanced(parent, z, s)).max() < 1e-10
    # What enters a node leaves it, and what the sources give is load and losses.
    through = flow.v * np.conj(flow.current)
    lost = np.where(parent >= 0, np.abs(flow.current) ** 2 * z, 0).sum()
    assert through[parent < 0].sum() == pytest.approx(s.sum() + lost, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(TREES, st.integers(0, 10**6))
def test_the_order_of_rows_changes_nothing(given_, seed):
    parent, z, s = given_
    shuffle = np.random.default_rng(seed).permutation(len(parent))
    mixed = np.empty_like(parent)
    mixed[shuffle] = np.where(parent >= 0, shuffle[parent], -1)
    z_mixed, s_mixed = np.empty_like(z), np.empty_like(s)
    z_mixed[shuffle], s_mixed[shuffle] = z, s
    one = balanced.sweep(compile_tree(parent), z, s)
    other = balanced.sweep(compile_tree(mixed), z_mixed, s_mixed)
    assert np.abs(other.v[shuffle] - one.v).max() < 1e-13
    assert np.abs(other.current[shuffle] - one.current).max() < 1e-12


@settings(max_examples=60, deadline=None)
@given(TREES, st.integers(0, 10**6), st.floats(0.01, 0.5), st.floats(0.8, 1.0))
def test_more_lagging_load_never_lowers_a_current_above_it(given_, seed, more, factor):
    parent, z, s = given_
    node = int(np.random.default_rng(seed).integers(0, len(parent)))
    added = s.copy()
    added[node] += more * (1 + 1j * np.tan(np.arccos(factor)))
    tree = compile_tree(parent)
    before = np.abs(balanced.sweep(tree, z, s).current)
    after = np.abs(balanced.sweep(tree, z, added).current)
    assert (after[way(parent, node)] >= before[way(parent, node)]).all()


def test_ideal_branches_keep_the_voltage():
    tree = compile_tree(np.array([-1, 0, 1, 2]))
    flow = balanced.sweep(tree, np.array([9, 0, 0.01, 0]), np.array([0, 1, 1, 1]))
    assert flow.v[1] == 1.0
    assert flow.v[2] == flow.v[3]
    assert abs(flow.v[3]) == pytest.approx((1 + np.sqrt(1 - 4 * 0.02)) / 2, abs=1e-11)


def test_every_source_holds_its_own_voltage():
    tree = compile_tree(np.array([-1, 0, -1, 2]))
    z = np.array([0, 0.01, 0, 0.01])
    flow = balanced.sweep(tree, z, np.ones(4), np.array([1.0, 0, 1.05, 0]))
    for source, held in ((0, 1.0), (2, 1.05)):
        assert flow.v[source] == held
        expected = (held + np.sqrt(held**2 - 4 * 0.01)) / 2
        assert flow.v[source + 1].real == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize(("load", "solved"), [(0.999, True), (1.001, False), (30.0, False)])
def test_collapse_is_told_and_touches_no_other_stem(load, solved):
    # R P = V^2 / 4 is the most that a branch can carry.
    tree = compile_tree(np.array([-1, 0, 0]))
    z, s = np.array([0, 0.1, 0.1]), np.array([0, 2.5 * load, 1.0])
    flow = balanced.sweep(tree, z, s)
    assert flow.converged.tolist() == [solved, True]
    assert np.isnan(flow.v).tolist() == [False, not solved, False]
    alone = balanced.sweep(ONE, z[[0, 2]], s[[0, 2]])
    assert flow.v[2] == alone.v[1]  # to the last bit
    if solved:
        assert flow.v[1].real == pytest.approx((1 + np.sqrt(1 - load)) / 2, abs=1e-9)
    else:
        assert np.isnan(flow.current[0])  # what the source gives is unknown then
        assert flow.residual[0] > 1e-9
        assert flow.sweeps[0] <= 200  # told soon, not after all sweeps that there may be


@pytest.mark.parametrize("where", ["z", "s", "y"])
def test_what_is_not_known_is_not_solved(where):
    columns = {"z": np.full(3, 0.01 + 0j), "s": np.zeros(3, complex), "y": np.zeros(3, complex)}
    columns[where][2] = np.nan
    flow = balanced.sweep(compile_tree(np.array([-1, 0, 1])), *(columns[k] for k in ("z", "s")),
                          y_shunt=columns["y"])  # fmt: skip
    assert not flow.converged[0]
    assert np.isnan(flow.v[1:]).all()


def test_shunts_agree_with_newton():
    parent, z, s = network(5, 20)
    shunt = np.where(np.arange(20) % 3 == 1, 0.01 - 0.05j, 0)
    flow = balanced.sweep(compile_tree(parent), z, s, y_shunt=shunt)
    assert np.abs(flow.v - dense.balanced(parent, z, s, shunt)).max() < 1e-10


# ---------------------------------------------------------------------------------- per phase


def four_wires(seed, size, *, transformers):
    """Return parents, impedance matrices with mutual terms, loads and which are transformers."""
    rng = np.random.default_rng(seed)
    parent, z, _ = network(seed, size)
    mutual = rng.uniform(0, 0.3, (size, 4, 4)) * z[:, None, None]
    matrix = (mutual + mutual.transpose(0, 2, 1)) / 2
    matrix[:, range(4), range(4)] = z[:, None] * np.array([1, 1, 1, 1.5])
    each = [rng.uniform(0, 1.5 / size, (size, 3)) * (rng.random((size, 3)) < 0.5) for _ in "pl"]
    delta = (rng.random(size) < 0.3) if transformers else np.zeros(size, bool)
    delta[0] = False
    return parent, matrix, *(p * (1 + 0.3j) for p in each), delta


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 14), st.booleans())
def test_phases_agree_with_newton_on_all_conductors(seed, size, transformers):
    parent, z, s_phase, s_line, delta = four_wires(seed, size, transformers=transformers)
    flow = phases.sweep(compile_tree(parent), z, s_phase, s_line, delta)
    assert flow.converged.all()
    assert np.abs(flow.v - dense.four_wire(parent, z, s_phase, s_line, delta)).max() < 1e-9


@settings(max_examples=30, deadline=None)
@given(TREES)
def test_balanced_loads_give_the_balanced_flow(given_):
    parent, z, s = given_
    tree = compile_tree(parent)
    one = balanced.sweep(tree, z, s)
    half = np.repeat(s[:, None] / 2, 3, axis=1)
    # A third of a balanced load in delta is a load between each two phases.
    flow = phases.sweep(tree, phases.wires(z, z), half, half)
    turned = one.v[:, None] * dense.TURN ** np.arange(3)
    assert np.abs(flow.v[:, :3] - turned).max() < 1e-9
    assert np.abs(flow.v[:, 3]).max() < 1e-9
    assert np.abs(flow.current[:, 3]).max() < 1e-9
    assert np.abs(flow.current[:, 0] - one.current).max() < 1e-8


def test_a_load_between_two_phases_leaves_the_neutral_alone():
    z = phases.wires(np.array([0, 0.01]), np.array([0, 0.01]))
    line = np.array([[0, 0, 0], [1.0, 0, 0]])
    flow = phases.sweep(ONE, z, np.zeros((2, 3)), line)
    a, b, c, n = flow.current[1]
    assert abs(a + b) < 1e-12
    assert c == n == 0
    assert flow.v[1, 3] == 0
    # At the star point of a transformer the neutral's current ends; its delta has none.
    tree = compile_tree(np.array([-1, 0, 1]))
    z = phases.wires(np.array([0, 0.01, 0.01]), np.array([0, 0.0, 0.01]))
    load = np.array([[0, 0, 0], [0, 0, 0], [1.0, 0, 0]])
    flow = phases.sweep(tree, z, load, delta_wye=np.array([False, True, False]))
    assert abs(flow.current[2, 3]) > 1
    assert flow.current[0, 3] == 0
    assert abs(flow.current[0, :3].sum()) < 1e-12
    assert np.angle(flow.v[1, 1] / flow.v[0, 1], deg=True) == pytest.approx(-30, abs=0.1)


def test_a_phase_that_collapses_is_told():
    z = phases.wires(np.array([0, 0.1]), np.array([0, 0.1]))
    flow = phases.sweep(ONE, z, np.array([[0, 0, 0], [3.0, 0.1, 0.1]]))
    assert not flow.converged[0]
    assert np.isnan(flow.v[1]).all()
    assert np.isnan(flow.line_to_neutral()[1]).all()


# ----------------------------------------------------------------------------------------- DC


@pytest.mark.parametrize("power", [0.0, 142e3, 600e3, 7.99e6])
def test_one_branch_of_dc_is_the_closed_form(power):
    ohm, held = 0.02, 800.0
    flow = direct.sweep(ONE, np.array([0, ohm]), np.array([0, power]), np.array([held, 0]))
    expected = held / 2 * (1 + np.sqrt(1 - 4 * ohm * power / held**2))
    assert flow.converged[0]
    assert flow.v[1] == pytest.approx(expected, abs=1e-7)
    assert flow.current_a[1] == pytest.approx(power / expected, rel=1e-9)


def test_dc_is_the_balanced_flow_without_reactance():
    parent, z, s = network(11, 30)
    tree = compile_tree(parent)
    one = balanced.sweep(tree, z.real, s.real)
    v0, base_w = 800.0, 1e6
    flow = direct.sweep(tree, z.real * v0**2 / base_w, s.real * base_w, np.full(30, v0))
    assert np.abs(flow.v / v0 - one.v.real).max() < 1e-10
    assert np.abs(flow.current_a * v0 / base_w - one.current.real).max() < 1e-9


@pytest.mark.parametrize("power", [8.01e6, 1e9, np.nan])
def test_collapse_of_dc_is_told(power):
    flow = direct.sweep(ONE, np.array([0, 0.02]), np.array([0, power]), np.array([800.0, 0]))
    assert not flow.converged[0]
    assert np.isnan(flow.v[1])
    assert np.isnan(flow.current_a).all()
