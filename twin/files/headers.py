"""Which column of the user's table holds which of our fields."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from twin import units
from twin.errors import Problem, near, shown
from twin.files.cells import Cells
from twin.files.fields import Spec, specs
from twin.files.origins import Fault, Path

_UNIT = re.compile(r"^(?P<name>.*?)[\s,_]*[(\[](?P<unit>[^()\[\]]+)[)\]]$")
_CLOSE = 0.8
_PAIRS = {"at_m": ("x_m", "y_m"), "size_m": ("width_m", "depth_m")}
ID = Spec("id", "text", required=True)
SYNONYMS = {
    "weight": "mass_kg",
    "gross_weight": "mass_kg",
    "model": "type",
    "sku": "type",
    "estimated_arrival": "arrives",
    "expected_arrival": "arrives",
}
"""Words that mean a field in any list; those of one kind of list alone stand with that kind."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column that a list may have: a field, or one of the two numbers of a field."""

    name: str
    spec: Spec
    field: str
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A column of the file that fills a slot, and the unit that its header names."""

    slot: Slot
    at: int
    unit: str | None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The columns of one kind of list, and other words for them."""

    slots: Mapping[str, Slot]
    words: Mapping[str, str]

    def names(self) -> list[str]:
        """Return all names that a header may have."""
        return [*self.slots, *self.words]

    def means(self, word: str) -> str:
        """Return the name of the field that a plain word means, or the word itself."""
        named = self.words.get(word, word)
        return named if named in self.slots else self.synonyms().get(named, named)

    def synonyms(self) -> dict[str, str]:
        """Return the common words that mean a column here.

        A field that is neither a quantity nor a day must be one that each row needs: a model is
        the type of a rack, but in a list of equipment it is the user's own affair.
        """
        known = {word: self.slots.get(name) for word, name in SYNONYMS.items()}
        return {
            word: slot.name
            for word, slot in known.items()
            if slot is not None
            and (slot.spec.unit or slot.spec.required or slot.spec.sort == "date")
        }

    def headers_for(self, name: str) -> list[str]:
        """Return the headers that are understood as a column, our own name first."""
        told = {**self.synonyms(), **self.words}
        return [name, *(word for word, meant in told.items() if meant == name)]


def slots_of(models: Iterable[type[BaseModel]], *, leave: frozenset[str]) -> dict[str, Slot]:
    """Return the columns for all fields of some models that a cell can hold."""
    found: dict[str, Slot] = {"id": Slot("id", ID, "id")}
    for model in models:
        for name, spec in specs(model).items():
            if spec.sort == "other" or name in leave:
                continue
            if spec.sort != "pair":
                found.setdefault(name, Slot(name, spec, name))
                continue
            for part, column in enumerate(pair_columns(name)):
                found.setdefault(column, Slot(column, replace(spec, sort="number"), name, part))
    return found


def pair_columns(name: str) -> tuple[str, str]:
    """Return the two columns of a field of two numbers.

    Examples
    --------
    >>> pair_columns("at_m"), pair_columns("from_m")
    (('x_m', 'y_m'), ('from_x_m', 'from_y_m'))
    """
    stem = name.removesuffix("_m")
    return _PAIRS.get(name, (f"{stem}_x_m", f"{stem}_y_m"))


def plain(header: str) -> str:
    """Return a header in small letters with one _ for all that separates words.

    Examples
    --------
    >>> plain("  Fed  From "), plain("fed-from")
    ('fed_from', 'fed_from')
    """
    return re.sub(r"[\s_\-./#]+", "_", header.casefold()).strip("_")


def match(
    cells: Cells, vocabulary: Vocabulary, columns: Mapping[str, str], at: Path
) -> tuple[dict[str, Found], list[Problem], list[Fault]]:
    """Return the column of each slot, and what is wrong with headers or with the map.

    Parameters
    ----------
    cells
        The table.
    vocabulary
        The slots of this kind of list.
    columns
        The user's map: our name to the header in the file.
    at
        Where that map is written.
    """
    found: dict[str, Found] = {}
    problems: list[Problem] = []
    faults = _mapped(cells, vocabulary, columns, at, found)
    taken = {f.at for f in found.values()}
    for k, header in _best_first(cells.headers, vocabulary):
        if k in taken or not header:
            continue
        match_ = _own_name(header, vocabulary)
        if match_ is None:
            if not columns:
                problems += _near_miss(cells, header, vocabulary)
        elif match_[0].name not in found:
            found[match_[0].name] = Found(match_[0], k, match_[1])
        elif match_[0].name not in columns and not _yields(header, match_[0], vocabulary):
            problems.append(
                cells.problem(
                    None,
                    header,
                    f"two columns give {match_[0].name}",
                    header,
                    "keep one of them, or say which under columns",
                )
            )
    return found, problems, faults


def _best_first(headers: Sequence[str], vocabulary: Vocabulary) -> list[tuple[int, str]]:
    """Return the headers with their places, common words after a list's own."""
    common = vocabulary.synonyms()
    return sorted(enumerate(headers), key=lambda each: plain(each[1]) in common)


