"""The owner's policy against the catalog and the code profile, and changes of it."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from twin import units
from twin.catalog.schema import CLASSES
from twin.errors import ChangeError, near, shown
from twin.model.change import Change
from twin.model.policy import Capped, Policy
from twin.site.faults import Fault
from twin.site.outcomes import SECTIONS, change_outcome, known_classes, sorted_outcomes

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog
    from twin.catalog.profile import Profile
    from twin.site.site import Site

OF_THE_OWNER: Final[Mapping[str, str]] = {
    "air_rise_k": "K",
    "chain_efficiency_pct": "%",
    "sprinkler_clear_m": "m",
    "whip_slack_m": "m",
    "large_load_kw": "kW",
    "large_load_compute": "1",
    "swing_kw": "kW",
    "oversubscription_storage_fabric": "1",
    "oversubscription_converged_fabric": "1",
    "oversubscription_in_band_fabric": "1",
    "oversubscription_out_of_band_fabric": "1",
    "tier": "count",
    "commissioned_level": "count",
    "cable_spares": "1",
    "optic_spares": "1",
    "link_delay_ns": "ns",
    "pue": "1",
    "wue_l_per_kwh": "1",
}
"""Limits that rules read and that a code profile may lack, with their unit: the design rise of
the air through racks and the efficiency of the power chain are choices and no code's; the plane
under sprinklers is the law of some countries only; what a grid asks of large loads and allows them
to swing stands in its contract; by how much a network but that of the accelerators may be slowed
is a choice; the tier that is declared and the level of commissioning are the owner's own, and so
are spares, as a part of what is built in, what delay a link may have, and what power and water a
site may draw for that of its racks."""

_MAY_BE_NONE = (
    "_clear_m", "_margin_m", "_margin_k", "_length_m", "_leak", "_margin", "_contained", "_open",
    "_spares",
)  # fmt: skip
"""Endings of limits that may be 0: clearances, margins, added lengths and what leaks."""
_ABOVE_ONE = ("oversubscription_", "pue", "wue_")
"""Beginnings of factors that may be above 1 although the profile says 1."""
UNCAPPED: Final = ("module", "bypass")
"""Losses that leave every rack its supplies: no cap acts on them."""
_MAPS = ("limits", "provisioned_kw")


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong with a name or a value of the policy."""

    message: str
    expected: str
    near: str | None = None


def faults_of(policy: Policy, profile: Profile, catalog: Catalog) -> Iterator[Fault]:
    """Yield what the policy names and nobody knows, and values that no limit may have."""
    for name, value in policy.limits.items():
        wrong = _limit(profile, name, value)
        if wrong:
            yield _fault("limits", name, value, wrong)
    for name, cap in policy.provisioned_kw.items():
        wrong = _cap(catalog, name, cap)
        if wrong:
            yield _fault("provisioned_kw", name, cap, wrong)
    for section, losses in (
        ("losses", policy.losses),
        ("work", policy.work),
        *((f"classes.{name}", own) for name, own in policy.classes.items()),
    ):
        for kind in UNCAPPED:
            if isinstance(losses.get(kind), Capped):
                yield _fault(section, kind, "capped", _NO_CAP)
    for name in policy.classes:
        wrong = _class(catalog, name)
        if wrong:
            yield _fault("classes", name, name, wrong)
    for number, name in enumerate(policy.adopt):
        wrong = _adopted(profile, name)
        if wrong:
            yield _fault("adopt", str(number), name, wrong)


_NO_CAP = _Wrong(
    "no cap is looked at after this loss: every rack keeps its supplies",
    '"full" or "may go dark"',
)


def _fault(section: str, name: str, value: object, wrong: _Wrong) -> Fault:
    return Fault("policy", section, name, value, wrong.message, wrong.expected, wrong.near)


def _limit(profile: Profile, name: str, value: float) -> _Wrong | None:
    """Return what is wrong with a limit that the owner replaces; its value in its unit."""
    if name not in profile.limits and name not in OF_THE_OWNER:
        known = [*profile.limits, *OF_THE_OWNER]
        message = f"{profile.id} has no limit {shown(name)}"
        return _Wrong(message, "write the name of a limit of the profile", near(name, known))
    unit = _unit(profile, name)
    if unit == "degC":
        return None if math.isfinite(value) else _Wrong(f"{value} is no number", "write a number")
    may_be_none = name.endswith(_MAY_BE_NONE)
    if not (value >= 0 if may_be_none else value > 0) or not math.isfinite(value):
        bound = "of at least 0" if may_be_none else "above 0"
        return _Wrong(f"{shown(value)} is no such limit", f"write a number {bound}")
    figure = profile.limits.get(name)
    is_share = unit == "1" and figure is not None and figure.value <= 1
    if is_share and value > 1 and not name.startswith(_ABOVE_ONE):
        return _Wrong(f"{shown(value)} is above 1", "write a share of at most 1")
    return None


