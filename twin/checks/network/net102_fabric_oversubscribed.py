"""NET102: how far a fabric is oversubscribed against what it may be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.fabric.totals import totals
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "NET102",
    role="advice",
    severity="warning",
    unit="1",
    message="fabric {subject} is oversubscribed {demand} to 1, {limit} to 1 is what {owner} allows",
    fix="give its leaves more uplinks (up) or fewer nodes (down), its spines as many links to cores"
    " as to leaves, or let the owner say what it may be (policy.limits)",
    source="reference architectures: as many uplinks as links down in the compute fabric",
)
def fabric_oversubscribed(study: Study) -> Iterator[Measure]:
    """A fabric has fewer uplinks than its links downward would fill, beyond what is allowed.

    Why it matters
    --------------
    Collective operations of a training job fill all links at once. With two links down for each
    uplink they take twice as long wherever they leave a leaf.

    Method
    ------
    The greater of two ratios: ports of a leaf for nodes, without the spare ones, over its ports for
    spines; and in three tiers links of a spine to leaves over those to cores. Against
    `oversubscription_compute_fabric` of the code profile or of the owner's `policy.limits`. Other
    networks have a row where the owner says a limit: `oversubscription_storage_fabric`, likewise
    `_converged_`, `_in_band_` and `_out_of_band_`. Worked number: 48 ports down over 16 up are
    3 to 1.

    Does not cover
    --------------
    Leaves that are not full, traffic that stays below a leaf because of rails, links of different
    speed, and fabrics of leaves alone. It is a choice of the owner, and never blocks a rack.

    See also
    --------
    NET101, NET201.
    """
    network = study.table("fabric")["network"].tolist()
    for name in dict.fromkeys(network):
        asked = limit(study, f"oversubscription_{name.replace('-', '_')}_fabric")
        found = [t for t in study(totals) if network[t.row] == name and t.wiring.spines]
        if not found or np.isnan(asked.value):
            continue
        ratios = [np.fmax(t.leaf_oversubscription, t.spine_oversubscription) for t in found]
        yield Measure(
            kind="fabric",
            subject=np.array([t.row for t in found], dtype=np.int64),
            demand=np.array(ratios, dtype=float),
            limit=np.full(len(found), asked.value),
            owner=asked.owner,
            judged=asked.judged,
        )
