"""The racks of a list by type, each type with the figures by which a hall is sized."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.catalog.catalog import Catalog
from twin.catalog.product import Product
from twin.errors import InputError, Problem
from twin.model.layout import ListTable

# Stand in for figures that nobody published, to draw a first hall with. They are said in the
# layout's head and enter no verdict: what is unknown stays unknown to `twin check`.
POWER_FACTOR = 0.95
VOLTAGE_V = 415.0
WIDTH_M = {"orw": 1.2}
OTHER_WIDTH_M = 0.6
DEPTH_M = 1.2
WHIPS = 2
KW = 20.0
SWITCH_GBPS = 400.0


@dataclass(frozen=True, slots=True)
class RackKind:
    """The racks of one type.

    Parameters
    ----------
    type, form
        Id in the catalog; its form as positions accept it.
    ids, arrives
        Serials, and the day of each or "".
    kw
        Load of one rack.
    amps
        Line current of one rack on one side when the other is lost, A.
    whips
        On both sides together.
    width_m, depth_m
        Footprint.
    liquid_kw, flow_lpm, air_kw
        Heat to liquid and its flow, heat to air, of one rack.
    ports, gbps
        Ports of the compute network of one rack, and their speed.
    cap_kw
        What half of its power shelves give, where that is published; else its load.
    guessed
        Names of figures that nobody published and that the drawing stands in for.
    """

    type: str
    form: str
    ids: tuple[str, ...]
    arrives: tuple[str, ...]
    kw: float
    amps: float
    voltage_v: float
    whips: int
    width_m: float
    depth_m: float
    liquid_kw: float
    flow_lpm: float
    air_kw: float
    ports: int
    gbps: float
    cap_kw: float
    guessed: tuple[str, ...]


def kinds_of(racks: ListTable, catalog: Catalog) -> list[RackKind]:
    """Return the racks of a list by type, the type with most racks first.

    Raises
    ------
    InputError
        A rack has no type.
    """
    count = len(racks.ids)
    types = racks.columns.get("type", np.full(count, "", object)).astype(str)
    bare = np.flatnonzero(types == "")
    if len(bare):
        row = int(racks.rows[bare[0]]) if len(racks.rows) else None
        message = f"{len(bare)} racks name no type, the first is {racks.ids[bare[0]]}"
        raise InputError(
            Problem(racks.file, row=row, key="type", message=message,
                    expected="write a type of `twin catalog --kind rack`")
        )  # fmt: skip
    days = racks.columns.get("arrives", np.full(count, np.datetime64("NaT"), "datetime64[D]"))
    told = np.where(np.isnat(days), "", days.astype(str))
    found = []
    for name in sorted(set(types.tolist())):
        rows = np.flatnonzero(types == name)
        ids, arrives = racks.ids[rows].tolist(), told[rows].tolist()
        found.append(_kind(catalog.get(name), tuple(ids), tuple(arrives)))
    return sorted(found, key=lambda kind: (-len(kind.ids), kind.type))


def _kind(product: Product, ids: Sequence[str], arrives: Sequence[str]) -> RackKind:
    guessed: list[str] = []

    def figure(name: str, otherwise: float, *, least: bool = False) -> float:
        """Return the greatest published value, or the least; note what stands in."""
        one = product.figures.get(name)
        value = math.nan if one is None else one.least() if least else one.greatest()
        if math.isnan(value):
            guessed.append(name)
            return otherwise
        return value

    form = product.text.get("form", "")
    kw = figure("nameplate_kw", KW)
    direct = "dc_voltage_v" in product.figures
    volts = figure("dc_voltage_v" if direct else "voltage_v", VOLTAGE_V)
    factor = 1.0 if direct else math.sqrt(3) * figure("power_factor", POWER_FACTOR)
    share = figure("liquid_share", 0.0 if product.text.get("coolant") == "none" else 1.0)
    liquid = kw * share
    return RackKind(
        type=product.id,
        form=form,
        ids=tuple(ids),
        arrives=tuple(arrives),
        kw=kw,
        amps=1000 * kw / (volts * factor),
        voltage_v=volts,
        whips=2 * math.ceil(figure("input_whips", figure("shelves", WHIPS)) / 2),
        width_m=figure("width_m", WIDTH_M.get(form, OTHER_WIDTH_M)),
        depth_m=figure("depth_m", DEPTH_M),
        liquid_kw=liquid,
        flow_lpm=_flow(product, liquid),
        air_kw=kw * (1 - figure("liquid_share", 0.0, least=True)),
        ports=int(figure("ew_ports", 0)),
        gbps=figure("ew_gbps", SWITCH_GBPS),
        cap_kw=_cap(product, kw),
        guessed=tuple(dict.fromkeys(guessed)),
    )


def _cap(product: Product, kw: float) -> float:
    """Return what a rack may draw with one of two power sides lost."""
    # As many shelves as the check counts: the figure's value, not an end of its range.
    half = product.number("shelves") / 2 * product.low("shelf_kw")
    return kw if math.isnan(half) else min(kw, half)


def _flow(product: Product, heat_kw: float) -> float:
    """Flow at 40 degC supply, L/min; scaled from the heat at which it is published."""
    curve = product.curves.get("flow")
    if curve is not None:
        at = float(np.interp(40.0, *np.array(curve.points)[:, :2].T))
        return at * heat_kw / curve.at.get("heat_kw", heat_kw)
    flow, heat = product.figures.get("flow_lpm"), product.figures.get("flow_heat_kw")
    if flow is not None and flow.known:
        held = heat.least() if heat is not None and heat.known else heat_kw
        return flow.greatest() * heat_kw / held
    return 1.5 * heat_kw  # L/min per kW, the greatest that makers of such racks publish
