"""Small random power networks, in plain objects and as layouts."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from hypothesis import strategies as st

from tests.properties.plain import Element, Gear, Rack, Whip
from tests.properties.retold import Net
from twin.catalog.profile import profile
from twin.catalog.shipped import shipped
from twin.model.layout import Layout
from twin.site.build import build
from twin.site.site import Site
from twin.solve.power.feeders import Unit

DAY = dt.date(2027, 5, 3)
ALWAYS = {"source": "kW", "ups": "kVA", "rectifier": "kW", "transformer": "kVA"}
SECTION = {
    "source": "sources", "transformer": "transformers", "ups": "ups", "rectifier": "rectifiers",
    "board": "boards", "transfer": "transfers", "tie": "ties", "busway": "busways", "tap": "taps",
}  # fmt: skip
UNITY_V = 1000 / math.sqrt(3)
"""At this voltage a kVA is an ampere, as at 1,000 V of direct current a kW is."""
CAP = {"outcome": "capped", "to": 0.5, "within_s": 1.0, "enforced_by": "external:nodes"}
OUTCOMES = (None, "full", "full", "may go dark", CAP | {"withstand_s": 2.0}, CAP)
TYPES = {"compute": "air_cpu_avg", "network": "nv_network_rack"}


# ------------------------------------------------------------------------------ a net as a layout


def unit_of(e: Element) -> Unit:
    return ALWAYS.get(e.kind, "A")  # type: ignore[return-value]


def fields_of(e: Element) -> dict[str, Any]:
    """What a layout says of an element."""
    rated = unit_of(e).lower()
    out: dict[str, Any] = {"protected": e.protected, "efficiency": e.efficiency}
    if e.kind != "tap":
        out |= {f"rating_{rated}": e.rating, "isolator": e.isolator, "transfer_s": e.delay}
        out |= {"retransfers": e.retransfers}
        if e.emergency is not None:
            out[f"emergency_{rated}"] = e.emergency
    if rated == "a" and e.kind != "tap":
        out |= {"continuous_factor": 1.0, "breaker_a": 1e6}
    names = {"fed_from": e.fed, "alternate": e.alternate, "parallel_with": e.leader}
    out |= {k: v for k, v in names.items() if v}
    if e.kind == "transformer":
        out |= {"load_loss_kw": e.copper_kw, "no_load_kw": e.core_kw}
    given = {"z_pct": e.z, "power_factor": e.pf, "modules": e.modules, "bypass_kva": e.bypass}
    given["efficiency_25"] = e.low
    out |= {k: v for k, v in given.items() if v is not None}
    if e.sides:
        out |= {"side_a": e.sides[0], "side_b": e.sides[1], "automatic": not e.hand}
    if e.kind == "transfer":
        out["kind"] = "manual" if e.hand else "automatic"
    if e.kind == "ups":
        out["bypass"] = e.bypass is not None
    return out | {"source": {"voltage_v": UNITY_V}, "rectifier": {"voltage_v": 1000.0},
                  "tap": {"breaker_a": 1e6}}.get(e.kind, {})  # fmt: skip


def site_of(net: Net) -> Site:
    power: dict[str, Any] = {s: {} for s in (*SECTION.values(), "whips", "windows")}
    for name, e in net.elements.items():
        power[SECTION[e.kind]][name] = fields_of(e)
        if e.there < 1:
            power["windows"][f"W{name}"] = {
                "element": name, "share": e.there, "start": DAY, "until": DAY,
                "state": "energised" if e.there else "out for work",
            }  # fmt: skip
    racks = {}
    for name, rack in net.racks.items():
        racks[name] = {
            "type": TYPES[rack.sort], "provisioned_kw": rack.kw, "power_factor": rack.pf,
        }  # fmt: skip
        for whip, at in rack.whips.items():
            power["whips"][whip] = {"rack": name, "shelf": at.shelf, "tap": at.tap}
            if at.share is not None:
                power["whips"][whip]["share"] = at.share
    plants = {n: {"feeds": list(g.feeds), "draw_kw": g.kw, "power_factor": g.pf}
              for n, g in net.gear.items()}  # fmt: skip
    policy = {
        "losses": _said(net.losses), "work": _said(net.work), "pairs": net.pairs,
        "work_fault": net.work_fault, "classes": {k: _said(v) for k, v in net.classes.items()},
    }  # fmt: skip
    layout = Layout.model_validate({
        "format": 1, "name": "random", "scope": ["PWR"], "power": power, "racks": racks,
        "coolant": {"plants": plants}, "policy": {k: v for k, v in policy.items() if v is not None},
    })  # fmt: skip
    site, faults = build(layout, [], shipped(), profile("nec-us"))
    assert not faults, faults
    return site


def _said(outcomes: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in outcomes.items() if v is not None}


# --------------------------------------------------------------------------------- random networks

some = st.sampled_from
RATINGS = some((30.0, 60.0, 100.0, 200.0))
PF = some((0.8, 0.9, 1.0))
PRIME = (0.0, 1.0, 2.0)


class Maker:
    """Draws a network, level by level."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.made: dict[str, dict[str, Any]] = {}
        self.above: dict[str, list[str]] = {"ac": [], "dc": []}

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == one_in

    def level(self, kind: str, low: int, high: int, current: str = "ac") -> None:
        fresh = []
        for n in range(self.draw(st.integers(low, high))):
            below = "dc" if kind == "rectifier" else current
            name = f"{kind}{n}{below}" if kind != "source" else f"source{n}"
            self.made[name] = self.element(kind, current)
            if n and kind in {"ups", "rectifier"} and self.chance(3):
                self.made[name]["leader"] = fresh[0]
            fresh.append(name)
        known = self.above["dc" if kind == "rectifier" else current]
        if kind != "source" and not self.chance(3):
            self.above[current if kind != "rectifier" else "dc"] = known + fresh
        elif fresh:
            self.above[current if kind != "rectifier" else "dc"] = fresh

    def element(self, kind: str, current: str) -> dict[str, Any]:
        draw = self.draw
        out: dict[str, Any] = {"kind": kind, "rating": draw(RATINGS)}
        feeds = self.above["ac" if kind == "rectifier" else current]
        if kind != "source":
            out["fed"] = draw(some(feeds))
            out["protected"] = draw(some((True, True, False)))
        out["efficiency"] = draw(some((1.0, 1.0, 0.9)))
        out["isolator"] = self.chance(3)
        out["emergency"] = draw(some((None, None, 90.0)))
        out["delay"] = draw(some(PRIME))
        out["retransfers"] = not self.chance(4)
        if self.chance(6):
            out["there"] = draw(some((0.0, 0.5)))
        if kind in {"source", "ups", "rectifier"}:
            out["modules"] = draw(some((None, 1, 4)))
        if kind in {"ups", "rectifier"}:
            out["pf"] = draw(PF) if kind == "rectifier" else draw(some((None, 0.8, 0.99)))
        if kind == "ups":
            out["bypass"] = draw(some((None, 50.0)))
            out["low"] = draw(some((None, None, 0.8)))
        if kind == "transformer":
            out["z"] = draw(some((None, 4.0, 6.0)))
            out["copper_kw"], out["core_kw"] = draw(some(((0.0, 0.0), (2.0, 0.0), (2.0, 0.5))))
        out["hand"] = kind == "transfer" and self.chance(4)
        return out

    def transformers(self) -> None:
        """Transformers, of which those on one source may run in parallel."""
        self.level("transformer", 0, 3)
        own = [n for n, e in self.made.items() if e["kind"] == "transformer"]
        for name in own[1:]:
            if self.made[own[0]]["fed"] == self.made[name]["fed"] and self.chance(2):
                self.made[name]["leader"] = own[0]

    def alternates(self) -> None:
        for name, e in self.made.items():
            current = "dc" if e["kind"] == "busway" and name.endswith("dc") else "ac"
            others = [
                n for n in self.made
                if n.endswith(("dc",) if current == "dc" else ("ac", "source0", "source1"))
                and self.head(n) not in {self.head(name), self.head(e.get("fed", ""))}
            ]  # fmt: skip
            if e["kind"] != "source" and others and self.chance(3):
                e["alternate"] = self.draw(some(others))

    def head(self, name: str) -> str:
        return self.made[name].get("leader", name) if name else ""

    def ties(self) -> None:
        sides = [n for n, e in self.made.items() if e["kind"] in {"board", "transfer", "busway"}
                 and not n.endswith("dc")]  # fmt: skip
        for n in range(self.draw(st.integers(0, 2)) if len(sides) > 1 else 0):
            a, b = self.draw(st.lists(some(sides), min_size=2, max_size=2, unique=True))
            self.made[f"tie{n}ac"] = self.element("tie", "ac") | {
                "fed": "", "sides": (a, b), "modules": None, "hand": self.chance(4), "there": 1.0,
            }  # fmt: skip

    def racks(self) -> dict[str, Rack]:
        draw, out = self.draw, {}
        feeds = [n for n, e in self.made.items() if e["kind"] not in {"source", "tie"}]
        for n in range(draw(st.integers(1, 4))):
            whips, count = {}, draw(st.integers(1, 4))
            shares: list[float | None] = [None] * count
            if self.chance(3):
                parts = [draw(st.integers(0, 2)) for _ in range(count - 1)] + [2]
                shares = [p / sum(parts) for p in parts]
            for w in range(count):
                tap = f"t{n}-{w}"
                if w and self.chance(6):
                    tap = f"t{n}-0"
                else:
                    self.made[tap] = {"kind": "tap", "fed": draw(some(feeds))}
                    self.made[tap] |= {"protected": not self.chance(3), "rating": 1e6}
                whips[f"w{n}-{w}"] = Whip(tap, draw(st.integers(1, 3)), shares[w])
            sort = draw(some(("compute", "network")))
            out[f"r{n}"] = Rack(float(draw(st.integers(1, 8)) * 10), draw(PF), sort, whips)
        return out

    def gear(self) -> dict[str, Gear]:
        feeds = [n for n, e in self.made.items() if e["kind"] in {"board", "ups", "busway"}
                 and not n.endswith("dc")]  # fmt: skip
        out = {}
        for n in range(self.draw(st.integers(0, 2)) if feeds else 0):
            on = self.draw(st.lists(some(feeds), min_size=1, max_size=2, unique=True))
            out[f"p{n}"] = Gear(float(self.draw(st.integers(1, 5))), self.draw(PF), tuple(on))
        return out


