"""When what a rack needs is ready: the latest day of each layer, and on which element it waits.

Days are whole numbers since 1970-01-01 as floats. Unknown days do not hide known ones: both are
carried, so that what is late for certain is told although something else is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.needs import hosts
from twin.site.contract import KINDS
from twin.site.fabrics.wiring import of_managers
from twin.site.table import BoolArray, DateArray, FloatArray, IntArray
from twin.solve.study import Study


@dataclass(frozen=True)
class Ready:
    """Readiness of some things with all that they wait for, (n,).

    Attributes
    ----------
    day
        Latest known day, -inf where nothing says one.
    on
        Subject whose day that is, -1 none.
    lacking
        A subject whose day is not known, -1 none.
    """

    day: FloatArray
    on: IntArray
    lacking: IntArray

    def take(self, rows: IntArray) -> Ready:
        """Return some of them; row -1 waits for nothing."""
        none = np.int64(-1)
        return Ready(
            np.append(self.day, -np.inf)[rows],
            np.append(self.on, none)[rows],
            np.append(self.lacking, none)[rows],
        )

    def and_(self, other: Ready) -> Ready:
        """Wait for both."""
        later = other.day > self.day
        return Ready(
            np.where(later, other.day, self.day),
            np.where(later, other.on, self.on),
            np.where(self.lacking >= 0, self.lacking, other.lacking),
        )

    def gathered(self, group: IntArray, size: int) -> Ready:
        """Wait for all members of each group, (size,); group -1 is in none."""
        rows = np.flatnonzero(group >= 0)
        order = rows[np.lexsort((-self.on[rows], self.day[rows], group[rows]))]
        out = nothing(size)
        # The last write of an index stays, so that the latest is written last.
        out.day[group[order]], out.on[group[order]] = self.day[order], self.on[order]
        blind = rows[self.lacking[rows] >= 0][::-1]
        out.lacking[group[blind]] = self.lacking[blind]
        return out


def nothing(size: int) -> Ready:
    """Return things that wait for nothing."""
    none = np.full(size, -1, dtype=np.int64)
    return Ready(np.full(size, -np.inf), none, none.copy())


def number_of_days(days: DateArray) -> FloatArray:
    """Days since 1970-01-01, NaN where not known.

    Examples
    --------
    >>> float(number_of_days(np.array(["2027-03-12"], dtype="datetime64[D]"))[0])
    20889.0
    """
    whole = days.astype("datetime64[D]").astype(np.int64).astype(float)
    return np.where(np.isnat(days), np.nan, whole)


def own_ready(study: Study) -> Ready:
    """Day on which each subject itself is ready, (S,); kinds that have none wait for nothing."""
    site, out = study.site, nothing(study.site.size)
    for kind in KINDS:
        table = study.table(kind)
        if "ready" not in table.columns or not len(table):
            continue
        subject = site.subject(kind, np.arange(len(table)))
        day = number_of_days(table["ready"])
        out.day[subject] = np.where(np.isnan(day), -np.inf, day)
        out.on[subject] = np.where(np.isnan(day), -1, subject)
        out.lacking[subject] = np.where(np.isnan(day), subject, -1)
    return out


def late(study: Study, kind: str) -> BoolArray:
    """(n,) CDUs or air units that are not there on the day of the study, or whose plant is not.

    Without a day all that is planned is there; so is what says no day.
    """
    table, day = study.table(kind), study.conditions.date
    if day is None:
        return np.zeros(len(table), dtype=bool)
    now = np.datetime64(day, "D")
    plants = np.append(study.table("plant")["ready"] > now, False)
    behind = plants[study.site.rows_of("plant", table["plant"])]
    return np.asarray((table["ready"] > now) | behind)


def fed_ready(study: Study) -> Ready:
    """Day on which each power node has power from its source, (P,)."""
    topology = study.arrays.topology.power
    n = len(topology.parent)
    node = study(own_ready).take(np.arange(n) + topology.first)
    out = node
    for _ in range(int(topology.depth.max(initial=0))):
        out = node.and_(out.take(topology.parent))
    return out


def gear_ready(study: Study) -> Ready:
    """Day on which each subject with power feeds runs: itself, its feeds and its plant, (S,)."""
    site, topology = study.site, study.arrays.topology.power
    feed = site.tables["feed"]
    node = np.where(feed["head"] >= 0, feed["head"] - topology.first, -1)
    fed = study(fed_ready).take(node)
    out = study(own_ready).and_(fed.gathered(feed["tail"], site.size))
    plant = np.full(site.size, -1, dtype=np.int64)
    for kind in ("cdu", "air_unit"):
        table = site.tables[kind]
        plant[site.subject(kind, np.arange(len(table)))] = table["plant"]
    return out.and_(out.take(plant))


def power_ready(study: Study) -> Ready:
    """Day on which all whips of each rack are live, (racks,)."""
    topology = study.arrays.topology.power
    racks = len(study.table("rack"))
    return study(fed_ready).take(topology.whips).gathered(topology.rack_of, racks)


def loop_ready(study: Study) -> Ready:
    """Day on which each loop is released and all its CDUs run, (loops,)."""
    site, cdus = study.site, study.site.tables["cdu"]
    loops = np.arange(len(site.tables["loop"]))
    units = study(gear_ready).take(site.subject("cdu", np.arange(len(cdus))))
    own = study(own_ready).take(site.subject("loop", loops))
    return own.and_(units.gathered(site.rows_of("loop", cdus["loop"]), len(loops)))


def air_ready(study: Study) -> Ready:
    """Day on which all air units of each hall run, (halls,)."""
    site, units = study.site, study.site.tables["air_unit"]
    ready = study(gear_ready).take(site.subject("air_unit", np.arange(len(units))))
    return ready.gathered(site.rows_of("hall", units["hall"]), len(site.tables["hall"]))


def network_ready(study: Study) -> Ready:
    """Day on which the drop of each position is live with its switches, (positions,).

    A switch is there when it is ready, the rack that houses it has arrived, and so are all
    switches above it: a leaf spreads its traffic over all of them.
    """
    site, places, drops = study.site, study.table("position"), study.site.tables["drop"]
    n = len(places)
    day = number_of_days(places["network_ready"])
    own = site.subject("position", np.arange(n))
    drop = Ready(
        np.where(np.isnan(day), -np.inf, day),
        np.where(np.isnan(day), -1, own),
        np.where(np.isnan(day), own, -1),
    )
    switches = study(switches_ready).take(site.rows_of("switch", drops["head"]))
    at = np.where(of_managers(drops), -1, site.rows_of("position", drops["tail"]))
    return drop.and_(switches.gathered(at, n))


def switches_ready(study: Study) -> Ready:
    """Day on which each switch carries traffic: it and all above it are ready and housed, (n,)."""
    site, uplink = study.site, study.site.tables["uplink"]
    n = len(study.table("switch"))
    own = study(own_ready).take(site.subject("switch", np.arange(n)))
    ready = own.and_(study(racks_arrive).take(hosts(site)))
    low, high = (site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    for _ in range(2):  # from cores to spines, and from these to leaves
        ready = ready.and_(ready.take(high).gathered(low, n))
    return ready


def racks_arrive(study: Study) -> Ready:
    """Day on which each rack stands, (racks,); one that is live does, whenever it came."""
    racks = study.table("rack")
    there = np.isin(racks["state"], ["live", "leaving"])
    own = np.where(there, -1, study.site.subject("rack", np.arange(len(racks))))
    day = np.where(there, -np.inf, number_of_days(study.arrival))
    blind = np.isnan(day)
    return Ready(np.where(blind, -np.inf, day), np.where(blind, -1, own), np.where(blind, own, -1))


def without_host(study: Study) -> IntArray:
    """(positions,) a switch of each position's drop, or above one, in no rack, -1 none."""
    site, drops, bare = study.site, study.site.tables["drop"], study(bare_switches)
    at, switch = (site.rows_of(k, drops[e]) for k, e in (("position", "tail"), ("switch", "head")))
    none = np.full(len(site.tables["position"]), -1, dtype=np.int64)
    at = np.where(of_managers(drops), -1, at)
    return _first_bare(none, at, np.append(bare, -1)[switch])


