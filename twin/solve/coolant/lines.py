"""How fast coolant runs in pipes, manifolds and hoses, and what it loses on each metre of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.branches import Fluid
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.resistance import velocity_m_s
from twin.solve.hydraulics.friction import SWAMEE_JAIN, pipes
from twin.solve.hydraulics.laws import BEND, LOCAL, RE, ROUGH, RUB, compile_laws
from twin.solve.hydraulics.links import Kind, Links


@dataclass(frozen=True, slots=True)
class Lines:
    """Pipes, segments of manifolds and hoses of a solved loop. L lanes, k links.

    Attributes
    ----------
    link
        (k,) links of the circuit.
    velocity_m_s, friction_pa_m
        (L, k); NaN where a lane has not converged.
    """

    link: IntArray
    velocity_m_s: FloatArray
    friction_pa_m: FloatArray


def lines_of(flows: Sequence[LoopFlow]) -> Iterator[Lines]:
    """Velocity and friction in the lines of loops, each at the temperature of what flows in.

    Where that is not known the loop's set-point stands in: colder and more viscous than a return.
    """
    lines = np.zeros(len(Part), dtype=bool)
    lines[[Part.PIPE, Part.SEGMENT, Part.HOSE]] = True
    links = [np.flatnonzero(lines[f.circuit.part]) for f in flows]
    lanes = [_figures(flow, link) for flow, link in zip(flows, links, strict=True)]
    flat = [np.concatenate([np.ravel(c) for c in column]) for column in zip(*lanes, strict=True)]
    if not flat:
        return
    q, bore, rough, rho, mu = flat
    friction = line_loss_pa(q, np.ones(q.size), bore, rough, np.zeros(q.size), rho, mu)
    ends = np.cumsum([lane[0].size for lane in lanes])[:-1]
    for flow, link, lane, lost in zip(flows, links, lanes, np.split(friction, ends), strict=True):
        known = flow.moved.converged[:, None]
        yield Lines(
            link=link,
            velocity_m_s=np.where(known, velocity_m_s(lane[0] / LPM, lane[1]), np.nan),
            friction_pa_m=np.where(known, lost.reshape(lane[0].shape), np.nan),
        )


def _figures(flow: LoopFlow, link: IntArray) -> tuple[FloatArray, ...]:
    """(L, k) each: flow, bore, roughness, density and viscosity of lines."""
    q, circuit = np.abs(flow.moved.q_m3s[:, link]), flow.circuit
    rho, mu = at_start(flow, flow.loop.fluid, flow.loop.set_point_c, link)
    wall = (np.broadcast_to(c[link], q.shape) for c in (circuit.bore_m, circuit.roughness_m))
    return q, *wall, rho, mu


def at_start(
    flow: LoopFlow, fluid: Fluid, set_point_c: float, link: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Density and viscosity in links, (L, k), at the temperature of the place that feeds them."""
    circuit = flow.circuit
    start = np.where(flow.moved.q_m3s[:, link] < 0, circuit.to[link], circuit.fr[link])
    t_c = np.take_along_axis(flow.warmth.node_c, start, axis=1)
    rho, mu = fluid.at(np.where(np.isnan(t_c), set_point_c, t_c))[:2]
    return rho, mu


def line_loss_pa(
    q_m3s: FloatArray,
    length_m: FloatArray,
    bore_m: FloatArray,
    roughness_m: FloatArray,
    loss_k: FloatArray,
    rho_kg_m3: FloatArray,
    mu_pa_s: FloatArray,
) -> FloatArray:
    """Pressure lost in lines at a flow, Pa, by the law with which loops are solved; all one shape.

    Parameters
    ----------
    loss_k
        Loss of fittings and valves, on the velocity in the bore.

    Examples
    --------
    1,211 L/min of water at 20 degC in NPS 4 schedule 40, each metre (WE-C-012 asks for its velocity
    alone). By hand: Re 250,300, f 0.01824, 0.01824 / 0.10226 x 998.2 x 2.457^2 / 2 = 538 Pa.

    >>> columns = (1211 / 60000, 1.0, 0.10226, 4.5e-5, 0.0, 998.2, 0.001002)
    >>> line_loss_pa(*(np.array([c]) for c in columns)).round(0).tolist()
    [538.0]
    """
    shape = q_m3s.shape
    flat = [
        np.ravel(c)
        for c in (q_m3s, length_m, bore_m, roughness_m, loss_k, rho_kg_m3, mu_pa_s)
    ]  # fmt: skip
    q, length, bore, rough, loss, rho, mu = flat
    laws = compile_laws(
        Links(
            kind=np.full(q.size, int(Kind.PIPE)),
            length_m=length,
            diameter_m=bore,
            roughness_m=rough,
            loss_k=loss,
            rho_kg_m3=rho,
            mu_pa_s=mu,
        )
    )
    column = laws.columns[:, 0]
    lost, slope = np.empty(q.size), np.empty(q.size)
    with np.errstate(divide="ignore"):
        pipes(
            SWAMEE_JAIN, q, column[RUB], column[LOCAL], column[RE], column[ROUGH],
            np.ravel(column[BEND : BEND + 4]), lost, slope,
        )  # fmt: skip
    return lost.reshape(shape)
