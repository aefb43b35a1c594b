"""`twin new`: a folder with a layout to begin with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from twin.cli.check import judged, loaded
from twin.cli.terminal import step, width
from twin.errors import InputError, Problem, plural

_GAPS = 8
_LONGEST = 100


@click.command("new", short_help="Write a layout to begin with.")
@click.argument("name")
@click.option(
    "--racks", metavar="FILE", help="CSV or xlsx with a row per rack: the hall is sized for them."
)
def verb(name: str, racks: str | None) -> None:
    """Write a folder NAME with a layout that passes on listed assumptions, or lists what it lacks.

    Without --racks it is a small hall to change. Nothing that exists is overwritten.
    """
    folder = Path(name)
    _free(folder)
    contents = _files(folder.name, racks)
    _write(folder, contents)
    layout = folder / f"{folder.name}.toml"
    for file in contents:
        click.echo(f"wrote {folder / file}")
    _tell(layout)


def _free(folder: Path) -> None:
    """Refuse names that are taken, or that are no names."""
    wrong = ""
    if folder.name in {"", ".", ".."} or len(folder.name) > _LONGEST:
        wrong = "is no name for a folder"
    elif not folder.name.isprintable() or "\\" in folder.name or folder.name.startswith("-"):
        wrong = "holds characters that make trouble in names of files"
    elif folder.exists() or folder.is_symlink():
        wrong = "is there already, and nothing is overwritten"
    elif not folder.parent.is_dir():
        wrong = f"lies in {folder.parent}, which is no folder"
    if wrong:
        raise InputError(Problem(str(folder), message=wrong, expected="choose another name"))


def _files(name: str, racks: str | None) -> Mapping[str, str]:
    from twin.cli.starter.folder import first_hall, hall_for

    if racks is None:
        return first_hall(name)
    from twin.catalog.shipped import shipped

    with step(f"reading {racks}"):
        return hall_for(name, racks, shipped())


def _write(folder: Path, contents: Mapping[str, str]) -> None:
    """Fill a folder beside the new one and give it its name when it is complete."""
    try:
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for file, text in contents.items():
                (fresh / file).write_text(text, encoding="utf-8", newline="\n")
            fresh.chmod(0o755)
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        expected = "choose a place where you may write"
        raise InputError(Problem(str(folder), message=message, expected=expected)) from error


def _tell(layout: Path) -> None:
    """Check what was written; say how it stands, what it lacks, and what to do next."""
    from twin.report.gaps import ranked
    from twin.report.words import clean, headline, percent, wrapped

    report = judged(loaded(str(layout), None, ()), None, "provisioned", 1)
    click.echo(f"\n{clean(report.site.name)}: {headline(report)}")
    worst: dict[str, str] = {}
    for finding in report.findings:
        if finding.role == "gate":
            said = f"{finding.code} {finding.name} ({percent(finding.margin)}): {finding.message}"
            worst.setdefault(finding.code, said)
    found = ranked(report)
    lacks = [f"{gap.path}: {gap.meaning} ({plural(gap.racks, 'rack')})" for gap in found[:_GAPS]]
    if len(found) > _GAPS:
        lacks.append(f"and {len(found) - _GAPS} more")
    for title, lines in (("does not hold:", worst.values()), ("it lacks:", lacks)):
        for line in (title, *lines) if lines else ():
            indent = 2 if line == title else 4
            for part in wrapped(line, width(), indent, 6):
                click.echo(part)
    verb_of = "gaps" if found else "check"
    click.echo(f"\nnext:  twin {verb_of} {layout}")
