"""How much a loop holds: litres, glycol, expansion, and for how long it carries heat by itself."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray


def pipe_l(length_m: FloatArray, inner_d_m: FloatArray | float) -> FloatArray:
    """Volume of pipes or hoses, L.

    Examples
    --------
    One metre of NPS 4 schedule 10.

    >>> pipe_l(np.array(1.0), 0.1082).round(3)
    np.float64(9.195)
    """
    return np.asarray(length_m * np.pi / 4.0 * np.square(inner_d_m) * 1000.0)


def glycol_kg(
    volume_l: FloatArray,
    glycol_share: FloatArray,
    basis: str,
    rho: FloatArray,
    rho_glycol: float,
) -> FloatArray:
    """Glycol in a fill, kg, from its share by volume or by mass.

    A concentrate that is sold with water and inhibitors in it takes more: divide by its own share.

    Parameters
    ----------
    volume_l
        Volume of the loop, L.
    glycol_share
        Share of glycol, 0 to 1.
    basis
        "mass" or "volume": what the share is of, as the fluid's text in the catalog says.
    rho, rho_glycol
        Density of the mixture and of the glycol, kg/m3, at the temperature of filling.

    Examples
    --------
    1,000 L of 25 % propylene glycol (1,036 kg/m3) at 20 degC, by volume and by mass.

    >>> [glycol_kg(np.array(1000.0), 0.25, kind, rho, 1036.0).round(1).item()
    ...     for kind, rho in (("volume", 1023.9), ("mass", 1019.3))]
    [259.0, 254.8]
    """
    of = rho if basis == "mass" else rho_glycol
    return np.asarray(volume_l / 1000.0 * glycol_share * of)


def expansion_l(volume_l: FloatArray, rho_cold: FloatArray, rho_hot: FloatArray) -> FloatArray:
    """Volume that a fill gains from cold to hot, L: V (rho_cold / rho_hot - 1).

    Examples
    --------
    1,000 L of PG25 by volume from 10 to 50 degC.

    >>> expansion_l(np.array(1000.0), 1027.8, 1009.0).round(1)
    np.float64(18.6)
    """
    return np.asarray(volume_l * (np.asarray(rho_cold) / rho_hot - 1.0))


def ride_through_s(
    volume_l: FloatArray, rise_k: FloatArray, heat_kw: FloatArray, rho: FloatArray, cp: FloatArray
) -> FloatArray:
    """Time in which a loop without cooling warms by a rise, s: t = rho cp V dT / Q.

    Pumps run and the volume is well mixed; metal is left out, so that the true time is longer. No
    heat lasts for ever (infinity).

    References
    ----------
    Energy balance of a mixed volume. Published: failures of direct liquid cooling can force a
    shutdown in less than a minute (ASME InterPACK 2017, V001T02A008).

    Examples
    --------
    1,300 kW on 1,000 L of PG25 at 40 degC that may warm by 10 K.

    >>> ride_through_s(np.array(1000.0), 10.0, np.array([1300.0, 0.0]), 1014.5, 3962.2).round(1)
    array([30.9,  inf])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(rho * cp * volume_l * rise_k / (1e6 * heat_kw))
