"""NET301: racks of one scale-up domain against the way that its cables reach between them."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.resolve import of_product, product_rows
from twin.solve.fabric.domains import apart_m, shared_domains
from twin.solve.study import Study


@rule(
    "NET301",
    role="gate",
    severity="error",
    unit="m",
    message="rack {subject} stands {demand} m from another rack of its scale-up domain, their"
    " cables reach {limit} m",
    fix="place the racks of one domain beside each other",
    source="longest way between racks of one domain that the maker publishes",
)
def domain_apart(study: Study) -> Measure:
    """Racks that are one scale-up domain stand too far from each other for its cables.

    Why it matters
    --------------
    Two racks of 36 accelerators are one domain of 72 only while the cables between them, a part of
    the product, reach. A column or a cooling rack between them is not in their length.

    Method
    ------
    Racks of a type whose domain has more accelerators than one rack (domain_accelerators over
    accelerators) are taken in the order of rows and of places in them, as many to a domain as it
    needs. The greatest straight distance from centre to centre to another of the same domain is
    held against domain_span_m of the rack type; racks in two halls never reach. Worked number: two
    racks of 0.6 m side by side are 0.6 m apart.

    Does not cover
    --------------
    The way of those cables, which is longer than a straight line; domains within one rack, whose
    links lie in cartridges; domains that the owner pairs otherwise than in the order of places.

    See also
    --------
    NET421.
    """
    shared = study(shared_domains)
    made = product_rows(study.site, "rack")[shared.rack]
    reach = np.asarray(of_product(study.site, "rack", "domain_span_m"), dtype=float)[shared.rack]
    return Measure(
        kind="rack",
        subject=shared.rack,
        demand=study(apart_m),
        limit=reach,
        inputs=(Input("product", "domain_span_m", made, ~np.isnan(reach)),),
        owner="domain_span_m of the rack type",
    )
