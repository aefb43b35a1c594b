"""What goes through panels and trunks: ports, connectors and losses of links of pieces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.cassettes import inside_panels, shuffles
from twin.solve.cabling.panels.mating import front_ferrules
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import joined_each_m, trunks_taken
from twin.solve.cabling.parts.as_bought import bought_m, most_m
from twin.solve.cabling.parts.parts import parts, products
from twin.solve.cabling.parts.stated import stated
from twin.solve.media.stated import attenuation_db_per_km, connector_loss_db
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
    high, low = panels_db(study, mine, taken.trunk[each])
    ends = high + low
    lost, most = (_fibre_db(study, long)[each] for long in (study(bought_m), study(most_m)))
    return Loss(mine, taken.trunk[each], lost + ends, most + ends, least)


def _fibre_db(study: Study, length_m: FloatArray) -> FloatArray:
    """Loss of the fibre of links through panels, in cords and trunks of given lengths.

    Trunk by trunk of `trunks_taken`, (P,).
    """
    return joined_each_m(study, length_m * study(attenuations_db_per_km) / 1000.0)


def attenuations_db_per_km(study: Study) -> FloatArray:
    """(pieces,) what the fibre of each cord or trunk loses; NaN not known."""
    made = products(study, study(parts))
    return stated(study, attenuation_db_per_km, made)[made]


def panels_db(study: Study, mine: IntArray, trunk: IntArray) -> tuple[FloatArray, FloatArray]:
    """Loss of some bundles at their upper and their lower panel, from cord to trunk, (n,) each.

    Of plain adapters it is that of one connection, the worse of what cord and trunk state. Where
    the panel has ferrules of its own it is what the maker of its cassettes states for them, else
    that of a connection on either side; of cassettes that shuffle nobody else knows.

    Parameters
    ----------
    mine, trunk
        (n,) rows of the bundles, and of the trunk that these of their links take.
    """
    piece, part = study(pieces), study(parts)
    behind = np.append(study.site.rows_of("product", study.table("trunk")["type"]), -1)[trunk]
    high = _panel_db(study, part.cable[mine], behind, piece.high_panel[mine])
    return high, _panel_db(study, part.single[mine], behind, piece.low_panel[mine])


def joints_of_links(study: Study, mine: IntArray) -> IntArray:
    """(n,) connections between ferrules of some bundles: one at plain adapters, else two a panel.

    A cassette whose maker does not say that it leads straight on has a fibre of its own inside, and
    two. Those at the optics are none of them.
    """
    piece = study(pieces)
    straight = np.array(
        [p is None or p.text.get("wiring") == "straight" for p in inside_panels(study)], dtype=bool
    )
    plain = (study(front_ferrules).gender < 0) & straight
    ends = (piece.high_panel[mine], piece.low_panel[mine])
    return np.asarray(sum(np.where(plain[end], 1, 2) for end in ends), dtype=np.int64)


def _panel_db(study: Study, cord: IntArray, trunk: IntArray, panel: IntArray) -> FloatArray:
    site = study.site
    cassette = np.append(site.rows_of("product", study.table("panel")["cassette"]), -1)[panel]
    said = np.append(study.table("product")["loss_db"], np.nan)[cassette]
    each = stated(study, connector_loss_db, np.append(cord, trunk))
    plain = study(front_ferrules).gender[panel] < 0
    front, rear = each[cord], each[trunk]
    joint = np.where(plain, np.maximum(front, rear), front + rear)
    joint = np.where(study(shuffles)[panel], np.nan, joint)
    return np.where(np.isnan(said), joint, said)
