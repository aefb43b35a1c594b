"""The whole layout, as one frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from twin.model.base import Item, Text
from twin.model.coolant import Coolant
from twin.model.data import Data
from twin.model.place import Block, Hall, Obstacle, Position, Riser, Row, Tray
from twin.model.policy import Assumption, Policy, Waiver
from twin.model.power import Power
from twin.model.racks import Delivery, Rack

Family = Literal["PWR", "COL", "CAB", "NET", "SPC", "DLV"]
FAMILIES: tuple[Family, ...] = ("PWR", "COL", "CAB", "NET", "SPC", "DLV")
ListKind = Literal[
    "equipment", "positions", "whips", "racks", "deliveries", "meters", "temperatures", "stock"
]


class ListFile(Item):
    """A long list in a CSV file or a workbook's sheet, with the user's own headers."""

    file: Text
    kind: ListKind
    sheet: str | None = None
    columns: dict[Text, Text] = Field(
        default={}, description="our name = the header in the user's file"
    )


class CatalogFolders(Item):
    """Folders of the user's own products, below the layout's folder; later ones win."""

    folders: list[Text] = []


class Layout(Item):
    """All that a layout file may say."""

    format: Literal[1]
    name: Text
    title: str = ""
    profile: Text = Field(default="nec-us", description="code profile that gives the limits")
    scope: Annotated[list[Family], Field(min_length=1)] = list(FAMILIES)
    ready: date | None = Field(
        default=None, description="day from which all stands that names no day of its own"
    )
    include: list[Text] = Field(default=[], description="files below the layout's folder")
    catalog: CatalogFolders = CatalogFolders()
    policy: Policy = Policy()
    assume: list[Assumption] = []
    waive: list[Waiver] = []
    halls: dict[Text, Hall] = {}
    obstacles: dict[Text, Obstacle] = {}
    blocks: dict[Text, Block] = {}
    rows: dict[Text, Row] = {}
    positions: dict[Text, Position] = {}
    trays: dict[Text, Tray] = {}
    risers: dict[Text, Riser] = {}
    power: Power = Power()
    coolant: Coolant = Coolant()
    data: Data = Data()
    deliveries: dict[Text, Delivery] = {}
    racks: dict[Text, Rack] = {}
    lists: dict[Text, ListFile] = {}


@dataclass(frozen=True, slots=True)
class ListTable:
    """A long list once read: one kind of item, as columns that are already checked.

    `columns` maps the fields of the kind's model to arrays of one row per item: float64 (NaN not
    known), datetime64[D] (NaT not known) or str objects ("" not known). `kind` is a kind of the
    contract ("busway", "position", ...), never "equipment", which is split by kind.
    """

    kind: str
    ids: NDArray[np.str_]
    columns: Mapping[str, NDArray[np.generic]]
    file: str
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
