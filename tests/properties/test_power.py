"""Power against a plain re-telling of it, on small random sites, and what must always hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.catalog.profile import profile
from twin.catalog.shipped import shipped
from twin.checks.admission import HELD_BACK, TOLERANCE
from twin.checks.discover import all_rules
from twin.checks.engine import Evaluation, evaluate
from twin.model.change import Conditions, Scenario
from twin.model.layout import Layout
from twin.site.build import build
from twin.site.site import Site
from twin.solve.losses.cases import cases
from twin.solve.power.shares import shares
from twin.solve.power.shelves import fewest, lowest_common, shelves

LEVELS = ("source", "ups", "board", "busway")
SECTION = {"source": "sources", "ups": "ups", "board": "boards", "busway": "busways"}
UNITY_V = 1000 / math.sqrt(3)
"""At this voltage and a power factor of one, a kW is an ampere."""
CAP = {"outcome": "capped", "within_s": 1.0, "withstand_s": 2.0, "enforced_by": "external:nodes"}
SLOW = CAP | {"withstand_s": 0.5}
DOUBT = {k: v for k, v in CAP.items() if k != "withstand_s"}
OUTCOMES = (None, "full", "full", "may go dark")
CAPPED = (*OUTCOMES, CAP | {"to": 0.5}, CAP | {"to": 0.8}, SLOW | {"to": 0.5})
DOUBTED = (*CAPPED, DOUBT | {"to": 0.5}, DOUBT | {"to": 0.75})


@dataclass(frozen=True)
class Node:
    kind: str
    parent: str
    protected: bool
    rating: float
    efficiency: float


@dataclass(frozen=True)
class Rack:
    kw: float
    live: bool
    taps: tuple[str, ...]
    shelf: tuple[int, ...]


@dataclass(frozen=True)
class Tree:
    """A site as plain objects. `keep` by kind is what a loss leaves: (share, known), None none."""

    nodes: dict[str, Node]
    racks: dict[str, Rack]
    losses: dict[str, Any]

    def site(self) -> Site:
        power: dict[str, Any] = {s: {} for s in (*SECTION.values(), "taps", "whips")}
        for name, node in self.nodes.items():
            fields: dict[str, Any] = {"protected": node.protected, "efficiency": node.efficiency}
            if node.parent:
                fields["fed_from"] = node.parent
            if node.kind in {"board", "busway"}:
                fields |= {"rating_a": node.rating, "continuous_factor": 1.0}
            elif node.kind == "tap":
                fields |= {"breaker_a": 1e6}
            else:
                fields |= {"rating_kw": node.rating, "voltage_v": UNITY_V}
            power[SECTION.get(node.kind, "taps")][name] = fields
        racks = {}
        for name, rack in self.racks.items():
            racks[name] = {
                "type": "air_cpu_avg", "provisioned_kw": rack.kw, "power_factor": 1.0,
                "state": "live" if rack.live else "planned",
            }  # fmt: skip
            for n, (tap, shelf) in enumerate(zip(rack.taps, rack.shelf, strict=True)):
                power["whips"][f"{name}w{n}"] = {"rack": name, "shelf": shelf, "tap": tap}
        layout = Layout.model_validate({
            "format": 1, "name": "random", "scope": ["PWR"], "power": power, "racks": racks,
            "policy": {"losses": {k: v for k, v in self.losses.items() if v is not None}},
        })  # fmt: skip
        site, faults = build(layout, [], shipped(), profile("nec-us"))
        assert not faults
        return site

    def chain(self, tap: str) -> list[str]:
        """All from a tap up to its source."""
        out = [tap]
        while self.nodes[out[-1]].parent:
            out.append(self.nodes[out[-1]].parent)
        return out

    def fault(self, name: str) -> str:
        """What a fault in an element takes out: up to the nearest protective device."""
        while not self.nodes[name].protected and self.nodes[name].parent:
            name = self.nodes[name].parent
        return name

    def cases(self) -> dict[str, tuple[float, bool]]:
        """Root of each case -> (share of load kept, whether that is known)."""
        asked: dict[str, list[tuple[float, bool]]] = {}
        for name, node in self.nodes.items():
            if self.losses[node.kind] not in (None, "may go dark"):
                asked.setdefault(self.fault(name), []).append(self.kept(node.kind))
        out = {}
        for root, every in asked.items():
            keep = max(k for k, _ in every)
            out[root] = keep, keep == max(k if known else 1.0 for k, known in every)
        return out

    def kept(self, kind: str) -> tuple[float, bool]:
        outcome = self.losses[kind]
        if outcome == "full":
            return 1.0, True
        if "withstand_s" not in outcome:
            return outcome["to"], False
        return (outcome["to"] if outcome["withstand_s"] >= outcome["within_s"] else 1.0), True

    def living(self, rack: Rack, root: str | None) -> list[int]:
        return [n for n, tap in enumerate(rack.taps) if root not in self.chain(tap)]

    def gain(self, tap: str, element: str) -> float:
        """Input of an element's output over what is drawn at the tap."""
        out = 1.0
        for name in self.chain(tap):
            if name == element:
                return out
            out /= self.nodes[name].efficiency
        return 0.0

    def load(self, racks: set[str], element: str, root: str | None, keep: float) -> float:
        """What an element carries of some racks when `root` is lost."""
        total = 0.0
        for name in racks:
            rack = self.racks[name]
            alive = self.living(rack, root)
            if not alive:
                continue
            kept = keep if len(alive) < len(rack.taps) else 1.0
            total += kept * rack.kw / len(alive) * sum(
                self.gain(rack.taps[n], element) for n in alive
            )  # fmt: skip
        return total

    def worst(self, racks: set[str], element: str) -> float:
        """The most that an element carries, healthy and in every case that leaves it alive."""
        loads = [self.load(racks, element, None, 1.0)]
        for root, (keep, _) in self.cases().items():
            if root not in self.chain(element):
                loads.append(self.load(racks, element, root, keep))
        return max(loads)


