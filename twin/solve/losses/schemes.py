"""What redundancy is called, as it follows from where whips hang: 2N, 3N/2, block, N+1, N.

The closed forms say how far the systems may be loaded with nothing lost if all racks are alike:
N 1, N+r modules (m - r) / m, M systems that share each other's load (M - 1) / M, a block of n with
c in reserve n / (n + c). Where racks are not alike the losses themselves decide, not these.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.site.table import IntArray
from twin.solve.losses.redundancy import Pattern, redundancy
from twin.solve.power.loading import UNITS, policy_loading
from twin.solve.study import Study

NONE = "none"


@dataclass(frozen=True)
class Scheme:
    """Racks of one kind of redundancy on the same systems.

    Attributes
    ----------
    name
        "2N", "3N/2", "block 4+1", "mutual reserve of 2", "N", each with modules as in "2(N+1)";
        "2N below X" where the sides have X in common.
    racks
        Rows.
    ways
        Fewest disjoint ways to a source among them.
    systems, reserve
        Power nodes on which they stand, and that stand by.
    max_use
        Part of the capacity of systems and reserve that may be used with nothing lost.
    use
        Part that is used; NaN not known.
    pairs
        Of racks that stand on two of several systems: pairs that occur, and that there are.
    """

    name: str
    racks: IntArray
    ways: int
    systems: tuple[int, ...]
    reserve: tuple[int, ...]
    max_use: float
    use: float
    pairs: tuple[int, int]


def schemes(study: Study) -> tuple[Scheme, ...]:
    """Name the redundancy of all racks that stand, most racks first."""
    patterns = study(redundancy).patterns
    several = [p for p in patterns if len(p.systems) > 1]
    one = [p for p in patterns if len(p.systems) == 1]
    made = [
        _scheme(study, group, naming, patterns)
        for chosen, naming in (
            (several, _shared),
            ([p for p in one if p.reserve], _standing_by),
            ([p for p in one if not p.reserve], _alone),
        )
        for group in _joined(chosen)
    ]
    return tuple(sorted(made, key=lambda s: (-len(s.racks), s.name, s.systems)))


def names(study: Study) -> list[str]:
    """Describe the redundancy of each rack, (racks,); "none" where it has no supply."""
    out = [NONE] * len(study.here)
    for scheme in study(schemes):
        for rack in scheme.racks.tolist():
            out[rack] = scheme.name
    return out


def distributed(systems: int) -> tuple[str, float]:
    """Name and highest use of systems that take over from each other in equal shares.

    Examples
    --------
    >>> distributed(2), distributed(4)
    (('2N', 0.5), ('4N/3', 0.75))
    """
    name = "2N" if systems == 2 else f"{systems}N/{systems - 1}"
    return name, (systems - 1) / systems


def block(primaries: int, reserve: int) -> tuple[str, float]:
    """Name and highest use over all of primaries with a reserve through transfers.

    Examples
    --------
    >>> block(4, 1)
    ('block 4+1', 0.8)
    """
    return f"block {primaries}+{reserve}", primaries / (primaries + reserve)


def spare_modules(modules: int, use: float) -> int:
    """Modules of a unit that may be lost while the others carry its load.

    Examples
    --------
    >>> spare_modules(5, 1000 / 1250), spare_modules(5, 1050 / 1250)
    (1, 0)
    """
    if math.isnan(use):
        return 0
    return max(min(int(modules * (1.0 - use) + 1e-9), modules - 1), 0)


def _joined(patterns: list[Pattern]) -> list[list[Pattern]]:
    """Patterns that have a system or a reserve in common, directly or through others."""
    group_of: dict[int, int] = {}
    groups: dict[int, list[Pattern]] = {}
    for number, pattern in enumerate(patterns):
        nodes = (*pattern.systems, *pattern.reserve)
        groups[number] = [pattern]
        for other in {group_of[n] for n in nodes if n in group_of}:
            groups[number] += groups.pop(other)
        for p in groups[number]:
            group_of.update(dict.fromkeys((*p.systems, *p.reserve), number))
    return list(groups.values())


_Named = tuple[str, float, float]
_Naming = Callable[[list[Pattern], set[int], set[int], set[int]], _Named]


def _shared(_: list[Pattern], systems: set[int], __: set[int], ___: set[int]) -> _Named:
    """Stand on several systems at once; the last figure is what the others carry after a loss."""
    name, most = distributed(len(systems))
    return name, most, 1.0 / most


def _standing_by(
    _: list[Pattern], systems: set[int], reserve: set[int], loaded: set[int]
) -> _Named:
    """Stand on one system and move to another one when it is lost."""
    idle = reserve - loaded
    if idle:
        return (*block(len(systems), len(idle)), 1.0)
    every = len(systems | reserve)
    return f"mutual reserve of {every}", (every - 1) / every, every / (every - 1)


def _alone(_: list[Pattern], __: set[int], ___: set[int], ____: set[int]) -> _Named:
    return "N", 1.0, 1.0


def _scheme(
    study: Study, group: list[Pattern], naming: _Naming, patterns: tuple[Pattern, ...]
) -> Scheme:
    systems = {n for p in group for n in p.systems}
    reserve = {n for p in group for n in p.reserve} - systems
    loaded = {n for p in patterns for n in p.systems}
    name, most, after = naming(group, systems, reserve, loaded)
    if len(group[0].systems) > 1:
        reserve = set()
    use = _use(study, sorted(systems | reserve))
    own = {n: _use(study, [n]) for n in systems}
    modules = {n: _modules(study, n) for n in systems}
    if all(m > 1 for m in modules.values()):
        spare = min(spare_modules(modules[n], own[n] * after) for n in systems)
        if spare:
            least = min(modules.values())
            name = name.replace("N", f"(N+{spare})") if name != "N" else f"N+{spare}"
            most *= (least - spare) / least
    common = _common(group) if len(group[0].systems) > 1 else -1
    if common >= 0:
        first = study.arrays.topology.power.first
        name = f"{name} below {study.site.name_of(common + first).partition(':')[2]}"
    pairs = {p.systems for p in group if len(p.systems) == 2}
    two = len(systems) > 2 and bool(pairs)
    return Scheme(
        name=name,
        racks=np.sort(np.concatenate([p.racks for p in group])),
        ways=min(p.ways for p in group),
        systems=tuple(sorted(systems)),
        reserve=tuple(sorted(reserve)),
        max_use=most,
        use=use,
        pairs=(len(pairs), math.comb(len(systems), 2)) if two else (0, 0),
    )


def _common(group: list[Pattern]) -> int:
    """Lowest element that takes all supplies of all patterns of a group, -1 none."""
    shared = set.intersection(*(set(p.dominators) for p in group))
    return next((n for n in reversed(group[0].dominators) if n in shared), -1)


def _members(study: Study, node: int) -> list[int]:
    """All that run in parallel with a node, itself included."""
    topology = study.arrays.topology.power
    g = int(topology.group[node])
    if g < 0:
        return [node]
    members: list[int] = topology.members[
        topology.group_ptr[g] : topology.group_ptr[g + 1]
    ].tolist()
    return members


def _modules(study: Study, node: int) -> int:
    """Units of a system whose ratings add up: modules, and members of a parallel group."""
    first, total = study.arrays.topology.power.first, 0
    for member in _members(study, node):
        kind = study.site.kind_of(member + first)
        row = member + first - study.site.first[kind]
        table = study.table(kind)
        own = float(table["modules"][row]) if "modules" in table.columns else math.nan
        total += 1 if math.isnan(own) else int(own)
    return total


def _use(study: Study, systems: list[int]) -> float:
    """Load over capacity of systems together with nothing lost, in the first unit all have."""
    healthy, first = study(_healthy), study.arrays.topology.power.first
    nodes = [m + first for n in systems for m in _members(study, n)]
    for unit in range(len(UNITS)):
        rows = [healthy.get((n, unit)) for n in nodes]
        known = [r for r in rows if r is not None]
        if len(known) == len(nodes):
            demand, limit = (sum(column) for column in zip(*known, strict=True))
            return demand / limit if limit > 0 else math.nan
    return math.nan


def _healthy(study: Study) -> dict[tuple[int, int], tuple[float, float]]:
    """(subject, unit) -> demand and limit with nothing lost, where both are known."""
    loads = study(policy_loading)
    rows = np.flatnonzero((loads.case == 0) & ~np.isnan(loads.limit) & ~loads.at_least)
    keys = zip(loads.subject[rows].tolist(), loads.unit[rows].tolist(), strict=True)
    values = zip(loads.demand[rows].tolist(), loads.limit[rows].tolist(), strict=True)
    return dict(zip(keys, values, strict=True))
