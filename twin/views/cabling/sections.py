"""Cross-sections of trays and risers at their fullest place, with every cable to scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.errors import InputError, Problem
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.fill.fill import DEPTH_MAX_M
from twin.solve.cabling.fill.fullest import Fullest, diameters_m, fullest, trunks_at
from twin.solve.cabling.fill.packing import packed
from twin.solve.cabling.fill.room import names_of_ways, of_ways
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study
from twin.views import colours, svg
from twin.views.cabling.sheet import SIZE, WIDEST, Panel, sheet
from twin.views.colours import Entry

MOST = 60
"""Trays and risers that are drawn: those that are fullest for what they may be."""

_SCALES = (2.0, 3.0, 4.0, 5.0, 8.0, 10.0, 20.0)
_HEAD, _UNDER, _BAR = 11.0, 10.0, 3.0
_WALL = 0.45
_EDGE = 0.2
"""Width of a cable's edge, as a part of its radius."""
_NARROWEST = 76.0


@dataclass(frozen=True)
class Section:
    """One tray or riser as it is drawn; lengths in m.

    Attributes
    ----------
    sort
        Tray or riser.
    centre, radius, kind
        (n, 2), (n,) and (n,) of each cable that is drawn, and the kind that colours it.
    hidden, thicker
        Cables that are not drawn: their diameter is not known, or they are thicker than the tray
        is wide; and those that are.
    """

    name: str
    sort: str
    place: str
    width: float
    depth: float
    fill: float
    limit: float
    whole: bool
    centre: FloatArray
    radius: FloatArray
    kind: IntArray
    hidden: int
    thicker: int

    @property
    def stack_m(self) -> float:
        """Height of the cables as they are drawn."""
        return float((self.centre[:, 1] + self.radius).max(initial=0.0))


def section_sheet(study: Study) -> str:
    """Return the cross-sections of all trays and risers in which cables lie as SVG.

    Raises
    ------
    InputError
        No tray of a known width and depth has a cable.
    """
    found = study(fullest)
    of_row, kinds = kinds_of(study)
    size = np.stack([of_ways(study, side)[found.tray] for side in ("width_m", "depth_m")])
    drawable = np.flatnonzero(np.isfinite(size).all(axis=0))
    if not len(drawable):
        message = "no tray of a known width and depth has a cable"
        expected = "describe trays with width_m and depth_m within reach of racks and switches"
        raise InputError(Problem("", key="trays", message=message, expected=expected))
    load = np.nan_to_num(found.fill[drawable] / found.limit[drawable])
    shown = drawable[np.argsort(-load, kind="stable")][:MOST]
    sections = [_section(study, found, int(t), of_row) for t in shown.tolist()]
    scale = next((s for s in _SCALES if max(x.width for x in sections) * 1e3 / s <= WIDEST),
                 _SCALES[-1])  # fmt: skip
    used = set(np.concatenate([x.kind for x in sections]).tolist())
    entries = [entry for entry in kinds if entry.band in used]
    kind = " and riser" if (found.tray >= len(study.table("tray"))).any() else ""
    told = f"Cables in the fullest place of each tray{kind}, 1:{scale:g}, the first pulled at the "
    told += "bottom"
    return sheet(study, told, [_panel(x, scale) for x in sections], entries, _note(
        len(found.tray), len(drawable), len(sections)
    ))  # fmt: skip


def _note(trays: int, drawable: int, shown: int) -> str:
    out = ["Each cable lies as low as it can; in a real tray they stand higher"]
    if trays > drawable:
        out.append(f"{trays - drawable} without width or depth not drawn")
    if drawable > shown:
        out.append(f"{drawable - shown} less full ones not drawn")
    return ". ".join(out) + "."


def kinds_of(study: Study) -> tuple[IntArray, tuple[Entry, ...]]:
    """Kind of each row of `cables`, and colours: by fabric and plane, what is by hand, and trunks.

    The last kind is that of trunks.
    """
    cable, table = study(cables), study.table("fabric")
    pairs = np.stack([cable.fabric, cable.plane], axis=1)
    found, of = np.unique(pairs, axis=0, return_inverse=True)
    texts = []
    for fabric, plane in found.tolist():
        many = fabric >= 0 and table["planes"][fabric] > 1
        own = str(table.ids[fabric]) if fabric >= 0 else "by hand"
        texts.append(f"{own}, plane {plane + 1}" if many else own)
    entries = colours.kind_entries((*texts, "trunk"))
    return of.ravel().astype(np.int64), tuple(e for e in entries if e.band >= 0)


def _section(study: Study, found: Fullest, t: int, of_row: IntArray) -> Section:
    cable, tray = study(cables), int(found.tray[t])
    rows = found.row[found.start[t] : found.start[t + 1]]
    many = np.nan_to_num(cable.cords[rows], nan=1.0).astype(np.int64)
    # Trunks are pulled first: they lie at the bottom.
    trunks = trunks_at(study, int(found.piece[t])) / 2.0
    radius = np.append(trunks, np.repeat(diameters_m(study)[rows] / 2.0, many))
    last = int(of_row.max(initial=-1)) + 1
    kind = np.append(np.full(len(trunks), last), np.repeat(of_row[rows], many))
    width, depth = (float(of_ways(study, side)[tray]) for side in ("width_m", "depth_m"))
    centre = packed(radius, width)
    laid = ~np.isnan(centre[:, 0])
    return Section(
        name=names_of_ways(study)[tray],
        sort="tray" if tray < len(study.table("tray")) else "riser",
        place=_where(study, int(found.piece[t])), width=width,
        depth=depth, fill=float(found.fill[t]), limit=float(found.limit[t]),
        whole=bool(found.whole[t]), centre=centre[laid], radius=radius[laid], kind=kind[laid],
        hidden=int((~laid).sum()), thicker=int((~laid & (2.0 * radius > width)).sum()),
    )  # fmt: skip


