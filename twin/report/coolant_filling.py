"""What each described loop and plant is filled with, and how it is flushed before."""

from __future__ import annotations

import math
from collections.abc import Iterator

from twin.report.coolant_cells import figure, lacks, of_loop, paths, solved, solved_plant
from twin.report.tables import Value
from twin.solve.coolant.circuit import SUPPLY, Circuit
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.filling import COLD_C, Fill, fill
from twin.solve.coolant.flushing import Flush, flush
from twin.solve.coolant.plant_filling import plant_fill
from twin.solve.limits import limit
from twin.solve.study import Study

FILL = (
    "loop", "fluid", "pipes_l", "manifolds_l", "hoses_l", "racks_l", "cdus_l", "rest_l", "fill_l",
    "at_least", "glycol_share", "share_of", "glycol_kg", "glycol_l", "cold_c", "warm_c",
    "expansion_l", "reserve_l", "static_kpa", "final_kpa", "final_from", "vessel_l", "missing",
    "circuit_kind",
)  # fmt: skip
FLUSH = (
    "loop", "section", "side", "bore_mm", "velocity_m_s", "need_lpm", "given_lpm", "bypass_at",
    "pumps_suffice", "missing", "circuit_kind",
)  # fmt: skip


def fill_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each described loop, then for each described plant."""
    for flow in study(loop_flows):
        yield _fill_row(
            study, "loop", flow.circuit, fill(study, flow.circuit, solved(flow)),
            of_loop(study, flow),
        )  # fmt: skip
    for found in study(plant_flows):
        circuit = found.circuit
        yield _fill_row(
            study, "plant", circuit, plant_fill(study, circuit, study(loop_flows)), None
        )


def _fill_row(
    study: Study, kind: str, circuit: Circuit, f: Fill, unsolved: str | None
) -> tuple[Value, ...]:
    lacks = [m for m in (paths(study, f.missing), unsolved) if m]
    missing = "; ".join(dict.fromkeys("; ".join(lacks).split("; ")))
    table = study.table(kind)
    return (
        str(table.ids[circuit.row]), str(table["fluid"][circuit.row]) or None,
        figure(f.pipes_l), figure(f.manifolds_l), figure(f.hoses_l), figure(f.racks_l),
        figure(f.cdus_l), figure(f.rest_l), figure(f.known_l), "no" if f.complete else "yes",
        figure(f.glycol_share), f.basis or None, figure(f.glycol_kg),
        figure(f.glycol_at_20c_l), COLD_C, figure(f.warm_c), figure(f.expansion_l, 3),
        figure(f.reserve_l, 3), figure(f.static_kpa), figure(f.final_kpa), f.final_by or None,
        figure(f.vessel_l, 3), missing or None, kind,
    )  # fmt: skip


def flush_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each side of each pipe and manifold of every described loop and plant."""
    for flow in study(loop_flows):
        f = flush(study, flow.circuit, solved(flow))
        yield from _flush_rows(study, flow.circuit, f, of_loop(study, flow))
    for found in study(plant_flows):
        known = solved_plant(found)
        f = flush(study, found.circuit, known)
        yield from _flush_rows(study, found.circuit, f, None if known else lacks(study, found))


def _flush_rows(
    study: Study, circuit: Circuit, f: Flush, missing: str | None
) -> Iterator[tuple[Value, ...]]:
    velocity = limit(study, "flush_velocity_min_m_s").value
    name = str(study.table(circuit.kind).ids[circuit.row])
    for k, subject in enumerate(f.subject.tolist()):
        need, given = float(f.need_lpm[k]), float(f.given_lpm[k])
        known = not (math.isnan(need) or math.isnan(given))
        yield (
            name, study.site.name_of(subject).split(":", 1)[1],
            "supply" if f.side[k] == SUPPLY else "return", figure(1000.0 * f.bore_m[k]),
            figure(velocity), figure(need), figure(given), _bypass(study, int(f.by[k])),
            ("yes" if given >= need else "no") if known else None,
            paths(study, f.missing) if f.waits[k] else missing, circuit.kind,
        )  # fmt: skip


def _bypass(study: Study, subject: int) -> str | None:
    """Say where the bypass is that flushes a section."""
    if subject < 0:
        return None
    kind, _, name = study.site.name_of(subject).partition(":")
    return "all" if kind == "plant" else name
