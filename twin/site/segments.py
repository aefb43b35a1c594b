"""Busway runs of several segments become busways, each fed by the one before it.

The first segment keeps the id of the run, so that whoever names the run names its feed end; the
others are `BA/2`, `BA/3` and so on. A tap that names the run hangs on the segment over its
position.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.model.power import Busway, Power, Segment
from twin.site.faults import Fault
from twin.site.table import FloatArray, Table

_CLOSE_M = 1e-3
_SAID = ("rating_a", "breaker_a", "openings", "type")
_OF_RUN = (
    "hall", "elevation_m", "ambient_c", "ambient_factor", "continuous_factor", "ready",
    "tap_mass_max_kg", "withstand_ka",
)  # fmt: skip
"""What a run says of all of its segments."""


@dataclass(frozen=True)
class Run:
    """One run: its feed end and direction on the plan, and where its segments end, from there."""

    name: str
    feed: FloatArray
    along: FloatArray
    ends_m: FloatArray

    def segment(self, number: int) -> str:
        """Return the id of a segment, by its number from 0 on."""
        return self.name if number == 0 else f"{self.name}/{number + 1}"

    def at(self, points: FloatArray) -> list[str]:
        """Segments nearest to some points, (n, 2) m on the plan."""
        far = (points - self.feed) @ self.along
        number = np.searchsorted(self.ends_m[:-1] + _CLOSE_M, far, side="left")
        return [self.segment(k) for k in number.tolist()]


def cut(power: Power, faults: list[Fault]) -> tuple[dict[str, Busway], dict[str, Run]]:
    """Return busways with a busway for each segment, and the runs that were cut.

    Worked number: segments of 4 m and the rest on a run of 10 m: a tap at 4 m hangs on the first,
    one at 4.1 m on the second.
    """
    out, runs = dict(power.busways), dict[str, Run]()
    taken = {name for section in type(power).model_fields for name in getattr(power, section)}
    for name, busway in power.busways.items():
        if not busway.segments:
            continue
        wrong = list(_wrong(name, busway))
        if not wrong:
            runs[name] = _run(name, busway)
            wrong = list(_taken(runs[name], taken))
            out |= dict(_pieces(runs[name], busway))
        faults += wrong
    return out, runs


def _taken(run: Run, names: Container[str]) -> Iterator[Fault]:
    """Yield ids of segments that something else has."""
    for number in range(1, len(run.ends_m)):
        name = run.segment(number)
        if name in names:
            message = f'makes the id "{name}", which is that of another element'
            yield Fault("busway", run.name, "segments", name, message, "ids used once")


def _wrong(name: str, busway: Busway) -> Iterator[Fault]:
    """Yield what keeps a run from being cut."""
    if busway.from_m is None or busway.to_m is None:
        message = "has segments and does not say where it runs"
        yield Fault("busway", name, "segments", None, message, "write from_m and to_m")
        return
    if busway.openings is not None:
        message = "says openings of the whole run and has segments"
        yield Fault(
            "busway", name, "openings", busway.openings, message, "say them of each segment"
        )
    lengths = [s.length_m for s in busway.segments]
    for k, length in enumerate(lengths[:-1]):
        if length is None:
            column, expected = f"segments.{k}", "write length_m; only the last may leave it out"
            yield Fault("busway", name, column, None, "does not say how long it is", expected)
    total, run = sum(x or 0.0 for x in lengths), _length(busway)
    rest = lengths[-1] is None
    if (rest and total > run - _CLOSE_M) or (not rest and abs(total - run) > _CLOSE_M):
        message = f"segments of {total:g} m on a run of {run:g} m from from_m to to_m"
        expected = "lengths that add to the run; the last may be left out, as the rest of it"
        yield Fault("busway", name, "segments", None, message, expected)


def _length(busway: Busway) -> float:
    return float(np.hypot(*(np.asarray(busway.to_m) - np.asarray(busway.from_m))))


def _run(name: str, busway: Busway) -> Run:
    feed, length = np.asarray(busway.from_m, dtype=float), _length(busway)
    along = (np.asarray(busway.to_m, dtype=float) - feed) / length
    ends = np.cumsum([s.length_m or 0.0 for s in busway.segments])
    ends[-1] = length
    return Run(name, feed, along, ends)


def _pieces(run: Run, busway: Busway) -> Iterator[tuple[str, Busway]]:
    """Yield the busway of each segment, on its piece of the plan."""
    begin = 0.0
    for k, (segment, end) in enumerate(zip(busway.segments, run.ends_m.tolist(), strict=True)):
        ends = [tuple((run.feed + run.along * m).tolist()) for m in (begin, end)]
        own = {**_own(segment, busway), "from_m": ends[0], "to_m": ends[1], "segments": []}
        if k == 0:
            kept = {"breaker_a": own["breaker_a"] or busway.breaker_a}
            yield run.name, busway.model_copy(update={**own, **kept})
        else:
            said = {key: getattr(busway, key) for key in _OF_RUN}
            said |= {"fed_from": run.segment(k - 1), "protected": segment.breaker_a is not None}
            yield run.segment(k), Busway.model_construct(**said, **own)
        begin = end


def _own(segment: Segment, busway: Busway) -> dict[str, Any]:
    """Return what holds of one segment: what it says, else the run; products have own ratings."""
    own = {key: getattr(segment, key) for key in _SAID}
    alike = segment.rating_a is None and segment.type is None
    own["rating_a"] = busway.rating_a if alike else segment.rating_a
    own["emergency_a"] = busway.emergency_a if alike else None
    own["type"] = segment.type or busway.type
    return own


def hang_taps(taps: Table, positions: Table, runs: Mapping[str, Run], faults: list[Fault]) -> Table:
    """Hang taps that name a run on its segments; references are names still."""
    names = np.asarray(taps["fed_from"]).astype(object)
    places = np.asarray(taps["position"]).tolist()
    at = np.array([positions.index.get(str(p), -1) for p in places], dtype=np.int64)
    points = np.stack([np.append(positions[c], np.nan)[at] for c in ("x_m", "y_m")], axis=1)
    own = np.stack([np.asarray(taps[c], dtype=float) for c in ("at_x_m", "at_y_m")], axis=1)
    points = np.where(np.isnan(own), points, own)
    for name, run in runs.items():
        mine = np.flatnonzero(names == name)
        lost = mine[np.isnan(points[mine]).any(axis=1)]
        expected = f"position, at_m, or a segment as fed_from: {run.segment(0)}/2 ..."
        message = f'does not say over which segment of "{name}" it hangs'
        faults += [
            Fault("tap", str(taps.ids[r]), "fed_from", name, message, expected)
            for r in lost.tolist()
        ]
        known = np.setdiff1d(mine, lost)
        names[known] = run.at(points[known])
    return taps.with_columns(fed_from=names.astype(np.str_))


def of_runs(faults: Iterable[Fault], runs: Mapping[str, Run]) -> list[Fault]:
    """Tell of the run what is wrong with a segment: it stands in no file by its own id."""
    out = []
    for fault in faults:
        name, _, number = fault.id.rpartition("/")
        if fault.kind == "busway" and name in runs and number.isdecimal():
            column = f"segments.{int(number) - 1}.{fault.column}".rstrip(".")
            fault = fault._replace(id=name, column=column)  # noqa: PLW2901 - told of its run
        out.append(fault)
    return out
