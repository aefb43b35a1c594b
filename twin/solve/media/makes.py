"""Makes of links: optic, cord, coupling, trunk, coupling, cord, optic; what their parts state.

Many links share a make. Its products are looked up once and become rows of pieces and joints for
all of its links. What a product does not state comes from the limits for its kind of connector and
fibre, which is at most so much loss and at least so much return loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np

from twin.catalog import Product
from twin.site.table import FloatArray, IntArray
from twin.solve.media.budget import Joints, Pieces
from twin.solve.media.media import Figure
from twin.solve.media.polarity import ferrule

Limit = Callable[[str], float]
"""Value of a limit by name, as `twin.catalog.Profile.number`."""


class Make(NamedTuple):
    """Parts of a link in their order.

    Parameters
    ----------
    head, tail
        Optics at both ends.
    pieces
        Cords and trunks between them, P of them.
    couplings
        What joins each piece to the next, P - 1: a cassette, or None for a plain adapter.
    """

    head: Product
    pieces: tuple[Product, ...]
    couplings: tuple[Product | None, ...]
    tail: Product


class _Joint(NamedTuple):
    loss_db: float
    return_loss_db: float


def rows(
    make: Make, link: IntArray, length_m: FloatArray, limit: Limit, figure: Figure = Product.number
) -> tuple[Pieces, Joints]:
    """Lay the parts of one make out for all its links.

    Parameters
    ----------
    link
        (n,) numbers of the links.
    length_m
        (n, P) lengths of their pieces, as bought.
    limit
        What stands in for figures that no product states.
    figure
        Where a figure is looked up.

    Returns
    -------
    pieces, joints
        (n P,) and (n J,): link by link, from head to tail.
    """
    n, count = length_m.shape
    joints = _joints(make, limit, figure)
    ends = {0, len(joints) - 1}
    return (
        Pieces(
            link=np.repeat(link, count),
            length_m=length_m.ravel(),
            attenuation_db_per_km=np.tile(
                [attenuation_db_per_km(piece, limit, figure) for piece in make.pieces], n
            ),
            delay_ns_per_m=np.tile(
                [delay_ns_per_m(piece, limit, figure) for piece in make.pieces], n
            ),
        ),
        Joints(
            link=np.repeat(link, len(joints)),
            at_optic=np.tile([joint in ends for joint in range(len(joints))], n),
            loss_db=np.tile([joint.loss_db for joint in joints], n),
            return_loss_db=np.tile([joint.return_loss_db for joint in joints], n),
        ),
    )


def joined(parts: Sequence[tuple[Pieces, Joints]]) -> tuple[Pieces, Joints]:
    """Put the rows of several makes into one table."""
    pieces, joints = zip(*parts, strict=True)
    return Pieces(**_stacked(pieces)), Joints(**_stacked(joints))


def _stacked(tables: Sequence[Pieces] | Sequence[Joints]) -> dict[str, Any]:
    names = [field.name for field in fields(tables[0])]
    return {name: np.concatenate([getattr(each, name) for each in tables]) for name in names}


def attenuation_db_per_km(piece: Product, limit: Limit, figure: Figure = Product.number) -> float:
    """Return what a fibre loses, dB/km: its own figure, else the limit for its kind of fibre."""
    fibre = piece.text.get("fibre", "")
    general = limit(f"attenuation_{fibre}_db_per_km") if fibre else np.nan
    return _either(figure(piece, "attenuation_db_per_km"), general)


def delay_ns_per_m(piece: Product, limit: Limit, figure: Figure = Product.number) -> float:
    """Return the delay of a cord or cable, ns/m: its own figure, else that of fibre or copper."""
    light = piece.text.get("medium", "") in {"fibre", "trunk", "aoc"}
    general = limit("delay_fibre_ns_per_m" if light else "delay_copper_ns_per_m")
    return _either(figure(piece, "delay_ns_per_m"), general)


def connector_loss_db(part: Product, limit: Limit, figure: Figure = Product.number) -> float:
    """Return the loss of one connection of a part, dB: its own, else that of its connector."""
    kind = ferrule(part)
    general = limit(f"loss_{kind}_db") if kind else np.nan
    return _either(figure(part, "connector_loss_db"), general)


def return_loss_db(part: Product, limit: Limit) -> float:
    """Return the least return loss of a connection of a part, dB; NaN not known."""
    kind, fibre = ferrule(part), part.text.get("fibre", "")
    if kind == "mpo" and fibre:
        return limit(f"return_loss_mpo_{fibre}_db")
    # The limit for LC is that of single-mode.
    return limit("return_loss_lc_db") if (kind, fibre) == ("lc", "sm") else np.nan


def _straight(coupling: Product | None) -> bool:
    return coupling is None or coupling.text.get("wiring") == "straight"


def _joints(make: Make, limit: Limit, figure: Figure) -> list[_Joint]:
    """List the joints of a make from head to tail."""
    first, last = make.pieces[0], make.pieces[-1]
    out = [_Joint(*_connection(first, first, limit, figure))]
    for before, coupling, after in zip(
        make.pieces[:-1], make.couplings, make.pieces[1:], strict=True
    ):
        loss, back = _connection(before, after, limit, figure)
        own = np.nan if coupling is None else figure(coupling, "loss_db")
        if _straight(coupling):
            out.append(_Joint(_either(own, loss), back))
        else:
            # Inside, a cassette has fibres of its own: a ferrule meets it on either side. What its
            # maker states is for both.
            half = _either(own / 2, loss)
            out += [_Joint(half, back)] * 2
    out.append(_Joint(*_connection(last, last, limit, figure)))
    return out


def _connection(left: Product, right: Product, limit: Limit, figure: Figure) -> tuple[float, float]:
    """Loss and return loss where two parts meet: the worse of both."""
    losses = [connector_loss_db(part, limit, figure) for part in (left, right)]
    backs = [return_loss_db(part, limit) for part in (left, right)]
    return float(np.max(losses)), float(np.min(backs))


def _either(own: float, general: float) -> float:
    return general if np.isnan(own) else own
