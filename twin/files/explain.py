"""What the model refuses, told in plain words with what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from twin.errors import near, shown
from twin.files.fields import Below, Spec, annotation_at, below, spec_at, unwrap
from twin.files.origins import Fault, Path

MOST_TOLD = 200
_MOST_HELD = 20_000
_LARGEST_WHOLE = 2**63
_LONGEST_NAME = 100
_NAMES_TOLD = 12

_SIGNS = {
    "greater_than": "is not above",
    "greater_than_equal": "is below",
    "less_than_equal": "is above",
    "less_than": "is not below",
}
_BOUNDS = {
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than_equal": "le",
    "less_than": "lt",
}


def explain(error: ValidationError, root: type[BaseModel], document: object) -> list[Fault]:
    """Return what pydantic refused as faults, one for each place."""
    found: dict[Path, Fault] = {}
    for details in _few(error, root, document).errors(include_url=False):
        if len(found) >= MOST_TOLD:
            break
        path, value, is_key = _path(details, document)
        fault = _fault(details, path, value, root, is_key=is_key)
        # A union tells one error for each of its branches: the one that fits the value is kept.
        first = found.get(path)
        if first is None or (not isinstance(value, dict) and details["type"] == "literal_error"):
            found[path] = fault
    return [f for f in found.values() if not _shadowed(f, found)]


def _few(error: ValidationError, root: type[BaseModel], document: object) -> ValidationError:
    """Return an error that is small enough to be told, for a file in which all is wrong.

    Each single error takes a kilobyte when it is told, and a file may hold millions of them.
    """
    if error.error_count() <= _MOST_HELD:
        return error
    try:
        root.model_validate(_head(document))
    except ValidationError as smaller:
        return smaller
    return error


def _head(node: object) -> object:
    """Return the first items of each table and list of a document."""
    if isinstance(node, dict):
        return {key: _head(below) for key, below in islice(node.items(), MOST_TOLD)}
    if isinstance(node, list):
        return [_head(below) for below in node[:MOST_TOLD]]
    return node


def _shadowed(fault: Fault, found: dict[Path, Fault]) -> bool:
    """Return True for the error of a union's branch that a table was not meant for."""
    if not isinstance(fault.value, dict):
        return False
    size = len(fault.path)
    return any(len(p) > size and p[:size] == fault.path for p in found)


def _path(details: ErrorDetails, document: object) -> tuple[Path, object, bool]:
    """Return the keys of an error's place, without pydantic's own words for unions."""
    path: list[str | int] = []
    node: Any = document
    location = details["loc"]
    for place, part in enumerate(location):
        listed = isinstance(node, list) and isinstance(part, int) and part < len(node)
        if listed or (isinstance(node, dict) and part in node):
            node = node[part]
            path.append(part)
        elif place == len(location) - 1 and details["type"] == "missing":
            path.append(part)
            node = None
    return tuple(path), node, location[-1:] == ("[key]",)


def _fault(
    details: ErrorDetails, path: Path, value: object, root: type[BaseModel], *, is_key: bool
) -> Fault:
    kind = details["type"]
    if kind == "extra_forbidden":
        return unknown_key(path, value, root)
    if is_key:
        return _wrong_id(details, path, root)
    wanted = spec_at(root, path)
    expected = wanted.wanted() if wanted else ""
    if kind == "missing":
        return Fault(path, "this key is missing", None, _missing(path, root, expected))
    if kind == "unit":
        reason, _, advice = str(details["ctx"]["reason"]).partition("; ")
        return Fault(path, reason, value, advice or expected)
    if kind == "literal_error" and wanted is not None:
        what = "words" if isinstance(value, str) else "choices"
        choices = [str(c) for c in wanted.choices]
        guess = near(value[:_LONGEST_NAME], choices) if isinstance(value, str) else None
        message = f"{_told(value)} is not one of the known {what}"
        return Fault(path, message, value, expected, guess)
    return Fault(path, _message(details, value, wanted), value, expected)


def _missing(path: Path, root: type[BaseModel], expected: str) -> str:
    """Return how a missing key would be written, and what it is."""
    above, _ = unwrap(annotation_at(root, path[:-1]))
    name = str(path[-1])
    if isinstance(above, type) and issubclass(above, BaseModel) and name in above.model_fields:
        meaning = above.model_fields[name].description
        if meaning:
            return f"{expected} ({meaning})"
    if path == ("format",):
        return "write format = 1 at the top of the file"
    return expected


def _message(details: ErrorDetails, value: object, wanted: Spec | None) -> str:
    kind = details["type"]
    told = _told(value)
    unit = f" {wanted.unit}" if wanted and wanted.unit else ""
    if kind in _SIGNS:
        return _beyond(details, value, unit)
    if kind in _COUNTS:
        return _COUNTS[kind].format(**details["ctx"])
    if kind in _TYPES:
        return f"{told} is not {_TYPES[kind]}"
    message = details["msg"]
    return f"{told}: {message[:1].lower()}{message[1:]}"


_COUNTS = {
    "too_short": "{actual_length} are too few; at least {min_length} are needed",
    "too_long": "{actual_length} are too many; at most {max_length} fit here",
    "string_too_short": "this text is empty",
    "string_too_long": "this text is longer than {max_length} characters",
}


