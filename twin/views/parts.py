"""The parts of a scene, as columns: the only thing that a renderer reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.site.table import DateArray, FloatArray, IntArray, StrArray
from twin.views.colours import Legend

Shape = Literal["box", "line", "area"]


@dataclass(frozen=True, slots=True)
class Batch:
    """All things of one class of asset, one row each.

    Parameters
    ----------
    asset
        Kind of the site ("rack", "busway"), or "aisle_cold", "aisle_hot", "aisle", "column",
        "door", "wall", "keepout", "equipment", or "duct" for risers from place to place.
    shape
        "box": `origin`, `size`, `yaw`. "line" and "area": `points` from `offsets[i]` to
        `offsets[i + 1]`, of which `origin` is the first, and `size` the section of a line.
    origin
        (n, 3) m, centre of the base in the frame of the site.
    size
        (n, 3) m, along the yaw, across it, and up.
    yaw
        (n,) rad, anticlockwise; the front of a box faces yaw - 90 degrees.
    subject
        (n,) subject number of the site; -1 where the thing has none.
    band
        (n,) colour by the scene's legend; -1 not judged.
    state
        (n,) -1 not judged, 0 feasible, 1 unknown, 2 blocked, 3 feasible at risk.
    load
        (n,) 1 - margin, as a part of the limit; NaN not known.
    date
        (n,) day from which it stands; NaT from the beginning.
    code
        (n,) rule that binds; "" none.
    place
        (n,) subject number of the position of a rack; -1 for all else.
    points, offsets
        (k, 3) m and (n + 1,); empty for boxes.
    """

    asset: str
    shape: Shape
    origin: FloatArray
    size: FloatArray
    yaw: FloatArray
    subject: IntArray
    band: np.ndarray[tuple[int], np.dtype[np.int8]]
    state: np.ndarray[tuple[int], np.dtype[np.int8]]
    load: FloatArray
    date: DateArray
    code: StrArray
    place: IntArray
    points: FloatArray
    offsets: IntArray

    def __len__(self) -> int:
        """Return the number of things."""
        return len(self.subject)


@dataclass(frozen=True, slots=True)
class Labels:
    """Texts on the floor, one row each.

    `level` is 0 halls, 1 rows, 2 equipment, 3 aisles, 4 lines, 5 racks. `along` (n, 2) is the
    direction in which a text stands off its point; (0, 0) centres it there. `room` (n, 2) m is
    the box that a centred text must fit into; NaN where nothing bounds it. Texts of one `group`
    are ways to say the same thing: the first that fits is enough.
    """

    text: StrArray
    point: FloatArray
    size: FloatArray
    level: IntArray
    along: FloatArray
    room: FloatArray
    group: IntArray

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the scene: its extent in m, its title and its summary."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    title: str
    summary: str
    conditions: str
    note: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture shows."""

    batches: tuple[Batch, ...]
    labels: Labels
    frame: Frame
    legend: Legend
    names: StrArray

    def batch(self, asset: str) -> Batch | None:
        """Return the batch of a class of asset; None when there is none."""
        return next((b for b in self.batches if b.asset == asset), None)

    def name(self, subject: int) -> str:
        """Return the id of a subject, without its kind."""
        return str(self.names[subject]).partition(":")[2] if subject >= 0 else ""
