"""CAB405: order of fibres from end to end of links through panels (TIA-568)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.mated_rows import wrong_links
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.cabling.panels.mating import (
    chains,
    cord_ferrules,
    cord_polarity,
    panel_polarity,
    trunk_polarity,
    uncrossed,
)
from twin.solve.media.polarity import GENDERS
from twin.solve.study import Study


@rule(
    "CAB405",
    role="gate",
    severity="error",
    unit="links",
    message="senders meet senders in a link from {kind} {subject} to switch {other}: of its cords,"
    " trunk and adapters an even number reverse the fibres, or an odd number cross their pairs",
    fix="change the type of the trunk (data.trunks polarity), of the adapters at one of its ends"
    " (data.panels polarity), or of one of the cords",
    source="ANSI/TIA-568.3: types A, B and C of array cords, types A and B of adapters",
)
def lanes_not_crossed(study: Study) -> Iterator[Measure]:
    """Fibres of a link through panels lead senders to senders.

    Why it matters
    --------------
    Every piece passes its test, and no lane of the link comes up. It is the most frequent mistake
    of structured cabling, and it is made when the parts are ordered.

    Method
    ------
    Parallel optics send on fibres 1 to 4 and listen on 12 to 9, so that the whole link must reverse
    the order of its fibres. A cord or trunk of type B reverses it, one of type C crosses pairs, one
    of type A passes straight; an adapter of type B (key up to key up) lets fibre 1 meet fibre 12,
    one of type A (key up to key down) like fibre. So the count of type B over both cords, trunk and
    both panels must be odd, that of type C even. Where several trunks lie between two panels, it is
    the one to which the ports of the links lead (twin cables --panels). One row for each bundle of
    links and trunk that it takes: 1 where it is not, at most 0. Worked number: cord B, panel B,
    trunk B, panel B and cord B reverse five times; with panels of type A three times; with one
    panel of each type four times, which fails.

    Does not cover
    --------------
    Duplex fibres (LC), cassettes that shuffle and say no polarity of their panel, links of a
    single cord, and links by hand.

    See also
    --------
    CAB303, CAB404.
    """
    c = study(chains)
    # Duplex fibres need none of this.
    parallel = study(cord_ferrules).gender[c.upper] != GENDERS.index("none")
    parts = (
        ("product", c.upper, cord_polarity), ("panel", c.high, panel_polarity),
        ("trunk", c.trunk, trunk_polarity), ("panel", c.low, panel_polarity),
        ("product", c.lower, cord_polarity),
    )  # fmt: skip
    inputs = [
        Input(kind, "polarity", np.where(parallel, rows, -1), study(of)[rows] >= 0)
        for kind, rows, of in parts
    ]
    yield from wrong_links(study, study(uncrossed), inputs, "polarity of the parts")
