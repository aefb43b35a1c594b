"""The balancing sheet: what is expected at each rack, how its valve is set, what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from twin.files.measured import Measured
from twin.report.coolant_cells import figure, loop_name, of_loop, paths, solved
from twin.report.tables import Value
from twin.report.words import clean
from twin.solve.coolant.balancing import hoses, valve_settings
from twin.solve.coolant.branches import lacks_of_rack
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.racks import flow_need
from twin.solve.losses.cases import cases
from twin.solve.study import Study

BALANCING = (
    "loop", "manifold", "position", "rack", "type", "design_flow_lpm", "expected_flow_lpm",
    "expected_rack_dp_kpa", "expected_hookup_dp_kpa", "set_available_kpa", "set_valve_dp_kpa",
    "set_valve_kv_m3h", "set_hold_lpm", "setting", "measured_flow_lpm", "measured_dp_kpa",
    "missing", "set_by_case", "set_flow_lpm", "set_rack_dp_kpa", "not_for_cases",
)  # fmt: skip
MEASURED = (
    "loop", "rack", "design_flow_lpm", "expected_flow_lpm", "measured_flow_lpm", "difference_pct",
    "expected_rack_dp_kpa", "measured_dp_kpa", "dp_difference_pct", "found",
)  # fmt: skip


def balancing_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each rack of every described loop, along its manifolds."""
    for flow in study(loop_flows):
        known = solved(flow)
        if known is None:
            yield from _unsolved(study, flow)
        else:
            yield from _solved(study, known)


def _place(study: Study, row: int) -> tuple[str, str, str | None]:
    """Position, id and type of a rack."""
    racks, site = study.table("rack"), study.site
    at = int(site.rows_of("position", racks["position"])[row])
    product = int(site.rows_of("product", racks["type"])[row])
    kind = str(site.tables["product"].ids[product]) if product >= 0 else None
    return str(study.table("position").ids[at]), str(racks.ids[row]), kind


def _manifold(study: Study, row: int) -> str | None:
    """Id of a manifold; None: a rack on CDUs of its own hangs on none."""
    return str(study.table("manifold").ids[row]) if row >= 0 else None


def _unsolved(study: Study, flow: LoopFlow | Unsolved) -> Iterator[tuple[Value, ...]]:
    need, missing = study(flow_need), of_loop(study, flow)
    circuit = flow.circuit
    on = circuit.manifold[circuit.links(Part.RACK)]
    rows = circuit.rows(study, "rack", Part.RACK)
    for at, row in zip(on.tolist(), rows.tolist(), strict=True):
        head = (
            loop_name(study, flow), _manifold(study, at), *_place(study, row), figure(need[row]),
        )  # fmt: skip
        yield (*head, *(None,) * 10, missing, *(None,) * 4)


def _solved(study: Study, flow: LoopFlow) -> Iterator[tuple[Value, ...]]:
    s, racks, circuit = valve_settings(study, flow), flow.racks, flow.circuit
    p = flow.moved.p_pa[0]
    hose = hoses(circuit, racks.link)
    over = (p[circuit.fr[hose]] - p[circuit.to[hose]]) / 1000.0
    lacks = [
        lacks_of_rack(study, row, "flow_per_kw_lpm")
        for row in racks.row[np.isnan(s.design_lpm)].tolist()
    ]
    # With a valve that holds its flow the solver's loss over a rack has that valve in it.
    law = flow.rack_resistance[0] * np.abs(flow.rack_lpm[0] * LPM) ** racks.exponent / 1000.0
    left_out = [str(study(cases).name[case]) or "healthy" for case in s.left_out.tolist()]
    name, missing = loop_name(study, flow), paths(study, lacks)
    for k, row in enumerate(racks.row.tolist()):
        holds = bool(s.held[k])
        yield (
            name, _manifold(study, int(s.manifold[k])), *_place(study, row),
            figure(s.design_lpm[k]), figure(flow.rack_lpm[0, k]), figure(law[k]), figure(over[k]),
            figure(s.available_kpa[k]), figure(s.valve_kpa[k]), figure(s.kv_m3h[k]),
            figure(racks.hold_m3s[k] / LPM) if holds else None,
            setting_of(s.kv_m3h[k], s.short_kpa[k], holds=holds), None, None,
            missing, str(study(cases).name[s.case[k]]) or "healthy", figure(s.set_lpm[k]),
            figure(s.set_rack_kpa[k]), "; ".join(left_out) or None,
        )  # fmt: skip


