"""CDUs that racks carry: made by rule with a loop of their own, fed where their rack stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import near
from twin.model.coolant import RackCdu
from twin.model.layout import Layout
from twin.site import assemble
from twin.site.faults import Fault
from twin.site.table import Array, BoolArray, Chunk, IntArray, StrArray, Table, as_text
from twin.site.wiring import starts

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog

_IN_RACK = "in_rack"
"""What the type of a product that goes into a rack begins with."""
CARRIED = "coolant.rack_cdus"
"""The section that says what racks carry."""
OF_PLACE = ("plant", "hall")
"""What a CDU in a rack has of the position on which its rack stands."""


def carried(racks: Table, layout: Layout) -> Iterator[tuple[str, Chunk]]:
    """Kind and chunk of the CDUs and the loops of all racks that carry CDUs, rule by rule."""
    names = np.asarray(racks["cdus"])
    for name, rule in layout.coolant.rack_cdus.items():
        mine = racks.ids[names == name]
        if len(mine):
            yield "cdu", _cdus(mine, rule)
            yield "loop", _loops(mine, rule)


def _cdus(racks: StrArray, rule: RackCdu) -> Chunk:
    ids = np.repeat(racks, rule.count)
    number = np.tile(np.arange(1, rule.count + 1), len(racks))
    columns = {**_said("cdu", rule, len(ids)), "rack": ids, "loop": _loop_of(ids)}
    return np.strings.add(np.strings.add(ids, "/cdu"), as_text(number)), columns


def _loops(racks: StrArray, rule: RackCdu) -> Chunk:
    columns = _said("loop", rule, len(racks))
    columns.pop("volume_l", None)  # that of each CDU
    return _loop_of(racks), {**columns, "rack": racks, "hookup": np.full(len(racks), rule.hookup)}


def _loop_of(racks: StrArray) -> StrArray:
    return np.strings.add(racks, "/loop")


def _said(kind: str, rule: RackCdu, count: int) -> dict[str, Array]:
    """Columns of a kind that the rule speaks of, the same for all."""
    _, columns = assemble.chunk_of_items(kind, {"": rule})
    own = type(rule).model_fields
    return {k: np.repeat(v, count) for k, v in columns.items() if k in own}


def faults_of_rack_cdus(layout: Layout, written: Table, catalog: Catalog) -> Iterator[Fault]:
    """Tell rules of CDUs that name what is not there, and racks that name a rule that is not.

    Once for each rule: what it makes stands in no file.
    """
    rules = layout.coolant.rack_cdus
    cdus = [p.id for p in catalog.of("cdu")]
    for name, rule in rules.items():
        form = catalog.products[rule.type].text.get("type", "") if rule.type in cdus else ""
        if form and not form.startswith(_IN_RACK):
            message = f'CDU "{rule.type}" is of type {form}: it stands on the floor'
            yield Fault("rack_cdu", name, "type", rule.type, message, "a CDU made for racks")
        if rule.type is not None and rule.type not in cdus:
            message = f'there is no CDU "{rule.type}" in the catalog'
            yield Fault("rack_cdu", name, "type", rule.type, message, "a product of kind cdu",
                        near(rule.type, cdus))  # fmt: skip
        if rule.hookup not in layout.coolant.hookups:
            known = list(layout.coolant.hookups)
            message = f'there is no hookup "{rule.hookup}"'
            yield Fault("rack_cdu", name, "hookup", rule.hookup, message,
                        "an id of coolant.hookups", near(rule.hookup, known))  # fmt: skip
    named = [("delivery", k, d.cdus) for k, d in layout.deliveries.items() if d.cdus]
    racks = zip(written.ids.tolist(), np.asarray(written["cdus"]).tolist(), strict=True)
    named += [("rack", k, of) for k, of in racks if of]
    for kind, name, of in named:
        if of not in rules:
            message = f'there is no rack_cdus "{of}"'
            yield Fault(kind, name, "cdus", of, message, "an id of coolant.rack_cdus",
                        near(of, list(rules)))  # fmt: skip


def made_by(faults: list[Fault], racks: Table) -> list[Fault]:
    """Tell of the rack what is wrong with the CDUs and loops that it carries."""
    out = []
    for fault in faults:
        rack, _, rest = fault.id.rpartition("/")
        made = fault.kind in {"cdu", "loop"} and rest and rack in racks.index
        if made and fault.column in {"type", "hookup"}:  # told of the rule
            continue
        if made:
            fault = fault._replace(kind="rack", id=rack, column="cdus")  # noqa: PLW2901 - told of its rack
        out.append(fault)
    return out


def in_racks(tables: Mapping[str, Table]) -> BoolArray:
    """(cdus,) those that racks carry."""
    return np.asarray(tables["cdu"]["rack"] >= 0)


def fed_in_place(tables: Mapping[str, Table]) -> Mapping[str, Table]:
    """Return tables in which CDUs in racks have plant and hall of their rack's position."""
    cdus = tables["cdu"]
    if not in_racks(tables).any():
        return tables
    first = starts(tables)
    place = _row(tables, first, "rack", np.asarray(cdus["rack"]))
    place = np.append(np.asarray(tables["rack"]["position"]), -1)[place]
    place = _row(tables, first, "position", place)
    columns = {}
    for name in OF_PLACE:
        theirs = np.append(np.asarray(tables["position"][name]), -1)[place]
        new = np.where(in_racks(tables), theirs, cdus[name])
        if not np.array_equal(new, cdus[name]):
            columns[name] = new
    return {**tables, "cdu": cdus.with_columns(**columns)} if columns else tables


def _row(
    tables: Mapping[str, Table], first: Mapping[str, int], kind: str, subject: IntArray
) -> IntArray:
    """Row of each subject in the table of its kind, -1 none."""
    row = subject - first[kind]
    return np.where((row >= 0) & (row < len(tables[kind])), row, -1).astype(np.int64)
