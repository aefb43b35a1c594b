"""Sums of links in panels and in trunks, as budgets of racks."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Budget, Input
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.resting import resting
from twin.solve.cabling.panels.patched import Taken
from twin.solve.study import Study

_CLOSE = 1e-9


def patched_budget(
    study: Study,
    kind: str,
    taken: Taken,
    limits: FloatArray,
    inputs: tuple[Input, ...],
    owner: str,
) -> Budget:
    """Links of racks in things of one kind; those between switches count before any rack."""
    rack = study(bundles).rack[taken.bundle]
    mine = rack >= 0
    subject = np.unique(taken.row)
    row = np.searchsorted(subject, taken.row)
    n = len(subject)
    # Who rests on links between switches has a part in the row, of nothing: it judges them, too.
    rests, on = resting(study, taken.bundle[~mine], row[~mine])
    return Budget(
        kind=kind,
        subject=subject,
        case=np.zeros(n, dtype=np.int64),
        limit=limits[subject],
        base=np.bincount(row[~mine], taken.links[~mine], minlength=n)
        + _begun(study, taken, row, n),
        rack=np.append(rack[mine], rests),
        row=np.append(row[mine], on),
        coefficient=np.append(taken.links[mine], np.zeros(len(rests))),
        amount=np.ones(len(study.table("rack"))),
        onto=np.full(n, -1),
        row_inputs=tuple(i._replace(rows=i.rows[subject], known=i.known[subject]) for i in inputs),
        owner=owner,
    )


def _begun(study: Study, taken: Taken, row: IntArray, n: int) -> FloatArray:
    """(n,) parts of ports that stay dark where lanes of nodes do not fill the last port of a leaf.

    Worked number: five lanes of two planes on a leaf take three ports, half of one dark.
    """
    leaf = study(bundles).switch[taken.bundle]
    ports, at = np.unique(np.stack([row, leaf]), axis=1, return_inverse=True)
    links = np.bincount(at.ravel(), taken.links, minlength=ports.shape[1])
    dark = np.ceil(links - _CLOSE) - links
    return np.bincount(ports[0], np.maximum(dark, 0.0), minlength=n).astype(float)
