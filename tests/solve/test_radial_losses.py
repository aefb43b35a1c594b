"""Every single loss of a radial network: by sums along touched ways, and by load flow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.dual_fed import RACK_VAR, RACK_W, dual_fed
from tests.solve.test_radial import network, way
from twin.solve.radial.after import Grid, after_losses, state
from twin.solve.radial.balanced import per_unit
from twin.solve.radial.losses import single_losses, sums, sums_after
from twin.solve.radial.taps import Racks, hang
from twin.solve.radial.tree import compile_tree


def hall(count):
    """Return grid and racks of a dual-fed hall."""
    made = dual_fed(count)
    ohm = np.array(made.r_ohm) + 1j * np.array(made.x_ohm)
    grid = Grid(
        compile_tree(np.array(made.parent)),
        per_unit(ohm, np.array(made.v_base), 1e6),
        np.array(made.rate_va) / 1e3,
        1000.0,
    )
    load = np.full(count, RACK_W / 1e3), np.full(count, RACK_VAR / 1e3)
    return grid, Racks(*map(np.array, made.taps), *load)


def random_hall(seed, size, count):
    """Return any forest with racks of one tap or two, anywhere, and some ratings not known."""
    rng = np.random.default_rng(seed)
    parent, z, _ = network(seed, size, sources=int(rng.integers(1, 3)))
    taps = rng.integers(0, size, (2, count))
    taps[1, rng.random(count) < 0.3] = -1
    kw = rng.uniform(0, 900, count) / count
    racks = Racks(taps[0], taps[1], kw, kw * rng.uniform(0, 0.6, count))
    rate = np.where(rng.random(size) < 0.8, rng.uniform(100, 2000, size), np.nan)
    return Grid(compile_tree(parent), z, rate, 1000.0), racks


HALLS = st.builds(random_hall, st.integers(0, 10**6), st.integers(2, 25), st.integers(1, 30))


def drawn_by(parent, racks, dead):
    """Tell plainly what stands below every node: way by way, rack by rack."""
    kw, kvar, lost = np.zeros(len(parent)), np.zeros(len(parent)), 0.0
    for a, b, p, q in zip(racks.tap_a, racks.tap_b, racks.kw, racks.kvar, strict=True):
        living = [tap for tap in (a, b) if tap >= 0 and not dead[tap]]
        lost += 0.0 if living else p
        for tap in living:
            on = way(parent, tap)
            kw[on] += p / len(living)
            kvar[on] += q / len(living)
    return kw, kvar, lost


def same(one, other):
    """Tell whether figures agree to 1e-12 of themselves, a watt being a thousandth."""
    return np.allclose(one, other, rtol=1e-12, atol=1e-12 * 1000)


@settings(max_examples=60, deadline=None)
@given(HALLS, st.integers(0, 10**6))
def test_sums_after_a_loss_are_those_made_anew(given_, seed):
    grid, racks = given_
    tree, n = grid.tree, len(grid.tree)
    parent = np.where(tree.parent >= 0, tree.order[tree.parent], -1)[tree.number]
    before = tree.below(np.random.default_rng(seed).integers(0, n, 1)) if seed % 2 else None
    kw, kvar, dark = sums_after(tree, racks, np.arange(n), before)
    found = single_losses(tree, racks, grid.rate_kva, dead=before)
    for node in range(n):
        dead = tree.below(np.array([node])) | (False if before is None else before)
        expected = drawn_by(parent, racks, dead)
        anew = sums(tree, racks, dead)
        for one in ((kw[node], kvar[node], dark[node]), (anew.kw, anew.kvar, anew.lost_kw)):
            assert all(map(same, one, expected))
        assert found.lost_kw[node] == pytest.approx(expected[2], rel=1e-12, abs=1e-9)
        loading = np.hypot(*expected[:2]) / grid.rate_kva
        if np.isnan(loading).all():
            assert np.isnan(found.worst_loading[node])
            continue
        assert found.worst_loading[node] == pytest.approx(np.nanmax(loading), rel=1e-12, abs=1e-12)
        at = found.worst_at[node]
        assert at < 0 or loading[at] == pytest.approx(np.nanmax(loading), rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(HALLS, st.integers(0, 10**6))
def test_load_flow_after_a_loss_is_one_made_anew(given_, seed):
    grid, racks = given_
    tree, n = grid.tree, len(grid.tree)
    before = tree.below(np.random.default_rng(seed).integers(0, n, 1)) if seed % 2 else None
    found = after_losses(grid, racks, np.arange(n), before)
    for node in range(n):
        dead = tree.below(np.array([node])) | (False if before is None else before)
        anew = state(grid, racks, dead)
        assert found.converged[node] == anew.flow.converged.all()
        assert found.lost_kw[node] == pytest.approx(anew.lost_kw, abs=1e-9)
        for one, many, least in (
            (found.v_min[node], anew.v_pu, np.nanmin),
            (found.worst_loading[node], anew.loading, np.nanmax),
        ):
            if np.isnan(many).all():
                assert np.isnan(one)
            else:
                assert one == pytest.approx(least(many), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(HALLS)
def test_load_flow_finds_no_less_current_than_sums(given_):
    grid, racks = given_
    through = sums(grid.tree, racks)
    flow = state(grid, racks).flow
    least = np.hypot(through.kw, through.kvar) / grid.base_kva
    assert (np.abs(flow.current) >= least * (1 - 1e-12)).all()


@settings(max_examples=40, deadline=None)
@given(HALLS, st.integers(0, 10**6))
def test_losing_more_frees_nothing_unless_a_rack_goes_dark(given_, seed):
    grid, racks = given_
    tree, n = grid.tree, len(grid.tree)
    one, other = np.random.default_rng(seed).integers(0, n, 2)
    first, both = (tree.below(np.array(k)) for k in ([one], [one, other]))
    if hang(tree, racks, both).lost_kw > hang(tree, racks, first).lost_kw:
        return
    # What a rack draws moves from one way to another, so ways that still live carry more in all.
    less, more = sums(tree, racks, first), sums(tree, racks, both)
    sources = np.flatnonzero(tree.parent[tree.number] < 0)
    assert more.kw[sources].sum() == pytest.approx(less.kw[sources].sum(), rel=1e-12)
    moved = more.kw - less.kw
    parent = np.where(tree.parent >= 0, tree.order[tree.parent], -1)[tree.number]
    above = set(way(parent, other))
    assert all(moved[k] >= -1e-9 or both[k] or k in above for k in range(n))


@pytest.mark.parametrize("count", [256, 1024])
def test_every_loss_of_a_hall_sums_as_made_anew(count):
    grid, racks = hall(count)
    check(grid, racks, np.arange(len(grid.tree)))


@pytest.mark.slow
def test_losses_drawn_from_a_large_hall_sum_as_made_anew():
    grid, racks = hall(10_000)
    drawn = np.random.default_rng(1).choice(len(grid.tree), 400, replace=False)
    check(grid, racks, drawn)


def check(grid, racks, lost):
    """Compare sums after losses with those made anew, in kW, kvar and kVA, for every branch."""
    tree = grid.tree
    found = single_losses(tree, racks, grid.rate_kva, lost)
    for first in range(0, len(lost), 100):
        some = lost[first : first + 100]
        kw, kvar, dark = sums_after(tree, racks, some)
        for row, node in enumerate(some):
            anew = sums(tree, racks, tree.below(np.array([node])))
            kva = np.hypot(anew.kw, anew.kvar)
            assert np.abs(kw[row] - anew.kw).max() <= 1e-12 * anew.kw.max()
            assert np.abs(np.hypot(kw[row], kvar[row]) - kva).max() <= 1e-12 * kva.max()
            fed = kva > 0
            assert (np.abs(kw[row] - anew.kw)[fed] <= 1e-12 * anew.kw[fed]).all()
            worst = found.worst_loading[first + row]
            assert worst == pytest.approx(np.max(kva / grid.rate_kva), rel=1e-12)
            assert dark[row] == found.lost_kw[first + row] == pytest.approx(anew.lost_kw)


def test_a_hall_loses_a_side_and_all():
    grid, racks = hall(64)
    # Row 0 is the bus of both sides, row 1 the first feeder of side 0: all of it, here.
    found = after_losses(grid, racks, np.array([0, 1]))
    assert found.lost_kw.tolist() == [64 * 132.0, 0.0]
    assert found.worst_loading[0] == 0.0
    assert np.isnan(found.v_min[0])
    healthy = state(grid, racks)
    assert found.v_min[1] < healthy.v_pu.min()
    assert found.worst_loading[1] > 2 * healthy.loading.max()  # twice the load, at less voltage


def test_both_ends_on_one_tap_are_the_whole_rack():
    tree = compile_tree(np.array([-1, 0, 0]))
    racks = Racks(np.array([1, 1]), np.array([1, 2]), np.array([10.0, 4.0]), np.zeros(2))
    assert sums(tree, racks).kw.tolist() == [14.0, 12.0, 2.0]
    kw, _, dark = sums_after(tree, racks, np.array([1, 2]))
    assert kw.tolist() == [[4.0, 0.0, 4.0], [14.0, 14.0, 0.0]]
    assert dark.tolist() == [10.0, 0.0]


def test_a_loss_that_ends_in_collapse_is_unknown_and_told():
    # Each way carries half of 30 pu of load well; one alone cannot.
    tree = compile_tree(np.array([-1, 0, 0, 0]))
    z = np.array([0, 0.01, 0.01, 0.01], complex)
    racks = Racks(np.array([1, 3]), np.array([2, -1]), np.array([30e3, 1e3]), np.zeros(2))
    grid = Grid(tree, z, np.full(4, 40e3), 1000.0)
    found = after_losses(grid, racks, np.arange(4))
    assert found.converged.tolist() == [True, False, False, True]
    assert np.isnan(found.v_min).tolist() == [True, True, True, False]
    assert np.isnan(found.worst_loading).tolist() == [False, True, True, False]
    assert found.lost_kw.tolist() == [31e3, 0.0, 0.0, 1e3]
    # Two racks too many for one way: unknown unless the loss takes just that way.
    heavy = Racks(np.array([1, 3]), np.array([-1, -1]), np.array([30e3, 1e3]), np.zeros(2))
    found = after_losses(grid, heavy, np.arange(4))
    assert found.converged.tolist() == [True, True, False, False]
