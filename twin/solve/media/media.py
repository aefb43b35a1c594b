"""Media: every way in which the catalog's parts make a cord with a plug at each end.

A cable with moulded plugs is a medium by itself. A pair of optics and a fibre cord that both take
is one, too. One row per medium; the rows are few, the links that choose among them are many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from twin.catalog import Catalog, Product
from twin.site.table import BoolArray, FloatArray, IntArray

Figure = Callable[[Product, str], float]
"""Looks a figure of a product up; NaN where it is not known."""

COUNTS = ("gbps", "ports", "tails", "tail_ports")
"""Figures without which a moulded cable is no medium."""
OPTIC_COUNTS = ("gbps", "ports", "lanes")
COPPER = frozenset({"dac", "acc", "aec", "utp"})
"""Kinds of media that are copper; all others are fibre, which lies in other trays."""
GONE = "discontinued"
"""Status of a product that nobody should plan with."""


class Medium(NamedTuple):
    """One row of `Media`, with the same names."""

    ids: str
    kind: str
    cable: str
    single: str
    head: str
    tail: str
    moulded: bool
    fibre: str
    head_plug: str
    tail_plug: str
    head_ports: float
    tail_ports: float
    tails: float
    split: float
    gbps: float
    reach_m: float
    min_m: float
    head_w: float
    tail_w: float
    price: float
    made: bool


@dataclass(frozen=True)
class Media:
    """Media as columns, (M,). Figures that nobody published are NaN.

    Attributes
    ----------
    ids
        Name of a medium: the cable's, or optic at the head + fibre cord + optic at a tail.
    kind
        "dac", "acc", "aec", "aoc", "utp" of a cable; "sr", "dr", "fr", "lr" of optics.
    cable, head, tail
        Ids of the products: cord, plug at the head, plug at a tail. Of a moulded cable all three
        are the cable.
    single
        Id of the cord of one tail with which a link goes on behind a panel: the cord itself, of a
        splitter the first of its kind that does not split; "" none, and of moulded cables.
    moulded
        Whether the plugs belong to the cable, so that it cannot pass a patch panel.
    fibre
        "mm", "sm" or "" for cables with moulded plugs, whatever they hold inside.
    head_plug, tail_plug
        Forms of the plugs, as in `twin.solve.media.plugs.TAKES`.
    head_ports, tail_ports
        Ports in one plug at the head and at a tail.
    tails
        Tails of one cord: plugs of a moulded cable, connectors of a fibre cord.
    split
        Links that share one port of the head.
    gbps
        Rate of one link; of "utp" the greatest.
    reach_m, min_m
        Longest and shortest link; `min_m` is 0 where no maker names one.
    head_w, tail_w
        What one plug at the head and one at a tail dissipates.
    price
        Of a link: the cord and its part of the plugs, in the unit of the user's list.
    made
        False where a part is discontinued.
    """

    ids: tuple[str, ...]
    kind: tuple[str, ...]
    cable: tuple[str, ...]
    single: tuple[str, ...]
    head: tuple[str, ...]
    tail: tuple[str, ...]
    moulded: BoolArray
    fibre: tuple[str, ...]
    head_plug: tuple[str, ...]
    tail_plug: tuple[str, ...]
    head_ports: IntArray
    tail_ports: IntArray
    tails: IntArray
    split: IntArray
    gbps: FloatArray
    reach_m: FloatArray
    min_m: FloatArray
    head_w: FloatArray
    tail_w: FloatArray
    price: FloatArray
    made: BoolArray

    def __len__(self) -> int:
        """Return the number of media."""
        return len(self.ids)

    @property
    def power_w(self) -> FloatArray:
        """(M,) of one link: its part of the plug at the head and of the plug at the tail."""
        return self.head_w / (self.head_ports * self.split) + self.tail_w / self.tail_ports


def media(
    catalog: Catalog, prices: Mapping[str, float] | None = None, figure: Figure = Product.number
) -> Media:
    """Make all media of a catalog, in its order: moulded cables, then fibre between optics.

    Parameters
    ----------
    catalog
        Products. What lacks a plug or a count is no medium; `lacking` tells.
    prices
        By id of product, in any one unit: of a cable per cord, of an optic per plug.
    figure
        Where a figure is looked up; another than the catalog's where an owner assumes some.
    """
    price = dict(prices or {})
    rows = [*_moulded(catalog, price, figure), *_between_optics(catalog, price, figure)]
    named: dict[str, Any] = {
        name: tuple(getattr(row, name) for row in rows) for name in Medium._fields
    }
    counts = ("head_ports", "tail_ports", "tails", "split")
    numbers = ("gbps", "reach_m", "min_m", "head_w", "tail_w", "price")
    return Media(
        **named
        | {name: np.asarray(named[name], dtype=np.int64) for name in counts}
        | {name: np.asarray(named[name], dtype=float) for name in numbers}
        | {name: np.asarray(named[name], dtype=bool) for name in ("moulded", "made")}
    )


def lacking(catalog: Catalog, figure: Figure = Product.number) -> list[tuple[str, str]]:
    """List (product, name of what it lacks) of cables and optics that are therefore no medium.

    Cables by the metre and those whose kind of medium is not said are not meant to be one.
    """
    out = []
    for cable in catalog.of("cable"):
        kind = cable.text.get("medium", "")
        names = ("tails",) if kind == "fibre" else COUNTS
        if kind and kind != "trunk":
            out += [(cable.id, name) for name in names if np.isnan(figure(cable, name))]
            needs = ("connector", "fibre") if kind == "fibre" else ("plug",)
            out += [(cable.id, name) for name in needs if name not in cable.text]
    for optic in catalog.of("optic"):
        out += [(optic.id, name) for name in OPTIC_COUNTS if np.isnan(figure(optic, name))]
        told = ("plug", "medium", "connector", "fibre")
        out += [(optic.id, name) for name in told if name not in optic.text]
    return out


def _moulded(catalog: Catalog, price: Mapping[str, float], figure: Figure) -> Iterator[Medium]:
    """Yield the cables whose plugs belong to them."""
    without = {id_ for id_, _ in lacking(catalog, figure)}
    for cable in catalog.of("cable"):
        kind = cable.text.get("medium", "")
        if kind in {"", "fibre", "trunk"} or cable.id in without:
            continue
        total, ports, tails, tail_ports = (figure(cable, name) for name in COUNTS)
        links = tails * tail_ports
        own = figure(cable, "power_w")
        # A straight cable has the same plug at both ends.
        far = own if tails == 1 else figure(cable, "tail_power_w")
        yield Medium(
            ids=cable.id, kind=kind, cable=cable.id, single="", head=cable.id, tail=cable.id,
            moulded=True, fibre="", head_plug=cable.text["plug"],
            tail_plug=cable.text.get("tail_plug", cable.text["plug"]),
            head_ports=ports, tail_ports=tail_ports, tails=tails, split=links / ports,
            gbps=total / links, reach_m=figure(cable, "reach_m"),
            min_m=_or_zero(figure(cable, "min_m")), head_w=own, tail_w=far,
            price=price.get(cable.id, np.nan) / links, made=cable.status != GONE,
        )  # fmt: skip


def _between_optics(
    catalog: Catalog, price: Mapping[str, float], figure: Figure
) -> Iterator[Medium]:
    """Yield pairs of optics with each fibre cord between them."""
    without = {id_ for id_, _ in lacking(catalog, figure)}
    optics = [optic for optic in catalog.of("optic") if optic.id not in without]
    cords = [
        cable for cable in catalog.of("cable")
        if cable.text.get("medium") == "fibre" and cable.id not in without
    ]  # fmt: skip
    straight = [cord for cord in cords if figure(cord, "tails") == 1]
    for head in optics:
        for tail in optics:
            for cord in cords:
                split = figure(cord, "tails")
                if _alike(head, tail, cord) and _speeds_meet(head, tail, split, figure):
                    yield _fibre(head, tail, cord, _single(cord, straight), price, figure)


def _single(cord: Product, straight: list[Product]) -> str:
    """Return the cord itself if it does not split, else the first such cord of its kind."""
    alike = ("fibre", "connector", "grade", "gender", "polarity")
    same = (
        each.id for each in straight
        if all(each.text.get(name) == cord.text.get(name) for name in alike)
    )  # fmt: skip
    return cord.id if cord in straight else next(same, "")


def _alike(head: Product, tail: Product, cord: Product) -> bool:
    """Whether two optics speak the same light, and the cord goes into both."""
    same = all(head.text[name] == tail.text[name] for name in ("medium", "fibre", "connector"))
    return same and all(head.text[name] == cord.text[name] for name in ("fibre", "connector"))


def _speeds_meet(head: Product, tail: Product, split: float, figure: Figure) -> bool:
    """Whether lanes run alike; a tail of a splitter lights a part of the lanes of one port."""
    ends = [{name: figure(optic, name) for name in OPTIC_COUNTS} for optic in (head, tail)]
    port = [end["gbps"] / end["ports"] for end in ends]
    lane = [rate / end["lanes"] for rate, end in zip(port, ends, strict=True)]
    if lane[0] != lane[1]:
        return False
    if split == 1:
        return port[0] == port[1]
    return ends[1]["ports"] == 1 and port[0] / split <= port[1]


def _fibre(
    head: Product, tail: Product, cord: Product, single: str, price: Mapping[str, float],
    figure: Figure,
) -> Medium:  # fmt: skip
    split = figure(cord, "tails")
    ports, tail_ports = figure(head, "ports"), figure(tail, "ports")
    worth = [price.get(product.id, np.nan) for product in (cord, head, tail)]
    return Medium(
        ids=f"{head.id}+{cord.id}+{tail.id}", kind=head.text["medium"], cable=cord.id,
        single=single, head=head.id, tail=tail.id, moulded=False, fibre=head.text["fibre"],
        head_plug=head.text["plug"], tail_plug=tail.text["plug"], head_ports=ports,
        tail_ports=tail_ports, tails=split, split=split,
        gbps=figure(head, "gbps") / ports / split, reach_m=_reach(head, tail, cord, figure),
        min_m=max(_or_zero(figure(part, "min_m")) for part in (head, tail, cord)),
        head_w=figure(head, "power_w"), tail_w=figure(tail, "power_w"),
        price=worth[0] / split + worth[1] / (ports * split) + worth[2] / tail_ports,
        made=GONE not in {part.status for part in (head, tail, cord)},
    )  # fmt: skip


def _reach(head: Product, tail: Product, cord: Product, figure: Figure) -> float:
    """Least of what both optics reach over the cord's grade, and of the cord's own, if it has one.

    A cord reaches as far as the optics do: no figure of its own is no doubt. A grade that nobody
    says is one.
    """
    grade = cord.text.get("grade", "")
    if not grade:
        return np.nan
    name = "reach_om3_m" if grade == "om3" else "reach_m"
    ends = min(figure(head, name), figure(tail, name), key=_nan_first)
    return ends if np.isnan(ends) else float(np.fmin(ends, figure(cord, "reach_m")))


def _nan_first(number: float) -> float:
    return -np.inf if np.isnan(number) else number


def _or_zero(number: float) -> float:
    return 0.0 if np.isnan(number) else number
