"""One palette for all pictures: what each band, verdict and class of asset looks like.

The six bands of load run from blue over pale yellow to dark red. Their colours are classes of the
diverging ramp RdYlBu (the last one of RdBu) of ColorBrewer 2.0 [1]_, which its authors mark as
safe for colour-blind readers; red begins at the limit. Verdicts use the set of Okabe and Ito [2]_.
No colour is the only sign: what is not known is hatched, what is blocked has a heavy outline and
a cross.

References
----------
.. [1] C. Brewer, M. Harrower, ColorBrewer 2.0, https://colorbrewer2.org
.. [2] M. Okabe, K. Ito, Color Universal Design, https://jfly.uni-koeln.de/color/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.site.table import FloatArray, IntArray

EDGES = (0.6, 0.8, 0.9, 1.0, 1.2)
"""Upper ends of the bands, as parts of the limit. A load of exactly 100 % still holds."""

NOT_JUDGED = -1
UNKNOWN = 6
"""Band of what was judged and is not known; bands 0 to 5 are those between `EDGES`."""

FAILS = 4
"""The first band that lies over the limit."""

TOLERANCE = 1e-9
"""Part of the limit by which a load may pass it and still hold: that of the checks."""

INK = "#1a1a1a"
PAPER = "#ffffff"
GREY = "#a3a3a3"
HATCH = "#5c5c5c"
NO_VERDICT = "#eef0f2"

_BANDS = ("#4575b4", "#abd9e9", "#ffffbf", "#fdae61", "#d73027", "#67001f")
_BAND_TEXTS = ("0-60 %", "60-80 %", "80-90 %", "90-100 %", "100-120 %", "over 120 %")
SUPPLY, RETURN = _BANDS[0], _BANDS[4]
"""Coolant on its way to racks and back from them: the cold and the warm end of the ramp."""

_VERDICTS = ("#56b4e9", GREY, "#d55e00", "#f0e442")
_VERDICT_TEXTS = ("feasible", "unknown", "blocked", "feasible, at risk")
_KINDS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#d55e00", "#999999",
    "#332288", "#ddcc77", "#44aa99", "#882255",
)  # fmt: skip

Pattern = Literal["plain", "hatched"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend: a band, its colour and what it means."""

    band: int
    text: str
    colour: str
    pattern: Pattern = "plain"
    count: int = 0


@dataclass(frozen=True, slots=True)
class Legend:
    """What the bands of a scene mean: the only place from which a renderer takes a colour.

    `at_names` says what figures beside the names of a plan are, where there are any.
    """

    by: str
    title: str
    entries: tuple[Entry, ...]
    at_names: str = ""

    def colour(self, band: int) -> str:
        """Colour of a band, as #rrggbb."""
        return next((e.colour for e in self.entries if e.band == band), NO_VERDICT)

    def rgb(self, bands: IntArray) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        """Colours of many bands, (n, 3) from 0 to 255."""
        known = {e.band: e.colour for e in self.entries}
        low, high = NOT_JUDGED, max(*known, NOT_JUDGED)
        table = np.array(
            [hex_rgb(known.get(b, NO_VERDICT)) for b in range(low, high + 1)], dtype=np.uint8
        )
        return table[np.clip(np.asarray(bands, dtype=np.int64), low, high) - low]


@dataclass(frozen=True, slots=True)
class Line:
    """How a line of the plan is drawn: `width_m` on the floor, dashes in mm of paper."""

    text: str
    colour: str
    width_m: float
    dash_mm: tuple[float, ...] = ()


LINES = {
    "busway": Line("busway", "#4a3b8f", 0.10),
    "tray": Line("cable tray", "#3f5a2a", 0.06, (2.4, 1.4)),
    "pipe": Line("pipe", "#00789c", 0.08, (5.0, 1.2, 0.8, 1.2)),
    "manifold": Line("manifold", "#004f66", 0.12),
    "duct": Line("riser from place to place", "#a8702a", 0.06, (0.8, 1.2)),
    "way": Line("way of the cable", "#c51b7d", 0.16),
}

SOLIDS = {
    "hall": "#f7f7f5",
    "aisle_cold": "#e3f1fb",
    "aisle_hot": "#fbe6dc",
    "aisle": "#eeeeea",
    "position": "#ffffff",
    "column": "#4d4d4d",
    "wall": "#4d4d4d",
    "door": "#8c6d46",
    "keepout": "#f3dede",
    "equipment": "#8f8f8f",
    "riser": "#7a5230",
}
"""Fill of what carries no band."""


def bands_of(load: FloatArray) -> IntArray:
    """Band of each load, given as a part of the limit; NaN is not judged.

    Examples
    --------
    >>> bands_of(np.array([0.2, 0.6, 0.85, 1.0, 1.075, 1.3, np.nan])).tolist()
    [0, 1, 2, 3, 4, 5, -1]
    """
    edges = np.array(EDGES)
    # The limit itself holds, so its band is closed above; the others are closed below.
    edges[3] += TOLERANCE
    edges[3] = np.nextafter(edges[3], 2.0)
    bands = np.searchsorted(edges, load, side="right")
    return np.where(np.isnan(load), NOT_JUDGED, bands)


def load_entries() -> tuple[Entry, ...]:
    """Legend of the bands of load, what is not known and what was not judged."""
    bands = tuple(
        Entry(i, text, colour)
        for i, (text, colour) in enumerate(zip(_BAND_TEXTS, _BANDS, strict=True))
    )
    return (*bands, *_rest())


def verdict_entries() -> tuple[Entry, ...]:
    """Legend of the verdicts."""
    return (
        Entry(0, _VERDICT_TEXTS[0], _VERDICTS[0]),
        Entry(1, _VERDICT_TEXTS[1], _VERDICTS[1], "hatched"),
        Entry(2, _VERDICT_TEXTS[2], _VERDICTS[2]),
        Entry(3, _VERDICT_TEXTS[3], _VERDICTS[3]),
        Entry(NOT_JUDGED, "not judged", NO_VERDICT),
    )


def kind_entries(texts: tuple[str, ...]) -> tuple[Entry, ...]:
    """Legend of kinds that have no order, such as types of rack; colours repeat after twelve."""
    return (
        *(Entry(i, text, _KINDS[i % len(_KINDS)]) for i, text in enumerate(texts)),
        Entry(NOT_JUDGED, "other", NO_VERDICT),
    )


def hex_rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue from 0 to 255.

    Examples
    --------
    >>> hex_rgb("#fdae61")
    (253, 174, 97)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def seen_through(colour: str, alpha: float, behind: str) -> str:
    """Return how a colour looks that covers a part of what is behind it.

    Examples
    --------
    >>> seen_through("#000000", 0.6, "#ffffff")
    '#666666'
    """
    both = zip(hex_rgb(colour), hex_rgb(behind), strict=True)
    return "#" + "".join(f"{round(alpha * a + (1 - alpha) * b):02x}" for a, b in both)


def is_dark(colour: str) -> bool:
    """Whether white letters read better on a colour than black ones.

    The relative luminance is that of WCAG 2.1; black and white contrast alike at 0.179.

    Examples
    --------
    >>> is_dark("#4575b4"), is_dark("#ffffbf")
    (True, False)
    """
    parts = np.array(hex_rgb(colour)) / 255.0
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return bool(linear @ np.array([0.2126, 0.7152, 0.0722]) < 0.179)


def _rest() -> tuple[Entry, Entry]:
    return (
        Entry(UNKNOWN, "unknown: a figure is missing", GREY, "hatched"),
        Entry(NOT_JUDGED, "no load judged", NO_VERDICT),
    )
