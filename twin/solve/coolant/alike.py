"""Loops of one form side by side: compiled once, their lanes under each other in one batch.

A campus has scores of loops with the same row piping, by other names and with other figures. Loops
are of one form where the same nodes are joined by the same kinds of links in the same order; then
each lane has its loop's own lengths, curves and set-points, and stops by its own residual, so that
it has the same bits as its loop alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import Racks
from twin.solve.coolant.circuit import Circuit, stacked
from twin.solve.coolant.exchanger import Exchanger
from twin.solve.coolant.hydraulics import Branches, Net, compile_net, lanes_of_net
from twin.solve.coolant.pumping import Gain, gain_of
from twin.solve.coolant.ready import Ready
from twin.solve.coolant.warmth import Cooling

_LANES = 4096
"""In one batch: enough to be quick, and few enough to stay small in memory."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Loops of one form, N of them, with L lanes in all; r racks and u units in each.

    Attributes
    ----------
    loops
        What they are; all are solved over the form of the first.
    of, ptr
        (L,) loop of each lane; (N + 1,) where the lanes of each loop begin.
    shut, pump_out, keep
        Lanes of all, as in `Lanes`.
    racks
        Rows, resistances, heats ... of (L, r); their links are the same for all.
    cooling
        Units of all lanes.
    set_point_c, set_kpa, set_lpm
        (L,) supply, pressure and flow that are held; NaN where another of them is.
    """

    loops: tuple[Ready, ...]
    of: IntArray
    ptr: IntArray
    shut: BoolArray
    pump_out: BoolArray
    keep: FloatArray
    racks: Racks
    cooling: Cooling
    set_point_c: FloatArray
    set_kpa: FloatArray
    set_lpm: FloatArray

    @property
    def form(self) -> Circuit:
        """Nodes and links of all of them."""
        return self.loops[0].circuit


def alike(loops: Sequence[Ready]) -> Iterator[tuple[list[int], Alike]]:
    """Part loops into batches of one form, each with the places of its loops.

    A loop whose pressure is held away from its units is a batch of its own: its lanes are searched.
    """
    forms: dict[tuple[object, ...], list[int]] = {}
    for k, loop in enumerate(loops):
        own = k if loop.sensor is not None else -1
        forms.setdefault((own, *_form(loop)), []).append(k)
    for places in forms.values():
        lanes = np.cumsum([len(loops[k].lanes.keep) for k in places])
        for batch in np.split(np.array(places), np.flatnonzero(np.diff(lanes // _LANES)) + 1):
            yield batch.tolist(), _together([loops[k] for k in batch.tolist()])


def _form(loop: Ready) -> tuple[object, ...]:
    """Return what loops must share to be solved together: a network, and how its laws are written.

    A square is not computed as other powers are, and a unit with a pump out stands in the network
    once more.
    """
    circuit = loop.circuit
    columns = circuit.fr, circuit.to, circuit.part, circuit.side, circuit.check
    shape = tuple(np.ascontiguousarray(c).tobytes() for c in columns)
    square = (loop.racks.exponent == 2.0).tobytes()
    coolant = loop.fluid.name
    return id(loop.study), len(circuit.label), *shape, square, coolant, loop.with_less


def _together(loops: Sequence[Ready]) -> Alike:
    count = [len(loop.lanes.keep) for loop in loops]
    of = np.repeat(np.arange(len(loops)), count)
    control = np.array([astuple(loop.control) for loop in loops])[of]
    racks = [loop.racks for loop in loops]
    each = ("row", "resistance", "exponent", "hold_m3s", "heat_kw", "rho0", "mu0")
    return Alike(
        loops=tuple(loops), of=of, ptr=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        shut=np.concatenate([loop.lanes.shut for loop in loops]),
        pump_out=np.concatenate([loop.lanes.pump_out for loop in loops]),
        keep=np.concatenate([loop.lanes.keep for loop in loops]),
        racks=Racks(
            link=racks[0].link, **{f: np.stack([getattr(r, f) for r in racks])[of] for f in each}
        ),
        cooling=_cooling([loop.cooling for loop in loops]),
        set_point_c=np.array([loop.set_point_c for loop in loops])[of],
        set_kpa=control[:, 0], set_lpm=control[:, 1],
    )  # fmt: skip


def _cooling(parts: Sequence[Cooling]) -> Cooling:
    unit = Exchanger(*(np.concatenate(columns) for columns in zip(
        *(part.unit for part in parts), strict=True)))  # fmt: skip
    rest = (np.concatenate([getattr(p, f) for p in parts]) for f in Cooling.__slots__[1:])
    return Cooling(unit, *rest)


def net_of(loops: Sequence[Ready]) -> Net:
    """Return loops of one form compiled together, each at its own control."""
    if len(loops) == 1:
        return loops[0].net(loops[0].control)
    first = loops[0]
    branches = Branches(
        np.stack([loop.branches.resistance for loop in loops]),
        np.stack([loop.branches.exponent for loop in loops]),
        *gains_of(loops),
    )
    hold = np.concatenate([loop.hold_m3s for loop in loops])
    circuit = stacked([loop.circuit for loop in loops])
    return compile_net(circuit, branches, hold, with_less=first.with_less)


def net_for(net: Net, batch: Alike, lanes: IntArray) -> Net:
    """Return the net of a batch for some of its lanes."""
    return net if len(batch.loops) == 1 else lanes_of_net(net, batch.of[lanes])


def gains_of(loops: Sequence[Ready]) -> tuple[tuple[Gain, ...], tuple[Gain, ...]]:
    """(N u,) curves of all units, whole and with a pump out; the same ones are made once."""
    made: dict[tuple[int, bytes], Gain] = {}
    out: tuple[list[Gain], list[Gain]] = ([], [])
    for loop in loops:
        units, control = loop.branches, np.array(astuple(loop.control)).tobytes()
        for share, gains in zip((np.ones(len(units.curves)), units.share), out, strict=True):
            for curve, k in zip(units.curves, share, strict=True):
                key = id(curve), control + k.tobytes()
                if key not in made:
                    made[key] = gain_of(curve, loop.control, float(k))
                gains.append(made[key])
    return tuple(out[0]), tuple(out[1])
