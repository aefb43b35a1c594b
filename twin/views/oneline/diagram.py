"""The one-line diagram: one SVG of the power chain, with loads, limits, worst cases, open points.

Sources stand at the top, each level of the chain below the last. What is fed in its normal position
hangs below what feeds it; other inputs, ties and joined outputs are lines across. Racks are summed
by the element that carries their taps. Parts of the chain that are alike are drawn once where all
of them would not fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from twin.errors import InputError, Problem, near, shown
from twin.model.base import POWER_KINDS
from twin.site.site import Site
from twin.solve.study import Study
from twin.views import colours, svg
from twin.views.oneline import legend, symbols
from twin.views.oneline import text as words
from twin.views.oneline.figures import Figures, after_loss, figures
from twin.views.oneline.place import BAR, BARS, DROP, INPUT, Placed, Spot, Wire, place
from twin.views.oneline.tree import trees

_TEXT = 5.6
"""From the line of an element to its text, mm."""

_ROOM = 28.5
"""Width of the text beside an element, mm."""

_GAP = 2.2
"""From a bar down to the breaker of what hangs on it, mm."""


@dataclass(frozen=True)
class Diagram:
    """One diagram: the study, what its feeders carry, and where each is drawn.

    Attributes
    ----------
    names, kinds, sorts
        Id, kind, and kind within the kind of every feeder.
    normal
        (F,) what feeds each in its normal position.
    lost
        Node that is lost, -1 none.
    """

    study: Study
    found: Figures
    placed: Placed
    names: list[str]
    kinds: list[str]
    sorts: list[str]
    normal: list[int]
    lost: int


def one_line(study: Study, summary: str = "", lost: str | None = None) -> str:
    """Return the one-line diagram of a study as SVG.

    Parameters
    ----------
    study
        A site on its day, in its mode of load, with the losses that its policy names.
    summary
        What the check said, in a line.
    lost
        An element, as kind:id, that is lost: the diagram shows the positions after it.
    """
    return "\n".join(p for p in _parts(diagram(study, lost), summary, lost) if p)


def named(
    site: Site, text: str, kinds: Collection[str] = POWER_KINDS, family: str = "power"
) -> str:
    """Return the kind:id of what is lost, given so or, of some kinds, by its id alone.

    Raises
    ------
    InputError
        Nothing is called so, or several things are.
    """
    names = [str(name) for name in site.names]
    own = [n for n in names if n.partition(":")[0] in kinds]
    found = [text] if text in names else [n for n in own if n.partition(":")[2] == text]
    if len(found) == 1:
        return found[0]
    expected = f"write kind:id, or an id of {family}"
    expected = "write one of " + ", ".join(found) if found else expected
    guess = None if found else near(text, [*own, *(n.partition(":")[2] for n in own)])
    message = "names several elements" if found else f"there is no {shown(text)}"
    raise InputError(
        [Problem("", key="lost", value=text, message=message, expected=expected, near=guess)]
    )


def diagram(study: Study, lost: str | None = None) -> Diagram:
    """Find what a one-line diagram shows, and where."""
    topology, site = study.arrays.topology.power, study.site
    n, first = topology.feeders, topology.first
    full = [str(name) for name in site.names[first : first + n]]
    kinds, names = ([name.partition(":")[k] for name in full] for k in (0, 2))
    found = figures(study, None if lost is None else after_loss(study, lost))
    forest = trees(topology, names, kinds, found)
    sorts = [""] * n
    for kind in ("source", "transfer"):
        start = site.first[kind] - first
        own = study.table(kind)["kind"]
        sorts[start : start + len(own)] = [str(k) for k in own]
    return Diagram(
        study, found, place(forest, kinds, found), names, kinds, sorts,
        topology.parent[:n].tolist(), full.index(lost) if lost in full else -1,
    )  # fmt: skip


def _parts(of: Diagram, summary: str, lost: str | None) -> Iterator[str]:
    placed = of.placed
    frame = legend.frame(of.study, placed, of.found, of.kinds, of.sorts, summary, lost)
    left, low, right, top = frame.box
    box = " ".join(svg.num(v) for v in (left, -top, right - left, top - low))
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="twin-one-line" viewBox="{box}" '
        f'width="{svg.num(right - left)}mm" height="{svg.num(top - low)}mm" role="img">'
    )
    yield svg.title(f"One-line diagram of {frame.title}. {summary}")
    yield f"<style>{legend.style()}</style>"
    yield f"<defs>{legend.hatch()}</defs>"
    yield svg.rect(left, low, right - left, top - low, "paper")
    spots = placed.spots.values()
    yield svg.group("repeated", (_repeated(of, spot) for spot in spots))
    yield svg.group("across", (p for wire in placed.wires for p in _across(of, wire)))
    yield svg.group("joints", (symbols.circle(x, y, 0.7, "dot") for x, y in _joints(of)))
    yield svg.group("lines", (p for spot in spots for p in _feeding(of, spot)))
    for spot in spots:
        tip = words.tooltip(of.found, spot.node, of.kinds[spot.node], of.names[spot.node])
        css = "element on-dark" if _is_dark(of, spot.node) else "element"
        yield svg.group(css, [svg.title(tip), *_element(of, spot)])
    yield svg.group("ties", (p for wire in placed.wires for p in _tie(of, wire)))
    yield svg.group("stubs", (p for p in _stubs(of)))
    yield svg.group("texts", (p for spot in spots for p in _texts(of, spot)))
    yield svg.group("head", legend.head(frame))
    yield svg.group("legend", legend.foot(frame))
    yield "</svg>\n"


# ------------------------------------------------------------------------------------------- lines


def _live(of: Diagram, node: int) -> str:
    """Class of a line: grey where what it comes from is dead."""
    return "wire dead" if of.found.dead[node] else "wire"


def _feeding(of: Diagram, spot: Spot) -> Iterator[str]:
    """Yield the line from what feeds an element in its normal position, with its breaker."""
    up = of.normal[spot.node]
    if up < 0 or up not in of.placed.spots:
        return
    above = of.placed.spots[up]
    points = ((spot.x, above.bottom), (spot.x, spot.top))
    yield symbols.line(points, _live(of, up))
    device = above.bottom - _GAP
    protected = bool(_column(of, spot.node, "protected"))
    if of.kinds[spot.node] == "transfer":
        return
    if protected or not _closed(of, spot.node):
        yield from symbols.breaker(spot.x, device, closed=_closed(of, spot.node))
    elif bool(_column(of, spot.node, "isolator")):
        yield symbols.isolator(spot.x, device)


def _closed(of: Diagram, node: int) -> bool:
    """Whether the normal input of an element is closed: a dead one whose feed lives has tripped."""
    up = of.normal[node]
    tripped = bool(of.found.dead[node]) and not of.found.dead[up]
    return int(of.found.parent[node]) == up and not tripped


def _stands_on(of: Diagram, wire: Wire) -> bool:
    """Whether a line across carries."""
    link, found = wire.link, of.found
    if link.sort == "alternate":
        return int(found.parent[link.head]) == link.tail and not found.dead[link.head]
    if link.sort == "tie":
        return int(found.parent[link.tie]) >= 0 and not found.dead[link.tie]
    return not found.dead[link.tail]


def _across(of: Diagram, wire: Wire) -> Iterator[str]:
    """Yield the line of a link, and the breaker of another input."""
    link = wire.link
    dead = link.sort != "tie" and bool(of.found.dead[link.tail])
    idle = link.sort == "tie" and not _stands_on(of, wire)
    yield symbols.line(wire.points, "wire dead" if dead else "wire idle" * idle or "wire")
    if link.sort == "alternate" and of.kinds[link.head] != "transfer":
        x, y = wire.points[-1]
        bar = of.placed.spots[link.head]
        if of.kinds[link.head] in BARS:
            yield symbols.line(((x, y), (x, bar.end)), _live(of, link.tail))
        yield from symbols.breaker(x, y - 1.5, closed=_stands_on(of, wire))


def _joints(of: Diagram) -> list[tuple[float, float]]:
    """Return where lines from one element to several other inputs part."""
    corners: dict[tuple[int, float], set[float]] = defaultdict(set)
    for wire in of.placed.wires:
        if wire.link.sort == "alternate":
            (x, _), (_, y), (to, _), _ = wire.points
            corners[wire.link.tail, y] |= {x, to}
    inner = {key: sorted(xs)[1:-1] for key, xs in corners.items()}
    return [(x, y) for (_, y), xs in inner.items() for x in xs]


def _tie(of: Diagram, wire: Wire) -> Iterator[str]:
    """Yield the breaker of a tie and what it carries."""
    if wire.symbol is None:
        return
    x, y = wire.symbol
    node, found = wire.link.tie, of.found
    closed, half = _stands_on(of, wire), 2.2
    parts = [
        svg.title(words.tooltip(found, node, "tie", of.names[node])),
        svg.rect(x - half, y - half, 2 * half, 2 * half, f"edge {_fill(of, node)}"),
        *symbols.breaker(x, y, closed=closed, across=True),
    ]
    yield svg.group("element on-dark" if _is_dark(of, node) else "element", parts)
    lines = words.beside(found, node, of.names[node], 1, lost=node == of.lost)
    if not closed and node != of.lost and not found.dead[node]:
        lines[:2] = [f"{lines[0]}, open", lines[1].partition("/")[2] or lines[1]]
    across = len(wire.points) == 2
    first = y + 3.4 + words.LEADING * (len(lines) - 1) if across else y - half - words.LEADING
    yield from _block(lines, x - half, first, of, node)


def _stubs(of: Diagram) -> Iterator[str]:
    """Yield ends of links whose other end is not drawn, with its name."""
    for link in of.placed.stubs:
        drawn = link.head if link.head in of.placed.spots else link.tail
        other = link.tail if drawn == link.head else link.head
        spot = of.placed.spots[drawn]
        if link.sort != "alternate" or drawn != link.head:
            continue
        x, kind = spot.x - INPUT, of.kinds[spot.node]
        end = spot.end if kind in BARS else spot.top
        yield symbols.line(((x, end), (x, spot.top + 3.0)), _live(of, other))
        if kind != "transfer":
            closed = int(of.found.parent[drawn]) == other and not of.found.dead[drawn]
            yield from symbols.breaker(x, spot.top - 1.5, closed=closed)
        name = words.cut(of.names[other], 12.0, 2.0)
        yield svg.text(name, x - 1.0, spot.top + 1.2, 2.0, css="soft", anchor="end")


# ---------------------------------------------------------------------------------------- elements


def _element(of: Diagram, spot: Spot) -> Iterator[str]:
    node, kind = spot.node, of.kinds[spot.node]
    css = _fill(of, node)
    if kind in BARS:
        yield symbols.line(((spot.x, spot.top), (spot.x, spot.end)),
                                   _live(of, node))  # fmt: skip
        yield svg.rect(spot.low, spot.bottom, spot.high - spot.low, BAR, f"edge {css}")
    else:
        below = ((spot.x, spot.top - symbols.TALL + 0.8), (spot.x, spot.bottom))
        yield symbols.line(below, _live(of, node))
        if kind == "transfer":
            stands = int(int(of.found.parent[node]) == of.normal[node])
            yield from symbols.transfer(
                of.sorts[node], spot.x, spot.top, spot.x - INPUT, css, stands
            )
        else:
            yield from symbols.symbol(kind, of.sorts[node], spot.x, spot.top, css)
        if spot.high > spot.low:
            ends = ((spot.low, spot.bottom), (spot.high, spot.bottom))
            yield symbols.line(ends, _live(of, node) + " joined")
    if node == of.lost:
        y = spot.top - symbols.TALL / 2 if kind not in BARS else spot.bottom + BAR / 2
        arms = np.array([[spot.x - 3.6, y - 3.6], [spot.x - 3.6, y + 3.6]])
        yield svg.strokes(arms, arms + np.array([[7.2, 7.2], [7.2, -7.2]]), "cross")
    if of.found.racks[node]:
        dead = bool(of.found.dead[node])
        yield from symbols.racks(_hook(of, spot), spot.bottom, DROP, dead=dead)


def _hook(of: Diagram, spot: Spot) -> float:
    """Return where the racks of an element hang: on its line, or right of all that it feeds."""
    fed = any(up == spot.node for up in of.normal)
    return spot.high - 6.0 if fed and of.kinds[spot.node] in BARS else spot.x


def _fill(of: Diagram, node: int) -> str:
    if of.found.dead[node]:
        return "off"
    band = int(of.found.band[node])
    return f"b{band}" + (" over" if colours.FAILS <= band < colours.UNKNOWN else "")


def _is_dark(of: Diagram, node: int) -> bool:
    """Whether signs on an element are read better in white."""
    band = int(of.found.band[node])
    shade = next((e.colour for e in colours.load_entries() if e.band == band), colours.PAPER)
    return not of.found.dead[node] and colours.is_dark(shade)


def _texts(of: Diagram, spot: Spot) -> Iterator[str]:
    node = spot.node
    lines = words.beside(of.found, node, of.names[node], spot.times, lost=node == of.lost)
    first = spot.top - words.SIZE
    if of.kinds[node] in BARS:
        first = spot.end + 1.2 + words.LEADING * (len(lines) - 1)
    yield from _block(lines, spot.x + _TEXT, first, of, node)
    gear = str(of.found.gear[node])
    if gear:
        x = spot.x + _TEXT + svg.width_of(lines[0], words.SIZE, bold=True) + 1.5
        said = words.cut(f"+ {gear}", spot.right - x)
        yield svg.text(said, x, first, words.SIZE, css="halo soft")
    if of.found.racks[node]:
        y = spot.bottom - 3.4
        for k, said in enumerate(words.hanging(of.found, node)):
            at = y - words.LEADING * k
            css = "halo grey" if of.found.dead[node] and not of.found.dark[node] else "halo"
            yield svg.text(said, _hook(of, spot) + 2.6, at, words.SIZE, css=css)


def _block(lines: list[str], x: float, y: float, of: Diagram, node: int) -> Iterator[str]:
    """Yield lines of text from a first baseline down: bold the name, soft the cause."""
    for k, said in enumerate(lines):
        css = "halo" + (" bold" if not k else " soft" if k == 3 else "")
        css += " grey" if of.found.dead[node] else ""
        text = words.cut(said, _ROOM, bold=not k)
        yield svg.text(text, x, y - words.LEADING * k, words.SIZE, css=css)


def _repeated(of: Diagram, spot: Spot) -> str:
    """Return the frame around a part that stands there several times; one lies within another."""
    if spot.times <= 1:
        return ""
    others = [s for s in of.placed.spots.values() if spot.left <= s.x <= spot.right]
    inside = [s for s in others if s.row >= spot.row]
    within = len({s.row for s in inside if s.times > 1}) - 1
    around = sum(
        s.times > 1 and s.row < spot.row and s.left <= spot.x <= s.right
        for s in of.placed.spots.values()
    )
    low = min(s.bottom - DROP * bool(of.found.racks[s.node]) for s in inside) - 1.2 * (within + 1)
    left, right = spot.left + 0.4 + 1.2 * around, spot.right - 0.4 - 1.2 * around
    return svg.rect(left, low, right - left, spot.top + 1.4 - low, "repeat")


def _column(of: Diagram, node: int, name: str) -> object:
    kind = of.kinds[node]
    row = node + of.study.arrays.topology.power.first - of.study.site.first[kind]
    return of.study.table(kind)[name][row]
