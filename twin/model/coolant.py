"""Liquid and air: plants, loops, CDUs, air units, and the pipes between them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from twin.model.base import (
    Count,
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

Liquid = Annotated[float, Field(ge=-20, le=100)]
"""Temperature of coolant, degC: mixtures of glycol freeze below, water boils above at the air's
pressure."""
Film = Annotated[float, Field(ge=0.3, le=1)]
"""Power of its flow with which a film carries heat: from 1/3 where it is laminar and developing to
0.8 where it is turbulent; none grows faster than its flow."""


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


class Held(Item):
    """What moves coolant round: how its pumps are controlled, and what is in it."""

    fluid: str | None = Field(default=None, description="pg25 | pg25-mass | water | ...")
    control: Literal["pressure", "flow", "speed"] | None = Field(
        default=None,
        description="what its pumps hold: a differential pressure, a flow, or a speed",
    )
    set_kpa: Positive | None = Field(
        default=None, description="differential pressure that is held between supply and return"
    )
    set_lpm: Positive | None = Field(default=None, description="flow that each unit holds")
    set_speed: Part | None = Field(default=None, description="speed that is held, 1 is full")
    static_kpa: Positive | None = Field(
        default=None, description="pressure above the air's where pumps draw in, at rest"
    )


class Circuit(Held):
    """A circuit of pipes: where its pressure is measured, and what it holds besides them."""

    sensor: Text | None = Field(
        default=None,
        description="where that pressure is measured: a manifold, its .end, or a junction of "
        "pipes; unset: at the pumps",
    )
    cut_off_speed: Part | None = Field(
        default=None,
        description="speed of its pumps where a loss cuts that sensor off; unset: not known",
    )
    volume_l: Positive | None = Field(
        default=None, description="coolant in it besides what its pipes hold"
    )


class Pumped(Item):
    """A unit with pumps: as many as it needs, and one more where they are n + 1."""

    pumps: Count | None = Field(default=None, description="pumps in it")
    pumps_needed: Count | None = Field(
        default=None, description="pumps that its flow and head, or its curve, are stated for"
    )
    flow_lpm: Positive | None = Field(default=None, description="flow at its duty")
    head_kpa: Positive | None = Field(
        default=None, description="differential pressure outside the unit at its duty"
    )
    shutoff_kpa: Positive | None = Field(
        default=None, description="pressure that its pumps add at no flow and full speed"
    )
    min_flow_lpm: Positive | None = Field(default=None, description="least flow of its pumps")
    npsh_m: Positive | None = Field(
        default=None, description="net positive suction head that its pumps require at their duty"
    )
    speed_min: Part | None = Field(default=None, description="least speed of its pumps")
    speed_max: Part | None = Field(default=None, description="greatest speed of its pumps")
    bypass: bool = Field(
        default=False, description="a bypass opens below the least flow of its pumps"
    )
    pump_efficiency: Part | None = Field(
        default=None, description="of pump, motor and drive together"
    )


class Plant(Driven, Circuit, Pumped):
    """Facility water: what the CDUs and air units reject their heat to."""

    type: ProductRef | None = Field(default=None, description="product with its pump curve")
    supply_c: Liquid | None = Field(
        default=None,
        description="facility water supply, set-point; never colder than ambient_c with approach_k",
    )
    ambient_c: float | None = Field(
        default=None, description="air on the design day, as its dry coolers see it"
    )
    approach_k: Positive | None = Field(
        default=None, description="its supply less the air at its rating"
    )
    return_max_c: Liquid | None = Field(
        default=None, description="warmest facility water that may come back to it"
    )
    rating_kw: Positive | None = None
    units: Count | None = Field(default=None, description="equal chillers or dry coolers in it")
    units_needed: Count | None = Field(
        default=None, description="chillers or dry coolers that carry its rating"
    )
    evaporated_share: Share | None = Field(
        default=None,
        description="part of its heat that water carries off by evaporating, at most; 0: dry",
    )
    concentration_cycles: float | None = Field(
        default=None, gt=1, description="solids in its evaporating water over those in its make-up"
    )
    makeup_lpm: Positive | None = Field(default=None, description="make-up water that it may draw")
    feeds: list[str] = Field(default=[], description="power feeds; it runs on the first that lives")
    ready: date | None = None


class Each(Item):
    """Makes what says it once for each of some rows or units.

    In all that the item names, `{each}` stands for the id of one of them and `{next}` for that of
    the one after it; an item that names the next is not made for the last.
    """

    of: Annotated[list[Text], Field(min_length=1)] = Field(
        description="globs of rows.*, coolant.cdus.* or coolant.air_units.*"
    )
    names: Text = Field(
        default="{rule}/{each}", description="ids of what is made; {rule} is the id that is written"
    )


class Loop(Circuit):
    """A technology coolant loop: CDUs on one side, racks on the other."""

    each: Each | None = Field(default=None, description="made for each of some rows or units")
    supply_c: Liquid | None = Field(default=None, description="coolant supply set-point")
    hall: HallRef | None = None
    leak_detected: Share | None = Field(
        default=None,
        description="part of it over detection cable or drip trays with sensors, 0 none",
    )
    leak_isolated: Share | None = Field(
        default=None, description="part of it behind valves that a leak shuts by itself, 0 none"
    )
    ready: date | None = Field(default=None, description="day the loop is flushed and released")


class Watered(Driven):
    """A unit on facility water: a product, its capacity, and the water that this takes."""

    type: ProductRef | None = Field(default=None, description="product of the catalog")
    heat_kw: Positive | None = Field(default=None, description="capacity at rated approach")
    facility_flow_lpm: Positive | None = Field(
        default=None, description="facility water at its rating"
    )
    facility_dp_kpa: Positive | None = Field(
        default=None, description="what that flow loses in it, its valve wide open"
    )


class Equipment(Watered):
    """A unit on the floor with power feeds."""

    hall: HallRef | None = None
    plant: Annotated[str, Ref(("plant",)), Shape()] | None = None
    feeds: list[str] = Field(default=[], description="power feeds; it runs on the first that lives")
    at_m: Point | None = Field(default=None, description="centre on the plan, hall frame")
    yaw_deg: float = 0.0
    width_m: Positive | None = None
    depth_m: Positive | None = None
    height_m: Positive | None = None
    ready: date | None = None


class Exchanging(Pumped):
    """A CDU's exchanger as it is rated, and what its loop side holds and bears."""

    approach_k: Positive | None = Field(default=None, description="approach of the rating")
    rated_flow_lpm: Positive | None = Field(
        default=None, description="flow to the loop at the rating; unset: flow_lpm"
    )
    rated_supply_c: Liquid | None = Field(default=None, description="coolant supply of the rating")
    rated_fluid: str | None = Field(default=None, description="coolant of the rating")
    rated_facility_fluid: str | None = Field(
        default=None, description="facility water of the rating"
    )
    film_exponent: Film = Field(
        default=0.8, description="power of its flow with which each side of the exchanger carries"
    )
    facility_most_lpm: Positive | None = Field(
        default=None, description="facility water with its valve wide open; unset: that rated"
    )
    valve_min: Part | None = Field(
        default=None,
        description="least opening of its facility valve: flow over that wide open at the same "
        "pressure; unset: it closes",
    )
    valve_max: Part | None = Field(
        default=None,
        description="greatest opening of that valve; the same as valve_min: held at one position",
    )
    volume_l: Positive | None = Field(default=None, description="coolant in the unit")
    filter_um: Positive | None = Field(default=None, description="mesh of its filter")
    pressure_max_kpa: Positive | None = Field(
        default=None, description="pressure that its loop side bears"
    )
    mass_kg: Positive | None = Field(default=None, description="mass of the unit, filled")
    rack_units: Positive | None = Field(default=None, description="units that it takes in a rack")


