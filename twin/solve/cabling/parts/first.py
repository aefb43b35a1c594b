"""Parts of links as if every cable took its shortest way: what lies where hangs on them."""

from __future__ import annotations

from twin.solve.cabling.parts.chosen import Parts, chosen
from twin.solve.cabling.ways.in_racks import along_m
from twin.solve.cabling.ways.sorts import decided_sorts
from twin.solve.cabling.ways.ways import shortest_m
from twin.solve.study import Study


def first_parts(study: Study) -> Parts:
    """Choose parts as if every cable took its shortest way."""
    return chosen(study, along_m(study, study(shortest_m)), study(decided_sorts))
