"""Lengths that are bought for cables, and what bundles of cables lack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import pieces_of, trunks_taken
from twin.solve.cabling.parts.bare import bare_products
from twin.solve.cabling.parts.parts import longest_m, parts, piece_needed_m, products, stocked_m
from twin.solve.cabling.ways.laying import laying
from twin.solve.fabric.cages import port_speed, speed
from twin.solve.study import Study

NO_WAY = "no way along the trays"
NO_TRUNK = "no trunk between its panels"
NO_MEDIUM = "no medium that fits"
NO_LENGTH = "no length in stock that is long enough"
NO_WHOLE = "an even share of ports that is no whole number of links"


@dataclass(frozen=True)
class Bought:
    """What the cables of each of the `pieces` are that are cords, (C,).

    Attributes
    ----------
    medium
        Kind of the medium, "" not known.
    cable
        Product row of the cable, -1 not known; an optic that a switch names is none.
    needed_m, stock_m
        Length that is needed, and that is bought for its longest cord; NaN not known.
    gbps
        Speed of a link; NaN not known.
    """

    medium: tuple[str, ...]
    cable: IntArray
    needed_m: FloatArray
    stock_m: FloatArray
    gbps: FloatArray


def bought(study: Study) -> Bought:
    """Tell what the cables of each piece are."""
    part, bundle, site = study(parts), study(bundles), study.site
    of = study(pieces).bundle
    of = of[of >= 0]
    known = [site.catalog.products[str(name)] for name in site.tables["product"].ids.tolist()]
    real = np.array([*(product.kind == "cable" for product in known), False])
    made = products(study, part)[: len(of)]
    cable = np.where(real[made], made, -1)
    kinds = [*(p.text.get("medium", "") for p in known), ""]
    chosen = [*part.media.kind, ""]
    medium = tuple(
        chosen[m] or kinds[c] for m, c in zip(part.medium[of].tolist(), made.tolist(), strict=True)
    )
    both = (study(piece_needed_m)[: len(of)], study(stocked_m)[: len(of)])
    needed, stock = (np.where(np.isfinite(x), x, np.nan) for x in both)
    fabric = site.rows_of("fabric", study.table("switch")["fabric"])
    rows = range(len(study.table("fabric")))
    nodes, ports = (
        np.array([*(of_links(study, row) for row in rows), np.nan])[fabric[bundle.switch]]
        for of_links in (speed, port_speed)
    )
    own = np.asarray(study.table("switch")["gbps"], dtype=float)[bundle.switch]
    by_fabric = np.where(bundle.low >= 0, ports, nodes)
    gbps = np.where(fabric[bundle.switch] >= 0, by_fabric, own)
    return Bought(
        medium=medium,
        cable=cable,
        needed_m=needed,
        stock_m=stock,
        gbps=gbps[of],
    )


@dataclass(frozen=True)
class Lack:
    """What one bundle lacks: what cannot be, and dotted paths of fields that nobody states."""

    cannot: tuple[str, ...]
    missing: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything is lacking."""
        return bool(self.cannot or self.missing)


def is_cable(study: Study, product: int) -> bool:
    """Whether a product's row is that of a cable, and not of an optic."""
    if product < 0:
        return False
    site = study.site
    return site.catalog.products[str(site.tables["product"].ids[product])].kind == "cable"


def lacks(study: Study) -> dict[int, Lack]:
    """Find what bundles lack, by row; those that lack nothing are left out."""
    wanted = np.flatnonzero(study(bundles).wanted)
    found = {row: _of(study, row) for row in wanted[_suspect(study, wanted)].tolist()}
    return {row: lack for row, lack in found.items() if lack}


def _suspect(study: Study, rows: IntArray) -> IntArray:
    """Places among rows of those for which something may be lacking."""
    part, bundle, second = study(parts), study(bundles), study(pieces).second
    found, taken = np.isfinite(study(stocked_m)), study(trunks_taken)
    both = found[: len(second)] & ((second < 0) | found[second])
    first = int((study(pieces).bundle >= 0).sum())
    both[taken.bundle[~found[first + taken.trunk]]] = False
    good = (part.medium >= 0) & part.sure & both & np.isfinite(bundle.count)
    return np.flatnonzero(~good[rows])


