"""What of a fabric cannot be built: the numbers that do not fit, and the nearest that would."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from twin.catalog.schema import CABLE_MEDIA, OPTIC_MEDIA
from twin.errors import InputError, near, plural, shown
from twin.model.data import Data, Fabric
from twin.model.label import DEFAULT, checked
from twin.site.fabrics.evenly import ceil_div, divisors
from twin.site.fabrics.figures import Figures
from twin.site.faults import Fault
from twin.site.table import StrArray

TIERS = ("leaf", "spine", "core")
PROTOCOL_NAMES = {"infiniband": "InfiniBand", "ethernet": "Ethernet"}
_BOTH = 2
_NEEDS_TIERS = (
    ("spine", 2), ("spine_at", 2), ("up", 2), ("up_medium", 2), ("group", 2), ("core", 3),
    ("core_at", 3), ("core_medium", 3),
)  # fmt: skip
"""Keys that speak of tiers, and the tiers that a fabric must have for them."""


def gbps_of(item: Fabric, figures: Figures) -> float:
    """Speed of a link of a node: said, else its part of a port of the leaf; NaN not known."""
    return item.gbps or figures.of(item.leaf, "gbps") / item.split


def port_gbps_of(item: Fabric, figures: Figures) -> float:
    """Speed of a port of a switch, and of links between switches; NaN not known."""
    return gbps_of(item, figures) * item.split


def radix(item: Fabric, tier: int, figures: Figures) -> float:
    """Ports of a switch of a tier at the speed that links ask of one; NaN not known."""
    if item.radix is not None:
        return float(item.radix)
    name = (item.leaf, item.spine or item.leaf, item.core or item.spine or item.leaf)[tier]
    return figures.of(name, "ports") * parts_at(
        figures.of(name, "gbps"), port_gbps_of(item, figures)
    )


def parts_at(own: float, speed: float) -> float:
    """Ports of a speed into which one port is divided, 0 where it is slower; NaN not known.

    Examples
    --------
    Ports are divided, never joined: one of 800 Gb/s is two of 300 Gb/s, and 200 Gb/s lie idle.

    >>> parts_at(800, 300), parts_at(100, 400), parts_at(1, 0.1)
    (2.0, 0.0, 10.0)
    """
    return (own / speed + 1e-9) // 1  # 1 // 0.1 is 9


def parts_of_port(item: Fabric, figures: Figures) -> float:
    """Ports of a switch of the layout that are one of its product; NaN not known."""
    # Ports of which the layout says no more than the leaf has run slower, and are not divided.
    divided = not (item.radix or math.inf) <= figures.of(item.leaf, "ports")
    return figures.of(item.leaf, "gbps") / port_gbps_of(item, figures) if divided else 1.0


def faults_of_radix(name: str, item: Fabric, figures: Figures) -> Iterator[Fault]:
    """Tell a radix that the switches of a tier do not have, even with each port divided."""
    speed = port_gbps_of(item, figures)
    for tier in range(item.tiers):
        product = (item.leaf, item.spine or item.leaf, item.core or item.spine or item.leaf)[tier]
        ports, own = figures.of(product, "ports"), figures.of(product, "gbps")
        if slower(item, product, figures):  # told with its speed
            continue
        parts = parts_at(own, speed)  # NaN where a speed is not known: then nobody can tell
        if not math.isnan(parts) and (item.radix or 0) > (most := ports * max(1, parts)):
            said = (
                f"a {TIERS[tier]} of {item.radix} ports at {speed:g} Gb/s; {product} has"
                f" {ports:g} of {own:g} Gb/s, which make at most {most:g}"
            )
            yield Fault("fabric", name, "radix", item.radix, said, f"at most {most:g}")


def faults_of_speed(name: str, item: Fabric, figures: Figures) -> Iterator[Fault]:
    """Tell a speed of links that no port of a switch has: ports are divided, never joined."""
    own = figures.of(item.leaf, "gbps")
    if item.gbps is not None and item.gbps > own:
        said = f"links of {item.gbps:g} Gb/s; a port of {item.leaf} has {own:g} Gb/s"
        yield Fault("fabric", name, "gbps", item.gbps, said, f"at most {own:g}, or another leaf")
        return
    speed = port_gbps_of(item, figures)
    if speed > own:  # parts of a port that it does not have are told as such
        return
    for key in TIERS[1 : item.tiers]:
        product = getattr(item, key)
        if product and slower(item, product, figures):
            theirs = figures.of(product, "gbps")
            said = (
                f"links between switches of {speed:g} Gb/s; a port of {product} has {theirs:g} Gb/s"
            )
            right = f"a switch whose ports have {speed:g} Gb/s or more"
            yield Fault("fabric", name, key, product, said, right)


def slower(item: Fabric, product: str, figures: Figures) -> bool:
    """Whether ports of a switch are known to be slower than the fabric asks for."""
    return figures.of(product, "gbps") < port_gbps_of(item, figures)


def faults_of_protocol(name: str, item: Fabric, figures: Figures) -> Iterator[Fault]:
    """Tell spines and cores that do not speak what the leaves do, where the catalog knows both."""
    for key in TIERS[1 : item.tiers]:
        if product := getattr(item, key):
            yield from other_protocol(("fabric", name, key), item.leaf, product, figures)


def other_protocol(
    key: tuple[str, str, str], beside: str, product: str, figures: Figures
) -> Iterator[Fault]:
    """Tell a switch that does not speak what another does, where the catalog knows both.

    Parameters
    ----------
    key
        Kind, id and key that say the product.
    """
    own, other = (protocol_of(p, figures) for p in (beside, product))
    if own and other and own != other:
        said = (
            f"{product} speaks {PROTOCOL_NAMES[other]}, {beside} {PROTOCOL_NAMES[own]}:"
            " no link joins them"
        )
        yield Fault(*key, product, said, f"a switch that speaks {PROTOCOL_NAMES[own]}")


def protocol_of(product: str, figures: Figures) -> str:
    """Return what the ports of a product speak, "" where the catalog does not say."""
    found = figures.products.get(product)
    return found.text.get("protocol", "") if found else ""


def faults_of_split(name: str, item: Fabric, figures: Figures) -> Iterator[Fault]:
    """Parts of a port that a port of the leaf does not have, or a cord does not carry whole."""
    gbps, own = gbps_of(item, figures), figures.of(item.leaf, "gbps")
    # A leaf whose speed is not known is told as such.
    if item.split > 1 and gbps <= own and own / (gbps * item.split) % 1 > 0:
        said = (
            f"{item.split} links of {gbps:g} Gb/s on one port are {gbps * item.split:g} Gb/s; a"
            f" port of {item.leaf} of {own:g} Gb/s does not divide into such ports"
        )
        whole = divisors(int(own // gbps)) if own % gbps == 0 else []
        told = f"one of {', '.join(map(str, whole))}"
        right = told if whole else f"a speed of links that divides {own:g} Gb/s"
        yield Fault("fabric", name, "split", item.split, said, right)
    if item.split > 1 and (item.links_per_cord or item.split) % item.split:
        said = f"{item.links_per_cord} links on a cord leave a port of {item.split} links split"
        right = f"{item.split} for each port that the cord takes"
        yield Fault("fabric", name, "links_per_cord", item.links_per_cord, said, right)


def faults_of_cages(name: str, item: Fabric, down: int, figures: Figures) -> Iterator[Fault]:
    """Ports for nodes that share a cage with ports for spines, where only those are split.

    A plug takes no mixture of straight and split cords.
    """
    cage = figures.of(item.leaf, "ports_per_cage") * parts_of_port(item, figures)
    if item.split > 1 and item.tiers > 1 and down % cage > 0:
        low = int(down // cage * cage)
        said = (
            f"{down} ports that are split leave {int(down - low)} in a cage of {int(cage)} beside"
            " ports for spines; a plug takes no mixture of straight and split cords"
        )
        right = " or ".join(str(n) for n in (low, low + int(cage)) if n)
        yield Fault("fabric", name, "down", down, said, right)


def faults_of_products(name: str, item: Fabric, figures: Figures) -> Iterator[Fault]:
    """Products that are no switches, and figures that neither they nor the layout give."""
    named = {key: p for key in TIERS if (p := getattr(item, key)) is not None}
    kinds = {key: figures.products[p].kind for key, p in named.items() if p in figures.products}
    for key, kind in kinds.items():
        if kind != "switch":
            said = f"{named[key]} is a {kind}"
            yield Fault("fabric", name, key, named[key], said, "a switch")
    # A product that the catalog does not have is told with all other names.
    if set(kinds.values()) != {"switch"} or len(kinds) < len(named):
        return
    for tier, key in enumerate(TIERS[: item.tiers]):
        product = getattr(item, key)
        if not product or slower(item, product, figures):
            continue
        if not radix(item, tier, figures) >= 2:  # noqa: PLR2004 - one port joins nothing
            said = f"{product} has no known number of ports at the speed of its links, or below 2"
            yield Fault("fabric", name, "radix", item.radix, said, "write the ports of a switch")


def faults_of_media(name: str, item: Fabric, figures: Figures) -> Iterator[Fault]:
    """Words of `media` that are neither a kind of media nor a part of the catalog."""
    parts = [p.id for p in figures.products.values() if p.kind in {"cable", "optic"}]
    kinds = [k for k in (*CABLE_MEDIA, *OPTIC_MEDIA) if k not in {"fibre", "trunk"}]
    for word in (item.media or "").split():
        if word not in kinds and not set(word.split("+")) <= set(parts):
            said = f"{shown(word)} is no kind of media and no cable or optic of the catalog"
            right = f"some of {', '.join(kinds)}, or ids of products"
            yield Fault("fabric", name, "media", item.media, said, right, near(word, kinds + parts))


def faults_of_stock(data: Data, figures: Figures) -> Iterator[Fault]:
    """Products that a list of stock or of prices names, and the catalog does not have."""
    for key, named in (("stock_m", data.stock_m), ("prices", data.prices)):
        for name in named:
            if name not in figures.products:
                said = f"there is no product {shown(name)} in the catalog"
                guess = near(name, list(figures.products))
                yield Fault("data", key, name, name, said, "the id of a product", guess)


def faults_of_label(data: Data) -> Iterator[Fault]:
    """Tell a template of labels that cannot be read, or has a field that there is not."""
    try:
        checked(data.label or DEFAULT)
    except InputError as error:
        for p in error.problems:
            yield Fault("data", "label", "", data.label, p.message, p.expected or "", p.near)


def faults_of_shape(name: str, item: Fabric, nodes: int) -> Iterator[Fault]:
    """Numbers that do not go with each other, whatever the ports of a switch."""
    rails = item.rails or 1
    if item.links_per_node % rails:
        nearest = min(divisors(item.links_per_node), key=lambda r: (abs(r - rails), r))
        links = plural(item.links_per_node, "link")
        said = f"{plural(rails, 'rail')} do not divide the {links} of a node"
        yield Fault("fabric", name, "rails", rails, said, f"the nearest that do are {nearest}")
    if item.apart and item.planes != _BOTH:
        many = f"{item.planes} planes" if item.planes > 1 else "one plane"
        said = f"{many}: only two can be led apart"
        yield Fault("fabric", name, "apart", item.apart, said, "leave it out, or write planes = 2")
    freed = item.reserved * item.links_per_node
    if item.reserved >= nodes:
        said = f"{item.reserved} of {plural(nodes, 'node place')} reserved leave no node"
        yield Fault("fabric", name, "reserved", item.reserved, said, f"at most {nodes - 1}")
    elif item.manager_links > freed:
        said = (
            f"{plural(item.manager_links, 'link')} of managers need ports that reserved node places"
            f" free; {item.reserved} of {plural(item.links_per_node, 'link')} free {freed}"
        )
        least = ceil_div(item.manager_links, item.links_per_node)
        right = f"reserved = {least}, or at most {plural(freed, 'link')}"
        yield Fault("fabric", name, "manager_links", item.manager_links, said, right)
    for key, tiers in _NEEDS_TIERS:
        value = getattr(item, key)
        if value and item.tiers < tiers:
            said = f"means nothing with {item.tiers} tier{'s' if item.tiers > 1 else ''}"
            yield Fault("fabric", name, key, value, said, f"leave it out, or write tiers = {tiers}")


def faults_of_managers(
    name: str, item: Fabric, places: StrArray, managers: StrArray
) -> Iterator[Fault]:
    """Places of managers that have no links, or that are those of nodes."""
    if item.manager_at and not item.manager_links:
        said = "means nothing without links of managers"
        yield Fault(
            "fabric", name, "manager_at", item.manager_at[0], said,
            "leave it out, or write manager_links",
        )  # fmt: skip
    for place in managers[np.isin(managers, places)].tolist():
        said = f"{place} houses nodes of the same fabric"
        yield Fault("fabric", name, "manager_at", place, said, "a position of another rack")


def faults_of_leaf(name: str, item: Fabric, down: int, up: int, ports: int) -> Iterator[Fault]:
    """Ports of a leaf that it does not have."""
    nodes = f"{plural(down, 'port')} for nodes"
    if item.up and down < ports < down + up:
        said = f"{nodes} and {up} for spines are {down + up}, a leaf has {ports}"
        yield Fault("fabric", name, "up", item.up, said, f"at most {ports - down} up")
    elif down + max(up, 0) > ports:
        also = f" and {up} for spines are {down + up}" if item.up else ""
        most = ports - (item.up or int(item.tiers > 1))
        right = f"at most {most if most > 0 else ports - 1}"
        yield Fault(
            "fabric",
            name,
            "down",
            down,
            f"{nodes}{also}, a leaf has {ports}",
            right,
        )
    elif down < 1 or (item.tiers > 1 and up < 1):
        key, of = ("up", "nodes") if down < 1 else ("down", "spines")
        said = f"leaves none of the {ports} ports of a leaf for {of}"
        yield Fault("fabric", name, key, getattr(item, key), said, f"at most {ports - 1}")
    elif item.spare >= down:
        said = f"{plural(item.spare, 'spare port')} leave none of {down} for nodes"
        yield Fault("fabric", name, "spare", item.spare, said, f"at most {down - 1}")
