"""PWR212: gaps in supply against what racks ride through themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.power.rides import asked_of_racks, lacking_transfer, some
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.losses.instants import rack_rides
from twin.solve.study import Study


@rule(
    "PWR212",
    role="gate",
    severity="error",
    unit="s",
    message="rack {subject} is without supply for {demand} s{lost}, it rides through {limit} s",
    fix=(
        "take a faster switch (transfer_s of what moves), put a UPS with a battery between, or "
        "hang some of its whips on a side that does not move"
    ),
    source="gap of the transfer at most the hold-up of the rack; ITIC curve where none is stated",
)
def gap_longer_than_hold_up(study: Study) -> Iterator[Measure]:
    """A rack is without supply for longer than its shelves or its own battery hold.

    Why it matters
    --------------
    A transfer switch finds another source, and the load flow is fine again; but between the two
    lie milliseconds for a static switch, a tenth of a second for contacts, and seconds until a
    generator runs. A power shelf holds for some twenty milliseconds: training stops all the same.

    Method
    ------
    For every loss that the policy asks racks to survive: the time that what moves is without
    supply (`transfer_s`), with start and synchronising of a generator on which nothing stood
    before, on the best of the rack's living supplies. One supply that is not interrupted leaves no
    gap, and so no row. It is held against `hold_up_s` of the rack or its type, else `hold_up_s` of
    the code profile (0.02 s), and against `battery_s` of a battery in the rack where it is longer.
    Worked number: a static switch takes 4 ms, contacts 100 ms; 20 ms of hold-up lie between.

    Does not cover
    --------------
    Racks with a UPS or another battery above (PWR214), dips in voltage that are no loss, transfers
    between live sources, and the switch inside a rack.

    See also
    --------
    PWR202, PWR213, PWR214.
    """
    every = study(rack_rides)
    rides = some(every, (every.battery < 0) & asked_of_racks(study, every))
    rack = study.site.rows_of("rack", rides.subject)
    table = study.table("rack")
    own = ~np.isnan(np.asarray(table["hold_up_s"])[rack]) | ~np.isnan(
        np.asarray(table["battery_s"])[rack]
    )
    general = limit(study, "hold_up_s")
    for mine, owner, judged in (
        (own, "hold-up of the rack", False),
        (~own, general.owner, general.judged),
    ):
        part = some(rides, mine)
        yield Measure(
            kind="rack", subject=rack[mine], demand=part.need_s, limit=part.have_s, case=part.case,
            other=part.starts, inputs=tuple(lacking_transfer(study, part)), owner=owner,
            judged=judged,
        )  # fmt: skip
