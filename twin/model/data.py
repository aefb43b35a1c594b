"""Network: leaf switches, where they stand, and what reaches them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from twin.model.base import Count, Item, PlaceRef, Positive, ProductRef, Ref, Shape, Text


class Switch(Item):
    """A leaf switch in a rack: its down ports serve the positions that name it."""

    position: PlaceRef | None = Field(default=None, description="position of its network rack")
    rack: Annotated[str, Ref(("rack",)), Shape()] | None = Field(
        default=None, description="rack that houses it; else the one on its position"
    )
    count: Annotated[Count, Field(description="identical switches that stand together")] = 1
    ports: Count | None = Field(default=None, description="ports for racks, of one switch")
    gbps: Positive | None = Field(default=None, description="speed of a port")
    medium: ProductRef | None = Field(
        default=None, description="cable or optic product of its links"
    )
    type: ProductRef | None = Field(default=None, description="product of the catalog")
    ready: date | None = None


class Data(Item):
    """The section `data` of a layout."""

    switches: dict[Text, Switch] = {}
