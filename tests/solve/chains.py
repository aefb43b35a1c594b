"""Small power chains, written as a layout: who feeds whom, and racks on busways."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from twin import pipeline
from twin.model.change import Conditions, Scenario
from twin.site.site import Site
from twin.solve.losses.outcomes import every_case, every_share
from twin.solve.losses.sorts import FAULT
from twin.solve.losses.switching import grid
from twin.solve.power.loading import touched
from twin.solve.study import Study

HEAD = """
format = 1
name = "chain"
scope = ["PWR"]
ready = 2027-01-01

[[assume]]
path = "catalog.gb300_nvl72.power_factor"
value = 1.0
reason = "so that a kVA is a kW"
by = "test"

[halls.H]
outline_m = [[-100, -100], [300, -100], [300, 300], [-100, 300]]
"""
SECTION = {
    "source": "sources", "transformer": "transformers", "ups": "ups", "board": "boards",
    "busway": "busways", "transfer": "transfers", "tie": "ties",
}  # fmt: skip


def chain(
    nodes: Mapping[str, str],
    racks: Mapping[str, tuple[Sequence[str], float]],
    policy: str = "",
) -> Site:
    """Return a site.

    Parameters
    ----------
    nodes
        "kind:id" -> lines of TOML with `;` between them.
    racks
        id -> busways, one tap and one whip each (a name twice: two), and kW.
    """
    text = [HEAD, policy]
    for name, said in nodes.items():
        kind, _, own = name.partition(":")
        text.append(f"[power.{SECTION[kind]}.{own}]\n" + "\n".join(said.split(";")))
    for number, (name, (busways, kw)) in enumerate(racks.items()):
        taps = ", ".join(
            f'{{ busway = "{b}", count = {busways.count(b)}, breaker_a = 4000, voltage_v = 415 }}'
            for b in dict.fromkeys(busways)
        )
        text.append(
            f'[positions.{name}]\nhall = "H"\nat_m = [{number * 1.2!r}, 0]\n'
            f"width_m = 0.6\ndepth_m = 1.2\nheight_m = 2.5\ntaps = [{taps}]\n"
            f'[racks.rack-{name}]\ntype = "gb300_nvl72"\nposition = "{name}"\n'
            f"provisioned_kw = {kw!r}"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.toml"
        path.write_text("\n\n".join(text))
        return pipeline.load(path)


def study(site: Site, losses: int = 1, day: date | None = None) -> Study:
    """Return the site under study."""
    conditions = Conditions(losses=losses, date=day)  # type: ignore[arg-type]
    return pipeline.study(site, Scenario(conditions=conditions))


def ids(s: Study, nodes: Sequence[int]) -> list[str]:
    """Ids of power nodes."""
    first = s.arrays.topology.power.first
    return [s.site.name_of(int(n) + first).partition(":")[2] for n in nodes]


def fatal(s: Study, rack: int) -> set[str]:
    """Feeders whose single fault leaves a rack dark, by what the table of losses says."""
    table = s(every_case)
    seen = touched(s, table, s(every_share))
    topology, now = s.arrays.topology.power, s(grid)
    dark = set(seen.case[(seen.rack == rack) & (seen.living == 0)].tolist())
    roots = {
        int(table.roots[c, 0])
        for c in dark
        if table.sort[c] == FAULT and table.roots[c, 1] < 0 and table.roots[c, 0] >= 0
    }
    found = np.flatnonzero(np.isin(now.fault.head[: topology.feeders], sorted(roots)))
    return set(ids(s, found.tolist()))
