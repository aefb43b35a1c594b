"""The fabrics of a layout: as strict JSON, ``twin-fabrics/1``, and as tables."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np

from twin.errors import plural
from twin.report import scale_up
from twin.report.aligned import table
from twin.report.fabric_ports import PORTS, ports_rows
from twin.report.json import real
from twin.report.words import clean, wrapped
from twin.site.table import IntArray
from twin.solve.cabling.links.single import hits
from twin.solve.cabling.parts.cord_counts import CordCount, cord_counts
from twin.solve.fabric.before import Before, before
from twin.solve.fabric.growth import cord_of
from twin.solve.fabric.portmap import NODE, TIERS
from twin.solve.fabric.totals import Housed, Total, housed, totals
from twin.solve.study import Study

SCHEMA = "twin-fabrics/1"


class Against(NamedTuple):
    """Another plan of the same fabrics: its name, its study, and which of its links are moved."""

    name: str
    study: Study
    moved: IntArray


def dumps(study: Study, against: Against | None = None) -> str:
    """Return the fabrics of a site as strict JSON, ended by a line feed."""
    text = json.dumps(document(study, against), indent=2, sort_keys=True, allow_nan=False)
    return f"{text}\n"


def document(study: Study, against: Against | None = None) -> dict[str, object]:
    """Return the fabrics of a site as plain data; null = not known, or not there."""
    day = study.conditions.date
    out: dict[str, object] = {
        "schema": SCHEMA,
        "name": study.site.name,
        "date": None if day is None else day.isoformat(),
        "fabrics": {t.name: _fabric(study, t) for t in study(totals)},
        "scale_up": scale_up.document(study),
    }
    if against is not None:
        moved = [dict(zip(PORTS, row, strict=True)) for row in _moved_rows(against)]
        out["against"] = {
            "name": against.name,
            "links_moved": len(moved),
            "cords_moved": _cords(against),
            "moved": moved,
        }
    return out


def _fabric(study: Study, t: Total) -> dict[str, object]:
    w = t.wiring
    return {
        "network": str(study.table("fabric")["network"][t.row]),
        "planes": t.planes,
        "tiers": len(t.switches),
        "gbps": real(t.gbps),
        "split": w.split,
        "leaf_cages": t.leaf_cages,
        "switches": {s.name: s.count for s in t.switches},
        "switches_standing": {s.name: s.stand for s in t.switches},
        "links": {j.name: j.count for j in t.joints},
        "links_standing": {j.name: j.stand for j in t.joints},
        "cords": {j.name: j.cords for j in t.joints},
        "cords_standing": {j.name: j.cords_stand for j in t.joints},
        "cords_by_parts": {TIERS[c.tier]: c.bought for c in _by_parts(study, t)},
        "bandwidth_tbps": {j.name: real(j.tbps) for j in t.joints},
        "oversubscription": {
            "leaf": real(t.leaf_oversubscription), "spine": real(t.spine_oversubscription),
        },
        "free_ports": {
            s.name: real(free) for s, free in zip(t.switches, t.free, strict=False)
        },
        "node_places": t.places,
        "reserved": t.reserved,
        "nodes": t.taken,
        "nodes_standing": t.nodes,
        "nodes_joined": t.joined,
        "wiring": {
            "units": w.units, "unit_nodes": w.unit_nodes, "links_per_node": w.links,
            "rails": w.rails, "rail_leaves": w.leaves, "leaf_down": w.down, "spare": w.spare,
            "leaf_up": w.up, "group_leaves": w.group, "group_spines": w.spines,
            "spine_up": w.spine_up, "group_cores": w.cores,
        },
        "housed": [_housed(study, h) for h in housed(study, t)],
        "before": [_before(study, b) for b in before(study, t.row)],
        "one_lost": {
            hit.kind: {
                "left": real(hit.left), "racks": hit.racks, "of": hit.of,
                "such_as": study.site.name_of(hit.lost),
            }
            for hit in hits(study, t.row)
        },
    }  # fmt: skip


def _housed(study: Study, h: Housed) -> dict[str, object]:
    ids = study.table("switch").ids
    return {
        "position": _position(study, h.position),
        "switches": ids[h.switches].tolist(),
        "units": [None if np.isnan(u) else int(u) for u in h.units.tolist()],
    }


def _position(study: Study, row: int) -> str | None:
    return str(study.table("position").ids[row]) if row >= 0 else None


def _before(study: Study, b: Before) -> dict[str, object]:
    return {
        "positions": study.table("position").ids[b.positions].tolist(),
        "switches": study.table("switch").ids[b.switches].tolist(),
        "panels": _of_kind(study, "panel", b.gear),
        "trunks": _of_kind(study, "trunk", b.gear),
        "ready": _day(b.day),
        "waits_for": study.site.name_of(b.on) if b.on >= 0 else None,
        "not_known_of": study.site.name_of(b.lacking) if b.lacking >= 0 else None,
        "in_no_rack": study.site.name_of(b.bare) if b.bare >= 0 else None,
    }


def _of_kind(study: Study, kind: str, subjects: IntArray) -> list[str]:
    """Return the ids of the subjects that are of a kind."""
    rows = study.site.rows_of(kind, subjects)
    return [str(name) for name in study.table(kind).ids[rows[rows >= 0]].tolist()]


def _day(day: float) -> str | None:
    return str(np.datetime64(int(day), "D")) if np.isfinite(day) else None


def _cords(against: Against) -> int:
    """Return how many cords carry the links that are moved."""
    return len(np.unique(against.study(cord_of)[against.moved]))


def _moved_rows(against: Against) -> list[tuple[object, ...]]:
    return list(ports_rows(against.study, against.moved))


# ------------------------------------------------------------------------------------- in words


def text(study: Study, against: Against | None = None, width: int = 100) -> str:
    """Return the fabrics of a site in words and tables, `width` cells wide."""
    blocks = [block for t in study(totals) for block in _blocks(study, t, width)]
    if not blocks:
        blocks = [["The layout describes no fabric."]]
    domains = scale_up.text(study, width)
    blocks += [domains] if domains else []
    if against is not None:
        blocks.append(_moved(against, width))
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _blocks(study: Study, t: Total, width: int) -> list[list[str]]:
    more = (_where(study, t, width), _waits(study, t, width), _one_lost(study, t, width))
    head = [*_head(study, t), "", *_switches(t, width), "", *_links(t, width)]
    return [[*head, *_other_cords(study, t, width)], *(block for block in more if block)]


def _head(study: Study, t: Total) -> list[str]:
    w, network = t.wiring, str(study.table("fabric")["network"][t.row])
    rate = f" of {t.gbps:g} Gb/s" if t.gbps == t.gbps else ""
    parts = [f"{plural(w.links, 'link')}{rate} for each node"]
    parts += [plural(w.rails, "rail")] * (w.rails > 1)
    parts += [plural(w.units, "unit")] * (w.units > 1)
    parts += [f"{plural(t.planes, 'plane')}, each with these links"] * (t.planes > 1)
    day = study.conditions.date
    stand = f"{plural(t.nodes, 'node')} {'stands' if t.nodes == 1 else 'stand'}"
    when = "" if day is None else f" on {day.isoformat()}"
    if t.joined < t.nodes:
        when += f", {t.joined:,} of them on a leaf that stands"
    kept = f", {t.reserved:,} of them reserved" if t.reserved else ""
    left = t.places - t.reserved - t.taken
    free = f", {left:,} of them left free" if left else ""
    return [
        f"{clean(t.name)} ({network}): {', '.join(parts)}",
        f"{plural(t.places, 'node place')}{kept}{free}; {stand}{when}",
        *([_split(t)] if w.split > 1 else []),
    ]


def _split(t: Total) -> str:
    """Say how many links share a port and a cage of a leaf."""
    w = t.wiring
    rate = f" of {t.gbps * w.split:g} Gb/s" if t.gbps == t.gbps else ""
    cages = f" in {plural(t.leaf_cages, 'cage')}" if t.leaf_cages else ""
    ports = plural(w.down - w.spare, "port")
    return f"{ports}{rate} of a leaf{cages} are split into {w.leaf_links:,} links to nodes"


def _switches(t: Total, width: int) -> list[str]:
    w = t.wiring
    down = (w.down - w.spare, w.group * (w.up // w.spines) if w.spines else 0, 0)
    ports = ((down[0], w.up), (down[1], w.spine_up), (w.core_down, 0))
    ratio = (t.leaf_oversubscription, t.spine_oversubscription, float("nan"))
    rows = [
        [
            s.name, f"{s.count:,}", f"{s.stand:,}", f"{low:,}", f"{up:,}" if up else "",
            f"{over:.4g} to 1" if np.isfinite(over) else "",
            f"{free:,.0f}" if np.isfinite(free) else "",
        ]
        for s, (low, up), over, free in zip(t.switches, ports, ratio, t.free, strict=False)
    ]  # fmt: skip
    header = ("tier", "switches", "standing", "down", "up", "oversubscribed", "ports free in all")
    return table(header, rows, width=width, right=frozenset(range(1, 7)), indent=2)


def _links(t: Total, width: int) -> list[str]:
    rows = [
        [
            j.name, f"{j.count:,}", f"{j.stand:,}", f"{j.cords:,}", f"{j.cords_stand:,}",
            f"{j.tbps:,.6g}" if np.isfinite(j.tbps) else "",
        ]
        for j in t.joints
    ]  # fmt: skip
    sums = [sum(getattr(j, k) for j in t.joints) for k in
            ("count", "stand", "cords", "cords_stand")]  # fmt: skip
    rows.append(["all", *(f"{n:,}" for n in sums), ""])
    header = ("between", "links", "standing", "cords", "standing", "Tb/s each way")
    return table(header, rows, width=width, right=frozenset(range(1, 6)), indent=2)


def _by_parts(study: Study, t: Total) -> list[CordCount]:
    return [c for c in study(cord_counts) if c.fabric == t.row]


def _other_cords(study: Study, t: Total, width: int) -> list[str]:
    """Return cords by the parts that `twin cables` chooses, where they are not as many."""
    out = []
    for c in _by_parts(study, t):
        if c.bought != c.planned:
            of = f", of {c.planned:,} here" if c.planned != t.joints[_at(t, c)].cords else ""
            said = f"{TIERS[c.tier]}: {c.bought:,}{of} ({'; '.join(c.why)})"
            out += wrapped(said, width, 4, 6)
    return ["", "  Cords by their parts, as twin cables lists them:", *out] if out else []


def _at(t: Total, c: CordCount) -> int:
    """Place of a tier among the joints of a fabric."""
    return [j.name for j in t.joints].index(TIERS[c.tier])


def _where(study: Study, t: Total, width: int) -> list[str]:
    rows = []
    for h in housed(study, t):
        units = [int(u) for u in h.units.tolist() if u == u]  # noqa: PLR0124 - NaN is not known
        rows.append([
            _position(study, h.position) or "not said", f"{len(h.switches):,}",
            _range(units) if len(units) == len(h.switches) else "",
            span(study.table("switch").ids[h.switches].tolist()),
        ])  # fmt: skip
    header = ("rack at", "switches", "units", "which")
    return table(header, rows, width=width, right=frozenset({1}), indent=2)


def _range(numbers: list[int]) -> str:
    """Return numbers with runs of neighbours told by their ends.

    Examples
    --------
    >>> _range([1, 2, 3, 7])
    '1-3, 7'
    """
    runs: list[list[int]] = []
    for n in sorted(numbers):
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)


def span(ids: list[str]) -> str:
    """Return ids that end in numbers, runs of one name together.

    Examples
    --------
    >>> span(["c-leaf-001", "c-leaf-002", "c-spine-001"])
    'c-leaf-001 to 002, c-spine-001'
    """
    out: list[list[str]] = []
    for name in sorted(ids):
        stem, _, number = name.rpartition("-")
        last = out[-1][-1].rpartition("-") if out else ("", "", "")
        if (
            last[0] == stem
            and last[2].isdigit()
            and number.isdigit()
            and int(number) == int(last[2]) + 1
        ):
            out[-1].append(name)
        else:
            out.append([name])
    return ", ".join(
        r[0] if len(r) == 1 else f"{clean(r[0])} to {r[-1].rpartition('-')[2]}" for r in out
    )


def _waits(study: Study, t: Total, width: int) -> list[str]:
    """Return what racks of each unit wait for."""
    ids, site = study.table("position").ids, study.site
    tier = np.asarray(study.table("switch")["tier"])
    rows = []
    for b in before(study, t.row):
        counts = [(int((tier[b.switches] == s.name).sum()), s.name) for s in t.switches]
        said = ", ".join(plural(n, name, "leaves" if name == "leaf" else "") for n, name in counts)
        for kind in ("panel", "trunk"):
            n = len(_of_kind(study, kind, b.gear))
            said += f", {plural(n, kind)}" if n else ""
        told = next((s for s in (b.bare, b.lacking, b.on) if s >= 0), -1)
        on = clean(site.name_of(told)) if told >= 0 else ""
        known = b.bare < 0 and b.lacking < 0
        day = (_day(b.day) if known else None) or "not known"
        rows.append([span(ids[b.positions].tolist()), said, day,
                     f"{on}, in no rack" if b.bare >= 0 else on])  # fmt: skip
    header = ("racks at", "live before them", "all live", "the last")
    return table(header, rows, width=width, indent=2)


def _one_lost(study: Study, t: Total, width: int) -> list[str]:
    """Return what racks keep of this network when one thing is lost."""
    rows = [
        [hit.kind, f"{hit.left:.4g}", f"{hit.racks:,} of {hit.of:,}",
         clean(study.site.name_of(hit.lost))]
        for hit in hits(study, t.row)
    ]  # fmt: skip
    header = ("one lost", "least left", "racks", "such as")
    return table(header, rows, width=width, right=frozenset({1, 2}), indent=2) if rows else []


_SHOWN = 20
"""Moved cords that are listed; all of them stand in the JSON."""


def _moved(against: Against, width: int) -> list[str]:
    rows = _moved_rows(against)
    total = len(against.study(totals))
    of = f"{plural(_cords(against), 'cord')} of {clean(against.name)}"
    head = f"{of}, {plural(len(rows), 'link')}, would be moved"
    if not rows or not total:
        return [head]
    at = [PORTS.index(name) for name in ("fabric", "between", "a device", "a port", "b device",
                                         "b port")]  # fmt: skip
    cells = []
    for row in rows[:_SHOWN]:
        fabric, between, a, a_port, b, b_port = (str(row[k]) for k in at)
        place = row[PORTS.index("a position")]
        a = f"{place} {a}" if between == TIERS[NODE] else a
        cells.append([clean(fabric), between, f"{a} {a_port}", f"{b} {b_port}"])
    more = [f"  and {len(rows) - _SHOWN:,} more"] if len(rows) > _SHOWN else []
    header = ("fabric", "between", "from", "to")
    return [head, *table(header, cells, width=width, indent=2), *more]
