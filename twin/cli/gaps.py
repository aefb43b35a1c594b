"""`twin gaps`: what is missing, the most telling field first."""

from __future__ import annotations

from datetime import date

import click

from twin.cli import options
from twin.cli.check import judged, loaded
from twin.cli.terminal import width


@click.command("gaps", short_help="List what is missing, the most telling first.")
@click.argument("layout")
@options.conditions
def verb(
    *,
    layout: str,
    deliveries: str | None,
    changes: tuple[tuple[str, object], ...],
    day: date | None,
    mode: options.Mode,
    losses: options.Losses,
) -> None:
    """List the missing fields by the racks that each would decide, with the lines to write."""
    from twin.report.gaps import gaps_text

    report = judged(loaded(layout, deliveries, changes), day, mode, losses)
    click.echo(gaps_text(report, width()), nl=False)
