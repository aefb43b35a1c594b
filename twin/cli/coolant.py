"""`twin coolant`: the papers for the floor of a layout's loops, and what was measured."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twin.cli import options, write
from twin.cli.check import loaded
from twin.cli.terminal import step, width
from twin.errors import Exit, InputError, Problem

if TYPE_CHECKING:
    from twin.solve.study import Study

MEASURED = "measured.csv"


@click.command("coolant", short_help="Write the papers for balancing, filling and flushing.")
@click.argument("layout")
@click.option("-o", "--output", metavar="DIR",
              help="Folder of the papers, made where there is none; without it they are "
              "told.")  # fmt: skip
@click.option("--measured", metavar="FILE",
              help="A balancing sheet with measured flows (CSV, xlsx): compare them.")  # fmt: skip
@click.option("--tolerance", metavar="SHARE", default=0.1, show_default=True,
              type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
              help="With --measured: how far a flow may be from what is expected.")  # fmt: skip
@options.conditions
def verb(
    *,
    layout: str,
    output: str | None,
    measured: str | None,
    tolerance: float,
    deliveries: str | None,
    changes: tuple[tuple[str, object], ...],
    day: date | None,
    mode: options.Mode,
    losses: options.Losses,
) -> int:
    """Tell what the floor needs of loops and plants whose pipes are described, or write it.

    balancing.csv (valve settings, with columns to fill in), set_points.csv, pipes.csv, sizes.csv,
    fill.csv and flush.csv; plants.csv, and facility.csv where pipes of a plant are described;
    index.html leads to all. A cell that is not known is empty, and `missing` names the fields.

    With --measured also measured.csv: each rack's flow against what was expected.

    Ends with 1 where a loop or plant cannot be solved, or a measured rack starves, is off or is
    unknown.
    """
    from twin import pipeline
    from twin.report.coolant import papers, unsolved
    from twin.report.coolant_index import NAME, index
    from twin.report.coolant_text import text

    site = loaded(layout, deliveries, changes)
    with step(f"solving {site.name}"):
        study = pipeline.study_of(site, day, mode, losses)
        texts = papers(study)
    bad = False
    for kind, name, why in unsolved(study):
        click.echo(f"{kind} {name} cannot be solved: {why}", err=True)
        bad = True
    said: list[str] = []
    if measured is not None:
        texts[MEASURED], said, whole = _compared(study, measured, tolerance)
        bad |= not whole
    if output is None:
        click.echo(text(study, width()), nl=False)
    else:
        folder = _folder(output)
        texts[NAME] = index(study, texts, said[0] if said else "")
        for name, table in texts.items():
            click.echo(str(write.text(folder / name, table)))
    for line in said:
        click.echo(line)
    return Exit.NOT_FEASIBLE if bad else Exit.FEASIBLE


def _compared(study: Study, measured: str, tolerance: float) -> tuple[str, list[str], bool]:
    """Return the comparison as a table and in words, and whether all racks are within."""
    from twin.files.measured import read_measured
    from twin.report import coolant_racks as racks
    from twin.report.tables import written

    filled = read_measured(measured, racks.racks_on_paper(study))
    found = racks.compare(study, filled, tolerance)
    table = written(racks.MEASURED, racks.measured_rows(found))
    whole = all(c.found is racks.Found.WITHIN for c in found)
    return table, racks.told(found, tolerance), whole


def _folder(path: str) -> Path:
    """Return a folder, made where there is none."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        message = f"cannot be made: {why[:1].lower()}{why[1:]}"
        expected = "name a folder that you may write to"
        raise InputError(Problem(path, message=message, expected=expected)) from error
    return folder
