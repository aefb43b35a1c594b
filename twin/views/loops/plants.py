"""The diagram of one plant: its pumps, pipes, CDUs and air units with what was solved for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray
from twin.solve.coolant.branches import fluid_of
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.facility import PlantFlow, user_heat
from twin.solve.coolant.flow import Unsolved
from twin.solve.coolant.pumping import LPM, control_of
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.losses.cases import cases
from twin.solve.study import Study
from twin.views import svg
from twin.views.loops import words
from twin.views.loops.parts import END, START, Parts, parts_of
from twin.views.loops.pipes import run
from twin.views.loops.place import BOX, UNIT_TALL, UNIT_WIDE, Placed, Point, place
from twin.views.oneline.figures import told

_SIZE, _LEADING = 2.4, 3.5
_SHORT = 1e-3
"""Of a flow that is asked for: less than this is lacking is no shortage in a picture."""
_ROUNDING = 1e-6
_ALARM, _WEAK = "short of water", "full speed: not enough"
_APART = 2.9
"""From the middle of a word to that of a pair of pipes, mm: at least."""


@dataclass(frozen=True, slots=True)
class Water:
    """One plant in one state; u users, m links, n nodes. NaN is not known.

    Attributes
    ----------
    solved
        Whether it was solved and this state converged.
    shut, lpm, m_s
        (m,) links that are closed; flow, positive as it is meant to go, and its speed.
    p_kpa
        (n,) pressure of each node over that where the pumps draw in.
    asked_lpm, got_lpm, dp_kpa, valve_kpa
        (u,) of each user: what it asks for and gets, what stands over it, what its valve takes.
    heat_kw, return_c, at_most
        (u,) heat that goes into its water and the temperature at which that comes back; whether
        that is what it is rated for.
    other_lpm, other_asked_lpm, other
        (u,) the same flows in the worst case of each, or healthy where a loss is shown, and that
        state in words; "" where it is the one that is shown.
    pump_lpm, pump_kpa, supply_c
        What the pumps give.
    """

    solved: bool
    shut: BoolArray
    lpm: FloatArray
    m_s: FloatArray
    p_kpa: FloatArray
    asked_lpm: FloatArray
    got_lpm: FloatArray
    dp_kpa: FloatArray
    valve_kpa: FloatArray
    heat_kw: FloatArray
    return_c: FloatArray
    at_most: BoolArray
    other_lpm: FloatArray
    other_asked_lpm: FloatArray
    other: tuple[str, ...]
    pump_lpm: float
    pump_kpa: float
    supply_c: float


@dataclass(frozen=True, slots=True)
class PlantDiagram:
    """One plant as it is drawn."""

    study: Study
    found: PlantFlow | Unsolved
    parts: Parts
    placed: Placed
    water: Water

    @property
    def circuit(self) -> Circuit:
        """The plant as a network."""
        return self.found.circuit


def plant_diagram(study: Study, found: PlantFlow | Unsolved, *, after: bool) -> PlantDiagram:
    """Find what a plant's diagram shows, and where.

    Parameters
    ----------
    after
        Show it after the last loss of the study instead of healthy.
    """
    parts = parts_of(study, found.circuit)
    return PlantDiagram(study, found, parts, place(parts), water_of(study, found, after=after))


def water_of(study: Study, found: PlantFlow | Unsolved, *, after: bool) -> Water:
    """Figures of a plant, healthy or after the last loss of the study."""
    circuit = found.circuit
    supply = float(study(plant_supply_c)[circuit.row])
    if isinstance(found, Unsolved):
        return _unknown(circuit, supply)
    case = len(found.of_case) - 1 if after else 0
    lane = int(found.of_case[case])
    lpm = np.where(np.isnan(found.moved.q_m3s[lane]), np.nan, found.moved.q_m3s[lane] / LPM)
    shut = ~found.lives[lane]
    users = circuit.links(Part.USER)
    closed = np.zeros(len(lpm), dtype=bool)
    closed[users] = shut
    closed |= _lost(study, circuit, case)
    got = np.where(shut, 0.0, found.got_lpm[lane])
    heat, at_most = user_heat(study, circuit, study(loop_flows), case)
    fluid, _ = fluid_of(study, "plant", circuit.row)
    flow = np.where(at_most, found.asked_lpm[lane], got)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = heat / (flow * float(fluid.capacity(np.array(supply)))) if fluid else np.nan * heat
    healthy = int(found.of_case[0])
    other = [healthy if after else _worst(found, k) for k in range(len(users))]
    names = tuple(
        "" if k == lane else "healthy" if k == healthy
        else told(study(cases), int(found.first_case[k])) for k in other
    )  # fmt: skip
    u = np.arange(len(users))
    valve = np.maximum(found.dp_kpa[lane] - found.needs_kpa[lane], 0.0)
    return Water(
        solved=bool(found.moved.converged[lane]), shut=closed, lpm=np.where(closed, 0.0, lpm),
        m_s=np.abs(lpm) * LPM / (np.pi / 4.0 * circuit.bore_m**2),
        p_kpa=found.moved.p_pa[lane] / 1000.0, asked_lpm=found.asked_lpm[lane], got_lpm=got,
        dp_kpa=found.dp_kpa[lane], valve_kpa=valve, heat_kw=heat,
        return_c=np.where(flow > 0, supply + rise, np.nan), at_most=at_most,
        other_lpm=found.got_lpm[other, u], other_asked_lpm=found.asked_lpm[other, u],
        other=names, pump_lpm=float(found.pump_lpm[lane]), pump_kpa=float(found.pump_kpa[lane]),
        supply_c=supply,
    )  # fmt: skip


def _worst(found: PlantFlow, k: int) -> int:
    """Return the lane in which a user lacks most of what it asks for, else asks for most.

    Of lanes that are it but for rounding it is that of the first case.
    """
    lives = found.lives[:, k]
    asked, got = np.nan_to_num(found.asked_lpm[:, k]), np.nan_to_num(found.got_lpm[:, k])
    lacks = np.where(lives & (got < asked * (1.0 - _SHORT)), asked - got, 0.0)
    ranked = lacks if lacks.any() else np.where(lives, asked, 0.0)
    near = np.flatnonzero(ranked >= ranked.max() * (1.0 - _ROUNDING))
    return int(near[found.first_case[near].argmin()])


def _lost(study: Study, circuit: Circuit, case: int) -> BoolArray:
    """(m,) links of what is lost in a case."""
    fallen = study(cases).fallen
    dead = fallen.gear[fallen.gear_state == case]
    return np.asarray(np.isin(circuit.subject, dead))


def _unknown(circuit: Circuit, supply_c: float) -> Water:
    m, n, u = len(circuit.fr), len(circuit.label), len(circuit.links(Part.USER))
    nan = {k: np.full(k, np.nan) for k in (m, n, u)}
    none = np.zeros(u, dtype=bool)
    return Water(
        solved=False, shut=np.zeros(m, dtype=bool), lpm=nan[m], m_s=nan[m], p_kpa=nan[n],
        asked_lpm=nan[u], got_lpm=nan[u], dp_kpa=nan[u], valve_kpa=nan[u], heat_kw=nan[u],
        return_c=nan[u], at_most=none, other_lpm=nan[u], other_asked_lpm=nan[u],
        other=("",) * u, pump_lpm=float("nan"), pump_kpa=float("nan"), supply_c=supply_c,
    )  # fmt: skip


# ---------------------------------------------------------------------------------- the drawing


def drawn(of: PlantDiagram) -> Iterator[str]:
    """Yield the diagram's parts, from (0, 0) to the right and down."""
    placed, circuit = of.placed, of.circuit
    for k in sorted(range(len(placed.ways)), key=lambda k: -len(placed.ways[k])):
        one = of.parts.runs[k]
        bores = tuple(float(circuit.bore_m[link]) if link >= 0 else np.nan for link in one.links)
        yield svg.group(
            "run",
            run(
                of.water, one, placed.ways[k], (bores[0], bores[1]), placed.y, below=placed.below(k)
            ),
        )
    users = [k for k, item in enumerate(of.parts.items) if item.kind == "user"]
    for k, item in enumerate(of.parts.items):
        y = placed.y[placed.grid.row[k]]
        if item.kind == "junction":
            yield from _junction(of, k, placed.x[k], y)
        elif item.kind == "plant":
            lost = bool(of.water.shut[circuit.links(Part.UNIT)[0]])
            low = placed.low.get((k, END), 0.0)
            yield from _box(item.name, placed.x[k], y, low, _plant_lines(of, lost=lost), lost=lost)
        else:
            n = users.index(k)
            lost = bool(of.water.shut[circuit.links(Part.USER)[n]])
            low = placed.low.get((k, START), 0.0)
            yield from _box(
                item.name, placed.x[k], y, low, _user_lines(of, n, lost=lost), lost=lost
            )


