"""Cables as the table that NetBox imports: Devices, Connections, Cables, Import.

Columns and words are those of NetBox 4: its form of cables to import (netbox/dcim/forms), its types
of cables and its states of links (netbox/dcim/choices.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.catalog import Product
from twin.errors import InputError, Problem, shown
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.cord_lengths import cord_lengths
from twin.solve.cabling.cords.labels import labels, named, ports_of_links, template_of
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.parts import parts, piece_stock_m
from twin.solve.cabling.parts.parts import products as sold
from twin.solve.study import Study

COLUMNS = (
    "side_a_device", "side_a_type", "side_a_name", "side_b_device", "side_b_type", "side_b_name",
    "type", "status", "label", "length", "length_unit", "description",
)  # fmt: skip
INTERFACE, FRONT, REAR = "dcim.interface", "dcim.frontport", "dcim.rearport"
PLANNED = "planned"
LONGEST_LABEL = 100
"""Characters that NetBox keeps of a label."""
_COPPER = {"dac": "dac-passive", "acc": "dac-active", "aec": "dac-active", "aoc": "aoc"}
_FIBRE = {"om3": "mmf-om3", "om4": "mmf-om4", "om5": "mmf-om5", "os2": "smf-os2"}
_BARE = {"mm": "mmf", "sm": "smf"}

Row = tuple[str | float | None, ...]


def cable_type(product: Product) -> str:
    """Return NetBox's word for a cable; "" where it has none or the catalog does not say."""
    kind, fibre = product.text.get("medium", ""), product.text.get("fibre", "")
    grade = product.text.get("grade", "")
    if kind == "utp":
        return product.text.get("category", "")
    return _COPPER.get(kind) or _FIBRE.get(grade) or _BARE.get(fibre, "")


def rows(study: Study, template: str | None = None) -> Iterator[Row]:
    """Yield a row for each link of the port map, from its lower end (A) to its upper (B); trunks.

    NetBox connects one interface with one: a cord that holds several links has a row for each,
    with one and the same label. A link through panels has two rows, each to a front port; those
    that a cassette shuffles share a port and a cord, and have a row once. Trunks lie between rear
    ports that are called after them. Bundles that are written by hand have no
    ports and are left out.

    Raises
    ------
    InputError
        A label is longer than NetBox keeps, the template is wrong, or two labels are the same.
    """
    cable = study(cables)
    upper, lower = labels(study, template)
    _short([*upper, *lower], template_of(study, template))
    words, stock = _Words(study), study(cord_lengths).stock_m.tolist()
    a, b = ports_of_links(study)
    near, far = (named(study, end) for end in (cable.upper, cable.lower))
    shuffled, told = study(pieces).lanes[cable.bundle] > 1, set[int]()
    for k, (low, high) in enumerate(zip(cable.low.tolist(), cable.high.tolist(), strict=True)):
        first, last = (a.device[k], INTERFACE, a.port[k]), (b.device[k], INTERFACE, b.port[k])
        if low == high:
            yield *first, *last, *words.of(int(cable.piece[low]), upper[low], stock[low])
            continue
        if shuffled[low]:
            first = (far.device[low], INTERFACE, far.port[low])
            last = (near.device[high], INTERFACE, near.port[high])
        if not (shuffled[low] and low in told):
            yield (
                *first, near.device[low], FRONT, near.port[low],
                *words.of(int(cable.piece[low]), upper[low], stock[low]),
            )  # fmt: skip
        if not (shuffled[low] and high in told):
            yield (
                far.device[high], FRONT, far.port[high], *last,
                *words.of(int(cable.piece[high]), upper[high], stock[high]),
            )  # fmt: skip
        told |= {low, high}
    yield from _trunks(study, words)


def _trunks(study: Study, words: _Words) -> Iterator[Row]:
    """Yield a row for each trunk."""
    piece, table = study(pieces), study.table("trunk")
    ids, panels = table.ids.tolist(), [*study.table("panel").ids.tolist(), ""]
    first = len(piece.bundle) - len(table)
    length = study(piece_stock_m).tolist()
    for k, name in enumerate(ids):
        ends = [str(panels[int(row)]) for row in (words.panel_a[k], words.panel_b[k])]
        count = float(table["count"][k])
        for n in range(1, int(count) + 1 if np.isfinite(count) else 1):
            one = f"{name}-{n}"
            yield (
                ends[0],
                REAR,
                one,
                ends[1],
                REAR,
                one,
                *words.of(first + k, one, length[first + k]),
            )


class _Words:
    """What is said of the cables of each of the `pieces`."""

    def __init__(self, study: Study) -> None:
        site = study.site
        products = [site.catalog.products[str(n)] for n in site.tables["product"].ids.tolist()]
        self.types = [*(cable_type(product) for product in products), ""]
        self.names = [*(product.name for product in products), ""]
        self.product = sold(study, study(parts))
        trunk = study.table("trunk")
        self.panel_a, self.panel_b = (
            site.rows_of("panel", trunk[end]) for end in ("panel_a", "panel_b")
        )

    def of(self, piece: int, label: str, length: float) -> Row:
        """Return type, state, label, length, its unit and description."""
        made = int(self.product[piece])
        long = round(length, 2) if np.isfinite(length) else None
        return (
            self.types[made] or None, PLANNED, label, long, None if long is None else "m",
            self.names[made] or None,
        )  # fmt: skip


def _short(texts: list[str], template: str) -> None:
    text = max(texts, key=len, default="")
    if len(text) > LONGEST_LABEL:
        message = f"{shown(text)} has {len(text)} characters, NetBox keeps {LONGEST_LABEL}"
        expected = "write a shorter template (--label, or data.label of the layout)"
        raise InputError(Problem("", key="label", value=template, message=message,
                                 expected=expected))  # fmt: skip
