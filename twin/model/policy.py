"""What the owner decides: caps, limits, what must survive which loss, waivers, assumptions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from twin.model.base import Item, NonNegative, Positive, Share, Text

LossKind = Literal[
    "source", "transformer", "ups", "rectifier", "board", "rpp", "transfer", "tie", "busway", "tap",
    "whip", "shelf", "module", "bypass", "cdu", "pump", "exchanger", "air_unit", "fan", "plant",
    "plant_unit", "pipe", "manifold", "valve", "switch", "plane", "tray", "riser",
]  # fmt: skip

OUTSIDE = "external:"
"""What an enforcer begins with that the layout does not describe and no loss takes away."""


class Capped(Item):
    """After this loss racks may be capped, if the enforcer lives and is fast enough."""

    outcome: Literal["capped"] = "capped"
    to: Annotated[Share, Field(gt=0)] = Field(description="share of the load that remains")
    within_s: Positive = Field(description="time until the cap holds")
    enforced_by: Text = Field(
        description="element that enforces it: its id or kind:id; external:NAME for one that the "
        "layout does not describe and that lives through the loss"
    )
    withstand_s: Positive | None = Field(
        default=None, description="time for which the overload is carried"
    )


Outcome = Literal["full", "may go dark"] | Capped


class Policy(Item):
    """The section `policy` of a layout."""

    owner: str = "owner"
    provisioned_kw: dict[Text, NonNegative] = Field(
        default={}, description="cap per rack, by rack type"
    )
    limits: dict[Text, float] = Field(
        default={}, description="limits of the code profile that the owner replaces"
    )
    losses: dict[LossKind, Outcome] = Field(
        default={}, description="what racks must be after the loss of one element of a kind"
    )
    work: dict[LossKind, Outcome] = Field(
        default={}, description="what racks must be while an element of a kind is out for work"
    )
    work_fault: Outcome | None = Field(
        default=None, description="what racks must be if one element fails during planned work"
    )
    pairs: Outcome | None = Field(
        default=None, description="what racks must be after two losses within one group"
    )
    classes: dict[Text, dict[LossKind, Outcome]] = Field(
        default={}, description="losses as racks of a class must meet them, before `losses`"
    )
    single_path_h: Positive | None = Field(
        default=None, description="longest time for which a rack may stand on a single path"
    )
    adopt: list[str] = Field(
        default=[], description="judged limits, by name, that decide and do not only warn"
    )

    def asks(self, kind: LossKind) -> bool:
        """Whether racks of any class must be anything after the loss of an element of a kind."""
        said = (own.get(kind) for own in (self.losses, *self.classes.values()))
        return any(outcome not in {None, "may go dark"} for outcome in said)


class Assumption(Item):
    """The owner's stand-in for a figure that nobody published."""

    path: Text
    value: float | str
    reason: Text
    by: Text
    until: date | None = None


class Waiver(Item):
    """A finding that the owner accepts until a day."""

    rule: Text
    subject: Text = Field(description="kind:id, globs allowed")
    reason: Text
    by: Text
    until: date
