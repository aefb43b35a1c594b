"""Small halls with trays, racks and switches, written as a layout and read like one."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from shapely import LineString, Point

from twin import pipeline
from twin.site.hanging import REACH_M, TOUCH_M
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

SECOND = """
[halls.G]
outline_m = [[-100, -100], [300, -100], [300, 300], [-100, 300]]
height_m = 9
"""


def _hall(name: str, away: frozenset[str]) -> str:
    return "G" if name in away else "H"


def riser(name: str, at: tuple[float, float], low: float, high: float, more: str = "") -> str:
    """Return the text of a riser in the first hall."""
    return (
        f'[risers.{name}]\nhall = "H"\nat_m = [{at[0]!r}, {at[1]!r}]\nlow_m = {low!r}\n'
        f"high_m = {high!r}\nwidth_m = 0.3\ndepth_m = 0.1\n{more}\n\n"
    )


Trays = dict[str, tuple[list[tuple[float, float]], float]]
Risers = dict[str, tuple[tuple[float, float], float, float]]


def meeting(
    trays: Trays, racks: dict[str, tuple[float, float]], risers: Risers
) -> tuple[Trays, Risers]:
    """Return the trays and risers of random ones that touch something: a layout takes no others."""
    lines = {name: LineString(points) for name, (points, _) in trays.items()}
    met = {
        name: [
            t for t, line in lines.items()
            if line.distance(Point(at)) <= TOUCH_M
            and low - TOUCH_M <= trays[t][1] <= high + TOUCH_M
        ]
        for name, (at, low, high) in risers.items()
    }  # fmt: skip
    risers = {name: riser for name, riser in risers.items() if len(met[name]) > 1}
    kept = {t for name in risers for t in met[name]}
    for (a, one), (b, two) in itertools.permutations(lines.items(), 2):
        if trays[a][1] == trays[b][1] and one.distance(two) <= TOUCH_M:
            kept.add(a)
    for (name, line), at in itertools.product(lines.items(), racks.values()):
        if line.distance(Point(at)) <= REACH_M:
            kept.add(name)
    return {name: tray for name, tray in trays.items() if name in kept}, risers


def hall(
    trays: dict[str, tuple[list[tuple[float, float]], float]],
    racks: dict[str, tuple[float, float]],
    switches: dict[str, str],
    drops: dict[str, list[str]],
    turn: str = "",
    *,
    more: str = "",
    media: Mapping[str, str] = MappingProxyType({}),
    away: frozenset[str] = frozenset(),
) -> Site:
    """Return a site: trays by id (points, elevation), racks by position, switches by position.

    `more` is the text of what else there is, `media` by switch where it is no fibre; what `away`
    names stands in a second hall.
    """
    text = [HEAD + turn]
    if away:
        text.append(SECOND)
    for name, (points, z) in trays.items():
        said = ", ".join(f"[{x!r}, {y!r}]" for x, y in points)
        text.append(
            f'[trays.{name}]\nhall = "{_hall(name, away)}"\npoints_m = [{said}]\n'
            f"elevation_m = {z!r}\nwidth_m = 0.3\ndepth_m = 0.1"
        )
    for name, (x, y) in racks.items():
        wanted = ", ".join(f'"{s}"' for s in drops.get(name, []))
        text.append(
            f'[positions.{name}]\nhall = "{_hall(name, away)}"\nat_m = [{x!r}, {y!r}]\n'
            f"width_m = 0.6\ndepth_m = 1.2\nheight_m = 2.5\nswitches = [{wanted}]\n"
            f'[racks.rack-{name}]\ntype = "gb300_nvl72"\nposition = "{name}"'
        )
    for name, position in switches.items():
        text.append(
            f'[data.switches.{name}]\nposition = "{position}"\nports = 512\ngbps = 400\n'
            f'medium = "{media.get(name, "fibre_sm_straight")}"'
        )
    text.append(more)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.toml"
        path.write_text("\n\n".join(text))
        return pipeline.load(path)
