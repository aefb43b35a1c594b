"""What stands around the loop pictures: style, head, legend; and how panels make a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from twin.views import colours, svg
from twin.views.loops.diagram import Panel
from twin.views.oneline.legend import EDGE, SMALL, SUMMARY, TITLE, hatch

_LINE, _SWATCH = 6.2, 8.4
NARROWEST = 230.0

Key = tuple[str, str, str]
"""One key of a legend: form (box, line, words), class, text."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a sheet: title, verdict and conditions."""

    title: str
    summary: str
    told: str


def sheet(head: Head, panels: Sequence[Panel], keys: Sequence[Sequence[Key]]) -> str:
    """Return panels one under another as one SVG, with head and legend."""
    wide = max(
        NARROWEST,
        *(p.wide for p in panels),
        svg.width_of(head.title, TITLE, bold=True),
        svg.width_of(head.told, SMALL),
    )
    rows = [row for group in keys for row in _rows(group, wide)]
    over = EDGE + TITLE + SUMMARY + SMALL + 10.0
    tall = over + sum(p.tall + 9.0 for p in panels) + _LINE * len(rows) + EDGE
    box = (-EDGE, 0.0, wide + 2 * EDGE, tall)
    where = " ".join(svg.num(v) for v in box)
    size = f'width="{svg.num(box[2])}mm" height="{svg.num(tall)}mm" role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="twin-loop" viewBox="{where}" {size}>',
        svg.title(f"{head.title}. {head.told}. {head.summary}"),
        f"<style>{_style()}</style>",
        f"<defs>{hatch()}{_lost()}</defs>",
        svg.rect(-EDGE, -tall, box[2], tall, "paper"),
        svg.group("head", _head(head)),
    ]
    y = over
    for p in panels:
        parts.append(f'<g class="panel" transform="translate(0 {svg.num(y)})">')
        parts += [part for part in p.svg if part]
        parts.append("</g>")
        y += p.tall + 9.0
    parts.append(svg.group("legend", _foot(rows, -y)))
    parts.append("</svg>\n")
    return "\n".join(p for p in parts if p)


def band_keys(told: str, seen: Iterable[int]) -> list[Key]:
    """Return keys of the bands of what is told."""
    there = set(seen)
    out = [
        ("box", f"b{e.band}", e.text)
        for e in colours.load_entries()
        if 0 <= e.band < colours.UNKNOWN
    ]
    if colours.UNKNOWN in there:
        out.append(("box", f"b{colours.UNKNOWN}", "not known"))
    return [("words", "", told), *out]


def _head(head: Head) -> Iterator[str]:
    y = -EDGE - 0.8 * TITLE
    yield svg.text(head.title, 0.0, y, TITLE, css="bold")
    yield svg.text(head.summary, 0.0, y - TITLE - 0.6, SUMMARY)
    yield svg.text(head.told, 0.0, y - TITLE - SUMMARY - 2.0, SMALL, css="soft")


def _wide(key: Key) -> float:
    return (0.0 if key[0] == "words" else _SWATCH + 2.0) + svg.width_of(key[2], SMALL) + 5.0


def _rows(keys: Sequence[Key], room: float) -> Iterator[list[Key]]:
    row: list[Key] = []
    used = 0.0
    for key in keys:
        if row and used + _wide(key) > room:
            yield row
            row, used = [], 0.0
        row.append(key)
        used += _wide(key)
    if row:
        yield row


def _foot(rows: list[list[Key]], y: float) -> Iterator[str]:
    for row in rows:
        x = 0.0
        for form, css, text in row:
            if form == "box":
                yield svg.rect(x, y - 2.0, _SWATCH, 4.0, css if css == "vacant" else f"edge {css}")
            elif form == "line":
                yield svg.polyline(np.array([[x, y], [x + _SWATCH, y]]), css)
            at = x if form == "words" else x + _SWATCH + 2.0
            yield svg.text(text, at, y - 0.36 * SMALL, SMALL)
            x += _wide((form, css, text))
        y -= _LINE


def _lost() -> str:
    return (
        '<pattern id="tw-lost" width="2" height="2" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)">'
        f'<rect width=".45" height="2" fill="{colours.HATCH}"/></pattern>'
    )


def _style() -> str:
    """Return classes of the drawing, kept to it: it also stands inside other pages."""
    ink, grey, paper = colours.INK, colours.GREY, colours.PAPER
    cold, warm = colours.SUPPLY, colours.RETURN
    rules = {
        "text": f"font-family:'DejaVu Sans',Verdana,Arial,sans-serif;fill:{ink};"
        "text-rendering:geometricPrecision",
        ".halo": f"stroke:{paper};stroke-width:.7;stroke-linejoin:round;paint-order:stroke",
        ".bold": "font-weight:bold",
        ".soft": "fill:#555",
        ".grey": "fill:#8a8a8a",
        ".alarm": "fill:#a50f15",
        ".paper": f"fill:{paper}",
        ".edge": f"stroke:{ink};stroke-width:.3",
        ".hollow": f"fill:none;stroke:{ink};stroke-width:.3",
        ".over": "stroke-width:.9",
        ".off": f"fill:{colours.NO_VERDICT};stroke:{grey}",
        ".unit": f"fill:{paper}",
        ".place": f"fill:{paper}",
        ".unit.off": f"fill:{colours.NO_VERDICT}",
        ".vacant": f"fill:none;stroke:{grey};stroke-width:.25;stroke-dasharray:1.2 .8",
        ".hatched": "fill:url(#tw-lost)",
        ".casing": f"fill:none;stroke:{paper};stroke-width:1.7",
        ".pipe": "fill:none;stroke-width:.7",
        ".hose": "fill:none;stroke-width:.5",
        ".bar": "fill:none;stroke-width:1.3",
        ".supply": f"stroke:{cold}",
        ".return": f"stroke:{warm}",
        ".gone": f"stroke:{grey};stroke-dasharray:1.6 1",
        ".fill-supply": f"fill:{cold}",
        ".fill-return": f"fill:{warm}",
        ".axis": f"fill:none;stroke:{ink};stroke-width:.35",
        ".tick": "fill:none;stroke:#d9d9d9;stroke-width:.2",
        ".need": f"fill:none;stroke:{ink};stroke-width:.7",
        ".limit": f"fill:none;stroke:{ink};stroke-width:.3;stroke-dasharray:.8 .8",
        ".leader": "fill:none;stroke:#888;stroke-width:.2",
        ".flow": f"fill:{cold};stroke:{ink};stroke-width:.2",
        ".worst": f"fill:{colours.load_entries()[3].colour};stroke:{ink};stroke-width:.2",
        ".short": f"fill:{warm};stroke:{ink};stroke-width:.6",
        ".faint": "opacity:.35",
        ".cap-heat": f"fill:none;stroke:{warm};stroke-width:.8",
        ".cap-flow": f"fill:none;stroke:{cold};stroke-width:.8;stroke-dasharray:3 1",
        ".cap-head": f"fill:none;stroke:{ink};stroke-width:.6;stroke-dasharray:.8 .8",
        ".cap-least": f"fill:none;stroke:{colours.load_entries()[3].colour};stroke-width:2.6",
        ".stage": f"fill:none;stroke:{grey};stroke-width:1.1",
    }
    for entry in colours.load_entries():
        if entry.band >= 0:
            fill = "url(#tw-unknown)" if entry.pattern == "hatched" else entry.colour
            rules[f".b{entry.band}"] = f"fill:{fill}"
    return "".join(f".twin-loop {name}{{{rule}}}" for name, rule in rules.items())
