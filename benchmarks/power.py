"""Load flow of dual-fed halls beside pandapower, power-grid-model and lightsim2grid.

Every solver gets the same network, built before the clock starts, and solves it anew each time
from flat voltages: rounds in turn, ours and each peer's; the least counts. What a peer finds is
compared, node by node, with ours.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from dual_fed import RACK_VAR, RACK_W, DualFed, dual_fed

Solve = Callable[[], Any]
TOLERANCE_MVA = 1e-8
"""Of Newton's mismatch, what the peers take by themselves."""
_ONE_ROUND_S = 0.25


class Columns:
    """A hall as arrays, and which branches are lines or transformers."""

    def __init__(self, hall: DualFed) -> None:
        self.parent, self.v_base = np.array(hall.parent), np.array(hall.v_base)
        self.r_ohm, self.x_ohm = np.array(hall.r_ohm), np.array(hall.x_ohm)
        self.rate_kva = np.array(hall.rate_va) / 1e3
        self.taps = np.array(hall.taps)
        child = np.flatnonzero(self.parent >= 0)
        turns = self.v_base[child] != self.v_base[self.parent[child]]
        self.lines, self.transformers = child[~turns], child[turns]


def compare(sizes: list[int], rounds: int) -> list[dict[str, Any]]:
    """Measure all solvers at some sizes, and our every single loss by sums."""
    return [_of_size(racks, rounds) for racks in sizes]


def _of_size(racks: int, rounds: int) -> dict[str, Any]:
    at = Columns(dual_fed(racks))
    solve, losses, voltages = _ours(at)
    peers: dict[str, tuple[Solve, Callable[[Any], Any]] | None] = {}
    for name, make in (
        ("pandapower", _pandapower),
        ("power-grid-model", _power_grid_model),
        ("lightsim2grid", _lightsim2grid),
    ):
        try:
            peers[name] = make(at)
        except ImportError:
            peers[name] = None
    found = {name: peer[1](peer[0]()) for name, peer in peers.items() if peer}
    own = voltages(solve())
    least: dict[str, float] = {}
    for _ in range(rounds):
        for name, run in {"ours": solve, "losses": losses}.items():
            least[name] = min(timed(run), least.get(name, np.inf))
        for name, peer in peers.items():
            if peer:
                least[name] = min(timed(peer[0]), least.get(name, np.inf))
    return {
        "racks": racks,
        "nodes": len(at.parent),
        "seconds": least["ours"],
        "losses_s": least["losses"],
        "peers": {
            name: {"seconds": least[name], "apart_pu": float(np.abs(found[name] - own).max())}
            if peer
            else None
            for name, peer in peers.items()
        },
    }


def timed(run: Solve) -> float:
    """Return the least time of a quarter of a second of runs, three at least."""
    least, spent, count = np.inf, 0.0, 0
    while count < 3 or spent < _ONE_ROUND_S:
        start = time.perf_counter()
        run()
        took = time.perf_counter() - start
        least, spent, count = min(least, took), spent + took, count + 1
    return float(least)


# -------------------------------------------------------------------------------------- solvers


def _ours(at: Columns) -> tuple[Solve, Solve, Callable[[Any], Any]]:
    from twin.solve.radial.balanced import per_unit, sweep
    from twin.solve.radial.losses import single_losses
    from twin.solve.radial.taps import Racks
    from twin.solve.radial.tree import compile_tree

    tree = compile_tree(at.parent)
    z = per_unit(at.r_ohm + 1j * at.x_ohm, at.v_base, 1e6)
    load = np.zeros(len(tree), np.complex128)
    load[at.taps.ravel()] = (RACK_W + 1j * RACK_VAR) / 2 / 1e6
    each = np.ones(at.taps.shape[1])
    racks = Racks(*at.taps, each * RACK_W / 1e3, each * RACK_VAR / 1e3)
    return (
        lambda: sweep(tree, z, load),
        lambda: single_losses(tree, racks, at.rate_kva),
        lambda flow: np.abs(flow.v),
    )


