"""What stands around the sheets of cables: style, head, legend; panels flow in rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from twin.solve.study import Study
from twin.views import colours, svg
from twin.views.colours import Entry
from twin.views.oneline.legend import EDGE, SMALL, SUMMARY, TITLE

SIZE = 2.6
WIDEST = 260.0
_GAP, _LINE, _SWATCH = 10.0, 6.2, 5.0


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a sheet: its SVG from (0, 0) to the right and down, and its size in mm."""

    svg: tuple[str, ...]
    wide: float
    tall: float


def sheet(
    study: Study, told: str, panels: Sequence[Panel], entries: Sequence[Entry], note: str = ""
) -> str:
    """Return panels as one SVG: from left to right, row by row, with head and legend.

    Parameters
    ----------
    told
        What the sheet shows, in a line under the title.
    entries
        Colours and what they mean.
    note
        A last line of the legend.
    """
    site, day = study.site, study.conditions.date
    title = site.title or site.name
    when = "all that is planned" if day is None else f"on {day.isoformat()}"
    rows = _rows(panels)
    wide = max(
        *(sum(p.wide + _GAP for p in row) - _GAP for row in rows),
        svg.width_of(title, TITLE, bold=True), svg.width_of(told, SUMMARY),
        svg.width_of(note, SMALL), 150.0,
    )  # fmt: skip
    keys = list(_keys(entries, wide))
    over = EDGE + TITLE + SUMMARY + SMALL + 10.0
    tall = over + sum(max(p.tall for p in row) + _GAP for row in rows)
    foot = _LINE * (max((line for line, *_ in keys), default=-1) + 1 + bool(note)) + EDGE
    box = (-EDGE, 0.0, wide + 2 * EDGE, tall + foot)
    where = " ".join(svg.num(v) for v in box)
    size = f'width="{svg.num(box[2])}mm" height="{svg.num(box[3])}mm" role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="twin-cables" viewBox="{where}" {size}>',
        svg.title(f"{title}. {told}. {when}"),
        f"<style>{_style(entries)}</style>",
        svg.rect(-EDGE, -box[3], box[2], box[3], "paper"),
        svg.group("head", (
            svg.text(title, 0.0, -EDGE - TITLE, TITLE, css="bold"),
            svg.text(told, 0.0, -EDGE - TITLE - SUMMARY - 2.6, SUMMARY),
            svg.text(when, 0.0, -EDGE - TITLE - SUMMARY - SMALL - 5.4, SMALL, css="soft"),
        )),
    ]  # fmt: skip
    y = over
    for row in rows:
        x = 0.0
        for p in row:
            parts.append(f'<g transform="translate({svg.num(x)} {svg.num(y)})">')
            parts += [part for part in p.svg if part]
            parts.append("</g>")
            x += p.wide + _GAP
        y += max(p.tall for p in row) + _GAP
    parts.append(svg.group("legend", _legend(keys, note, -y)))
    parts.append("</svg>\n")
    return "\n".join(p for p in parts if p)


def _rows(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Panels in rows that are no wider than a sheet, unless one alone is."""
    rows: list[list[Panel]] = []
    wide = 0.0
    for p in panels:
        if rows and wide + _GAP + p.wide <= WIDEST:
            rows[-1].append(p)
            wide += _GAP + p.wide
        else:
            rows.append([p])
            wide = p.wide
    return rows


Key = tuple[int, float, Entry]


def _keys(entries: Iterable[Entry], wide: float) -> Iterator[Key]:
    """Yield the line and the place of each key, in as many lines as they need."""
    line, x = 0, 0.0
    for entry in entries:
        need = _SWATCH + 2.0 + svg.width_of(entry.text, SMALL) + 6.0
        if x and x + need > wide:
            line, x = line + 1, 0.0
        yield line, x, entry
        x += need


def _legend(keys: Sequence[Key], note: str, top: float) -> Iterator[str]:
    last = -1
    for line, x, entry in keys:
        y = top - _LINE * line
        yield svg.rect(x, y - 1.0, _SWATCH, 3.4, f"edge k{entry.band}")
        yield svg.text(entry.text, x + _SWATCH + 2.0, y - 0.2, SMALL)
        last = line
    if note:
        yield svg.text(note, 0.0, top - _LINE * (last + 1), SMALL, css="soft")


def _style(entries: Iterable[Entry]) -> str:
    """Return classes of the drawing, kept to it: it also stands inside other pages."""
    ink, paper = colours.INK, colours.PAPER
    rules = {
        "text": f"font-family:'DejaVu Sans',Verdana,Arial,sans-serif;fill:{ink};"
        "text-rendering:geometricPrecision",
        ".bold": "font-weight:bold",
        ".soft": "fill:#555",
        ".faint": "opacity:.45",
        ".alarm": "fill:#a50f15",
        ".paper": f"fill:{paper}",
        ".edge": f"stroke:{ink};stroke-width:.2",
        ".cable": f"stroke:{paper}",
        ".tray": "fill:none;stroke:#555;stroke-width:.9;stroke-linejoin:miter",
        ".level": f"fill:none;stroke:{ink};stroke-width:.25;stroke-dasharray:1.4 1",
        ".brim": "fill:none;stroke:#a50f15;stroke-width:.4;stroke-dasharray:1.4 .8",
        ".bar": f"fill:{colours.NO_VERDICT}",
        ".axis": f"fill:none;stroke:{ink};stroke-width:.35",
        ".tick": "fill:none;stroke:#d9d9d9;stroke-width:.2",
    }
    for entry in (*colours.load_entries(), *colours.verdict_entries()):
        if entry.band >= 0:
            rules.setdefault(f".b{entry.band}", f"fill:{entry.colour}")
    for entry in entries:
        rules[f".k{entry.band}"] = f"fill:{entry.colour}"
    return "".join(f".twin-cables {name}{{{rule}}}" for name, rule in rules.items())
