"""What stands around the one-line diagram: title, conditions, style, and the legend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.solve.study import Study
from twin.views import colours, svg
from twin.views.oneline import symbols
from twin.views.oneline.figures import Figures
from twin.views.oneline.place import BARS, Placed

EDGE, TITLE, SUMMARY, SMALL = 9.0, 6.0, 4.0, 3.0
"""Margin of the sheet and heights of letters, mm."""

NARROWEST = 200.0
_LINE, _SWATCH = 6.4, 8.4

_SYMBOLS = (
    ("source", "utility", "utility"),
    ("source", "generator", "generator"),
    ("source", "storage", "storage"),
    ("transformer", "", "transformer"),
    ("ups", "", "UPS"),
    ("rectifier", "", "rectifier"),
    ("transfer", "automatic", "transfer switch"),
    ("transfer", "static", "static transfer switch"),
    ("transfer", "manual", "manual transfer switch"),
)


@dataclass(frozen=True)
class Frame:
    """What is written around a diagram, and how large the sheet is.

    Attributes
    ----------
    told
        Conditions, in a line.
    rows
        Rows of the legend: (form, class or symbol, text) each.
    """

    title: str
    summary: str
    told: str
    rows: tuple[tuple[tuple[str, str, str], ...], ...]
    wide: float
    tall: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of the sheet."""
        head = EDGE + TITLE + SUMMARY + SMALL + 9.0
        foot = EDGE + 4.0 + _LINE * len(self.rows)
        return -EDGE, -self.tall - foot, self.wide + EDGE, head


def frame(
    study: Study,
    placed: Placed,
    found: Figures,
    kinds: list[str],
    sorts: list[str],
    summary: str,
    lost: str | None,
) -> Frame:
    """Say what stands around a diagram."""
    site, asked = study.site, study.conditions
    day = f"on {asked.date.isoformat()}" if asked.date else "all that is planned"
    state = "nothing lost" if lost is None else f"after the loss of {lost.partition(':')[2]}"
    title = site.title or site.name
    told = ["colour: load in % of the limit, in the worst case", f"{asked.mode} load", day, state]
    if lost is not None:
        told[0] = "colour: load in % of the limit after the loss"
    wide = max(placed.wide, NARROWEST, svg.width_of(title, TITLE, bold=True))
    groups = (_bands(placed, found), _forms(placed, found, kinds, sorts, lost))
    rows = tuple(row for items in groups for row in _rows(items, wide))
    return Frame(title, summary, "  ·  ".join(told), rows, wide, placed.tall)


def _bands(placed: Placed, found: Figures) -> list[tuple[str, str, str]]:
    seen = {int(found.band[n]) for n in placed.spots}
    entries = [e for e in colours.load_entries() if 0 <= e.band < colours.UNKNOWN]
    out = [("box", f"b{e.band}", e.text) for e in entries]
    if colours.UNKNOWN in seen:
        out.append(("box", f"b{colours.UNKNOWN}", "rating or load not known"))
    if any(found.dead[n] for n in placed.spots):
        out.append(("box", "off", "dead"))
    return out


def _forms(
    placed: Placed, found: Figures, kinds: list[str], sorts: list[str], lost: str | None
) -> list[tuple[str, str, str]]:
    """Return the symbols that the diagram shows, and how its texts are read."""
    there = {(kinds[n], sorts[n]) for n in placed.spots}
    out = [(kind, sort, text) for kind, sort, text in _SYMBOLS if (kind, sort) in there]
    if any(kinds[n] in BARS for n in placed.spots):
        out.append(("bar", "", "board, panel or busway"))
    out += [("closed", "", "closed"), ("open", "", "open")]
    if any(found.racks[n] for n in placed.spots):
        out.append(("racks", "", "racks on its taps"))
    if any(s.times > 1 for s in placed.spots.values()):
        out.append(("repeat", "", "stands there several times, the worst is shown"))
    reads = "load / limit" if lost else "load / limit, then the worst case and what is lost in it"
    return [*out, ("words", "", reads)]


def _wide(item: tuple[str, str, str]) -> float:
    return (0.0 if item[0] == "words" else _SWATCH + 2.0) + svg.width_of(item[2], SMALL) + 5.0


def _rows(
    items: list[tuple[str, str, str]], room: float
) -> Iterator[tuple[tuple[str, str, str], ...]]:
    row: list[tuple[str, str, str]] = []
    used = 0.0
    for item in items:
        if row and used + _wide(item) > room:
            yield tuple(row)
            row, used = [], 0.0
        row.append(item)
        used += _wide(item)
    if row:
        yield tuple(row)


