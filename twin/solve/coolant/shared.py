"""Loops that share facility water which does not suffice for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from twin.site.table import BoolArray
from twin.solve.coolant.circuit import Circuit
from twin.solve.coolant.coupled import SHORT, coolant, loop_flows, plant_flows, settled
from twin.solve.coolant.flow import LoopFlow, Unsolved, solve_all
from twin.solve.coolant.ready import without
from twin.solve.coolant.solved import Solved
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class Shared:
    """Loops on facility water that does not suffice for all of them: with fewer racks it may.

    Attributes
    ----------
    plants
        The plants, and behind one another's loops those that are not short.
    loops
        Every solved loop with a unit on them.
    """

    plants: tuple[Circuit, ...]
    loops: tuple[LoopFlow, ...]

    def without(self, study: Study, absent: BoolArray) -> tuple[LoopFlow, ...]:
        """Solve the loops and their plants anew without some racks, (racks,)."""
        mine = {flow.circuit.row for flow in self.loops}
        first = [f for f in study(coolant).at_first.flows if f.circuit.row in mine]
        ready = [without(flow.loop, absent) for flow in first]
        found = settled(study, self.plants, Solved(solve_all(ready))).loops
        return found.flows


def short_of_water(study: Study) -> tuple[Shared, ...]:
    """Loops by the plants that give some of their units less than they ask for."""
    known = [p for p in study(plant_flows) if not isinstance(p, Unsolved)]
    loops = study(loop_flows).flows
    plant = study.site.rows_of("plant", study.table("cdu")["plant"])
    on = [set(plant[flow.units].tolist()) for flow in loops]
    lacks = {p.circuit.row for p in known if (p.got_lpm < p.asked_lpm * (1.0 - SHORT)).any()}
    piped = {p.circuit.row for p in known}
    out: list[Shared] = []
    while lacks:
        group = {min(lacks)}
        while more := set[int]().union(*(w for w in on if w & group)) & piped - group:
            group |= more
        lacks -= group
        mine = tuple(flow for flow, w in zip(loops, on, strict=True) if w & group)
        plants = tuple(p.circuit for p in known if p.circuit.row in group)
        if mine:
            out.append(Shared(plants, mine))
    return tuple(out)
