"""Hookups that join what hangs on a circuit to it."""

from __future__ import annotations

from twin.site.table import IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.named import row_named
from twin.solve.study import Study


def hookup_of_links(study: Study, circuit: Circuit) -> IntArray:
    """(m,) hookup of hoses, racks, users: of their manifold, or of a rack's own loop; -1 none."""
    on, part = circuit.manifold, circuit.part
    out = row_named(study, "manifold", "hookup")[on]
    if circuit.kind == "loop":
        own = row_named(study, "loop", "hookup")[circuit.row]
        out[((part == Part.HOSE) | (part == Part.RACK)) & (on < 0)] = own
    return out
