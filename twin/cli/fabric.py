"""`twin fabric`: the networks of a layout; `twin fabric size` sizes a bare one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal

import click

from twin.cli import options, write
from twin.cli.check import loaded
from twin.cli.group import Defaulted
from twin.cli.terminal import step, width
from twin.errors import InputError

if TYPE_CHECKING:
    from twin.report.fabrics import Against
    from twin.solve.fabric.built import Fabric
    from twin.solve.study import Study


@click.group(
    "fabric",
    cls=Defaulted,
    default="layout",
    short_help="Size a network of leaves, spines and cores.",
)
def verb() -> None:
    """Size the networks of a cluster: leaves, spines, cores, links and cords.

    `twin fabric LAYOUT` tells the fabrics of a layout, `twin fabric size` sizes a bare one.
    """


@verb.command("layout", short_help="Tell the fabrics of a layout; the command that is assumed.")
@click.argument("layout")
@click.option("-o", "--output", metavar="FILE",
              help="Write the port map, one link a line (.csv): both ends, and whether it stands "
              "on --date.")  # fmt: skip
@click.option("--format", "how", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
@click.option("--against", metavar="OTHER_LAYOUT",
              help="Count and list the links of another layout whose two ports this one does not "
              "join: what would be moved.")  # fmt: skip
@click.option("--rack", metavar="RACK",
              help="Tell instead what must be live before this rack, or the one on this position, "
              "is usable: switches, panels and trunks, with their days.")  # fmt: skip
@options.dated
def layout(
    *,
    layout: str,
    output: str | None,
    how: Literal["text", "json"],
    against: str | None,
    rack: str | None,
    changes: tuple[tuple[str, object], ...],
    day: date | None,
) -> None:
    """Tell the fabrics of a layout: switches, links and cords, what stands, what racks wait for.

    A fabric is wired for its last unit; with --date also the part of it that stands on that day.
    """
    from twin.report import fabrics as report
    from twin.report.fabric_ports import PORTS, ports_rows
    from twin.report.tables import written

    if rack is not None and (output is not None or against is not None):
        raise click.UsageError("--rack tells of one rack; leave out -o and --against.")
    if output is not None:
        write.kind_of(output, (".csv",))
    study = _study(layout, changes, day)
    if rack is not None:
        from twin.report import rack_needs

        row = rack_needs.rack_of(study, rack)
        found = (rack_needs.dumps(study, row) if how == "json" else
                 rack_needs.text(study, row, width()))  # fmt: skip
        click.echo(found, nl=False)
        return
    other = None if against is None else _against(study, against)
    if output is not None:
        write.text(output, written(PORTS, ports_rows(study)))
    if how == "json":
        click.echo(report.dumps(study, other), nl=False)
    else:
        click.echo(report.text(study, other, width()), nl=False)
    if output is not None:
        click.echo(f"wrote {output}", err=True)


def _study(path: str, changes: tuple[tuple[str, object], ...], day: date | None) -> Study:
    from twin import pipeline

    site = loaded(path, None, changes)
    with step(f"wiring {site.name}"):
        return pipeline.study_of(site, day, "provisioned", 0)


def _against(study: Study, path: str) -> Against:
    """Compare another layout's links with those of a study."""
    from twin.report.fabrics import Against
    from twin.solve.fabric.growth import moved

    other = _study(path, (), None)
    return Against(other.site.name, other, moved(other, study))


@verb.command("size", short_help="Size a bare fabric, without a layout.")
@click.option("--nodes", type=int, required=True, metavar="N", help="Nodes to be connected.")
@click.option(
    "--links-per-node", type=int, required=True, metavar="L", help="Links of a node in one plane."
)
@click.option(
    "--radix",
    type=int,
    required=True,
    metavar="R",
    help="Ports of a switch, at the rate of one plane.",
)
@click.option("--down", type=int, required=True, metavar="D", help="Ports of a leaf for nodes.")
@click.option(
    "--tiers",
    type=click.IntRange(2, 3),
    required=True,
    metavar="2|3",
    help="2: leaves and spines. 3: cores above them.",
)
@click.option(
    "--group",
    type=int,
    metavar="G",
    help="In 3 tiers: leaves of a spine-leaf group; else as many as a spine has ports down.",
)
@click.option(
    "--planes",
    type=int,
    default=1,
    show_default=True,
    metavar="P",
    help="Equal fabrics side by side; a node has its links in each.",
)
@click.option(
    "--reserved",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Node places that are kept free.",
)
@click.option(
    "--manager-links",
    type=int,
    default=0,
    show_default=True,
    metavar="M",
    help="Links of managers in one plane; they go to reserved places first.",
)
@click.option(
    "--up",
    type=int,
    metavar="U",
    help="Ports of a leaf for spines; else as many as --down, or all that are left.",
)
@click.option(
    "--spine-down",
    type=int,
    metavar="S",
    help="In 3 tiers: ports of a spine for leaves; else half.",
)
@click.option(
    "--rails", type=int, metavar="K", help="Leaves come in whole sets of K, one for each rail."
)
@click.option(
    "--links-per-cord",
    type=int,
    metavar="C",
    help="Links that share a cord; else as many as planes, whose ports share the cage of a node.",
)
@click.option(
    "--gbps",
    type=click.IntRange(min=1),
    metavar="RATE",
    help="Rate of a port of one plane, for bandwidths.",
)
@click.option("--format", "how", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
def size(*, gbps: int | None, how: Literal["text", "json"], **figures: int | None) -> None:
    """Size a folded Clos fabric: switches and links of all planes, and the cords for them.

    A leaf's uplinks spread evenly over its spines, and a spine's over its cores. Ports, links and
    groups are those of one plane; what is told is the total. docs/fabric.md has the rules.
    """
    from twin.report import fabric as report

    found = _sized(figures)
    if how == "json":
        click.echo(report.dumps(found, gbps), nl=False)
    else:
        click.echo(report.text(found, gbps, width()), nl=False)


def _sized(figures: dict[str, int | None]) -> Fabric:
    """Size a plan; what is wrong with it is told by the names of options."""
    from twin.solve.fabric.plan import Plan
    from twin.solve.fabric.sizes import size

    try:
        return size(Plan(**figures))  # type: ignore[arg-type]
    except InputError as error:
        named = (replace(p, key=f"--{p.key.replace('_', '-')}") for p in error.problems)
        raise InputError(named) from error
