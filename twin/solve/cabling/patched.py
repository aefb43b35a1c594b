"""What goes through panels and trunks: ports, connectors and losses of links of pieces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.as_bought import bought_m, most_m
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.cassettes import shuffles
from twin.solve.cabling.mating import front_ferrules
from twin.solve.cabling.parts import parts, products
from twin.solve.cabling.pieces import pieces
from twin.solve.cabling.taken import joined_each_m, trunks_taken
from twin.solve.limits import limit
from twin.solve.study import Study


class Taken(NamedTuple):
    """Links of bundles in panels or trunks, (E,): row of either, bundle, and ports they take.

    Those that a cassette shuffles share their port, as many as there are planes.
    """

    row: IntArray
    bundle: IntArray
    links: FloatArray


def in_panels(study: Study) -> Taken:
    """Links that end on each panel: each takes a port of both its panels."""
    piece, bundle = study(pieces), study(bundles)
    mine = np.flatnonzero((piece.low_panel >= 0) & bundle.wanted)
    both = np.concatenate([mine, mine])
    row = np.concatenate([piece.low_panel[mine], piece.high_panel[mine]])
    return Taken(row, both, (bundle.count / piece.lanes)[both])


def in_trunks(study: Study) -> Taken:
    """Links in the trunks between each two panels, told of the first of these trunks."""
    piece, bundle = study(pieces), study(bundles)
    mine = np.flatnonzero((piece.trunks >= 0) & bundle.wanted)
    return Taken(piece.trunks[mine], mine, (bundle.count / piece.lanes)[mine])


def connectors(study: Study) -> FloatArray:
    """(trunks,) links that all trunks between the same two panels carry; NaN not known."""
    trunk = study.table("trunk")
    ends = np.sort(np.stack([trunk["panel_a"], trunk["panel_b"]]), axis=0)
    _, which = np.unique(ends, axis=1, return_inverse=True)
    which = which.ravel()
    each = np.asarray(trunk["connectors"] * trunk["count"], dtype=float)
    total = np.bincount(which, each, minlength=1).astype(float)
    return total[which]


class Loss(NamedTuple):
    """Loss of links through panels, (n,).

    Parameters
    ----------
    bundle, trunk
        Rows of the bundle, and of the trunk that these of its links take.
    loss_db, most_db
        Of the channel: of lengths as bought, and of the greatest lengths that may be bought where
        no list says any; NaN not known.
    budget_db
        What its optics bear.
    """

    bundle: IntArray
    trunk: IntArray
    loss_db: FloatArray
    most_db: FloatArray
    budget_db: FloatArray


def losses(study: Study) -> Loss:
    """Fibre of all pieces, and connections or cassettes at both panels, at their worst.

    Worked number: cords of 5 m, a trunk of 40 m at 3 dB/km and two panels at 0.35 dB lose
    50 x 3 / 1000 + 0.7 = 0.85 dB.
    """
    part, taken = study(parts), study(trunks_taken)
    chosen = study(bundles).wanted & (part.medium >= 0)
    each = chosen[taken.bundle]
    mine = taken.bundle[each]
    budget = np.append(study.table("product")["loss_budget_db"], np.nan)
    # The budget is the worse end's; one that is not published makes the link's unknown.
    least = np.minimum(budget[part.head[mine]], budget[part.tail[mine]])
    high, low = panels_db(study, mine)
    ends = high + low
    lost, most = (_fibre_db(study, long)[each] for long in (study(bought_m), study(most_m)))
    return Loss(mine, taken.trunk[each], lost + ends, most + ends, least)


def _fibre_db(study: Study, length_m: FloatArray) -> FloatArray:
    """Loss of the fibre of links through panels, in cords and trunks of given lengths.

    Trunk by trunk of `trunks_taken`, (P,).
    """
    fibre = np.append(study.table("product")["attenuation_db_per_km"], np.nan)
    return joined_each_m(study, length_m * fibre[products(study, study(parts))] / 1000.0)


def panels_db(study: Study, mine: IntArray) -> tuple[FloatArray, FloatArray]:
    """Loss of some bundles at their upper and their lower panel, from cord to trunk, (n,) each.

    Of plain adapters it is that of one connection. Where the panel has ferrules of its own it is
    what the maker of its cassettes states for them, else that of a connection on either side; of
    cassettes that shuffle nobody else knows.
    """
    piece, part = study(pieces), study(parts)
    high = _panel_db(study, part.cable[mine], piece.high_panel[mine])
    return high, _panel_db(study, part.single[mine], piece.low_panel[mine])


def _panel_db(study: Study, cord: IntArray, panel: IntArray) -> FloatArray:
    site = study.site
    cassette = np.append(site.rows_of("product", study.table("panel")["cassette"]), -1)[panel]
    stated = np.append(study.table("product")["loss_db"], np.nan)[cassette]
    plain = study(front_ferrules).gender[panel] < 0
    joint = _joint_db(study, cord) * np.where(plain, 1.0, 2.0)
    joint = np.where(study(shuffles)[panel], np.nan, joint)
    return np.where(np.isnan(stated), joint, stated)


def _joint_db(study: Study, cord: IntArray) -> FloatArray:
    """Loss of one connection at a panel: of the cord's connectors, else of the code profile."""
    own = np.append(study.table("product")["connector_loss_db"], np.nan)[cord]
    return np.where(np.isnan(own), limit(study, "loss_mpo_db").value, own)
