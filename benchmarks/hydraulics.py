"""Coolant loops beside EPANET's toolkit and pandapipes.

Every solver gets the same network, built before the clock starts, and solves it anew each time
from its own first guess: rounds in turn, ours and each peer's; the least counts. What a peer finds
is compared with ours, rack by rack.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from power import timed  # beside this file
from racks_loop import LOSS, MU, P_REF, PIPE, PUMP, RHO, RacksLoop, racks_loop

Solve = Callable[[], Any]
LOSSES = 1000
PANDAPIPES_TO = 1000
"""Racks up to which it takes part: at 4,096 a round of it takes seconds."""


def compare(sizes: list[int], rounds: int) -> list[dict[str, Any]]:
    """Measure all solvers at some sizes, and a thousand losses at the first of them."""
    return [_of_size(racks, rounds, LOSSES if racks == sizes[0] else 0) for racks in sizes]


def _of_size(racks: int, rounds: int, losses: int) -> dict[str, Any]:
    loop = racks_loop(racks)
    kind = np.array(loop.columns["kind"])
    ours, lost = _ours(loop, losses)
    peers: dict[str, tuple[Solve, Callable[[Any], Any]] | None] = {}
    for name, make in (("EPANET toolkit", _epanet), ("pandapipes", _pandapipes)):
        if name == "pandapipes" and racks > PANDAPIPES_TO:
            continue
        try:
            peers[name] = make(loop)
        except ImportError:
            peers[name] = None
    is_rack = (kind == LOSS) & np.array([name.startswith("RACK") for name in loop.link])
    own = ours().q_m3s[0][is_rack]
    found = {name: peer[1](peer[0]())[is_rack] for name, peer in peers.items() if peer}
    least: dict[str, float] = {}
    for _ in range(rounds):
        works = {"ours": ours, **{name: peer[0] for name, peer in peers.items() if peer}}
        for name, run in works.items():
            least[name] = min(timed(run), least.get(name, np.inf))
        if losses:
            least["losses"] = min(timed(lost), least.get("losses", np.inf))
    return {
        "racks": racks,
        "nodes": len(loop.node),
        "links": len(loop.link),
        "seconds": least["ours"],
        "losses": losses,
        "each_loss_s": least["losses"] / losses if losses else None,
        "peers": {
            name: {"seconds": least[name], "apart": float(np.max(np.abs(found[name] / own - 1.0)))}
            if peer
            else None
            for name, peer in peers.items()
        },
    }


# -------------------------------------------------------------------------------------- solvers


def _ours(loop: RacksLoop, losses: int) -> tuple[Solve, Solve]:
    """Return one cold solve, and one of many losses from the healthy state, found anew."""
    from twin.solve.hydraulics.laws import compile_laws
    from twin.solve.hydraulics.links import Links
    from twin.solve.hydraulics.solve import solve
    from twin.solve.hydraulics.topology import compile_topology

    at = {name: np.array(column) for name, column in loop.columns.items()}
    topology = compile_topology(len(loop.node), at["fr"], at["to"], np.array([0]))
    laws = compile_laws(
        Links(
            at["kind"], at["L"], at["D"], at["eps"], at["K"], resistance=at["B"], lift_pa=at["P0"],
            rho_kg_m3=RHO, mu_pa_s=MU,
        )
    )  # fmt: skip
    held = np.array([P_REF])
    closed = np.zeros((losses, len(loop.link)), np.bool_)
    closed[np.arange(losses), np.arange(losses) % len(loop.link)] = True

    def lost() -> Any:  # noqa: ANN401
        healthy = solve(topology, laws, held).q_m3s
        return solve(topology, laws, held, closed=closed, start_m3s=healthy)

    return lambda: solve(topology, laws, held), lost


def _epanet(loop: RacksLoop) -> tuple[Solve, Callable[[Any], Any]]:
    from wntr.epanet.toolkit import ENepanet
    from wntr.epanet.util import EN

    folder = Path(tempfile.mkdtemp(prefix="twin-bench-"))
    (folder / "loop.inp").write_text(loop.inp(), encoding="utf-8")
    engine = ENepanet()
    engine.ENopen(*(str(folder / name) for name in ("loop.inp", "loop.rpt", "loop.bin")))
    engine.ENopenH()
    index = [engine.ENgetlinkindex(name) for name in loop.link]

    def run() -> None:
        engine.ENinitH(10)  # flows as from the file
        engine.ENrunH()

    def flows(_: Any) -> Any:  # noqa: ANN401
        return np.array([engine.ENgetlinkvalue(k, EN.FLOW) for k in index]) / 1e3

    return run, flows


def _pandapipes(loop: RacksLoop) -> tuple[Solve, Callable[[Any], Any]]:
    import pandapipes as pp

    warnings.filterwarnings("ignore")  # of pandas, in its own code
    at = {name: np.array(column) for name, column in loop.columns.items()}
    fluid = pp.create_constant_fluid(
        "pg25", "liquid", density=RHO, viscosity=MU, heat_capacity=3900.0
    )
    net = pp.create_empty_network(fluid=fluid)
    pp.create_junctions(net, len(loop.node), pn_bar=P_REF / 1e5, tfluid_k=308.15)
    pp.create_ext_grid(net, 0, p_bar=P_REF / 1e5, t_k=308.15)
    pipes, losses, pumps = (np.flatnonzero(at["kind"] == kind) for kind in (PIPE, LOSS, PUMP))
    pp.create_pipes_from_parameters(
        net, at["fr"][pipes], at["to"][pipes], at["L"][pipes] / 1e3,
        inner_diameter_mm=at["D"][pipes] * 1e3, k_mm=at["eps"][pipes] * 1e3,
        loss_coefficient=at["K"][pipes],
    )  # fmt: skip
    pp.create_valves(
        net, at["fr"][losses], at["to"][losses], "ju", inner_diameter_mm=at["D"][losses] * 1e3,
        loss_coefficient=at["K"][losses],
    )  # fmt: skip
    flow = np.linspace(0.0, 0.1, 11)
    for k in pumps:
        lift = (at["P0"][k] - at["B"][k] * flow**2) / 1e5
        pp.create_pump_from_parameters(
            net, at["fr"][k], at["to"][k], f"P{k}", pressure_list=lift, flowrate_list=flow * 3600.0,
            reg_polynomial_degree=2,
        )  # fmt: skip

    def run() -> None:
        pp.pipeflow(
            net, friction_model="swamee-jain", tol_p=1e-8, tol_m=1e-8, tol_res=1e-6, iter=200
        )

    def flows(_: Any) -> Any:  # noqa: ANN401
        out = np.full(len(loop.link), np.nan)
        out[losses] = net.res_valve["vdot_m3_per_s"].to_numpy()
        return out

    return run, flows
