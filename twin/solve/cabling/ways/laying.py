"""How cables are laid: each its shortest way, unless a tray or a drop-out would be overfilled.

Or unless planes are to lie apart. Then all are led again over ways with limits, bundles whole where
that can be, with the diameters that the shortest ways gave: what is longer by its detour may have
got another medium since.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.fill import fill
from twin.solve.cabling.fill.room import fill_limits, section_m2
from twin.solve.cabling.links.counting import first_counted, once
from twin.solve.cabling.links.sides import sides
from twin.solve.cabling.panels.pieces import laid
from twin.solve.cabling.parts.chosen import diameters_m
from twin.solve.cabling.parts.first import first_parts
from twin.solve.cabling.ways.access import exit_rows
from twin.solve.cabling.ways.leading import Led, lead
from twin.solve.cabling.ways.openings import openings
from twin.solve.cabling.ways.walks import Lying, shortest_lying
from twin.solve.cabling.ways.ways import shortest_m, ways
from twin.solve.study import Study


@dataclass(frozen=True)
class Laying:
    """How cables lie.

    Attributes
    ----------
    lying
        Which cables lie in which pieces of trays.
    way_m
        (pieces,) way of each, the longest where its cords are led over several; infinite no way,
        NaN not known.
    led
        Routes; None where each takes its shortest way.
    """

    lying: Lying
    way_m: FloatArray
    led: Led | None


def laying(study: Study) -> Laying:
    """Lay all cables of the site."""
    lies, area = study(shortest_lying), _areas_m2(study)
    room = (study(section_m2) * study(fill_limits))[lies.tray]
    full = _full(study, area, lies.cable, lies.row, room) or _drop_out_full(study, area)
    if not full and not (study(sides).pair >= 0).any():
        return Laying(lies, study(shortest_m), None)
    led = lead(study, area)
    return Laying(_lying(study, led), _ways_m(study, led), led)


def _full(study: Study, area: FloatArray, cable: IntArray, row: IntArray, room: FloatArray) -> bool:
    """Tell whether some row would hold more than it has room for; (K,) cables and rows."""
    each = np.nan_to_num(area[cable]) * once(study(first_counted), cable, row)
    filled = np.bincount(row, each, minlength=len(room))
    return bool((filled > room * (1.0 + 1e-9)).any())


def _drop_out_full(study: Study, area: FloatArray) -> bool:
    """Tell whether more passes some drop-out on shortest ways than may."""
    drop, way = study(openings), study(ways)
    if not len(drop.tray):
        return False
    exits = np.append(study(exit_rows), [[-1, -1]], axis=0)[way.pair]
    exits[~study(laid)] = -1
    cable, end = np.nonzero(exits >= 0)
    at = drop.of_access[exits[cable, end]]
    return _full(study, area, cable[at >= 0], at[at >= 0], drop.room_m2)


def _areas_m2(study: Study) -> FloatArray:
    """(pieces,) section of all cables of each, over their shortest ways; NaN not known."""
    od = diameters_m(study, study(first_parts))
    return fill.cable_area_m2(od) * study(first_counted).count


def _ways_m(study: Study, led: Led) -> FloatArray:
    """(pieces,) way of each, the longest of its parts."""
    out = study(shortest_m).copy()
    longest = np.full(len(led.cable), -np.inf)
    np.maximum.at(longest, led.routes.group, led.length_m)
    out[led.cable] = longest
    return out


def _lying(study: Study, led: Led) -> Lying:
    """Which cables lie in which pieces, every piece of every way."""
    graph, routes = study(ways).graph, led.routes
    first, edge = routes.ways(np.arange(len(routes.group)))
    of = np.repeat(np.arange(len(routes.group)), np.diff(first))
    at = led.piece[edge]
    on = at >= 0
    total = np.bincount(routes.group, routes.count, minlength=len(led.cable))
    share = routes.count / total[routes.group]
    distinct, row = np.unique(at[on], return_inverse=True)
    return Lying(
        graph.tray[distinct], distinct, led.cable[routes.group[of[on]]], row.astype(np.int64),
        share[of[on]],
    )  # fmt: skip
