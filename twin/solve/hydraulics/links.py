"""What each link of a network does: its law as columns in SI units."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray

Column = FloatArray | float


class Kind(IntEnum):
    """The law of a link: pressure lost from its first to its second node over flow q, m3/s."""

    PIPE = 0
    """Darcy-Weisbach with `length_m`, `diameter_m`, `roughness_m`, and `loss_k` on top."""
    LOSS = 1
    """`loss_k` on the velocity in `diameter_m`: dp = K rho v |v| / 2."""
    PUMP = 2
    """Gains `lift_pa` - `resistance` q^`exponent` at `speed` 1; other speeds by affinity."""
    POWER = 3
    """`resistance` q^`exponent`, Pa at 1 m3/s: racks, heat exchangers, quick connects."""
    CURVE = 4
    """Gains what a table of flow and pressure says, linear between points, at `speed` 1."""
    DROP = 5
    """Loses what such a table says it gains less than nothing, the same in both directions."""


class Friction(IntEnum):
    """The friction factor above Reynolds 4,000; below 2,000 it is 64/Re, between them a cubic."""

    SWAMEE_JAIN = 0
    COLEBROOK = 1
    HAALAND = 2


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a network, one row each; what a kind does not use is not read.

    Every float column is one number, (m,), or (S, m) with a row for each scenario.

    Attributes
    ----------
    kind
        (m,) `Kind` of each link.
    length_m, diameter_m, roughness_m, loss_k
        Of pipes; diameter and loss also of losses.
    resistance, exponent
        Of powers, Pa at 1 m3/s; of pumps what the lift falls by, at speed 1.
    lift_pa
        Of pumps: gain at no flow and speed 1.
    speed
        Of pumps and curves, 1 is that of the curve; 0: stands still, and is closed.
    hold_m3s
        Flow that a valve in the link does not let pass; with less pressure it is wide open and
        the rest of the link's law decides. NaN: no such valve.
    one_way
        (m,) nothing flows back: check valves. Pumps and curves have it always.
    curve
        (m,) or (S, m) row in `curves` of a link of kind `CURVE` or `DROP`.
    curves
        Flow, m3/s, rising from 0, and gain, Pa, never rising, of each curve; of a `DROP` it begins
        with 0. Beyond the last point the last piece goes on.
    rho_kg_m3, mu_pa_s
        Density and dynamic viscosity of what is in the link.
    friction
        How pipes rub above Reynolds 4,000.
    """

    kind: IntArray
    length_m: Column = np.nan
    diameter_m: Column = np.nan
    roughness_m: Column = 0.0
    loss_k: Column = 0.0
    resistance: Column = np.nan
    exponent: Column = 2.0
    lift_pa: Column = np.nan
    speed: Column = 1.0
    hold_m3s: Column = np.nan
    one_way: BoolArray | bool = False
    curve: IntArray | int = -1
    curves: tuple[tuple[FloatArray, FloatArray], ...] = field(default=())
    rho_kg_m3: Column = np.nan
    mu_pa_s: Column = np.nan
    friction: Friction = Friction.SWAMEE_JAIN

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.kind)
