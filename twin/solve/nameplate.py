"""Published figures of racks' power, with what stands in each rack beside what its type ships."""

from __future__ import annotations

import numpy as np

from twin.arrays.housed import Housed, budgets, housed, with_housed
from twin.site.table import BoolArray, FloatArray
from twin.solve.cabling.parts.optics import chosen_kw, lacking_plug
from twin.solve.study import Study


def in_racks(study: Study) -> Housed:
    """Sum up the switches, panels and gear in each rack."""
    return housed(study.site)


def nameplate(study: Study) -> FloatArray:
    """(racks,) nameplate with what stands in each rack, kW, NaN not known.

    To what the layout names come the plugs that a fabric chooses for its links. NaN not known:
    where one of these does not say, either, unless the layout says the nameplate of this rack.
    """
    return with_things(study, "nameplate_kw")


def peak(study: Study) -> FloatArray:
    """(racks,) short peak with what stands in each rack as far as it is known, kW, NaN no peak."""
    own = np.asarray(study.site.tables["rack"]["peak_kw"], dtype=float)
    plugs = np.where(budgets(study.site) | ~np.isnan(own), 0.0, study(chosen_kw))
    return np.asarray(study.table("rack")["peak_kw"], dtype=float) + plugs


def with_things(study: Study, column: str) -> FloatArray:
    """Return a figure of racks with all that draws in each, (racks,) kW, NaN not known."""
    full = np.asarray(study.table("rack")[column], dtype=float)
    plugs, inside = study(chosen_kw), study(in_racks)
    own, budget = np.asarray(study.site.tables["rack"][column], dtype=float), budgets(study.site)
    # What switches and gear draw is in the column already where it comes on top of it.
    sums = np.where(np.isnan(own) & ~budget, plugs, inside.draw_kw + plugs)
    return with_housed(own, full, sums, study(lacking_draw), budget)


def lacking_draw(study: Study) -> BoolArray:
    """(racks,) whether something in them does not say what it draws, a plug or its switch."""
    return np.asarray((study(lacking_plug) >= 0) | (study(in_racks).lacks_draw >= 0))


def on_top_kw(study: Study) -> FloatArray:
    """(racks,) draw of what stands in racks beyond what is said of their type, kW, NaN not known.

    0 of a type that is a budget, and where the layout says the nameplate of the rack itself.
    """
    own = np.asarray(study.site.tables["rack"]["nameplate_kw"], dtype=float)
    draw = study(in_racks).draw_kw + study(chosen_kw)
    draw = np.where(study(lacking_draw), np.nan, draw)
    return np.where(np.isnan(own) & ~budgets(study.site), draw, 0.0)
