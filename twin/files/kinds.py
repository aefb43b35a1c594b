"""The kinds of lists: which fields each has, and the words that people use for them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from twin.files.fields import Spec
from twin.files.headers import Slot, Vocabulary, slots_of
from twin.model.base import FEEDERS
from twin.model.data import StockLength
from twin.model.layout import ListKind
from twin.model.sections import MODELS

# Kinds of equipment that a list may mix, and the words for them.
EQUIPMENT = (*FEEDERS, "tap")
_EQUIPMENT_WORDS = {
    "source": "source utility generator genset gen feed utility_feed storage bess"
    " battery_energy_storage battery_storage",
    "transformer": "transformer xfmr tx trafo substation",
    "ups": "ups uninterruptible_power_supply",
    "rectifier": "rectifier power_rack power_sidecar sidecar power_shelf_rack dc_power_system",
    "board": "board switchboard panel panelboard msb mdb lvs switchgear swbd distribution_board"
    " ring_main_unit rmu",
    "rpp": "rpp remote_power_panel pdu power_distribution_unit",
    "transfer": "transfer transfer_switch ats automatic_transfer_switch sts static_switch"
    " static_transfer_switch mts manual_transfer_switch",
    "tie": "tie tie_breaker bus_tie bus_coupler coupler bus_section_breaker",
    "busway": "busway busduct bus_duct busbar track_busway bus",
    "tap": "tap tap_off tapoff tap_off_unit tap_off_box tapbox tap_box outlet way",
}
KIND_OF_WORD: dict[str, str] = {
    word: kind for kind, words in _EQUIPMENT_WORDS.items() for word in words.split()
}
KINDS_WITHIN = {
    "utility": "utility",
    "utility_feed": "utility",
    "generator": "generator",
    "genset": "generator",
    "gen": "generator",
    "storage": "storage",
    "bess": "storage",
    "battery_energy_storage": "storage",
    "battery_storage": "storage",
    "ats": "automatic",
    "automatic_transfer_switch": "automatic",
    "sts": "static",
    "static_switch": "static",
    "static_transfer_switch": "static",
    "mts": "manual",
    "manual_transfer_switch": "manual",
}
"""Words that say, besides the kind of equipment, which of its own kinds it is."""

MODELS_OF: dict[ListKind, tuple[str, ...]] = {
    "equipment": EQUIPMENT,
    "positions": ("position",),
    "whips": ("whip",),
    "racks": ("rack",),
    "deliveries": ("delivery",),
    "meters": ("meter",),
    "temperatures": ("temperature",),
    "stock": ("length",),
}
ITEMS: dict[str, type[BaseModel]] = {**MODELS, "length": StockLength}
"""Models of the items of lists: the kinds of a layout, and lengths in stock, which have no ids."""

_WORDS: dict[ListKind, dict[str, str]] = {
    "equipment": {
        "tag": "id",
        "name": "id",
        "equipment": "id",
        "equipment_id": "id",
        "fed_by": "fed_from",
        "feeds_from": "fed_from",
        "upstream": "fed_from",
        "normal": "fed_from",
        "normal_source": "fed_from",
        "preferred": "fed_from",
        "preferred_source": "fed_from",
        "alternate_source": "alternate",
        "alternate_feed": "alternate",
        "second_source": "alternate",
        "emergency_source": "alternate",
        "parallel": "parallel_with",
        "in_parallel_with": "parallel_with",
        "paralleled_with": "parallel_with",
        "side_1": "side_a",
        "side_2": "side_b",
        "tie_side_a": "side_a",
        "tie_side_b": "side_b",
        "bus_a": "side_a",
        "bus_b": "side_b",
        "frame": "frame_a",
        "frame_size": "frame_a",
        "aic": "interrupting_ka",
        "kaic": "interrupting_ka",
        "sccr": "withstand_ka",
        "impedance_pct": "z_pct",
        "autonomy": "battery_min",
        "autonomy_min": "battery_min",
        "setting": "breaker_a",
        "setting_a": "breaker_a",
        "trip_a": "breaker_a",
        "breaker": "breaker_a",
        "breaker_setting": "breaker_a",
        "voltage": "voltage_v",
        "energised": "ready",
        "energized": "ready",
        "ready_date": "ready",
    },
    "positions": {
        "tag": "id",
        "name": "id",
        "position": "id",
        "position_id": "id",
        "ready_date": "ready",
    },
    "whips": {
        "tag": "id",
        "whip": "id",
        "whip_id": "id",
        "rating": "rating_a",
        "power_shelf": "shelf",
        "tap_off": "tap",
        "tap_id": "tap",
        "rack_id": "rack",
        "position_id": "position",
    },
    "racks": {
        "serial": "id",
        "serial_number": "id",
        "serial_no": "id",
        "sn": "id",
        "s_n": "id",
        "rack": "id",
        "rack_id": "id",
        "rack_type": "type",
        "product": "type",
        "arrival": "arrives",
        "arrival_date": "arrives",
        "eta": "arrives",
        "position_id": "position",
    },
    "deliveries": {
        "delivery": "id",
        "delivery_id": "id",
        "arrival": "arrives",
        "arrival_date": "arrives",
        "eta": "arrives",
        "rack_type": "type",
    },
    "meters": {
        "meter": "id",
        "meter_id": "id",
        "tag": "id",
        "name": "id",
        "feeder": "element",
        "equipment": "element",
        "equipment_id": "element",
        "kw": "measured_kw",
        "max_kw": "measured_kw",
        "maximum_kw": "measured_kw",
        "peak_kw": "measured_kw",
        "demand_kw": "measured_kw",
        "from": "start",
        "from_date": "start",
        "to": "until",
        "to_date": "until",
    },
    "temperatures": {
        "sensor": "id",
        "sensor_id": "id",
        "tag": "id",
        "name": "id",
        "rack": "element",
        "rack_id": "element",
        "serial": "element",
        "air_unit": "element",
        "inlet": "inlet_c",
        "inlet_temperature": "inlet_c",
        "supply_air": "outlet_c",
        "outlet": "outlet_c",
        "outlet_temperature": "outlet_c",
        "exhaust": "outlet_c",
        "return_air": "inlet_c",
        "from": "start",
        "from_date": "start",
        "to": "until",
        "to_date": "until",
    },
    "stock": {
        "cable": "product",
        "trunk": "product",
        "product_id": "product",
        "part_id": "product",
        "stock_length_m": "length_m",
        "cable_length_m": "length_m",
    },
}

RATING = Slot("rating", Spec("rating", "text"), "rating")
KIND = Slot("kind", Spec("kind", "text", required=True), "kind")
REVISION = Slot("revision", Spec("revision", "text"), "revision")
TRUCK = Slot("truck", Spec("truck", "text"), "truck")


def models(kind: ListKind) -> list[type[BaseModel]]:
    """Return the models of the items of a kind of list."""
    return [ITEMS[name] for name in MODELS_OF[kind]]


def vocabulary(kind: ListKind | Literal["notice"]) -> Vocabulary:
    """Return the columns that a kind of list may have."""
    if kind == "notice":
        slots = slots_of(models("racks"), leave=frozenset())
        words = {**_WORDS["racks"], "truck_id": "truck", "rev": "revision"}
        return Vocabulary({**slots, "revision": REVISION, "truck": TRUCK}, words)
    slots = slots_of(models(kind), leave=frozenset({"kind"} if kind == "equipment" else ()))
    if kind == "stock":
        del slots["id"]
    if kind == "equipment":
        slots = {**slots, "kind": KIND, "rating": RATING}
    return Vocabulary(slots, _WORDS[kind])
