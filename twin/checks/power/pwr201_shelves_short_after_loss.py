"""PWR201: the load of a rack against the power shelves that live."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import load_figure, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.power.sums import caps_in_doubt
from twin.checks.rule import rule
from twin.solve.load import shelf_load
from twin.solve.losses.cases import cases
from twin.solve.power.shelves import shelves, without_whips
from twin.solve.study import Study


@rule(
    "PWR201",
    role="gate",
    severity="error",
    unit="kW",
    message="rack {subject} draws {demand} kW{lost}, its living power shelves give {limit} kW",
    fix=(
        "cap it {shortfall} kW lower (policy.provisioned_kw of its type), or hang its whips "
        "on more sources so that more shelves live on"
    ),
    source="sum of the living shelves' output; a rack type's own shelves and rating",
)
def shelves_short_after_loss(study: Study) -> Iterator[Measure]:
    """The power shelves of a rack that still have input cannot carry its load.

    Why it matters
    --------------
    Shelves are sold as N+N, and at the highest published load they are not: a rack that is fed
    4 + 4 and loses one side is left with half of its shelves. They overload and the rack is dark.

    Method
    ------
    Load <= living shelves x output of one shelf, healthy and in the worst case of those that the
    policy names. A figure that is said to hold at the input (`power_basis` or the type's) counts
    times `shelf_efficiency`, any other as it is. Which shelves live on follows from where each whip
    hangs. Where the policy lets
    racks be capped after the loss, only that share counts; a cap of which nobody knows whether
    it is fast enough helps no rack to pass. Worked number: 8 shelves of 33 kW hung 4 + 4 keep 4
    after the loss of a source, 132 kW for a rack of 142 kW; hung 3 + 3 + 2 over three sources
    they keep 5, 165 kW.

    Does not cover
    --------------
    Racks whose servers have supplies of their own (inputs are published and shelves are not), a
    supply lost inside a shelf (PWR204), losses within it, short peaks above the load, unequal
    sharing on the DC bar, and the rating of the bar.

    See also
    --------
    PWR101, PWR202, PWR204, PWR401.
    """
    racks, found, load = study.table("rack"), study(shelves), study(shelf_load)
    count, each = np.asarray(racks["shelves"]), np.asarray(racks["shelf_kw"])
    own_supplies = np.isnan(count) & ~np.isnan(racks["input_whips"])
    rows = np.flatnonzero(study.here & ~own_supplies)
    bare = without_whips(study)[rows]
    inputs = (
        rack_figure(study, "shelves", rows),
        rack_figure(study, "shelf_kw", rows),
        load_figure(study, rows),
        Input("position", "taps", study.site.rows_of("position", racks["position"][rows]), ~bare),
    )
    worst = [
        (found.healthy, np.zeros(len(racks), dtype=np.int64), np.ones(len(racks))),
        (found.surely, found.surely_case, found.surely_keep),
    ]
    if found.full is not found.surely:
        worst.append((found.full, found.full_case, found.full_keep))
    for living, case, keep in worst:
        limit = np.where(bare, np.nan, np.minimum(living, count)[rows] * each[rows])
        demand, sure = (load * keep)[rows], (load * study(cases).keep[case])[rows]
        # A cap in doubt: load that only fits with it is not known to fit.
        doubtful = (demand > sure) & (demand > limit)
        yield Measure(
            kind="rack", subject=rows, demand=np.where(doubtful, np.nan, demand), limit=limit,
            sure=sure, case=case[rows],
            inputs=(*inputs, *caps_in_doubt(study, case[rows], doubtful)),
            owner="shelves of the rack type",
        )  # fmt: skip
