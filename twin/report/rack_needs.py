"""What must be live before one rack is usable: as strict JSON, ``twin-rack-needs/1``, in words."""

from __future__ import annotations

import json
from itertools import groupby

import numpy as np

from twin.errors import InputError, Problem, near, shown
from twin.report.aligned import table
from twin.report.fabrics import span
from twin.report.words import clean
from twin.solve.fabric.rack_needs import Need, needs_of
from twin.solve.study import Study

SCHEMA = "twin-rack-needs/1"


def rack_of(study: Study, name: str) -> int:
    """Return the row of a rack by its id, or by the position on which it stands.

    Raises
    ------
    InputError
        There is no such rack.
    """
    racks, places = study.table("rack"), study.table("position")
    if name in racks.index:
        return int(racks.index[name])
    place = study.site.rows_of("position", racks["position"])
    here = np.flatnonzero((place == places.index.get(name, -2)) & study.here)
    if len(here):
        return int(here[0])
    known = [*racks.ids.tolist(), *places.ids.tolist()]
    told = "no rack stands on it" if name in places.index else f"there is no rack {shown(name)}"
    expected = "the id of a rack, or of the position on which it stands"
    raise InputError(Problem("", key="--rack", value=name, message=told, expected=expected,
                             near=near(name, known)))  # fmt: skip


def dumps(study: Study, rack: int) -> str:
    """Return it as strict JSON, ended by a line feed."""
    found = needs_of(study, rack)
    day, last = _last(found)
    out = {
        "schema": SCHEMA,
        "rack": str(study.table("rack").ids[rack]),
        "all_live": day,
        "last": last or None,
        "needs": [
            {
                "kind": n.kind, "id": n.name, "network": n.network or None,
                "position": n.position or None, "rack": n.rack or None, "live": _day(n.day),
            }
            for n in found
        ],
    }  # fmt: skip
    return f"{json.dumps(out, indent=2, sort_keys=True, allow_nan=False)}\n"


def text(study: Study, rack: int, width: int = 100) -> str:
    """Return it in words and a table, `width` cells wide."""
    name, found = clean(str(study.table("rack").ids[rack])), needs_of(study, rack)
    if not found:
        return f"rack {name} hangs on no switch.\n"
    day, last = _last(found)
    said = f"all live on {day}, the last is {clean(last)}" if day else f"not known of {clean(last)}"
    rows = []
    for (network, kind, position, housed, live), same in groupby(found, key=_alike):
        ids = [n.name for n in same]
        where = f"{position} ({housed})" if housed else f"{position}, no rack" if position else ""
        day_of = _day(live) or ("not known" if live == "not known" else "")
        rows.append([network, kind, f"{len(ids):,}", span(ids), where, day_of])
    header = ("network", "kind", "count", "which", "at", "live")
    head = f"Before rack {name} is usable: {said}"
    lines = table(header, rows, width=width, indent=2, right=frozenset({2}))
    return "\n".join([head, "", *lines]) + "\n"


def _alike(need: Need) -> tuple[str, str, str, str, object]:
    day: object = "not known" if np.isnan(need.day) else need.day
    return need.network, need.kind, need.position, need.rack, day


def _last(found: list[Need]) -> tuple[str | None, str]:
    """Return the day on which all are live and the last of them; None, and one not known."""
    blind = next((n for n in found if np.isnan(n.day)), None)
    if blind is not None:
        return None, blind.name
    last = max(found, key=lambda n: n.day, default=None)
    return (None, "") if last is None else (_day(last.day), last.name)


def _day(day: object) -> str | None:
    if not isinstance(day, float) or not np.isfinite(day):
        return None
    return str(np.datetime64(int(day), "D"))
