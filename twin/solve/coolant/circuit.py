"""A circuit as a network: what its nodes and links are, of one loop or plant.

Supply and return are two sides of every place: a CDU pumps from its return to its supply, a rack
lets coolant through from supply to return. What stands at the end of a pipe is a place; a manifold
is one place for each position that hangs on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
from twin.solve.coolant.resistance import loss_of_kv
from twin.solve.study import Study

SUPPLY, RETURN = 0, 1


class Part(IntEnum):
    """What a link of a circuit is."""

    PIPE = 0
    SEGMENT = 1
    HOSE = 2
    RACK = 3
    UNIT = 4
    USER = 5
    """A CDU or an air unit on facility water, with the valve that it sets."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure without which a circuit cannot be solved."""

    kind: str
    column: str
    row: int


@dataclass(frozen=True, slots=True)
class Circuit:
    """A network of nodes and links; flow is positive from `fr` to `to`, as it is meant to go.

    Attributes
    ----------
    kind, row
        "loop" or "plant", and its row.
    label
        (n,) name of each node: its place, then its side.
    fr, to
        (m,) nodes of each link.
    part
        (m,) `Part` of each link.
    subject
        (m,) subject number of what a link is of: a pipe, a manifold, a rack, a CDU ...
    side
        (m,) `SUPPLY` or `RETURN`: which of the two temperatures the coolant in it has.
    place
        (m,) place along a manifold from its first end, from 0; -1 elsewhere.
    manifold
        (m,) row of the manifold on which hoses, racks and users hang; -1 elsewhere.
    length_m, bore_m, roughness_m, zeta
        (m,) of pipes, segments and hoses. NaN elsewhere.
    kv_m3h
        (m,) of valves, couplings and strainers in a link, NaN none; not yet in `zeta`.
    check
        (m,) whether a check valve stands in it.
    missing
        Figures that lack; with any of them the circuit cannot be solved.
    """

    kind: str
    row: int
    label: StrArray
    fr: IntArray
    to: IntArray
    part: IntArray
    subject: IntArray
    side: IntArray
    place: IntArray
    manifold: IntArray
    length_m: FloatArray
    bore_m: FloatArray
    roughness_m: FloatArray
    zeta: FloatArray
    kv_m3h: FloatArray
    check: BoolArray
    missing: tuple[Missing, ...]

    def links(self, part: Part) -> IntArray:
        """Return the links of one part."""
        return np.flatnonzero(self.part == part)

    def rows(self, study: Study, kind: str, part: Part) -> IntArray:
        """Row of a kind's table for each link of a part, -1 another kind."""
        return study.site.rows_of(kind, self.subject[self.part == part])

    @property
    def loss_factor(self) -> FloatArray:
        """(m,) all that is lost in a link besides friction, on the velocity in its bore."""
        valve = loss_of_kv(self.kv_m3h, self.bore_m)
        return np.asarray(np.nan_to_num(self.zeta) + np.where(np.isnan(self.kv_m3h), 0.0, valve))


def stacked(circuits: Sequence[Circuit]) -> Circuit:
    """Return the first of some circuits of one form with the figures of all: (N, m) for (m,)."""
    if len(circuits) == 1:
        return circuits[0]
    return replace(
        circuits[0],
        length_m=np.stack([c.length_m for c in circuits]),
        bore_m=np.stack([c.bore_m for c in circuits]),
        roughness_m=np.stack([c.roughness_m for c in circuits]),
        zeta=np.stack([c.zeta for c in circuits]),
        kv_m3h=np.stack([c.kv_m3h for c in circuits]),
    )
