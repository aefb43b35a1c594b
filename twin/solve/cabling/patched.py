"""What goes through panels and trunks: ports, connectors and losses of links of pieces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.cassettes import shuffles
from twin.solve.cabling.lengths import piece_lengths_m
from twin.solve.cabling.mating import front_ferrules
from twin.solve.cabling.parts import parts, piece_stock_m, products
from twin.solve.cabling.pieces import pieces
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
    """Loss of links through panels, (n,): bundle, loss of the channel, budget of its optics."""

    bundle: IntArray
    loss_db: FloatArray
    budget_db: FloatArray


def losses(study: Study) -> Loss:
    """Fibre of all pieces, and connections or cassettes at both panels, at their worst.

    Worked number: cords of 5 m, a trunk of 40 m at 3 dB/km and two panels at 0.35 dB lose
    50 x 3 / 1000 + 0.7 = 0.85 dB.
    """
    piece, part, bundle = study(pieces), study(parts), study(bundles)
    mine = np.flatnonzero((piece.trunks >= 0) & bundle.wanted & (part.medium >= 0))
    length = bought_m(study)
    product = study.table("product")
    fibre = np.append(product["attenuation_db_per_km"], np.nan)
    cords = piece.bundle >= 0
    lost = length[cords] * fibre[products(study, part)[cords]] / 1000.0
    in_cords = np.bincount(piece.bundle[cords], lost, minlength=len(bundle.rack))
    made = study.site.rows_of("product", study.table("trunk")["type"])
    in_trunk = np.append(length[~cords] * fibre[made] / 1000.0, np.nan)
    budget = np.append(product["loss_budget_db"], np.nan)
    # The budget is the worse end's; one that is not published makes the link's unknown.
    least = np.minimum(budget[part.head[mine]], budget[part.tail[mine]])
    high, low = panels_db(study, mine)
    return Loss(mine, in_cords[mine] + high + in_trunk[piece.trunks[mine]] + low, least)


def bought_m(study: Study) -> FloatArray:
    """Length of each piece as bought, else as needed."""
    stock = study(piece_stock_m)
    return np.where(np.isnan(stock), study(piece_lengths_m), stock)


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
