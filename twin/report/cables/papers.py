"""Papers for the floor of cables as tables of comma-separated values, or together as a workbook.

``twin-cables/1``: units in the names of the columns. A cell that is not known is empty, and
`missing` says what cannot be, and the fields that nobody states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from twin.errors import InputError, Problem
from twin.report.cables.bom import BOM, CORDS, OPTICS, bom_rows, cord_rows, optic_rows
from twin.report.cables.bom import trunk_rows as trunks_to_buy
from twin.report.cables.patching import PANELS, TRUNKS, panel_rows, trunk_rows
from twin.report.cables.pulls import BUNDLES, PULLS, bundle_rows, pull_rows
from twin.report.cables.rows import CABLES, cable_rows
from twin.report.tables import Value, sheets, written
from twin.solve.cabling.cords.cables import cables
from twin.solve.study import Study

SCHEMA = "twin-cables/1"
Rows = Iterable[Sequence[Value]]


def papers(
    study: Study, template: str | None = None, only: Iterable[str] | None = None
) -> dict[str, str]:
    """Return the text of each paper by the name of its file.

    Parameters
    ----------
    study
        A site under its conditions; its day says which cords stand.
    template
        Text of one end of a label, as `twin.model.label.checked` takes it.
    only
        Names of the papers that are asked for; None: all.

    Raises
    ------
    InputError
        There is no cable, the template is wrong, or two cords would bear the same label.
    """
    some(study)
    tables: dict[str, tuple[Sequence[str], Callable[[], Rows]]] = {
        "cables.csv": (CABLES, lambda: cable_rows(study, template)),
        "bom.csv": (BOM, lambda: bom_rows(study)),
        "pulls.csv": (PULLS, lambda: pull_rows(study)),
        "bundles.csv": (BUNDLES, lambda: bundle_rows(study)),
        "trunks.csv": (TRUNKS, lambda: trunk_rows(study)),
        "panels.csv": (PANELS, lambda: panel_rows(study, template)),
    }
    names = tables if only is None else only
    return {name: written(tables[name][0], tables[name][1]()) for name in names}


def workbook(study: Study, template: str | None = None) -> bytes:
    """Return all papers as a workbook: cables, bom, optics, pulls, bundles, trunks, panels.

    Raises
    ------
    InputError
        As `papers`.
    """
    some(study)
    tables: tuple[tuple[str, Sequence[str], Callable[[], Rows]], ...] = (
        ("cables", CABLES, lambda: cable_rows(study, template)),
        ("bom", CORDS, lambda: chain(cord_rows(study), trunks_to_buy(study))),
        ("optics", OPTICS, lambda: optic_rows(study)),
        ("pulls", PULLS, lambda: pull_rows(study)),
        ("bundles", BUNDLES, lambda: bundle_rows(study)),
        ("trunks", TRUNKS, lambda: trunk_rows(study)),
        ("panels", PANELS, lambda: panel_rows(study, template)),
    )
    return sheets((title, header, rows()) for title, header, rows in tables)


def some(study: Study) -> None:
    """Raise where a site has no cable on its day; trunks and their schedule are there on any."""
    if len(study(cables)) or len(study.table("trunk")):
        return
    day = study.conditions.date
    when = "" if day is None else f" on {day.isoformat()}"
    expected = "describe data.fabrics, or name switches at positions"
    if day is not None and len(study.table("drop")):
        expected = "write a later day, or leave --date out"
    message = f"no network cable stands{when}"
    raise InputError(Problem("", key="data", message=message, expected=expected))
