"""A coolant loop solved for flow, temperature and controls together, against its flows alone.

Rows of sixteen GB300 racks with their manifolds on one pair of headers, a CDU at every other row,
which holds pressure and supply temperature; figures are those of `layouts/coolant_in_row.toml`.
The bare solver gets the network on which the coupled solve settles: the same links, the same
coolant in each, the same curves of units. Both are compiled before the clock starts and begin with
their own first guess each time.
"""

from __future__ import annotations

import json
import tempfile
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from power import Solve, timed  # beside this file
from racks_loop import RACKS_A_ROW

LAYOUT = Path(__file__).resolve().parent.parent / "layouts" / "coolant_in_row.toml"
APART_M = 3.0
PIPE = {"loop": "T1", "type": "pipe_nps6_10s", "length_m": 4.0, "zeta": 1.5}
CDU_PIPE = "pipe_nps8_10s"
HEADER = {"loop": "T1", "type": "pipe_nps12_10s", "length_m": APART_M, "zeta": 0.2}
CDU = {"heat_kw": 4600, "flow_lpm": 4800, "facility_flow_lpm": 5200}
"""For two rows of sixteen racks each, with some in hand."""


def compare(racks: int, rounds: int) -> dict[str, Any]:
    """Measure both at one size."""
    coupled, bare, apart = _solves(racks)
    least = {"coupled": float("inf"), "bare": float("inf")}
    for _ in range(rounds):
        for name, run in (("coupled", coupled), ("bare", bare)):
            least[name] = min(timed(run), least[name])
    return {
        "racks": racks, "cdus": -(-racks // RACKS_A_ROW // 2), "apart": apart,
        "seconds": least["coupled"], "bare_s": least["bare"],
    }  # fmt: skip


def _solves(racks: int) -> tuple[Solve, Solve, float]:
    """Return the coupled solve of a hall, the bare one, and how far apart their flows are."""
    from twin import pipeline
    from twin.solve.coolant.building import circuits
    from twin.solve.coolant.circuit import Part
    from twin.solve.coolant.flow import LoopFlow, solve_ready
    from twin.solve.coolant.ready import ready_of
    from twin.solve.coolant.running import running
    from twin.solve.coolant.warmth import Valve
    from twin.solve.hydraulics.laws import with_coolant
    from twin.solve.hydraulics.solve import solve

    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        file = Path(folder) / "hall.toml"
        file.write_text(_text(_hall(racks)), encoding="utf-8")
        study = pipeline.study(pipeline.load(file))
    (circuit,) = circuits(study, "loop")
    loop = ready_of(study, circuit)
    if isinstance(loop, tuple):
        raise TypeError(loop)

    def coupled() -> LoopFlow:
        return solve_ready(loop)

    flow, net = coupled(), loop.net(loop.control)
    on, held = running(study, flow), np.zeros(1)
    laws = with_coolant(net.laws, on.rho[None], on.mu[None])
    topology = net.topology(int(circuit.fr[circuit.links(Part.UNIT)[0]]))

    def bare() -> Any:  # noqa: ANN401
        return solve(topology, laws, held)

    if not (flow.warmth.valve == Valve.THROTTLING).all() or not bare().converged.all():
        raise ValueError("the hall does not hold its set-points")
    rack = flow.racks.link
    return coupled, bare, float(np.abs(bare().q_m3s[0, rack] / flow.moved.q_m3s[0, rack] - 1).max())


def _hall(racks: int) -> dict[str, Any]:
    """Return a hall of so many racks, a whole number of rows, as a layout says it."""
    given = tomllib.loads(LAYOUT.read_text(encoding="utf-8"))
    coolant, rows = given["coolant"], racks // RACKS_A_ROW
    row, cdu, manifold = given["rows"]["R1"], coolant["cdus"]["C1"], coolant["manifolds"]["M1"]
    for key in ("at_m", "hall"):
        cdu.pop(key)
    given["policy"].pop("losses")
    given["halls"]["H1"]["outline_m"] = [
        [0, 0], [20, 0], [20, 6 + APART_M * rows], [0, 6 + APART_M * rows],
    ]  # fmt: skip
    given["rows"], given["racks"] = {}, {}
    coolant["cdus"], coolant["manifolds"], coolant["pipes"] = {}, {}, {}
    for k in range(1, rows + 1):
        given["rows"][f"R{k}"] = {**row, "at_m": [3.0, APART_M * k], "count": RACKS_A_ROW}
        if k % 2:
            coolant["cdus"][f"C{k}"] = {**cdu, **CDU}
            coolant["pipes"][f"C{k}"] = {**PIPE, "type": CDU_PIPE, "start": f"C{k}", "end": f"J{k}"}
        coolant["manifolds"][f"M{k}"] = {**manifold, "row": f"R{k}", "type": PIPE["type"]}
        coolant["pipes"][f"M{k}"] = {**PIPE, "start": f"J{k}", "end": f"M{k}"}
        if k > 1:
            coolant["pipes"][f"J{k}"] = {**HEADER, "start": f"J{k - 1}", "end": f"J{k}"}
        for place in range(1, RACKS_A_ROW + 1):
            name = f"G{k}-{place:02}"
            given["racks"][name] = {"type": "gb300_nvl72", "position": f"R{k}-{place:02}"}
    return given


def _text(table: dict[str, Any], path: tuple[str, ...] = ()) -> str:
    """Write a layout as TOML."""
    own = {k: v for k, v in table.items() if not isinstance(v, dict)}
    lines = [f"[{'.'.join(path)}]"] if path and own else []
    lines += [f"{k} = {v if isinstance(v, date) else json.dumps(v)}" for k, v in own.items()]
    below = (_text(v, (*path, k)) for k, v in table.items() if isinstance(v, dict))
    return "\n".join([*lines, "", *below])
