"""load -> study -> check -> change, composed once; front door, batch and server call these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from twin.arrays.compile import Arrays, compile_site
from twin.catalog.profile import profile
from twin.checks.discover import chosen
from twin.checks.engine import check as judge
from twin.checks.result import Report
from twin.errors import InputError, Problem, near, shown
from twin.files.load import load as read
from twin.model.change import Change, Conditions, Mode, Scenario
from twin.model.layout import Layout, ListTable
from twin.model.racks import PENDING
from twin.site.assume import expire
from twin.site.build import build
from twin.site.change import change as change_site
from twin.site.faults import Fault
from twin.site.feeding import hold_feeding
from twin.site.fits import hold
from twin.site.site import Site
from twin.solve.study import Study

if TYPE_CHECKING:
    from twin.files.loaded import Loaded
    from twin.files.origins import Origins


def load(path: str | Path, notice: str | Path | None = None) -> Site:
    """Read a layout and build its site.

    Parameters
    ----------
    path
        A layout file.
    notice
        A ship notice (CSV or workbook): its racks are delivered to what the layout describes.

    Raises
    ------
    InputError
        Everything that is wrong with the files, at once, with file, line and key.
    """
    loaded = read(path)
    return build_loaded(loaded, notice)


def build_loaded(loaded: Loaded, notice: str | Path | None = None) -> Site:
    """Build the site of files that were read, and tell cross-references that do not hold."""
    layout: Layout = loaded.layout
    lists: Sequence[ListTable] = loaded.lists
    delivered: frozenset[str] = frozenset()
    origins, problems = loaded.origins, list[Problem]()
    if notice is not None:
        from twin.files.notice import look

        seen = look(notice, loaded.catalog)
        origins, problems = origins.with_lists(seen.lists), list(seen.problems)
        tables = [listed.table for listed in seen.lists]
        layout, lists = _standing(layout, lists)
        lists = [*lists, *tables]
        delivered = frozenset(i for t in tables if t.kind == "rack" for i in t.ids.tolist())
    limits = profile(layout.profile)
    site, faults = build(layout, lists, loaded.catalog, limits, str(loaded.path), delivered)
    told = {_spot(p) for p in problems}
    problems += [p for p in (_problem(origins, f) for f in faults) if _spot(p) not in told]
    if problems:
        raise InputError(sorted(problems, key=lambda p: (p.file, p.line or 0, p.row or 0)))
    return site


def _standing(layout: Layout, lists: Sequence[ListTable]) -> tuple[Layout, list[ListTable]]:
    """Leave out racks that are only planned or reserved: a ship notice meets what stands."""
    racks = {k: r for k, r in layout.racks.items() if r.state not in PENDING}
    empty: dict[str, object] = {"type": None, "positions": []}
    deliveries = {
        k: d.model_copy(update=empty) if d.state in PENDING else d
        for k, d in layout.deliveries.items()
    }
    kept = []
    for table in lists:
        stands = np.ones(len(table.ids), dtype=bool)
        if table.kind == "rack":
            state = table.columns.get("state", np.full(len(table.ids), PENDING[0]))
            stands = ~np.isin(np.asarray(state, dtype=np.str_), ["", *PENDING])
        columns = {k: v[stands] for k, v in table.columns.items()}
        rows = table.rows[stands] if len(table.rows) == len(stands) else table.rows
        kept.append(replace(table, ids=table.ids[stands], columns=columns, rows=rows))
    return layout.model_copy(update={"racks": racks, "deliveries": deliveries}), kept


def _spot(problem: Problem) -> tuple[object, ...]:
    """Return where a problem stands: what reading has told, building need not tell again."""
    return problem.file, problem.line, problem.sheet, problem.row, problem.key


def _problem(origins: Origins, fault: Fault) -> Problem:
    place = origins.place(fault.kind, fault.id, fault.column)
    return Problem(
        file=place.file,
        line=place.line,
        sheet=place.sheet,
        row=place.row,
        key=place.key,
        value=fault.value,
        message=fault.message,
        expected=fault.expected,
        near=fault.near,
    )


def study(site: Site, scenario: Scenario | None = None, like: Arrays | None = None) -> Study:
    """Compile a site under one scenario; `like` lends its topology where the shape is the same."""
    scenario = scenario or Scenario()
    changed = change_site(site, scenario.changes) if scenario.changes else site
    hold_feeding(changed, scenario.changes)
    day = scenario.conditions.date
    standing = changed if day is None else expire(changed, day)
    return Study(compile_site(standing, like), scenario.conditions, scenario.lost)


def study_of(site: Site, day: date | str | None, mode: Mode, losses: Literal[0, 1, 2]) -> Study:
    """Compile a site on a day, under a load, for those who ask for no verdict."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    conditions = Conditions(date=when, mode=mode, losses=losses, scope=frozenset(site.scope))
    scenario = Scenario(conditions=conditions)
    _possible(site, scenario)
    return study(site, scenario)


def check(
    site: Site,
    scenario: Scenario | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Report:
    """Judge every rack of a site; `select` and `ignore` are told in the report's conditions."""
    scenario = scenario or Scenario(conditions=Conditions(scope=frozenset(site.scope)))
    asked = replace(scenario.conditions, select=tuple(select), ignore=tuple(ignore))
    scenario = replace(scenario, conditions=asked)
    _possible(site, scenario)
    one = study(site, scenario)
    return judge(one, chosen(sorted(asked.scope), asked.select, asked.ignore))


def _possible(site: Site, scenario: Scenario) -> None:
    """Tell conditions that do not exist: a loss that is none must not pass as survived."""
    asked = scenario.conditions
    wrong = [
        Problem("", key=key, value=value, message=f"{shown(value)} is not known", near=guess,
                expected=f"write one of {', '.join(map(str, known))}")
        for key, value, known, guess in (
            ("mode", asked.mode, get_args(Mode), near(str(asked.mode), get_args(Mode))),
            ("losses", asked.losses, (0, 1, 2), None),
        )
        if value not in known
    ]  # fmt: skip
    if asked.trip is not None and not asked.trip > 0:
        told = "is no multiple of a setting"
        wrong.append(Problem("", key="trip", value=asked.trip, message=told,
                             expected="write a number above 0, as in 1.0"))  # fmt: skip
    names = set(site.names.tolist()) if scenario.lost else set()
    wrong += [
        Problem("", key="lost", value=name, message=f"there is no {shown(name)}",
                expected="write kind:id, as in busway:R1A", near=near(name, names))
        for name in scenario.lost
        if name not in names
    ]  # fmt: skip
    if wrong:
        raise InputError(wrong)


def change(site: Site, changes: Sequence[Change] | dict[str, object]) -> Site:
    """Return the site with changes made; a dict maps paths to values to set."""
    if isinstance(changes, dict):
        changes = [Change("set", path, value) for path, value in changes.items()]
    for one in changes:  # one by one: a later one may change what an earlier one adds
        hold(site.tables, one)
        site = change_site(site, [one])
    hold_feeding(site, changes)
    return site
