"""The picture: a scene drawn by PyVista, off screen to a PNG, in a window or in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.views import colours, opengl
from twin.views.meshes import marks, meshes
from twin.views.overlay import LEFT, TOP, overlay, plain
from twin.views.parts import Scene

if TYPE_CHECKING:
    import pyvista as pv

SIZE = (1920, 1200)
_OPACITY = {"tray": 0.4, "duct": 0.4, "riser": 0.6, "pipe": 0.85, "manifold": 0.85, "busway": 0.85}
_FLAT = frozenset({"hall", "aisle_cold", "aisle_hot", "aisle"})
_LETTERS = {0: 26, 1: 17, 2: 14}
_MOST = {0: 60, 1: 80, 2: 40}
"""Labels of a level beyond which they would cover the picture."""

_TURN, _RISE = np.radians(-112.0), np.radians(47.0)
"""Where the camera stands: seen from the front left, half from above."""


def picture(scene: Scene, path: str | Path, size: tuple[int, int] = SIZE) -> Path:
    """Draw a scene off screen and write it as PNG.

    Parameters
    ----------
    scene
        What is shown.
    path
        File to write; its folder must exist.
    size
        Width and height in pixels.

    Raises
    ------
    MissingTool
        This machine has no OpenGL.
    """
    opengl.require()
    plotter = plotter_of(scene, size=size, off_screen=True)
    try:
        plotter.screenshot(str(path))
    finally:
        plotter.close()
    return Path(path)


def window(scene: Scene) -> Any:  # noqa: ANN401 - what a notebook displays depends on its backend
    """Show a scene in a window or, in a notebook, as a picture in the cell.

    Returns
    -------
    object
        In a notebook what the cell displays; else None once the window is closed.
    """
    found = opengl.require()
    if in_notebook():
        plotter = plotter_of(scene, size=(1200, 750), off_screen=True, notebook=True)
        return plotter.show(jupyter_backend="static", return_viewer=True)
    if found.how in {"EGL", "OSMesa"}:
        from twin.errors import MissingTool

        message = "this machine draws, but has no screen for a window: "
        raise MissingTool(message + "write a file instead, as in -o hall.png")
    plotter_of(scene, size=(1400, 900), off_screen=False).show()
    return None


def plotter_of(
    scene: Scene, *, size: tuple[int, int], off_screen: bool, notebook: bool = False
) -> pv.Plotter:
    """Return a plotter with everything of a scene in it, its camera set."""
    import pyvista as pv

    # Its decorators hide the types of its methods.
    made = pv.Plotter(window_size=list(size), off_screen=off_screen, notebook=notebook)
    plotter: Any = made
    plotter.set_background("#eef1f4")
    for asset, mesh in meshes(scene).items():
        plotter.add_mesh(
            mesh,
            scalars="colour",
            rgb=True,
            name=asset,
            show_edges=asset not in _FLAT,
            edge_color="#333333",
            line_width=1,
            opacity=_OPACITY.get(asset, 1.0),
            lighting=asset not in _FLAT,
            ambient=0.35,
            diffuse=0.7,
            show_scalar_bar=False,
        )
    strokes = marks(scene)
    if strokes is not None:
        plotter.add_mesh(strokes, color="black", lighting=False, name="marks")
    _labels(plotter, scene)
    overlay(plotter, scene, size)
    _aim(plotter, scene, size)
    if off_screen:
        plotter.enable_anti_aliasing("ssaa")
    return made


def _labels(plotter: pv.Plotter, scene: Scene) -> None:
    """Write halls, rows and equipment at their places, the first way to say each."""
    labels = scene.labels
    _, first = np.unique(labels.group, return_index=True)
    beside = np.concatenate([labels.along * 1.2, np.zeros((len(labels), 1))], axis=1)
    for level, letters in _LETTERS.items():
        rows = first[labels.level[first] == level]
        if not len(rows) or len(rows) > _MOST[level]:
            continue
        plotter.add_point_labels(
            labels.point[rows] + beside[rows],
            [plain(text) for text in labels.text[rows].tolist()],
            font_size=letters,
            text_color=colours.INK,
            shape="rounded_rect",
            shape_color="white",
            shape_opacity=0.65,
            show_points=False,
            always_visible=True,
            margin=2,
            name=f"labels{level}",
        )


def _aim(plotter: pv.Plotter, scene: Scene, size: tuple[int, int]) -> None:
    """Look at the middle of the scene from where all of it is seen, without perspective."""
    low, high = np.array(scene.frame.low), np.array(scene.frame.high)
    middle = (low + high) / 2
    away = np.array([np.cos(_RISE) * np.cos(_TURN), np.cos(_RISE) * np.sin(_TURN), np.sin(_RISE)])
    right = np.cross([0.0, 0.0, 1.0], away)
    right /= np.linalg.norm(right)
    up = np.cross(away, right)
    grid = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    corners = low + grid * (high - low) - middle
    aspect = size[0] / size[1]
    tall, wide = np.abs(corners @ up).max(), np.abs(corners @ right).max() / aspect
    # The drawing has what legend and title leave; it is moved into the middle of that.
    scale = 1.05 * float(max(tall / (1 - TOP), wide / (1 - LEFT)))
    middle = middle + scale * (up * TOP - right * aspect * LEFT)
    camera = plotter.camera
    camera.position = tuple(middle + away * 4 * float(np.linalg.norm(high - low)))
    camera.focal_point = tuple(middle)
    camera.up = (0.0, 0.0, 1.0)
    camera.parallel_projection = True
    camera.parallel_scale = scale
    plotter.reset_camera_clipping_range()


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and shell.__class__.__name__ == "ZMQInteractiveShell"
