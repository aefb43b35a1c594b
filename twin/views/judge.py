"""What the report says of every subject, as columns over subject numbers: load, band, state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.checks.result import Report, State
from twin.site.site import Site
from twin.site.table import FloatArray, IntArray, StrArray
from twin.views import colours
from twin.views.colours import FAILS, NOT_JUDGED, UNKNOWN, Entry, Legend

By = Literal["margin", "verdict", "type", "state"]
FILL = "fill"
"""What the bands of a legend show where trays are judged by the cables in them."""

_OF_CDU = "COL209"
"""Rule that says how near a CDU of a solved loop is to its limit; it advises and is no gate."""

AT_RISK = 3
"""State of a rack that is feasible, and at risk; the other states are those of `State`."""

_TITLES = {
    "margin": "load in % of the limit that binds",
    "verdict": "verdict",
    "type": "type of rack",
    "state": "state of the rack",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row per subject number of the site, (S,).

    `load` is 1 - least margin, NaN where none is known. `state` is -1 where nobody judged.
    `code` is the rule that binds, of racks only.
    """

    load: FloatArray
    band: IntArray
    state: IntArray
    code: StrArray
    legend: Legend


def judge(site: Site, report: Report | None, by: By = "margin") -> Judgement:
    """Return load, band and state of every subject, and what the bands mean.

    Parameters
    ----------
    site
        The site that is drawn.
    report
        What the check said of it; None: nothing is judged.
    by
        What the bands show: `margin` (load in % of the limit), `verdict`, or of racks the `type`
        or the `state` (planned ... live).
    """
    load = np.full(site.size, np.nan)
    state = np.full(site.size, -1, dtype=np.int64)
    code = np.full(site.size, "", dtype="U8")
    if report is not None:
        _elements(report, load, state)
        _racks(site, report, load, state, code)
    if by == "margin":
        band, entries = _by_margin(load, state), colours.load_entries()
    elif by == "verdict":
        band, entries = state.copy(), colours.verdict_entries()
    else:
        band, entries = _by_kind(site, by)
    counted = _counted(site, band, entries)
    return Judgement(load, band, state, code, Legend(by, _TITLES[by], counted))


def _elements(report: Report, load: FloatArray, state: IntArray) -> None:
    """Least gate margin of each subject: failed before unknown before held.

    Gates say little of a CDU whose loop is solved: what it uses of itself speaks, too.
    """
    margins = report.margins
    own = np.array([rule.code == _OF_CDU for rule in report.rules], dtype=bool)
    rows = (margins.gate | own[margins.rule]) & (margins.subject >= 0)
    subject, margin = margins.subject[rows], margins.margin[rows]
    least = np.full(len(load), np.inf)
    known = ~np.isnan(margin)
    np.minimum.at(least, subject[known], margin[known])
    met = np.isfinite(least) | np.isneginf(least)
    load[met] = 1.0 - least[met]
    np.maximum.at(state, subject, margins.state[rows])


def _racks(site: Site, report: Report, load: FloatArray, state: IntArray, code: StrArray) -> None:
    """Show of a rack its verdict, which looks at all that it stands on."""
    verdicts = report.verdicts
    subject = site.subject("rack", verdicts.rack)
    load[subject] = 1.0 - verdicts.margin
    risk = verdicts.at_risk & (verdicts.state == State.FEASIBLE)
    state[subject] = np.where(risk, AT_RISK, verdicts.state)
    code[subject] = verdicts.code


def _by_margin(load: FloatArray, state: IntArray) -> IntArray:
    band = colours.bands_of(load)
    # What fails without a percentage (a plug that does not fit) takes the mildest band that fails.
    band = np.where((state == State.BLOCKED) & np.isnan(load), FAILS, band)
    return np.where(state == State.UNKNOWN, UNKNOWN, band)


def _by_kind(site: Site, by: By) -> tuple[IntArray, tuple[Entry, ...]]:
    """Bands of racks by a column that has no order."""
    racks = site.tables["rack"]
    band = np.full(site.size, NOT_JUDGED, dtype=np.int64)
    if not len(racks):
        return band, colours.kind_entries(())
    words, codes = np.unique(racks[by], return_inverse=True)
    first = site.first["rack"]
    band[first : first + len(racks)] = codes
    if by == "type":
        rows = site.rows_of("product", words)
        ids = site.tables["product"].ids
        texts = [str(ids[r]) if r >= 0 else "type not known" for r in rows]
    else:
        texts = [str(word) for word in words]
    return band, colours.kind_entries(tuple(texts))


def _counted(site: Site, band: IntArray, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the entries with the number of racks in each band."""
    first, n = site.first["rack"], len(site.tables["rack"])
    racks = band[first : first + n]
    return tuple(
        Entry(e.band, e.text, e.colour, e.pattern, int((racks == e.band).sum())) for e in entries
    )
