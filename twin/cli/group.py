"""The command `twin`, which imports a verb's file when the verb is asked for."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import click

from twin.errors import near

VERBS = (
    "new", "check", "view", "gaps", "coolant", "fabric", "cables", "export", "explain", "catalog",
    "schema", "solve",
)  # fmt: skip
"""In the order in which a newcomer meets them; `twin/cli/<verb>.py` holds its `verb`."""


class Verbs(click.Group):
    """A group of commands in files of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a verb."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"twin.cli.{cmd_name}").verb
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; a wrong one is told with the one that was probably meant."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            guess = near(args[0], VERBS)
            hint = f'Did you mean "{guess}"?' if guess else f"There are {', '.join(VERBS)}."
            ctx.fail(f'There is no verb "{args[0]}". {hint}')
        return super().resolve_command(ctx, args)


class Defaulted(click.Group):
    """A group that runs one of its commands where the first word names none.

    So `twin fabric hall.toml` and `twin fabric size` can both be; a file that is called like a
    command is written with its folder. Nothing is assumed before that command has been added.

    Parameters
    ----------
    default
        Name of the command that is meant.
    """

    def __init__(self, *arguments: Any, default: str, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **settings)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the default before words that name no command and ask for no help."""
        named = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        # A command with a slip of the pen is no file, unless there is one of that name.
        slip = bool(args) and args[0].isalpha() and near(args[0], self.commands) is not None
        named = named or (slip and not Path(args[0]).exists())
        if self.default in self.commands and not named:
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        import twin

        click.echo(f"twin {twin.__version__}")
        ctx.exit()


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 answered and feasible, 1 some rack blocked or unknown, 2 wrong input, "
    "3 no whole answer.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
              help="Print the version.")  # fmt: skip
def twin() -> None:
    """Say for every delivered rack of a data center: feasible, blocked or unknown."""