def _junction(of: PlantDiagram, k: int, x: float, y: float) -> Iterator[str]:
    """Yield a junction, on its left its name and the pressure between supply and return there."""
    low, name = of.placed.low.get((k, START), 0.0), of.parts.items[k].name
    labels = of.circuit.label.tolist()
    supply, back = f"{name} supply", f"{name} return"
    over = float("nan")
    if supply in labels and back in labels:
        p = of.water.p_kpa
        over = float(p[labels.index(supply)] - p[labels.index(back)])
    yield svg.rect(
        x - BOX, y + low - 2.6, 2 * BOX, 5.2 - low, "edge place", svg.title(f"junction {name}")
    )
    pairs = [step[0][1] for step in _steps_to(of, k) if step[1][0] < step[0][0]]
    at = next(c for c in np.arange(y, y - 200.0, -4.4) if all(abs(c - p) > _APART for p in pairs))
    said = f"{words.cut(name, 16.0, 2.2)}  {words.one(over, ' kPa')}"
    yield svg.text(said, x - BOX - 0.8, float(at) - 0.8, 2.2, css="halo soft", anchor="end")


def _steps_to(of: PlantDiagram, k: int) -> Iterator[tuple[Point, Point]]:
    """Yield where pipes end at an item, and the next point of each."""
    for one, way in zip(of.parts.runs, of.placed.ways, strict=True):
        if one.a[0] == k:
            yield way[0], way[1]
        if one.b[0] == k:
            yield way[-1], way[-2]


