"""Liquid and air: plants, loops, CDUs and air units."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from twin.model.base import (
    HallRef,
    Item,
    NonNegative,
    Part,
    Point,
    Positive,
    ProductRef,
    Ref,
    Shape,
    Text,
)
from twin.model.place import Pipe


class Driven(Item):
    """What has motors: how it draws power, and what it does when that power has a gap."""

    draw_kw: Positive | None = Field(default=None, description="electrical draw")
    power_factor: Part | None = Field(default=None, description="power factor of its input")
    hold_up_s: NonNegative | None = Field(
        default=None, description="gap in supply that its drives and controls ride through"
    )
    restart_s: NonNegative | None = Field(
        default=None, description="time from the return of power to its full duty"
    )


class Plant(Driven):
    """Facility water: what the CDUs and air units reject their heat to."""

    supply_c: float | None = Field(default=None, description="facility water supply")
    rating_kw: Positive | None = None
    feeds: list[str] = Field(default=[], description="power feeds; it runs on the first that lives")
    ready: date | None = None


class Loop(Item):
    """A technology coolant loop: CDUs on one side, racks on the other."""

    supply_c: float | None = Field(default=None, description="coolant supply set-point")
    fluid: str | None = Field(default=None, description="pg25 | pg25-mass | water | ...")
    hall: HallRef | None = None
    ready: date | None = Field(default=None, description="day the loop is flushed and released")


class Equipment(Driven):
    """A unit on the floor with power feeds."""

    type: ProductRef | None = Field(default=None, description="product of the catalog")
    hall: HallRef | None = None
    plant: Annotated[str, Ref(("plant",)), Shape()] | None = None
    feeds: list[str] = Field(default=[], description="power feeds; it runs on the first that lives")
    heat_kw: Positive | None = Field(default=None, description="capacity at rated approach")
    at_m: Point | None = Field(default=None, description="centre on the plan, hall frame")
    yaw_deg: float = 0.0
    width_m: Positive | None = None
    depth_m: Positive | None = None
    height_m: Positive | None = None
    ready: date | None = None


class Cdu(Equipment):
    """A coolant distribution unit on one loop."""

    loop: Annotated[str, Ref(("loop",)), Shape()]
    flow_lpm: Positive | None = Field(default=None, description="flow to the loop at its duty")
    approach_k: Positive | None = Field(default=None, description="approach of the rating")


class AirUnit(Equipment):
    """A fan wall, CRAH or other unit that cools the air of a hall."""

    airflow_m3s: Positive | None = None


class Coolant(Item):
    """The section `coolant` of a layout."""

    plants: dict[Text, Plant] = {}
    loops: dict[Text, Loop] = {}
    cdus: dict[Text, Cdu] = {}
    air_units: dict[Text, AirUnit] = {}
    pipes: dict[Text, Pipe] = {}
