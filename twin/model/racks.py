"""What is delivered: racks, ship notices, and racks placed by rule."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from twin.model.base import (
    AirClass,
    Count,
    Item,
    NonNegative,
    Part,
    PlaceRef,
    Positive,
    ProductRef,
    Ref,
    Rule,
    Text,
)

STATES = (
    "planned", "reserved", "delivered", "set", "energised", "burn-in", "live", "leaving",
)  # fmt: skip
PENDING = ("planned", "reserved")
"""States of racks that are not there yet."""
State = Literal[
    "planned", "reserved", "delivered", "set", "energised", "burn-in", "live", "leaving"
]


class Delivery(Item):
    """A ship notice; with `type` and `positions` it also places racks by rule."""

    arrives: date | None = None
    truck: str | None = None
    type: ProductRef | None = Field(
        default=None, description="rack type of the racks placed by rule"
    )
    positions: list[str] = Field(
        default=[],
        description="positions to fill: a name always makes a rack, a glob leaves out positions"
        " of racks written one by one",
    )
    serials: str = Field(default="{delivery}-{n:03d}", description="serials given by rule")
    state: State = "planned"
    priority: int = 0
    limit: Count | None = Field(default=None, description="at most so many racks")
    cdus: Text | None = Field(
        default=None, description="CDUs that each of these racks carries, of coolant.rack_cdus"
    )


class Rack(Item):
    """One delivered unit, by its serial."""

    type: ProductRef = Field(description="rack type")
    position: PlaceRef | None = None
    delivery: Annotated[str, Ref(("delivery",))] | None = None
    state: State = "planned"
    priority: int = Field(default=0, description="higher goes first among equals")
    arrives: date | None = Field(default=None, description="own date; else the delivery's")
    leaves: date | None = None
    nameplate_kw: NonNegative | None = None
    provisioned_kw: NonNegative | None = Field(default=None, description="the owner's cap")
    measured_kw: NonNegative | None = None
    power_basis: Literal["ac_in", "dc_out"] | None = Field(
        default=None,
        description="where the layout's own figures of its power hold: at its AC input"
        " or behind its power shelves; unset: the unfavourable one",
    )
    shelf_efficiency: Part | None = Field(
        default=None, description="output over input of its power shelves at load"
    )
    idle_kw: NonNegative | None = Field(default=None, description="power when on without work")
    peak_kw: NonNegative | None = Field(default=None, description="short peak")
    peak_s: NonNegative | None = Field(default=None, description="time for which the peak lasts")
    hold_up_s: NonNegative | None = Field(
        default=None, description="gap in supply that its power shelves ride through"
    )
    battery_s: NonNegative | None = Field(
        default=None, description="time for which its own battery carries its load"
    )
    power_factor: Annotated[float, Field(gt=0, le=1)] | None = None
    voltage_v: Positive | None = None
    mass_kg: Positive | None = None
    height_m: Positive | None = None
    free_units: NonNegative | None = Field(
        default=None,
        description="units that are free in it for CDUs, switches and gear beside what it ships",
    )
    cdus: Annotated[Text, Rule()] | None = Field(
        default=None, description="CDUs that it carries, of coolant.rack_cdus"
    )
    air_class: AirClass | None = Field(default=None, description="class of the air that it takes")
