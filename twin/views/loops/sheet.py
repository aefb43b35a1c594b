"""The sheets of loops: each described loop as a diagram, its index circuit, its racks' flows.

Plants whose pipes are described follow, each as a diagram.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from twin.errors import InputError, Problem, near, shown
from twin.site.resolve import product_rows
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.pumping import control_of
from twin.solve.study import Study
from twin.views import svg
from twin.views.loops import bars, index, words
from twin.views.loops.diagram import Diagram, Panel, diagram, panel
from twin.views.loops.plants import PlantDiagram, plant_diagram
from twin.views.loops.plants import drawn as drawn_plant
from twin.views.loops.style import NARROWEST, Head, Key, band_keys, sheet


def loop_sheet(
    study: Study, summary: str = "", lost: str | None = None, loop: str | None = None
) -> str:
    """Return the diagrams of a site's loops as SVG.

    Parameters
    ----------
    study
        A site on its day, in its mode of load, with the losses that its policy names.
    summary
        What the check said, in a line.
    lost
        An element, as kind:id, that is lost: the diagrams show flows after it.
    loop
        The loop or plant to draw; None: every one whose pipes are described.

    Raises
    ------
    InputError
        There is no such loop, or its pipes are not described.
    """
    shown_study = study if lost is None else after_loss(study, lost)
    after = lost is not None
    plants = _plants(shown_study, loop)
    alone = bool(plants) and (loop is not None or not shown_study(loop_flows))
    found = [] if alone else sorts(shown_study, chosen(shown_study, loop))
    drawn = [diagram(shown_study, one, after=after) for one, _ in found]
    waters = [plant_diagram(shown_study, one, after=after) for one in plants]
    panels = [p for of, (_, name) in zip(drawn, found, strict=True) for p in _panels(of, name)]
    panels += [p for of in waters for p in (_of_plant(of), plant_panel(of))]
    return sheet(_head(study, summary, lost, drawn, waters), panels, _keys(drawn, waters, lost))


def _plants(study: Study, name: str | None) -> tuple[PlantFlow | Unsolved, ...]:
    """Return the plants that are asked for: the one of a name, all without one."""
    ids = study.table("plant").ids
    return tuple(
        found for found in study(plant_flows) if name in {None, str(ids[found.circuit.row])}
    )


def after_loss(study: Study, lost: str) -> Study:
    """Return a study of one loss, given as kind:id of an element that exists."""
    return Study(study.arrays, replace(study.conditions, losses=0), (lost,))


def chosen(study: Study, loop: str | None) -> tuple[LoopFlow | Unsolved, ...]:
    """Return the loops that are asked for, solved."""
    found = study(loop_flows)
    names = [str(study.table("loop").ids[f.circuit.row]) for f in found]
    if loop is None and found:
        return found
    if loop in names:
        return (found[names.index(loop)],)
    known = study.table("loop").ids.tolist()
    if loop is None or loop in known:
        message = f"the pipes of {'no loop' if loop is None else shown(loop)} are "
        message += "described" if loop is None else "not described"
        expected = "write coolant.manifolds and coolant.pipes with start and end"
        raise InputError([Problem("", key="loop", value=loop, message=message, expected=expected)])
    expected = "write one of " + ", ".join(known) if known else "the site has no loop"
    raise InputError(
        [Problem("", key="loop", value=loop, message=f"there is no loop {shown(loop)}",
                 expected=expected, near=near(loop, known))]
    )  # fmt: skip


def sorts(
    study: Study, found: Iterable[LoopFlow | Unsolved]
) -> list[tuple[LoopFlow | Unsolved, str]]:
    """Return loops with what they are called: of racks with CDUs that are alike, the first alone.

    Loops are alike that have the same flows, pressures and temperatures, or lack the same figures.
    """
    own = np.asarray(study.table("loop")["rack"]) >= 0
    ids = study.table("loop").ids.tolist()
    alike: dict[tuple[object, ...], list[LoopFlow | Unsolved]] = {}
    for one in found:
        row = one.circuit.row
        key: tuple[object, ...] = ("row", row)
        if own[row] and isinstance(one, Unsolved):
            key = ("lacks", *words.lacking(study, one))
        elif own[row] and isinstance(one, LoopFlow):
            key = ("solved", *_figures(study, one))
        alike.setdefault(key, []).append(one)
    out = []
    for several in alike.values():
        names = [str(ids[one.circuit.row]) for one in several]
        more = f", and {len(names) - 1} alike, the last {names[-1]}" if len(names) > 1 else ""
        out.append((several[0], f"{names[0]}{more}"))
    return out


def _figures(study: Study, found: LoopFlow) -> tuple[bytes, ...]:
    """Return what a rack and its CDUs are, and what their loop was solved to."""
    made = [
        product_rows(study.site, kind)[rows].tobytes()
        for kind, rows in (("rack", found.racks.row), ("cdu", found.units))
    ]
    columns = (
        found.moved.q_m3s, found.moved.p_pa, found.need_lpm, found.rack_supply_c,
        found.warmth.return_c,
    )  # fmt: skip
    return *made, *(column.tobytes() for column in columns)


def _panels(of: Diagram, name: str) -> Iterator[Panel]:
    yield _titled(of, name)
    drawn = panel(of)
    yield drawn
    yield index.panel(of)
    yield bars.panel(of, max(drawn.wide, NARROWEST))


def _titled(of: Diagram, name: str) -> Panel:
    """Return the line over a loop's diagram, and what is not known of it."""
    study, found = of.study, of.found
    table = study.table("loop")
    lines = [
        _state(of, str(table["fluid"][of.circuit.row]), float(table["supply_c"][of.circuit.row]))
    ]
    if isinstance(found, Unsolved):
        lines = [
            "not solved, for these figures are missing: " + ", ".join(words.lacking(study, found))
        ]
    elif not of.figures.solved:
        lines.append("not known: the flows did not converge")
    parts = [svg.text(f"Loop {name}", 0.0, -4.0, 4.2, css="bold")]
    parts += [svg.text(t, 0.0, -9.0 - 4.0 * k, 2.8, css="soft") for k, t in enumerate(lines)]
    wide = max(svg.width_of(t, 2.8) for t in lines)
    return Panel(tuple(parts), wide, 6.0 + 4.0 * len(lines))


