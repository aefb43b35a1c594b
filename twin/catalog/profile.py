"""Limits that codes, standards and makers' guides set, by jurisdiction."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from twin.catalog.figure import CONFIDENCES
from twin.catalog.product import Source
from twin.catalog.schema import unit_of
from twin.catalog.shipped import data, shipped_sources
from twin.catalog.values import Desk, number, one_of, table, text
from twin.errors import CatalogError, Problem, near

# The source of a number that nobody published: a rule that stands on it may warn, never block.
JUDGED = "ej"

_LIMIT_KEYS = ("value", "source", "confidence", "note")


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a profile.

    Parameters
    ----------
    value
        In `unit`.
    unit
        "1" for a factor, "count", or the unit that the limit's name says.
    source
        Id in the profile's `sources`.
    note
        Conditions and cautions.
    confidence
        As of a figure, or "judgement" where no published figure was found.
    """

    value: float
    unit: str
    source: str
    note: str
    confidence: str

    @property
    def judged(self) -> bool:
        """Whether the limit is engineering judgement; a rule may then only warn."""
        return self.confidence == "judgement"


@dataclass(frozen=True, slots=True)
class Profile:
    """The limits of one jurisdiction.

    Parameters
    ----------
    id
        "nec-us", "iec-eu".
    title
        What it stands for.
    limits
        By name; a name that is absent has no figure in this jurisdiction.
    sources
        The sources that the limits name, by id.
    """

    id: str
    title: str
    limits: Mapping[str, Limit]
    sources: Mapping[str, Source]

    def number(self, name: str) -> float:
        """Return a limit in the unit of its name; NaN where the profile has none."""
        limit = self.limits.get(name)
        return float("nan") if limit is None else limit.value


@cache
def profiles() -> tuple[str, ...]:
    """Return the names of the shipped profiles."""
    names = (file.name for file in data("profiles").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def profile(name: str) -> Profile:
    """Return a shipped profile; raise `CatalogError` with a near name where there is none.

    Parameters
    ----------
    name
        One of `profiles`.
    """
    if name not in profiles():
        message = f"there is no code profile {name}"
        expected = f"choose among {', '.join(profiles())}"
        raise CatalogError(
            Problem(
                "", value=name, message=message, expected=expected, near=near(name, profiles())
            ),
        )
    file = f"profiles/{name}.toml"
    document = tomllib.loads(data(file).read_text(encoding="utf-8"))
    return parse_profile(document, name, file, shipped_sources())


def parse_profile(
    document: Mapping[str, object],
    name: str,
    file: str,
    sources: Mapping[str, Source],
) -> Profile:
    """Return the profile that a document holds.

    Parameters
    ----------
    document
        As `tomllib` returns it: ``title`` and a table ``limits``.
    name
        Id of the profile.
    file
        Name of the file, for messages.
    sources
        All sources that limits may name.

    Raises
    ------
    CatalogError
        With every problem of the document.
    """
    desk = Desk(file)
    for key in document:
        if key not in {"format", "title", "limits"}:
            desk.unknown(key, key, ("format", "title", "limits"), "the key")
    title = text(desk, "title", document.get("title", ""))
    limits = {
        key: _limit(desk, key, entry, sources)
        for key, entry in table(desk, "limits", document.get("limits", {})).items()
    }
    if desk.problems:
        raise CatalogError(desk.problems)
    used = sorted({limit.source for limit in limits.values()})
    return Profile(name, title, limits, {id_: sources[id_] for id_ in used})


def _limit(desk: Desk, name: str, entry: object, sources: Mapping[str, Source]) -> Limit:
    key = f"limits.{name}"
    words = table(desk, key, entry)
    for word in words:
        if word not in _LIMIT_KEYS:
            desk.unknown(f"{key}.{word}", word, _LIMIT_KEYS, "the key")
    unit = unit_of(name)
    if unit is None:
        desk.tell(key, "the name says no unit", "end it in _kw, _c, _kpa ...")
    value = number(desk, key, words.get("value"), unit or "1")
    source = one_of(desk, f"{key}.source", words.get("source"), sources, "the source")
    confidences = ("judgement", *(each for each in CONFIDENCES if each != "unknown"))
    confidence = one_of(
        desk,
        f"{key}.confidence",
        words.get("confidence"),
        confidences,
        "the confidence",
    )
    if (source == JUDGED) != (confidence == "judgement"):
        desk.tell(
            key, f"judgement has the source {JUDGED}, and nothing else has", "make them agree"
        )
    note = text(desk, f"{key}.note", words["note"]) if "note" in words else ""
    return Limit(float("nan") if value is None else value, unit or "1", source, note, confidence)
