"""PWR201: the load of a rack against the shelves, or the supplies of servers, that live."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import caps_in_doubt, load_figures, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.load import rack_load, shelf_load
from twin.solve.losses.cases import cases
from twin.solve.power.servers import given, servers
from twin.solve.power.shelves import lives_of_servers, shelves, without_whips
from twin.solve.study import Study

_PUBLISHED = "most that the supplies that live give by its maker"
_UNPUBLISHED = "nameplate, and fewer supplies than are needed give less, how much nobody publishes"


@rule(
    "PWR201",
    role="gate",
    severity="error",
    unit="kW",
    message="rack {subject} draws {demand} kW{lost}, {limit} kW is the {owner}",
    fix=(
        "cap it to {limit} kW or less (policy.provisioned_kw of its type; servers to its "
        "reduced_kw), or hang its whips on more sources so that more shelves or supplies live on"
    ),
    source="sum of the living shelves' output; supplies of servers as their maker needs them",
)
def shelves_short_after_loss(study: Study) -> Iterator[Measure]:
    """Shelves or servers' supplies of a rack that still have input cannot carry its load.

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

    Servers with supplies of their own hang on rack PDUs, over which the supplies of each spread
    as evenly as they go; a whip's `shelf` is the number of its rack PDU. With as many living as
    the maker needs (`psus_needed`) the rack is given its nameplate; with fewer, down to
    `psus_least`, its `reduced_kw`, which where nobody publishes it is less than the nameplate: a
    rack that draws its nameplate fails then, one that draws less is not known; with fewer still
    nothing. Worked number: six supplies, of which four are needed, over two rack
    PDUs keep 3 when one is lost, less than the nameplate; over three they keep 4, all of it.

    Does not cover
    --------------
    Racks whose type says neither shelves nor supplies per server, only inputs; a supply lost
    inside a shelf or a server (PWR204), losses within it, short peaks above the load, unequal
    sharing on the DC bar and its rating, cords that go to rack PDUs in another way, and the rating
    of a rack PDU, which is that of its whip.

    See also
    --------
    PWR101, PWR202, PWR204, PWR401.
    """
    racks, found, load = study.table("rack"), study(shelves), study(shelf_load)
    count, each = np.asarray(racks["shelves"]), np.asarray(racks["shelf_kw"])
    mine = study(servers).mine
    own_supplies = np.isnan(count) & (~np.isnan(racks["input_whips"]) | mine)
    rows = np.flatnonzero(study.here & ~own_supplies)
    bare = without_whips(study)[rows]
    inputs = (
        rack_figure(study, "shelves", rows),
        rack_figure(study, "shelf_kw", rows),
        *load_figures(study, rows),
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
            owner="output of its living shelves",
        )  # fmt: skip
    if mine.any():
        yield _of_servers(study)


def _of_servers(study: Study) -> Measure:
    """Racks of servers in every case in which something else lives, or something else is kept."""
    told, load = study(lives_of_servers), study(rack_load)
    at = np.flatnonzero(study.here[told.rack])
    rows, case, living = told.rack[at], told.case[at], told.living[at]
    gets, bare = given(study, rows, living), without_whips(study)[rows]
    demand, sure = load[rows] * told.sure[at], load[rows] * told.promised[at]
    doubtful = (demand > sure) & (demand > gets.most)
    unknown = np.isnan(gets.known) | bare
    racks = study.table("rack")
    fewer = living < racks["psus_per_system"][rows]
    short = fewer & (living < racks["psus_needed"][rows])
    inputs = (
        _asked_of(rack_figure(study, "psus_needed", rows), fewer),
        _asked_of(rack_figure(study, "psus_least", rows), short),
        _asked_of(rack_figure(study, "reduced_kw", rows), short),
        *load_figures(study, rows),
        rack_figure(study, "nameplate_kw", rows),
        Input("position", "taps", study.site.rows_of("position", racks["position"][rows]), ~bare),
    )
    return Measure(
        kind="rack", subject=rows, demand=np.where(doubtful | unknown, np.nan, demand),
        limit=np.where(bare, np.nan, gets.most), sure=sure, case=case,
        # With as many as it needs a server runs: that is no matter of nearer or farther.
        scale=np.where(short, gets.most, np.nan),
        inputs=(*inputs, *caps_in_doubt(study, case, doubtful)),
        owner=np.where(np.isnan(gets.known) & short, _UNPUBLISHED, _PUBLISHED),
    )  # fmt: skip


def _asked_of(figure: Input, needed: BoolArray) -> Input:
    """Ask for a figure only in rows that need it."""
    return figure._replace(rows=np.where(needed, figure.rows, -1), known=figure.known | ~needed)
