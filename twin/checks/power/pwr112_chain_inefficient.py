"""PWR112: how much of what a source gives reaches racks and gear."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.power.flowing import nodes_of
from twin.checks.rule import rule
from twin.model.base import POWER_KINDS
from twin.solve.limits import limit
from twin.solve.power.chain_losses import chain_losses
from twin.solve.power.network import network
from twin.solve.study import Study


@rule(
    "PWR112",
    role="advice",
    severity="note",
    unit="%",
    message="{demand} % of what {kind} {subject} gives reaches racks and gear, {limit} % is wanted",
    fix=(
        "look at the losses of UPS, transformers and long runs below {subject}; a UPS at a small "
        "part of its load loses most: {shortfall} % are lacking"
    ),
    source="heat balance of the chain: what goes in is what comes out and what it loses",
)
def chain_inefficient(study: Study) -> tuple[Measure, ...]:
    """The chain from a source to the racks loses more than the owner wants.

    Why it matters
    --------------
    What is lost on the way is paid for twice: at the meter, and in the cooling of the room in
    which it becomes heat. It also takes room on everything upstream.

    Method
    ------
    Load flow with nothing lost. The draw of racks and gear below a source over what the source
    gives, in per cent, against `limits.chain_efficiency_pct` of the owner's policy; without one
    any figure holds and only shows. Losses come from impedances and currents, from efficiencies
    over load, and from no-load losses. A source below which a transformer, UPS or rectifier says
    nothing of its losses is not known. Worked number: 0.995, 0.96 and 0.99 in a row need 1,057.48
    kW for 1,000 kW: 94.56 %.

    Does not cover
    --------------
    The share of cooling in the facility's energy, losses inside racks, and hours at part load.

    See also
    --------
    PWR103, COL103.
    """
    net, lost = study(network), study(chain_losses)
    if not ((net.efficiency < 1).any() or (net.curve > 0).any() or net.part[net.needs].any()):
        return ()
    node = nodes_of(study, "source")
    row = np.flatnonzero(~(lost.useful_kw[node] == 0) & ~np.isnan(lost.out_kw[node]))
    node = node[row]
    share = 100.0 * lost.useful_kw[node] / lost.out_kw[node]
    silent = lost.silent[node]
    wanted = limit(study, "chain_efficiency_pct")
    least = 0.0 if np.isnan(wanted.value) else wanted.value
    first = study.arrays.topology.power.first
    subject = np.where(silent >= 0, silent + first, -1)
    told = [(kind, study.site.rows_of(kind, subject)) for kind in POWER_KINDS]
    return (
        Measure(
            kind="source", subject=row, demand=np.where(silent >= 0, np.nan, share),
            limit=np.full(len(row), least), sense="min", scale=np.full(len(row), 100.0),
            inputs=tuple(
                Input(kind, "efficiency", rows, rows < 0)
                for kind, rows in told if (rows >= 0).any()
            ),
            owner=wanted.owner, judged=wanted.judged,
        ),
    )  # fmt: skip
