"""COL408: pressure over each rack of a solved loop against what it is made for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import near
from twin.checks.coolant.rack_rows import inputs_of_racks, rows_of_racks
from twin.checks.coolant.solved import lacking_figures, solved
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray
from twin.solve.limits import limit
from twin.solve.study import Study

_CLOSE = 1e-6
"""Of a pressure: solved figures are not compared more sharply."""
_ENDS = (("dp_min_kpa", "min", -1.0), ("dp_max_kpa", "max", 1.0))


@rule(
    "COL408",
    role="gate",
    severity="error",
    unit="kPa",
    message="rack {subject} has {demand} kPa over it{lost}, {limit} kPa is {owner}",
    fix="change set_kpa of its loop, or the balancing valve of its hookup (valve_kv_m3h)",
    source="the rack type's own window of pressure; else 0.5 to 3 bar, a press figure",
)
def rack_pressure_window(study: Study) -> Iterator[Measure]:
    """A rack has less or more pressure over it than it is made for.

    Why it matters
    --------------
    Below its window a rack's own valves cannot balance its trays, above it they whistle, wear and
    pass too much. A rack without valves erodes at too high a flow.

    Method
    ------
    Pressure between supply and return of the rack itself, behind its hoses and valves, by solved
    flows, healthy and in each case that takes something of the loop. The rack type's own window
    decides (`dp_min_kpa`, `dp_max_kpa`). The general one, 50 to 300 kPa, speaks only for racks
    whose type has none, and only warns. Worked number: a GB300 that gets 127.5 L/min of PG25 has
    67.4 kPa over it.

    Does not cover
    --------------
    Loops whose pipes are not described, the pressure over trays within a rack, and the level of
    pressure (COL414).

    See also
    --------
    COL201, COL414.
    """
    racks = study.table("rack")
    own = {column: np.asarray(racks[column], dtype=float) for column, _, _ in _ENDS}
    has = ~np.isnan(own["dp_min_kpa"]) | ~np.isnan(own["dp_max_kpa"])
    for rows, inputs in lacking_figures(study):
        for mine, judged in ((rows[has[rows]], False), (rows[~has[rows]], True)):
            nothing = np.full(len(mine), np.nan)
            cut = tuple(i._replace(rows=i.rows[: len(mine)], known=i.known[: len(mine)])
                        for i in inputs)  # fmt: skip
            yield Measure(
                kind="rack", subject=mine, demand=nothing, limit=nothing, inputs=cut, judged=judged
            )
    for column, sense, sign in _ENDS:
        general = limit(study, f"rack_{column}")
        limits = np.where(has, np.nan, general.value)
        end = sense, sign
        word = "the least of" if sense == "min" else "the greatest of"
        yield from _window(study, own[column], f"{word} the rack type", end, judged=False)
        yield from _window(study, limits, f"{word} {general.owner}", end, judged=True)


def _window(
    study: Study, limits: FloatArray, owner: str, end: tuple[str, float], *, judged: bool
) -> Iterator[Measure]:
    """Racks of solved loops against one end of a window, those that have such a limit."""
    sense, sign = end
    flows = tuple(solved(study))
    for rows in rows_of_racks(study, flows, lambda flow: ~np.isnan(limits[flow.racks.row])):
        most = limits[rows.row]
        drop = rows.of(lambda flow: flow.rack_dp_kpa)
        drop = sign * near(sign * drop, sign * most, _CLOSE * np.abs(most))
        yield Measure(
            kind="rack",
            subject=rows.row,
            case=rows.case,
            demand=rows.counted(drop, most, sign),
            limit=most,
            sense="min" if sense == "min" else "max",
            inputs=inputs_of_racks(study, rows),
            owner=owner,
            judged=judged,
        )
