"""NET205: single losses of which the policy is silent and that leave racks without a network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.single import SWITCHES, one_lost
from twin.solve.study import Study


@rule(
    "NET205",
    role="advice",
    severity="note",
    unit="racks",
    message="{subject} lost alone leaves {demand} racks nothing of one of their networks; {owner}",
    fix="give these racks a second switch or another way, or let the policy say what they may lose"
    " (policy.losses.switch, .tray, .riser)",
    source="house rule: what must survive which loss is the owner's to say",
)
def loss_takes_a_network(study: Study) -> Iterator[Measure]:
    """One switch, tray or riser takes all of a rack's network, and the policy does not speak of it.

    Why it matters
    --------------
    "Feasible" says nothing of losses that nobody asked about. Where one of them takes a whole
    network the owner should have decided that it may.

    Method
    ------
    Switches, trays and risers of which the policy says neither `full`, nor `may go dark`, nor a
    share, for no class of racks either. Each is lost alone, with the cables in it and with what is
    below it, as in NET201 and NET203; racks to which it leaves nothing of one of their networks are
    counted, at most 0. `twin fabric` tells for each fabric the least that one leaf, spine, core,
    plane, tray or riser leaves. Worked number: four racks whose cables all lie in one tray are
    four.

    Does not cover
    --------------
    Losses that leave something; those of planes, which leave nothing only where a plane has none of
    a rack's links (NET408); what else takes switches: power, cooling.

    See also
    --------
    DAT905, NET201, NET203, NET204.
    """
    policy, site = study.site.policy, study.site
    spoken = {*policy.losses, *(kind for own in policy.classes.values() for kind in own)}
    for kind in ("switch", "tray", "riser"):
        if kind in spoken:
            continue
        names = SWITCHES if kind == "switch" else (kind,)
        gone = np.concatenate([study(one_lost)[name].emptied[0] for name in names])
        n = len(study.table(kind))
        yield Measure(
            kind=kind,
            subject=np.arange(n),
            demand=np.bincount(site.rows_of(kind, gone), minlength=n).astype(float),
            limit=np.zeros(n),
            scale=np.full(n, np.nan),
            owner=f"policy.losses says nothing of a {kind}",
        )