def bare_switches(study: Study) -> IntArray:
    """(switches,) each switch itself, or one above it, that stands in no rack, -1 none."""
    site, uplink = study.site, study.site.tables["uplink"]
    host = hosts(study.site)
    housed = np.append(study.here, False)[host] & (host >= 0)
    # A rack that has yet to come is late by days; only one that left again houses nothing.
    late = np.append(study.arrival, np.datetime64("NaT", "D"))[host] > _day(study)
    bare = np.where(housed | late, -1, np.arange(len(host)))
    low, high = (site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    for _ in range(2):  # from cores to spines, and from these to leaves
        bare = _first_bare(bare, low, bare[high])
    return bare


def _first_bare(own: IntArray, owner: IntArray, found: IntArray) -> IntArray:
    """Return what each has of its own, else the first that is found for it; -1 none."""
    out = own.copy()
    rows = np.flatnonzero((owner >= 0) & (found >= 0))[::-1]
    rows = rows[own[owner[rows]] < 0]
    out[owner[rows]] = found[rows]
    return out


def _day(study: Study) -> np.datetime64:
    """Day of the study, NaT without one."""
    return np.datetime64(study.conditions.date or "NaT", "D")


def place_ready(study: Study) -> Ready:
    """Day on which each position and the floor of its hall are cleared, (positions,)."""
    site, places = study.site, study.table("position")
    own = study(own_ready)
    place = own.take(site.subject("position", np.arange(len(places))))
    return place.and_(own.take(places["hall"]))
