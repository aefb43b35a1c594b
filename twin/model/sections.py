"""Which kind of item stands in which section, and the model of each kind."""

from __future__ import annotations

from twin.model.base import Item
from twin.model.coolant import AirUnit, Cdu, Hookup, Loop, Manifold, Pipe, Plant
from twin.model.data import Switch
from twin.model.place import Block, Hall, Obstacle, Position, Row, Tray
from twin.model.power import (
    Board,
    Busway,
    Meter,
    Rectifier,
    Rpp,
    Source,
    Tap,
    Tie,
    Transfer,
    Transformer,
    Ups,
    Whip,
    Window,
)
from twin.model.racks import Delivery, Rack

MODELS: dict[str, type[Item]] = {
    "hall": Hall,
    "obstacle": Obstacle,
    "block": Block,
    "row": Row,
    "position": Position,
    "tray": Tray,
    "source": Source,
    "transformer": Transformer,
    "ups": Ups,
    "rectifier": Rectifier,
    "board": Board,
    "rpp": Rpp,
    "transfer": Transfer,
    "tie": Tie,
    "busway": Busway,
    "tap": Tap,
    "whip": Whip,
    "window": Window,
    "meter": Meter,
    "plant": Plant,
    "loop": Loop,
    "cdu": Cdu,
    "air_unit": AirUnit,
    "pipe": Pipe,
    "manifold": Manifold,
    "hookup": Hookup,
    "switch": Switch,
    "delivery": Delivery,
    "rack": Rack,
}
"""Kinds in the order of their subject numbers, but for products, which the catalog brings."""

SECTIONS: dict[str, str] = {
    "hall": "halls",
    "obstacle": "obstacles",
    "block": "blocks",
    "row": "rows",
    "position": "positions",
    "tray": "trays",
    "source": "power.sources",
    "transformer": "power.transformers",
    "ups": "power.ups",
    "rectifier": "power.rectifiers",
    "board": "power.boards",
    "rpp": "power.rpps",
    "transfer": "power.transfers",
    "tie": "power.ties",
    "busway": "power.busways",
    "tap": "power.taps",
    "whip": "power.whips",
    "window": "power.windows",
    "meter": "power.meters",
    "plant": "coolant.plants",
    "loop": "coolant.loops",
    "cdu": "coolant.cdus",
    "air_unit": "coolant.air_units",
    "pipe": "coolant.pipes",
    "manifold": "coolant.manifolds",
    "hookup": "coolant.hookups",
    "switch": "data.switches",
    "delivery": "deliveries",
    "rack": "racks",
}