@st.composite
def trees(draw: st.DrawFn, outcomes: tuple[Any, ...], lossless: bool = True) -> Tree:
    nodes: dict[str, Node] = {}
    above: list[str] = []

    def add(kind: str, name: str, parent: str) -> None:
        efficiency = 1.0 if lossless else draw(st.sampled_from((1.0, 0.9)))
        protected = kind == "source" or draw(st.sampled_from((True, True, False)))
        rating = draw(st.sampled_from((30.0, 60.0, 100.0, 200.0)))
        nodes[name] = Node(kind, parent, protected, rating, efficiency)

    for kind in LEVELS:
        fresh = []
        for n in range(draw(st.integers(2 if kind == "source" else 1, 3))):
            add(kind, f"{kind}{n}", draw(st.sampled_from(above)) if above else "")
            fresh.append(f"{kind}{n}")
        above = fresh if draw(st.booleans()) else above + fresh
    feeds = [n for n, node in nodes.items() if node.kind != "source"]
    racks = {}
    for n in range(draw(st.integers(1, 6))):
        count = draw(st.integers(1, 4))
        for w in range(count):
            add("tap", f"t{n}-{w}", draw(st.sampled_from(feeds)))
        racks[f"r{n}"] = Rack(
            kw=float(draw(st.integers(1, 8)) * 10),
            live=draw(st.sampled_from((False, False, False, True))),
            taps=tuple(f"t{n}-{w}" for w in range(count)),
            shelf=tuple(draw(st.integers(1, 3)) for _ in range(count)),
        )
    losses = {kind: draw(st.sampled_from(outcomes)) for kind in (*LEVELS, "tap")}
    return Tree(nodes, racks, losses)


