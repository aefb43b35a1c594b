"""Small halls with trays, racks and switches, written as a layout and read like one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from twin import pipeline
from twin.site.site import Site

HEAD = """
format = 1
name = "small"
profile = "nec-us"
ready = 2027-01-01

[halls.H]
outline_m = [[-100, -100], [300, -100], [300, 300], [-100, 300]]
height_m = 9
"""


def hall(
    trays: dict[str, tuple[list[tuple[float, float]], float]],
    racks: dict[str, tuple[float, float]],
    switches: dict[str, str],
    drops: dict[str, list[str]],
    turn: str = "",
) -> Site:
    """Return a site: trays by id (points, elevation), racks by position, switches by position."""
    text = [HEAD + turn]
    for name, (points, z) in trays.items():
        said = ", ".join(f"[{x!r}, {y!r}]" for x, y in points)
        text.append(
            f'[trays.{name}]\nhall = "H"\npoints_m = [{said}]\nelevation_m = {z!r}\n'
            "width_m = 0.3\ndepth_m = 0.1"
        )
    for name, (x, y) in racks.items():
        wanted = ", ".join(f'"{s}"' for s in drops.get(name, []))
        text.append(
            f'[positions.{name}]\nhall = "H"\nat_m = [{x!r}, {y!r}]\nwidth_m = 0.6\n'
            f"depth_m = 1.2\nheight_m = 2.5\nswitches = [{wanted}]\n"
            f'[racks.rack-{name}]\ntype = "gb300_nvl72"\nposition = "{name}"'
        )
    for name, position in switches.items():
        text.append(
            f'[data.switches.{name}]\nposition = "{position}"\nports = 512\ngbps = 400\n'
            'medium = "fibre_sm_straight"'
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.toml"
        path.write_text("\n\n".join(text))
        return pipeline.load(path)
