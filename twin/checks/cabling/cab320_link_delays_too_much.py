"""CAB320: delay of links along their cords and trunks, against the owner's limit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import trunks_taken
from twin.solve.cabling.parts.as_bought import length_open, unlisted
from twin.solve.cabling.parts.delays import delays_ns, most_ns, sure_ns
from twin.solve.cabling.parts.parts import parts
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "CAB320",
    role="gate",
    severity="error",
    unit="ns",
    message="light or signal takes {demand} ns from {kind} {subject} to switch {other}, {limit} ns"
    " are allowed",
    fix="shorten the way, place the switch nearer, or buy cords that are less too long",
    source="the owner's limit; delay by length of the maker, else of the code profile",
)
def link_delays_too_much(study: Study) -> Iterator[Measure]:
    """A link takes longer from end to end than its owner allows.

    Why it matters
    --------------
    Fifty metres are a quarter of a microsecond one way, a good part of what a switch takes. Where
    an operator has promised a latency, or a protocol holds only so many bytes in flight, length is
    a budget.

    Method
    ------
    Delay = length of each piece of the link, as bought, times delay_ns_per_m of its cord or trunk:
    what its maker states, else delay_fibre_ns_per_m or delay_copper_ns_per_m of the code profile.
    One row for each rack or switch below: its slowest link, against policy.limits.link_delay_ns. No
    public source sets such a limit: without one of the owner's there is no row, and `twin cables`
    tells the delays. A cord or trunk of which no length is listed (data.stock_m) counts as needed;
    the delay then is known only where it is over the limit, or within it even in the greatest
    length in which the part is made. Worked number: a cord of 15 m of fibre at 4.5 ns/m takes
    67.5 ns.

    Does not cover
    --------------
    Switches on the way (their delay is not in what was read), optics, retimers in active cables,
    queues, error correction, and the way back.

    See also
    --------
    CAB301, CAB304.
    """
    owned = limit(study, "link_delay_ns")
    if np.isnan(owned.value):
        return
    bundle, part, delay = study(bundles), study(parts), study(delays_ns)
    # Links for which a fabric finds no medium at all are CAB403's.
    served = (part.class_of < 0) | (part.medium >= 0) | np.isnan(part.needed_m)
    mine = np.flatnonzero(bundle.wanted & ~np.isinf(delay) & served)
    made = np.append(study.site.rows_of("product", study.table("trunk")["type"]), -1)
    # Of several trunks of a link the one of no type is told.
    trunk, taken = study(pieces).trunks.copy(), study(trunks_taken)
    bare = made[taken.trunk] < 0
    trunk[taken.bundle] = taken.trunk
    trunk[taken.bundle[bare]] = taken.trunk[bare]
    doubt = length_open(delay, study(most_ns), np.full(len(delay), owned.value))
    # What is not known comes first: it may be the slowest.
    slow = np.where(doubt | np.isnan(delay), np.inf, delay)
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        rows = mine[end[mine] >= 0]
        order = rows[np.lexsort((rows, -slow[rows], end[rows]))]
        worst = order[np.flatnonzero(np.diff(end[order], prepend=-1))]
        told = ~np.isnan(delay[worst])
        certain = np.zeros(int(end.max(initial=-1)) + 1)
        np.fmax.at(certain, end[rows], study(sure_ns)[rows])
        yield Measure(
            kind=kind,
            subject=end[worst],
            demand=np.where(doubt[worst], np.nan, delay[worst]),
            limit=np.full(len(worst), owned.value),
            sure=certain[end[worst]],
            other=study.site.subject("switch", bundle.switch[worst]),
            inputs=(
                Input("switch", "position", bundle.switch[worst], told | (bundle.host[worst] >= 0)),
                Input("position", "height_m", bundle.place[worst],
                      told | ~np.isnan(part.needed_m[worst])),
                Input("trunk", "type", trunk[worst], told | (made[trunk[worst]] >= 0)),
                # A medium by hand that no cable is, or none at all.
                Input("switch", "medium", bundle.switch[worst], told | (part.class_of[worst] >= 0)),
                Input("product", "stock_m", study(unlisted)[worst], ~doubt[worst]),
            ),
            owner=owned.owner,
        )  # fmt: skip
