"""Links of pieces: cord, panel, trunk, panel, cord. Loss, delay and connections.

Pieces and joints are rows, each with the link that it belongs to; a link of one cord has one piece
and the joints at its two optics. Sums keep NaN: one figure that lacks makes its link unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Pieces:
    """Cords and trunks of links, (P,); a trunk stands once for each link that it carries.

    Attributes
    ----------
    link
        Link of the piece.
    length_m
        As bought.
    attenuation_db_per_km
        Of its fibre.
    delay_ns_per_m
        Of its fibre or copper.
    """

    link: IntArray
    length_m: FloatArray
    attenuation_db_per_km: FloatArray
    delay_ns_per_m: FloatArray


@dataclass(frozen=True)
class Joints:
    """Places where two ferrules meet, (J,): at an optic, at a panel, at both sides of a cassette.

    Attributes
    ----------
    link
        Link of the joint.
    at_optic
        Whether one side is an optic.
    loss_db
        Of the connection, at most.
    return_loss_db
        Of the connection, at least, as a positive number.
    """

    link: IntArray
    at_optic: BoolArray
    loss_db: FloatArray
    return_loss_db: FloatArray


@dataclass(frozen=True)
class Budget:
    """What links lose, (n,).

    Attributes
    ----------
    loss_db
        Of the channel: fibre and joints between the cords. Like the channel insertion loss of IEEE
        802.3, to which loss budgets of optics refer, it leaves out the joints at the optics.
    ends_db
        Of the joints at the optics.
    delay_ns
        One way, of cords and trunks.
    connections
        Joints, with those at the optics.
    return_loss_db
        Of the worst joint; infinite without one.
    """

    loss_db: FloatArray
    ends_db: FloatArray
    delay_ns: FloatArray
    connections: IntArray
    return_loss_db: FloatArray


def budget(pieces: Pieces, joints: Joints, links: int) -> Budget:
    """Add up what links lose.

    Parameters
    ----------
    links
        Count of links, n.

    Examples
    --------
    Cord of 5 m, trunk of 40 m and cord of 5 m over OM4 at 3 dB/km, two panels at 0.35 dB:

    >>> three, four = np.zeros(3, dtype=int), np.zeros(4, dtype=int)
    >>> way = Pieces(three, np.array([5.0, 40, 5]), np.full(3, 3.0), np.full(3, 4.5))
    >>> ends = np.array([True, False, False, True])
    >>> met = Joints(four, ends, np.full(4, 0.35), np.full(4, 35.0))
    >>> found = budget(way, met, 1)
    >>> found.loss_db.round(2).tolist(), found.ends_db.tolist(), found.connections.tolist()
    ([0.85], [0.7], [4])
    >>> found.delay_ns.tolist(), found.return_loss_db.tolist()
    ([225.0], [35.0])
    """
    fibre = pieces.length_m * pieces.attenuation_db_per_km / 1000
    inner = ~joints.at_optic
    worst = np.full(links, np.inf)
    with np.errstate(invalid="ignore"):
        np.minimum.at(worst, joints.link, joints.return_loss_db)
    return Budget(
        loss_db=_sum(pieces.link, fibre, links)
        + _sum(joints.link[inner], joints.loss_db[inner], links),
        ends_db=_sum(joints.link[~inner], joints.loss_db[~inner], links),
        delay_ns=_sum(pieces.link, pieces.length_m * pieces.delay_ns_per_m, links),
        connections=np.bincount(joints.link, minlength=links).astype(np.int64),
        return_loss_db=worst,
    )


def _sum(link: IntArray, values: FloatArray, links: int) -> FloatArray:
    return np.bincount(link, values, minlength=links).astype(float)
