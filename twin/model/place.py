"""Where racks stand: halls, obstacles, rows and blocks by rule, and single positions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from twin.model.base import (
    AirClass,
    Count,
    HallRef,
    Item,
    NonNegative,
    Point,
    Positive,
    ProductRef,
    Ref,
    Rule,
    Shape,
    Size,
    Text,
)


class Hall(Item):
    """One floor plan with racks on it."""

    outline_m: list[Point] = Field(default=[], description="corners of the floor, hall frame")
    outline: str | None = Field(
        default=None, description="GeoJSON file with the outline, frame local-m"
    )
    at_m: Point = Field(default=(0.0, 0.0), description="place of the hall's origin on the site")
    yaw_deg: float = Field(default=0.0, description="turn of the hall on the site, anticlockwise")
    height_m: Positive | None = Field(default=None, description="clear height to the ceiling")
    deflector_m: Positive | None = Field(
        default=None, description="height of the lowest sprinkler deflector"
    )
    slab_kpa: Positive | None = Field(default=None, description="uniform load the slab carries")
    dry_bulb_c: float | None = Field(default=None, description="room air temperature")
    relative_humidity_pct: Annotated[float, Field(gt=0, le=100)] | None = Field(
        default=None, description="room relative humidity"
    )
    air_class: AirClass | None = Field(
        default=None, description="class of its racks' inlet air, where they name none"
    )
    ready: date | None = Field(default=None, description="day on which the floor is cleared")


class Obstacle(Item):
    """Something on the floor that is no rack: a column, a door, a wall, a space kept free."""

    hall: HallRef
    kind: Literal["column", "door", "wall", "keepout", "equipment"] = "column"
    at_m: Point = Field(description="centre, hall frame")
    size_m: Size = Field(description="width and depth")
    yaw_deg: float = 0.0


class TapRule(Item):
    """Taps that every position of a row has from one busway."""

    busway: Text = Field(description="busway; {row} stands for the row's id")
    count: Count = 1
    breaker_a: Positive | None = Field(default=None, description="breaker of each tap")
    continuous_factor: Annotated[float, Field(gt=0, le=1)] | None = None
    voltage_v: Positive | None = None
    connector: str | None = None
    phases: Literal[1, 2, 3] | None = Field(
        default=None, description="1: line to neutral, 2: line to line; unset: 3"
    )
    whip_a: Positive | None = Field(default=None, description="rating of the whip on each tap")


class PlaceLike(Item):
    """What a single position and a whole row may both say."""

    width_m: Positive | None = Field(default=None, description="width of the footprint")
    depth_m: Positive | None = Field(default=None, description="depth of the footprint")
    height_m: Positive | None = Field(default=None, description="tallest rack that fits")
    max_kg: Positive | None = Field(default=None, description="weight the place carries")
    accepts: list[str] = Field(default=[], description="forms of rack that fit; empty: any")
    entry_m2: Positive | None = Field(
        default=None,
        description="clear area through which cables enter the rack; unset: its type's",
    )
    manager_m2: Positive | None = Field(
        default=None, description="section of the vertical cable manager on each side of the rack"
    )
    loop: Annotated[str, Ref(("loop",)), Shape()] | None = Field(
        default=None, description="technology coolant loop of the drop"
    )
    plant: Annotated[str, Ref(("plant",)), Shape()] | None = Field(
        default=None, description="facility water of the drop, for racks with CDUs of their own"
    )
    zone: Annotated[str, Ref(("zone",)), Shape()] | None = Field(
        default=None, description="zone of the air that racks here draw; unset: the hall's"
    )
    ready: date | None = Field(default=None, description="day on which the place is cleared")
    network_ready: date | None = Field(default=None, description="day the network drop is live")


class Row(PlaceLike):
    """Positions in a line, placed by rule: along the row, one every `pitch_m`."""

    hall: HallRef
    at_m: Point = Field(description="near corner of the first position, hall frame")
    yaw_deg: Annotated[float, Rule()] = Field(
        default=0.0, description="direction in which the row runs"
    )
    count: Annotated[Count, Rule()] = Field(description="number of positions")
    pitch_m: Annotated[Positive, Rule()] = Field(
        description="distance from one position to the next"
    )
    front: Annotated[Literal["near", "far"], Rule()] = Field(
        default="near", description="side that the fronts face: near is right of the direction"
    )
    taps: list[TapRule] = []
    switches: list[str] = Field(default=[], description="leaf switches of each position's drop")
    names: Annotated[str, Rule()] = Field(
        default="{row}-{n:02d}", description="ids of the positions"
    )


class Block(Row):
    """Rows in parallel, every `row_pitch_m`; fronts alternate so that aisles face each other."""

    rows: Count = Field(description="number of rows")
    row_pitch_m: Positive = Field(description="distance from one row to the next")
    alternate: bool = Field(default=True, description="turn every second row round")
    row_names: str = Field(default="{block}{n}", description="ids of the rows")


class Position(PlaceLike):
    """A place on the floor made for a rack: alone, or where one of a row differs."""

    hall: HallRef | None = None
    row: Annotated[str, Ref(("row",))] | None = None
    at_m: Point | None = Field(default=None, description="centre of the footprint, hall frame")
    yaw_deg: float | None = Field(default=None, description="direction the front faces, less 270")
    taps: list[TapRule] = []
    switches: list[str] = []


class Tray(Item):
    """A way for cables: a line on the floor plan at a height."""

    hall: HallRef
    points_m: Annotated[list[Point], Field(min_length=2), Shape()] = Field(
        description="corners of the line, hall frame"
    )
    elevation_m: Annotated[NonNegative, Shape()] = Field(description="underside above the floor")
    form: Literal["tray", "ladder", "basket", "raceway"] = Field(
        default="tray", description="how it is built"
    )
    type: ProductRef | None = Field(default=None, description="product of the catalog")
    width_m: Positive | None = None
    depth_m: Positive | None = None
    load_kg_m: Positive | None = Field(default=None, description="load rating of the run")
    rated_span_m: Positive | None = Field(
        default=None, description="distance of supports at which that rating holds"
    )
    span_m: Positive | None = Field(default=None, description="distance of its supports")
    bend_radius_m: Positive | None = Field(
        default=None, description="inner radius of its corners and fittings"
    )
    drop_outs_m: list[Point] = Field(
        default=[], description="places at which cables leave it, hall frame; unset: anywhere"
    )
    drop_out_pitch_m: Positive | None = Field(
        default=None, description="drop-outs stand at this pitch from its start"
    )
    drop_out_m2: Positive | None = Field(default=None, description="clear area of a drop-out")
    kind: Literal["fibre", "copper", "power", "any"] = "any"
    fill_limit: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="share of the section that cables may take"
    )
    growth: NonNegative | None = Field(
        default=None, description="cables to come beyond those described, as a part of these"
    )


class Riser(Item):
    """A way for cables straight up, which joins the trays it meets, or from place to place.

    The latter says `to_at_m`: it leaves at its lower end and arrives at its upper end, in another
    hall where it says `to_hall`, and joins the trays at these two places.
    """

    hall: HallRef
    at_m: Point = Field(description="place of its lower end, hall frame")
    low_m: NonNegative = Field(description="height of its lower end above the floor")
    high_m: NonNegative = Field(description="height of its upper end above the floor there")
    to_hall: Annotated[str, Ref(("hall",)), Shape()] | None = Field(
        default=None, description="hall of its upper end; unset: the same"
    )
    to_at_m: Point | None = Field(
        default=None, description="place of its upper end in that hall's frame; unset: the same"
    )
    length_m: Positive | None = Field(
        default=None, description="of the whole way from end to end; unset: straight up"
    )
    width_m: Positive | None = None
    depth_m: Positive | None = None
    kind: Literal["fibre", "copper", "any"] = "any"
    fill_limit: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="share of the section that cables may take"
    )
    growth: NonNegative | None = Field(
        default=None, description="cables to come beyond those described, as a part of these"
    )
