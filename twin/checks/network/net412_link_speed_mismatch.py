"""NET412: speed of links of switches against what ports at their ends have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.resolve import of_product, product_rows
from twin.site.table import FloatArray, IntArray
from twin.solve.fabric.ports import port_gbps
from twin.solve.study import Study


@rule(
    "NET412",
    role="gate",
    severity="error",
    unit="Gb/s",
    message="ports of switch {subject} are to run at {demand} Gb/s, those of {other} at {limit}"
    " Gb/s",
    fix="let switch {subject} and what is above it be as the fabric has them (leave out type and"
    " gbps), or take products and speeds that meet",
    source="both ends of a link run at one speed; ports are divided, never joined",
)
def link_speed_mismatch(study: Study) -> Iterator[Measure]:
    """A link between switches has two speeds, or one that the product of a switch does not have.

    Why it matters
    --------------
    A link with two speeds does not come up, and a port of 1 Gb/s is no port of 400: the other
    product was in stock, and its name is one figure away.

    Method
    ------
    The speed of whole ports that is asked of a switch of a fabric (`gbps`, of a leaf times the
    links that share a port) is at most that of the ports of its product, which may be divided;
    and it is the same at both ends of each link between switches. One row for each product, and for
    each speed that a switch meets above it. A fabric whose own products are too slow is refused
    when it is read. Worked number: a leaf that is to run at 400 Gb/s, written as a product with
    ports of 1 Gb/s.

    Does not cover
    --------------
    Products of which nobody says the speed, those of switches that no fabric makes, ports for links
    up that a product has beside its others, and the ports of racks (NET401).

    See also
    --------
    NET103, NET401, CAB301.
    """
    asked = study(port_gbps)
    own, product = of_product(study.site, "switch", "gbps"), product_rows(study.site, "switch")
    # By hand a switch has the speed that racks see, of which ports of its product may be a part.
    made = study.site.rows_of("fabric", study.table("switch")["fabric"]) >= 0
    rows = np.flatnonzero(made & ~np.isnan(own) & ~np.isnan(asked))
    others = study.site.subject("product", product[rows])
    yield _speeds(study, rows, asked[rows], own[rows], others, "max")
    uplink = study.table("uplink")
    low, high = (study.site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    mine = np.flatnonzero((low >= 0) & (high >= 0) & ~(np.asarray(uplink["links"]) == 0))
    low, high = low[mine], high[mine]
    order = np.lexsort((high, asked[high], low))
    low, high = low[order], high[order]
    new = np.ones(len(low), dtype=bool)
    new[1:] = (low[1:] != low[:-1]) | ~(asked[high][1:] == asked[high][:-1])
    low, high = low[new], high[new]
    slower = asked[low] < asked[high]
    for at, sense in ((~slower, "max"), (slower, "min")):
        one, other = low[at], high[at]
        others = study.site.subject("switch", other)
        yield _speeds(study, one, asked[one], asked[other], others, sense)


def _speeds(
    study: Study, rows: IntArray, asked: FloatArray, has: FloatArray, others: IntArray, sense: str
) -> Measure:
    """Speeds that are asked of switches against those of others."""
    return Measure(
        kind="switch",
        subject=rows,
        demand=asked,
        limit=has,
        sense="min" if sense == "min" else "max",
        scale=np.full(len(rows), np.nan),
        other=others,
        inputs=(own_figure(study, "switch", "gbps", rows),),
        owner="speed of the product, or of the switch above",
    )
