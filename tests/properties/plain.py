"""A power network in plain objects: what it is made of, what it carries, what may be lost."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Element:
    """A feeder or a tap; `there` is the part of its rating on the day, 0 out for work.

    `copper_kw` and `core_kw` are losses of a transformer; `low` is the efficiency of a UPS at a
    quarter of its rating.
    """

    kind: str
    fed: str = ""
    alternate: str = ""
    leader: str = ""
    sides: tuple[str, str] | None = None
    delay: float = 0.0
    retransfers: bool = True
    hand: bool = False
    protected: bool = True
    isolator: bool = False
    efficiency: float = 1.0
    rating: float = 100.0
    emergency: float | None = None
    z: float | None = None
    pf: float | None = None
    modules: int | None = None
    bypass: float | None = None
    there: float = 1.0
    copper_kw: float = 0.0
    core_kw: float = 0.0
    low: float | None = None


@dataclass(frozen=True)
class Whip:
    tap: str
    shelf: int
    share: float | None = None


@dataclass(frozen=True)
class Rack:
    kw: float
    pf: float
    sort: str
    whips: dict[str, Whip]


@dataclass(frozen=True)
class Gear:
    kw: float
    pf: float
    feeds: tuple[str, ...]


@dataclass(frozen=True)
class Loss:
    """A loss that is asked for: its sort, what is lost, and what racks must be after it."""

    sort: str
    kind: str
    origin: str
    second: str = ""


@dataclass
class State:
    """What stands where: who feeds whom, who lives, and the whips that are lost themselves.

    `left` is the part of its rating that is left to a unit, `bypassed` a UPS on its bypass.
    """

    parent: dict[str, str]
    alive: set[str]
    gone: set[str] = field(default_factory=set)
    whips: set[str] = field(default_factory=set)
    left: dict[str, float] = field(default_factory=dict)
    bypassed: str = ""


@dataclass(frozen=True)
class Carried:
    kw: float = 0.0
    kva: float = 0.0
    bare: float = 0.0
    """kVA where only single efficiencies count, as for currents."""

    def __add__(self, other: Carried) -> Carried:
        return Carried(self.kw + other.kw, self.kva + other.kva, self.bare + other.bare)
