"""Power told again in plain Python: positions, zones, losses and loads, with nothing compiled.

Slow, and made anew for every loss: what the arrays and kernels are held against. Nothing here
looks at them. Everything is named; no order of rows matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from tests.properties.plain import Carried, Element, Gear, Loss, Rack, State

KINDS = ("source", "transformer", "ups", "rectifier", "board", "transfer", "tie", "busway")
NOTHING = (None, "may go dark")


@dataclass(frozen=True)
class Net:
    """A power network as plain objects, with what its owner asks for."""

    elements: dict[str, Element]
    racks: dict[str, Rack]
    gear: dict[str, Gear]
    losses: dict[str, Any] = field(default_factory=dict)
    work: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, dict[str, Any]] = field(default_factory=dict)
    pairs: Any = None
    work_fault: Any = None

    # -------------------------------------------------------------------------------- positions

    def feeders(self) -> list[str]:
        """All elements but taps, in the order that decides where schemes are equally quick."""
        names = [n for n, e in self.elements.items() if e.kind != "tap"]
        return sorted(names, key=lambda n: (self.depth(n), KINDS.index(self.elements[n].kind), n))

    def depth(self, name: str) -> int:
        fed = self.elements[name].fed
        return 1 + max(self.depth(m) for m in self.group(fed)) if fed else 0

    def group(self, name: str) -> list[str]:
        """All whose outputs are joined to that of an element, itself among them."""
        head = self.elements[name].leader or name
        return [n for n, e in self.elements.items() if head in {n, e.leader}]

    def above(self, name: str, parent: dict[str, str]) -> list[str]:
        return self.group(parent[name]) if parent[name] else []

    def living(self, parent: dict[str, str], gone: set[str]) -> set[str]:
        """Who lives: heads of trees, and whoever stands on something that lives."""
        alive: set[str] = set()
        while True:
            more = {
                n for n, e in self.elements.items()
                if n not in alive and n not in gone and (
                    not e.sides if not parent[n] else
                     any(m in alive for m in self.above(n, parent))
                )
            }  # fmt: skip
            if not more:
                return alive
            alive |= more

    def rests_on(self, name: str, low: str, parent: dict[str, str], gone: set[str]) -> bool:
        """Whether an output gets its supply in part through `low`, or would if that lived."""
        wanted, seen = set(self.group(low)), set[str]()
        left = [m for m in self.group(name) if m not in gone]
        while left:
            at = left.pop()
            if at in wanted:
                return True
            if at not in seen:
                seen.add(at)
                left += [m for m in self.above(at, parent) if m not in gone]
        return False

    def settle(self, start: dict[str, str], gone: set[str], *, hand: bool) -> State:
        """Let schemes act one by one, the quickest first, until nothing more can."""
        parent = dict(start)
        alive = self.living(parent, gone)
        while choices := list(self.choices(parent, alive, gone, hand=hand)):
            *_, name, other = min(choices)
            if self.elements[other].sides:
                a, b = self.elements[other].sides
                parent[other] = b if name == a else a
            parent[name] = other
            alive = self.living(parent, gone)
        self.go_back(start, parent, gone)
        return State(parent, self.living(parent, gone), set(gone))

    def choices(
        self, parent: dict[str, str], alive: set[str], gone: set[str], *, hand: bool
    ) -> Iterator[tuple[float, int, int, str, str]]:
        def lives(name: str) -> bool:
            return any(m in alive for m in self.group(name))

        for place, name in enumerate(self.feeders()):
            e = self.elements[name]
            if name in gone or name in alive or (e.hand and not hand):
                continue
            if e.sides is None:
                for other in (e.alternate, e.fed):
                    if (
                        other
                        and other != parent[name]
                        and lives(other)
                        and not self.rests_on(other, name, parent, gone)
                    ):
                        yield e.delay, 0, place, name, other
                        break
            elif not parent[name]:
                dead = [s for s in e.sides if not lives(s)]
                high = next((s for s in e.sides if lives(s)), "")
                if (
                    len(dead) == 1
                    and dead[0] not in gone
                    and not self.rests_on(high, dead[0], parent, gone)
                ):
                    yield e.delay, 1, place, dead[0], name

    def go_back(self, start: dict[str, str], parent: dict[str, str], gone: set[str]) -> None:
        """Who prefers another side goes back to it where that lives without it."""
        for name in self.feeders():
            home = start[name]
            if parent[name] == home or not home or not self.elements[name].retransfers:
                continue
            alive = self.living(parent, gone)
            back = parent | {name: home}
            tie = parent[name] if self.elements[parent[name]].sides else ""
            if tie:
                back[tie] = ""
            if (
                any(m in alive for m in self.group(home))
                and (alive - {tie} <= self.living(back, gone))
                and not self.rests_on(home, name, back, gone)
            ):
                parent.update(back)

    def today(self) -> State:
        """Positions on the day: work is switched by hand."""
        start = {n: e.fed for n, e in self.elements.items()}
        return self.settle(start, {n for n, e in self.elements.items() if e.there == 0}, hand=True)

    # ------------------------------------------------------------------------------------ losses

    def zone(self, name: str, parent: dict[str, str], *, work: bool) -> frozenset[str]:
        """What lies between the same devices as an element, those that clear it included."""

        def open_end(n: str) -> bool:
            e = self.elements[n]
            return not e.protected and not (work and e.isolator)

        found, left = {name}, [name]
        while left:
            at = left.pop()
            near = set(self.above(at, parent)) if open_end(at) else set()
            near |= {n for n in self.elements if open_end(n) and at in self.above(n, parent)}
            left += near - found
            found |= near
        return frozenset(found)

    def falls(self, name: str, parent: dict[str, str]) -> frozenset[str]:
        """What a loss takes out at once: a source that is out itself, else the zone of a fault."""
        if self.elements[name].kind == "source":
            return frozenset({name})
        return self.zone(name, parent, work=False)

    def after(self, loss: Loss) -> State:
        """Positions and life after a loss: planned work by hand first, then faults."""
        now = self.today()
        if loss.sort == "module":
            count = self.elements[loss.origin].modules or 1
            left = {loss.origin: (count - 1) / count}
            return State(now.parent, now.alive, now.gone, left=left)
        if loss.sort == "bypass":
            return State(now.parent, now.alive, now.gone, bypassed=loss.origin)
        if not loss.sort:
            return now
        if loss.sort == "shelf":
            rack, shelf = self.shelf_of(loss.origin)
            lost = {w for w, at in self.racks[rack].whips.items() if at.shelf == shelf}
            return State(now.parent, now.alive, now.gone, lost)
        work = "work" in loss.sort
        name = self.node(loss)
        first = self.zone(name, now.parent, work=True) if work else self.falls(name, now.parent)
        gone = now.gone | first
        if "work" not in loss.sort:
            if loss.second:
                gone = gone | self.falls(loss.second, now.parent)
            return self.settle(now.parent, gone, hand=False)
        out = self.settle(now.parent, gone, hand=True)
        if loss.second:
            gone = gone | self.falls(loss.second, out.parent)
            out = self.settle(out.parent, gone, hand=False)
        return out

    def node(self, loss: Loss) -> str:
        if loss.kind != "whip":
            return loss.origin
        return next(r.whips[loss.origin].tap for r in self.racks.values() if loss.origin in r.whips)

    def shelf_of(self, whip: str) -> tuple[str, int]:
        return next(
            (name, r.whips[whip].shelf) for name, r in self.racks.items() if whip in r.whips
        )

    def asked(self) -> list[tuple[Loss, list[Any]]]:
        """Losses that the owner asks for, and what of the default class and of each other."""
        out = [(Loss("fault", e.kind, n), self.outcomes(e.kind)) for n, e in self.elements.items()]
        for r in self.racks.values():
            for w in r.whips:
                out.append((Loss("fault", "whip", w), self.outcomes("whip")))
                out.append((Loss("shelf", "whip", w), self.outcomes("shelf")))
        for n, e in self.elements.items():
            if (e.modules or 1) > 1:
                out.append((Loss("module", e.kind, n), self.outcomes("module")))
            if e.bypass is not None:
                out.append((Loss("bypass", e.kind, n), self.outcomes("bypass")))
            out.append((Loss("work", e.kind, n), self.same(self.work.get(e.kind))))
        if self.pairs not in NOTHING or self.work_fault not in NOTHING:
            for a, b in self.together():
                kinds = self.elements[a].kind, self.elements[b].kind
                if self.outlives("fault", a, b) and self.outlives("fault", b, a):
                    out.append((Loss("pair", kinds[0], a, b), self.same(self.pairs)))
                for kind, x, y in zip(kinds, (a, b), (b, a), strict=True):
                    if self.outlives("work", x, y) and self.outlives("fault", y, x):
                        loss = Loss("work and fault", kind, x, y)
                        out.append((loss, self.same(self.work_fault)))
        # What has no supply on the day neither fails nor is worked on.
        now = self.today()
        return [
            (x, said) for x, said in out
            if any(o not in NOTHING for o in said) and self.fit(self.node(x), now)
        ]  # fmt: skip

    def outcomes(self, kind: str) -> list[Any]:
        general = self.losses.get(kind)
        return [general, *(own.get(kind, general) for own in self.classes.values())]

    def same(self, outcome: Any) -> list[Any]:
        return [outcome] * (1 + len(self.classes))

    def together(self) -> list[tuple[str, str]]:
        """Pairs of living feeders over any positions of one rack."""
        now = self.today()
        found: set[tuple[str, str]] = set()
        for rack in self.racks.values():
            ways = self.ways(w.tap for w in rack.whips.values() if now.parent[w.tap])
            found |= set(combinations(sorted(w for w in ways if self.fit(w, now)), 2))
        return sorted(found)

    def outlives(self, sort: str, lost: str, other: str) -> bool:
        return self.fit(other, self.after(Loss(sort, self.elements[lost].kind, lost)))

    def fit(self, name: str, state: State) -> bool:
        """Whether an element lives, or is a tie that could be closed."""
        idle = bool(self.elements[name].sides) and name not in state.gone
        return idle or name in state.alive

    def ways(self, taps: Iterable[str]) -> set[str]:
        parent = self.today().parent
        left, seen = [parent[t] for t in taps], set[str]()
        while left:
            at = left.pop()
            if at in seen:
                continue
            seen.add(at)
            e = self.elements[at]
            ups = [parent[at], e.fed, e.alternate, *(e.sides or ())]
            ups += [n for n, t in self.elements.items() if t.sides and at in t.sides]
            left += [m for u in ups if u for m in self.group(u)]
        return seen

    # ------------------------------------------------------------------------------------- loads

    def supplies(self, name: str, state: State) -> list[str]:
        """Whips of a rack that have supply."""
        return [
            w for w, at in self.racks[name].whips.items()
            if w not in state.whips and at.tap in state.alive
        ]  # fmt: skip

    def hit(self, name: str, state: State) -> bool:
        """Whether something is lost on the ways on which a rack stands: then a cap is its."""
        now = self.today()
        alive = self.supplies(name, now)
        left, ways = [self.racks[name].whips[w].tap for w in alive], set[str]()
        while left:
            at = left.pop()
            ways.add(at)
            left += [m for m in self.above(at, now.parent) if m in now.alive]
        return bool(ways & state.gone - now.gone) or bool(state.whips & set(alive))

    def parts(self, name: str, state: State) -> dict[str, float]:
        """Part of a rack's load on each of its living whips."""
        rack, alive = self.racks[name], self.supplies(name, state)
        said = any(w.share is not None for w in rack.whips.values())
        weight = {w: (rack.whips[w].share or 0.0) if said else 1.0 for w in alive}
        if not sum(weight.values()):
            weight = dict.fromkeys(alive, 1.0)
        return {w: part / sum(weight.values()) for w, part in weight.items()}

    def direct(self) -> set[str]:
        """Rectifiers and all below them, on the day."""
        parent = self.today().parent
        out = {n for n, e in self.elements.items() if e.kind == "rectifier"}
        while more := {n for n in self.elements if n not in out and parent[n] in out}:
            out |= more
        return out

    def carried(self, state: State, keep: dict[str, float]) -> dict[str, Carried]:
        """What every element carries; `keep` is the share of racks that lost supplies.

        A UPS on its bypass loses nothing, at no load either.
        """
        out = dict.fromkeys(self.elements, Carried())
        for lossy in (False, True):
            self.loads(out, state, keep, lossy=lossy)
        for name, e in self.elements.items():
            fixed, _, pf = self.line(e)
            if name in state.alive and fixed and name != state.bypassed:
                self.push_up(out, state, name, fixed, pf, lossy=True)
        return out

    def loads(
        self, out: dict[str, Carried], state: State, keep: dict[str, float], *, lossy: bool
    ) -> None:
        """Send up what racks and gear draw."""
        for name, rack in self.racks.items():
            kw = rack.kw * (keep.get(name, 1.0) if self.hit(name, state) else 1.0)
            for whip, part in self.parts(name, state).items():
                self.push(out, state, rack.whips[whip].tap, kw * part, rack.pf, lossy=lossy)
        for gear in self.gear.values():
            for fed in gear.feeds:
                heads = [m for m in self.group(fed) if m in state.alive]
                self.share(out, state, heads, gear.kw, gear.pf, lossy=lossy)
                if heads:
                    break

    def push(
        self, out: dict[str, Carried], state: State, at: str, kw: float, pf: float,
        kvar: float = 0.0, *, lossy: bool,
    ) -> None:  # fmt: skip
        """Send a flow from the output of an element up to its sources; kvar besides its own."""
        e = self.elements[at]
        kva = math.hypot(kw, kw * math.sqrt(1 - pf * pf) / pf + kvar) if kvar else kw / pf
        told = kw if at in self.direct() else kva
        out[at] += Carried(kw, told) if lossy else Carried(bare=told)
        if at == state.bypassed:
            self.push_up(out, state, at, kw, pf, kvar, lossy=lossy)
            return
        _, efficiency, _ = self.line(e)
        if lossy:
            into = max(kw / efficiency, kw + kva * self.per_kva(e))
            kvar = (kvar + kva * self.per_kvar(at)) / efficiency
        else:
            into = kw / min(e.efficiency, e.low or 1.0)
        if e.pf is not None and e.kind in {"ups", "rectifier"}:
            pf, kvar = e.pf, 0.0
        self.push_up(out, state, at, into, pf, kvar, lossy=lossy)

    def push_up(
        self, out: dict[str, Carried], state: State, at: str, kw: float, pf: float,
        kvar: float = 0.0, *, lossy: bool,
    ) -> None:  # fmt: skip
        """Send a flow from the input of an element up to its sources."""
        heads = [m for m in self.above(at, state.parent) if m in state.alive]
        self.share(out, state, heads, kw, pf, kvar, lossy=lossy)

    def line(self, e: Element) -> tuple[float, float, float]:
        """A line above losses: those at no load, efficiency from there, power factor."""
        if e.low is None:
            return e.core_kw, e.efficiency, 1.0
        lowest = min(1.0, *(x.pf for x in (*self.racks.values(), *self.gear.values())))
        quarter, full = 0.25 * (1 / e.low - 1), 1 / e.efficiency - 1
        slope = max(full - quarter, full - quarter / self.reach(e), 0.0)
        return quarter * e.rating, 1 / (1 + slope), e.pf or lowest

    def per_kva(self, e: Element) -> float:
        """Copper losses of a transformer per kVA, at the lowest voltage that it may have."""
        volts = (1 + math.sqrt(1 - 0.04 * (e.z or 0.0) * self.reach(e))) / 2
        return e.copper_kw / e.rating * self.reach(e) / volts**2

    def reach(self, e: Element) -> float:
        """Most that an element may carry after a loss, over its rating; at least 1."""
        return max(1.0, (e.emergency or 0.0) * e.there / e.rating)

    def per_kvar(self, name: str) -> float:
        """Kvar of a transformer per kVA; none in a group of which one lacks its impedance."""
        e = self.elements[name]
        if any(self.elements[m].z is None for m in self.group(name)):
            return 0.0
        z, r = (e.z or 0.0) / 100, e.copper_kw / e.rating
        volts = (1 + math.sqrt(1 - 4 * z * self.reach(e))) / 2
        return math.sqrt(max(z * z - r * r, 0.0)) * self.reach(e) / volts**2

    def share(
        self, out: dict[str, Carried], state: State, heads: list[str], kw: float, pf: float,
        kvar: float = 0.0, *, lossy: bool,
    ) -> None:  # fmt: skip
        """Send a flow up through what runs in parallel.

        What each takes may not be known; what they take together is, if they are alike and
        stand on one feed.
        """
        weight = self.weights(heads, state.left)
        losses = [
            (self.elements[m].efficiency, self.per_kva(self.elements[m]), self.per_kvar(m))
            if lossy
            else (self.elements[m].efficiency, 0.0, 0.0)
            for m in heads
        ]
        alike = len({(state.parent[m], *x) for m, x in zip(heads, losses, strict=True)}) == 1
        if any(math.isnan(w) for w in weight.values()) and alike:
            for m in heads:
                out[m] += Carried(math.nan, math.nan) if lossy else Carried(bare=math.nan)
            self.push(out, state, heads[-1], kw, pf, kvar, lossy=lossy)
            return
        for m in heads:
            self.push(out, state, m, kw * weight[m], pf, kvar * weight[m], lossy=lossy)

    def weights(self, members: list[str], left: dict[str, float]) -> dict[str, float]:
        """Shares of parallel members that live: of transformers rating over impedance.

        NaN where one lacks its impedance, unless none has one and all are rated alike.
        """
        if not members:
            return {}
        if len(members) == 1:
            return {members[0]: 1.0}
        group = [self.elements[m] for m in self.group(members[0])]
        if group[0].kind != "transformer" or all(e.z is None for e in group):
            alike = group[0].kind != "transformer" or len({e.rating for e in group}) == 1
            own = {m: self.elements[m].rating if alike else math.nan for m in members}
        elif any(e.z is None for e in group):
            own = dict.fromkeys(members, math.nan)
        else:
            own = {m: self.elements[m].rating / (self.elements[m].z or 1.0) for m in members}
        own = {m: w * left.get(m, 1.0) for m, w in own.items()}
        return {m: w / sum(own.values()) for m, w in own.items()}

    def kept(self, outcome: Any) -> tuple[float, bool]:
        """Share that an outcome leaves, and whether that is known."""
        if not isinstance(outcome, dict):
            return 1.0, True
        if "withstand_s" not in outcome:
            return outcome["to"], False
        return (outcome["to"] if outcome["withstand_s"] >= outcome["within_s"] else 1.0), True

    def keeps(self, asked: list[list[Any]], *, doubt: bool) -> dict[str, float]:
        """Share kept by each rack where several outcomes are asked: the strictest."""
        out = {}
        for name, rack in self.racks.items():
            place = 1 + list(self.classes).index(rack.sort) if rack.sort in self.classes else 0
            every = [self.kept(said[place]) for said in asked]
            out[name] = max((1.0 if doubt and not known else k for k, known in every), default=1.0)
        return out

    def limit(self, name: str, loss: Loss) -> float:
        """Limit of an element in its own unit in a state."""
        e = self.elements[name]
        if loss.sort == "bypass" and loss.origin == name:
            return e.bypass if e.bypass is not None else math.nan
        rating = e.rating
        if e.emergency is not None and loss.sort not in {"", "work"}:
            rating = e.emergency
        if loss.sort == "module" and loss.origin == name:
            assert e.modules
            rating *= (e.modules - 1) / e.modules
        return rating * e.there
