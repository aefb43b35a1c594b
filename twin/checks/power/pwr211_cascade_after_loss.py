"""PWR211: breakers that open one after the other once something is lost, and who goes dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Budget, Input, Measure
from twin.checks.rule import rule
from twin.model.base import FEEDERS
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.load import rack_load
from twin.solve.losses.asked import classes
from twin.solve.losses.cascade import Cascades, cascade, heaviest
from twin.solve.losses.cases import cases
from twin.solve.losses.devices import Carried, carried, devices, loads_kw
from twin.solve.losses.follow import Run, limits_a
from twin.solve.losses.states import states_of
from twin.solve.power.shares import shares_in
from twin.solve.study import Study

_MANY = 4
"""Devices that are named in a sequence; of more, how many."""


@rule(
    "PWR211",
    role="gate",
    severity="error",
    unit="A",
    message=(
        "breakers open one after the other{lost}: {owner}; the first carries {demand} A, {limit} A "
        "holds; {fit} of {on} racks fit"
    ),
    fix=(
        "raise breaker_a of the first so that {demand} A holds, move {shortfall} A to another run, "
        "or have a cap hold sooner (within_s in policy.losses)"
    ),
    source="no cascade: only devices that trip open, each inside the time band of its standard",
)
def cascade_after_loss(study: Study) -> Iterator[Measure | Budget]:
    """Breakers open one after the other once something is lost, and racks go dark.

    Why it matters
    --------------
    The loss of one side is survived only if what is left holds. A breaker that opens under the load
    of the other side sends it on to a third one, or leaves racks dark that the first loss had
    spared.

    Method
    ------
    After each case that the policy names the loads stand as they are before any cap, in the
    currents that PWR101 knows, losses as there. Of the
    breakers above what they must hold, the one opens whose time is over first, its load moves, and
    the loads are taken anew; heat taken up before counts, and a cap that holds before a breaker
    opens relieves it. This is done with every breaker at its soonest and at its latest time by its
    standard (the code profile's, that which `trip` names, or its maker's band). Racks that are dark
    at both ends, and that the policy asks to stay up, fail by rank against the setting of what
    opens first. Where only one end leaves them dark the breakers may open: that warns, or is not
    known where a cap is to save them. With `trip` given as a number of the conditions all above
    so many times their setting open at once, again and again.

    Worked number: two boards under UL 489 with breakers of 1,000 A, at 700 A each before and
    1,400 A after the loss of one side: the other opens at the soonest after
    18 x (1 - 0.7^2) / 1.4^2 = 4.7 s and at the latest after 2 h.

    Does not cover
    --------------
    Short-time, instantaneous and earth-fault elements, UPS and fuses (a UPS: PWR216), coordination
    of devices in series beyond that the one nearer to the racks goes first at equal times, shelves
    that are overloaded by what opens, loads that nobody knows (PWR101), gear on taps, and cooling.

    See also
    --------
    PWR101, PWR202, PWR216.
    """
    if not len(study(devices).node):
        return
    found = study(cascade)
    yield from _held(study, found)
    sure, may = _asked_for(study, found, found.surely), _asked_for(study, found, found.maybe)
    capped = (study(cases).keep_by[found.case] < 1.0).any(axis=1)
    for wanted, judged, blind in (
        (sure, False, False),
        (may & ~sure & ~capped, True, False),
        (may & ~sure & capped, False, True),
    ):
        if wanted.any():
            yield from _budgets(study, found, np.flatnonzero(wanted), judged=judged, blind=blind)


def _asked_for(study: Study, found: Cascades, pairs: IntArray) -> BoolArray:
    """(S,) cases in which a rack goes dark of which the policy asks something."""
    of_rack = study(classes).of_rack[pairs[:, 1]]
    asked = study(cases).asked_by[found.case[pairs[:, 0]], of_rack]
    out = np.zeros(len(found.case), dtype=bool)
    out[pairs[asked, 0]] = True
    return out


def _held(study: Study, found: Cascades) -> Iterator[Measure]:
    """Breakers of feeders that nothing overloads: the most they carry against what they hold."""
    known, topology = study(devices), study.arrays.topology.power
    load, case = study(heaviest)
    opened = np.concatenate([found.soonest.node, found.latest.node])
    calm = ~np.isin(known.node, opened) & (load <= limits_a(study))
    calm &= known.node < topology.feeders
    for kind, rows in _by_kind(study, known.node[calm] + topology.first):
        at = np.flatnonzero(calm)[rows]
        yield Measure(
            kind=kind, subject=known.node[at] + topology.first - study.site.first[kind],
            demand=load[at], limit=limits_a(study)[at], case=case[at],
            owner="breaker of the layout",
        )  # fmt: skip


def _all(study: Study, states: int) -> FloatArray:
    return np.ones((states, study(cases).keep_by.shape[1]))


def _by_kind(study: Study, subjects: IntArray) -> Iterator[tuple[str, IntArray]]:
    """Kinds of subjects, and which of them are of each."""
    for kind in study.site.tables:
        rows = np.flatnonzero(study.site.rows_of(kind, subjects) >= 0)
        if len(rows):
            yield kind, rows


def _budgets(
    study: Study, found: Cascades, places: IntArray, *, judged: bool, blind: bool
) -> Iterator[Budget]:
    """Rows (what is lost, breaker that is above its setting at first), per kind of what is lost."""
    table, first = study(cases), study.arrays.topology.power.first
    rows = found.case[places]
    state = states_of(study, table, rows, np.full((len(rows), 1), -1), _all(study, len(rows)))
    load = carried(study, shares_in(study, state, whole=True), state)
    limit = limits_a(study)
    hit = np.flatnonzero(load.amps > limit[load.device] * (1.0 + 1e-12))
    hit = hit[np.isin(load.device[hit], _opened(study, found))]
    # With nothing lost the loads are the healthy ones; it is the first case if it is one.
    still = np.flatnonzero((load.healthy_a > limit) & (rows[0] == 0))
    place = np.concatenate([places[load.case[hit] - 1], np.full(len(still), places[0])])
    device = np.concatenate([load.device[hit], still])
    row = np.concatenate([hit, np.full(len(still), -1)])
    origin = table.origin[found.case[place]]
    subject = np.where(origin >= 0, origin, study(devices).node[device] + first)
    told = [_told(study, found, int(p)) for p in places]
    words = np.array([told[int(np.searchsorted(places, p))] for p in place])
    for kind, mine in _by_kind(study, subject):
        budget = _rows(study, load, row[mine], device[mine])
        subjects = subject[mine] - study.site.first[kind]
        n = len(budget.limit) - len(mine)
        budget = replace(
            budget, kind=kind, judged=judged,
            subject=np.concatenate([subjects, np.full(n, subjects[0])]),
            case=np.concatenate([found.case[place[mine]], np.zeros(n, np.int64)]),
            owner=np.concatenate([words[mine], np.full(n, "")]),
            # A healthy row is only there to be added to: it has no margin of its own.
            scale=np.where(np.isinf(budget.limit), np.nan, budget.limit),
        )  # fmt: skip
        yield _without_figures(study, budget, device[mine]) if blind else budget


def _opened(study: Study, found: Cascades) -> IntArray:
    """Devices that open in some case."""
    node = np.unique(np.concatenate([found.soonest.node, found.latest.node]))
    return np.asarray(study(devices).of_node[node])


def _rows(study: Study, load: Carried, row: IntArray, device: IntArray) -> Budget:
    """Budget of rows (case, device), after them the devices as they are with nothing lost.

    A tap's row says all that it carries; a feeder's says what moved onto its healthy row.
    """
    n, racks = len(row), len(study.table("rack"))
    own, at = np.unique(device, return_inverse=True)
    known, topology = study(devices), study.arrays.topology.power
    feeder = known.node[device] < topology.feeders
    order = np.argsort(load.row, kind="stable")
    low = np.searchsorted(load.row[order], row, side="left")
    count = np.searchsorted(load.row[order], row, side="right") - low
    count[row < 0] = 0
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    entry = order[np.repeat(low, count) + within]
    of_row = np.repeat(np.arange(n), count)
    was = np.flatnonzero(np.isin(load.before[0], own))
    loads = np.concatenate([load.load[entry], load.before[1][was]])
    rows = np.concatenate([of_row, n + np.searchsorted(own, load.before[0][was])])
    values = np.concatenate([load.coefficient[entry], load.before[2][was]])
    of_rack = loads < racks
    base = np.bincount(
        rows[~of_rack], values[~of_rack] * loads_kw(study)[loads[~of_rack]], minlength=n + len(own)
    )
    return Budget(
        kind="", subject=np.empty(0, np.int64), case=np.empty(0, np.int64),
        limit=np.concatenate([limits_a(study)[device], np.full(len(own), np.inf)]),
        base=base.astype(float), rack=loads[of_rack], row=rows[of_rack],
        coefficient=values[of_rack], amount=study(rack_load),
        onto=np.concatenate([np.where(feeder | (row < 0), n + at, -1), np.full(len(own), -1)]),
        rack_inputs=(*load_figures(study), rack_figure(study, "power_factor")),
    )  # fmt: skip


def _without_figures(study: Study, budget: Budget, device: IntArray) -> Budget:
    """Return a budget that nobody knows: whether the breakers open before the cap holds."""
    first, n = study.arrays.topology.power.first, len(device)
    node = study(devices).node[device] + first
    inputs = []
    for kind in (*FEEDERS, "tap"):
        rows = np.full(len(budget.limit), -1, dtype=np.int64)
        rows[:n] = study.site.rows_of(kind, node)
        if (rows >= 0).any():
            inputs.append(Input(kind, "trip", rows, rows < 0))
    base = budget.base.copy()
    base[:n] = np.nan
    # What fails with nothing lost is told elsewhere; here the rows say only that nobody knows.
    limit = np.where(np.arange(len(budget.limit)) < n, np.inf, budget.limit)
    return replace(budget, base=base, limit=limit, row_inputs=tuple(inputs))


def _told(study: Study, found: Cascades, place: int) -> str:
    """Say in words what opens after a case, in order and when, and how many go dark."""
    names = study.site.names[_sequence(found, place) + study.arrays.topology.power.first].tolist()
    said = [
        f"{str(name).replace(':', ' ')} after {_span(found, place, i)}"
        for i, name in enumerate(names[:_MANY])
    ]
    if len(names) > _MANY:
        said.append(f"{len(names) - _MANY} more")
    sure = int((found.surely[:, 0] == place).sum())
    maybe = int((found.maybe[:, 0] == place).sum())
    dark = [f"{sure} racks go dark"] if sure else []
    dark += [f"{maybe} racks may go dark"] if maybe else []
    return ", then ".join(said) + "; " + ", ".join(dark)


def _sequence(found: Cascades, place: int) -> IntArray:
    """Nodes that open, in the order in which they do at the soonest."""
    return _run(found, place).sequence(place)[0]


def _run(found: Cascades, place: int) -> Run:
    soonest = found.soonest
    some = soonest.ptr[place + 1] > soonest.ptr[place]
    return soonest if some else found.latest


def _span(found: Cascades, place: int, i: int) -> str:
    """From the soonest to the latest time of the i-th that opens."""
    nodes, at = _run(found, place).sequence(place)
    others, later = found.latest.sequence(place)
    hit = np.flatnonzero(others == nodes[i])
    end = f"to {_time(later[hit[0]])}" if len(hit) else "or never"
    return f"{_time(at[i])} {end}"


def _time(seconds: float) -> str:
    """Seconds up to two minutes, minutes up to two hours, then hours."""
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.2g} s"
