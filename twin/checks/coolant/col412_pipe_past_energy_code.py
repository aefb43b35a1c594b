"""COL412: facility water in each pipe against the energy code's greatest flow for its size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import near
from twin.checks.coolant.ratings import of_asking
from twin.checks.coolant.solved import missing_inputs
from twin.checks.coolant.watered import doubtful
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.resolve import product_rows
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import Unsolved
from twin.solve.coolant.named import row_named
from twin.solve.coolant.pumping import LPM
from twin.solve.limits import limit
from twin.solve.study import Study

_CLOSE = 1e-5
"""Of a flow: a valve lets through what it holds no more sharply."""
_OWNER = "energy code: greatest design flow of the size"


@rule(
    "COL412",
    role="advice",
    severity="warning",
    unit="L/min",
    message="{demand} L/min of facility water run in pipe {subject}, {limit} L/min is what the "
    "energy code allows its size",
    fix="the next size of pipe for {subject}, or a second run beside it",
    source="Washington Admin. Code 51-11C-40337, table C403.3.7 (a state's text of the ASHRAE 90.1 "
    "and IECC table)",
)
def pipe_past_energy_code(study: Study) -> Iterator[Measure]:
    """A facility water pipe carries more than the energy code lets a pipe of its size carry.

    Why it matters
    --------------
    What is saved on a pipe is paid in pumping for as long as the plant runs. Energy codes limit the
    design flow of chilled and condenser water by pipe size, and an inspector reads that table.

    Method
    ------
    Each plant whose pipes the layout describes is solved; what runs healthy in each of its pipes is
    held against the table's figure for the nominal size of the pipe's product, in the row for as
    many hours a year as the code profile names (`code_hours_h`: a hall runs all year). Pumps that
    hold a differential pressure are of variable flow, those that hold a flow or a speed of fixed
    flow. Worked number: 4 in, all year, variable flow: 1,211 L/min (320 gpm).

    Does not cover
    --------------
    Sizes that the table does not name (below 2.5 and above 12 in), branches of a size but not of
    its duty, racks' coolant, flows after a loss, and profiles that name no such hours, as of
    jurisdictions without such a table. Plants with a CDU of a described loop of which nobody knows
    what it asks for are not known.

    See also
    --------
    COL410, COL411.
    """
    hours = limit(study, "code_hours_h")
    if np.isnan(hours.value):
        return
    for found in study(plant_flows):
        pipes = found.circuit.rows(study, "pipe", Part.PIPE)
        control = str(study.table("plant")["control"][found.circuit.row])
        most = _most(study, hours.value, variable=control == "pressure")[pipes]
        typed = product_rows(study.site, "pipe")[pipes] >= 0
        asked = np.flatnonzero(~typed | ~np.isnan(most))
        if len(asked):
            yield _rows(study, found, pipes, most, asked)


def _rows(
    study: Study,
    found: PlantFlow | Unsolved,
    pipes: IntArray,
    most: FloatArray,
    asked: IntArray,
) -> Measure:
    rows, count = pipes[asked], len(asked)
    typed: Input = Input("pipe", "type", rows, product_rows(study.site, "pipe")[rows] >= 0)
    flow = np.full(count, np.nan)
    inputs: tuple[Input, ...]
    if isinstance(found, Unsolved):
        inputs = (*missing_inputs(found.missing, count), typed)
    else:
        lane = int(found.of_case[0])
        link = found.circuit.links(Part.PIPE)[asked]
        converged = np.full(count, bool(found.moved.converged[lane]))
        flow = np.where(converged, np.abs(found.moved.q_m3s[lane, link]) / LPM, np.nan)
        plant = np.where(converged, -1, found.circuit.row)
        asker = np.full(count, _asker(study, found, lane))
        flow = np.where(asker >= 0, np.nan, flow)
        inputs = (Input("plant", "", plant, converged), typed, *of_asking(study, asker))
    return Measure(
        kind="pipe", subject=rows, demand=near(flow, most[asked], _CLOSE * most[asked]),
        limit=most[asked], inputs=inputs, owner=_OWNER,
    )  # fmt: skip


def _asker(study: Study, found: PlantFlow, lane: int) -> int:
    """Row of a CDU of a described loop of which nobody knows what it asks for, -1 none.

    Rated flow is the design flow of CDUs whose loops nobody describes.
    """
    loop = row_named(study, "cdu", "loop")[study.site.rows_of("cdu", found.subject)]
    described = np.isin(loop, [flow.circuit.row for flow in study(loop_flows)])
    if not (found.guessed[lane] & described).any():
        return -1
    return int(doubtful(study, found)[lane])


def _most(study: Study, hours_h: float, *, variable: bool) -> FloatArray:
    """(pipes,) greatest flow of each pipe's nominal size, L/min; NaN where the table has none.

    The table is of sizes, whatever the wall, so any product of the size may carry it.
    """
    site, column = study.site, "variable_lpm" if variable else "fixed_lpm"
    by_size: dict[str, float] = {}
    for known in site.catalog.products.values():
        curve = known.curves.get("code_flow")
        if curve is not None:
            at = np.searchsorted(curve.column("hours_h"), hours_h)
            if at < len(curve.column("hours_h")):
                by_size[known.text.get("nominal", "")] = float(curve.column(column)[at])
    products = [site.catalog.products[i] for i in site.tables["product"].ids.tolist()]
    each = [by_size.get(known.text.get("nominal", "-"), np.nan) for known in products]
    return np.array([*each, np.nan])[product_rows(site, "pipe")]
