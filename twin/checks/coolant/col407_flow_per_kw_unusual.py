"""COL407: flow per kW of rack types without a flow curve of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.resolve import product_rows
from twin.site.table import FloatArray
from twin.solve.coolant.racks import curves, flow_per_kw, rack_loops, wet
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL407",
    role="advice",
    severity="warning",
    unit="L/min/kW",
    message="rack type {subject} is reckoned with {demand} L/min per kW of liquid heat, {limit} "
    "is {owner}",
    fix="ask the maker for flow over supply temperature; check flow_lpm, flow_heat_kw and "
    "flow_per_kw_lpm of {subject}",
    source="OCP liquid cooling guides: about 1.5 L/min/kW at a rise of 10 K",
)
def flow_per_kw_unusual(study: Study) -> Iterator[Measure]:
    """A rack type's flow per kW is far from what such racks need.

    Why it matters
    --------------
    A single published flow often holds for another heat or supply temperature than it is used
    at. A figure far from the usual is more often a slip than a discovery.

    Method
    ------
    1.0 to 2.0 L/min per kW of liquid heat, for rack types that publish no flow over supply
    temperature; types with a curve are as their curve says. Worked number: 10 K of rise in PG25
    at 40 degC is 1.493 L/min/kW, in water 1.447.

    Does not cover
    --------------
    Types with a curve, and types of which nobody published a flow.

    See also
    --------
    COL102, COL405.
    """
    flow, product = study(flow_per_kw), product_rows(study.site, "rack")
    mine = study(wet) & study.here & (study(rack_loops) >= 0) & ~np.isnan(flow)
    mine &= (product >= 0) & ~np.isin(product, list(study(curves)))
    types, at = np.unique(product[mine], return_index=True)
    demand: FloatArray = flow[mine][at]
    least, most = limit(study, "flow_per_kw_min"), limit(study, "flow_per_kw_max")
    for bound, sense, word in ((least, "min", "least"), (most, "max", "most")):
        yield Measure(
            kind="product",
            subject=types,
            demand=demand,
            limit=np.full(len(types), bound.value),
            sense="min" if sense == "min" else "max",
            inputs=(Input("product", "flow_per_kw_lpm", types, ~np.isnan(demand)),),
            owner=f"the {word} that is usual ({bound.owner})",
            judged=bound.judged,
        )
