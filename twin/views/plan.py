"""The floor plan: one SVG, to scale, without scripts, with every text escaped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.views import colours, placing, sheet, svg, words
from twin.views.judge import FILL
from twin.views.labels import RACK
from twin.views.parts import Batch, Scene

_MARK_M = 0.26
_WAYS = ("tray", "duct")
_TRAY_M = 0.2
"""Width of the band of a tray, where trays are what the plan shows; at least 1 mm of paper."""


def plan(scene: Scene) -> str:
    """Return the floor plan of a scene as SVG.

    One unit of the drawing is one metre of the site; the sheet's width is given in millimetres
    of paper, so that it prints at the scale that it names. Marks tell verdicts apart without
    colour: blocked is outlined and crossed, unknown is hatched with a question mark.

    Parameters
    ----------
    scene
        What is shown, by `twin.views.scene.scene`.
    """
    on = sheet.sheet(scene)
    left, low, right, top = on.box
    box = " ".join(svg.num(v) for v in (left, -top, right - left, top - low))
    wide, tall = (svg.num((b - a) / on.mm) for a, b in ((left, right), (low, top)))
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="twin-plan" viewBox="{box}" '
            f'width="{wide}mm" height="{tall}mm" role="img">'
        ),
        svg.title(f"Floor plan of {scene.frame.title}. {scene.frame.summary}."),
        f"<style>{_style(scene, on.mm)}</style>",
        f"<defs>{''.join(_defs(scene, on.mm))}</defs>",
        svg.rect(left, low, right - left, top - low, "paper"),
        *_drawing(scene),
        svg.group("marks", _marks(scene)),
        svg.group("texts", _labels(scene, on.mm)),
        svg.group("coordinates", sheet.coordinates(on)),
        svg.group("head", sheet.head(scene, on)),
        svg.group("legend", sheet.foot(on)),
        "</svg>\n",
    ]
    return "\n".join(p for p in parts if p)


def _style(scene: Scene, mm: float) -> str:
    """Classes of the drawing, kept to it: the plan also stands inside a report's page."""
    thin = svg.num(min(0.03, 0.25 * mm))
    rules = {
        "text": f"font-family:'DejaVu Sans',Verdana,Arial,sans-serif;fill:{colours.INK};"
        "text-rendering:geometricPrecision",
        ".halo": f"stroke:#fff;stroke-width:{svg.num(0.7 * mm)};stroke-linejoin:round;"
        "paint-order:stroke",
        ".soft": "fill:#555",
        ".light": "fill:#fff",
        ".bold": "font-weight:bold",
        ".paper": f"fill:{colours.PAPER}",
        ".edge": f"stroke:#444;stroke-width:{thin}",
        ".heavy": f"fill:none;stroke:{colours.INK};stroke-width:{svg.num(min(0.09, 0.6 * mm))}",
        ".front": f"fill:none;stroke:#222;stroke-width:{svg.num(min(0.06, 0.45 * mm))}",
        ".line": "fill:none;stroke-linejoin:round;stroke-opacity:.9",
        ".tick,.twin-plan .axis": f"fill:none;stroke:#555;stroke-width:{svg.num(0.25 * mm)}",
        ".bar": f"fill:#fff;stroke:#222;stroke-width:{svg.num(0.2 * mm)}",
        ".dark": "fill:#222",
        ".bn": f"fill:{colours.NO_VERDICT}",
    }
    for asset, fill in colours.SOLIDS.items():
        rules[f".a-{asset}"] = f"fill:{fill}"
    rules[".a-hall"] += f";stroke:#333;stroke-width:{svg.num(0.5 * mm)}"
    shown = {batch.asset for batch in scene.batches}
    for kind, line in colours.LINES.items():
        if kind not in shown:
            continue
        dashes = " ".join(svg.num(part * mm) for part in line.dash_mm)
        dash = f";stroke-dasharray:{dashes}" if dashes else ""
        width = svg.num(max(line.width_m, 0.4 * mm))
        rules[f".l-{kind}"] = f"stroke:{line.colour};stroke-width:{width}{dash}"
    # Where trays are what the plan shows, each is a band in a casing, and no dashes.
    inside = ".05"
    if scene.legend.by == FILL:
        wide = max(_TRAY_M, 1.0 * mm)
        inside, casing = svg.num(wide), svg.num(wide + max(0.06, 0.5 * mm))
        for kind in _WAYS:
            rules[f".l-{kind}"] = f"stroke:{colours.LINES[kind].colour};stroke-width:{casing}"
    # Letters keep their ground where a line passes below them.
    halo = "stroke-width:.14;stroke-linejoin:round;paint-order:stroke"
    rules[".kn"] = f"stroke:{colours.NO_VERDICT};{halo}"
    for entry in scene.legend.entries:
        if entry.band >= 0:
            fill = f"url(#tw-h{entry.band})" if entry.pattern == "hatched" else entry.colour
            rules[f".b{entry.band}"] = f"fill:{fill}"
            rules[f".k{entry.band}"] = f"stroke:{entry.colour};{halo}"
            rules[f".c{entry.band}"] = f"stroke:{entry.colour};stroke-width:{inside}"
    return "".join(f".twin-plan {name}{{{rule}}}" for name, rule in rules.items())


