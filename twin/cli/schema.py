"""`twin schema`: the JSON schema of a layout, for editors, or of a report."""

from __future__ import annotations

import json
from typing import Literal

import click


@click.command("schema", short_help="Print the JSON schema of a layout or a report.")
@click.argument("what", type=click.Choice(["layout", "report"]), default="layout")
def verb(what: Literal["layout", "report"]) -> None:
    """Print the JSON schema of a layout file, for editors, or of a report."""
    if what == "report":
        from twin.report.schema import schema

        document = dict(schema())
    else:
        from twin.cli.layout_schema import layout_schema

        document = layout_schema()
    click.echo(json.dumps(document, indent=2, sort_keys=True, allow_nan=False))