class Cdu(Equipment, Exchanging):
    """A coolant distribution unit on one loop."""

    loop: Annotated[str, Ref(("loop",)), Shape()]


class RackCdu(Watered, Held, Exchanging):
    """CDUs that racks carry: each rack that names it has so many, on a loop of its own.

    They take facility water from the drop of the position on which their rack stands, and their
    power from the rack. They are `<rack>/cdu1` and so on, their loop is `<rack>/loop`.
    """

    count: Annotated[int, Field(ge=1, le=99)] = Field(
        default=1, description="CDUs in each rack, side by side on the rack's loop"
    )
    supply_c: Liquid | None = Field(default=None, description="coolant supply set-point")
    hookup: Annotated[str, Ref(("hookup",))] = Field(
        description="how the rack is joined to them: hoses, couplings and valves between"
    )


class AirUnit(Equipment):
    """A fan wall, CRAH or other unit that cools the air of a hall or of one zone in it."""

    zone: Annotated[str, Ref(("zone",)), Shape()] | None = Field(
        default=None, description="zone that it serves; unset: all of its hall without own units"
    )
    position: PlaceRef | None = Field(
        default=None, description="position behind which it stands, as a rear door"
    )
    airflow_m3s: Positive | None = None
    fans: Count | None = Field(default=None, description="equal fans in it")
    fans_needed: Count | None = Field(
        default=None, description="fans that move its airflow; unset: all of them"
    )
    supply_c: float | None = Field(default=None, description="air that it supplies, set-point")
    return_c: float | None = Field(
        default=None, description="return air at which its capacity is stated"
    )


class Zone(Item):
    """A part of a hall with air of its own, by containment or by its own air units."""

    hall: HallRef
    containment: Literal["hot", "cold", "none"] = Field(
        default="none", description="which aisle is closed off"
    )
    recirculation: Annotated[float, Field(ge=0, lt=1)] | None = Field(
        default=None,
        description="share of the air at its racks' inlets that is exhaust; unset: by containment",
    )
    leak: NonNegative | None = Field(
        default=None, description="supplied air that passes its racks by, over what they draw"
    )


class Temperature(Item):
    """What was measured over some days: air into and out of a rack, or of an air unit."""

    element: Annotated[str, Ref(("rack", "air_unit"))] = Field(
        description="the rack or air unit at which it was measured"
    )
    inlet_c: float | None = Field(default=None, description="air into it; return of an air unit")
    outlet_c: float | None = Field(default=None, description="air out of it; supply of an air unit")
    start: date | None = Field(default=None, description="first day of the reading")
    until: date | None = Field(default=None, description="last day of the reading")


