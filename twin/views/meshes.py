"""One merged mesh per class of asset, with values per cell: what PyVista draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.site.table import Array, FloatArray, IntArray
from twin.views import colours, solid
from twin.views.parts import Batch, Scene

if TYPE_CHECKING:
    import pyvista as pv

_SIDES = np.array(
    [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
)
"""Corners of the six sides of a box, anticlockwise seen from outside."""

_ARM_M = 0.05
_LIFT_M = 0.02


def meshes(scene: Scene) -> dict[str, pv.PolyData]:
    """Return a merged mesh for each class of asset of a scene.

    Cell data: `subject`, `band`, `state` (as in the batch) and `colour`, (c, 3) from 0 to 255.
    A box has six cells; an area one cell for each triangle.
    """
    return {batch.asset: _mesh(scene, batch) for batch in scene.batches}


def marks(scene: Scene) -> pv.PolyData | None:
    """Return strokes for the tops of racks: two that cross on a blocked, one on an unknown one."""
    racks = scene.batch("rack")
    if racks is None or not np.isin(racks.state, (1, 2)).any():
        return None
    blocked, either = np.flatnonzero(racks.state == 2), np.flatnonzero(np.isin(racks.state, (1, 2)))
    rows = np.concatenate([either, blocked])
    turn = np.concatenate([np.full(len(either), np.pi / 4), np.full(len(blocked), -np.pi / 4)])
    arm = 0.72 * np.minimum(racks.size[rows, 0], racks.size[rows, 1])
    origin = racks.origin[rows] + racks.size[rows] * np.array([0.0, 0.0, 1.0])
    size = np.stack([arm, np.full(len(rows), 2 * _ARM_M), np.full(len(rows), _LIFT_M)], axis=1)
    bars = solid.Boxes(origin, size, racks.yaw[rows] + turn, rows)
    return _polydata(bars.corners().reshape(-1, 3), _quads(len(bars)))


def _mesh(scene: Scene, batch: Batch) -> pv.PolyData:
    if batch.shape == "area":
        points, faces, owner = _floors(batch)
    else:
        boxes = solid.boxes(batch)
        points, faces = boxes.corners().reshape(-1, 3), _quads(len(boxes))
        owner = np.repeat(boxes.row, 6)
    mesh = _polydata(points, faces)
    mesh.cell_data["subject"] = batch.subject[owner]
    mesh.cell_data["band"] = batch.band[owner]
    mesh.cell_data["state"] = batch.state[owner]
    mesh.cell_data["colour"] = _colours(scene, batch)[owner]
    return mesh


def _polydata(points: FloatArray, faces: IntArray) -> pv.PolyData:
    import pyvista as pv

    # Floats of 32 bits halve the memory and resolve 0.02 mm at 300 m.
    return pv.PolyData(points.astype(np.float32), faces=faces.reshape(-1))


def _quads(n: int) -> IntArray:
    """Sides of n boxes as VTK lists them: 4, then the four corners, (6 n, 5)."""
    corners = (8 * np.arange(n))[:, None, None] + _SIDES
    flat = corners.reshape(-1, 4)
    return np.concatenate([np.full((len(flat), 1), 4), flat], axis=1)


def _floors(batch: Batch) -> tuple[FloatArray, IntArray, IntArray]:
    """Points, triangles (t, 4) and the row that each triangle belongs to."""
    faces, owner = [], []
    for i in range(len(batch)):
        start = int(batch.offsets[i])
        ring = batch.points[start : batch.offsets[i + 1], :2]
        cut = solid.triangles(ring) + start
        faces.append(np.concatenate([np.full((len(cut), 1), 3), cut], axis=1))
        owner.append(np.full(len(cut), i))
    # The floor lies below what lies on it.
    drop = 0.02 if batch.asset == "hall" else 0.0
    return batch.points - [0.0, 0.0, drop], np.concatenate(faces), np.concatenate(owner)


def _colours(scene: Scene, batch: Batch) -> Array:
    """Colour of each thing: that of its band or, for floors and the unjudged, its class, (n, 3)."""
    line = colours.LINES.get(batch.asset)
    fill = line.colour if line else colours.SOLIDS.get(batch.asset, colours.NO_VERDICT)
    plain = np.array(colours.hex_rgb(fill), dtype=np.uint8)
    banded = scene.legend.rgb(batch.band.astype(np.int64))
    shown = (batch.band >= 0) & (batch.shape != "area")
    return np.where(shown[:, None], banded, plain)
