"""What a CDU carries as a chart: racks over supply temperature, by heat, flow, head, and least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.site.table import BoolArray, FloatArray
from twin.solve.study import Study
from twin.views import svg
from twin.views.loops import words
from twin.views.loops.capacity import Capacity, capacities
from twin.views.loops.chart import SIZE, Axes, frame, ticks
from twin.views.loops.diagram import Panel
from twin.views.loops.sheet import chosen, sorts
from twin.views.loops.style import Head, sheet

_WIDE, _TALL = 150.0, 70.0
_LEFT, _TOP, _KEYS = 14.0, 20.0, 64.0
_LINES = (
    ("heat", "by heat"),
    ("flow", "by flow"),
    ("head", "by head"),
    ("least", "least of the three"),
)


def capacity_sheet(study: Study, summary: str = "", loop: str | None = None) -> str:
    """Return what each CDU of a site's loops carries over supply temperature, as SVG.

    Parameters
    ----------
    study
        A site on its day, in its mode of load.
    summary
        What the check said, in a line.
    loop
        The loop to draw; None: every one whose pipes are described.

    Raises
    ------
    InputError
        There is no such loop, or its pipes are not described.
    """
    panels: list[Panel] = []
    for found, name in sorts(study, chosen(study, loop)):
        several = _together(capacities(study, found))
        panels += [_panel(one, name) for one in several]
        if not several:
            text = f"Loop {name}: no rack of a known type hangs on it"
            panels.append(Panel((svg.text(text, 0.0, -5.0, 3.4, css="bold"),), 150.0, 8.0))
    asked = study.conditions
    day = f"on {asked.date.isoformat()}" if asked.date else "all that is planned"
    told = f"{asked.mode} load  ·  {day}  ·  racks that a CDU carries, nothing lost"
    return sheet(Head(study.site.title or study.site.name, summary, told), panels, [])


def _together(several: list[Capacity]) -> list[Capacity]:
    """Join CDUs that carry the same into one, under all their names."""
    out: list[Capacity] = []
    for one in several:
        for k, other in enumerate(out):
            same = (one.type, one.facility_c, one.said) == (
                other.type,
                other.facility_c,
                other.said,
            )
            if same and all(
                np.array_equal(getattr(one, n), getattr(other, n), equal_nan=True)
                for n, _ in _LINES
            ):
                out[k] = replace(other, cdu=f"{other.cdu}, {one.cdu}")
                break
        else:
            out.append(one)
    return out


def _panel(of: Capacity, loop: str) -> Panel:
    notes = [_by_head_note(of), *of.said]
    return Panel(
        tuple(_drawn(of, loop, notes)),
        _LEFT + _WIDE + _KEYS,
        _TOP + _TALL + 14.0 + 4.2 * len(notes),
    )


def _drawn(of: Capacity, loop: str, notes: list[str]) -> Iterator[str]:
    yield svg.text(
        f"{of.cdu} on loop {loop}: racks of type {of.type} that it carries",
        0.0,
        -5.0,
        3.4,
        css="bold",
    )
    told = f"{words.one(of.rack_kw)} kW to liquid each"
    told += f"  ·  {of.cooled_by} at {words.one(of.facility_c)} °C"
    yield svg.text(f"{told}  ·  one CDU alone", 0.0, -10.0, SIZE, css="soft")
    curves = {name: np.asarray(getattr(of, name)) for name, _ in _LINES}
    known = np.concatenate([c[~np.isnan(c)] for c in curves.values()])
    up = ticks(0.0, max(float(known.max()) if len(known) else 1.0, float(of.on_loop)))
    low, high = float(of.supply_c[0]), float(of.supply_c[-1])
    axes = Axes(_LEFT, -_TOP - _TALL, _WIDE, _TALL, low - 0.5, high + 0.5, up[0], up[-1])
    across = [v for v in ticks(low, high) if low <= v <= high]
    yield from _unknown(of, curves["least"], axes)
    yield from frame(axes, across, up, "coolant supply, °C", "racks")
    _, y = axes.at(low, float(of.on_loop))
    yield svg.polyline(np.array([[axes.x, y], [axes.x + axes.wide, y]]), "limit")
    if axes.left <= of.set_point_c <= axes.right:
        x, _ = axes.at(of.set_point_c, 0.0)
        yield svg.polyline(np.array([[x, axes.y], [x, axes.y + axes.tall]]), "limit")
        yield svg.text("set-point", x, axes.y + axes.tall + 1.4, SIZE, css="soft", anchor="middle")
    for name, _ in _LINES[::-1]:
        yield from _steps(of.supply_c, curves[name], axes, f"cap-{name}")
    yield _stand(of, curves, axes, y)
    yield from _keys(of, curves, axes)
    for n, note in enumerate(notes):
        yield svg.text(note, _LEFT, axes.y - 13.0 - 4.2 * n, SIZE, css="soft")


def _stand(of: Capacity, curves: dict[str, FloatArray], axes: Axes, y: float) -> str:
    """Say how many stand on the loop, over their line at the end that fewer other lines cross."""
    text = f"{of.on_loop} stand on the loop"
    part = svg.width_of(text, SIZE) / axes.wide
    n = max(int(np.ceil(part * len(of.supply_c))) + 1, 1)
    rise = (axes.high - axes.low) * (SIZE + 1.5) / axes.tall
    counts = np.array(list(curves.values()))
    crossed = (counts > of.on_loop) & (counts < of.on_loop + rise)
    right = bool(crossed[:, -n:].sum() < crossed[:, :n].sum())
    x = axes.x + axes.wide - 1.0 if right else axes.x + 1.0
    return svg.text(text, x, y + 1.2, SIZE, css="halo soft", anchor="end" if right else "start")


def _steps(supply: FloatArray, count: FloatArray, axes: Axes, css: str) -> Iterator[str]:
    """Yield a line of steps, broken where a count is not known."""
    for start, end in _known(~np.isnan(count)):
        points = []
        for k in range(start, end):
            points += [axes.at(supply[k] - 0.5, count[k]), axes.at(supply[k] + 0.5, count[k])]
        yield svg.polyline(np.array(points), css)


def _known(known: BoolArray) -> Iterator[tuple[int, int]]:
    """Yield first and one past the last of each stretch that is known."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _unknown(of: Capacity, least: FloatArray, axes: Axes) -> Iterator[str]:
    """Yield a hatched field where the least is not known."""
    for start, end in _known(np.isnan(least)):
        left, low = axes.at(of.supply_c[start] - 0.5, axes.low)
        right, _ = axes.at(of.supply_c[end - 1] + 0.5, axes.low)
        yield svg.rect(left, low, right - left, axes.tall, "hatched faint", svg.title("not known"))


def _keys(of: Capacity, curves: dict[str, FloatArray], axes: Axes) -> Iterator[str]:
    """Yield names of the lines, and what each says at the set-point."""
    x, y = axes.x + axes.wide + 8.0, axes.y + axes.tall - 4.0
    near = (
        int(np.argmin(np.abs(of.supply_c - of.set_point_c))) if not np.isnan(of.set_point_c) else 0
    )
    yield svg.text(f"racks at {of.supply_c[near]:g} °C", x, y + 5.0, SIZE, css="soft")
    for name, text in _LINES:
        count = curves[name][near]
        said = "?" if np.isnan(count) else f"{count:.0f}"
        if name in {"head", "least"} and count == of.on_loop == of.head[near]:
            said += " or more"
        yield svg.polyline(np.array([[x, y], [x + 8.0, y]]), f"cap-{name}")
        css = "bold" if name == "least" else ""
        yield svg.text(f"{text}: {said}", x + 10.0, y - 0.36 * SIZE, SIZE, css=css)
        y -= 6.0


def _by_head_note(of: Capacity) -> str:
    return (
        f"By head: the {of.on_loop} racks that stand on the loop, from its first on, each with "
        "its need; where all hold, more may."
    )
