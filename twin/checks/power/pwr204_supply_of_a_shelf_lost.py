"""PWR204: the load of a rack when one supply inside one of its shelves is out."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import load_figure, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.load import shelf_load
from twin.solve.power.shelves import shelves, without_whips
from twin.solve.study import Study


@rule(
    "PWR204",
    role="advice",
    severity="warning",
    unit="kW",
    message="rack {subject} draws {demand} kW, its shelves give {limit} kW with one supply out",
    fix=(
        "cap it {shortfall} kW lower (policy.provisioned_kw of its type), or feed one shelf more, "
        "so that a failed supply waits for the next visit"
    ),
    source="(n - 1) supplies of a shelf beside its other shelves; figures of the rack type",
)
def supply_of_a_shelf_lost(study: Study) -> Measure:
    """A rack cannot carry its load when one supply inside a power shelf fails.

    Why it matters
    --------------
    A hall has tens of thousands of supplies, and some of them are always out. A rack that needs
    every one of them is capped, or dark, until somebody comes.

    Method
    ------
    Load <= the shelves that hang on a whip, one of which has lost a supply: it gives the rest of
    its supplies, at most what the shelf gives whole. With nothing else lost. Worked number: eight
    shelves of 33 kW of six supplies of 5.5 kW give 258.5 kW with one supply out.

    Does not cover
    --------------
    A supply out while a side is lost too, unequal sharing on the DC bar, systems whose supplies
    are their own (4 + 2 per server), and rack types whose maker publishes no supplies: those are
    not known, which this rule alone does not hold against them.

    See also
    --------
    PWR201, PWR202.
    """
    racks, load = study.table("rack"), study(shelf_load)
    count, each, supplies, one = (
        np.asarray(racks[name], dtype=float) for name in ("shelves", "shelf_kw", "psus", "psu_kw")
    )
    own_supplies = np.isnan(count) & ~np.isnan(racks["input_whips"])
    rows = np.flatnonzero(study.here & ~own_supplies)
    bare = without_whips(study)[rows]
    living = np.where(bare, np.nan, np.minimum(study(shelves).healthy, count)[rows])
    rest = np.minimum(each, (supplies - 1.0) * one)[rows]
    place = study.site.rows_of("position", racks["position"][rows])
    return Measure(
        kind="rack",
        subject=rows,
        demand=load[rows],
        limit=np.where(living > 0, (living - 1.0) * each[rows] + rest, living * 0.0),
        inputs=(
            *(rack_figure(study, name, rows) for name in ("shelves", "shelf_kw", "psus", "psu_kw")),
            load_figure(study, rows),
            Input("position", "taps", place, ~bare),
        ),
        owner="supplies of the rack type",
    )
