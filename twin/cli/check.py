"""`twin check`: the verdict for every delivered rack."""

from __future__ import annotations

import gc
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from twin.cli import options, write
from twin.cli.terminal import colour, step, width
from twin.errors import ChangeError, Exit, InputError

if TYPE_CHECKING:
    from twin.checks.result import Report
    from twin.site.site import Site

SUFFIXES = (".html", ".json", ".csv", ".xlsx", ".txt")
LOSSES = "losses.csv"
"""How the name of a file ends that has a row per loss; other tables have one per rack."""

FailOn = Literal["unknown", "blocked", "warning"]


@click.command(
    "check",
    short_help="Judge every delivered rack.",
    epilog="Exit codes: 0 nothing that --fail-on names, 1 something, 2 wrong input.",
)
@click.argument("layouts", nargs=-1, required=True, metavar="LAYOUT...")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the report; the suffix says how: .html .json .csv .xlsx .txt; "
    "losses.csv has a row per loss.",
)
@click.option(
    "--format",
    "how",
    type=click.Choice(["text", "json"]),
    help="What is printed; JSON is one object a line and layout.",
)
@options.conditions
@click.option(
    "--trip",
    type=float,
    metavar="FACTOR",
    help="Crude worst case: every breaker above so many times its setting opens at once. Without it"
    " breakers open by their curves.",
)
@options.choice_of_rules
@click.option(
    "--fail-on",
    type=click.Choice(["unknown", "blocked", "warning"]),
    default="unknown",
    show_default=True,
    help="The least that makes the exit code 1.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only; the exit code answers.")
def verb(
    *,
    layouts: tuple[str, ...],
    output: str | None,
    how: Literal["text", "json"] | None,
    deliveries: str | None,
    changes: tuple[tuple[str, object], ...],
    day: date | None,
    mode: options.Mode,
    losses: options.Losses,
    trip: float | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: FailOn,
    quiet: bool,
) -> int:
    """Judge every delivered rack: feasible, blocked (by what, by how much) or unknown.

    Several layouts are judged one after the other; the exit code is the worst of theirs.
    """
    if output is not None:
        write.kind_of(output, SUFFIXES)
        if len(layouts) > 1:
            raise click.UsageError("-o writes the report of one layout; name one.")
    codes = []
    for place, layout in enumerate(layouts):
        if place:
            gc.collect()  # a study stands in a ring with what it has kept
        try:
            site = loaded(layout, deliveries, changes, quiet=quiet)
            report = judged(site, day, mode, losses, select, ignore, trip=trip, quiet=quiet)
        except (InputError, ChangeError) as error:
            click.echo(str(error), err=True)
            codes.append(Exit.BAD_INPUT)
            continue
        if output is not None:
            save(report, output)
        if not quiet:
            _print(report, how or ("line" if output else "text"), first=place == 0)
            if output is not None:
                click.echo(f"wrote {output}", err=True)
        codes.append(exit_code(report, fail_on))
    return max(codes)


def loaded(
    layout: str,
    deliveries: str | None,
    changes: tuple[tuple[str, object], ...],
    *,
    quiet: bool = False,
) -> Site:
    """Read a layout and make the changes of the command line."""
    import twin

    with step(f"reading {layout}", quiet=quiet):
        site = twin.load(layout, deliveries)
        for path, value in changes:  # one by one: a later one may follow an earlier one
            site = twin.change(site, {path: value})
        return site


def judged(
    site: Site,
    day: date | None,
    mode: options.Mode,
    losses: options.Losses,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    *,
    trip: float | None = None,
    quiet: bool = False,
) -> Report:
    """Check a site under the conditions of the command line."""
    import twin

    with step(f"checking {site.name}", quiet=quiet):
        return twin.check(
            site, day, mode, losses,
            select=select, ignore=ignore, trip=trip,
        )  # fmt: skip


def save(report: Report, path: str) -> Path:
    """Write a report in the kind that the suffix says."""
    kind = write.kind_of(path, SUFFIXES)
    if kind == ".html":
        from twin.report.html import html
        from twin.views.plan import plan
        from twin.views.scene import scene

        drawn = plan(scene(report.site, report, "margin", report.conditions.date))
        return write.text(path, html(report, drawn))
    if kind == ".json":
        from twin.report.json import dumps

        return write.text(path, dumps(report, indent=2))
    if kind == ".csv":
        from twin.report.tables import csv, losses_csv

        of_losses = Path(path).name.lower().endswith(LOSSES)
        return write.text(path, losses_csv(report) if of_losses else csv(report))
    if kind == ".xlsx":
        from twin.report.tables import workbook

        return write.written(path, lambda fresh: fresh.write_bytes(workbook(report)))
    from twin.report.text import text

    return write.text(path, text(report))


def exit_code(report: Report, fail_on: FailOn) -> Exit:
    """Return 1 if something is found that `fail_on` names or that is worse."""
    counts = report.counts
    bad = counts["blocked"]
    if fail_on in {"unknown", "warning"}:
        bad += counts["unknown"]
    if fail_on == "warning":
        bad += int((~report.findings.waived).sum()) + counts["at_risk"]
    return Exit.NOT_FEASIBLE if bad else Exit.FEASIBLE


def _print(report: Report, how: str, *, first: bool) -> None:
    if how == "json":
        from twin.report.json import dumps

        click.echo(dumps(report), nl=False)
    elif how == "line":
        from twin.report.words import clean, headline

        click.echo(f"{clean(report.site.name)}: {headline(report)}")
    else:
        from twin.report.text import text

        click.echo(("" if first else "\n") + text(report, width(), colour=colour()), nl=False)