def _where(study: Study, piece: int) -> str:
    """Return where on the floor a piece of a tray runs."""
    graph = study(ways).graph
    ends = [graph.tail[piece], graph.head[piece]]
    a, b = (f"({x:.2f}, {y:.2f})" for x, y in graph.node_m[ends, :2].tolist())
    hall, there = study.table("hall").ids[graph.hall[ends]].tolist()
    if hall != there:
        return f"{hall} {a} to {there} {b} m"
    return f"{hall}, {a} m" if a == b else f"{hall}, {a} to {b} m"


def _panel(of: Section, scale: float) -> Panel:
    mm = 1e3 / scale
    wide, deep, stack = of.width * mm, of.depth * mm, of.stack_m * mm
    top = max(deep, stack)
    floor = -_HEAD - top
    drawn = (_words(of), _tray(of, mm, floor), _circles(of, mm, floor), _levels(of, mm, floor))
    parts = [part for each in (*drawn, _fill(of, wide, floor)) for part in each]
    return Panel(tuple(parts), max(wide, _NARROWEST, _text_wide(of)), _HEAD + top + _UNDER)


def _said(of: Section) -> tuple[str, str]:
    count = len(of.radius) + of.hidden
    stack = f"stack {1e3 * of.stack_m:.0f} of {1e3 * of.depth:.0f} mm"
    hidden = f", {of.hidden:,} not drawn" if of.hidden > of.thicker else ""
    if of.thicker:
        hidden += f", {of.thicker:,} thicker than the {of.sort} is wide: {1e3 * of.width:g} mm"
    return f"{count:,} cables{hidden}, {stack}", of.place


def _text_wide(of: Section) -> float:
    return max(svg.width_of(text, SIZE) for text in _said(of))


def _words(of: Section) -> Iterator[str]:
    yield svg.text(of.name, 0.0, -2.6, 3.4, css="bold")
    over = of.stack_m > of.depth or of.thicker > 0
    for k, text in enumerate(_said(of)):
        css = "bold alarm" if over and k == 0 else "soft"
        yield svg.text(text, 0.0, -6.2 - 3.2 * k, SIZE, css=css)


def _tray(of: Section, mm: float, floor: float) -> Iterator[str]:
    """Yield the tray's rails and floor, outside of its inner width."""
    left, right, base = -_WALL, of.width * mm + _WALL, floor - _WALL
    brim = floor + of.depth * mm
    ring = [[left, brim], [left, base], [right, base], [right, brim]]
    yield svg.polyline(np.array(ring), "tray", svg.title(f"{of.sort} {of.name}: {of.place}"))


def _levels(of: Section, mm: float, floor: float) -> Iterator[str]:
    """Yield the brim, where cables stand over it, and how deep the tray counts."""
    left, right, brim = -_WALL, of.width * mm + _WALL, floor + of.depth * mm
    if of.stack_m > of.depth:
        yield svg.polyline(np.array([[left, brim], [right, brim]]), "brim")
    if of.depth > DEPTH_MAX_M:
        level = floor + DEPTH_MAX_M * mm
        tip = svg.title(f"no more than {1e3 * DEPTH_MAX_M:.0f} mm counts")
        yield svg.polyline(np.array([[left, level], [right, level]]), "level", tip)


def _circles(of: Section, mm: float, floor: float) -> Iterator[str]:
    """Yield the cables, those of one kind as one group."""
    for kind in np.unique(of.kind).tolist():
        mine = of.kind == kind
        shapes = [
            f'<circle cx="{svg.num(x * mm)}" cy="{svg.num(-(floor + y * mm))}" '
            f'r="{svg.num(r * mm)}"/>'
            for (x, y), r in zip(of.centre[mine].tolist(), of.radius[mine].tolist(), strict=True)
        ]
        edge = svg.num(_EDGE * float(of.radius[mine].min()) * mm)
        yield f'<g class="cable k{kind}" stroke-width="{edge}">'
        yield from shapes
        yield "</g>"


def _fill(of: Section, wide: float, floor: float) -> Iterator[str]:
    """Yield a bar of the section that is taken, with the limit."""
    y = floor - _WALL - 1.6 - _BAR
    yield svg.rect(0.0, y, wide, _BAR, "bar")
    if not np.isnan(of.fill):
        load = of.fill / of.limit if of.limit > 0 else np.nan
        band = int(colours.bands_of(np.array([load]))[0])
        css = f"b{band}" if band >= 0 else "soft"
        yield svg.rect(0.0, y, min(of.fill, 1.0) * wide, _BAR, css)
    if not np.isnan(of.limit):
        x = min(of.limit, 1.0) * wide
        yield svg.polyline(np.array([[x, y - 0.8], [x, y + _BAR + 0.8]]), "axis")
    known = "" if of.whole else "at least "
    fill = "not known" if np.isnan(of.fill) else f"{known}{100 * of.fill:.1f} %"
    limit = "not known" if np.isnan(of.limit) else f"{100 * of.limit:g} %"
    css = "bold alarm" if of.fill > of.limit * (1.0 + colours.TOLERANCE) else ""
    yield svg.text(f"fill {fill}, limit {limit}", 0.0, y - 3.4, SIZE, css=css)
