"""Circuits that supply colder or warmer than anything is known of their coolant."""

from __future__ import annotations

from twin.solve.coolant.beyond_plants import plants_beyond, supplies_beyond
from twin.solve.coolant.dew import held_supply_c
from twin.solve.study import Study


def beyond_fluid(study: Study) -> dict[tuple[str, int], str]:
    """Plants and loops by kind and row, and what is told of each."""
    plants = {("plant", row): said for row, said in study(plants_beyond).items()}
    loops = supplies_beyond(study, "loop", study(held_supply_c))
    return plants | {("loop", row): said for row, said in loops.items()}
