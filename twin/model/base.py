"""What every item of a layout has in common: frozen, strict keys, text with units converted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from twin import units

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Part = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1, le=100_000)]
Point = tuple[float, float]
Size = tuple[Positive, Positive]
Text = Annotated[str, Field(min_length=1, max_length=200)]
AirClass = Literal["A1", "A2", "A3", "A4", "H1"]
"""Classes of inlet air of ASHRAE TC 9.9."""


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a field that names an item of one of these kinds."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Marks a field whose change alters a topology, so that it must be compiled anew."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Marks a field by which other things are made when a layout is read; no change reaches it."""


POWER_KINDS = (
    "source", "transformer", "ups", "rectifier", "board", "rpp", "transfer", "tie", "busway",
    "tap", "whip",
)  # fmt: skip
FEEDERS = POWER_KINDS[:-2]

HallRef = Annotated[str, Ref(("hall",)), Shape()]
FeedRef = Annotated[str, Ref(FEEDERS), Shape()]
ProductRef = Annotated[str, Ref(("product",)), Shape()]
PlaceRef = Annotated[str, Ref(("position",)), Shape()]


def _convert(value: object, unit: str) -> object:
    """Text becomes a number in `unit`, inside lists too; numbers and anything else pass."""
    if isinstance(value, str):
        return units.convert(value, unit)
    if isinstance(value, list | tuple):
        return [_convert(v, unit) for v in value]
    return value


@cache
def _names(model: type[BaseModel], field: str) -> bool:
    """Whether a field is text: `side_a` ends as a current does, and names an element."""
    annotation = model.model_fields[field].annotation
    return annotation is str or str in get_args(annotation)


class Item(BaseModel):
    """Base of all that a layout may say. The suffix of a key is its unit."""

    # Whatever is only part of others is built as part of them.
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_default=False, defer_build=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _units(cls, value: Any, info: Any) -> Any:  # noqa: ANN401 - pydantic's own signature
        unit = units.unit_of(info.field_name)
        if unit is None or isinstance(value, bool) or _names(cls, info.field_name):
            return value
        try:
            return _convert(value, unit)
        except ValueError as error:
            raise PydanticCustomError("unit", "{reason}", {"reason": str(error)}) from error
