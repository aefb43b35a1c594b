"""PWR401: inputs of a rack against the taps that its position offers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.budgets import rank_order
from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.power.whips import tap_of_whips
from twin.checks.rule import rule
from twin.site.table import FloatArray
from twin.solve.power.shelves import without_whips
from twin.solve.study import Study


@rule(
    "PWR401",
    role="gate",
    severity="error",
    unit="inputs",
    message="rack {subject} has {demand} taps of its own in reach, its type has {limit} inputs",
    fix=(
        "bring taps and inputs in line: {shortfall} differ (taps or count of the position's "
        "row, or the whips that are written out)"
    ),
    source="one whip per input, as the rack's maker states",
)
def taps_in_reach(study: Study) -> Iterator[Measure]:
    """A position does not offer a tap for every input of its rack.

    Why it matters
    --------------
    A shelf without a tap is a shelf that gives nothing. Tap-off units have long lead times, and
    what is missing is found on the day when the rack is rolled in.

    Method
    ------
    Taps that whips of the rack plug into, one per tap in reach of its position as far as it has
    inputs, or those that the layout writes out, against its power shelves, else its inputs, as
    published. A tap that two whips name counts once, for the rack that comes first by rank: live
    racks, then by state, date, priority and id. More whips than inputs only warns: makers do not
    say whether a shelf may have two.

    Does not cover
    --------------
    The length of the whips, and whether a tap-off unit can be set where the busway has no slot.

    See also
    --------
    PWR201, PWR402, PWR403.
    """
    racks, rows = study.table("rack"), np.flatnonzero(study.here)
    shelves = np.asarray(racks["shelves"])[rows]
    wanted = np.where(np.isnan(shelves), racks["input_whips"][rows], shelves)
    bare = without_whips(study)[rows]
    offered = _own_taps(study)[rows]
    of_shelves = rack_figure(study, "shelves", rows)
    of_inputs = rack_figure(study, "input_whips", rows)
    inputs = (
        # Shelves come first; inputs are asked for only where no shelves are published.
        of_shelves._replace(rows=np.where(np.isnan(shelves), -1, of_shelves.rows)),
        of_inputs._replace(rows=np.where(np.isnan(shelves), of_inputs.rows, -1)),
        Input("position", "taps", study.site.rows_of("position", racks["position"][rows]), ~bare),
    )
    offered = np.where(bare, np.nan, offered)
    fits = np.full(len(rows), np.nan)
    yield Measure(
        kind="rack", subject=rows, demand=offered, limit=wanted, sense="min", scale=fits,
        inputs=inputs, owner="inputs of the rack type",
    )  # fmt: skip
    whips = np.diff(study.arrays.topology.power.whip_ptr)[rows].astype(float)
    many = whips > wanted
    yield Measure(
        kind="rack", subject=rows[many], demand=whips[many], limit=wanted[many],
        scale=fits[many], judged=True, owner="inputs of the rack type",
    )  # fmt: skip


def _own_taps(study: Study) -> FloatArray:
    """Taps of each rack that no rack before it by rank has taken, (racks,)."""
    rack = study.arrays.topology.power.rack_of
    order = rank_order(study, np.zeros(len(study.here), dtype=bool))
    rank = np.empty(len(study.here), dtype=np.int64)
    rank[order] = np.arange(len(order))
    whips = np.flatnonzero(study.here[rack])
    whips = whips[np.argsort(rank[rack[whips]], kind="stable")]
    _, first = np.unique(tap_of_whips(study)[whips], return_index=True)
    return np.bincount(rack[whips[first]], minlength=len(study.here)).astype(float)
