"""Runs a verb and makes of whatever happens a sentence and an exit code.

=====  ==========================================================================
code   meaning
=====  ==========================================================================
0      answered; for `check`: nothing that `--fail-on` names was found
1      `check` only: some rack is blocked or unknown, as `--fail-on` says
2      the input or the command line is wrong; every problem is told on a line
3      no whole answer: interrupted, something missing on this machine, or a crash
=====  ==========================================================================
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence

import click

from twin.cli.group import twin
from twin.errors import ChangeError, Exit, InputError, TwinError

DEBUG = "TWIN_DEBUG"
"""Variable of the environment that shows the traceback of a crash."""


def run(arguments: Sequence[str]) -> int:
    """Run the command line; return the exit code. No exception passes, and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A name in a layout may hold what the terminal's encoding cannot show.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        # Not twin.main: it ends the process with 1, as for a verdict, where nobody reads a pipe.
        with twin.make_context("twin", list(arguments)) as context:
            code = twin.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        return _nobody_reads()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last one to see it
        return say(error)
    return int(code or Exit.FEASIBLE)


def say(error: BaseException) -> Exit:
    """Tell an error on stderr; return its exit code."""
    if isinstance(error, click.ClickException):
        error.show()
        return Exit.BAD_INPUT
    if isinstance(error, InputError | ChangeError):
        click.echo(str(error), err=True)
        return Exit.BAD_INPUT
    if isinstance(error, click.Abort | KeyboardInterrupt):
        click.echo("interrupted: no verdict was reached", err=True)
    elif isinstance(error, TwinError):
        click.echo(f"twin: {error}", err=True)
    elif isinstance(error, OSError):
        click.echo(f"twin: {error.strerror or error}; nothing whole was written", err=True)
    elif isinstance(error, MemoryError):
        click.echo("twin: this machine has too little memory; no verdict was reached", err=True)
    else:
        _crash(error)
    return Exit.INCOMPLETE


def _crash(error: BaseException) -> None:
    """Tell an error of the program itself, which must not look like a verdict."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
        return
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119 - a name, no file
    said = " ".join(f"{type(error).__name__}: {error}".split())
    click.echo(
        f"twin: an error of twin itself, no verdict was reached ({said}; {place})\n"
        f"Please report it with the layout and with what the same command prints with {DEBUG}=1.",
        err=True,
    )


def _nobody_reads() -> Exit:
    """End quietly where the reader of a pipe has gone, as in `twin explain | head -1`."""
    # Python flushes once more when it ends; what is left goes nowhere.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.INCOMPLETE
