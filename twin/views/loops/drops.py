"""What a plant's diagram says of racks that hang on its manifolds with CDUs of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import Unsolved
from twin.solve.study import Study
from twin.views.loops.figures import band_of, lettered
from twin.views.loops.water import Water, worst_lanes


@dataclass(frozen=True, slots=True)
class Drops:
    """Racks on the manifolds of a plant in one state, the CDUs of each in sum; r racks.

    Attributes
    ----------
    solved, shut, m_s, p_kpa
        As those of `Water`.
    rack
        (racks,) place of each rack of the site among those below, -1 none.
    rack_lpm, need_lpm
        (r,) what all CDUs of a rack get and ask for.
    rack_kpa, valve_kpa, rack_c
        (r,) pressure over its CDUs, the least that a valve of theirs takes of that, and the
        temperature of what they return, mixed. NaN where no water comes.
    cdus, open
        (r,) how many CDUs it has on the manifold, and to how many of them water comes.
    band
        (r,) colour of the highest part of that pressure that one of them needs with its valve open.
    other_lpm, other_band
        (r,) the same in the worst case in which a rack has water, or healthy where a loss is shown.
    cause, causes
        (r,) place of that case among those in words, -1 healthy.
    """

    solved: bool
    shut: BoolArray
    m_s: FloatArray
    p_kpa: FloatArray
    rack: IntArray
    rack_lpm: FloatArray
    need_lpm: FloatArray
    rack_kpa: FloatArray
    valve_kpa: FloatArray
    rack_c: FloatArray
    cdus: IntArray
    open: IntArray
    band: IntArray
    other_lpm: FloatArray
    other_band: IntArray
    cause: IntArray
    causes: tuple[str, ...]


def drops_of(study: Study, found: PlantFlow | Unsolved, water: Water, *, after: bool) -> Drops:
    """Figures of the racks on a plant's manifolds, healthy or after the last loss of the study."""
    circuit = found.circuit
    rows = circuit.rows(study, "rack", Part.HOSE)
    rack = np.full(len(study.table("rack")), -1, dtype=np.int64)
    rack[rows] = np.arange(len(rows))
    on = _rack_of_users(study, circuit, rack)
    r = np.arange(len(rows))
    if isinstance(found, Unsolved):
        nan = np.full(len(rows), np.nan)
        lpm, need, share = (nan[None] for _ in range(3))
        lane, other = 0, np.zeros(len(rows), dtype=np.int64)
        causes: tuple[str, ...] = ()
        cause = np.full(len(rows), -1, dtype=np.int64)
    else:
        lives = _gathered(np.add, found.lives.astype(float), on, len(rows), first=0.0) > 0
        lpm, need = (
            _gathered(np.add, np.where(found.lives, v, 0.0), on, len(rows), first=0.0)
            for v in (found.got_lpm, found.asked_lpm)
        )
        share = np.where(
            lives, _gathered(np.maximum, _taken(found), on, len(rows), first=0.0), np.inf
        )
        lane, healthy = int(found.of_case[-1 if after else 0]), int(found.of_case[0])
        other = np.full(len(rows), healthy, dtype=np.int64)
        if not after and len(rows):
            other = worst_lanes(found.first_case, lives, need, lpm)
        cause, causes = lettered(study, other, found.first_case, healthy)
    open_ = ~water.shut[circuit.links(Part.USER)]
    takes = np.where(open_, water.got_lpm, 0.0)
    back = np.where(takes == 0, 0.0, takes * water.return_c)
    sums = [_gathered(np.add, v[None], on, len(rows), first=0.0)[0] for v in (back, takes)]
    least = [
        _gathered(np.minimum, np.where(open_, v, np.inf)[None], on, len(rows), first=np.inf)[0]
        for v in (water.dp_kpa, water.valve_kpa)
    ]
    over, valve = (np.where(np.isinf(v), np.nan, v) for v in least)
    with np.errstate(divide="ignore", invalid="ignore"):
        mixed = sums[0] / sums[1]
    return Drops(
        solved=water.solved, shut=water.shut, m_s=water.m_s, p_kpa=water.p_kpa, rack=rack,
        rack_lpm=lpm[lane], need_lpm=need[lane], rack_kpa=over, valve_kpa=valve, rack_c=mixed,
        cdus=_counted(on, len(rows)), open=_counted(on[open_], len(rows)),
        band=band_of(share[lane]), other_lpm=lpm[other, r], other_band=band_of(share[other, r]),
        cause=cause, causes=causes,
    )  # fmt: skip


def _rack_of_users(study: Study, circuit: Circuit, rack: IntArray) -> IntArray:
    """(u,) place of the rack that carries each user on a manifold, -1 for all others."""
    cdu = circuit.rows(study, "cdu", Part.USER)
    carries = np.append(study.site.rows_of("rack", study.table("cdu")["rack"]), -1)[cdu]
    on = np.append(rack, -1)[carries]
    return np.where(circuit.place[circuit.links(Part.USER)] >= 0, on, -1)


def _gathered(
    how: np.ufunc, value: FloatArray, on: IntArray, racks: int, *, first: float
) -> FloatArray:
    """(L, r) values (L, u) of users put together by rack, beginning with a first value."""
    out = np.full((racks, len(value)), first)
    hung = np.flatnonzero(on >= 0)
    how.at(out, on[hung], value.T[hung])
    return np.asarray(out.T, dtype=float)


def _counted(on: IntArray, racks: int) -> IntArray:
    """(r,) how many of some users each rack carries."""
    return np.bincount(on[on >= 0], minlength=racks)


def _taken(found: PlantFlow) -> FloatArray:
    """(L, u) part of the pressure over a user that it needs; 0 where it asks for nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        part = found.needs_kpa / found.dp_kpa
    return np.where(found.lives & (found.needs_kpa != 0), part, 0.0)
