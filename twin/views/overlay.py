"""Words and legend of the picture: flat, over the drawing, in pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.site.table import FloatArray
from twin.views import colours, keys
from twin.views.parts import Scene

if TYPE_CHECKING:
    import pyvista as pv

LEFT = 0.2
"""Part of the picture's width that the legend takes."""

TOP = 0.1
"""Part of its height that the title takes."""

_ROW, _WIDE, _TALL, _EDGE = 30, 36, 18, 26


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the legend: its colour, its text, and the strokes on its swatch."""

    colour: str
    text: str
    strokes: int = 0


def overlay(plotter: pv.Plotter, scene: Scene, size: tuple[int, int]) -> None:
    """Add title, summary, conditions and legend to a plotter of a size in pixels."""
    frame, tall = scene.frame, size[1]
    # Letters shrink with the picture, as long as they can be read.
    part = max(tall / 1200.0, 0.8)
    told = "  |  ".join(t for t in (frame.conditions, frame.note) if t)
    for text, letters, down in ((frame.title, 26, 52), (frame.summary, 17, 88), (told, 13, 116)):
        _write(plotter, text, (_EDGE * part, tall - down * part), letters * part)
    rows = list(legend(scene))
    top = tall / 2 + _ROW * part * (len(rows) + 1) / 2
    _write(plotter, f"{scene.legend.title}:", (_EDGE * part, top), 13 * part)
    places = [top - _ROW * part * (k + 1) for k in range(len(rows))]
    for row, y in zip(rows, places, strict=True):
        _write(plotter, row.text, ((_EDGE + _WIDE + 12) * part, y), 13 * part)
    _swatches(plotter, rows, np.array(places), part)


def legend(scene: Scene) -> Iterator[Row]:
    """Yield the rows of the legend: bands, marks of verdicts, then lines and floors."""
    hatched = scene.legend.by in {"margin", "verdict"}
    for entry in scene.legend.entries:
        if entry.band >= 0 or entry.count:
            count = f" ({entry.count:,})" if entry.count else ""
            strokes = 1 if hatched and entry.pattern == "hatched" else 0
            yield Row(entry.colour, entry.text + count, strokes)
    for mark in keys.marks(scene):
        if mark.name == "2":
            yield Row(colours.PAPER, mark.text, 2)
    for key in keys.things(scene):
        yield Row(key.colour, key.text)


def _write(plotter: pv.Plotter, text: str, at: tuple[float, float], letters: float) -> None:
    if text:
        plotter.add_text(
            plain(text),
            position=at,
            font_size=max(round(letters / 1.35), 1),
            color=colours.INK,
            font="arial",
            name=f"text{at[1]:.0f}",
        )


def plain(text: str) -> str:
    """Return text that VTK writes as it stands: it takes dollars and bars for formulas."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean.replace("$", "\\$")


def _swatches(plotter: pv.Plotter, rows: list[Row], y: FloatArray, part: float) -> None:
    """Add all swatches as one flat mesh: an edge, a fill and strokes for each."""
    import pyvista as pv
    from vtkmodules.vtkRenderingCore import vtkActor2D, vtkPolyDataMapper2D

    quads, paints = [], []
    x, wide, tall = _EDGE * part, _WIDE * part, _TALL * part
    for row, low in zip(rows, (y - part).tolist(), strict=True):
        for inset, colour in ((0.0, "#444444"), (1.5 * part, row.colour)):
            quads.append(_box(x + inset, low + inset, x + wide - inset, low + tall - inset))
            paints.append(colours.hex_rgb(colour))
        for way in (1, -1)[: row.strokes]:
            quads.append(_stroke(x + wide / 2, low + tall / 2, 0.36 * tall, way, 2 * part))
            paints.append(colours.hex_rgb(colours.INK))
    if not quads:
        return
    points = np.concatenate(quads)
    flat = np.concatenate([points, np.zeros((len(points), 1))], axis=1)
    corners = np.arange(len(points)).reshape(-1, 4)
    faces = np.concatenate([np.full((len(quads), 1), 4), corners], axis=1)
    mesh = pv.PolyData(flat, faces=faces.reshape(-1))
    mesh.cell_data["colour"] = np.array(paints, dtype=np.uint8)
    mesh.set_active_scalars("colour", preference="cell")
    mapper, actor = vtkPolyDataMapper2D(), vtkActor2D()
    mapper.SetInputData(mesh)
    mapper.SetScalarModeToUseCellData()
    actor.SetMapper(mapper)
    plotter.renderer.AddViewProp(actor)


def _box(left: float, low: float, right: float, top: float) -> FloatArray:
    return np.array([[left, low], [right, low], [right, top], [left, top]])


def _stroke(x: float, y: float, reach: float, way: int, half: float) -> FloatArray:
    """Return a slanting bar about a point."""
    along = np.array([reach, way * reach])
    across = np.array([-way * half, half]) / np.sqrt(2)
    centre = np.array([x, y])
    bar: FloatArray = np.array([-along - across, along - across, along + across, across - along])
    return centre + bar
