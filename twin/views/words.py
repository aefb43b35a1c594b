"""What a thing is called in a tooltip: the same words in every picture."""

from __future__ import annotations

import numpy as np

from twin.views.judge import AT_RISK
from twin.views.parts import Batch, Scene

VERDICTS = ("feasible", "unknown", "blocked", "feasible, at risk")
ELEMENTS = ("holds", "a figure is missing", "over its limit", "holds")


def tooltips(scene: Scene, batch: Batch) -> list[str]:
    """One line for every thing of a batch: what it is, where, what was said of it."""
    names = scene.names
    out = []
    columns = zip(
        batch.subject.tolist(),
        batch.state.tolist(),
        batch.load.tolist(),
        batch.code.tolist(),
        batch.place.tolist(),
        strict=True,
    )
    words = VERDICTS if batch.asset == "rack" else ELEMENTS
    for subject, state, load, code, place in columns:
        kind, _, name = (
            str(names[subject]).partition(":") if subject >= 0 else (batch.asset, "", "")
        )
        line = f"{kind.replace('_', ' ')} {name}".strip()
        if place >= 0:
            line += f" in {str(names[place]).partition(':')[2]}"
        if state >= 0:
            line += f": {words[state]}"
            if code and state in {1, 2, AT_RISK}:
                line += f" {code}"
        if not np.isnan(load) and np.isfinite(load):
            line += f", {100 * load:.0f} % of its limit"
        out.append(line)
    return out