def head(of: Frame) -> Iterator[str]:
    """Yield title, verdict and conditions."""
    y = of.box[3] - EDGE - 0.8 * TITLE
    yield svg.text(of.title, 0.0, y, TITLE, css="bold")
    y -= TITLE + 0.6
    yield svg.text(of.summary, 0.0, y, SUMMARY)
    y -= SUMMARY + 1.4
    yield svg.text(of.told, 0.0, y, SMALL, css="soft")


def foot(of: Frame) -> Iterator[str]:
    """Yield the legend."""
    y = -of.tall - 6.0
    for row in of.rows:
        x = 0.0
        for item in row:
            yield from _swatch(item, x, y)
            at = x if item[0] == "words" else x + _SWATCH + 2.0
            yield svg.text(item[2], at, y - 0.36 * SMALL, SMALL)
            x += _wide(item)
        y -= _LINE


def _swatch(item: tuple[str, str, str], x: float, y: float) -> Iterator[str]:
    form, css, _ = item
    middle = x + _SWATCH / 2
    if form == "box":
        yield svg.rect(x, y - 2.0, _SWATCH, 4.0, f"edge {css}")
    elif form == "bar":
        yield svg.rect(x, y - 1.0, _SWATCH, 2.0, "edge bn")
    elif form in {"closed", "open"}:
        yield symbols.line(((x, y), (x + _SWATCH, y)), "wire")
        yield from symbols.breaker(middle, y, closed=form == "closed", across=True)
    elif form == "racks":
        yield from symbols.racks(middle, y + 2.6, 5.2)
    elif form == "repeat":
        yield svg.rect(x, y - 2.0, _SWATCH, 4.0, "repeat")
    elif form != "words":
        where = f"translate({svg.num(middle)} {svg.num(-y)}) scale(.52)"
        drawn = (
            symbols.transfer(css, 2.5, 5.0, -2.5, "bn", 1)
            if form == "transfer"
            else symbols.symbol(form, css, 0.0, 5.0, "bn")
        )
        yield f'<g transform="{where}">{"".join(drawn)}</g>'


def style() -> str:
    """Return classes of the drawing, kept to it: it also stands inside other pages."""
    ink, grey = colours.INK, colours.GREY
    rules = {
        "text": f"font-family:'DejaVu Sans',Verdana,Arial,sans-serif;fill:{ink};"
        "text-rendering:geometricPrecision",
        ".halo": "stroke:#fff;stroke-width:.6;stroke-linejoin:round;paint-order:stroke",
        ".bold": "font-weight:bold",
        ".soft": "fill:#555",
        ".grey": "fill:#8a8a8a",
        ".paper": f"fill:{colours.PAPER}",
        ".edge": f"stroke:{ink};stroke-width:.3",
        ".over": "stroke-width:.8",
        ".hollow": f"fill:none;stroke:{ink};stroke-width:.3",
        ".off": f"fill:{colours.NO_VERDICT};stroke:{grey}",
        ".bn": f"fill:{colours.PAPER}",
        ".wire": f"fill:none;stroke:{ink};stroke-width:.35",
        ".joined": "stroke-width:.6",
        ".idle": "stroke:#555",
        ".dead": f"stroke:{grey};stroke-dasharray:1.2 .8",
        ".thin": f"fill:none;stroke:{ink};stroke-width:.3",
        ".thick": f"fill:none;stroke:{ink};stroke-width:.8",
        ".blade": f"fill:none;stroke:{ink};stroke-width:.6",
        ".gap": f"fill:none;stroke:{colours.PAPER};stroke-width:.9",
        ".dot": f"fill:{ink}",
        ".on-dark text": "fill:#fff",
        ".on-dark .thin": "stroke:#fff",
        ".on-dark .blade": "stroke:#fff",
        ".on-dark .inner": "stroke:#fff",
        ".on-dark .breaker": "stroke:#fff",
        ".on-dark .open": f"stroke:{ink}",
        ".breaker": f"fill:{ink};stroke:{ink};stroke-width:.3",
        ".open": f"fill:{colours.PAPER}",
        ".cross": "fill:none;stroke:#a50f15;stroke-width:.9",
        ".repeat": "fill:#f6f6f6;stroke:#888;stroke-width:.25;stroke-dasharray:1.6 1",
    }
    for entry in colours.load_entries():
        if entry.band >= 0:
            fill = "url(#tw-unknown)" if entry.pattern == "hatched" else entry.colour
            rules[f".b{entry.band}"] = f"fill:{fill}"
    return "".join(f".twin-one-line {name}{{{rule}}}" for name, rule in rules.items())


def hatch() -> str:
    """Return the hatch of what is not known."""
    return (
        '<pattern id="tw-unknown" width="1.4" height="1.4" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="1.4" height="1.4" fill="{colours.GREY}"/>'
        f'<rect width=".4" height="1.4" fill="{colours.HATCH}"/></pattern>'
    )
