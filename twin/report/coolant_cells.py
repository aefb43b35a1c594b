"""How cells of the papers for the floor are written."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from twin.errors import InputError, Problem
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import Missing
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.stuck import stuck
from twin.solve.study import Study

_ROUNDING = 1e-6


def figure(value: float, digits: int = 5) -> float | None:
    """Return a number with so many digits; None where it is not known.

    Examples
    --------
    >>> figure(127.49963), figure(float("nan")), figure(0.0)
    (127.5, None, 0.0)
    """
    return float(f"{value:.{digits}g}") + 0.0 if math.isfinite(value) else None


def count(value: float) -> int | None:
    """Return a number of pieces; None where it is not known.

    Examples
    --------
    >>> count(3.0), count(float("nan"))
    (3, None)
    """
    return round(value) if math.isfinite(value) else None


def greatest(values: FloatArray, order: IntArray) -> int:
    """Return the place of the greatest value; of those that are it but for rounding the first.

    Parameters
    ----------
    values, order
        (n,) each; NaN is less than all.

    Examples
    --------
    >>> greatest(np.array([3.0, np.nan, 5.0, 5.0 + 1e-9]), np.array([0, 1, 3, 2]))
    3
    """
    known = np.where(np.isnan(values), -np.inf, values)
    most = float(known.max())
    near = np.flatnonzero(known >= most - _ROUNDING * abs(most)) if most > -np.inf else np.zeros(1)
    near = near.astype(np.int64)
    return int(near[order[near].argmin()])


def paths(study: Study, missing: Iterable[Missing]) -> str | None:
    """Return fields by their dotted paths, each once; None where none is missing."""
    told = dict.fromkeys(study.site.path_of(m.kind, m.row, m.column) for m in missing)
    return "; ".join(told) or None


def solved(flow: LoopFlow | Unsolved) -> LoopFlow | None:
    """Return a loop with its flows, None where it has none."""
    return flow if isinstance(flow, LoopFlow) and bool(flow.moved.converged[0]) else None


def of_loop(study: Study, flow: LoopFlow | Unsolved) -> str | None:
    """Return what a loop without flows waits for."""
    if isinstance(flow, Unsolved):
        return paths(study, flow.missing) or "no CDU or no rack"
    return None if flow.moved.converged[0] else study(stuck)["loop", flow.circuit.row]


def solved_plant(found: PlantFlow | Unsolved) -> PlantFlow | None:
    """Return a plant with its flows, None where it has none."""
    known = isinstance(found, PlantFlow) and bool(found.moved.converged[found.of_case[0]])
    return found if isinstance(found, PlantFlow) and known else None


def lacks(study: Study, found: PlantFlow | Unsolved) -> str | None:
    """Return what a plant without flows waits for."""
    if isinstance(found, Unsolved):
        return paths(study, found.missing)
    return study(stuck)["plant", found.circuit.row]


def loop_name(study: Study, flow: LoopFlow | Unsolved) -> str:
    """Return the id of a loop."""
    return str(study.table("loop").ids[flow.circuit.row])


def described(study: Study) -> tuple[LoopFlow | Unsolved, ...]:
    """Return every described loop; that there is none is told."""
    found = study(loop_flows)
    if not found:
        raise InputError(
            Problem("", key="coolant.manifolds", message="no loop says how its pipes run",
                    expected="describe pipes (with start and end) and manifolds")
        )  # fmt: skip
    return found
