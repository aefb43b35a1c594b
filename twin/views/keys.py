"""Keys of the legend besides its bands: marks of verdicts, lines, floors and obstacles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.views import colours
from twin.views.parts import Scene

_THINGS = (
    ("aisle_cold", "cold aisle"),
    ("aisle_hot", "hot aisle"),
    ("column", "column"),
    ("door", "door"),
    ("keepout", "kept free"),
    ("riser", "riser"),
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `name` is the asset, or the state of a mark as text."""

    form: Literal["mark", "line", "fill"]
    name: str
    text: str
    colour: str


def marks(scene: Scene) -> tuple[Key, ...]:
    """Return the marks that the racks of the scene bear: blocked, unknown, at risk."""
    racks = scene.batch("rack")
    states = set() if racks is None else set(np.unique(racks.state).tolist())
    told = ((2, "blocked"), (1, "unknown"), (3, "feasible, at risk"))
    return tuple(Key("mark", str(s), text, colours.INK) for s, text in told if s in states)


def things(scene: Scene, *, cased: bool = False) -> tuple[Key, ...]:
    """Return the lines, floors and obstacles that the scene shows.

    What is judged takes the colour of its band, and with it loses its own, unless the picture
    draws lines `cased`: the band inside the colour of the class.
    """
    assets = {b.asset for b in scene.batches if cased or b.shape != "line" or (b.band < 0).any()}
    lines = (Key("line", k, s.text, s.colour) for k, s in colours.LINES.items() if k in assets)
    plain = {b.asset for b in scene.batches if b.shape == "area" or (b.band < 0).any()}
    fills = (Key("fill", a, text, colours.SOLIDS[a]) for a, text in _THINGS if a in plain)
    return (*lines, *fills)
