"""PWR305: the voltage that reaches each rack against the window of its input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.power.flowing import case_of, impedances_told, lacking
from twin.checks.power.pwr402_voltage_does_not_fit import windows
from twin.checks.power.whips import worst_of
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.limits import Owned, limit
from twin.solve.power.described import Described, described
from twin.solve.power.feeders import feeders
from twin.solve.power.flow import PowerFlow, flows
from twin.solve.power.network import network
from twin.solve.study import Study


@rule(
    "PWR305",
    role="gate",
    severity="error",
    unit="V",
    message="rack {subject} gets {demand} V{lost}, its input works to {limit} V",
    fix=(
        "raise the tap of the transformer, shorten the run to the rack, or take a larger "
        "conductor: {shortfall} V are lacking"
    ),
    source="input voltage of the rack as its maker states it, and what supplies tolerate around it",
)
def rack_voltage_out_of_window(study: Study) -> Iterator[Measure]:
    """The voltage at a rack leaves the window of its input, healthy or after a loss.

    Why it matters
    --------------
    A supply below its window shuts down. After the loss of a side the other one carries all and
    drops twice as much, so the voltage is lowest when the rack stands on its last supply.

    Method
    ------
    Load flow of the chain with constant power, with nothing lost and after the loss that leaves
    most on each supply: the lowest and the highest voltage at the end of a living whip. The window
    reaches `input_tolerance_pct` of the code profile below the lowest and above the highest input
    voltage that the maker publishes; that tolerance is a judgement and only advises until the
    owner adopts it or sets `limits.input_tolerance_pct`. A rack has a row where every branch up to
    the UPS, rectifier or source that holds the voltage tells its impedance. Where only some do, it
    is told as not checked, with the nearest branch that lacks it, and nothing is decided; where
    none does, it has no row. Worked number: 415 V that drop by 2 % reach the rack as 406.7 V, the
    window of a 415 V input at 10 % begins at 373.5 V.

    Does not cover
    --------------
    What the utility's voltage does (sources hold their nominal), dips and transients, inputs of
    direct current, whose makers publish no window, and taps of transformers.

    See also
    --------
    PWR304, PWR402.
    """
    if not impedances_told(study):
        return
    tolerance = limit(study, "input_tolerance_pct")
    for solved in study(flows):
        way = described(study, solved)
        for sense in ("min", "max"):
            yield from _rows(study, solved, way, tolerance, sense)


def _rows(
    study: Study, solved: PowerFlow, way: Described, tolerance: Owned, sense: Literal["min", "max"]
) -> Iterator[Measure]:
    topology, net = study.arrays.topology.power, study(network)
    whip, rack = topology.whips, topology.rack_of
    nominal = _nominal(study)
    volts, sign = solved.far_pu[whip] * nominal, -1.0 if sense == "min" else 1.0
    low, high = windows(study)
    bound = (low if sense == "min" else high) * (1.0 + sign * tolerance.value / 100.0)
    living = ~solved.state.dead[whip] & way.some[whip] & ~net.direct[whip]
    for told in (True, False):
        at = worst_of(study, sign * volts, living & (way.told[whip] == told))
        subject, node = rack[at], whip[at]
        demand = volts[at] if told else np.full(len(at), np.nan)
        yield Measure(
            kind="rack", subject=subject, demand=demand, limit=bound[subject], sense=sense,
            case=case_of(solved, len(at)),
            # Sources hold their nominal voltage: the upper end fits or does not, and is never near.
            scale=None if sense == "min" else np.full(len(at), np.nan),
            inputs=(
                *lacking(study, way.lacks[node]),
                rack_figure(study, "voltage_v", subject),
                *_tap(study, node, nominal[at]),
                Input("rack", "", subject, solved.converged[node]),
            ),
            owner=tolerance.owner, judged=tolerance.judged or not told,
        )  # fmt: skip


def _nominal(study: Study) -> FloatArray:
    """(W,) nominal voltage at each whip, as its tap states it."""
    return study(feeders).voltage_v[study.arrays.topology.power.taps]


def _tap(study: Study, node: IntArray, nominal: FloatArray) -> Iterator[Input]:
    topology = study.arrays.topology.power
    row = study.site.rows_of("tap", topology.parent[node] + topology.first)
    yield Input("tap", "voltage_v", row, ~np.isnan(nominal))
