"""`twin view`: the floor plan, 3D page, picture, one-line or loop diagrams of a layout."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from twin.cli import options, write
from twin.cli.check import judged, loaded
from twin.cli.terminal import step

SUFFIXES = (".svg", ".html", ".png")
What = Literal["plan", "one-line", "loop", "cdu-capacity", "trays", "way"]
SCENES = ("plan", "trays", "way")


@click.command("view", short_help="Draw the floor plan, 3D page, one-line or loops.")
@click.argument("layout")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help=".svg floor plan or diagram, .html 3D page, .png picture; without it a window opens.",
)
@click.option(
    "--what",
    type=click.Choice(["plan", "one-line", "loop", "cdu-capacity", "trays", "way"]),
    default="plan",
    show_default=True,
    help="The floor; the power chain as a one-line diagram; coolant loops with their index "
    "circuits and flows; racks that each CDU carries over supply temperature; the floor with "
    "trays by their fill, or with the way of a cable.",
)
@click.option(
    "--lost",
    metavar="NODE",
    help="With --what one-line or loop: draw loads or flows as they are after its loss.",
)
@click.option(
    "--loop",
    metavar="LOOP",
    help="With --what loop or cdu-capacity: this loop alone (or, with loop, this plant).",
)
@click.option(
    "--cable",
    metavar="LABEL|BUNDLE|TRUNK",
    help="With --what way: a label of a cord, one of its ends, a bundle by its number (12, or "
    "bundle:12 where labels are numbers), or a trunk by its id (TA, or trunk:TA).",
)
@click.option(
    "--label",
    metavar="TEMPLATE",
    help="With --cable: the template that labels were written with; else data.label of the layout.",
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
    what: What,
    lost: str | None,
    loop: str | None,
    cable: str | None,
    label: str | None,
) -> None:
    """Check a layout and draw it, every rack in the colour of its verdict.

    A one-line diagram shows of every element of the power chain its load, its limit, its worst
    case and what is lost in it. A loop diagram shows of every CDU, pipe, manifold and rack what
    was solved for it, healthy and in each rack's worst case or after one loss; of a plant whose
    pipes are described its pumps, pipes, CDUs and air units.
    """
    import twin

    if output is not None:
        write.kind_of(output, SUFFIXES if what in SCENES else (".svg",))
    _hold_together(output, by, what, lost, loop)
    if (what == "way") != (cable is not None):
        raise click.UsageError("--what way and --cable go together.")
    if label is not None and cable is None:
        raise click.UsageError("--label goes with --cable.")
    report = judged(loaded(layout, deliveries, changes), day, mode, losses)
    with step("drawing"):
        if output is None:
            twin.view(report.site, report, by=by, day=day, what=what, cable=cable, label=label)
            return
        write.written(
            output,
            lambda fresh: twin.view(
                report.site,
                report,
                fresh,
                by,
                day,
                what,
                lost,
                loop=loop,
                cable=cable,
                label=label,
            ),
        )
    click.echo(output)


def _hold_together(
    output: str | None, by: str, what: str, lost: str | None, loop: str | None
) -> None:
    """Refuse options that say nothing together."""
    if what not in {"one-line", "loop"} and lost is not None:
        raise click.UsageError("--lost goes with --what one-line or loop.")
    if what not in {"loop", "cdu-capacity"} and loop is not None:
        raise click.UsageError("--loop goes with --what loop or cdu-capacity.")
    if what not in SCENES and output is None:
        raise click.UsageError(f"--what {what} is written to a file; add -o FILE.svg.")
    if what != "plan" and by != "margin":
        raise click.UsageError(f"--what {what} has colours of its own; leave out --by.")
