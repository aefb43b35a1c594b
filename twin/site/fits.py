"""Whether a value that a change sets is one that a layout could say.

A change patches columns, which take any number; a rack of -100 kW would then relieve its feeders.
So values are held to the same bounds as in a file. NaN passes: it says "not known".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from twin import units
from twin.errors import ChangeError, shown
from twin.model.change import Change
from twin.model.sections import MODELS
from twin.site.change import find
from twin.site.contract import BY_KIND, Column
from twin.site.table import Table

_COLDER_THAN_ZERO = ("degC", "deg")


def hold(tables: Mapping[str, Table], change: Change) -> None:
    """Raise `ChangeError` where a change sets what no layout may say."""
    if change.do == "scale":
        factor = change.value
        if not isinstance(factor, int | float) or not 0 <= factor < math.inf:
            raise ChangeError(f"{shown(factor)} is no factor; write one from 0 up", change.path)
    elif change.do == "set":
        kind, _, column = find(tables, change.path)
        wrong = misfit(BY_KIND[kind][column], change.value)
        if wrong:
            raise ChangeError(f"{shown(change.value)} does not fit: {wrong}", change.path)


def misfit(spec: Column, value: object) -> str:
    """Return what is wrong with a value for a column; nothing where it fits."""
    if spec.dtype in {"i4", "bool", "M8[D]"}:
        return ""  # the change itself reads these, and tells what it cannot read
    if spec.dtype == "f8":
        try:
            value = units.convert(value, spec.unit) if isinstance(value, str) else value
        except ValueError as error:
            return str(error)
        if isinstance(value, float) and not math.isfinite(value):
            return "" if math.isnan(value) else "write a finite number"
    try:
        _adapter(spec).validate_python(value, strict=isinstance(value, bool))
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        return f"{said[:1].lower()}{said[1:]}"
    return ""


@cache
def _adapter(spec: Column) -> TypeAdapter[Any]:
    """Return what reads a column: as the field of its model, where there is one."""
    model = MODELS.get(spec.kind)
    field = model.model_fields.get(spec.name) if model else None
    bounds: list[object] = []
    kind: Any = float if spec.dtype == "f8" else str
    if field is not None:
        kind, bounds = field.annotation, [*field.metadata]
    elif spec.kind == "product" and spec.unit not in _COLDER_THAN_ZERO:
        bounds.append(Field(ge=0))
    return TypeAdapter(Annotated[(kind, *bounds, Field())])