def _defs(scene: Scene, mm: float) -> Iterator[str]:
    """Yield hatches of the legend, and the marks of the verdicts."""
    wide = svg.num(max(0.16, 1.4 * mm))
    line = svg.num(max(0.05, 0.4 * mm))
    for entry in scene.legend.entries:
        if entry.pattern == "hatched":
            yield (
                f'<pattern id="tw-h{entry.band}" width="{wide}" height="{wide}" '
                'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
                f'<rect width="{wide}" height="{wide}" fill="{entry.colour}"/>'
                f'<rect width="{line}" height="{wide}" fill="{colours.HATCH}"/></pattern>'
            )
    shapes = {
        "x": "M2 2L8 8M8 2L2 8",
        "q": "M3 3.4Q3 1.4 5 1.4T7 3.2Q7 4.4 5 5.2V6.2M5 8.4V8.5",
        "w": "M5 1.6V6M5 8.4V8.5",
    }
    for name, way in shapes.items():
        yield (
            f'<symbol id="tw-{name}" viewBox="0 0 10 10"><g fill="none" stroke-linecap="round" '
            f'stroke-linejoin="round"><path d="{way}" stroke="#fff" stroke-width="3.4"/>'
            f'<path d="{way}" stroke="{colours.INK}" stroke-width="1.7"/></g></symbol>'
        )


def _drawing(scene: Scene) -> Iterator[str]:
    for batch in scene.batches:
        tips = words.tooltips(scene, batch)
        if batch.shape == "area":
            yield svg.group(batch.asset, _areas(batch, tips))
        elif batch.shape == "line":
            yield svg.group(batch.asset, _lines(batch, tips))
        else:
            yield svg.group(batch.asset, _boxes(batch, tips))
            if batch.asset == "position":
                yield _fronts(batch)


def _areas(batch: Batch, tips: list[str]) -> Iterator[str]:
    for i, tip in enumerate(tips):
        ring = batch.points[batch.offsets[i] : batch.offsets[i + 1], :2]
        yield svg.polygon(ring, f"a-{batch.asset}", svg.title(tip))


def _lines(batch: Batch, tips: list[str]) -> Iterator[str]:
    """Yield each line in the colour of its class, and a judged one with its band inside."""
    for i, tip in enumerate(tips):
        way = batch.points[batch.offsets[i] : batch.offsets[i + 1], :2]
        band = int(batch.band[i])
        yield svg.polyline(way, f"line l-{batch.asset}", svg.title(tip))
        if band >= 0:
            yield svg.polyline(way, f"line c{band}", svg.title(tip))


def _boxes(batch: Batch, tips: list[str]) -> Iterator[str]:
    """Yield footprints; the blocked ones last, so that their outlines lie on top."""
    rings = svg.corners(batch.origin, batch.size, batch.yaw)
    plain = f"a-{batch.asset}" if batch.asset in colours.SOLIDS else ""
    states, bands = batch.state.tolist(), batch.band.tolist()
    for i in np.argsort(batch.state == 2, kind="stable").tolist():
        band = f"b{bands[i]}" if bands[i] >= 0 else "bn"
        css = f"edge {band if band != 'bn' or not plain else plain}"
        ring = rings[i]
        yield _footprint(ring, css, svg.title(tips[i]))
        if states[i] == 2 and batch.asset == "rack":
            yield _footprint(ring, "heavy", "")


def _footprint(ring: np.ndarray, css: str, inner: str) -> str:
    if not svg.is_upright(ring):
        return svg.polygon(ring, css, inner)
    (left, low), (right, top) = ring.min(axis=0).tolist(), ring.max(axis=0).tolist()
    return svg.rect(left, low, right - left, top - low, css, inner)


def _fronts(batch: Batch) -> str:
    """Return the front edges of all positions as one path."""
    ring = svg.corners(batch.origin, batch.size, batch.yaw)
    return svg.strokes(ring[:, 0], ring[:, 1], "front")


def _marks(scene: Scene) -> Iterator[str]:
    """Yield the mark of every rack that is not simply feasible, at its front, over all lines."""
    batch = scene.batch("rack")
    if batch is None:
        return
    shift = np.maximum(batch.size[:, 1] / 2 - _MARK_M * 0.75, 0.0)
    x = batch.origin[:, 0] + np.sin(batch.yaw) * shift - _MARK_M / 2
    y = batch.origin[:, 1] - np.cos(batch.yaw) * shift + _MARK_M / 2
    for i in np.flatnonzero(batch.state >= 1).tolist():
        name = "qxw"[int(batch.state[i]) - 1]
        where = f'x="{svg.num(x[i])}" y="{svg.num(-y[i])}"'
        yield f'<use href="#tw-{name}" {where} width="{_MARK_M}" height="{_MARK_M}"/>'


def _labels(scene: Scene, mm: float) -> Iterator[str]:
    for label in placing.place(scene, mm):
        # Letters stand on their baseline, about a third of their height below the centre.
        drop = 0.35 * label.size
        turn = np.radians(label.turn_deg)
        x, y = label.x + drop * np.sin(turn), label.y - drop * np.cos(turn)
        css = "bold halo"
        if label.level == RACK:
            band = f"k{label.band}" if label.band >= 0 else "kn"
            dark = label.band >= 0 and colours.is_dark(scene.legend.colour(label.band))
            css = f"{band} light" if dark else band
        yield svg.text(label.text, x, y, label.size, css=css, anchor="middle", turn=-label.turn_deg)
