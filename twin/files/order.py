"""Dates that contradict each other within what is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from twin.errors import Problem
from twin.files.origins import Fault, Origins
from twin.model.layout import ListTable
from twin.model.racks import Delivery, Rack

_MENDED = "write a day of arrival before the day of leaving"


def disordered(
    racks: Mapping[str, Rack], deliveries: Mapping[str, Delivery], tables: Sequence[ListTable]
) -> Iterator[Fault]:
    """Yield each rack of the layout that leaves before it arrives."""
    days = {name: d.arrives for name, d in deliveries.items()} | _listed(tables)
    for name, rack in racks.items():
        arrives = rack.arrives or days.get(rack.delivery or "")
        if rack.leaves and arrives and rack.leaves < arrives:
            yield Fault(
                ("racks", name, "leaves"), _said(rack.leaves, arrives), rack.leaves, _MENDED
            )


def disordered_rows(
    deliveries: Mapping[str, Delivery], tables: Sequence[ListTable], origins: Origins
) -> Iterator[Problem]:
    """Yield each rack of a list that leaves before it arrives."""
    days = {name: d.arrives for name, d in deliveries.items()} | _listed(tables)
    for table in tables:
        if table.kind != "rack" or "leaves" not in table.columns:
            continue
        leaves = table.columns["leaves"].astype("datetime64[D]")
        arrives = _arrivals(table, days)
        for k in np.flatnonzero(leaves < arrives).tolist():
            day = leaves[k].item()
            yield Problem(
                table.file,
                None,
                origins.sheet(table),
                int(table.rows[k]),
                "leaves",
                day,
                _said(day, arrives[k].item()),
                _MENDED,
            )


def _arrivals(
    table: ListTable, days: Mapping[str, date | None]
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Return the day of arrival of each row: its own, else its delivery's."""
    arrives = np.full(len(table.ids), np.datetime64("NaT"), "datetime64[D]")
    if "delivery" in table.columns:
        names = table.columns["delivery"].tolist()
        arrives[:] = [np.datetime64(days.get(n) or "NaT", "D") for n in names]
    own = table.columns.get("arrives")
    return arrives if own is None else np.where(np.isnat(own), arrives, own)


def _listed(tables: Sequence[ListTable]) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for table in tables:
        if table.kind == "delivery" and "arrives" in table.columns:
            found |= zip(table.ids.tolist(), table.columns["arrives"].tolist(), strict=True)
    return found


def _said(leaves: date, arrives: date) -> str:
    return f"the rack leaves on {leaves}, before it arrives on {arrives}"
