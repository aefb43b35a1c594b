"""`twin export`: a loop of a layout as a file that another program reads."""

from __future__ import annotations

from datetime import date

import click

from twin.cli import options, write
from twin.cli.check import loaded
from twin.cli.terminal import step

SUFFIXES = (".inp",)


@click.command("export", short_help="Write a coolant loop or plant for EPANET.")
@click.argument("layout")
@click.option("-o", "--output", metavar="FILE", required=True,
              help="Where it goes; the suffix says how: .inp for EPANET 2.2.")  # fmt: skip
@click.option("--loop", metavar="NAME",
              help="Which loop or plant; may be left out where there is one loop.")  # fmt: skip
@options.healthy
def verb(
    *,
    layout: str,
    output: str,
    loop: str | None,
    changes: tuple[tuple[str, object], ...],
    day: date | None,
    mode: options.Mode,
) -> None:
    """Write a loop or plant whose pipes are described so that EPANET solves it to the same flows.

    It is written as it runs healthy; what is approximated stands at the head of the file.
    """
    import twin

    write.kind_of(output, SUFFIXES)
    site = loaded(layout, None, changes)
    with step(f"solving {site.name}"):
        text = twin.export(site, loop, day, mode)
    write.text(output, text)
    click.echo(output)
