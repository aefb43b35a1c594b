"""The papers for the floor as text: what stands out on each, in tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from twin.errors import plural
from twin.report.aligned import table
from twin.report.coolant_cells import described
from twin.report.coolant_filling import FILL, FLUSH, fill_rows, flush_rows
from twin.report.coolant_plants import FACILITY, PLANTS, facility_rows, plant_rows
from twin.report.coolant_racks import BALANCING, balancing_rows
from twin.report.coolant_units import SET_POINTS, set_point_rows
from twin.report.tables import Value
from twin.report.words import clean
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.coupled import plant_flows
from twin.solve.study import Study

_MANY = 1000.0
"""From here on without a part after the point."""
Rows = Callable[[Study], Iterable[tuple[Value, ...]]]

_PAPERS: tuple[tuple[str, Sequence[str], Rows, dict[str, str]], ...] = (
    ("Balancing", BALANCING, balancing_rows, {
        "loop": "loop", "rack": "rack", "design_flow_lpm": "needs L/min",
        "expected_flow_lpm": "gets L/min", "expected_rack_dp_kpa": "rack kPa",
        "expected_hookup_dp_kpa": "hookup kPa", "set_valve_kv_m3h": "set Kv",
        "set_hold_lpm": "hold L/min", "setting": "valve", "set_by_case": "in case",
        "set_flow_lpm": "then L/min", "not_for_cases": "not for", "missing": "missing",
    }),
    ("CDUs, healthy and where each gives most", SET_POINTS, set_point_rows, {
        "loop": "loop", "cdu": "CDU", "supply_set_point_c": "degC", "expected_flow_lpm": "L/min",
        "expected_head_kpa": "kPa", "expected_facility_flow_lpm": "water L/min",
        "expected_speed": "speed", "facility_valve": "valve", "worst_case": "worst case",
        "worst_flow_lpm": "L/min", "worst_facility_flow_lpm": "water L/min",
        "worst_facility_valve": "valve", "missing": "missing",
    }),
    ("Plants, healthy and where each gives most", PLANTS, plant_rows, {
        "plant": "plant", "supply_set_point_c": "degC", "expected_flow_lpm": "L/min",
        "expected_head_kpa": "kPa", "expected_speed": "speed", "worst_case": "worst case",
        "worst_flow_lpm": "L/min", "worst_head_kpa": "kPa", "worst_speed": "speed",
        "makeup_lpm": "make-up L/min", "missing": "missing",
    }),
    ("Facility water, healthy and where each asks for most", FACILITY, facility_rows, {
        "plant": "plant", "user": "user", "expected_asked_lpm": "asks L/min",
        "expected_dp_kpa": "kPa", "expected_valve_dp_kpa": "valve kPa",
        "worst_case": "worst case", "worst_asked_lpm": "asks L/min",
        "worst_flow_lpm": "gets L/min", "worst_dp_kpa": "kPa",
        "worst_valve_dp_kpa": "valve kPa", "enough": "enough", "missing": "missing",
    }),
    ("Branches of plants, set for the case that leaves each least", FACILITY, facility_rows, {
        "plant": "plant", "user": "user", "design_flow_lpm": "L/min",
        "set_available_kpa": "there kPa", "set_user_dp_kpa": "user kPa",
        "set_valve_dp_kpa": "valve kPa", "set_valve_kv_m3h": "set Kv",
        "set_pair_kv_m3h": "or Kv of a pair", "setting": "valve", "set_by_case": "in case",
        "missing": "missing",
    }),
    ("Fill", FILL, fill_rows, {
        "loop": "circuit", "fluid": "fluid", "fill_l": "fill L", "at_least": "at least",
        "glycol_l": "glycol L", "glycol_kg": "kg", "warm_c": "warm degC",
        "expansion_l": "gains L", "vessel_l": "vessel L", "missing": "missing",
    }),
    ("Flushing, with racks, CDUs and air units bypassed", FLUSH, flush_rows, {
        "loop": "circuit", "section": "section", "side": "side", "bore_mm": "bore mm",
        "velocity_m_s": "m/s", "need_lpm": "needs L/min", "given_lpm": "gets L/min",
        "bypass_at": "bypass", "pumps_suffice": "enough", "missing": "missing",
    }),
)  # fmt: skip


def text(study: Study, width: int = 100) -> str:
    """Return the papers in words and tables of a width; columns without a value are left out.

    Parameters
    ----------
    study
        A site under its conditions.
    width
        Cells of a line.
    """
    parts = [[f"{clean(study.site.name)}: {counted(study)}"]]
    for title, columns, rows, told in _PAPERS:
        lines = list(rows(study))
        if lines:
            parts.append([title, *_table(columns, lines, told, width)])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def counted(study: Study) -> str:
    """Return how many loops, racks, CDUs and plants the papers are about."""
    loops, plants = described(study), study(plant_flows)
    racks = sum(len(flow.circuit.links(Part.RACK)) for flow in loops)
    cdus = sum(len(flow.circuit.links(Part.UNIT)) for flow in loops)
    parts = [
        plural(len(loops), "loop with pipes", "loops with pipes"), plural(racks, "rack"),
        plural(cdus, "CDU"),
    ]  # fmt: skip
    parts += [plural(len(plants), "plant with pipes", "plants with pipes")] if plants else []
    return ", ".join(parts)


def _table(
    columns: Sequence[str], rows: list[tuple[Value, ...]], told: dict[str, str], width: int
) -> list[str]:
    """Return the lines of a table of some columns."""
    at = [columns.index(name) for name in told]
    at = [k for k in at if any(row[k] is not None for row in rows)]
    right = frozenset(x for x, k in enumerate(at) if any(isinstance(row[k], float) for row in rows))
    header = [told[columns[k]] for k in at]
    cells = [[_said(row[k]) for k in at] for row in rows]
    return table(header, cells, width=width, right=right, indent=2)


def _said(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < _MANY else f"{value:,.0f}"
    return "" if value is None else clean(str(value))
