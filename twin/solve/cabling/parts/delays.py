"""Delay of links: what light or a signal takes along all pieces of a link, one way."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.cabling.panels.taken import joined_m
from twin.solve.cabling.parts.as_bought import bought_m, most_m
from twin.solve.cabling.parts.parts import parts, products
from twin.solve.cabling.parts.stated import stated
from twin.solve.media.stated import delay_ns_per_m
from twin.solve.study import Study


def delays_ns(study: Study) -> FloatArray:
    """(B,) delay of the links of each of the `bundles`, one way, ns; infinite no way, NaN unknown.

    Cords and trunks over their lengths as bought: light goes round a loop, too. Optics, plugs with
    electronics in them and switches are left out.

    Worked number: 15 m of fibre at 4.9 ns/m are 73.5 ns.
    """
    return _along_ns(study, study(bought_m))


def sure_ns(study: Study) -> FloatArray:
    """(B,) delay of links in those of their trunks of which it is known, ns; NaN of none."""
    with np.errstate(invalid="ignore"):
        return joined_m(study, study(bought_m) * _delays_ns_per_m(study), sure=True)


def most_ns(study: Study) -> FloatArray:
    """(B,) delay of links in the greatest lengths that may be bought where no list says any, ns."""
    return _along_ns(study, study(most_m))


def _along_ns(study: Study, length_m: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        return joined_m(study, length_m * _delays_ns_per_m(study))


def _delays_ns_per_m(study: Study) -> FloatArray:
    """(pieces,) delay of each cord or trunk by length, ns/m; NaN not known."""
    made = products(study, study(parts))
    known = study.site.catalog.products
    ids = study.table("product").ids.tolist()
    # An optic that stands for a medium says nothing of the cord.
    cords = np.array([*(known[str(i)].kind in {"cable", "trunk"} for i in ids), False], dtype=bool)
    return stated(study, delay_ns_per_m, np.where(cords[made], made, -1))[made]
