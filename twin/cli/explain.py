"""`twin explain`: what a rule checks, why, and what it does not cover."""

from __future__ import annotations

from typing import Literal

import click

from twin.cli.terminal import width


@click.command("explain", short_help="Tell what a rule checks and what it does not.")
@click.argument("code", required=False)
@click.option("--format", "how", type=click.Choice(["text", "json"]), default="text")
def verb(code: str | None, how: Literal["text", "json"]) -> None:
    """Print the page of a rule (PWR101), a family's rules (PWR), or all rules."""
    from twin.checks.discover import all_rules
    from twin.report.explain import explain, explain_json

    rules = all_rules()
    said = explain_json(rules, code) if how == "json" else explain(rules, code, width())
    click.echo(said, nl=False)
