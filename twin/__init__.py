"""A digital twin for the buildout of AI data centers: a verdict for every delivered rack.

>>> import twin
>>> site = twin.load("hall.toml")  # doctest: +SKIP
>>> report = twin.check(site)  # doctest: +SKIP
>>> report.worst(10)  # doctest: +SKIP

This is the front door: it holds no logic, and what it calls is imported when it is called.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Date  # noqa: N812 - `date` is the parameter that users write
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from twin.catalog import Catalog
    from twin.checks.result import Finding, Gap, Report, State
    from twin.errors import (
        ChangeError,
        Exit,
        InputError,
        MissingTool,
        Problem,
        SolveError,
        TwinError,
    )
    from twin.model.change import Change, Conditions, Scenario
    from twin.site.site import Site

    __version__: str

__all__ = [
    "Catalog", "Change", "ChangeError", "Conditions", "Exit", "Finding", "Gap", "InputError",
    "MissingTool", "Problem", "Report", "Scenario", "Site", "SolveError", "State", "TwinError",
    "__version__", "cables", "change", "check", "coolant", "explain", "export", "gaps", "load",
    "products", "view",
]  # fmt: skip

_HOMES = {
    "Catalog": "twin.catalog",
    "Finding": "twin.checks.result",
    "Gap": "twin.checks.result",
    "Report": "twin.checks.result",
    "State": "twin.checks.result",
    "ChangeError": "twin.errors",
    "Exit": "twin.errors",
    "InputError": "twin.errors",
    "MissingTool": "twin.errors",
    "Problem": "twin.errors",
    "SolveError": "twin.errors",
    "TwinError": "twin.errors",
    "Change": "twin.model.change",
    "Conditions": "twin.model.change",
    "Scenario": "twin.model.change",
    "Site": "twin.site.site",
}


def __getattr__(name: str) -> object:
    """Import a class when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("twin")
    if name not in _HOMES:
        raise AttributeError(f"module 'twin' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return what there is for users."""
    return sorted(__all__)


def load(path: str | PathLike[str], deliveries: str | PathLike[str] | None = None) -> Site:
    """Read a layout and build its site.

    Parameters
    ----------
    path
        A layout file.
    deliveries
        A ship notice (CSV or workbook) whose racks are judged against what the layout describes.

    Raises
    ------
    InputError
        Everything that is wrong with the files, at once, each with file, line and key.
    """
    from pathlib import Path

    from twin import pipeline
    from twin.report.notebook import attach

    attach()
    return pipeline.load(Path(path), None if deliveries is None else Path(deliveries))


def check(  # noqa: PLR0913 - each a condition that users name
    site: Site,
    date: Date | str | None = None,
    mode: Literal["nameplate", "provisioned", "measured", "today"] = "provisioned",
    losses: Literal[0, 1, 2] = 1,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    lost: Iterable[str] = (),
    trip: float | None = None,
) -> Report:
    """Judge every delivered rack of a site.

    Parameters
    ----------
    site
        What stands where.
    date
        The day, as a date or "2027-05-03"; None: everything that is planned stands.
    mode
        Which load of the racks counts.
    losses
        1: also after each single loss that the layout's policy names; 2: also after any two
        within one group.
    select, ignore
        Codes of rules, or how they begin.
    lost
        Elements, as kind:id, each of which is lost in a case of its own, whatever the policy asks
        and beside the cases that it names. What is away in every case is out by a window.
    trip
        Every device above so many times its setting opens at once, as a crude worst case; None: by
        the band of its curve, soonest and latest.
    """
    from twin import pipeline
    from twin.model.change import Conditions, Scenario

    day = Date.fromisoformat(date) if isinstance(date, str) else date
    select, ignore = (((s,) if isinstance(s, str) else s) for s in (select, ignore))
    conditions = Conditions(
        date=day, mode=mode, losses=losses, trip=trip, scope=frozenset(site.scope)
    )
    scenario = Scenario(lost=tuple(lost), conditions=conditions)
    return pipeline.check(site, scenario, select, ignore)


def change(site: Site, changes: Mapping[str, object] | Sequence[Change]) -> Site:
    """Return the site with changes made.

    Parameters
    ----------
    site
        The site as it is; it stays so.
    changes
        Dotted paths with the values to set, as in ``{"power.busways.*.rating_a": 1600}``, or
        changes that also scale, add and remove.

    Raises
    ------
    ChangeError
        A path that matches nothing, or a value that does not fit.
    """
    from twin import pipeline

    return pipeline.change(site, dict(changes) if isinstance(changes, Mapping) else changes)


def view(  # noqa: PLR0913 - each a condition that users name
    site: Site,
    report: Report | None = None,
    path: str | PathLike[str] | None = None,
    by: Literal["margin", "verdict", "type", "state"] = "margin",
    day: Date | None = None,
    what: Literal["plan", "one-line", "loop", "cdu-capacity", "trays", "way"] = "plan",
    lost: str | None = None,
    *,
    loop: str | None = None,
    cable: str | None = None,
    label: str | None = None,
) -> Any:  # noqa: ANN401 - the path written, or what a notebook displays
    """Show a site, or write its picture.

    Parameters
    ----------
    site
        What stands where.
    report
        What the check said; None: nothing is judged.
    path
        ``.svg`` floor plan, ``.html`` 3D page, ``.png`` picture; None shows a window, or in a
        notebook the picture in the cell.
    by
        What the colours show.
    day
        Only the racks that stand on this day.
    what
        The floor; the power chain as a one-line diagram; coolant loops as solved; racks that each
        CDU carries (``.svg``, or a drawing for a notebook). Trays by their fill; the way of a
        cable.
    lost
        For the one-line diagram and loops: an element, by its id or as kind:id, after whose loss
        switches or flows are drawn.
    loop
        The loop that is drawn; None: every one whose pipes are described.
    cable
        For the way: a label of a cord, one of its ends, a bundle by its number, 12 or bundle:12, or
        a trunk by its id, TA or trunk:TA.
    label
        Text of one end of that label, with fields in braces; None: the layout's (data.label).
    """
    from pathlib import Path

    from twin.views.view import view as show

    file = None if path is None else Path(path)
    return show(site, report, file, by, day, what, lost, loop=loop, cable=cable, label=label)


def coolant(
    site: Site,
    date: Date | str | None = None,
    mode: Literal["nameplate", "provisioned", "measured", "today"] = "provisioned",
    losses: Literal[0, 1, 2] = 1,
) -> dict[str, str]:
    """Return the papers for the floor of every loop whose pipes are described.

    Parameters
    ----------
    site
        What stands where.
    date, mode, losses
        As in `check`.

    Returns
    -------
    papers
        Text of each table (CSV) by the name of its file: balancing, set-points, pipes, sizes, fill
        and flush sections; set-points of plants, and facility water where they have pipes.

    Raises
    ------
    InputError
        No loop says how its pipes run.
    """
    from twin import pipeline
    from twin.report.coolant import papers

    return papers(pipeline.study_of(site, date, mode, losses))


def cables(
    site: Site,
    date: Date | str | None = None,
    mode: Literal["nameplate", "provisioned", "measured", "today"] = "provisioned",
    *,
    label: str | None = None,
) -> dict[str, str]:
    """Return the papers for the floor of all network cables.

    Parameters
    ----------
    site
        What stands where.
    date
        The cords that stand on this day, as a date or "2027-05-03"; None: all that are planned.
    mode
        As in `check`.
    label
        Text of one end of a label, with fields in braces; None: the layout's (data.label), else
        hall, position, unit and port.

    Returns
    -------
    papers
        Text of each table (CSV) by the name of its file: cables, bill of materials, pulls, bundles.

    Raises
    ------
    InputError
        There is no cable, the template is wrong, or two cords would bear the same label.
    """
    from twin import pipeline
    from twin.report.cables.papers import papers

    study = pipeline.study_of(site, date, mode, 0)
    return papers(study, label)


def export(
    site: Site,
    loop: str | None = None,
    date: Date | str | None = None,
    mode: Literal["nameplate", "provisioned", "measured", "today"] = "provisioned",
) -> str:
    """Return a loop or plant as an input file that EPANET 2.2 solves to the same flows.

    Parameters
    ----------
    site
        What stands where.
    loop
        Its id; None: the only loop whose pipes are described.
    date, mode
        As in `check`; the loop is written as it runs healthy.

    Raises
    ------
    InputError
        There is no such loop, or its pipes are not described.
    SolveError
        The loop is described and cannot be solved.
    """
    from twin import pipeline
    from twin.exchange.epanet import inp
    from twin.exchange.epanet_state import solved

    study = pipeline.study_of(site, date, mode, 0)
    return inp(study, solved(study, loop))


def gaps(report: Report) -> list[Gap]:
    """Return the missing fields: those that alone would decide most racks first."""
    from twin.report.gaps import ranked

    return ranked(report)


def explain(code: str | None = None) -> str:
    """Return the page of a rule, or the table of a family or of all rules, as text."""
    from twin.checks.discover import all_rules
    from twin.report.explain import explain as page

    return page(all_rules(), code)


def products() -> Catalog:
    """Return the products that twin ships; each figure has a source."""
    from twin.catalog import shipped

    return shipped()
