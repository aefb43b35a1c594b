"""Flow of each rack against its need, healthy and in the worst case, racks as they stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.views import svg
from twin.views.loops import words
from twin.views.loops.chart import SIZE, Axes, frame, ticks
from twin.views.loops.diagram import Diagram, Panel
from twin.views.loops.figures import Figures
from twin.views.loops.parts import IN_RACK

_PITCH, _BAR = 7.4, 2.7
_TALL, _UNDER, _TOP = 40.0, 24.0, 13.0
_LEFT = 14.0
_CLOSE = 1e-6


def panel(of: Diagram, room: float) -> Panel:
    """Draw the bars, in as many lines as a width asks for."""
    places = _places(of)
    each = max(8, int((room - _LEFT) / _PITCH))
    lines = [places[k : k + each] for k in range(0, len(places), each)]
    known = [v for c in (of.figures.rack_lpm, of.figures.other_lpm, of.figures.need_lpm)
             for v in c.tolist() if not np.isnan(v)]  # fmt: skip
    up = ticks(0.0, max(known, default=1.0))
    parts = list(_head(of))
    for n, line in enumerate(lines):
        y = -_TOP - 4.0 - _TALL - n * (_TALL + _UNDER + 6.0)
        axes = Axes(_LEFT, y, _PITCH * len(line), _TALL, 0.0, 1.0, up[0], up[-1])
        parts += frame(axes, [], up, "", "L/min")
        for k, (manifold, rack, name) in enumerate(line):
            x = axes.x + _PITCH * (k + 0.5)
            parts += _rack(of.figures, rack, name, x, axes, after=of.after)
            if k == 0 or manifold != line[k - 1][0]:
                parts.append(
                    svg.text(
                        manifold,
                        axes.x + _PITCH * k + 0.8,
                        axes.y + _TALL + 1.0,
                        SIZE,
                        css="bold halo",
                    )
                )
                if k:
                    edge = axes.x + _PITCH * k
                    parts.append(
                        svg.polyline(
                            np.array([[edge, axes.y - 2.0], [edge, axes.y + _TALL]]), "limit"
                        )
                    )
    wide = _LEFT + _PITCH * max((len(line) for line in lines), default=0)
    return Panel(
        tuple(parts), max(wide, 150.0), _TOP + 4.0 + len(lines) * (_TALL + _UNDER + 6.0) - 4.0
    )


def _places(of: Diagram) -> list[tuple[str, int, str]]:
    """Manifold, place among the loop's racks and id of each rack, as they stand."""
    study, ids = of.study, of.study.table("manifold").ids
    return [
        (
            str(ids[row]) if row >= 0 else IN_RACK,
            int(of.figures.rack[rack]),
            str(study.table("rack").ids[rack]),
        )
        for row, racks in of.parts.racks.items()
        for rack in racks.tolist()
        if rack >= 0
    ]


def _head(of: Diagram) -> Iterator[str]:
    yield svg.text("Flow of each rack against its need", 0.0, -5.0, 3.4, css="bold")
    first, second = ("healthy", "worst case") if not of.after else ("after the loss", "healthy")
    x = 0.0
    for css, text in (("flow", first), ("worst", second), ("short", "less than its need")):
        yield svg.rect(x, -11.0, 4.0, 2.8, css)
        yield svg.text(text, x + 5.4, -10.6, SIZE)
        x += 9.0 + svg.width_of(text, SIZE)
    yield svg.polyline(np.array([[x, -9.6], [x + 5.0, -9.6]]), "need")
    yield svg.text("need; ? where a figure is not known", x + 6.4, -10.6, SIZE)


def _rack(of: Figures, k: int, name: str, x: float, axes: Axes, *, after: bool) -> Iterator[str]:
    need, shown = float(of.need_lpm[k]), []
    pairs = (("flow", of.rack_lpm[k], need), ("worst", of.other_lpm[k], float(of.other_need[k])))
    for n, (css, lpm, wanted) in enumerate(pairs):
        left = x - _BAR + n * _BAR
        if np.isnan(lpm):
            shown.append(svg.text("?", left + _BAR / 2, axes.y + 1.0, SIZE, anchor="middle"))
            continue
        _, top = axes.at(0.0, float(lpm))
        short = wanted > lpm * (1.0 + _CLOSE)
        shown.append(svg.rect(left, axes.y, _BAR, top - axes.y, f"{css} short" if short else css))
    if np.isnan(need):
        shown.append(
            svg.text("?", x, axes.y + axes.tall - 2.0, SIZE, css="bold halo", anchor="middle")
        )
    else:
        _, y = axes.at(0.0, need)
        shown.append(svg.polyline(np.array([[x - _BAR - 0.5, y], [x + _BAR + 0.5, y]]), "need"))
    case = of.causes[int(of.cause[k])] if of.cause[k] >= 0 else "healthy"
    tip = f"rack {name}: {words.one(float(of.rack_lpm[k]))} L/min, needs {words.one(need)} L/min; "
    tip += f"{case}: {words.one(float(of.other_lpm[k]))} L/min"
    yield svg.group("element", [svg.title(tip), *shown])
    sign = "" if after else words.letter(int(of.cause[k]))
    yield svg.text(sign, x + _BAR / 2, axes.y - 3.0, SIZE, css="soft", anchor="middle")
    yield svg.text(
        words.cut(name, _UNDER - 6.0, SIZE),
        x + 0.36 * SIZE,
        axes.y - 4.4,
        SIZE,
        anchor="end",
        turn=-90,
    )