def setting_of(kv: float, short_kpa: float, *, holds: bool) -> str | None:
    """Say in words how a valve is set."""
    if np.isnan(short_kpa):
        return None
    if short_kpa > 0:
        return f"short of {short_kpa:.3g} kPa"
    if holds:
        return "holds its flow"
    if kv == 0:
        return "closed"
    return "open" if np.isnan(kv) else "set"


# --------------------------------------------------------------------------- what was measured


class Found(Enum):
    """What a measured rack is found to be."""

    WITHIN = "within"
    OFF = "off"
    """Farther from what is expected than the tolerance, or its pressure than twice that."""
    STARVES = "starves"
    """Below its design flow by more than the tolerance."""
    UNKNOWN = "unknown"
    """Not measured, or nothing is expected."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One rack: what it needs, what was expected and measured, and what that is found to be."""

    loop: str
    rack: str
    design_lpm: float
    expected_lpm: float
    measured_lpm: float
    expected_kpa: float
    measured_kpa: float
    found: Found

    @property
    def off(self) -> float:
        """Measured over expected flow, less 1."""
        return self.measured_lpm / self.expected_lpm - 1.0

    @property
    def dp_off(self) -> float:
        """Measured over expected pressure, less 1."""
        return self.measured_kpa / self.expected_kpa - 1.0


def racks_on_paper(study: Study) -> list[str]:
    """Return the ids of the racks of the balancing sheet."""
    rack = BALANCING.index("rack")
    return [str(row[rack]) for row in balancing_rows(study)]


def compare(study: Study, measured: Measured, tolerance: float) -> list[Compared]:
    """Compare what was measured with what is expected, rack by rack in the order of the sheet.

    Expected is what flows with all valves set as the sheet says; where it cannot say it, what flows
    as the layout stands.
    """
    at = {name: k for k, name in enumerate(measured.rack)}
    wanted = ("loop", "rack", "design_flow_lpm", "expected_flow_lpm", "expected_rack_dp_kpa",
              "set_flow_lpm", "set_rack_dp_kpa")  # fmt: skip
    columns = [BALANCING.index(name) for name in wanted]
    out = []
    for row in balancing_rows(study):
        loop, rack, *rest = (row[c] for c in columns)
        design, expected, drop, set_flow, set_drop = (
            np.nan if v is None else float(v) for v in rest
        )
        if not np.isnan(set_flow):
            expected, drop = set_flow, set_drop
        k = at.get(str(rack))
        flow, dp = (np.nan, np.nan) if k is None else (
            float(measured.flow_lpm[k]), float(measured.dp_kpa[k]))  # fmt: skip
        found = _found(design, expected, flow, tolerance)
        if found is Found.WITHIN and abs(dp / drop - 1.0) > 2.0 * tolerance:  # as the square of it
            found = Found.OFF
        out.append(Compared(str(loop), str(rack), design, expected, flow, drop, dp, found))
    return out


def _found(design: float, expected: float, flow: float, tolerance: float) -> Found:
    """Say what a measured flow is found to be; the least certain word where a figure lacks.

    Examples
    --------
    >>> [_found(116.0, 127.0, q, 0.1).value for q in (125.0, 114.0, 100.0, float("nan"))]
    ['within', 'off', 'starves', 'unknown']
    """
    if flow < (1.0 - tolerance) * design:
        return Found.STARVES
    if np.isnan(flow) or np.isnan(design) or np.isnan(expected):
        return Found.UNKNOWN
    return Found.WITHIN if abs(flow / expected - 1.0) <= tolerance else Found.OFF


def measured_rows(compared: list[Compared]) -> Iterator[tuple[Value, ...]]:
    """Yield the comparison as rows."""
    for c in compared:
        yield (
            c.loop, c.rack, figure(c.design_lpm), figure(c.expected_lpm), figure(c.measured_lpm),
            figure(100.0 * c.off, 3), figure(c.expected_kpa), figure(c.measured_kpa),
            figure(100.0 * c.dp_off, 3), c.found.value,
        )  # fmt: skip


def told(compared: list[Compared], tolerance: float) -> list[str]:
    """Return the comparison in words: how many racks are what, and each that is not within."""
    counts = {f: sum(c.found is f for c in compared) for f in Found}
    head = ", ".join(f"{n:,} {f.value}" for f, n in counts.items() if n)
    lines = [f"measured, within {100 * tolerance:g} % of what is expected: {head}"]
    apart = [c for f in (Found.STARVES, Found.OFF) for c in compared if c.found is f]
    return lines + [
        f"  {clean(c.rack)} {c.found.value}: {c.measured_lpm:,.4g} L/min, expected "
        f"{c.expected_lpm:,.4g} ({100 * c.off:+.1f} %), design {c.design_lpm:,.4g}"
        for c in apart
    ]
