"""`twin view`: the floor plan, the 3D page, the picture or the one-line diagram of a layout."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from twin.cli import options, write
from twin.cli.check import judged, loaded
from twin.cli.terminal import step

SUFFIXES = (".svg", ".html", ".png")


@click.command("view", short_help="Draw the floor plan, the 3D page or the one-line.")
@click.argument("layout")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help=".svg floor plan or one-line, .html 3D page, .png picture; without it a window opens.",
)
@click.option(
    "--what",
    type=click.Choice(["plan", "one-line"]),
    default="plan",
    show_default=True,
    help="The floor, or the power chain from the sources down as a one-line diagram.",
)
@click.option(
    "--lost",
    metavar="NODE",
    help="With --what one-line: draw switches and loads as they are after its loss.",
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
    what: Literal["plan", "one-line"],
    lost: str | None,
) -> None:
    """Check a layout and draw it, every rack in the colour of its verdict.

    A one-line diagram shows of every element of the power chain its load, its limit, its worst
    case and what is lost in it.
    """
    import twin

    if output is not None:
        write.kind_of(output, (".svg",) if what == "one-line" else SUFFIXES)
    _hold_together(output, by, what, lost)
    report = judged(loaded(layout, deliveries, changes), day, mode, losses)
    with step("drawing"):
        if output is None:
            twin.view(report.site, report, by=by, day=day)
            return
        write.written(
            output, lambda fresh: twin.view(report.site, report, fresh, by, day, what, lost)
        )
    click.echo(output)


def _hold_together(output: str | None, by: str, what: str, lost: str | None) -> None:
    """Refuse options that say nothing together."""
    if what == "plan" and lost is not None:
        raise click.UsageError("--lost goes with --what one-line.")
    if what == "one-line" and output is None:
        raise click.UsageError("--what one-line is written to a file; add -o FILE.svg.")
    if what == "one-line" and by != "margin":
        raise click.UsageError("--what one-line shows loads; leave out --by.")
