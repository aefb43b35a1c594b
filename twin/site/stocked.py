"""Lists of lengths in stock, as the language of change sets them: `data.stock_m.<product>`."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from twin.errors import ChangeError, near
from twin.model.base import Positive
from twin.model.change import Change
from twin.site.site import Site

STOCK = ["data", "stock_m"]
"""Parts of the path that lead to the lists."""
_SIZES: TypeAdapter[list[float]] = TypeAdapter(list[Positive])


def is_stock(pieces: Sequence[str]) -> bool:
    """Whether the parts of a path name a list of stock."""
    return list(pieces[: len(STOCK)]) == STOCK


def change_stock(site: Site, pieces: Sequence[str], one: Change) -> Site:
    """Return the site with the lengths in stock of one product set, or its list taken away.

    Parameters
    ----------
    pieces
        Parts of the path behind `data.stock_m`.
    """
    if len(pieces) != 1 or one.do not in {"set", "remove"}:
        message = "should be set as data.stock_m.<product> = [<m>, ...], or removed"
        raise ChangeError(message, path=one.path)
    (name,) = pieces
    lists = dict(site.stock_m)
    if one.do == "remove":
        if name not in lists:
            raise ChangeError("the layout lists none of it", one.path, near(name, lists))
        del lists[name]
        return site.replace(stock_m=lists)
    known = [p.id for p in site.catalog.products.values() if p.kind in {"cable", "trunk"}]
    if name not in known:
        message = f'there is no cable or trunk "{name}" in the catalog'
        raise ChangeError(message, path=one.path, near=near(name, known))
    value = one.value if isinstance(one.value, list | tuple) else [one.value]
    try:
        lists[name] = tuple(_SIZES.validate_python(list(value)))
    except ValidationError as error:
        message = f"{value} are no lengths; write metres above 0, as in [3, 5, 10]"
        raise ChangeError(message, path=one.path) from error
    return site.replace(stock_m=lists)
