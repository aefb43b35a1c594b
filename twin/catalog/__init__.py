"""Types of products and code limits, each figure with its source.

Three layers meet here: what a figure is (`figure`, `product`), how documents become products
(`schema`, `parse`), and what twin ships (`shipped`, `profile`). Users' own folders are read
elsewhere and pass through the same `parse`.
"""

from twin.catalog.catalog import Catalog, gather, merge
from twin.catalog.figure import Curve, Figure
from twin.catalog.parse import parse, parse_sources
from twin.catalog.product import Product, Source
from twin.catalog.profile import Limit, Profile, parse_profile, profile, profiles
from twin.catalog.shipped import shipped, shipped_sources

__all__ = [
    "Catalog",
    "Curve",
    "Figure",
    "Limit",
    "Product",
    "Profile",
    "Source",
    "gather",
    "merge",
    "parse",
    "parse_profile",
    "parse_sources",
    "profile",
    "profiles",
    "shipped",
    "shipped_sources",
]
