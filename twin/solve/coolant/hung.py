"""What the links of a circuit hang on: manifolds, and the hookups that join things to these."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.study import Study


def manifold_of_links(study: Study, circuit: Circuit) -> IntArray:
    """(m,) manifold on which hoses, racks and users hang, -1 none and elsewhere."""
    table = study.table("manifold")
    hung = (circuit.place >= 0) & (circuit.part != Part.SEGMENT)
    out = np.full(len(circuit.fr), -1, dtype=np.int64)
    for k in np.flatnonzero(hung).tolist():
        # Hoses begin at the manifold, what is behind them ends there.
        node = circuit.fr[k] if circuit.part[k] == Part.HOSE else circuit.to[k]
        out[k] = table.index[str(circuit.label[node]).rsplit("/", 1)[0]]
    return out


def hookup_of_links(study: Study, circuit: Circuit) -> IntArray:
    """(m,) hookup of hoses, racks, users: of their manifold, or of a rack's own loop; -1 none."""
    site, on = study.site, manifold_of_links(study, circuit)
    out = np.append(site.rows_of("hookup", study.table("manifold")["hookup"]), -1)[on]
    if circuit.kind == "loop":
        own = site.rows_of("hookup", study.table("loop")["hookup"])[circuit.row]
        out[np.isin(circuit.part, (Part.HOSE, Part.RACK)) & (on < 0)] = own
    return out
