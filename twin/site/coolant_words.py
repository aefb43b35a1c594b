"""Coolants that the catalog does not have, and water that nobody takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from twin.catalog.fluids import SHORT, fluid_product
from twin.errors import near
from twin.model.coolant import Coolant
from twin.site.faults import Fault

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog

TO_AIR = "l2a"
"""How the form of a CDU ends that gives its heat to the air of its hall."""
_FLUIDS = ("fluid", "rated_fluid", "rated_facility_fluid")


def faults_of_coolant(coolant: Coolant, catalog: Catalog) -> Iterator[Fault]:
    """Tell words for coolants that nothing is known of.

    And plants of liquid-to-air units, which take no facility water. Of what is written, before
    rules are spread: each mistake is told once.
    """
    known = [*SHORT, *(p.id for p in catalog.of("fluid"))]
    for kind, items in (
        ("plant", coolant.plants), ("loop", coolant.loops), ("cdu", coolant.cdus),
        ("rack_cdu", coolant.rack_cdus),
    ):  # fmt: skip
        for name, item in items.items():
            said = vars(item)  # a model looks long for a field that it has not
            for key in _FLUIDS:
                word = said.get(key)
                if word and fluid_product(catalog, word) is None:
                    yield Fault(kind, name, key, word, f'there is no fluid "{word}"',
                                "pg25, pg25-mass, water, or the id of a fluid of the catalog",
                                near(word, known))  # fmt: skip
    for name, cdu in coolant.cdus.items():
        product = catalog.products.get(cdu.type or "")
        if cdu.plant and product is not None and product.text.get("type", "").endswith(TO_AIR):
            message = f'CDU "{cdu.type}" gives its heat to the air, it takes no facility water'
            yield Fault("cdu", name, "plant", cdu.plant, message, 'leave "plant" out')