def _pandapower(at: Columns) -> tuple[Solve, Callable[[Any], Any]]:
    import pandapower as pp

    net = _net(at)
    return (
        lambda: pp.runpp(net, numba=True, init="flat", tolerance_mva=TOLERANCE_MVA),
        lambda _: net.res_bus.vm_pu.to_numpy().copy(),
    )


def _net(at: Columns) -> Any:  # noqa: ANN401 - a pandapower network
    import pandapower as pp

    warnings.filterwarnings("ignore")  # of pandas, in its own code
    net = pp.create_empty_network(sn_mva=1.0)
    pp.create_buses(net, len(at.parent), at.v_base / 1e3)
    pp.create_ext_grid(net, 0)
    lines, transformers = at.lines, at.transformers
    pp.create_lines_from_parameters(
        net, at.parent[lines], lines, 1.0, at.r_ohm[lines], at.x_ohm[lines], 0.0, 1.0
    )
    pp.create_transformers_from_parameters(
        net, at.parent[transformers], transformers, 2.5, 13.8, 0.415, 1.0, 5.75, 0.0, 0.0
    )
    pp.create_loads(net, at.taps.ravel(), RACK_W / 2e6, RACK_VAR / 2e6)
    return net


def _lightsim2grid(at: Columns) -> tuple[Solve, Callable[[Any], Any]]:
    from lightsim2grid.network import init_from_pandapower

    model = init_from_pandapower(_net(at))
    flat = np.ones(len(at.parent), np.complex128)
    return lambda: model.ac_pf(flat, 30, TOLERANCE_MVA), np.abs


def _power_grid_model(at: Columns) -> tuple[Solve, Callable[[Any], Any]]:
    """Take the faster of its two exact methods for such networks."""
    from power_grid_model import CalculationMethod, PowerGridModel

    model = PowerGridModel(_tables(at))

    def by(method: Any) -> Solve:  # noqa: ANN401 - an enumeration of a peer
        return lambda: model.calculate_power_flow(
            calculation_method=method, output_component_types=["node"]
        )

    ways = [by(CalculationMethod.newton_raphson), by(CalculationMethod.iterative_current)]
    for way in ways:
        way()
    return min(ways, key=timed), lambda out: out["node"]["u_pu"].copy()


def _tables(at: Columns) -> dict[str, Any]:
    from power_grid_model import initialize_array

    n, lines, transformers, taps = len(at.parent), at.lines, at.transformers, at.taps.ravel()

    def filled(kind: str, count: int, **columns: Any) -> Any:  # noqa: ANN401
        array = initialize_array("input", kind, count)
        for name, values in columns.items():
            array[name] = values
        return array

    def branch(kind: str, rows: Any, first: int, **columns: Any) -> Any:  # noqa: ANN401
        return filled(
            kind, len(rows), id=first + np.arange(len(rows)), from_node=at.parent[rows],
            to_node=rows, from_status=1, to_status=1, **columns,
        )  # fmt: skip

    return {
        "node": filled("node", n, id=np.arange(n), u_rated=at.v_base),
        "line": branch(
            "line", lines, n, r1=at.r_ohm[lines], x1=at.x_ohm[lines], c1=0, tan1=0, i_n=1e3
        ),
        "transformer": branch(
            "transformer", transformers, 2 * n, u1=13_800, u2=415, sn=2.5e6, uk=0.0575, pk=25_000,
            i0=0, p0=0, winding_from=1, winding_to=1, clock=0, tap_side=0, tap_pos=0, tap_min=0,
            tap_max=0, tap_nom=0, tap_size=0,
        ),
        "sym_load": filled(
            "sym_load", len(taps), id=3 * n + np.arange(len(taps)), node=taps, status=1, type=0,
            p_specified=RACK_W / 2, q_specified=RACK_VAR / 2,
        ),
        "source": filled("source", 1, id=5 * n, node=0, status=1, u_ref=1.0, sk=1e20),
    }  # fmt: skip
