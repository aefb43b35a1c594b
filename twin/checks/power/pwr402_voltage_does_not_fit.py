"""PWR402: the voltage of each tap against the input voltage of the rack on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.power.whips import FITS, MISFIT, NOT_KNOWN, tap_of_whips, worst_per_rack
from twin.checks.rule import rule
from twin.site.resolve import of_product
from twin.site.table import FloatArray, IntArray
from twin.solve.power.feeders import feeders
from twin.solve.study import Study

SAME_NOMINAL = 0.005
"""415 and 416 V, 480 and 482 V are names of one nominal voltage; 400 and 415 V are two."""


def windows(study: Study) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest AC input of each rack, (racks,) V; one voltage where no range is told."""
    volts = np.asarray(study.table("rack")["voltage_v"], dtype=float)
    low, high = (of_product(study.site, "rack", f"voltage_{end}_v") for end in ("low", "high"))
    ranged = (low <= volts) & (volts <= high)
    return np.where(ranged, low, volts), np.where(ranged, high, volts)


@rule(
    "PWR402",
    role="gate",
    severity="error",
    unit="V",
    message="rack {subject} takes {limit} V, tap {other} gives {demand} V",
    fix=(
        "put the rack where taps give {limit} V, or change voltage_v of the taps, the "
        "transformer or the rack type's order"
    ),
    source=(
        "input voltage of the rack as its maker states it: exact match of nominals, or "
        "within the published range"
    ),
)
def voltage_does_not_fit(study: Study) -> Iterator[Measure]:
    """A tap gives another voltage than the rack on it takes.

    Why it matters
    --------------
    A shelf for 415 V on 480 V fails at once; a rack for 800 V DC finds nothing it can use on an
    AC busway. Both are found late, since taps look alike.

    Method
    ------
    The nominal voltage of each tap, its own or that of the nearest element above that states one,
    against the rack's input voltage. Where the maker publishes a range the tap must lie in it,
    else the nominals must be equal, half a percent apart at most (415 and 416 V are one). A rack
    with a DC input takes its `dc_voltage_v`, so an 800 V rack fails on 415 V. Worked on: Vera
    Rubin's 415 to 480 V takes both, GB300's 415 V does not take 480 V.

    Does not cover
    --------------
    Tolerance of supply and drop along the busway, phases and frequency, and whether a tap of the
    right voltage is AC or DC: a layout says only volts.

    See also
    --------
    PWR401, PWR403.
    """
    rack, first = study.arrays.topology.power.rack_of, study.arrays.topology.power.first
    tap = tap_of_whips(study)
    given = study(feeders).voltage_v[tap + study.site.first["tap"] - first]
    low, high = windows(study)
    direct = np.asarray(study.table("rack")["dc_voltage_v"], dtype=float)
    nearest = np.clip(given, low[rack], high[rack])
    by_dc = ~(_off(given, nearest) <= _off(given, direct[rack])) & ~np.isnan(direct[rack])
    wanted = np.where(by_dc, direct[rack], nearest)
    wanted = np.where(np.isnan(given), np.fmax(low, direct)[rack], wanted)
    off = _off(given, wanted)
    badness = np.where(np.isnan(off), NOT_KNOWN, np.where(off > SAME_NOMINAL, MISFIT + off, FITS))
    row = worst_per_rack(study, badness)
    for sense in ("max", "min"):
        yield _measure(study, row, rack, tap, given, wanted, sense)


def _measure(  # the whips of one side of the window
    study: Study, row: IntArray, rack: IntArray, tap: IntArray,
    given: FloatArray, wanted: FloatArray, sense: Literal["max", "min"],
) -> Measure:  # fmt: skip
    too_low = given[row] < wanted[row]
    row = row[too_low if sense == "min" else ~too_low]
    same = _off(given[row], wanted[row]) <= SAME_NOMINAL
    return Measure(
        kind="rack",
        subject=rack[row],
        demand=np.where(same, wanted[row], given[row]),
        limit=wanted[row],
        sense=sense,
        scale=np.full(len(row), np.nan),
        other=study.site.subject("tap", tap[row]),
        inputs=(
            rack_figure(study, "voltage_v", rack[row])._replace(known=~np.isnan(wanted[row])),
            Input("tap", "voltage_v", tap[row], ~np.isnan(given[row])),
        ),
        owner="input voltage of the rack type",
    )


def _off(given: FloatArray, nominal: FloatArray) -> FloatArray:
    """Distance as a part of the nominal voltage."""
    return np.abs(given - nominal) / nominal