def _box(
    name: str, left: float, y: float, low: float, lines: list[str], *, lost: bool
) -> Iterator[str]:
    """Yield a box with a name and figures, from its left edge."""
    bottom = min(-UNIT_TALL / 2, low - 3.0)
    size = (left, y + bottom, UNIT_WIDE, UNIT_TALL / 2 - bottom)
    body = [svg.title(f"{name}: " + ", ".join(lines)), svg.rect(*size, "edge unit" + " off" * lost)]
    body += [svg.rect(*size, "hatched")] if lost else []
    yield svg.group("element", body)
    top = y + UNIT_TALL / 2 - 4.4
    yield svg.text(
        words.cut(name, UNIT_WIDE - 6.0, 3.2, bold=True), left + 2.2, top, 3.2, css="bold halo"
    )
    for m, text in enumerate(lines):
        alarm = text.startswith(_ALARM) or text in {"lost", _WEAK}
        yield svg.text(
            words.cut(text, UNIT_WIDE - 3.0, _SIZE), left + 2.2, top - 4.0 - _LEADING * m, _SIZE,
            css="halo bold alarm" if alarm else "halo",
        )  # fmt: skip


def _plant_lines(of: PlantDiagram, *, lost: bool) -> list[str]:
    """Return what is said of a plant's pumps."""
    w = of.water
    if lost:
        return ["lost"]
    takes = w.got_lpm > 0
    lpm, back = w.got_lpm[takes], w.return_c[takes]
    mixed = float((lpm * back).sum() / lpm.sum()) if takes.any() else float("nan")
    heat = float(np.where(w.shut[of.circuit.links(Part.USER)], 0.0, w.heat_kw).sum())
    return [
        f"{words.one(w.pump_lpm)} L/min at {words.one(w.pump_kpa)} kPa",
        f"supply {words.one(w.supply_c)}, return {words.one(mixed)} °C",
        f"heat {'at most ' * bool(w.at_most.any())}{words.one(heat)} kW", _pumps(of),
    ]  # fmt: skip


def _pumps(of: PlantDiagram) -> str:
    """Say whether the pumps hold what they are set to."""
    if not of.water.solved:
        return "pumps: not known"
    held, _ = control_of(of.study, "plant", of.circuit.row)
    short = of.water.pump_kpa < held.set_kpa * (
        1.0 - _SHORT
    ) or of.water.pump_lpm < held.set_lpm * (1.0 - _SHORT)
    return _WEAK if short else "pumps hold the set-point"


def _user_lines(of: PlantDiagram, n: int, *, lost: bool) -> list[str]:
    """Return what is said of a CDU or air unit."""
    w = of.water
    if lost:
        return ["lost"]
    asked, got = float(w.asked_lpm[n]), float(w.got_lpm[n])
    out = [
        f"{words.one(got)} L/min at {words.one(float(w.dp_kpa[n]))} kPa",
        f"its valve takes {words.one(float(w.valve_kpa[n]))} kPa",
    ]
    if got < asked * (1.0 - _SHORT):
        out[1] = f"{_ALARM}: asks {words.one(asked)} L/min"
    out += [
        f"heat {'at most ' * bool(w.at_most[n])}{words.one(float(w.heat_kw[n]))} kW",
        f"return {words.one(float(w.return_c[n]))} °C",
    ]
    if w.other[n]:
        comes, wants = float(w.other_lpm[n]), float(w.other_asked_lpm[n])
        lacks = f" of {words.one(wants)}" if comes < wants * (1.0 - _SHORT) else ""
        out.append(f"{w.other[n]}: {words.one(comes)}{lacks} L/min")
    return out
