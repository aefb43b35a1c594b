"""Options that several verbs share, and what their text means."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Literal, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
Mode = Literal["nameplate", "provisioned", "measured", "today"]
Losses = Literal[0, 1, 2]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(_: click.Context, __: click.Parameter, text: str | None) -> date | None:
    """Read a day, written YYYY-MM-DD and nothing else."""
    if text is None:
        return None
    if not _DAY.fullmatch(text):
        raise click.BadParameter(f'"{text}" is no day; write it as 2027-05-03')
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f'"{text}" is no day of the calendar ({error})') from error


def _settings(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> tuple[tuple[str, object], ...]:
    try:
        return tuple(setting(text) for text in texts)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def setting(text: str) -> tuple[str, object]:
    """Split a change at the first = outside quotes, and read its value as TOML would.

    What is no TOML value is text: the unit of the key converts it.

    Examples
    --------
    >>> setting("power.busways.*.rating_a=1600")
    ('power.busways.*.rating_a', 1600)
    >>> setting('racks."SN=1".provisioned_kw=0.12 MW')
    ('racks."SN=1".provisioned_kw', '0.12 MW')
    >>> setting("halls.H1.ready = 2027-05-03")
    ('halls.H1.ready', datetime.date(2027, 5, 3))
    >>> setting('coolant.cdus.CDU1.feeds = ["BA", "BB"]')
    ('coolant.cdus.CDU1.feeds', ['BA', 'BB'])
    >>> setting('data.stock_m.aoc = [3, 5, 10]')
    ('data.stock_m.aoc', [3, 5, 10])
    >>> setting('policy.work.ups = may go dark')
    ('policy.work.ups', 'may go dark')
    """
    found = re.match(r'((?:"[^"]*"|[^"=])+)=(.*)', text, re.DOTALL)
    if found is None or not found[1].strip():
        raise ValueError(f'"{text}" is no change; write it as power.busways.*.rating_a=1600')
    path, raw = found[1].strip(), found[2].strip()
    value: object = raw
    try:
        document = tomllib.loads(f"value = {raw}")
    except tomllib.TOMLDecodeError:
        document = {}
    if set(document) == {"value"}:
        value = document["value"]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f'"{text}" sets no number; write a finite one')
    names = isinstance(value, list) and all(isinstance(item, str) for item in value)
    outcome = isinstance(value, dict) and path.startswith("policy.")
    sizes = isinstance(value, list) and path.startswith("data.stock_m.")
    if isinstance(value, list | dict | datetime) and not (names or outcome or sizes):
        message = f'"{text}" sets more than one value; set one number, word, day or list of names'
        raise ValueError(message)
    return path, value


def _codes(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    found = prefixes(given)
    if given and not found:
        raise click.BadParameter("name a rule or a family, as in PWR,COL101")
    return found


def prefixes(given: Iterable[str]) -> tuple[str, ...]:
    """Return codes from options that may be repeated and may hold lists with commas.

    Examples
    --------
    >>> prefixes(["pwr,COL101", "SPC"])
    ('PWR', 'COL101', 'SPC')
    """
    parts = (part.strip().upper() for text in given for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _conditions() -> tuple[Callable[[F], F], ...]:
    """Options that say under what a site is looked at."""
    return (
        click.option("--deliveries", metavar="FILE",
                     help="Ship notice (CSV, xlsx): judge its racks against what stands."),
        click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", callback=_settings,
                     help='Change the layout first, as in "power.busways.*.rating_a=1600".'),
        click.option("--date", "day", metavar="YYYY-MM-DD", callback=_day,
                     help="Judge this day; without it everything planned stands."),
        click.option("--mode", default="provisioned", show_default=True,
                     type=click.Choice(["nameplate", "provisioned", "measured", "today"]),
                     help="Which load counts. today: by the state of each rack, what is drawn now"
                     " and not whether a rack can go live."),
        click.option("--losses", type=click.Choice(["0", "1", "2"]), default="1", show_default=True,
                     callback=lambda _ctx, _parameter, value: int(value),
                     help="0: healthy only. 1: also after each loss that the policy names. "
                          "2: and after any two within one group."),
    )  # fmt: skip


def conditions(command: F) -> F:
    """Add --deliveries, --set, --date, --mode and --losses."""
    for option in reversed(_conditions()):
        command = option(command)
    return command


def dated(command: F) -> F:
    """Add --set and --date, for what depends on no load."""
    for option in reversed(_conditions()[1:3]):
        command = option(command)
    return command


def healthy(command: F) -> F:
    """Add --set, --date and --mode, for what is written as it runs healthy."""
    for option in reversed(_conditions()[1:4]):
        command = option(command)
    return command


def choice_of_rules(command: F) -> F:
    """Add --select and --ignore."""
    options = (
        click.option("--select", multiple=True, metavar="CODES", callback=_codes,
                     help="Only these rules or families, as in PWR,COL101."),
        click.option("--ignore", multiple=True, metavar="CODES", callback=_codes,
                     help="Not these rules or families."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command
