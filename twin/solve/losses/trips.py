"""When overcurrent devices open, from the soonest to the latest, and how long a UPS holds.

Standards fix two points only. UL 489 (thermal-magnetic breakers, tested at 40 and 25 degC): holds
1.00 of its rating, opens at 1.35 within 1 h up to 50 A and 2 h above, at 2.00 within minutes by
rating. IEC 60947-2: holds 1.05 of its setting, opens at 1.30 within 1 h up to 63 A and 2 h above.
IEC 60898-1: 1.13 and 1.45, and at 2.55 after 1 s and within 60 or 120 s. The figures and the public
pages on which they were read stand in the code profiles as ``trip_*`` and ``mcb_*``.

Between what a device must hold and what must open it, it *may* open. The latest is then never. The
soonest follows from the least heat, ``load^2 t``, that lets any published device open: 0.5 s at 6,
the least delay to which an electronic trip can be set, is 18 s at 1. A device that carried load
before has taken up a part of that heat already, and cooling meanwhile is left out, so the bound
stays early. At and above the least pickup of short-time elements it may open at once.

Setting and load are those of the long-time element at its ambient. Short-time, instantaneous and
earth-fault elements are not followed, nor is the current so high that they matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from twin.site.table import FloatArray

_HEAVY_A = (30, 32, 50, 100, 125, 150, 225)
"""Greatest ratings of the classes for which a profile may state ``<prefix>_heavy_<a>a_s``."""


class Band(NamedTuple):
    """What a standard says of breakers; one row per device where it depends on the rating.

    Parameters
    ----------
    holds_pu, must_pu
        Load, of the setting, that must not open it, and that must.
    must_s
        Within so long at `must_pu`, (n,) s.
    heavy_pu, heavy_s
        A heavier load and the time within which it must open it, (n,) s; NaN where not known.
    heat_s
        Least ``load^2 t`` that may open it, s.
    instant_pu
        Load at and above which it may open at once.
    """

    holds_pu: float
    must_pu: float
    must_s: FloatArray
    heavy_pu: float
    heavy_s: FloatArray
    heat_s: float
    instant_pu: float


class Times(NamedTuple):
    """When devices open, s after the load came; infinite is never, NaN not known."""

    soonest_s: FloatArray
    latest_s: FloatArray


def band(number: Callable[[str], float], rating_a: ArrayLike, prefix: str = "trip") -> Band:
    """Return the band of a standard for devices of given ratings.

    Parameters
    ----------
    number
        Gives a limit by name, NaN where there is none: ``profile.number``, or the owner's limits.
    rating_a
        Rating or setting of each device, (n,) A; NaN not known.
    prefix
        "trip" (UL 489 in nec-us, IEC 60947-2 in iec-eu) or "mcb" (IEC 60898-1).

    Examples
    --------
    >>> from twin.catalog import profile
    >>> us = band(profile("nec-us").number, np.array([50.0, 100.0, 400.0]))
    >>> us.must_s.tolist(), us.heavy_s.tolist()
    ([3600.0, 7200.0, 7200.0], [240.0, 360.0, nan])
    """

    def get(name: str) -> float:
        return number(f"{prefix}_{name}")

    amps = np.atleast_1d(np.asarray(rating_a, dtype=float))
    small = amps <= get("split_a")
    must = np.where(small, get("must_small_s"), get("must_large_s"))
    heavy = np.full(amps.shape, np.nan)
    for most in reversed(_HEAVY_A):
        within = get(f"heavy_{most}a_s")
        if not np.isnan(within):
            heavy[amps <= most] = within
    return Band(
        get("holds_pu"),
        get("must_pu"),
        np.where(np.isnan(amps), np.nan, must),
        get("heavy_pu"),
        heavy,
        get("heat_s"),
        get("instant_pu"),
    )


def opens(of: Band, load_pu: ArrayLike, before_pu: ArrayLike) -> Times:
    """Return when devices open that carry `load_pu` of their setting from now on.

    Parameters
    ----------
    of
        Band of the standard.
    load_pu
        Load now, of the setting, (..., n); NaN not known.
    before_pu
        Load that the device carried until now, long enough to be warm from it, (..., n).

    Examples
    --------
    A 400 A breaker under UL 489 that carried half its setting: it holds 1.0, may open at 1.2 and
    must at 1.4; at 1.6 it may open at once.

    >>> from twin.catalog import profile
    >>> us = band(profile("nec-us").number, 400.0)
    >>> times = opens(us, np.array([1.0, 1.2, 1.4, 1.6]), 0.5)
    >>> times.soonest_s.round(1).tolist(), times.latest_s.tolist()
    ([inf, 9.4, 6.9, 0.0], [inf, inf, 7200.0, 7200.0])
    """
    load, before, _ = np.broadcast_arrays(
        np.asarray(load_pu, dtype=float), np.asarray(before_pu, dtype=float), of.must_s
    )
    room = 1.0 - np.minimum(before / of.holds_pu, 1.0) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        soonest = of.heat_s * room / load**2
    soonest = np.where(load >= of.instant_pu, 0.0, soonest)
    soonest = np.where(load <= of.holds_pu, np.inf, soonest)
    latest = np.where(load >= of.must_pu, of.must_s, np.inf)
    heavier = (load >= of.heavy_pu) & ~np.isnan(of.heavy_s)
    latest = np.where(heavier, of.heavy_s, latest)
    unknown = np.isnan(load) | np.isnan(of.holds_pu)
    return Times(np.where(unknown, np.nan, soonest), np.where(unknown, np.nan, latest))


def opens_by_points(
    at_pu: ArrayLike,
    soonest_s: ArrayLike,
    latest_s: ArrayLike,
    load_pu: ArrayLike,
    holds_pu: float = 1.0,
) -> Times:
    """Return when a device opens whose maker publishes a band of times at some loads.

    Between two points the heavier one's soonest and the lighter one's latest hold: less load never
    opens a device sooner, nor more load later. Beyond the last point it may open at once; before
    the first, and above `holds_pu`, it need not open at all.

    Parameters
    ----------
    at_pu, soonest_s, latest_s
        The published points, loads ascending.
    load_pu
        Load, of the setting.
    holds_pu
        Load that must not open it: the standard's.

    Examples
    --------
    ComPacT NSX TM100D: 120 to 400 s at 1.5 of its setting.

    >>> times = opens_by_points([1.5], [120], [400], np.array([1.05, 1.2, 1.5, 2.0]), 1.05)
    >>> times.soonest_s.tolist(), times.latest_s.tolist()
    ([inf, 120.0, 120.0, 0.0], [inf, inf, 400.0, 400.0])
    """
    at, load = np.asarray(at_pu, dtype=float), np.asarray(load_pu, dtype=float)
    sooner = np.append(np.asarray(soonest_s, dtype=float), 0.0)
    later = np.append(np.inf, np.asarray(latest_s, dtype=float))
    soonest = sooner[np.searchsorted(at, load, side="left")]
    latest = later[np.searchsorted(at, load, side="right")]
    holds, unknown = load <= holds_pu, np.isnan(load)
    return Times(
        np.where(unknown, np.nan, np.where(holds, np.inf, soonest)),
        np.where(unknown, np.nan, np.where(holds, np.inf, latest)),
    )


def withstand_s(
    at_pu: ArrayLike, hold_s: ArrayLike, load_pu: ArrayLike, continuous_pu: float = 1.0
) -> FloatArray:
    """How long a UPS or its bypass holds a load, s: infinite up to what it carries for ever.

    Between two published points the heavier one's shorter time counts; beyond the last it is 0.

    Parameters
    ----------
    at_pu, hold_s
        Points of the maker's overload curve, loads ascending, and their times.
    load_pu
        Load, of the rating; NaN not known.
    continuous_pu
        What it carries for ever; 1.10 for some bypasses.

    Examples
    --------
    Staco FirstLine, inverter: 1.10 for 120 s, 1.25 for 30 s.

    >>> withstand_s([1.10, 1.25], [120, 30], np.array([1.0, 1.05, 1.1, 1.2, 1.3])).tolist()
    [inf, 120.0, 120.0, 30.0, 0.0]
    """
    load = np.asarray(load_pu, dtype=float)
    times = np.append(np.asarray(hold_s, dtype=float), 0.0)
    held = times[np.searchsorted(np.asarray(at_pu, dtype=float), load, side="left")]
    held = np.where(load <= continuous_pu, np.inf, held)
    return np.asarray(np.where(np.isnan(load), np.nan, held))
