"""Network: switches, where they stand, what reaches them, and fabrics that are made by rule."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from twin.model.base import (
    Count,
    Item,
    NonNegative,
    PlaceRef,
    Positive,
    ProductRef,
    Ref,
    Rule,
    Shape,
    Text,
)

Network = Literal["compute", "storage", "converged", "in-band", "out-of-band"]
Cage = Literal[
    "osfp-ihs", "osfp-rhs", "qsfp-dd", "qsfp112", "qsfp56", "qsfp28", "sfp28", "sfp+", "rj45"
]
"""Forms of cages. OSFP by its top: `ihs` takes plugs with fins of their own, `rhs` flat ones."""
Whole = Annotated[int, Field(ge=0, le=100_000)]


class Switch(Item):
    """A switch in a rack: its down ports serve the positions that name it.

    One that a fabric makes may be written out under its id where it differs: place, unit, day.
    """

    position: PlaceRef | None = Field(default=None, description="position of its network rack")
    rack: Annotated[str, Ref(("rack",)), Shape()] | None = Field(
        default=None, description="rack that houses it; else the one on its position"
    )
    unit: Count | None = Field(default=None, description="lowest rack unit, 1 is at the floor")
    count: Annotated[Count, Field(description="identical switches that stand together")] = 1
    ports: Count | None = Field(
        default=None, description="ports for racks, of one switch; of a spine or core all"
    )
    gbps: Positive | None = Field(default=None, description="speed of a port")
    medium: ProductRef | None = Field(
        default=None, description="cable or optic product of its links"
    )
    type: ProductRef | None = Field(default=None, description="product of the catalog")
    plane: Annotated[Whole, Rule()] | None = Field(
        default=None, description="plane that it is of, from 0; one of a fabric has its fabric's"
    )
    rail: Annotated[Whole, Rule()] | None = Field(
        default=None,
        description="rail that ends on it, from 0; a leaf of a fabric has its fabric's",
    )
    ready: date | None = None


class Fabric(Item):
    """A network made by rule: its switches, where they stand, and which port joins which."""

    network: Network = Field(default="compute", description="what it is there for")
    positions: Annotated[list[Text], Field(min_length=1)] = Field(
        description="positions whose nodes it joins, ids or globs in the order of their node places"
    )
    nodes_per_position: Annotated[Count, Rule()] | None = Field(
        default=None, description="node places of each position; unset: nodes of the racks there"
    )
    devices: dict[Text, dict[Text, Count]] = Field(
        default={},
        description="what the nodes of a position are, by its id or a glob, kind by kind in the "
        "order of their places, as in {server = 4, pdu = 3}; places beyond these are left free",
    )
    links_per_node: Annotated[Count, Rule()] = Field(
        description="links of a node, on each plane where there are several"
    )
    gbps: Annotated[Positive, Rule()] | None = Field(
        default=None,
        description="speed of a link of a node; unset: of a port of the leaf, or its part of one",
    )
    split: Annotated[Count, Rule()] = Field(
        default=1,
        description="links of nodes that share one port of a leaf, on cords with several tails",
    )
    tiers: Annotated[Literal[1, 2, 3], Rule()] = Field(
        default=2, description="1: leaves alone, 2: with spines, 3: with cores"
    )
    planes: Annotated[Count, Rule()] = Field(
        default=1, description="separate fabrics of one kind, each with a port of every link"
    )
    apart: bool = Field(
        default=False,
        description="cables of racks to its two planes are led over ways that share no tray",
    )
    rails: Annotated[Count, Rule()] | None = Field(
        default=None, description="link r of each node ends on leaves of rail r"
    )
    su_positions: Annotated[Count, Rule()] | None = Field(
        default=None, description="positions of a scalable unit, which has leaves of its own"
    )
    group: Annotated[Count, Rule()] | None = Field(
        default=None,
        description="leaves that share spines of their own; unset: all, in three tiers those of a"
        " unit as far as a spine has ports for them",
    )
    reserved: Annotated[Whole, Rule()] = Field(
        default=0, description="node places at the end that no node takes"
    )
    manager_links: Annotated[Whole, Rule()] = Field(
        default=0, description="links of fabric managers, on ports that nodes leave free"
    )
    manager_at: list[Text] = Field(
        default=[],
        description="positions of the racks that house its managers, ids or globs: one manager in"
        " each, and their links go round; unset: not known, and their cords are not listed",
    )
    manager_cage: Cage | None = Field(
        default=None, description="form of the cages of its managers, of one port each"
    )
    spare: Annotated[Whole, Rule()] = Field(default=0, description="down ports of a leaf kept free")
    links_per_cord: Count | None = Field(
        default=None,
        description="links that one cord carries; unset: as many as there are planes, which share"
        " a port of the node; 1: each plane has a port of its own",
    )
    leaf: Annotated[ProductRef, Rule()] = Field(description="product of its leaves")
    spine: Annotated[ProductRef, Rule()] | None = Field(
        default=None, description="of its spines; unset: as leaves"
    )
    core: Annotated[ProductRef, Rule()] | None = Field(
        default=None, description="of its cores; unset: as spines"
    )
    radix: Annotated[Count, Rule()] | None = Field(
        default=None,
        description="ports of a switch; unset: of the product, divided to the speed of a link; if"
        " no more than it has, its ports run slower instead",
    )
    down: Annotated[Count, Rule()] | None = Field(
        default=None, description="ports of a leaf for nodes; unset: half of the radix"
    )
    up: Annotated[Count, Rule()] | None = Field(
        default=None, description="ports of a leaf for spines; unset: as many as down, if left"
    )
    leaf_at: list[Text] = Field(
        default=[], description="positions of the racks that house its leaves, ids or globs"
    )
    spine_at: list[Text] = Field(default=[], description="of its spines; unset: as leaves")
    core_at: list[Text] = Field(default=[], description="of its cores; unset: as spines")
    place: Annotated[Literal["in order", "top of rack", "middle of row", "end of row"], Rule()] = (
        Field(
            default="in order",
            description="where leaves stand: spread in order over leaf_at, in the rack that they"
            " serve, or in the row that they serve, at its middle or end",
        )
    )
    first_unit: Annotated[Count, Rule()] | None = Field(
        default=None, description="lowest unit that switches take in their racks"
    )
    node_cage: Cage | None = Field(
        default=None, description="form of the cages of its nodes; unset: of the rack type"
    )
    node_cage_ports: Count | None = Field(
        default=None,
        description="ports of a link's speed behind a cage of a node; unset: of the rack type",
    )
    fibre: Literal["mm", "sm"] | None = Field(
        default=None, description="fibre of its optical links; unset: either"
    )
    media: Text | None = Field(
        default=None,
        description="kinds of media (dac acc aec aoc sr dr fr lr utp) or ids of products, with"
        " blanks between them: the first that can be is taken, nothing else is; unset: whatever"
        " draws least",
    )
    medium: Annotated[ProductRef, Rule()] | None = Field(
        default=None, description="medium of links to nodes"
    )
    up_medium: Annotated[ProductRef, Rule()] | None = Field(
        default=None, description="medium of links between leaves and spines"
    )
    core_medium: Annotated[ProductRef, Rule()] | None = Field(
        default=None, description="medium of links between spines and cores; unset: as up_medium"
    )
    ready: date | None = Field(default=None, description="day on which its switches run")


class Panel(Item):
    """A patch panel: cords from the positions that it serves end on it, trunks lead on from it."""

    position: PlaceRef | None = Field(default=None, description="position of its rack")
    unit: Count | None = Field(
        default=None,
        description="lowest rack unit, 1 is at the floor; unset: the lowest that switches leave",
    )
    serves: Annotated[list[Text], Field(min_length=1)] = Field(
        description="positions whose cords end on it, ids or globs"
    )
    fabric: Annotated[str, Ref(("fabric",)), Shape()] | None = Field(
        default=None, description="fabric whose cords it takes; unset: of all"
    )
    type: ProductRef | None = Field(default=None, description="product of the catalog")
    rack_units: Annotated[Count, Rule()] | None = Field(
        default=None, description="rack units that it takes; unset: of the product"
    )
    mass_kg: Positive | None = Field(
        default=None, description="mass with its modules; unset: of the product"
    )
    ports: Count | None = Field(default=None, description="ports for cords; unset: of the product")
    cassette: ProductRef | None = Field(
        default=None, description="product of the cassettes in it; unset: plain adapters"
    )
    gender: Literal["female", "male"] | None = Field(
        default=None,
        description="of the ferrules that meet cords: male has pins; unset: of its cassettes or its"
        " product, else cords meet trunks in plain adapters",
    )
    rear_gender: Literal["female", "male"] | None = Field(
        default=None, description="of those that meet trunks; unset: of its cassettes, else gender"
    )
    polarity: Literal["A", "B"] | None = Field(
        default=None,
        description="type of its adapters (TIA-568): A key up to key down, straight; B key up to"
        " key up, reversed; unset: of its cassettes, else of its product",
    )
    ready: date | None = None


class Gear(Item):
    """What stands in a network rack beside switches and panels: managers, consoles, controllers."""

    position: PlaceRef | None = Field(default=None, description="position of its rack")
    rack: Annotated[str, Ref(("rack",)), Shape()] | None = Field(
        default=None, description="rack that houses it; else the one on its position"
    )
    unit: Count | None = Field(
        default=None,
        description="lowest rack unit, 1 is at the floor; unset: the lowest that are left",
    )
    count: Annotated[Count, Rule(), Field(description="identical ones that stand together")] = 1
    rack_units: Annotated[Whole, Rule()] | None = Field(
        default=None, description="rack units that one takes; 0 of what hangs beside them, as a PDU"
    )
    draw_kw: NonNegative | None = Field(
        default=None, description="electrical draw of one; 0 of what draws none"
    )
    mass_kg: NonNegative | None = Field(
        default=None, description="mass of one; 0 of what the mass of the rack holds"
    )


class Trunk(Item):
    """Trunks between two panels: many links in one sheath, pulled before any cord."""

    panel_a: Annotated[str, Ref(("panel",)), Shape()] = Field(description="panel at one end")
    panel_b: Annotated[str, Ref(("panel",)), Shape()] = Field(description="panel at the other end")
    count: Annotated[Count, Field(description="equal trunks side by side")] = 1
    type: ProductRef | None = Field(default=None, description="product of the catalog")
    connectors: Count | None = Field(
        default=None, description="links that one trunk carries; unset: of the product"
    )
    od_m: Positive | None = Field(default=None, description="outer diameter; unset: of the product")
    gender: Literal["female", "male"] | None = Field(
        default=None, description="of its ferrules: male has pins; unset: of the product"
    )
    polarity: Literal["A", "B", "C"] | None = Field(
        default=None,
        description="type (TIA-568): A straight, B reversed, C pairs crossed; unset: product's",
    )
    ready: date | None = None


class StockLength(Item):
    """A length of a cable or trunk that can be had: a row of a list of stock.

    Such lists say the same as `stock_m`, product by product.
    """

    product: ProductRef = Field(description="cable or trunk of the catalog")
    length_m: Positive = Field(description="one length in which it is sold")


class Data(Item):
    """The section `data` of a layout."""

    switches: dict[Text, Switch] = {}
    fabrics: dict[Text, Fabric] = {}
    panels: dict[Text, Panel] = {}
    trunks: dict[Text, Trunk] = {}
    gear: dict[Text, Gear] = {}
    stock_m: dict[Text, list[Positive]] = Field(
        default={}, description="lengths in stock by product; unset: lengths that its maker shows"
    )
    label: Text | None = Field(
        default=None,
        description="text of one end of a cord's label, with fields in braces; unset: "
        "{hall}.{position}-{unit}:{port}",
    )
    prices: dict[Text, NonNegative] = Field(
        default={}, description="price by product in any one unit: of a cable or of a plug"
    )
