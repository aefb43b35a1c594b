"""The power chain from utility to rack: who feeds whom, and what each may carry."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from twin.model.base import (
    FEEDERS,
    Count,
    FeedRef,
    HallRef,
    Item,
    NonNegative,
    Part,
    PlaceRef,
    Point,
    Positive,
    ProductRef,
    Ref,
    Shape,
    Share,
    Text,
)


class PowerNode(Item):
    """What feeders and taps may say; unset ratings are not known, never unlimited."""

    fed_from: FeedRef | None = Field(default=None, description="the element that feeds this one")
    rating_a: Positive | None = Field(default=None, description="continuous rating of the element")
    rating_kva: Positive | None = Field(default=None, description="rating in kVA")
    rating_kw: Positive | None = Field(default=None, description="rating in kW")
    breaker_a: Positive | None = Field(
        default=None, description="setting of the breaker at its feed end"
    )
    frame_a: Positive | None = Field(default=None, description="frame of that breaker")
    poles: Literal[1, 2, 3, 4] | None = Field(default=None, description="poles of that breaker")
    interrupting_ka: Positive | None = Field(
        default=None, description="fault current that the breaker interrupts"
    )
    trip: Text | None = Field(
        default=None, description="trip curve of the breaker: ul489, iec60947, none ..."
    )
    continuous_factor: Part | None = Field(
        default=None, description="part of the breaker that may be loaded for hours: 0.8 or 1.0"
    )
    ambient_factor: Part | None = Field(
        default=None, description="the maker's factor on the rating at the ambient it stands in"
    )
    voltage_v: Positive | None = Field(default=None, description="line to line; DC for DC gear")
    efficiency: Part | None = Field(
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


class Feeder(PowerNode):
    """What all elements above the taps may say besides: other inputs, ways out, conductors."""

    alternate: FeedRef | None = Field(
        default=None, description="the other input, on which it stands when fed_from is dead"
    )
    parallel_with: FeedRef | None = Field(
        default=None,
        description="the element to whose output its own is joined: who is fed from one of a"
        " group is fed from all of it; the one that the others name says nothing",
    )
    transfer_s: NonNegative | None = Field(
        default=None, description="gap in supply until it stands on its alternate"
    )
    retransfers: bool = Field(
        default=True, description="goes back to fed_from when that lives again"
    )
    emergency_a: Positive | None = Field(
        default=None, description="what the owner allows after a loss, instead of the rating"
    )
    emergency_kva: Positive | None = Field(
        default=None, description="what the owner allows after a loss, instead of the rating"
    )
    emergency_kw: Positive | None = Field(
        default=None, description="what the owner allows after a loss, instead of the rating"
    )
    ambient_c: float | None = Field(default=None, description="air around it")
    withstand_ka: Positive | None = Field(
        default=None, description="fault current that the equipment withstands"
    )
    fault_ka: Positive | None = Field(
        default=None, description="fault current on it by a study, instead of the bound"
    )
    isolator: Annotated[bool, Shape()] = Field(
        default=False, description="has an isolator at its feed end though no protective device"
    )
    conductor: ProductRef | None = Field(
        default=None, description="product of the conductor from what feeds it"
    )
    runs: Count | None = Field(default=None, description="conductors per phase in parallel")
    length_m: Positive | None = Field(default=None, description="length of that conductor")
    r_ohm: NonNegative | None = Field(
        default=None, description="resistance from what feeds it, at its own voltage"
    )
    x_ohm: NonNegative | None = Field(
        default=None, description="reactance from what feeds it, at its own voltage"
    )
    power_factor: Part | None = Field(default=None, description="power factor of its input")


class Source(Feeder):
    """A utility feed, a generator or a store of energy: where a tree of power begins."""

    kind: Literal["utility", "generator", "storage"] = "utility"
    modules: Count | None = Field(
        default=None, description="equal units whose ratings add up to its rating"
    )
    start_s: NonNegative | None = Field(default=None, description="time until it can take load")
    sync_s: NonNegative | None = Field(
        default=None, description="time until its units run in parallel, after the start"
    )
    walk_in_s: NonNegative | None = Field(
        default=None, description="time over which it takes its load, after that"
    )
    first_step: Part | None = Field(
        default=None, description="part of its rating that it takes in one step"
    )
    stage_kw: Positive | None = Field(
        default=None, description="most load that is given back to it at once, in stages"
    )
    stage_s: NonNegative | None = Field(
        default=None, description="time from one stage of load to the next"
    )
    runtime_min: Positive | None = Field(
        default=None, description="time for which it carries its rating: fuel or charge"
    )
    fault_mva: Positive | None = Field(
        default=None, description="short-circuit power at its terminals"
    )


class Transformer(Feeder):
    """A transformer; `voltage_v` is that of its secondary."""

    z_pct: Positive | None = Field(default=None, description="impedance")
    x_over_r: Positive | None = Field(default=None, description="reactance over resistance")
    load_loss_kw: NonNegative | None = Field(default=None, description="load loss at its rating")
    no_load_kw: NonNegative | None = Field(default=None, description="no-load loss")
    cooling: Text | None = Field(default=None, description="cooling class: AN, ONAN, AFA ...")


class Ups(Feeder):
    """An uninterruptible supply, as one unit of one or more modules."""

    modules: Count | None = Field(
        default=None, description="equal modules whose ratings add up to its rating"
    )
    battery_min: NonNegative | None = Field(
        default=None,
        description="time for which its battery carries its rating, 0 where it has none",
    )
    recharge_kw: NonNegative | None = Field(
        default=None, description="draw of a discharged battery besides the load"
    )
    walk_in_s: NonNegative | None = Field(
        default=None, description="time over which it takes its input back"
    )
    bypass: Annotated[bool, Shape()] = Field(
        default=False, description="has a bypass that carries its load unprotected"
    )
    bypass_kva: Positive | None = Field(default=None, description="rating of the bypass")
    efficiency_25: Part | None = Field(default=None, description="efficiency at 25 % of its rating")
    efficiency_50: Part | None = Field(default=None, description="efficiency at 50 % of its rating")
    efficiency_75: Part | None = Field(default=None, description="efficiency at 75 % of its rating")
    overload_110_s: NonNegative | None = Field(
        default=None, description="time for which it carries 110 % of its rating"
    )
    overload_125_s: NonNegative | None = Field(
        default=None, description="time for which it carries 125 % of its rating"
    )
    overload_150_s: NonNegative | None = Field(
        default=None, description="time for which it carries 150 % of its rating"
    )


class Rectifier(Feeder):
    """A rectifier: `voltage_v` is that of its DC output, and all below it is DC."""

    modules: Count | None = Field(
        default=None, description="equal modules whose ratings add up to its rating"
    )
    position: PlaceRef | None = Field(
        default=None, description="position on which it stands: a power sidecar"
    )
    battery_min: NonNegative | None = Field(
        default=None,
        description="time for which its battery carries its rating, 0 where it has none",
    )
    hold_up_s: NonNegative | None = Field(
        default=None, description="gap in supply that it rides through"
    )
    mass_kg: Positive | None = Field(default=None, description="mass on its position")


class Board(Feeder):
    """A switchboard or panel section."""


class Rpp(Feeder):
    """A remote power panel."""


class Transfer(Feeder):
    """A transfer switch: it stands on `fed_from`, and on `alternate` when that is dead."""

    kind: Literal["automatic", "static", "manual"] = "automatic"


class Tie(Feeder):
    """A tie between two elements, open until one of them is dead: the other then feeds it."""

    side_a: FeedRef = Field(description="element at one side")
    side_b: FeedRef = Field(description="element at the other side")
    automatic: bool = Field(default=True, description="closes by itself")


class Segment(Item):
    """One piece of a busway run, from the feed end on; what it does not say the run says."""

    length_m: Positive | None = Field(
        default=None, description="length along the run; unset, of the last one: the rest of it"
    )
    rating_a: Positive | None = Field(default=None, description="continuous rating of the piece")
    breaker_a: Positive | None = Field(
        default=None, description="setting of a breaker at its feed end; unset: it has none"
    )
    openings: Count | None = Field(default=None, description="openings for tap-off units")
    type: ProductRef | None = Field(default=None, description="product of the catalog")


class Busway(Feeder):
    """A busway run over a row."""

    from_m: Point | None = Field(default=None, description="feed end on the plan, hall frame")
    to_m: Point | None = None
    elevation_m: NonNegative | None = None
    openings: Count | None = Field(default=None, description="openings for tap-off units")
    tap_mass_max_kg: Positive | None = Field(
        default=None, description="heaviest tap-off unit that it carries"
    )
    segments: list[Segment] = Field(
        default=[],
        description="pieces of the run from its feed end on: the first keeps the id of the"
        " busway, BA/2, BA/3 ... hang on it one behind the other, and each tap on the piece"
        " that its position is nearest to",
    )


class Tap(PowerNode):
    """A tap-off unit or a panel way that one whip plugs into."""

    position: PlaceRef | None = Field(default=None, description="position in whose reach it is")
    phases: Literal[1, 2, 3] | None = Field(
        default=None,
        description="1: line to neutral, 2: line to line; unset: as `phase` says, or 3",
    )
    phase: Literal["A", "B", "C", "AB", "BC", "CA", "ABC"] | None = Field(
        default=None, description="phases between which it stands; one: to neutral"
    )
    connector: str | None = Field(default=None, description="outlet")
    mass_kg: Positive | None = Field(default=None, description="mass that hangs on the busway")


class Whip(Item):
    """A cable from a tap to one power shelf or supply of a rack."""

    position: PlaceRef | None = None
    rack: Annotated[str, Ref(("rack",)), Shape()] | None = None
    shelf: Annotated[int, Field(ge=1, le=64), Shape()] = Field(
        description="1 is the lowest; of servers with own supplies their rack PDU"
    )
    tap: Annotated[str, Ref(("tap",)), Shape()] = Field(description="the tap it plugs into")
    rating_a: Positive | None = None
    connector: str | None = Field(default=None, description="plug at the tap")
    length_m: Positive | None = None
    conductor: ProductRef | None = Field(default=None, description="product of its conductor")
    share: Share | None = Field(
        default=None, description="measured or standby part of the rack's load in this shelf"
    )


class Window(Item):
    """Days on which an element is there, in part or not at all."""

    element: Annotated[str, Ref(FEEDERS)] = Field(description="the element of which it speaks")
    start: date | None = Field(default=None, description="first day; unset: ever before")
    until: date | None = Field(default=None, description="last day; unset: ever after")
    state: Literal["energised", "commissioned", "out for work", "temporary"] = Field(
        description="what it is on these days; a temporary element is gone after the last one"
    )
    level: Annotated[int, Field(ge=1, le=5)] | None = Field(
        default=None, description="level to which it is commissioned"
    )
    share: Share | None = Field(
        default=None, description="part of its rating that is there; out for work: 0"
    )


class Meter(Item):
    """What a meter on an element read at most over some days."""

    element: Annotated[str, Ref(FEEDERS)] = Field(description="the element that is metered")
    measured_kw: NonNegative = Field(description="highest reading of that time")
    start: date | None = Field(default=None, description="first day of the reading")
    until: date | None = Field(default=None, description="last day of the reading")


class Power(Item):
    """The section `power` of a layout."""

    sources: dict[Text, Source] = {}
    transformers: dict[Text, Transformer] = {}
    ups: dict[Text, Ups] = {}
    rectifiers: dict[Text, Rectifier] = {}
    boards: dict[Text, Board] = {}
    rpps: dict[Text, Rpp] = {}
    transfers: dict[Text, Transfer] = {}
    ties: dict[Text, Tie] = {}
    busways: dict[Text, Busway] = {}
    taps: dict[Text, Tap] = {}
    whips: dict[Text, Whip] = {}
    windows: dict[Text, Window] = {}
    meters: dict[Text, Meter] = {}
