"""Cables as the table that NetBox imports: Devices, Connections, Cables, Import.

Columns and words are those of NetBox 4: its form of cables to import (netbox/dcim/forms), its types
of cables and its states of links (netbox/dcim/choices.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.catalog import Product
from twin.errors import InputError, Problem, shown
from twin.solve.cabling.bought import bought_m
from twin.solve.cabling.cables import cables
from twin.solve.cabling.labels import DEFAULT, labels, ports_of_links
from twin.solve.cabling.parts import parts
from twin.solve.study import Study

COLUMNS = (
    "side_a_device", "side_a_type", "side_a_name", "side_b_device", "side_b_type", "side_b_name",
    "type", "status", "label", "length", "length_unit", "description",
)  # fmt: skip
INTERFACE = "dcim.interface"
PLANNED = "planned"
LONGEST_LABEL = 100
"""Characters that NetBox keeps of a label."""
_COPPER = {"dac": "dac-passive", "acc": "dac-active", "aec": "dac-active", "aoc": "aoc"}
_FIBRE = {"om3": "mmf-om3", "om4": "mmf-om4", "om5": "mmf-om5", "os2": "smf-os2"}
_BARE = {"mm": "mmf", "sm": "smf"}

Row = tuple[str | float | None, ...]


def cable_type(product: Product) -> str:
    """Return NetBox's word for a cable; "" where it has none or the catalog does not say.

    Twisted pair goes without: its category is no text of the catalog.
    """
    kind, fibre = product.text.get("medium", ""), product.text.get("fibre", "")
    grade = product.text.get("grade", "")
    return _COPPER.get(kind) or _FIBRE.get(grade) or _BARE.get(fibre, "")


def rows(study: Study, template: str = DEFAULT) -> Iterator[Row]:
    """Yield a row for each link of the port map, from its lower end (A) to its upper (B).

    NetBox connects one interface with one: a cord that holds several links has a row for each,
    with one and the same label. Bundles that are written by hand have no ports and are left out.

    Raises
    ------
    InputError
        A label is longer than NetBox keeps, the template is wrong, or two labels are the same.
    """
    cable, part, site = study(cables), study(parts), study.site
    upper, _ = labels(study, template)
    _short(upper, template)
    products = [site.catalog.products[str(n)] for n in site.tables["product"].ids.tolist()]
    types = [*(cable_type(product) for product in products), ""]
    names = [*(product.name for product in products), ""]
    a, b = ports_of_links(study)
    length = study(bought_m)
    for k, row in enumerate(cable.row.tolist()):
        bundle = int(cable.bundle[row])
        of = int(part.cable[bundle])
        long = round(float(length[bundle]), 2) if np.isfinite(length[bundle]) else None
        yield (
            a.device[k], INTERFACE, a.port[k], b.device[k], INTERFACE, b.port[k], types[of] or None,
            PLANNED, upper[row], long, None if long is None else "m", names[of] or None,
        )  # fmt: skip


def _short(texts: list[str], template: str) -> None:
    text = max(texts, key=len, default="")
    if len(text) > LONGEST_LABEL:
        message = f"{shown(text)} has {len(text)} characters, NetBox keeps {LONGEST_LABEL}"
        expected = "write a shorter template with --label"
        raise InputError(Problem("", key="label", value=template, message=message,
                                 expected=expected))  # fmt: skip
