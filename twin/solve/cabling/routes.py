"""What the bare router answers: which way each cord takes, and what lies in each way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.contract import Contracted


@dataclass(frozen=True)
class Cut:
    """Why the cords do not fit: ways that are too small together, however cords are routed.

    With weights w on ways, every cord needs at least its section times the shortest way measured
    in w; all ways together offer the sum of w times capacity. Less offered than needed: no
    routing exists (Onaga and Kakusho 1971; Iri 1971). With w of 0 and 1 this is a plain cut.

    Attributes
    ----------
    edge, weight
        (C,) ways of the cut and their weights; all 1 where `single`.
    needed_m2, offered_m2
        Section that must cross, and section that may; the former is the greater.
    single
        Whether it is a plain cut: taken out, the ways part sources from sinks.
    """

    edge: IntArray
    weight: FloatArray
    needed_m2: float
    offered_m2: float
    single: bool


@dataclass(frozen=True)
class Statistics:
    """Figures of a routing.

    Attributes
    ----------
    rounds
        Rounds of rerouting; 0 where nothing overfills.
    length_m
        Of all cords that have a way.
    unlimited_m
        The same if no way had a limit.
    bound_m
        No routing that respects the limits is shorter, cords free of their bundles (Lagrangian
        bound); `unlimited_m` where nothing overfills. Ways apart are not counted in.
    whole_extra_m
        What keeping bundles whole costs: length less that with free cords; NaN if not asked.
    overfull_at_first
        Ways that would overfill if each cord took its shortest.
    exact
        Whether the last overfill was removed by a linear or integer program.
    """

    rounds: int
    length_m: float
    unlimited_m: float
    bound_m: float
    whole_extra_m: float
    overfull_at_first: int
    exact: bool

    @property
    def extra_m(self) -> float:
        """Length that the limits cost."""
        return self.length_m - self.unlimited_m


@dataclass(frozen=True)
class Routes:
    """Routes of all groups, in parts: a group that is split has several.

    Attributes
    ----------
    group, count
        (P,) group of each part and its cords; the counts of a group sum to its own.
    length_m
        (P,) way of each cord of the part; infinite where no way leads.
    fill_m2
        (E,) section that lies in each way.
    overfull
        (O,) ways whose fill is over their capacity.
    unknown
        (U,) ways with cords whose capacity is not known.
    split
        (G,) groups that do not keep to one way, or not to that of their bundle.
    cut
        Why something overfills; None where nothing does, or where cords fit only in fractions.
    shared_pair, shared_edge
        (S,) pairs whose two sides share a way, and that way: there is no other, or (where the
        two sides have neither end in common) none was found.
    """

    group: IntArray
    count: IntArray
    length_m: FloatArray
    fill_m2: FloatArray
    overfull: IntArray
    unknown: IntArray
    split: BoolArray
    cut: Cut | None
    shared_pair: IntArray
    shared_edge: IntArray
    statistics: Statistics
    net: Contracted
    tree: IntArray
    before: IntArray

    def ways(self, parts: IntArray) -> tuple[IntArray, IntArray]:
        """Write the ways of some parts, from source to sink.

        Returns
        -------
        first
            (len(parts) + 1,) where the ways of each part begin in `edge`.
        edge
            Rows of the ways of the net, in order.
        """
        raise NotImplementedError
