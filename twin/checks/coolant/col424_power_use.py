"""COL424: power that the site draws for each kilowatt of its racks, at the design load."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import load_figures, own_figure, typed_figure
from twin.checks.measure import Input, Measure
from twin.checks.power.flowing import nodes_of
from twin.checks.rule import rule
from twin.model.base import POWER_KINDS
from twin.site.rack_cdus import in_racks
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.asking import plants_in_use, units_in_use
from twin.solve.limits import limit
from twin.solve.load import cdu_draw, rack_load
from twin.solve.losses.switching import grid
from twin.solve.power.chain_losses import chain_losses
from twin.solve.power.supplies import GEAR
from twin.solve.study import Study


@rule(
    "COL424",
    role="advice",
    severity="note",
    unit="kW/kW",
    message="the sources of the site, as {subject}, give {demand} kW for each kW of racks, the "
    "owner wants {limit}",
    fix="what draws it: `draw_kw` of cooling, and the losses of the power chain (PWR112)",
    source="power usage effectiveness (The Green Grid; ISO/IEC 30134-2): all power over that of IT",
)
def power_use(study: Study) -> tuple[Measure, ...]:
    """Power of the whole site over that of its racks, at the design load: an estimate of its PUE.

    Why it matters
    --------------
    What cooling and the power chain draw is not there for racks: of a grant of 100 MW a site at
    1.2 has 83 MW for them.

    Method
    ------
    Load flow with nothing lost: what all sources give over what all racks draw without the CDUs
    that they carry, with the draw of each plant, CDU and air unit that is in use. A unit of which
    nobody says what it draws or what feeds it leaves it unknown, as do a rack that draws and has no
    supply, a chain that ends at no source, and losses that nobody states.
    Against `limits.pue` of the owner's policy; without one it is a number and never fails, and its
    limit is 0. Worked number: racks of 1,000 kW, cooling of 60 kW and a chain of 0.95 give 1.116.

    Does not cover
    --------------
    The year and its weather, of which published averages are (about 1.5 in a survey of 2024),
    part load, lamps, offices, and what stands on no source of the layout.

    See also
    --------
    COL423, PWR112.
    """
    sources = np.arange(len(study.table("source")))
    gear = {kind: np.flatnonzero(_used(study, kind)) for kind in GEAR}
    racks = np.flatnonzero(study.here)
    if not len(sources) or not len(racks) or not any(len(rows) for rows in gear.values()):
        return ()
    inputs = (
        *(told for figure in load_figures(study, racks) for told in _first(figure)),
        *(told for kind, rows in gear.items() for told in _of_gear(study, kind, rows)),
        *_of_racks(study, racks[study(rack_load)[racks] != 0]),
        *_of_tops(study, gear),
    )
    share = np.full(1, np.nan)
    if not inputs:  # else no load flow is worth its time
        inputs, share = _flowing(study, racks)
    wanted = limit(study, "pue")
    number = np.isnan(wanted.value)
    return (
        Measure(
            kind="source", subject=sources[:1], demand=share,
            limit=np.array([0.0 if number else wanted.value]), sense="min" if number else "max",
            scale=np.full(1, np.nan) if number else None, inputs=inputs,
            owner="none: a number" if number else wanted.owner,
        ),
    )  # fmt: skip


def _flowing(study: Study, racks: IntArray) -> tuple[tuple[Input, ...], FloatArray]:
    """Return what lacks of the chain, and (1,) what sources give over what racks draw."""
    lost, node = study(chain_losses), nodes_of(study, "source")
    gives = np.where(lost.useful_kw[node] == 0, 0.0, lost.out_kw[node])
    own = (study(rack_load) - study(cdu_draw).draw_kw)[racks]
    inputs = (
        *_of_chain(study, lost.silent[node]),
        Input("source", "", np.zeros(1, dtype=np.int64), np.array([not np.isnan(gives).any()])),
    )
    known = all(told.known.all() for told in inputs)
    with np.errstate(divide="ignore", invalid="ignore"):
        return inputs, np.array([gives.sum() / own.sum() if known else np.nan])


def _used(study: Study, kind: str) -> BoolArray:
    """(units,) what draws power of its own: units in use, and plants of these."""
    if kind == "plant":
        return plants_in_use(study)
    used = units_in_use(study, kind)
    return used & ~in_racks(study.site.tables) if kind == "cdu" else used


def _of_gear(study: Study, kind: str, rows: IntArray) -> Iterator[Input]:
    """Say what lacks of the draw of units: the figure, or what feeds them; each one row."""
    figure = own_figure if kind == "plant" else typed_figure
    yield from _first(figure(study, kind, "draw_kw", rows))
    feed, fed = study.site.tables["feed"], np.zeros(len(study.table(kind)) + 1, dtype=bool)
    lives = ~np.append(study(grid).dead, True)[_nodes(study, feed["head"])]
    fed[study.site.rows_of(kind, feed["tail"])[lives]] = True
    yield from _first(Input(kind, "feeds", rows, fed[rows]))


def _of_racks(study: Study, racks: IntArray) -> Iterator[Input]:
    """Say which rack draws and has no supply: what it draws would stand on no source."""
    topology, site = study.arrays.topology.power, study.site
    whips = np.diff(topology.whip_ptr)[racks]
    place = site.rows_of("position", study.table("rack")["position"])[racks]
    lives = np.bincount(topology.rack_of, ~study(grid).dead[topology.whips], study.here.size)[racks]
    bare = whips == 0
    yield from _first(Input("rack", "position", racks, ~bare | (place >= 0)))
    yield from _first(Input("position", "taps", place, ~bare))
    yield from _first(Input("rack", "", racks, bare | (lives > 0)))


def _of_tops(study: Study, gear: dict[str, IntArray]) -> Iterator[Input]:
    """Say which living chain above racks and gear ends at something that is not a source."""
    topology, site, now = study.arrays.topology.power, study.site, study(grid)
    feed, used = site.tables["feed"], np.zeros(site.size + 1, dtype=bool)
    for kind, rows in gear.items():
        used[site.subject(kind, rows)] = True
    whips = topology.whips[study.here[topology.rack_of]]
    top = np.concatenate([whips, _nodes(study, feed["head"][used[feed["tail"]]])])
    top = np.unique(top[~np.append(now.dead, True)[top]])
    while (now.parent[top] >= 0).any():
        top = np.unique(np.where(now.parent[top] >= 0, now.parent[top], top))
    for kind in POWER_KINDS:
        rows = site.rows_of(kind, top + topology.first)
        column = "tap" if kind == "whip" else "fed_from"
        yield from _first(Input(kind, column, rows, np.full(len(rows), kind == "source")))


def _nodes(study: Study, subject: IntArray) -> IntArray:
    """Nodes of the power chain by subject, -1 none."""
    return np.where(subject >= 0, subject - study.arrays.topology.power.first, -1)


def _of_chain(study: Study, silent: IntArray) -> Iterator[Input]:
    """Say which element of the chain tells nothing of what it loses."""
    node = silent[silent >= 0][:1]
    subject = node + study.arrays.topology.power.first
    for kind in POWER_KINDS:
        rows = study.site.rows_of(kind, subject)
        yield from _first(Input(kind, "efficiency", rows, rows < 0))


def _first(told: Input) -> Iterator[Input]:
    """Return the first row of a figure that is not known, as that of the only row of the rule."""
    lacks = np.flatnonzero(~told.known & (told.rows >= 0))[:1]
    if len(lacks):
        yield Input(told.kind, told.column, told.rows[lacks], told.known[lacks])
