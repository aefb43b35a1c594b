"""CAB402: trays of data alongside busways and power trays, nearer than their cables bear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.arrays.joins import each_match
from twin.checks.cabling.cables import first_lacking
from twin.checks.inputs import own_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.cabling.fill.separation import beside
from twin.solve.cabling.fill.shields import laid_sorts, unshielded
from twin.solve.cabling.fill.tray_fill import lying
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import laid, pieces, rack_of_cables
from twin.solve.cabling.ways.carriers import UNKNOWN
from twin.solve.limits import Owned, limit
from twin.solve.study import Study


@rule(
    "CAB402",
    role="gate",
    severity="error",
    unit="m",
    message="cables of {kind} {subject} run {demand} m beside {other}, they ask for {limit} m"
    " ({owner})",
    fix="move the tray by {shortfall} m, cross {other} at a right angle, or lay fibre or shielded"
    " copper in it",
    source="a judgement of practice: 300 mm for unshielded copper, 50 mm for shielded and fibre",
)
def near_power(study: Study) -> Iterator[Measure]:
    """A tray of data runs alongside power, nearer than its cables bear.

    Why it matters
    --------------
    What a busway of a thousand amperes induces in twisted pairs beside it over ten metres is told
    as errors on a link that no test of the cable explains.

    Method
    ------
    Straight pieces of trays that carry data against straight pieces of busways and power trays of
    the same hall, where their directions differ by less than 15 degrees and one runs alongside the
    other; what crosses is left out. The clear distance is that of their edges, on the plan and in
    height together: sqrt(plan^2 + height^2), a busway taken as a line. Unshielded copper asks for
    separation_copper_m, twinax and fibre for separation_shielded_m. Copper of which nobody says
    that it is twinax counts as unshielded. Both are judgements, and warn of trays: a tray is held
    to what its most sensitive cable asks, an empty copper tray to the first, any other empty one to
    the second. Once the owner's policy.limits says one, it is a gate: each rack, and each switch
    with uplinks, is held to it by its own cables, tray by tray. Only power within 1 m on the plan
    is looked at, and a tray without any has no row. Worked number: a busway 0.1 m aside and 0.4 m
    below the tray's underside is 0.412 m away.

    Does not cover
    --------------
    Once a distance is adopted: trunks, and trays in which nothing lies. The size of a busway's
    housing, currents, metal covers and dividers between the two, power whips, runs inside racks
    (separation_in_rack_m), lamps and motors, and risers.

    See also
    --------
    CAB101.
    """
    found = study(beside)
    if not len(found.tray):
        return
    copper, unknown = _asks(study)
    of_copper = copper[found.tray]
    for sensitive, name in ((True, "separation_copper_m"), (False, "separation_shielded_m")):
        who, rows = limit(study, name), np.flatnonzero(of_copper == sensitive)
        if who.judged and len(rows):
            dim = unknown[found.tray[rows]]
            yield _of(study, ("tray", found.tray[rows], rows), who, dim, who.owner)
        elif not who.judged:
            yield from _of_owners(study, who, sensitive=sensitive)


def _of_owners(study: Study, who: Owned, *, sensitive: bool) -> Iterator[Measure]:
    """Rows of racks and of switches with uplinks by their own cables, of one sort, in each tray."""
    lies, found, n = study(lying), study(beside), len(study.table("tray"))
    tray = lies.tray[lies.row]
    mine = (tray < n) & study(laid)[lies.cable] & (study(unshielded)[lies.cable] == sensitive)
    tray, cable = tray[mine], lies.cable[mine]
    low = np.append(study(bundles).low, -1)[study(pieces).bundle]
    order = np.argsort(found.tray, kind="stable")
    for kind, end in (("rack", study(rack_of_cables)), ("switch", low)):
        there = end[cable] >= 0
        dim = study(laid_sorts)[cable[there]] == UNKNOWN
        key, of = np.unique(end[cable[there]] * n + tray[there], return_inverse=True)
        bare = np.bincount(of.ravel(), dim, minlength=len(key)) > 0
        row, at = each_match(found.tray[order], key % n)
        names = study.table("tray").ids[key[row] % n].tolist()
        owner = np.array([f"tray {name}; {who.owner}" for name in names], dtype=np.str_)
        yield _of(study, (kind, key[row] // n, order[at]), who, bare[row], owner)


def _asks(study: Study) -> tuple[BoolArray, BoolArray]:
    """(trays,) those that unshielded copper or nothing but copper lies in; those nobody knows."""
    lies, n = study(lying), len(study.table("tray"))
    tray = lies.tray[lies.row]
    mine = (tray < n) & study(laid)[lies.cable]
    tray, cable = tray[mine], lies.cable[mine]
    bare = np.bincount(tray, study(unshielded)[cable], minlength=n) > 0
    dim = np.bincount(tray, study(laid_sorts)[cable] == UNKNOWN, minlength=n) > 0
    empty = np.bincount(tray, minlength=n) == 0
    copper = bare | (empty & (np.asarray(study.table("tray")["kind"]) == "copper"))
    return copper, dim & ~copper


def _of(
    study: Study, of: tuple[str, IntArray, IntArray], who: Owned, unknown: BoolArray,
    owner: str | Array,
) -> Measure:  # fmt: skip
    """Rows of things whose cables ask for one distance.

    Parameters
    ----------
    of
        Kind, (m,) subjects and (m,) rows of `beside`.
    unknown
        (m,) whether nobody knows what the cables ask.
    """
    found, (kind, subject, rows) = study(beside), of
    power = found.power[rows]
    plan, over = found.plan_m[rows], found.over_m[rows]
    away = np.hypot(plan, over)
    # Far enough on the plan is far enough at any height.
    clear: FloatArray = np.where(plan >= who.value, np.fmax(away, plan), away)
    lacks = np.isnan(over) & np.isnan(clear)
    busway = study.site.rows_of("busway", power)
    figure = own_figure(study, "busway", "elevation_m", busway)
    return Measure(
        kind=kind,
        subject=subject,
        demand=clear,
        limit=np.where(unknown, np.nan, who.value),
        sense="min",
        other=power,
        inputs=(
            Input("busway", "elevation_m", np.where(lacks, busway, -1), figure.known),
            *_media(study, found.tray[rows], unknown),
        ),
        owner=owner,
        judged=who.judged,
    )


def _media(study: Study, tray: IntArray, unknown: BoolArray) -> tuple[Input, ...]:
    """Per row that is not known for its cables: the first of its tray without a medium."""
    lies, n = study(lying), len(study.table("tray"))
    at = lies.tray[lies.row]
    mine = (at < n) & study(laid)[lies.cable] & (study(laid_sorts)[lies.cable] == UNKNOWN)
    rows = np.where(unknown, tray, -1)
    found = first_lacking(study, "od_m", lies.cable[mine], at[mine], n + 1, rows)
    return tuple(i for i in found if i.kind == "switch")