def _of_plant(of: PlantDiagram) -> Panel:
    """Return the line over a plant's diagram, and what is not known of it."""
    study, found = of.study, of.found
    table, row = study.table("plant"), of.circuit.row
    if isinstance(found, Unsolved):
        line = "not solved, for these figures are missing: " + ", ".join(
            words.lacking(study, found)
        )
    elif not of.water.solved:
        line = "not known: the flows did not converge"
    else:
        held, _ = control_of(study, "plant", row)
        said = (words.fluid(str(table["fluid"][row])), f"supply {words.one(of.water.supply_c)} °C",
                words.control(held))  # fmt: skip
        line = "  ·  ".join(said)
    parts = (
        svg.text(f"Plant {table.ids[row]}", 0.0, -4.0, 4.2, css="bold"),
        svg.text(line, 0.0, -9.0, 2.8, css="soft"),
    )
    return Panel(parts, svg.width_of(line, 2.8), 10.0)


def plant_panel(of: PlantDiagram) -> Panel:
    """Draw the diagram of a plant."""
    return Panel(tuple(drawn_plant(of)), of.placed.wide, of.placed.tall)


def _state(of: Diagram, fluid: str, set_point_c: float) -> str:
    if isinstance(of.found, Unsolved):
        return ""
    said = [
        words.fluid(fluid),
        f"set-point {words.one(set_point_c)} °C",
        words.control(of.found.control),
    ]
    total = float(of.figures.heat_kw.sum())
    said.append(f"{words.one(total)} kW to its CDUs")
    return "  ·  ".join(said)


def _head(
    study: Study, summary: str, lost: str | None, drawn: list[Diagram], waters: list[PlantDiagram]
) -> Head:
    site, asked = study.site, study.conditions
    day = f"on {asked.date.isoformat()}" if asked.date else "all that is planned"
    racks = bool(drawn) or any(len(of.drops.band) for of in waters)
    state = f"healthy, and the worst case of each {'rack' if racks else 'user'}"
    if lost is not None:
        name = lost.partition(":")[2]
        touched = any(of.found.lanes.of_case[-1] for of in drawn if isinstance(of.found, LoopFlow))
        touched |= any(of.water.shut.any() for of in waters)
        state = f"after the loss of {name}"
        state += "" if touched else ", which takes nothing out of what is drawn"
    return Head(site.title or site.name, summary, f"{asked.mode} load  ·  {day}  ·  {state}")


def _keys(drawn: list[Diagram], waters: list[PlantDiagram], lost: str | None) -> list[list[Key]]:
    seen = {int(b) for of in drawn for b in (*of.figures.band, *of.figures.other_band)}
    halves = (
        "upper half: after the loss, lower: healthy"
        if lost
        else "upper half: healthy, lower: worst case"
    )
    keys: list[list[Key]] = []
    every: list[Diagram | PlantDiagram] = [*drawn, *waters]
    if drawn:
        keys.append([*band_keys("need in % of flow:", seen), ("words", "", halves)])
    hung = [of for of in waters if len(of.drops.band)]
    if hung:
        seen = {int(b) for of in hung for b in (*of.drops.band, *of.drops.other_band)}
        told = "pressure that CDUs in racks need in % of that over them:"
        keys.append([*band_keys(told, seen), ("words", "", halves)])
        if not lost:
            told = "worst: of the cases in which facility water still reaches a rack"
            keys.append([("words", "", told)])
    lines: list[Key] = [("line", "pipe supply", "supply"), ("line", "pipe return", "return")]
    if any(of.figures.shut.any() for of in drawn) or any(of.water.shut.any() for of in waters):
        lines += [
            ("line", "pipe gone", "shut off"),
            ("box", "off hatched", "lost, or no coolant comes"),
        ]
    elif any(np.isinf(of.figures.other_share).any() for of in drawn):
        lines.append(("box", "hatched", "no coolant comes"))
    if any((rows < 0).any() for of in every for rows in of.parts.racks.values()):
        lines.append(("box", "vacant", "no rack, closed"))
    keys.append(lines)
    for of in every:
        causes = of.figures.causes if isinstance(of, Diagram) else of.drops.causes
        letters = [f"{words.letter(k)}: {cause}" for k, cause in enumerate(causes)]
        if letters:
            name = str(of.study.table(of.circuit.kind).ids[of.circuit.row])
            keys.append([("words", "", f"what is lost in the worst case on {name}:"),
                         *(("words", "", t) for t in letters)])  # fmt: skip
    return keys