def _of(study: Study, row: int) -> Lack:
    part, count = study(parts), float(study(bundles).count[row])
    cannot: list[str] = []
    missing = [*_way(study, row, cannot)]
    made = bool(part.class_of[row] >= 0)
    length = study(stocked_m)[pieces_of(study, row)]
    if made and part.medium[row] < 0:
        if np.isfinite(part.needed_m[row]):
            cannot.append(NO_MEDIUM)
    elif made and not part.sure[row]:
        missing.append(_unsure(study, row))
    elif not made and not is_cable(study, int(part.cable[row])):
        missing.append(study.site.path_of("switch", int(study(bundles).switch[row]), "medium"))
    elif np.isinf(length).any() and np.isfinite(part.needed_m[row]):
        cannot += _too_short(study, row)
    elif np.isnan(length).any() and np.isfinite(part.needed_m[row]):
        bare = study(_made)[pieces_of(study, row)][np.isnan(length)]
        ids = study.site.tables["product"].ids
        missing += [f"data.stock_m.{ids[k]}" for k in np.unique(bare[bare >= 0]).tolist()]
    if not made and int(part.cable[row]) in study(bare_products):
        product = int(part.cable[row])
        lacks = study(bare_products)[product]
        missing += [study.site.path_of("product", product, name) for name in lacks]
    if np.isnan(count):
        missing.append(_ports(study, int(study(bundles).rack[row])))
    elif count % 1:
        cannot.append(NO_WHOLE)
    return Lack(tuple(cannot), tuple(missing))


def _made(study: Study) -> IntArray:
    """Product row of each of the `pieces`, worked out once."""
    return products(study, study(parts))


def _too_short(study: Study, row: int) -> list[str]:
    """Say of which products of a bundle nothing in stock is long enough, and what is."""
    every = np.array(pieces_of(study, row))
    every = every[np.isinf(study(stocked_m)[every])]
    made, most = study(_made)[every], study(longest_m)[every]
    found = sorted(set(zip(made.tolist(), most.tolist(), strict=True)))
    ids = study.site.tables["product"].ids
    return [f"{NO_LENGTH}: of {ids[product]} at most {longest:g} m" for product, longest in found]


def _way(study: Study, row: int, cannot: list[str]) -> list[str]:
    """Fields without which the way or its length is not known; that there is none is told."""
    site, bundle, piece = study.site, study(bundles), study(pieces)
    ends = ((int(bundle.host[row]), int(bundle.switch[row])), (int(bundle.place[row]),
            int(bundle.low[row])))  # fmt: skip
    out = [_position(study, switch, int(bundle.rack[row])) for at, switch in ends if at < 0]
    if out:
        return out
    trunk = int(piece.trunks[row])
    if piece.low_panel[row] >= 0 and trunk < 0:
        cannot.append(NO_TRUNK)
        return []
    length = study(laying).way_m[pieces_of(study, row)]
    if np.isinf(length).any():
        cannot.append(NO_WAY)
        return []
    if np.isnan(length).any():
        hall = site.rows_of("hall", study.table("position")["hall"])
        return [site.path_of("hall", int(hall[bundle.place[row]]), "trays")]
    if np.isnan(study(parts).needed_m[row]):
        return [site.path_of("position", at, "height_m") for at, _ in ends]
    return []


def _position(study: Study, switch: int, rack: int) -> str:
    if switch < 0:
        return study.site.path_of("rack", rack, "position")
    return study.site.path_of("switch", switch, "position")


def _unsure(study: Study, row: int) -> str:
    """Field for want of which a medium that was chosen may not do."""
    part, site = study(parts), study.site
    if not part.classes[part.class_of[row]].tail.form:
        fabric = site.rows_of("fabric", study.table("switch")["fabric"])
        key = "manager_cage" if study(bundles).manager[row] else "node_cage"
        return site.path_of("fabric", int(fabric[study(bundles).switch[row]]), key)
    return site.path_of("product", int(part.cable[row]), "reach_m")


def _ports(study: Study, rack: int) -> str:
    site = study.site
    product = int(site.rows_of("product", study.table("rack")["type"])[rack])
    if product < 0:
        return site.path_of("rack", rack, "type")
    return site.path_of("product", product, "ew_ports")
