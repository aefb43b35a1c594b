"""What racks must be after losses, as the owner's policy says it by class: names and changes."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np
from pydantic import ValidationError

from twin.catalog.schema import CLASSES
from twin.errors import ChangeError, near, shown
from twin.model.change import Change
from twin.model.policy import Capped, LossKind, Policy
from twin.site.table import StrArray

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog
    from twin.site.site import Site

BY_KIND: Final = ("losses", "work")
SINGLE: Final = ("work_fault", "pairs")
SECTIONS: Final = (*BY_KIND, "classes", *SINGLE, "single_path_h")
_KINDS: Final[tuple[str, ...]] = get_args(LossKind)
_DEPTH: Final = {**dict.fromkeys(BY_KIND, 2), "classes": 3, **dict.fromkeys(SINGLE, 1),
                 "single_path_h": 1}  # fmt: skip
"""Parts of a path to one outcome, the section included."""


def known_classes(catalog: Catalog) -> list[str]:
    """Return what a policy may name under classes: classes of racks, and single rack types."""
    return [*CLASSES, *(p.id for p in catalog.of("rack"))]


def class_of_racks(site: Site) -> StrArray:
    """Return the name under `policy.classes` that each rack falls under, (racks,); "" none.

    A rack's own type goes before the class that the catalog gives that type.
    """
    said = site.policy.classes
    products = site.tables["product"].ids.tolist()
    names = [_class_of(site, name, said) for name in products]
    rows = site.rows_of("product", site.tables["rack"]["type"])
    return np.array([*names, ""], dtype=np.str_)[rows]


def _class_of(site: Site, product: str, said: Mapping[str, object]) -> str:
    if product in said:
        return product
    known = site.catalog.products.get(product)
    name = known.text.get("class", "") if known is not None and known.kind == "rack" else ""
    return name if name in said else ""


def change_outcome(site: Site, pieces: Sequence[str], one: Change) -> Site:
    """Return the site with what its policy says of losses set, scaled or removed.

    Parameters
    ----------
    site
        Whose policy.
    pieces
        The parts of the path behind `policy`: losses.<kind>, work.<kind>, classes.<class>.<kind>,
        work_fault, pairs or single_path_h, and for an outcome that caps one of its fields.
    one
        The change.
    """
    depth = _DEPTH[pieces[0]]
    fields = Capped.model_fields if pieces[0] != "single_path_h" else {}
    if one.do == "add":
        raise ChangeError("cannot be a copy; set it", path=one.path)
    if not depth <= len(pieces) <= depth + bool(fields):
        raise ChangeError(f"should read {_written(pieces[0])}", path=one.path)
    if len(pieces) > depth and pieces[depth] not in fields:
        guess = near(pieces[depth], fields)
        raise ChangeError(f"an outcome has no {shown(pieces[depth])}", one.path, guess)
    document = site.policy.model_dump()
    for keys in _found(site, document, pieces, one):
        _change(document, keys, one)
    try:
        policy = Policy.model_validate(document)
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        told = f"{shown(one.value)} does not fit; {said[:1].lower()}{said[1:]}"
        raise ChangeError(told, path=one.path) from error
    return site.replace(policy=sorted_outcomes(policy))


def sorted_outcomes(policy: Policy) -> Policy:
    """Return the policy with its outcomes in order, so that the order of writing means nothing."""
    tables: dict[str, Any] = {k: dict(sorted(getattr(policy, k).items())) for k in BY_KIND}
    tables["classes"] = {k: dict(sorted(v.items())) for k, v in sorted(policy.classes.items())}
    return policy.model_copy(update=tables)


def _written(section: str) -> str:
    return f"policy.{section}" + {"classes": ".<class>.<kind>", "losses": ".<kind>",
                                  "work": ".<kind>"}.get(section, "")  # fmt: skip


def _found(
    site: Site, document: Mapping[str, Any], pieces: Sequence[str], one: Change
) -> list[list[str]]:
    """Return the keys that a path means; a class or kind may be a glob over what is said."""
    found: list[list[str]] = [[pieces[0]]]
    depth = _DEPTH[pieces[0]]
    for at in range(1, depth):
        names = _KINDS if at == depth - 1 else known_classes(site.catalog)
        longer: list[list[str]] = []
        for keys in found:
            written = _node(document, keys) or {}
            here = fnmatch.filter(sorted(written), pieces[at]) or [pieces[at]]
            if here[0] not in names:
                what = "kind of loss" if at == depth - 1 else "class of racks"
                guess = near(here[0], names)
                raise ChangeError(f"there is no {what} {shown(here[0])}", one.path, guess)
            longer += [[*keys, name] for name in here]
        found = longer
    return [[*keys, *pieces[depth:]] for keys in found]


def _node(document: Mapping[str, Any], keys: Sequence[str]) -> Any:  # noqa: ANN401 - a document's
    node: Any = document
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _change(document: dict[str, Any], keys: Sequence[str], one: Change) -> None:
    """Change one value of a policy that stands as a document."""
    old = _node(document, keys)
    *above, last = keys
    node: Any = document
    for key in above:
        node = node.setdefault(key, {}) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        raise ChangeError("the policy caps nothing there", path=one.path)
    if one.do == "set":
        node[last] = one.value
    elif old is None:
        raise ChangeError("the policy does not say it", path=one.path)
    elif one.do == "remove":
        del node[last]
    else:
        node[last] = _scaled(old, one)


def _scaled(old: object, one: Change) -> float:
    factor = one.value
    if isinstance(old, bool) or not isinstance(old, int | float):
        raise ChangeError(f"{shown(old)} has no scale", path=one.path)
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        raise ChangeError(f"{shown(factor)} is no factor", path=one.path)
    return old * factor
