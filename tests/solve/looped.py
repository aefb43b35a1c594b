"""Random looped networks, and what must hold in every solved one, told plainly."""

import numpy as np

from twin.solve.hydraulics.laws import compile_laws
from twin.solve.hydraulics.links import Kind, Links
from twin.solve.hydraulics.solve import solve
from twin.solve.hydraulics.topology import compile_topology

RHO, MU = 1012.5, 1.54e-3


def network(seed, nodes=12, extra=8, refs=1, *, valves=False):
    """Return ends, links, held nodes, pressures and demands: a tree with chords, two pumps.

    With `valves` some links let nothing back, and some hold a flow.
    """
    rng = np.random.default_rng(seed)
    fr = np.array([rng.integers(0, k) for k in range(1, nodes)])
    to = np.arange(1, nodes)
    a = rng.integers(0, nodes, extra)
    b = (a + rng.integers(1, nodes, extra)) % nodes
    fr, to = np.append(fr, a), np.append(to, b)
    turn = rng.random(len(fr)) < 0.5
    fr, to = np.where(turn, to, fr), np.where(turn, fr, to)
    m = len(fr)
    kind = rng.choice([Kind.PIPE, Kind.LOSS, Kind.POWER], m, p=[0.6, 0.25, 0.15])
    kind[-2:] = Kind.PUMP
    exponent = np.where(kind == Kind.POWER, rng.uniform(1.0, 2.5, m), 2.0)
    resistance = np.where(kind == Kind.PUMP, 2e9, 2e4 / 2e-3**exponent)
    links = Links(
        kind, rng.uniform(1, 30, m), rng.uniform(0.03, 0.12, m), 4.5e-5, rng.uniform(0.5, 60, m),
        resistance=resistance, exponent=exponent, lift_pa=rng.uniform(1e5, 2e5, m),
        hold_m3s=np.where(valves & (rng.random(m) < 0.2), rng.uniform(2e-4, 4e-3, m), np.nan),
        one_way=valves & (rng.random(m) < 0.2), rho_kg_m3=RHO, mu_pa_s=MU,
    )  # fmt: skip
    demand = rng.uniform(-2e-4, 1e-3, nodes) * (rng.random(nodes) < 0.4)
    held = rng.permutation(nodes)[:refs]
    return fr, to, links, held, rng.uniform(1e5, 3e5, refs), demand


def solved(fr, to, links, held, held_pa, demand, **more):
    topology = compile_topology(len(demand), fr, to, held)
    return solve(topology, compile_laws(links), held_pa, demand_m3s=demand, **more)


def factor(re, rough):
    """Friction factor as EPANET has it; `rough` is roughness / diameter."""
    if re <= 2000:
        return 64 / re
    if re >= 4000:
        return 0.25 / np.log10(rough / 3.7 + 5.74 / re**0.9) ** 2
    y2 = rough / 3.7 + 5.74 / 4000**0.9
    y3 = -2 * np.log10(y2)
    fa = y3**-2
    fb = fa * (2 - 0.00514215 / (y2 * y3))
    r = re / 2000
    return (
        7 * fa - fb + r * (0.128 - 17 * fa + 2.5 * fb)
        + r * r * (-0.128 + 13 * fa - 2 * fb) + r**3 * (0.032 - 3 * fa + 0.5 * fb)
    )  # fmt: skip


def loss(links, k, q):
    """Pressure lost in a link with no valve of its own, Pa."""
    if links.kind[k] == Kind.PUMP:
        return links.resistance[k] * q * abs(q) - links.lift_pa[k]
    if links.kind[k] == Kind.POWER:
        return np.sign(q) * links.resistance[k] * abs(q) ** links.exponent[k]
    d = links.diameter_m[k]
    v = q / (np.pi / 4 * d * d)
    drag = links.loss_k[k]
    if links.kind[k] == Kind.PIPE and q != 0:
        re = RHO * abs(v) * d / MU
        drag += factor(re, links.roughness_m / d) * links.length_m[k] / d
    return drag * RHO * v * abs(v) / 2