class Line(Item):
    """What a pipe or a manifold is made of."""

    each: Each | None = Field(default=None, description="made for each of some rows or units")
    type: ProductRef | None = Field(default=None, description="pipe or hose of the catalog")
    bore_m: Positive | None = Field(default=None, description="inner diameter")
    roughness_m: NonNegative | None = Field(default=None, description="of its inner wall")
    pressure_max_kpa: Positive | None = Field(
        default=None, description="pressure that its weakest part bears"
    )
    valves: Annotated[Literal["both", "start", "end", "none"], Shape()] = Field(
        default="both", description="ends with isolation valves; a manifold starts at its first"
    )


class Pipe(Line):
    """A run of pipe: drawn on the plan, joined to what stands at its ends, or both.

    Its ends are CDUs, plants, air units, manifolds, or junctions that other pipes name as well. A
    manifold's name is its first end, with `.end` its last. `both` is a pair: supply from `start`
    to `end`, return back.
    """

    hall: HallRef | None = None
    points_m: Annotated[list[Point], Field(min_length=2)] = Field(
        default=[], description="hall frame; its length and bends where none are said"
    )
    elevation_m: NonNegative = 0.0
    loop: Annotated[str, Ref(("loop",)), Shape()] | None = None
    plant: Annotated[str, Ref(("plant",)), Shape()] | None = None
    start: Annotated[Text, Shape()] | None = Field(
        default=None, description="what stands at its one end"
    )
    end: Annotated[Text, Shape()] | None = Field(
        default=None, description="what stands at its other end"
    )
    side: Annotated[Literal["both", "supply", "return"], Shape()] = "both"
    length_m: Positive | None = Field(default=None, description="of one of the pair")
    zeta: NonNegative | None = Field(
        default=None, description="loss of its fittings on the velocity in it; unset: its bends"
    )
    kv_m3h: Positive | None = Field(
        default=None, description="of a valve or strainer in it, in each of a pair"
    )
    check: bool = Field(default=False, description="a check valve lets nothing flow back")


class Manifold(Line):
    """A row manifold: a pair of pipes along a row, with a place to hook up each position.

    One of a single position (`first` and `last` the same) has no length and needs no bore: the
    position hangs straight on the pipe that ends there.
    """

    loop: Annotated[str, Ref(("loop",)), Shape()] | None = None
    plant: Annotated[str, Ref(("plant",)), Shape()] | None = Field(
        default=None, description="facility water instead, for racks with CDUs of their own"
    )
    row: Annotated[str, Ref(("row",)), Shape()]
    first: Annotated[Count, Shape()] = Field(
        default=1, description="the first position of the row that hangs on it"
    )
    last: Annotated[Count, Shape()] | None = Field(
        default=None, description="the last one; unset: the last of the row"
    )
    returns: Annotated[Literal["direct", "reverse"], Shape()] = Field(
        default="direct", description="whether the return leaves at the end where supply enters"
    )
    hookup: Annotated[str, Ref(("hookup",))] | None = Field(
        default=None, description="how each rack is joined to it"
    )
    pitch_m: Positive | None = Field(
        default=None, description="from one place to the next; unset: as the positions stand"
    )
    tee_zeta: NonNegative = Field(
        default=0.0, description="loss of the run past each branch, on the velocity in it"
    )


class Hookup(Item):
    """How a rack is joined to its manifold: hoses, couplings and valves in series."""

    type: ProductRef | None = Field(default=None, description="hose of the catalog")
    hose_m: Positive | None = Field(default=None, description="length of each hose of the pair")
    bore_m: Positive | None = Field(default=None, description="inner diameter of the hoses")
    roughness_m: NonNegative | None = Field(default=None, description="of their inner wall")
    kv_m3h: Positive | None = Field(
        default=None, description="of couplings, strainer and valves together, wide open"
    )
    valve_kv_m3h: Positive | None = Field(
        default=None, description="of the balancing valve as it is set"
    )
    independent: bool = Field(
        default=False,
        description="a pressure-independent valve lets through what the rack needs, not more",
    )
    hold_lpm: Positive | None = Field(
        default=None,
        description="flow to which that valve is set; unset: the rack's own need, or the rated "
        "facility flow of the CDUs in it",
    )
    check: bool = Field(default=False, description="a check valve lets nothing flow back")


class Coolant(Item):
    """The section `coolant` of a layout."""

    plants: dict[Text, Plant] = {}
    loops: dict[Text, Loop] = {}
    cdus: dict[Text, Cdu] = {}
    rack_cdus: dict[Text, RackCdu] = {}
    air_units: dict[Text, AirUnit] = {}
    pipes: dict[Text, Pipe] = {}
    manifolds: dict[Text, Manifold] = {}
    hookups: dict[Text, Hookup] = {}
    zones: dict[Text, Zone] = {}
    temperatures: dict[Text, Temperature] = {}
