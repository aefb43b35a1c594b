"""`twin view`: the floor plan, the 3D page or the picture of a layout."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from twin.cli import options, write
from twin.cli.check import judged, loaded
from twin.cli.terminal import step

SUFFIXES = (".svg", ".html", ".png")


@click.command("view", short_help="Draw the floor plan, the 3D page or the picture.")
@click.argument("layout")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help=".svg floor plan, .html 3D page, .png picture; without it a window opens.",
)
@options.conditions
@click.option(
    "--by",
    type=click.Choice(["margin", "verdict", "type", "state"]),
    default="margin",
    show_default=True,
    help="What the colours show.",
)
def verb(
    *,
    layout: str,
    output: str | None,
    deliveries: str | None,
    changes: tuple[tuple[str, object], ...],
    day: date | None,
    mode: options.Mode,
    losses: options.Losses,
    by: Literal["margin", "verdict", "type", "state"],
) -> None:
    """Check a layout and draw it, every rack in the colour of its verdict."""
    import twin

    if output is not None:
        write.kind_of(output, SUFFIXES)
    report = judged(loaded(layout, deliveries, changes), day, mode, losses)
    with step("drawing"):
        if output is None:
            twin.view(report.site, report, by=by, day=day)
            return
        write.written(output, lambda fresh: twin.view(report.site, report, fresh, by, day))
    click.echo(output)
