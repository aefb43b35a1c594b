"""What the valves in hoses let through where CDUs of one rack share them."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.coolant.asking import rated_lpm
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.hung import hookup_of_links
from twin.solve.study import Study


def let_through(study: Study, circuit: Circuit, asked: FloatArray) -> FloatArray:
    """(L, u) part of what users ask for that the valves of their hookups let through.

    CDUs of one rack share its hoses, and what the valve in them holds: a flow of its own, else the
    sum of their rated ones. They share it as they ask for it.

    Parameters
    ----------
    asked
        (L, u) of users that live.
    """
    link, table = circuit.links(Part.USER), study.table("hookup")
    hookup = hookup_of_links(study, circuit)[link]
    held = np.append(table["hold_lpm"], np.nan)[hookup]
    holds = np.append(table["independent"], False)[hookup].astype(bool) | ~np.isnan(held)
    if not holds.any():
        return np.ones(asked.shape)
    hung = np.stack([circuit.manifold[link], circuit.place[link]], axis=1)
    _, hose = np.unique(hung, axis=0, return_inverse=True)
    order = np.argsort(hose, kind="stable")
    first = np.searchsorted(hose[order], np.arange(hose.max() + 1))

    def together(lpm: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(lpm[:, order], first, axis=1)[:, hose])

    rated = together(rated_lpm(study, circuit.subject[link])[None])[0]
    most = np.where(np.isnan(held), rated, held)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.minimum(1.0, most / together(asked))
    return np.where(holds & (asked > 0), part, 1.0)
