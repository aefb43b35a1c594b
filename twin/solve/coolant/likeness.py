"""What a small loop is solved from, as a key: racks with CDUs of their own are many and alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterator

import numpy as np

from twin.site.resolve import product_rows
from twin.solve.coolant.racks import flow_per_kw
from twin.solve.coolant.ready import Ready

SMALL = 12
"""Links of a circuit up to which it is looked for among those that are solved already."""
_OF_CIRCUIT = (
    "fr", "to", "part", "side", "length_m", "bore_m", "roughness_m", "zeta", "kv_m3h", "check",
)  # fmt: skip
_OF_LANES = ("shut", "pump_out", "keep", "counts")
_OF_CDUS = (
    "flow_lpm", "head_kpa", "min_flow_lpm", "pumps", "pumps_needed", "speed_min",
)  # fmt: skip
"""What a unit's curve is made of, besides its product."""


def likeness(loop: Ready) -> Hashable:
    """All that decides what `flow.solve_ready` finds: loops with one key have the same flows.

    Of racks and units it is what they are, and not which.
    """
    return (
        *_bytes(loop.circuit, _OF_CIRCUIT),
        *_bytes(loop.lanes, _OF_LANES),
        *_bytes(loop.racks, ("link", "resistance", "exponent", "hold_m3s", "heat_kw")),
        *_bytes(loop.fluid, ("rho_kg_m3", "mu_pa_s", "cp_j_kgk")),
        *_bytes(loop.cooling.unit, loop.cooling.unit._fields),
        *_bytes(loop.cooling, [f.name for f in dataclasses.fields(loop.cooling)][1:]),
        loop.control, loop.sensor, loop.set_point_c, *_things(loop),
    )  # fmt: skip


def _bytes(of: object, names: Iterator[str] | list[str] | tuple[str, ...]) -> list[bytes]:
    return [np.asarray(getattr(of, name)).tobytes() for name in names]


def _things(loop: Ready) -> Iterator[bytes]:
    """Yield what racks need and what units are made of."""
    study, site = loop.study, loop.study.site
    yield product_rows(site, "rack")[loop.racks.row].tobytes()
    yield study(flow_per_kw)[loop.racks.row].tobytes()
    yield product_rows(site, "cdu")[loop.units].tobytes()
    for name in _OF_CDUS:
        yield np.asarray(study.table("cdu")[name])[loop.units].tobytes()
        if name in site.tables["cdu"].columns:
            yield np.asarray(site.tables["cdu"][name])[loop.units].tobytes()
