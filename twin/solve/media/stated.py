"""What cords, trunks and cassettes state of themselves, else what the profile says of their kind.

The limits for a kind of connector or fibre say at most so much loss.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from twin.catalog import Product
from twin.solve.media.media import Figure
from twin.solve.media.polarity import ferrule

Limit = Callable[[str], float]
"""Value of a limit by name, as `twin.catalog.Profile.number`."""


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


def _either(own: float, general: float) -> float:
    return general if np.isnan(own) else own
