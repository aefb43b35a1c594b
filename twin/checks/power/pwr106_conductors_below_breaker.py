"""PWR106: what conductors carry against the breaker that protects them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.power.whips import tap_of_whips, whip_rows
from twin.checks.rule import rule
from twin.model.base import FEEDERS
from twin.site.table import FloatArray, IntArray
from twin.solve.losses.switching import grid
from twin.solve.power.feeders import column, feeders
from twin.solve.study import Study


@rule(
    "PWR106",
    role="gate",
    severity="error",
    unit="A",
    message=(
        "the conductors of {kind} {subject} carry {limit} A, the breaker before them holds "
        "{demand} A"
    ),
    fix=(
        "take conductors of {demand} A (conductor, or more runs), or set the breaker to {limit} A "
        "(breaker_a)"
    ),
    source=(
        "NEC 240.4 as quoted: a conductor carries at least what its overcurrent device lets pass"
    ),
)
def conductors_below_breaker(study: Study) -> Iterator[Measure]:
    """The conductors of a feeder or a whip carry less than the breaker that protects them.

    Why it matters
    --------------
    A breaker protects its cable only if the cable carries what the breaker lets pass for hours.
    Where it does not, the insulation ages in the tray until it fails, and nothing trips before.

    Method
    ------
    I_z >= I_ocpd for each feeder and whip that names its `conductor`: published ampacity of one
    times `runs` (one where none are told), against the setting of the breaker at its feed end,
    that of its tap for a whip; an element that names no breaker is taken to have one of its own
    rating. What has no protective device of its own stands behind the next one above, whose
    setting counts at the voltages of both. That a code permits the next size up for some ratings
    is not assumed. A conductor of which no ampacity is published is not known, and holds nothing
    up: it depends on how a cable is laid (assume it: `catalog.<conductor>.ampacity_a`).
    Worked number: two runs of 310 A behind a breaker of 800 A are 180 A short.

    Does not cover
    --------------
    Ampacity at another ambient or in bundles than the product's table is for (name a conductor
    that was derated), terminals of a lower temperature, neutrals, and conductors that the layout
    does not name.

    See also
    --------
    PWR101, PWR404, PWR406.
    """
    topology, site = study.arrays.topology.power, study.site
    setting = _settings(study)
    for kind in FEEDERS:
        table = study.table(kind)
        rows = np.flatnonzero(table["conductor"] >= 0)
        runs = np.nan_to_num(np.asarray(table["runs"], dtype=float), nan=1.0)[rows]
        node = rows + site.first[kind] - topology.first
        yield from _measures(study, kind, rows, setting[node], runs, (kind, rows))
    whip, tap = whip_rows(study), tap_of_whips(study)
    named = np.flatnonzero((study.table("whip")["conductor"] >= 0)[whip])
    named = named[study.here[topology.rack_of[named]]]
    whip, tap = whip[named], tap[named]
    before = setting[tap + site.first["tap"] - topology.first]
    yield from _measures(study, "whip", whip, before, np.ones(len(whip)), ("tap", tap))


def _settings(study: Study) -> FloatArray:
    """Setting of the device that protects each element, at its own voltage, (P,) A."""
    rating, breaker = column(study, "rating_a"), column(study, "breaker_a")
    own = np.where(np.isnan(breaker), rating, breaker)
    volts = study(feeders).voltage_v
    device = study(grid).fault.head[: len(own)]
    return np.where(device == np.arange(len(own)), own, own[device] * volts[device] / volts)


def _measures(
    study: Study,
    kind: str,
    rows: IntArray,
    setting: FloatArray,
    runs: FloatArray,
    device: tuple[str, IntArray],
) -> Iterator[Measure]:
    """Rows of one kind, and beside them those without an ampacity; `device` tells whose breaker."""
    product = study.site.rows_of("product", study.table(kind)["conductor"][rows])
    ampacity = np.append(study.table("product")["ampacity_a"], np.nan)[product]
    for mine in (~np.isnan(ampacity), np.isnan(ampacity)):
        yield Measure(
            kind=kind,
            subject=rows[mine],
            demand=setting[mine],
            limit=(ampacity * runs)[mine],
            judged=bool(np.isnan(ampacity[mine]).any()),
            inputs=(
                Input("product", "ampacity_a", product[mine], ~np.isnan(ampacity[mine])),
                Input(device[0], "breaker_a", device[1][mine], ~np.isnan(setting[mine])),
            ),
            owner="ampacity of the conductors",
        )
