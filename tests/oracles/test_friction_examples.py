"""Worked examples of friction in pipes, against one pipe solved as a network."""

import numpy as np
import pytest

from twin.catalog.shipped import shipped
from twin.solve.coolant.fluids import fluid_table, properties
from twin.solve.hydraulics.laws import compile_laws
from twin.solve.hydraulics.links import Friction, Kind, Links
from twin.solve.hydraulics.solve import solve
from twin.solve.hydraulics.topology import compile_topology

LENGTH_M = 100.0


def gradient(q_m3s, bore, roughness, rho, mu, friction):
    """Pressure lost for each metre of a pipe through which a flow is drawn, Pa/m."""
    links = Links(
        np.array([Kind.PIPE]), LENGTH_M, bore, roughness, rho_kg_m3=rho, mu_pa_s=mu,
        friction=friction,
    )  # fmt: skip
    pipe = compile_topology(2, np.array([0]), np.array([1]), np.array([0]))
    found = solve(pipe, compile_laws(links), np.zeros(1), demand_m3s=np.array([0.0, q_m3s]))
    assert found.converged[0]
    return -found.p_pa[0, 1] / LENGTH_M


def factor(per_m, q_m3s, bore, rho):
    velocity = q_m3s / (np.pi / 4 * bore**2)
    return per_m * 2 * bore / (rho * velocity**2)


@pytest.mark.parametrize(
    ("bore", "colebrook", "haaland", "swamee", "per_m"),
    [
        (0.0828, 0.018633, 0.018488, 0.018756, 2062.5),
        (0.1082, 0.01838, 0.018184, 0.018478, 533.9),
        (0.1345, 0.018391, 0.01816, 0.018459, None),
    ],
)
def test_friction_of_a_row_header(bore, colebrook, haaland, swamee, per_m):
    """WE-C-010: 8 racks of 115 kW on PG25 at 40 degC, steel of 0.045 mm."""
    q, rho, mu = 1373.3 / 60000, 1014.5, 1.3677e-3
    for law, f in (
        (Friction.COLEBROOK, colebrook),
        (Friction.HAALAND, haaland),
        (Friction.SWAMEE_JAIN, swamee),
    ):
        found = gradient(q, bore, 4.5e-5, rho, mu, law)
        assert factor(found, q, bore, rho) == pytest.approx(f, rel=1e-3)
        if law is Friction.COLEBROOK and per_m:
            assert found == pytest.approx(per_m, rel=2e-3)


def test_friction_of_a_smooth_pipe():
    """WE-C-013: Crane's example 7-1 prints 0.0179 at a Reynolds number of 100,600."""
    water = properties(fluid_table(shipped(), "water"), np.array(30.0))
    rho, mu = float(water.rho_kg_m3), float(water.mu_pa_s)
    q = 200 / 60000
    bore = 4 * q * rho / (np.pi * mu * 100600)
    assert bore == pytest.approx(0.0525, rel=0.02)
    found = gradient(q, bore, 0.0, rho, mu, Friction.COLEBROOK)
    assert factor(found, q, bore, rho) == pytest.approx(0.0179, rel=0.02)
