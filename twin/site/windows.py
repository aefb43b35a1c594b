"""What of each feeder is there on a day: windows of energising, work and temporary supply.

An element of which no window speaks is there, whole. Windows that say energised, commissioned or
temporary are the days on which it is there at all: it is gone before the first, after the last and
between them. Work takes it out of whatever is there. Where windows of one element overlap, the
least share counts.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from twin.model.base import FEEDERS
from twin.site.faults import Fault
from twin.site.site import Site
from twin.site.table import BoolArray, FloatArray, IntArray, Table

WORK = "out for work"


def shares_on(site: Site, day: date | None) -> FloatArray:
    """Return the share of its rating that each feeder has on a day, (feeders,).

    Parameters
    ----------
    site
        Whose windows.
    day
        None: all as built, whatever windows say.
    """
    share = np.ones(_count(site))
    windows = site.tables["window"]
    element = _elements(site)
    if day is None or not len(windows):
        return share
    now, work = _now(site, day), _work(site)
    given = np.asarray(windows["share"], dtype=float)
    part = np.where(np.isnan(given), np.where(work, 0.0, 1.0), given)
    bound, there = np.zeros((2, len(share)), dtype=bool)
    bound[element[~work]] = True
    there[element[now & ~work]] = True
    share[bound & ~there] = 0.0
    np.minimum.at(share, element[now], part[now])
    return share


def work_on(site: Site, day: date | None) -> BoolArray:
    """Return which feeders are out for work on a day, (feeders,); none without a day."""
    out = np.zeros(_count(site), dtype=bool)
    if day is not None:
        out[_elements(site)[_now(site, day) & _work(site)]] = True
    return out


def _count(site: Site) -> int:
    return sum(len(site.tables[kind]) for kind in FEEDERS)


def _elements(site: Site) -> IntArray:
    """(windows,) feeder of which each window speaks, as a node."""
    return np.asarray(site.tables["window"]["element"] - site.first[FEEDERS[0]], dtype=np.int64)


def _work(site: Site) -> BoolArray:
    return np.asarray(site.tables["window"]["state"] == WORK, dtype=bool)


def _now(site: Site, day: date) -> BoolArray:
    """(windows,) those that a day lies in; the first and the last day count."""
    windows, on = site.tables["window"], np.datetime64(day, "D")
    # A side that is open is NaT, and nothing is before or after it.
    return np.asarray(~(windows["start"] > on) & ~(windows["until"] < on), dtype=bool)


def backwards(windows: Table) -> list[Fault]:
    """Return windows, or readings, that end before they start."""
    start, until = windows["start"], windows["until"]
    return [
        Fault(
            windows.kind, str(windows.ids[row]), "until", until[row].item(),
            f"ends on {until[row]}, before it starts on {start[row]}",
            "write a day of start before the day of end",
        )
        for row in np.flatnonzero(until < start).tolist()
    ]  # fmt: skip
