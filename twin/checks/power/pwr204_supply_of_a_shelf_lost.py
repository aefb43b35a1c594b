"""PWR204: the load of a rack when one supply inside a shelf or a server is out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.load import rack_load, shelf_load
from twin.solve.power.servers import given, servers
from twin.solve.power.shelves import lives_of_servers, shelves, without_whips
from twin.solve.study import Study


@rule(
    "PWR204",
    role="advice",
    severity="warning",
    unit="kW",
    message="rack {subject} draws {demand} kW, with one supply out it is given {limit} kW",
    fix=(
        "cap it {shortfall} kW lower (policy.provisioned_kw of its type), or feed more of it, "
        "so that a failed supply waits for the next visit"
    ),
    source="(n - 1) supplies of a shelf or of a server; figures of the rack type",
)
def supply_of_a_shelf_lost(study: Study) -> Iterator[Measure]:
    """A rack cannot carry its load when one supply inside a power shelf or a server fails.

    Why it matters
    --------------
    A hall has tens of thousands of supplies, and some of them are always out. A rack that needs
    every one of them is capped, or dark, until somebody comes.

    Method
    ------
    Load <= the shelves that hang on a whip, one of which has lost a supply: it gives the rest of
    its supplies, at most what the shelf gives whole. With nothing else lost. Worked number: eight
    shelves of 33 kW of six supplies of 5.5 kW give 258.5 kW with one supply out.

    A server with supplies of its own loses one of those that hang on a whip, and shares its load
    with no other server: the part of the rack's load that is its own against what it is given by
    the supplies that are left, as in PWR201. Worked number: of six supplies of a server of
    10.2 kW, of which four are needed, five are left, 10.2 kW.

    Does not cover
    --------------
    A supply out while a side is lost too, unequal sharing on the DC bar, unequal load of the
    servers of a rack, and rack types whose maker publishes no supplies: those are not known, which
    this rule alone does not hold against them.

    See also
    --------
    PWR201, PWR202.
    """
    racks, load = study.table("rack"), study(shelf_load)
    count, each, supplies, one = (
        np.asarray(racks[name], dtype=float) for name in ("shelves", "shelf_kw", "psus", "psu_kw")
    )
    mine = study(servers).mine
    own_supplies = np.isnan(count) & (~np.isnan(racks["input_whips"]) | mine)
    rows = np.flatnonzero(study.here & ~own_supplies)
    bare = without_whips(study)[rows]
    living = np.where(bare, np.nan, np.minimum(study(shelves).healthy, count)[rows])
    rest = np.minimum(each, (supplies - 1.0) * one)[rows]
    place = study.site.rows_of("position", racks["position"][rows])
    yield Measure(
        kind="rack",
        subject=rows,
        demand=load[rows],
        limit=np.where(living > 0, (living - 1.0) * each[rows] + rest, living * 0.0),
        inputs=(
            *(rack_figure(study, name, rows) for name in ("shelves", "shelf_kw", "psus", "psu_kw")),
            *load_figures(study, rows),
            Input("position", "taps", place, ~bare),
        ),
        owner="supplies of the rack type",
    )
    if mine.any():
        yield _of_servers(study)


def _of_servers(study: Study) -> Measure:
    """Load of one server against what it is given with one of its supplies less, in kW."""
    told, racks = study(lives_of_servers), study.table("rack")
    healthy = np.flatnonzero((told.case == 0) & study.here[told.rack])
    rows, left = told.rack[healthy], np.maximum(told.living[healthy] - 1, 0)
    count = np.asarray(racks["systems"], dtype=float)[rows]
    gets, bare = given(study, rows, left), without_whips(study)[rows]
    load = study(rack_load)[rows] / count
    short = left < np.asarray(racks["psus_needed"], dtype=float)[rows]
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(np.isnan(gets.known), np.nan, load),
        limit=np.where(bare, np.nan, gets.most / count),
        sure=load,
        scale=np.where(short, gets.most / count, np.nan),
        inputs=(
            *(rack_figure(study, n, rows) for n in ("systems", "psus_needed")),
            *(_reduced(study, n, rows, left) for n in ("psus_least", "reduced_kw")),
            *load_figures(study, rows),
            Input(
                "position", "taps", study.site.rows_of("position", racks["position"][rows]), ~bare
            ),
        ),
        owner="supplies of the rack type",
    )


def _reduced(study: Study, column: str, rows: IntArray, left: IntArray) -> Input:
    """Ask for a figure of the reduced level only where fewer supplies are left than needed."""
    figure = rack_figure(study, column, rows)
    short = left < np.asarray(study.table("rack")["psus_needed"], dtype=float)[rows]
    return figure._replace(rows=np.where(short, figure.rows, -1), known=figure.known | ~short)
