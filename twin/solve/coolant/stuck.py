"""Loops and plants for which no solution was found: in how many states, and by how much."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, FloatArray
from twin.solve.coolant.beyond import beyond_fluid
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.rated import impossible_words
from twin.solve.study import Study


def stuck(study: Study) -> dict[tuple[str, int], str]:
    """Words on each loop or plant, by its kind and row, that was not solved in all its states.

    And on CDUs whose rating cannot be.
    """
    out = dict(study(beyond_fluid))
    out |= {("cdu", row): words for row, words in study(impossible_words).items()}
    for found in (*study(plant_flows), *study(loop_flows)):
        if not isinstance(found, Unsolved) and not found.moved.converged.all():
            moving = found.moving_k if isinstance(found, LoopFlow) else np.zeros(1)
            words = _words(found.moved.converged, found.moved.residual, moving)
            if np.isnan(moving).any() and isinstance(found, LoopFlow):
                words += _behind(study, found, out)
            out[found.circuit.kind, found.circuit.row] = words
    return out


def _behind(study: Study, loop: LoopFlow, out: dict[tuple[str, int], str]) -> str:
    """Say what is told of the plants behind a loop, if anything is."""
    plants = study.site.rows_of("plant", study.table("cdu")["plant"])[loop.units]
    told = [(p, out["plant", p]) for p in np.unique(plants).tolist() if ("plant", p) in out]
    return "".join(f"; plant {study.table('plant').ids[p]}: {words}" for p, words in told)


def _words(converged: BoolArray, residual: FloatArray, moving_k: FloatArray) -> str:
    bad = ~converged
    where = "healthy" if bad[0] else "after a loss"
    said = f"no solution was found {where} ({bad.sum()} of {len(bad)} states)"
    worst = float(moving_k.max())
    if np.isnan(worst):
        return f"{said}: its facility water is not known"
    if worst > 0:
        by = f" by {worst:.2g} K" if np.isfinite(worst) else ""
        return f"{said}: temperatures still move{by}"
    if np.isinf(residual[bad]).any():
        return (
            f"{said}: a loss cuts its pressure sensor off, and what its pumps then give is not "
            "known (cut_off_speed; below full speed their curve, too)"
        )
    return f"{said}: pressures miss their laws by {float(np.nanmax(residual[bad])):.2g} Pa"
