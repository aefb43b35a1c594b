"""For how long a loop carries its racks by itself: what it holds, and how far it may warm."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.coolant.circuit import Circuit
from twin.solve.coolant.fluids import fluid_table, properties
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.coolant.volumes import pipe_l, ride_through_s
from twin.solve.load import liquid_heat
from twin.solve.study import Study


def lines_l(circuit: Circuit) -> float:
    """Coolant in pipes, manifolds and hoses of a circuit, L, of those whose size is known.

    Worked number: 4 m of NPS 4 schedule 10 and back hold 73.6 L.
    """
    return float(np.nansum(pipe_l(circuit.length_m, circuit.bore_m)))


def volume_known_l(study: Study, circuits: tuple[Circuit, ...]) -> FloatArray:
    """(loops,) coolant of each loop as far as it is known, L: at least so much is in it.

    Lines of the described ones, `volume_l` of loop and CDUs. What nobody says counts as nothing.
    """
    table, cdus = study.table("loop"), study.table("cdu")
    out = np.append(np.nan_to_num(np.asarray(table["volume_l"], dtype=float)), 0.0)
    units = np.nan_to_num(np.asarray(cdus["volume_l"], dtype=float))
    np.add.at(out, study.site.rows_of("loop", cdus["loop"]), units)
    for circuit in circuits:
        out[circuit.row] += lines_l(circuit)
    return out[:-1]


def ride_s(study: Study, volume_l: FloatArray) -> FloatArray:
    """(loops,) seconds until the supply of a loop without cooling is too warm for a rack on it.

    NaN not known; NaN also where nothing is known to be in it, or no rack stands on it.
    """
    loops, on = study.table("loop"), study(rack_loops)
    mine = np.flatnonzero(study(wet) & (on >= 0) & study.here)
    heat = np.bincount(on[mine], study(liquid_heat)[mine], minlength=len(loops))
    warmest = np.full(len(loops), np.inf)
    with np.errstate(invalid="ignore"):  # one rack that is not known makes its loop unknown
        np.minimum.at(warmest, on[mine], np.asarray(study.table("rack")["supply_max_c"])[mine])
    supply = np.asarray(loops["supply_c"], dtype=float)
    out = np.full(len(loops), np.nan)
    for row in np.unique(on[mine[volume_l[on[mine]] > 0]]).tolist():
        table = fluid_table(study.site.catalog, str(loops["fluid"][row]))
        if table is not None:
            now = properties(table, supply[row : row + 1])
            rise = np.maximum(warmest[row : row + 1] - supply[row], 0.0)
            out[row] = ride_through_s(
                volume_l[row : row + 1], rise, heat[row], now.rho_kg_m3, now.cp_j_kgk
            )[0]
    return out
