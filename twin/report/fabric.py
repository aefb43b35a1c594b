"""The size of a bare fabric: as strict JSON, ``twin-fabric/1``, and as tables."""

from __future__ import annotations

import json
from dataclasses import asdict

from twin.errors import plural
from twin.report.aligned import table
from twin.report.json import real
from twin.report.words import wrapped
from twin.solve.fabric.built import Fabric, SpineGroup, Tiers
from twin.solve.fabric.capacity import most_nodes

SCHEMA = "twin-fabric/1"
_TIERS = ("leaf", "spine", "core")


def dumps(fabric: Fabric, gbps: int | None = None) -> str:
    """Return the size of a fabric as strict JSON, ended by a line feed.

    Parameters
    ----------
    fabric
        What was sized.
    gbps
        Rate of a port of one plane, Gb/s; None: bandwidths are not known.
    """
    text = json.dumps(document(fabric, gbps), indent=2, sort_keys=True, allow_nan=False)
    return f"{text}\n"


def document(fabric: Fabric, gbps: int | None = None) -> dict[str, object]:
    """Return the size of a fabric as plain data; null = not known, or not there."""
    plan = fabric.plan
    spine_ratio = fabric.spine_oversubscription
    return {
        "schema": SCHEMA,
        "plan": asdict(plan) | {
            "up": plan.leaf_up, "spine_down": plan.spine_ports, "links_per_cord": plan.cord_links,
            "group": fabric.spine_groups[0].leaves,
        },
        "leaf": fabric.leaf,
        "spine": fabric.spine,
        "core": fabric.core,
        "links": fabric.links._asdict(),
        "cords": sum(fabric.cords),
        "cords_by_tier": fabric.cords._asdict(),
        "oversubscription": {
            "leaf": real(fabric.leaf_oversubscription),
            "spine": None if spine_ratio is None else real(spine_ratio),
        },
        "bandwidth_tbps": dict(zip(Tiers._fields, _tbps(fabric, gbps), strict=True)),
        "free_ports": dict(zip(_TIERS, fabric.free_ports, strict=True)),
        "most_nodes": most_nodes(plan),
        "notes": notes(fabric),
        "spine_groups": [asdict(group) | {"down": group.down} for group in fabric.spine_groups],
        "core_groups": [asdict(group) for group in fabric.core_groups],
    }  # fmt: skip


def text(fabric: Fabric, gbps: int | None = None, width: int = 100) -> str:
    """Return the size of a fabric in words and tables.

    Parameters
    ----------
    fabric
        What was sized.
    gbps
        Rate of a port of one plane, Gb/s; None: bandwidths are left out.
    width
        Cells of a line.
    """
    parts = [
        [*_asked(fabric), *(line for said in notes(fabric) for line in wrapped(said, width, 0, 2))],
        _switches(fabric, width),
        _links(fabric, gbps, width),
        _groups(fabric),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _asked(fabric: Fabric) -> list[str]:
    plan = fabric.plan
    said = [f"{plural(plan.nodes, 'node')} of {plural(plan.links_per_node, 'link')}"]
    if plan.reserved:
        said.append(f"{plural(plan.reserved, 'place')} reserved")
    if plan.manager_links:
        said.append(plural(plan.manager_links, "link of managers", "links of managers"))
    said.append(f"{plan.tiers} tiers of {plan.radix:,} ports")
    if plan.planes > 1:
        said.append(f"{plan.planes:,} planes, each with these links and ports")
    return [f"{', '.join(said)}; up to {plural(most_nodes(plan), 'node')}"]


def notes(fabric: Fabric) -> list[str]:
    """Say what was asked and is not so, with what would fit: groups of more leaves than there are.

    All leaves are then one group, and its switches are those that these few need.
    """
    asked, leaves = fabric.plan.group, fabric.spine_groups[0].leaves
    if asked is None or asked <= leaves:
        return []
    said = f"group: {asked:,} leaves are more than the {leaves:,} of a plane, which are one group"
    return [f"{said}; write at most {leaves:,}, or leave it out"]


def _switches(fabric: Fabric, width: int) -> list[str]:
    """Return the table of switches; ports are those of a switch in a full group."""
    plan, first = fabric.plan, fabric.spine_groups[0]
    ports = ((plan.down, plan.leaf_up), (first.down, first.up), (plan.radix, 0))
    ratios = (fabric.leaf_oversubscription, fabric.spine_oversubscription, None)
    counts = (fabric.leaf, fabric.spine, fabric.core)
    rows = [
        [
            name, f"{count:,}", f"{down:,}", f"{up:,}" if up else "",
            "" if ratio is None else f"{ratio:.4g} to 1", f"{free:,}",
        ]
        for name, count, (down, up), ratio, free in zip(
            _TIERS, counts, ports, ratios, fabric.free_ports, strict=True
        )
        if count
    ]  # fmt: skip
    header = ("tier", "switches", "down", "up", "oversubscribed", "ports free in all")
    return table(header, rows, width=width, right=frozenset({1, 2, 3, 4, 5}), indent=2)


def _links(fabric: Fabric, gbps: int | None, width: int) -> list[str]:
    rows = []
    for name, links, cords, tbps in zip(
        Tiers._fields, fabric.links, fabric.cords, _tbps(fabric, gbps), strict=True
    ):
        if links:
            rate = [] if tbps is None else [f"{tbps:,.6g}"]
            rows.append([name.replace("_", " to "), f"{links:,}", f"{cords:,}", *rate])
    total = ["all", f"{sum(fabric.links):,}", f"{sum(fabric.cords):,}"]
    rows.append(total if gbps is None else [*total, ""])
    header = ("between", "links", "cords", *(() if gbps is None else ("Tb/s each way",)))
    return table(header, rows, width=width, right=frozenset({1, 2, 3}), indent=2)


def _groups(fabric: Fabric) -> list[str]:
    """Return how one plane is joined."""
    out = ["In each plane:" if fabric.plan.planes > 1 else "Joined so:"]
    out += [f"  {_group(group)}" for group in fabric.spine_groups]
    for core in fabric.core_groups:
        low, more = divmod(core.links, core.cores)
        each = f"{low:,} or {low + 1:,} links" if more else plural(low, "link")
        out.append(
            f"  {plural(core.count, 'core group')} of {plural(core.spines, 'spine')} and "
            f"{plural(core.cores, 'core')}, {each} on each core"
        )
    return out


def _group(group: SpineGroup) -> str:
    up = f"; {plural(group.up, 'uplink')} of each spine" if group.up else ""
    return (
        f"{plural(group.count, 'group')} of {plural(group.leaves, 'leaf', 'leaves')} and "
        f"{plural(group.spines, 'spine')}, {plural(group.joint, 'link')} between any two{up}"
    )


def _tbps(fabric: Fabric, gbps: int | None) -> list[float | None]:
    """Return what the links of each pair of tiers carry each way, Tb/s."""
    return [None if gbps is None else real(links * gbps / 1e3) for links in fabric.links]
