"""What the model asks of a field, as plain data: for messages, and for whole columns at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from twin import units

Sort = Literal["number", "whole", "text", "flag", "date", "choice", "pair", "texts", "other"]

_SORTS: dict[object, Sort] = {
    float: "number",
    int: "whole",
    str: "text",
    bool: "flag",
    date: "date",
}


@dataclass(frozen=True, slots=True)
class Spec:
    """One field of a model: what a value must be.

    Parameters
    ----------
    name
        The key.
    sort
        What kind of value it takes; "other" is anything that no cell of a table can hold.
    unit
        Unit of its numbers, from the suffix of the key.
    low, high
        Bounds of its numbers.
    open_low
        True where `low` itself is too small.
    choices
        The values that it takes, where they are few.
    required
        True where it must be given.
    meaning
        What it is, for the user.
    """

    name: str
    sort: Sort
    unit: str | None = None
    low: float | None = None
    open_low: bool = False
    high: float | None = None
    choices: tuple[str | int, ...] = ()
    required: bool = False
    meaning: str = ""

    def wanted(self) -> str:
        """Return what would be right, as an order.

        Examples
        --------
        >>> Spec("rating_a", "number", "A", low=0.0, open_low=True).wanted()
        'write a number above 0 A'
        >>> Spec("state", "choice", choices=("planned", "live")).wanted()
        'write "planned" or "live"'
        """
        if self.sort == "choice":
            return f"write {_either(self.choices)}"
        noun = _NOUNS[self.sort]
        if self.sort in ("number", "whole", "pair"):
            noun += self._bounds()
        return f"write {noun}"

    def _bounds(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        each = ", each" if self.sort == "pair" else ""
        low, high = self.low, self.high
        if low is None and high is None:
            return f" in{unit}" if unit else ""
        if high is None:
            return f"{each} {'above' if self.open_low else 'of at least'} {low:g}{unit}"
        if low is None:
            return f"{each} of at most {high:g}{unit}"
        low_text = f"above {low:g} and" if self.open_low else f"from {low:g}"
        return f"{each} {low_text} {'up ' if self.open_low else ''}to {high:g}{unit}"


_PAIR = 2
_NOUNS: dict[Sort, str] = {
    "number": "a number",
    "whole": "a whole number",
    "text": "text in quotes",
    "flag": "true or false",
    "date": "a date such as 2027-05-03",
    "pair": "two numbers in brackets",
    "texts": "a list of texts in brackets",
    "other": "what the schema names (twin schema)",
}


def _either(choices: tuple[str | int, ...]) -> str:
    told = [f'"{c}"' if isinstance(c, str) else str(c) for c in choices]
    if len(told) == 1:
        return told[0]
    return f"{', '.join(told[:-1])} or {told[-1]}"


@cache
def unwrap(annotation: Any) -> tuple[Any, tuple[object, ...]]:  # noqa: ANN401 - any type
    """Return a type without Annotated and None, and the marks that it carried."""
    marks: list[object] = []
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *found = get_args(annotation)
            marks += found
            continue
        if origin in (Union, UnionType):
            rest = [a for a in get_args(annotation) if a is not NoneType]
            if len(rest) == 1:
                annotation = rest[0]
                continue
        break
    for mark in list(marks):
        if isinstance(mark, FieldInfo):
            marks += mark.metadata
    return annotation, tuple(marks)


def spec(model: type[BaseModel], name: str) -> Spec:
    """Return what `model` asks of its field `name`."""
    field = model.model_fields[name]
    required, meaning = field.is_required(), field.description or ""
    return _spec(name, annotation_of(field), required=required, meaning=meaning)


@lru_cache(maxsize=64)
def specs(model: type[BaseModel]) -> dict[str, Spec]:
    """Return all fields of a model."""
    return {name: spec(model, name) for name in model.model_fields}


def spec_at(root: type[BaseModel], path: tuple[str | int, ...]) -> Spec | None:
    """Return what stands at a path of a document, or None where the path leaves the model."""
    annotation = annotation_at(root, path)
    if annotation is None:
        return None
    name = next((p for p in reversed(path) if isinstance(p, str)), "")
    return _spec(name, annotation, required=False, meaning="")


def annotation_of(field: FieldInfo) -> object:
    """Return the type of a field with the marks that pydantic took off."""
    annotation: object = field.annotation
    for mark in field.metadata:
        annotation = Annotated[annotation, mark]
    return annotation


def annotation_at(root: type[BaseModel], path: tuple[str | int, ...]) -> object | None:
    """Return the type at a path of a document, or None where the path leaves the model."""
    annotation: object = root
    for part in path:
        found = child(annotation, part)
        if found is None:
            return None
        annotation = found
    return annotation


@cache
def _annotations(model: type[BaseModel]) -> dict[str | int, object]:
    return {name: annotation_of(field) for name, field in model.model_fields.items()}


class Below(NamedTuple):
    """What a type holds: some keys or places with types of their own, and the type of all others.

    Only a list asks that its keys are whole numbers.
    """

    named: Mapping[str | int, object]
    each: object | None = None
    listed: bool = False

    def at(self, part: str | int) -> object | None:
        """Return the type of one key or item, or None where there is none."""
        if self.each is None:
            return self.named.get(part)
        return None if self.listed and not isinstance(part, int) else self.each


def below(annotation: object) -> Below:
    """Return what a type holds."""
    base, _ = unwrap(annotation)
    origin, args = get_origin(base), get_args(base)
    if origin in (Union, UnionType):
        found = [a for a in args if isinstance(a, type) and issubclass(a, BaseModel)]
        return below(found[0]) if found else Below({})
    if isinstance(base, type) and issubclass(base, BaseModel):
        return Below(_annotations(base))
    if origin in (dict, list):
        return Below({}, args[-1], listed=origin is list)
    return Below(dict(enumerate(args)) if origin is tuple else {})


def child(annotation: object, part: str | int) -> object | None:
    """Return the type of one key or item of a type, or None where there is none."""
    return below(annotation).at(part)


def _spec(name: str, annotation: object, *, required: bool, meaning: str) -> Spec:
    base, marks = unwrap(annotation)
    sort, choices = _sort(base)
    if sort == "pair":
        marks = (*marks, *unwrap(get_args(base)[0])[1])
    low = _mark(marks, "gt")
    return Spec(
        name,
        sort,
        units.unit_of(name) if sort in ("number", "whole", "pair", "other") else None,
        low=_mark(marks, "ge") if low is None else low,
        open_low=low is not None,
        high=_mark(marks, "le"),
        choices=choices,
        required=required,
        meaning=meaning,
    )


def _mark(marks: tuple[object, ...], name: str) -> float | None:
    found = [float(getattr(m, name)) for m in marks if getattr(m, name, None) is not None]
    return found[0] if found else None


def _sort(base: object) -> tuple[Sort, tuple[str | int, ...]]:
    origin, args = get_origin(base), get_args(base)
    if origin in (Union, UnionType):  # words, or a table that says more
        base = next((a for a in args if get_origin(a) is Literal), base)
        origin, args = get_origin(base), get_args(base)
    if origin is Literal:
        return "choice", args
    if origin is tuple and len(args) == _PAIR:
        return "pair", ()
    if origin is list and unwrap(args[0])[0] is str:
        return "texts", ()
    return _SORTS.get(base, "other"), ()
