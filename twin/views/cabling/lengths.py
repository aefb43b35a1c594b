"""The histogram of lengths of cords: what is needed against what is bought, by medium."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.errors import InputError, Problem
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.cord_lengths import cord_lengths
from twin.solve.cabling.parts.spread import Spread, spread
from twin.solve.study import Study
from twin.views import colours, svg
from twin.views.cabling.sheet import SIZE, Panel, sheet
from twin.views.loops.chart import Axes, frame, ticks

_TALL, _CLASS, _LEFT, _UNDER, _TOP = 80.0, 18.0, 16.0, 14.0, 8.0
_BAR, _BETWEEN = 0.36, 0.04
"""Parts of a class that a bar takes, and half of what is between its two."""


def length_sheet(study: Study) -> str:
    """Return the histogram of the lengths of all cords as SVG.

    Raises
    ------
    InputError
        No cord stands, or none has a known length.
    """
    if not len(study(cables)):
        message, expected = "no cord stands on this day", "write a later day, or leave --date out"
        raise InputError(Problem("", key="date", message=message, expected=expected))
    found = study(spread)
    if not len(found.needed):
        message, expected = "no cord has a known length", "describe trays, and racks with heights"
        raise InputError(Problem("", key="trays", message=message, expected=expected))
    texts = tuple(medium or "medium not known" for medium in found.media)
    entries = [e for e in colours.kind_entries(texts) if e.band >= 0]
    told = "Lengths of cords: pale bar needed, full bar bought"
    return sheet(study, told, [_panel(found)], entries, _note(study, found))


def _note(study: Study, found: Spread) -> str:
    cable, long = study(cables), study(cord_lengths)
    count = np.nan_to_num(cable.cords)
    # Of the same cords each: those of which it is known what is bought.
    both = ~np.isnan(long.stock_m - long.serves_m)
    needed, stock = (float(np.sum((x * count)[both])) for x in (long.serves_m, long.stock_m))
    slack = stock - needed
    out = [f"Needed {needed:,.0f} m, bought {stock:,.0f} m, left over {slack:,.0f} m"]
    if found.unknown:
        out.append(f"{found.unknown:,} cords of unknown length are not shown")
    lacking = int(count[np.isnan(long.stock_m)].sum()) - found.unknown
    if lacking > 0:
        out.append(f"Left out: {lacking:,} cords of which it is not known what is bought")
    return ". ".join(out) + "."


def _panel(found: Spread) -> Panel:
    n = len(found.needed)
    highest = max(float(found.needed.sum(axis=1).max()), float(found.stock.sum(axis=1).max()))
    up = [v for v in ticks(0.0, max(highest, 1.0)) if v == round(v)]
    axes = Axes(_LEFT, -_TOP - _TALL, _CLASS * n, _TALL, 0.0, float(n), 0.0, up[-1])
    parts = [*frame(axes, [], up, "", "cords"), *_edges(found, axes)]
    for k in range(n):
        parts += _stack(found.needed[k], found, axes, k + 0.5 - _BAR - _BETWEEN, "needed")
        parts += _stack(found.stock[k], found, axes, k + 0.5 + _BETWEEN, "bought")
    return Panel(tuple(parts), _LEFT + _CLASS * n + 12.0, _TOP + _TALL + _UNDER)


def _edges(found: Spread, axes: Axes) -> Iterator[str]:
    for k, edge in enumerate(found.edge_m.tolist()):
        x, y = axes.at(float(k), 0.0)
        yield svg.polyline(np.array([[x, y], [x, y - 1.0]]), "axis")
        yield svg.text(f"{edge:g}", x, y - 4.2, SIZE, anchor="middle")
    x, y = axes.at(axes.right, 0.0)
    yield svg.text("length, m", x, y - 8.6, SIZE, css="soft", anchor="end")


def _stack(
    counts: np.ndarray[tuple[int], np.dtype[np.float64]], found: Spread, axes: Axes, left: float,
    word: str,
) -> Iterator[str]:  # fmt: skip
    """Yield one bar: media on one another, and their sum over it."""
    low = 0.0
    css = "edge" if word == "bought" else "faint"
    for medium, count in enumerate(counts.tolist()):
        if count:
            (x, y), (far, top) = axes.at(left, low), axes.at(left + _BAR, low + count)
            tip = svg.title(f"{found.media[medium] or 'medium not known'}, {word}: {count:,.0f}")
            yield svg.rect(x, y, far - x, top - y, f"{css} k{medium}".strip(), tip)
            low += count
    if low:
        x, y = axes.at(left + _BAR / 2, low)
        yield svg.text(f"{low:,.0f}", x, y + 1.0, 2.2, anchor="middle")
