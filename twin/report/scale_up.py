"""Scale-up domains of a layout, as plain data and as a table."""

from __future__ import annotations

import math

from twin.report.aligned import table
from twin.report.json import real
from twin.report.words import clean
from twin.solve.fabric.domains import ScaleUp, scale_up
from twin.solve.study import Study

HEADER = (
    "rack type", "racks", "domains", "of racks", "accelerators", "each Tb/s", "all Tb/s", "links",
    "trays",
)  # fmt: skip


def document(study: Study) -> dict[str, object]:
    """Return the domains by rack type; null = not known. Their links are no cords of the hall."""
    ids = study.table("product").ids
    return {str(ids[one.product]): _one(one) for one in study(scale_up)}


def _one(one: ScaleUp) -> dict[str, object]:
    return {
        "racks": one.racks,
        "domains": one.domains,
        "accelerators": real(one.accelerators),
        "racks_each": real(one.domain_racks),
        "switch_trays": real(one.trays),
        "links_per_accelerator": real(one.links),
        "links": real(one.all_links),
        "tbps_per_accelerator": real(one.tbps),
        "tbps": real(one.all_tbps),
        "cords": 0,
    }


def text(study: Study, width: int) -> list[str]:
    """Return the domains as lines; none where no rack has any that is known."""
    found = study(scale_up)
    if not found:
        return []
    ids = study.table("product").ids
    rows = [
        [
            clean(str(ids[one.product])), f"{one.racks:,}", f"{one.domains:,}",
            _number(one.domain_racks), f"{one.accelerators:,.0f}", _number(one.tbps),
            _number(one.all_tbps), _number(one.all_links), _number(one.trays),
        ]
        for one in found
    ]  # fmt: skip
    right = frozenset(range(1, len(HEADER)))
    return [
        "Scale-up domains: within racks, without cords; Tb/s each way, of one accelerator, of all",
        *table(HEADER, rows, width=width, right=right, indent=2),
    ]


def _number(value: float) -> str:
    return "not known" if math.isnan(value) else f"{value:,.6g}"