@st.composite
def nets(draw: st.DrawFn, *, pairs: bool = False) -> Net:
    maker = Maker(draw)
    maker.level("source", 2, 3)
    maker.transformers()
    maker.level("ups", 0, 3)
    maker.level("board", 1, 3)
    maker.level("transfer", 0, 2)
    maker.level("rectifier", 0, 2)
    maker.level("busway", 1, 2)
    if maker.above["dc"]:
        maker.level("busway", 0, 2, "dc")
    maker.alternates()
    maker.ties()
    racks, gear = maker.racks(), maker.gear()
    kinds = [k for k in SECTION if k != "tie"]
    outcome = some(OUTCOMES)
    losses = {k: draw(outcome) for k in (*kinds, "whip", "shelf")}
    # No cap acts on these: reading refuses one.
    uncapped = some(tuple(o for o in OUTCOMES if not isinstance(o, dict)))
    losses |= {k: draw(uncapped) for k in ("module", "bypass")}
    return Net(
        elements={n: Element(**e) for n, e in maker.made.items()},
        racks=racks, gear=gear, losses=losses,
        work={k: draw(outcome) for k in kinds} if draw(st.booleans()) else {},
        classes={"network": draw(st.dictionaries(some(kinds), some(OUTCOMES[1:]), max_size=3))},
        pairs=draw(outcome) if pairs else None,
        work_fault=draw(outcome) if pairs else None,
    )  # fmt: skip
