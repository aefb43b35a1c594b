"""The power chain from utility to rack: who feeds whom, and what each may carry."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from twin.model.base import (
    FeedRef,
    HallRef,
    Item,
    NonNegative,
    PlaceRef,
    Point,
    Positive,
    ProductRef,
    Ref,
    Shape,
    Text,
)


class PowerNode(Item):
    """What every element of the chain may say; unset ratings are not known, never unlimited."""

    fed_from: FeedRef | None = Field(default=None, description="the element that feeds this one")
    rating_a: Positive | None = Field(default=None, description="continuous rating of the element")
    rating_kva: Positive | None = Field(default=None, description="rating in kVA")
    rating_kw: Positive | None = Field(default=None, description="rating in kW")
    breaker_a: Positive | None = Field(
        default=None, description="setting of the breaker at its feed end"
    )
    continuous_factor: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="part of the breaker that may be loaded for hours: 0.8 or 1.0"
    )
    voltage_v: Positive | None = Field(default=None, description="line to line; DC for DC gear")
    efficiency: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="output over input at load; unset: losses are not counted"
    )
    protected: Annotated[bool, Shape()] = Field(
        default=True, description="has a protective device at its feed end"
    )
    hall: HallRef | None = None
    at_m: Point | None = Field(default=None, description="centre on the plan, hall frame")
    size_m: tuple[Positive, Positive] | None = None
    ready: date | None = Field(default=None, description="day on which it is energised")
    type: ProductRef | None = Field(default=None, description="product of the catalog")


class Source(PowerNode):
    """A utility feed or a generator: where a tree of power begins."""

    kind: Literal["utility", "generator"] = "utility"


class Transformer(PowerNode):
    """A transformer; `voltage_v` is that of its secondary."""

    z_pct: Positive | None = Field(default=None, description="impedance")


class Ups(PowerNode):
    """An uninterruptible supply, as one unit."""


class Board(PowerNode):
    """A switchboard or panel section."""


class Rpp(PowerNode):
    """A remote power panel."""


class Busway(PowerNode):
    """A busway run over a row."""

    from_m: Point | None = Field(default=None, description="feed end on the plan, hall frame")
    to_m: Point | None = None
    elevation_m: NonNegative | None = None


class Tap(PowerNode):
    """A tap-off unit or a panel way that one whip plugs into."""

    position: PlaceRef | None = Field(default=None, description="position in whose reach it is")
    phases: Literal[1, 2, 3] = 3
    connector: str | None = Field(default=None, description="outlet")


class Whip(Item):
    """A cable from a tap to one power shelf or supply of a rack."""

    position: PlaceRef | None = None
    rack: Annotated[str, Ref(("rack",)), Shape()] | None = None
    shelf: Annotated[int, Field(ge=1, le=64), Shape()] = Field(description="1 is the lowest")
    tap: Annotated[str, Ref(("tap",)), Shape()] = Field(description="the tap it plugs into")
    rating_a: Positive | None = None
    connector: str | None = Field(default=None, description="plug at the tap")


class Power(Item):
    """The section `power` of a layout."""

    sources: dict[Text, Source] = {}
    transformers: dict[Text, Transformer] = {}
    ups: dict[Text, Ups] = {}
    boards: dict[Text, Board] = {}
    rpps: dict[Text, Rpp] = {}
    busways: dict[Text, Busway] = {}
    taps: dict[Text, Tap] = {}
    whips: dict[Text, Whip] = {}
