"""`twin cables`: the papers for the floor of a layout's network cables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twin.cli import options, write
from twin.cli.check import loaded
from twin.cli.terminal import step, width
from twin.errors import Exit

if TYPE_CHECKING:
    from twin.report.tables import Value
    from twin.solve.study import Study

_TABLES = (".csv", ".xlsx")


@click.command("cables", short_help="Write the list of cables, labels, what to buy and to pull.")
@click.argument("layout")
@click.option("-o", "--output", metavar="FILE",
              help=".csv the list of cables; .xlsx with what to buy, pulls, bundles, trunks and "
              "panels; without it a summary is told.")  # fmt: skip
@click.option(
    "--label",
    "template",
    metavar="TEMPLATE",
    help="Text of one end of a label, with fields in braces: hall, position, rack, unit, "
    "device, port, cage, lane, fabric, tier, plane, number. The far end follows. "
    "Default: data.label of the layout, else {hall}.{position}-{unit}:{port}.",
)
@click.option("--netbox", metavar="FILE", help=".csv of cables as NetBox imports it.")
@click.option("--points", metavar="FILE",
              help=".csv or .xlsx of links from port to port, as NVIDIA's cable validation tool "
              "reads it.")  # fmt: skip
@click.option("--bom", metavar="FILE", help=".csv of what to buy.")
@click.option("--pulls", metavar="FILE", help=".csv of what is pulled in which week, way by way.")
@click.option(
    "--trunks",
    metavar="FILE",
    help=".csv of trunks: both panels, gender, polarity, connectors used and free, length, way.",
)
@click.option(
    "--panels",
    metavar="FILE",
    help=".csv of ports of panels: the cord in front of each, what is behind it and where it ends.",
)
@click.option("--sections", metavar="FILE",
              help=".svg of each tray at its fullest place, every cable to scale.")  # fmt: skip
@click.option("--lengths", metavar="FILE",
              help=".svg of lengths: what is needed against what is bought.")  # fmt: skip
@options.conditions
def verb(
    *,
    layout: str,
    output: str | None,
    template: str | None,
    netbox: str | None,
    points: str | None,
    bom: str | None,
    pulls: str | None,
    trunks: str | None,
    panels: str | None,
    sections: str | None,
    lengths: str | None,
    deliveries: str | None,
    changes: tuple[tuple[str, object], ...],
    day: date | None,
    mode: options.Mode,
    losses: options.Losses,
) -> int:
    """List every network cable with a label at both ends, its parts, its length, its way and turn.

    Cables of fabrics are listed from port to port. Switches that positions name by hand say how
    many cables there are, not on which ports: those have a row for each bundle.

    Ends with 1 where some link has no medium or no way, or one of both is not known.
    """
    from twin import pipeline
    from twin.model.label import checked
    from twin.report.cables.papers import papers, some, workbook
    from twin.report.cables.text import by_hand, text, whole
    from twin.solve.cabling.cords.labels import labels

    label = None if template is None else checked(template)
    table = output is not None and write.kind_of(output, _TABLES) == ".csv"
    asked = {
        "cables.csv": output if table else None, "bom.csv": bom, "pulls.csv": pulls,
        "trunks.csv": trunks, "panels.csv": panels,
    }  # fmt: skip
    only_csv, only_svg = (".csv",), (".svg",)
    for file, kinds in (
        (netbox, only_csv), (points, _TABLES), (bom, only_csv), (pulls, only_csv),
        (trunks, only_csv), (panels, only_csv),
        (sections, only_svg), (lengths, only_svg),
    ):  # fmt: skip
        if file is not None:
            write.kind_of(file, kinds)
    site = loaded(layout, deliveries, changes)
    with step(f"cabling {site.name}"):
        study = pipeline.study_of(site, day, mode, losses)
        # All that can be wrong is told before anything is written.
        some(study)
        labels(study, label)
        texts = papers(study, label, [name for name, file in asked.items() if file is not None])
    said = [write.text(file, texts[name]) for name, file in asked.items() if file is not None]
    if output is not None and not table:
        said.append(write.raw(output, workbook(study, label)))
    others: tuple[tuple[str | None, Callable[[Study, str, str | None], Path]], ...] = (
        (netbox, _netbox), (points, _points), (sections, _sections), (lengths, _lengths),
    )  # fmt: skip
    said += [make(study, file, label) for file, make in others if file is not None]
    for path in said:
        click.echo(str(path))
    if (ports := [file for file in (netbox, points) if file is not None]) and (
        left := by_hand(study)
    ):
        click.echo(f"left out of {' and '.join(ports)}: {left}", err=True)
    if not said:
        click.echo(text(study, width()), nl=False)
    return Exit.FEASIBLE if whole(study) else Exit.NOT_FEASIBLE


def _netbox(study: Study, file: str, label: str | None) -> Path:
    from twin.exchange.netbox import COLUMNS, rows

    return _table(file, COLUMNS, rows(study, label))


def _points(study: Study, file: str, _: str | None) -> Path:
    from twin.exchange.cvt import COLUMNS, rows

    return _table(file, COLUMNS, rows(study))


def _sections(study: Study, file: str, _: str | None) -> Path:
    from twin.views.cabling.sections import section_sheet

    return write.text(file, section_sheet(study))


def _lengths(study: Study, file: str, _: str | None) -> Path:
    from twin.views.cabling.lengths import length_sheet

    return write.text(file, length_sheet(study))


def _table(file: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Path:
    """Write one table for another program as its suffix says."""
    from twin.report.tables import plain, sheets

    if file.lower().endswith(".xlsx"):
        return write.raw(file, sheets([("links", columns, rows)]))
    return write.text(file, plain(columns, rows))
