"""PWR302: taps that racks need on a busway against its openings."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.site.table import distinct_pairs
from twin.solve.study import Study


@rule(
    "PWR302",
    role="gate",
    severity="error",
    unit="openings",
    message=(
        "busway {subject} needs {demand} tap openings and has {limit}; {fit} of {on} racks fit"
    ),
    fix=(
        "order it with {shortfall} openings more (openings), move {shortfall} taps to another "
        "run, or take taps that feed two whips"
    ),
    source="one tap-off unit per opening of the track, as makers describe theirs",
)
def too_few_tap_openings(study: Study) -> Budget:
    """A busway has fewer openings than its racks need taps.

    Why it matters
    --------------
    On a run with fixed openings a tap goes where the factory left one. Amperes left over are of
    no use when every opening is taken, and that shows on the day when the last rack comes.

    Method
    ------
    Different taps of the busway that whips of racks plug into, summed over the racks that stand,
    against `openings` of the busway, by rank as other shared things. A run of several `segments`
    says them of each, and a tap needs one in that over its position. Worked number: four racks with
    four taps each on one run need 16 openings.

    Does not cover
    --------------
    Where along a run or segment the openings are, taps that no rack uses, units that take two
    openings or carry two outlets, and busways that state no openings: a continuous slot takes a tap
    anywhere.

    See also
    --------
    PWR101, PWR301, PWR303, PWR401.
    """
    site, topology = study.site, study.arrays.topology.power
    limit = np.asarray(study.table("busway")["openings"], dtype=float)
    given = np.flatnonzero(~np.isnan(limit))
    place = np.full(len(limit) + 1, -1, dtype=np.int64)
    place[given] = np.arange(len(given))
    pairs = distinct_pairs(np.stack([topology.rack_of, topology.taps], axis=1))
    busway = site.rows_of("busway", topology.parent[pairs[:, 1]] + topology.first)
    row = place[np.where(pairs[:, 1] >= 0, busway, -1)]
    pairs, row = pairs[row >= 0], row[row >= 0]
    return Budget(
        kind="busway",
        subject=given,
        case=np.zeros(len(given), dtype=np.int64),
        limit=limit[given],
        base=np.zeros(len(given)),
        rack=pairs[:, 0],
        row=row,
        coefficient=np.ones(len(row)),
        amount=np.ones(len(study.here)),
        onto=np.full(len(given), -1, dtype=np.int64),
        owner="openings of the busway",
    )