def _beyond(details: ErrorDetails, value: object, unit: str) -> str:
    """Tell a number that is out of bounds."""
    kind = details["type"]
    bound = details["ctx"][_BOUNDS[kind]]
    number = details["input"]
    if isinstance(number, int | float) and number < 0 <= bound:
        return f"{shown(value)} is negative"
    return f"{shown(value)} {_SIGNS[kind]} {bound:g}{unit}"


_TYPES = {
    "finite_number": "a finite number",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number that is in use",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "date_type": "a date",
    "date_parsing": "a date that exists",
    "date_from_datetime_parsing": "a date that exists",
    "date_from_datetime_inexact": "a day without a time",
}


def _wrong_id(details: ErrorDetails, path: Path, root: type[BaseModel]) -> Fault:
    """Tell an error in the name of a table: an empty id, or a word that is not known."""
    name = str(path[-1]) if path else ""
    if details["type"] == "string_too_short":
        return Fault(path, "this id is empty", name, "write an id of at least one character")
    if details["type"] == "literal_error":
        above, _ = unwrap(annotation_at(root, path[:-1]))
        words = [str(w) for w in get_args(unwrap(get_args(above)[0])[0])]
        return Fault(
            path,
            f"{shown(name)} is not a known word here",
            name,
            f"write one of {', '.join(words)}",
            near(name[:_LONGEST_NAME], words),
        )
    return Fault(path, f"{shown(name)} is no id", name, "write an id of at most 200 characters")


def unknown_key(path: Path, value: object, root: type[BaseModel]) -> Fault:
    """Tell a key that the model does not know."""
    name = str(path[-1])
    above, _ = unwrap(annotation_at(root, path[:-1]))
    if get_origin(above) is not None:  # a union: the branch that is a table
        above = next((a for a in get_args(above) if isinstance(a, type)), above)
    known = list(getattr(above, "model_fields", {}))
    guess = near(name[:_LONGEST_NAME], known)
    told = ", ".join(known[:_NAMES_TOLD]) + (", ..." if len(known) > _NAMES_TOLD else "")
    expected = "" if guess else f"known here: {told}"
    return Fault(path, f"there is no key {shown(name)} here", value, expected, guess)


def retyped(root: type[BaseModel], document: object) -> Iterator[Fault]:
    """Yield each value that pydantic would silently turn into another type.

    Text for a number ("4"), a number for a date, true for 1: each is more often a slip than meant.
    """
    stack: list[tuple[Path, object, Any]] = [((), document, root)]
    # By the id of an annotation, which models keep: a hash of it takes longer than the answer.
    known: dict[int, Below] = {}
    fine: set[tuple[int, type]] = set()
    while stack:
        path, value, annotation = stack.pop()
        items: Iterable[tuple[str | int, Any]] = ()
        if isinstance(value, dict):
            items = value.items()
        elif isinstance(value, list):
            items = enumerate(value)
        elif (id(annotation), type(value)) not in fine or _huge(value):
            base = unwrap(annotation)[0]
            reason = _slip(value, path, root, base)
            if not reason and _by_type(value, base):
                fine.add((id(annotation), type(value)))
            if reason:
                wanted = spec_at(root, path)
                yield Fault(
                    path,
                    reason,
                    value if not _huge(value) else None,
                    wanted.wanted() if wanted else "",
                )
        if items and id(annotation) not in known:
            known[id(annotation)] = below(annotation)
        for part, inside in items:
            found = known[id(annotation)].at(part)
            if found is not None:
                stack.append(((*path, part), inside, found))


def _huge(value: object) -> bool:
    return isinstance(value, int) and abs(value) >= _LARGEST_WHOLE


def _told(value: object) -> str:
    """Return a value for a message; Python refuses to write numbers of thousands of digits."""
    try:
        return shown(value)
    except ValueError:
        return "this value"


def _slip(value: object, path: Path, root: type[BaseModel], base: object) -> str | None:
    """Return what is wrong with the type of a value, if pydantic would let it pass."""
    if _huge(value):
        return "this whole number has more than 18 digits"
    allowed = _plain_types(base)
    if not allowed:
        return None
    slips = False
    if isinstance(value, bool):
        slips = bool not in allowed
    elif isinstance(value, int | float):
        slips = allowed in ({date}, {bool})
    elif isinstance(value, datetime):
        slips = date in allowed and value.time() != value.min.time()
    elif isinstance(value, str) and not allowed & {str, date}:
        wanted = spec_at(root, path)
        slips = bool in allowed or (wanted is not None and wanted.unit is None)
    noun = "a day without a time" if isinstance(value, datetime) else _noun(allowed)
    return f"{_told(value)} is not {noun}" if slips else None


def _by_type(value: object, base: object) -> bool:
    """Whether the type of a value alone says that it is no slip; else the value counts, too."""
    if isinstance(value, str):
        return bool(_plain_types(base) & {str, date})
    return isinstance(value, bool | int | float)


def _plain_types(base: object) -> set[type]:
    if get_origin(base) is Literal:
        return set()  # compared as it is, never converted
    args = get_args(base)
    if args:
        return {a for a in (unwrap(a)[0] for a in args) if a in _NOUNS}
    return {base} if isinstance(base, type) and base in _NOUNS else set()


_NOUNS: dict[type, str] = {
    float: "a number",
    int: "a whole number",
    str: "text",
    bool: "true or false",
    date: "a date",
}


def _noun(allowed: set[type]) -> str:
    return " or ".join(noun for kind, noun in _NOUNS.items() if kind in allowed)
