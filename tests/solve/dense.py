"""Radial networks solved in an unlike way: nodal admittances, dense, Newton."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TURN = np.exp(-2j * np.pi / 3)


@dataclass(frozen=True)
class Loads:
    """Constant powers, each between two conductors: rows of +1 and -1."""

    between: np.ndarray
    power: np.ndarray


def newton(admittance, inflow, loads, seen_from_sources, v):
    """Solve Y v + B' conj(s / (B v + u)) = inflow; v is where to start."""
    b, s = loads.between, loads.power
    for _ in range(60):
        u = b @ v + seen_from_sources
        wrong = admittance @ v - inflow + b.T @ np.conj(s / u)
        c = b.T @ np.diag(np.conj(s / u**2)) @ b  # d conj(s/u) = -c conj(dv)
        jacobian = np.block([
            [admittance.real - c.real, -admittance.imag - c.imag],
            [admittance.imag - c.imag, admittance.real + c.real],
        ])  # fmt: skip
        step = np.linalg.solve(jacobian, -np.concatenate([wrong.real, wrong.imag]))
        v = v + step[: len(v)] + 1j * step[len(v) :]
        if np.abs(step).max() < 1e-15:
            break
    assert np.abs(wrong).max() < 1e-9
    return v


def balanced(parent, z, s, shunt=None):
    """Voltages of nodes whose source is the one with parent -1, at 1 pu."""
    n = len(parent)
    source = int(np.flatnonzero(parent < 0)[0])
    y = np.zeros((n, n), complex)
    for k, above in enumerate(parent):
        if above >= 0:
            y[[k, above], [k, above]] += 1 / z[k]
            y[[k, above], [above, k]] -= 1 / z[k]
    if shunt is not None:
        y += np.diag(shunt)
    free = np.arange(n) != source
    loads = Loads(np.eye(n - 1), s[free])
    v = np.ones(n, complex)
    v[free] = newton(y[free][:, free], -y[free, source], loads, np.zeros(n - 1), v[free])
    return v


def four_wire(parent, z, s_phase, s_line, delta):
    """(n, 4) voltages; node 0 is the source."""
    n = len(parent)
    turn = np.array([[1, 0, -1, 0], [-1, 1, 0, 0], [0, -1, 1, 0], [0, 0, 0, 0]]) / np.sqrt(3)
    y = np.zeros((4 * n, 4 * n), complex)
    v = np.zeros((n, 4), complex)
    v[0] = 1, TURN, TURN**2, 0
    for k in range(1, n):  # parents come first here
        ideal = turn if delta[k] else np.eye(4)
        v[k] = ideal @ v[parent[k]]
        inverse = np.linalg.inv(z[k])
        own, above = slice(4 * k, 4 * k + 4), slice(4 * parent[k], 4 * parent[k] + 4)
        y[own, own] += inverse
        y[own, above] -= inverse @ ideal
        y[above, own] -= ideal.T @ inverse
        y[above, above] += ideal.T @ inverse @ ideal
    rows, power = [], []
    for k in range(n):
        for a in range(3):
            for b, s in ((3, s_phase[k, a]), ((a + 1) % 3, s_line[k, a])):
                if s != 0:
                    row = np.zeros(4 * n)
                    row[4 * k + a], row[4 * k + b] = 1, -1
                    rows.append(row)
                    power.append(s)
    between = np.array(rows).reshape(-1, 4 * n)
    held, flat = v[0], v.reshape(-1)
    flat[4:] = newton(
        y[4:, 4:], -y[4:, :4] @ held, Loads(between[:, 4:], np.array(power)),
        between[:, :4] @ held, flat[4:].copy(),
    )  # fmt: skip
    return flat.reshape(n, 4)
