"""Which cable and which plugs each bundle of a fabric gets over given lengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.catalog import Catalog, Product
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.links.bundles import Bundles, bundles
from twin.solve.cabling.links.headed import served_m, tails_of
from twin.solve.cabling.links.links_bundled import bundle_of_links
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import joined_m
from twin.solve.cabling.ways.carriers import COPPER, FIBRE, UNKNOWN
from twin.solve.fabric.cages import (
    cage_of,
    cages,
    manager_cage,
    node_cage,
    port_speed,
    split_of,
)
from twin.solve.limits import adopted
from twin.solve.media.choose import choose, stock_lengths
from twin.solve.media.judge import LinkClass
from twin.solve.media.media import Media, media
from twin.solve.media.sharing import sharing
from twin.solve.media.stock import ROUNDING_M, Stock, round_up, stock
from twin.solve.study import Study


@dataclass(frozen=True)
class Parts:
    """What the links of each of the `bundles` are made of, (B,).

    Attributes
    ----------
    media, stock
        What there was to choose from.
    classes, class_of
        What links ask for; (B,) class of each bundle, -1 where no fabric says its cages.
    medium
        Row of `media`; -1 where nothing was chosen.
    sure
        Whether the medium is known to do.
    cable, head, tail
        Product rows of the cord, of the plug at the upper end and of that at the lower one; -1
        none. The cord is the layout's own where it names one.
    single
        Product row of the cord that leads from a lower end to a panel: one with a single tail.
    needed_m, stock_m
        Length that is needed, with waste, and length to buy; NaN not known.
    """

    media: Media
    stock: Stock
    classes: tuple[LinkClass, ...]
    class_of: IntArray
    medium: IntArray
    sure: BoolArray
    cable: IntArray
    head: IntArray
    tail: IntArray
    single: IntArray
    needed_m: FloatArray
    stock_m: FloatArray


def chosen(study: Study, each_m: FloatArray, sort: IntArray) -> Parts:
    """Choose the parts of every bundle.

    Parameters
    ----------
    each_m
        (Q,) lengths of the `pieces`; infinite no way, NaN not known.
    sort
        (B,) FIBRE or COPPER where the way that this length is of carries no other, else UNKNOWN.
    """
    # Without a fabric there is nothing to choose from, and nothing that chooses.
    used = len(study.table("fabric")) or len(study.table("trunk"))
    catalog = study.site.catalog if used else Catalog({})
    every = media(catalog, study.site.prices, figure_of(study))
    held, needed = stock(catalog, study.site.stock_m), each_m * (1.0 + waste(study))
    classes, class_of = _classes(study, study(bundles), every, sort)
    joined = joined_m(study, needed)
    mine = np.flatnonzero((class_of >= 0) & np.isfinite(joined))
    group = study(cages_shared)[mine] if len(mine) else mine

    def serving(length_m: FloatArray) -> Parts:
        medium, sure = np.full(len(joined), -1, dtype=np.int64), np.zeros(len(joined), dtype=bool)
        if len(mine):
            got = choose(every, held, classes, class_of[mine], length_m[mine], group)
            medium[mine], sure[mine] = got.medium, got.sure
        return _made(study, every, held, (classes, class_of), medium, sure, joined)

    return _as_bought(study, serving, needed, joined)


_MOST_AGAIN = 8
"""Each time a link gets a medium that reaches further: there are no more kinds of them."""


def _as_bought(
    study: Study, serving: Callable[[FloatArray], Parts], needed: FloatArray, joined: FloatArray
) -> Parts:
    """Parts of links of several pieces that reach as far as their pieces are bought.

    Parameters
    ----------
    serving
        Chooses parts for lengths of links, (B,).
    needed, joined
        (Q,) and (B,) what pieces and whole links need.
    """
    part, asked = serving(joined), joined.copy()
    through = study(pieces).low_panel >= 0
    for _ in range(_MOST_AGAIN if through.any() else 0):
        bought = joined_m(study, _bought_m(study, part, needed))
        short = through & (part.medium >= 0) & (bought > asked)
        short &= bought > np.append(part.media.reach_m, np.inf)[part.medium] + ROUNDING_M
        if not short.any():
            break
        longer = np.where(short, bought, asked)
        part = serving(longer)
        lost = short & (part.medium < 0)
        if lost.any():
            # Where nothing reaches so far, what would but for its stock is told.
            through &= ~lost
            longer[lost] = asked[lost]
            part = serving(longer)
        asked = longer
    return part


def _bought_m(study: Study, part: Parts, needed: FloatArray) -> FloatArray:
    """(Q,) least length in stock of each piece, as needed where no list has one."""
    made, out = products(study, part), needed.copy()
    for row in np.unique(made[made >= 0]).tolist():
        mine = made == row
        sizes = round_up(needed[mine], part.stock.of(str(study.table("product").ids[row])))
        out[mine] = np.where(np.isfinite(sizes), sizes, needed[mine])
    return out


def _made(
    study: Study,
    every: Media,
    held: Stock,
    asked: tuple[tuple[LinkClass, ...], IntArray],
    medium: IntArray,
    sure: BoolArray,
    needed: FloatArray,
) -> Parts:
    """Parts of links of media, (B,); `asked` are their classes and the class of each."""
    bundle = study(bundles)
    rows = {name: study.site.tables["product"].index.get(name, -1) for name in _names(every)}
    cable, head, tail, single = (
        np.array([*((rows | {"": -1})[name] for name in column), -1], dtype=np.int64)[medium]
        for column in (every.cable, every.head, every.tail, every.single)
    )
    stock_m = np.full(len(needed), np.nan)
    if (medium >= 0).any():
        stock_m = np.where(medium >= 0, _stock_m(study, every, held, medium, needed), np.nan)
    return Parts(
        media=every, stock=held, classes=asked[0], class_of=asked[1], medium=medium, sure=sure,
        cable=np.where(cable < 0, bundle.medium, cable), head=head, tail=tail,
        single=np.where(cable < 0, bundle.medium, single),
        needed_m=needed, stock_m=stock_m,
    )  # fmt: skip


def _stock_m(
    study: Study, every: Media, held: Stock, medium: IntArray, needed: FloatArray
) -> FloatArray:
    """(B,) length to buy for the longest cord of each bundle; NaN through panels, piece by piece.

    A cord serves its farthest tail, which another bundle may have.
    """
    piece = study(pieces)
    each = np.full(len(piece.bundle), np.nan)
    each[: len(needed)] = needed
    served = served_m(tails_of(study, every, medium), each)[: len(needed)]
    return np.where(piece.low_panel >= 0, np.nan, stock_lengths(every, held, medium, served))


def _names(every: Media) -> set[str]:
    return {*every.cable, *every.single, *every.head, *every.tail} - {""}


def figure_of(study: Study) -> Callable[[Product, str], float]:
    """Figures as the study has them: what the owner assumes of a product counts."""
    table = study.table("product")

    def figure(product: Product, name: str) -> float:
        row = table.index.get(product.id, -1)
        if row < 0 or name not in table.columns:
            return product.number(name)
        return float(table[name][row])

    return figure


def waste(study: Study) -> float:
    """Share that is added to a length; 0 while it is a judgement that nobody adopted."""
    return adopted(study, "length_waste")


_SORTS = {FIBRE: "fibre", COPPER: "copper", UNKNOWN: ""}


def _classes(
    study: Study, bundle: Bundles, every: Media, sort: IntArray
) -> tuple[tuple[LinkClass, ...], IntArray]:
    """Classes of links, and the class of each bundle; -1 of those written by hand."""
    fabrics, switches = study.table("fabric"), study.table("switch")
    site = study.site
    fabric = site.rows_of("fabric", switches["fabric"])[bundle.switch]
    product = site.rows_of("product", switches["type"])
    through = study(pieces).low_panel >= 0
    rack = site.rows_of("product", study.table("rack")["type"])
    key = np.stack([
        fabric, np.append(product, -1)[bundle.low], product[bundle.switch], bundle.medium,
        np.nan_to_num(bundle.count).astype(np.int64), through, np.append(rack, -1)[bundle.rack],
        study(pieces).lanes, bundle.manager, sort,
    ], axis=1)  # fmt: skip
    key[bundle.rack >= 0, 4] = 0
    found, class_of = np.unique(key, axis=0, return_inverse=True)
    # Of a medium that the layout names and whose plugs nobody publishes its word is all there is.
    known = _names(every)
    out: list[LinkClass] = []
    number = np.full(len(found), -1, dtype=np.int64)
    for k, (row, low, high, medium, count, via, made, lanes, own, lies) in enumerate(
        found.tolist()
    ):
        named = str(site.tables["product"].ids[medium]) if medium >= 0 else ""
        if row < 0 or (named and named not in known):
            continue
        number[k] = len(out)
        wish = str(fabrics["media"][row]).split()
        # Links that a cassette shuffles are lanes of one port: plugs and cords are that port's.
        port = port_speed(study, row, lanes)
        head = cage_of(study, row, high, lanes)
        tail = cage_of(study, row, low) if low >= 0 else node_cage(study, row, made)
        tail = manager_cage(study, row) if own else tail._replace(ports=tail.ports // lanes)
        together = head.ports if low >= 0 and head.ports and count % head.ports == 0 else 1
        split = 1 if low >= 0 else max(split_of(study, row) // lanes, 1)
        out.append(LinkClass(
            gbps=port / split, head=head, tail=tail, together=together, split=split,
            fibre=str(fabrics["fibre"][row]), panels=2 * via,
            parts=(named,) if named else tuple(wish), sort=_SORTS[lies],
        ))  # fmt: skip
    return tuple(out), number[class_of.ravel()]


def cages_shared(study: Study) -> IntArray:
    """(B,) bundles that share cages, over both ends, have one number."""
    bundle, of_link = study(bundles), study(bundle_of_links)
    known = of_link >= 0
    at = study(cages)
    head, tail, of_link = at.head[known], at.tail[known], of_link[known]
    # A bundle is one thing: its links are joined through a cage of its own.
    own = int(max(at.head.max(initial=0), at.tail.max(initial=0))) + 1 + np.arange(len(bundle.rack))
    label = sharing(
        np.concatenate([head, tail, own]), np.concatenate([own[of_link], own[of_link], own])
    )
    return label[2 * len(head) :]


def products(study: Study, part: Parts) -> IntArray:
    """(pieces,) product row of each cord or trunk; -1 none."""
    cable = study(pieces)
    made = study.site.rows_of("product", study.table("trunk")["type"])
    # From below to a panel a link has a cord of its own, whatever splits the port above.
    below = np.zeros(len(cable.bundle), dtype=bool)
    below[: len(cable.second)] = cable.second >= 0
    single, own = (np.append(each, -1)[cable.bundle] for each in (part.single, part.cable))
    cord = np.where(below, single, own)
    return np.where(cable.trunk >= 0, np.append(made, -1)[cable.trunk], cord)


def diameters_m(study: Study, part: Parts) -> FloatArray:
    """(pieces,) outer diameter of each cord or trunk; NaN not known."""
    own = np.append(np.asarray(study.table("trunk")["od_m"], dtype=float), np.nan)
    trunk = study(pieces).trunk
    od = np.append(study.table("product")["od_m"], np.nan)[products(study, part)]
    return np.where(trunk >= 0, own[trunk], od)