def _yields(header: str, slot: Slot, vocabulary: Vocabulary) -> bool:
    """Return whether a second column is no clash: a model's name beside the type."""
    return slot.spec.sort == "text" and plain(header) in vocabulary.synonyms()


def _mapped(
    cells: Cells,
    vocabulary: Vocabulary,
    columns: Mapping[str, str],
    at: Path,
    found: dict[str, Found],
) -> list[Fault]:
    """Fill in the columns that the user's map names; return what is wrong with the map."""
    faults: list[Fault] = []
    headers = {plain(h): k for k, h in reversed(list(enumerate(cells.headers))) if h}
    for name, header in columns.items():
        slot = vocabulary.slots.get(vocabulary.means(plain(name)))
        if slot is None:
            faults.append(
                Fault(
                    (*at, name),
                    f"there is no column {shown(name)} in this kind of list",
                    name,
                    f"our names: {', '.join(vocabulary.slots)}",
                    near(name, vocabulary.names()),
                )
            )
            continue
        k = headers.get(plain(header))
        if k is None:
            faults.append(
                Fault(
                    (*at, name),
                    f"{cells.file} has no header {shown(header)}",
                    header,
                    f"its headers: {', '.join(cells.headers[:12])}",
                    near(header, cells.headers),
                )
            )
            continue
        unit = _unit(header, slot.spec) or _unit(cells.headers[k], slot.spec)
        found[slot.name] = Found(slot, k, unit)
    return faults


def _unit(header: str, spec: Spec) -> str | None:
    """Return the unit in a header, if the field has numbers of that kind."""
    parts = _UNIT.match(header.strip())
    if parts is None or spec.unit is None:
        return None
    return parts["unit"].strip() if _converts(parts["unit"].strip(), spec.unit) else None


def _converts(unit: str, own: str) -> bool:
    try:
        units.convert(f"1 {unit}", own)
    except ValueError:
        return False
    return True


def _own_name(header: str, vocabulary: Vocabulary) -> tuple[Slot, str | None] | None:
    """Return the slot that a header names, and the unit in it."""
    parts = _UNIT.match(header.strip())
    name, unit = (parts["name"], parts["unit"].strip()) if parts else (header, None)
    name = plain(name)
    slot = vocabulary.slots.get(vocabulary.means(name))
    by_unit = _by_unit(name, unit, vocabulary)
    if slot is not None and slot.spec.unit is None and by_unit is not None:
        return by_unit  # Rating (kVA) is rating_kva, beside which Rating (A) may stand
    if slot is not None and (
        unit is None or slot.spec.unit is None or _converts(unit, slot.spec.unit)
    ):
        return slot, unit if slot.spec.unit else None
    suffix = units.unit_of(name)
    if unit is None and suffix is not None:  # width_mm for width_m
        return _by_unit(_stem(name), suffix, vocabulary)
    if unit is None:  # weight_lb: a unit that no key of ours has
        name, _, unit = name.rpartition("_")
        return _by_unit(name, unit or None, vocabulary)
    return by_unit


def _by_unit(name: str, unit: str | None, vocabulary: Vocabulary) -> tuple[Slot, str] | None:
    """Return the slot that has a name without its unit, and numbers of the kind of that unit."""
    if unit is None:
        return None
    name = _stem(vocabulary.means(name))
    for slot in vocabulary.slots.values():
        own = slot.spec.unit
        if own is not None and _stem(slot.name) == name and _converts(unit, own):
            return slot, unit
    return None


def _stem(name: str) -> str:
    """Return a key without the suffix that is its unit.

    Examples
    --------
    >>> _stem("rating_kw"), _stem("load_kg_m")
    ('rating', 'load')
    """
    unit = units.unit_of(name)
    while unit is not None and "_" in name:
        name = name.rsplit("_", 1)[0]
        if units.unit_of(name) is None:
            break
        unit = units.unit_of(name)
    return name


def _near_miss(cells: Cells, header: str, vocabulary: Vocabulary) -> list[Problem]:
    """Tell a header that is none of ours but nearly; any other column is the user's own affair."""
    name = plain(header)
    pair = next((s for s in vocabulary.slots.values() if s.part == 0 and s.field == name), None)
    if pair is not None:
        return [
            cells.problem(
                None,
                header,
                "one column cannot hold two numbers",
                header,
                f"write the columns {' and '.join(pair_columns(pair.field))}",
            )
        ]
    bare = [s.name for s in vocabulary.slots.values() if s.spec.unit and _stem(s.name) == name]
    if bare:
        return [
            cells.problem(
                None,
                header,
                f"the header {shown(header)} names no unit",
                header,
                f"write {' or '.join(bare)}, or {header} with a unit in brackets",
            )
        ]
    close = difflib.get_close_matches(name, vocabulary.names(), n=1, cutoff=_CLOSE)
    if not close:
        return []
    return [
        cells.problem(
            None,
            header,
            f"the header {shown(header)} is not known",
            header,
            "rename it, or map it under columns",
            close[0],
        )
    ]
