"""Cords counted by what stands at their ends: the lines of a bill that names devices."""

from __future__ import annotations

import numpy as np

from twin.solve.cabling.cords.cables import Ends, cables
from twin.solve.fabric.portmap import node_names
from twin.solve.study import Study


def cords_by_ends(study: Study) -> dict[tuple[str, str, str], int]:
    """Return cords of fabrics by fabric, lower end and upper end, in the order of the fabrics."""
    cable = study(cables)
    mine = np.flatnonzero((cable.fabric >= 0) & (cable.cords > 0))
    ids = study.table("fabric").ids.tolist()
    low, high = (_kinds(study, end) for end in (cable.lower, cable.upper))
    out: dict[tuple[str, str, str], int] = {}
    for k in mine[np.argsort(cable.fabric[mine], kind="stable")].tolist():
        key = (ids[int(cable.fabric[k])], low[k], high[k])
        out[key] = out.get(key, 0) + int(cable.cords[k])
    return out


def _kinds(study: Study, end: Ends) -> list[str]:
    """Return what each row ends on: a tier of switches, a panel, or what nodes are called."""
    tiers = [*study.table("switch")["tier"].tolist(), ""]
    names = node_names(study, study(cables).fabric, end.place, end.node)
    return [
        "panel" if panel >= 0 else tiers[switch] or _kind(name)
        for panel, switch, name in zip(
            end.panel.tolist(), end.switch.tolist(), names, strict=True
        )
    ]  # fmt: skip


def _kind(name: str) -> str:
    """Return the name of a node without its number.

    Examples
    --------
    >>> _kind("pdu12"), _kind("n3")
    ('pdu', 'node')
    """
    kind = name.rstrip("0123456789")
    return "node" if kind in {"n", ""} else kind
