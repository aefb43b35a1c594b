"""Days of cables: when both ends of links stand, and when the trunks between them lie."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, DateArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.panel_ports import panel_ports
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import racks_in_turn, trunks_taken
from twin.solve.study import Study

_NONE = np.datetime64("NaT", "D")
_NEVER = np.datetime64("9999-12-31", "D")
"""Stands for a day that is not known, after all others."""


def ends_stand(study: Study) -> BoolArray:
    """(B,) whether a rack stands at both ends of each of the `bundles` on the day of the study."""
    bundle = study(bundles)
    place = study.site.rows_of("position", study.table("rack")["position"])
    there = np.zeros(len(study.table("position")) + 1, dtype=bool)
    there[place[study.here]] = True
    there[-1] = False
    low = np.where(bundle.rack >= 0, np.append(study.here, False)[bundle.rack], there[bundle.place])
    return np.asarray(low & there[bundle.host])


def days(study: Study) -> DateArray:
    """(B,) day on which all that each of the `bundles` ends on stands; NaT not known.

    Racks and switches at both ends, and of links through panels those panels with their racks.
    """
    bundle, piece, site = study(bundles), study(pieces), study.site
    arrival = np.append(study.arrival, _NONE)
    place = site.rows_of("position", study.table("rack")["position"])
    there = np.full(len(study.table("position")) + 1, _NONE)
    there[place[::-1]] = study.arrival[::-1]
    there[-1] = _NONE
    ready = np.append(study.table("switch")["ready"], _NONE)
    low = np.where(bundle.rack >= 0, arrival[bundle.rack], there[bundle.place])
    ends = np.stack([low, there[bundle.host]])
    last = np.where(np.isnat(ends).any(axis=0), _NONE, np.fmax(ends[0], ends[1]))
    panel = study.table("panel")
    stands = np.append(there[site.rows_of("position", panel["position"])], _NONE)
    of_panel = np.fmax(stands, np.append(panel["ready"], _NONE))
    for day in (
        ready[bundle.low], ready[bundle.switch], of_panel[piece.low_panel],
        of_panel[piece.high_panel],
    ):  # fmt: skip
        last = np.where(np.isnat(last), last, np.fmax(last, day))
    return np.asarray(last, dtype="datetime64[D]")


def trunk_days(study: Study) -> DateArray:
    """(T,) day on which each trunk is ready, else that of the first link between its panels.

    NaT not known.
    """
    piece, trunk = study(pieces), study.table("trunk")
    ends = np.sort(np.stack([trunk["panel_a"], trunk["panel_b"]]), axis=0)
    _, of = np.unique(ends, axis=1, return_inverse=True)
    of = of.ravel()
    day = study(days)
    mine = np.flatnonzero((piece.trunks >= 0) & ~np.isnat(day))
    first = np.full(len(of) + 1, _NEVER)
    np.minimum.at(first, of[piece.trunks[mine]], day[mine])
    out = first[of]
    out[out == _NEVER] = _NONE
    return np.where(np.isnat(trunk["ready"]), out, trunk["ready"])


def first_days(study: Study) -> DateArray:
    """(B,) first of the `days` of racks that stand on one position in turn: they use its cords."""
    of, day = study(racks_in_turn), study(days)
    first = np.full(len(day), _NEVER)
    np.fmin.at(first, of, day)
    return np.where(first[of] == _NEVER, _NONE, first[of])


def link_days(study: Study, day: DateArray, link: IntArray, bundle: IntArray) -> DateArray:
    """(n,) day on which both ends of some links of the port map stand, and their trunk lies.

    A cord to a panel is of no use before the trunk behind it. NaT not known.

    Parameters
    ----------
    day
        (B,) day on which both ends of each of the `bundles` stand.
    link, bundle
        (n,) rows of the port map and of `bundles`.
    """
    lies = np.append(study(trunk_days), _NONE)[study(panel_ports).trunk[link]]
    stand = day[bundle]
    return np.where(np.isnat(stand), stand, np.fmax(stand, lies))


def bundle_days(study: Study) -> DateArray:
    """(B,) day on which both ends of each of the `bundles` stand, and all its trunks lie."""
    taken, stand = study(trunks_taken), study(days)
    last = np.full(len(stand), np.datetime64("0001-01-01", "D"))
    np.fmax.at(last, taken.bundle, study(trunk_days)[taken.trunk])
    return np.where(np.isnat(stand), stand, np.fmax(stand, last))


def day_order(day: DateArray) -> IntArray:
    """(n,) days as whole numbers in their order, what is not known after all others."""
    return np.where(np.isnat(day), _NEVER, day).astype("datetime64[D]").astype(np.int64)