def _unit(profile: Profile, name: str) -> str:
    figure = profile.limits.get(name)
    return OF_THE_OWNER.get(name, "1") if figure is None else figure.unit


def _cap(catalog: Catalog, name: str, value: float) -> _Wrong | None:
    """Return what is wrong with a cap by rack type."""
    product = catalog.products.get(name)
    if product is None or product.kind != "rack":
        racks = [p.id for p in catalog.of("rack")]
        message = f"the catalog has no rack type {shown(name)}"
        return _Wrong(message, "`twin catalog` lists all of them", _like(name, racks))
    if not 0 <= value < math.inf:
        return _Wrong(f"{shown(value)} is no cap", "write a number of at least 0 kW")
    return None


def _class(catalog: Catalog, name: str) -> _Wrong | None:
    """Return what is wrong with a name under classes."""
    known = known_classes(catalog)
    if name in known:
        return None
    message = f"there is no class of racks, and no rack type, {shown(name)}"
    return _Wrong(message, f"write {', '.join(CLASSES)} or a rack type", _like(name, known))


def _like(name: str, names: list[str]) -> str | None:
    """Return the name that was meant: one close to it, or the shortest that it begins."""
    begun = sorted((n for n in names if name and n.startswith(name)), key=lambda n: (len(n), n))
    return near(name, names) or (begun[0] if begun else None)


def _adopted(profile: Profile, name: str) -> _Wrong | None:
    judged = [n for n, limit in profile.limits.items() if limit.judged]
    if name in judged:
        return None
    known = name in profile.limits
    message = f"{profile.id} has no {'judged ' if known else ''}limit {shown(name)}"
    if known:
        message += "; it decides already"
    return _Wrong(message, "write the name of a judged limit", near(name, judged))


def in_order(policy: Policy) -> Policy:
    """Return the policy with its tables sorted, so that the order of writing means nothing."""
    tables = {k: dict(sorted(getattr(policy, k).items())) for k in _MAPS}
    ordered = policy.model_copy(update={**tables, "adopt": sorted(policy.adopt)})
    return sorted_outcomes(ordered)


def change_policy(site: Site, pieces: list[str], one: Change) -> Site:
    """Return the site with one cap, limit or outcome of its policy set, scaled or removed.

    `pieces` are the parts of the path behind `policy`; the last one may be a glob over what the
    policy says already.
    """
    if pieces and pieces[0] in SECTIONS:
        return change_outcome(site, pieces, one)
    if len(pieces) != 2 or pieces[0] not in _MAPS:  # noqa: PLR2004 - a table and a name
        guess = near(pieces[0], (*_MAPS, *SECTIONS)) if pieces else None
        message = (
            "should read policy.provisioned_kw.<rack type>, policy.limits.<name>, "
            "policy.losses.<kind>, policy.work.<kind> or policy.classes.<class>.<kind>"
        )
        raise ChangeError(message, path=one.path, near=guess)
    section, pattern = pieces
    written: dict[str, float] = getattr(site.policy, section)
    names = fnmatch.filter(sorted(written), pattern) or [pattern]
    new = dict(written)
    for name in names:
        if one.do == "remove":
            if name not in written:
                raise ChangeError("the policy does not say it", one.path, near(name, written))
            del new[name]
        else:
            new[name] = _new(site, section, name, one)
    policy = site.policy.model_copy(update={section: dict(sorted(new.items()))})
    return site.replace(policy=policy)


def _new(site: Site, section: str, name: str, one: Change) -> float:
    """Return the value of one cap or limit after a change, held to its bounds."""
    if one.do == "add":
        raise ChangeError("cannot be a copy; set it", path=one.path)
    is_cap = section == "provisioned_kw"
    unit = "kW" if is_cap else _unit(site.profile, name)
    try:
        value = _scaled(site, section, name, one) if one.do == "scale" else one.value
        number = units.convert(value, "pu" if unit in {"1", "count"} else unit)
    except LookupError as error:  # a unit of the profile that no text may carry
        raise ChangeError("takes a number without a unit", path=one.path) from error
    except ValueError as error:
        raise ChangeError(str(error), path=one.path) from error
    wrong = _cap(site.catalog, name, number) if is_cap else _limit(site.profile, name, number)
    if wrong:
        raise ChangeError(f"{wrong.message}; {wrong.expected}", one.path, wrong.near)
    return number


def _scaled(site: Site, section: str, name: str, one: Change) -> float:
    written: dict[str, float] = getattr(site.policy, section)
    theirs = site.profile.number(name) if section == "limits" else math.nan
    before = written.get(name, theirs)
    if math.isnan(before):
        known = [*written, *(site.profile.limits if section == "limits" else ())]
        raise ChangeError("nobody says it, so it has no scale", one.path, near(name, known))
    if isinstance(one.value, bool) or not isinstance(one.value, int | float):
        raise ChangeError(f"{shown(one.value)} is no factor", path=one.path)
    return before * one.value
