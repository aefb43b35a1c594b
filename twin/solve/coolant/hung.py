"""Hookups that join what hangs on a circuit to it."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.study import Study


def hookup_of_links(study: Study, circuit: Circuit) -> IntArray:
    """(m,) hookup of hoses, racks, users: of their manifold, or of a rack's own loop; -1 none."""
    site, on = study.site, circuit.manifold
    out = np.append(site.rows_of("hookup", study.table("manifold")["hookup"]), -1)[on]
    if circuit.kind == "loop":
        own = site.rows_of("hookup", study.table("loop")["hookup"])[circuit.row]
        out[np.isin(circuit.part, (Part.HOSE, Part.RACK)) & (on < 0)] = own
    return out