def judged(site: Site, *codes: str) -> Evaluation:
    scenario = Scenario(conditions=Conditions(scope=frozenset({"PWR"})))
    return evaluate(pipeline.study(site, scenario), [r for r in all_rules() if r.code in codes])


def told(e: Evaluation) -> dict[str, float]:
    """Greatest demand that the rows of budgets tell of each element, by its id."""
    out: dict[str, float] = {}
    for row in np.flatnonzero(e.rows.budget >= 0).tolist():
        name = str(e.study.site.names[e.rows.subject[row]]).partition(":")[2]
        out[name] = max(out.get(name, 0.0), float(e.rows.demand[row]))
    return out


def near(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(trees(CAPPED, lossless=False))
def test_every_element_is_told_its_worst_load_in_any_case(tree: Tree) -> None:
    found = told(judged(tree.site(), "PWR101", "PWR103"))
    racks = set(tree.racks)
    for name, node in tree.nodes.items():
        if node.kind != "tap":
            assert near(found[name], tree.worst(racks, name)), name


@settings(max_examples=60, deadline=None)
@given(trees(CAPPED, lossless=False))
def test_racks_are_taken_as_one_by_one_trial_takes_them(tree: Tree) -> None:
    e = judged(tree.site(), "PWR101", "PWR103")
    ids = e.study.site.tables["rack"].ids
    # Live racks stand, all of them, before anybody is asked.
    taken = {name for name, rack in tree.racks.items() if rack.live}
    for row in e.admission.order.tolist():
        name = str(ids[row])
        rack, tried = tree.racks[name], taken | {name}
        on = {n for tap in rack.taps for n in tree.chain(tap)[1:]}
        edge = 1 + TOLERANCE
        fits = all(tree.worst(tried, n) <= tree.nodes[n].rating * edge for n in on)
        assert (e.admission.outcome[row] != HELD_BACK) == fits, name
        if fits or rack.live:
            taken = tried


@settings(max_examples=60, deadline=None)
@given(trees(CAPPED, lossless=False))
def test_racks_taken_never_exceed_a_limit(tree: Tree) -> None:
    e = judged(tree.site(), "PWR101", "PWR103")
    ids = e.study.site.tables["rack"].ids.tolist()
    outcome = e.admission.outcome.tolist()
    taken = {n for n, state in zip(ids, outcome, strict=True) if state != HELD_BACK}
    live = {n for n in ids if tree.racks[n].live}
    for name, node in tree.nodes.items():
        if node.kind == "tap":
            continue
        # Only racks that stand already may be over a limit, and then no other has come to them.
        standing = tree.worst(live | taken, name)
        fits = standing <= node.rating * (1 + TOLERANCE)
        assert fits or near(standing, tree.worst(live, name)), name


@settings(max_examples=60, deadline=None)
@given(trees(DOUBTED))
def test_supplies_and_shelves_that_live_on(tree: Tree) -> None:
    e = judged(tree.site(), "PWR202")
    living_now, _ = e.study(fewest)
    share, found, ids = e.study(shares), e.study(shelves), e.study.site.tables["rack"].ids.tolist()
    power = e.study.arrays.topology.power
    every = tree.cases()
    for row, name in enumerate(ids):
        rack = tree.racks[name]
        living = {root: tree.living(rack, root) for root in every}
        hit = {root: alive for root, alive in living.items() if len(alive) < len(rack.taps)}
        assert living_now[row] == min((len(a) for a in hit.values()), default=len(rack.taps))
        whole = len(set(rack.shelf))
        assert found.healthy[row] == whole
        for count, keep, upper in (
            (found.surely, found.surely_keep, False), (found.full, found.full_keep, True),
        ):  # fmt: skip
            per_shelf = [1.0 / whole]
            for root, alive in hit.items():
                kept, known = every[root]
                kept = 1.0 if upper and not known else kept
                left = len({rack.shelf[n] for n in alive})
                per_shelf.append(kept / left if left else math.inf)
            got = keep[row] / count[row] if count[row] else math.inf
            assert near(got, max(per_shelf)) or got == max(per_shelf)
        own = slice(power.whip_ptr[row], power.whip_ptr[row + 1])
        whips = [str(n) for n in e.study.site.names[power.whips[own] + power.first]]
        for worst, upper in ((share.worst_whip, False), (share.full_whip, True)):
            _check_whips(tree, rack, dict(zip(whips, worst[own].tolist(), strict=True)), upper)


def _check_whips(tree: Tree, rack: Rack, worst: dict[str, float], upper: bool) -> None:
    """The greatest share of each whip, with and without the caps in doubt."""
    every = tree.cases()
    for whip, value in worst.items():
        n = int(whip.rpartition("w")[2])
        wanted = 1.0 / len(rack.taps)
        for root, (keep, known) in every.items():
            alive = tree.living(rack, root)
            if n in alive and len(alive) < len(rack.taps):
                wanted = max(wanted, (1.0 if upper and not known else keep) / len(alive))
        assert near(value, wanted), whip


@settings(max_examples=60, deadline=None)
@given(trees(OUTCOMES))
def test_the_lowest_element_above_all_whips(tree: Tree) -> None:
    e = judged(tree.site(), "PWR203")
    names = e.study.site.names
    first = e.study.arrays.topology.power.first
    for row, node in enumerate(e.study(lowest_common).tolist()):
        rack = tree.racks[str(e.study.site.tables["rack"].ids[row])]
        ways = [tree.chain(tap) for tap in rack.taps]
        common = [n for n in ways[0] if all(n in way for way in ways)]
        wanted = common[0] if common and len(ways) > 1 else ""
        got = "" if node < 0 else str(names[node + first]).partition(":")[2]
        assert got == wanted


@settings(max_examples=25, deadline=None)
@given(trees(CAPPED), st.sampled_from((1.1, 2.0, 5.0)))
def test_more_load_never_improves_a_margin(tree: Tree, factor: float) -> None:
    site = tree.site()
    codes = ("PWR101", "PWR103", "PWR201")
    before = judged(site, *codes)
    racks = site.tables["rack"]
    more = {f"racks.{r}.provisioned_kw": float(tree.racks[r].kw * factor) for r in racks.ids}
    after = judged(pipeline.change(site, more), *codes)  # type: ignore[arg-type]
    assert (after.rows.margin <= before.rows.margin + 1e-12)[~np.isnan(before.rows.margin)].all()
    assert (after.rows.state >= before.rows.state).all()


@settings(max_examples=25, deadline=None)
@given(trees(CAPPED), st.data())
def test_a_higher_rating_never_worsens_a_row(tree: Tree, data: st.DataObject) -> None:
    site = tree.site()
    busways = sorted(n for n, node in tree.nodes.items() if node.kind == "busway")
    name = data.draw(st.sampled_from(busways))
    before = judged(site, "PWR101", "PWR103")
    higher = {f"power.busways.{name}.rating_a": tree.nodes[name].rating * 1.5}
    after = judged(pipeline.change(site, higher), "PWR101", "PWR103")  # type: ignore[arg-type]
    assert (after.rows.state <= before.rows.state).all()
    known = ~np.isnan(before.rows.margin)
    assert (after.rows.margin >= before.rows.margin - 1e-12)[known].all()


@settings(max_examples=60, deadline=None)
@given(trees(DOUBTED))
def test_cases_are_those_that_the_policy_names_and_that_matter(tree: Tree) -> None:
    e = judged(tree.site(), "PWR202")
    table, first = e.study(cases), e.study.arrays.topology.power.first
    names = e.study.site.names
    roots = {str(names[r + first]).partition(":")[2] for r in table.root.tolist() if r >= 0}
    used = {n for rack in tree.racks.values() for tap in rack.taps for n in tree.chain(tap)}
    assert roots == set(tree.cases()) & used
