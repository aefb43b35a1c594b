"""Whether a value from outside the layout's items is one that a layout could say there.

Changes, assumptions and graphs patch columns, which take any number; a rack of -100 kW would then
relieve its feeders. So values are held to the same bounds as in a file. NaN passes: it says "not
known".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from twin.errors import ChangeError, shown
from twin.model.base import Item
from twin.model.change import Change
from twin.model.racks import Rack
from twin.model.sections import MODELS
from twin.site.change import find, in_tables, number
from twin.site.contract import BY_KIND, Column
from twin.site.table import Table

_SHARES = frozenset(("liquid_share_low", "liquid_share_high"))
_COUNTS = frozenset(
    "shelves input_whips psus systems psus_per_system psus_needed psus_least".split()
)
_MAY_BE_NONE = frozenset(("kW", "L/min", "L/min/kW", "m3/s", "ohm/km"))
"""Units of which a product may state 0: it draws nothing, it needs no flow."""
_TEMPERATURES = frozenset(("degC", "deg"))


def hold(tables: Mapping[str, Table], change: Change) -> None:
    """Raise `ChangeError` where a change sets what no layout may say."""
    if change.do == "scale":
        factor = change.value
        if not isinstance(factor, int | float) or not 0 <= factor < math.inf:
            raise ChangeError(f"{shown(factor)} is no factor; write one from 0 up", change.path)
    elif change.do == "set" and in_tables(change.path):
        kind, _, column = find(tables, change.path)
        wrong = misfit(BY_KIND[kind][column], change.value)
        if wrong:
            raise ChangeError(f"{shown(change.value)} does not fit; {wrong}", change.path)


def misfit(spec: Column, value: object) -> str:
    """Return what would be right for a column where a value does not fit; nothing where it does.

    Dates, flags and references are read, and told, by what sets them.
    """
    if spec.dtype in {"i4", "bool", "M8[D]"}:
        return ""
    if spec.dtype == "f8":
        try:
            value = number(value, spec) if isinstance(value, str) else value
        except ValueError as error:
            return str(error)
        if isinstance(value, float) and not math.isfinite(value):
            return "" if math.isnan(value) else "write a finite number"
    try:
        _adapter(spec).validate_python(value, strict=isinstance(value, bool))
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Input should be ")
        return f"write a value that is {said[:1].lower()}{said[1:]}"
    return ""


def unreadable(spec: Column, value: object) -> str:
    """Return what would be right where a value is no day or no flag; nothing where it is one."""
    if spec.dtype == "bool" and not isinstance(value, bool):
        return "write True or False"
    if spec.dtype == "M8[D]" and not isinstance(value, date):
        try:
            date.fromisoformat(str(value))
        except ValueError:
            return "write a day as 2027-05-03"
    return ""


@cache
def _adapter(spec: Column) -> TypeAdapter[Any]:
    """Return what reads a column: as the field of its model, where there is one."""
    kind, bounds = _bounds(spec)
    bounded: Any = Annotated[(kind, *bounds, Field())]
    return TypeAdapter(bounded)


def _bounds(spec: Column) -> tuple[Any, list[Any]]:
    """Type and bounds of a column; a product's figure takes those of the items that may say it."""
    models: list[type[Item]] = [m for k, m in MODELS.items() if k == spec.kind]
    if spec.kind == "product":
        models = [Rack, *MODELS.values()]
    field = next((m.model_fields[spec.name] for m in models if spec.name in m.model_fields), None)
    if field is not None:
        return field.annotation, [*field.metadata]
    if spec.dtype != "f8":
        return str, []
    if spec.kind == "product":
        return _figure(spec)
    return float, [Field(gt=0)] if spec.name.startswith("size_") else []


def _figure(spec: Column) -> tuple[Any, list[Any]]:
    """Type and bounds of a product's figure that no item may say."""
    if spec.name in _SHARES:
        return float, [Field(ge=0, le=1)]
    if spec.name in _COUNTS:
        return int, [Field(gt=0)]
    if spec.name == "ew_ports":
        return int, [Field(ge=0)]
    if spec.unit in _TEMPERATURES:
        return float, []
    return float, [Field(ge=0) if spec.unit in _MAY_BE_NONE else Field(gt=0)]
