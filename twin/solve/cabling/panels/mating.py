"""What meets in links through panels: ferrules, connectors and fibres, and the order of lanes.

A link through panels is optic, cord, panel, trunk, panel, cord, optic. Panels of plain adapters let
the trunk's ferrule meet the cord's; those with ferrules of their own, cassettes, meet both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from twin.catalog import Product
from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.cassettes import made_of_panels, shuffles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import trunks_taken
from twin.solve.cabling.parts.parts import parts
from twin.solve.media.polarity import (
    GENDERS,
    POLARITIES,
    clashes,
    gender,
    optic_gender,
    wrong_polarity,
)
from twin.solve.study import Study


class Chain(NamedTuple):
    """Links of bundles through panels, whose parts are chosen, (n,): those in one trunk are one.

    Attributes
    ----------
    bundle
        Row of the bundle.
    head, upper, lower, tail
        Product rows of the optic at the upper end, of the cord there, of that at the lower end, and
        of the optic there.
    high, trunk, low
        Rows of the panel next to the upper end, of the trunk, and of the other panel.
    """

    bundle: IntArray
    head: IntArray
    upper: IntArray
    high: IntArray
    trunk: IntArray
    low: IntArray
    lower: IntArray
    tail: IntArray


class Wrong(NamedTuple):
    """What of each chain is wrong, (n,): how many joints, and whether some are not known."""

    found: IntArray
    unknown: BoolArray


class Ferrules(NamedTuple):
    """What a part shows where it meets another, one for each row of its table and one of none.

    Attributes
    ----------
    gender
        Place in `GENDERS`, -1 not known.
    connector, fibre
        Numbers of words, -1 not known.
    """

    gender: IntArray
    connector: IntArray
    fibre: IntArray

    def of(self, rows: IntArray) -> Ferrules:
        """Those of some rows."""
        return Ferrules(*(column[rows] for column in self))


def chains(study: Study) -> Chain:
    """All links through panels that stand and whose medium is chosen, over each trunk they take."""
    piece, part, taken = study(pieces), study(parts), study(trunks_taken)
    chosen = study(bundles).wanted & (part.medium >= 0)
    each = chosen[taken.bundle]
    mine = taken.bundle[each]
    return Chain(
        mine, part.head[mine], part.cable[mine], piece.high_panel[mine], taken.trunk[each],
        piece.low_panel[mine], part.single[mine], part.tail[mine],
    )  # fmt: skip


class Joint(NamedTuple):
    """A place at which two parts of each chain meet.

    Attributes
    ----------
    what
        The two parts, with {trunk} and {panel} for their ids.
    panel
        (n,) row of the panel next to it.
    there
        (n,) chains that have this joint.
    left, right
        Ferrules of both parts, (n,).
    """

    what: str
    panel: IntArray
    there: BoolArray
    left: Ferrules
    right: Ferrules


def joints(study: Study) -> tuple[Joint, ...]:
    """Joints of the chains, from the upper end, then from the lower."""
    c, out = study(chains), []
    every = np.ones(len(c.bundle), dtype=bool)
    trunk = study(trunk_ferrules).of(c.trunk)
    for end, optic, made, panel in (
        ("upper", c.head, c.upper, c.high), ("lower", c.tail, c.lower, c.low)
    ):  # fmt: skip
        cord = study(cord_ferrules).of(made)
        plain = study(front_ferrules).gender[panel] < 0
        front, rear = (
            _of_fibre(study(side).of(panel), cord.fibre) for side in (front_ferrules, rear_ferrules)
        )
        of_optic = study(optic_ferrules).of(optic)
        out += [
            Joint(f"optic and cord at the {end} end", panel, every, of_optic, cord),
            Joint("cord and trunk {trunk} at panel {panel}", panel, plain, cord, trunk),
            Joint("cord and front of panel {panel}", panel, ~plain, cord, front),
            Joint("back of panel {panel} and trunk {trunk}", panel, ~plain, rear, trunk),
        ]
    return tuple(out)


def ill_mated(study: Study) -> Wrong:
    """Joints of each chain that do not mate: both with pins or both without, or unlike parts."""
    met = [_only(each.there, _met(each.left, each.right)) for each in study(joints)]
    bad, unknown = (np.array(each, dtype=bool) for each in zip(*met, strict=True))
    return Wrong(bad.sum(axis=0), np.asarray(unknown.any(axis=0)))


def why_ill_mated(study: Study, rows: IntArray) -> list[str]:
    """Say of some chains which of their joints do not mate, and why."""
    c = study(chains)
    trunks, panels = (study.table(kind).ids.tolist() for kind in ("trunk", "panel"))
    said: list[list[str]] = [[] for _ in rows]
    for each in study(joints):
        bad = _only(each.there, _met(each.left, each.right))[0][rows]
        for k in np.flatnonzero(bad).tolist():
            row = int(rows[k])
            names = {"trunk": trunks[c.trunk[row]], "panel": panels[each.panel[row]]}
            said[k].append(f"{each.what.format(**names)} ({_why(study, each, row)})")
    return ["; ".join(words) for words in said]


def _why(study: Study, joint: Joint, row: int) -> str:
    """Say why one joint does not mate."""
    words, out = study(_vocabulary), []
    left, right = (tuple(int(x[row]) for x in side) for side in (joint.left, joint.right))
    if left[0] == right[0] and left[0] in _PINS:
        out.append(_PINS[left[0]])
    for a, b, what in ((left[1], right[1], ""), (left[2], right[2], " fibre")):
        if min(a, b) >= 0 and a != b:
            out.append(f"{words[a]} and {words[b]}{what}")
    return ", ".join(out)


_PINS = {GENDERS.index("male"): "both have pins", GENDERS.index("female"): "neither has pins"}


def uncrossed(study: Study) -> Wrong:
    """Whether the lanes of each chain fail to cross over: of parallel fibres alone."""
    c = study(chains)
    types = np.stack([
        study(cord_polarity)[c.upper], study(panel_polarity)[c.high],
        study(trunk_polarity)[c.trunk], study(panel_polarity)[c.low],
        study(cord_polarity)[c.lower],
    ])  # fmt: skip
    n = len(c.bundle)
    link = np.tile(np.arange(n), len(types))
    wrong, unknown = wrong_polarity(link, types.ravel(), n)
    parallel = study(cord_ferrules).gender[c.upper] != GENDERS.index("none")
    return Wrong((wrong & parallel).astype(np.int64), unknown & parallel)


def _met(left: Ferrules, right: Ferrules) -> tuple[BoolArray, BoolArray]:
    """Joints that do not mate for certain, and joints of which that is not known."""
    bad, unknown = clashes(left.gender, right.gender)
    for mine, theirs in ((left.connector, right.connector), (left.fibre, right.fibre)):
        bare = (mine < 0) | (theirs < 0)
        bad |= (mine != theirs) & ~bare
        unknown |= bare
    return bad, unknown & ~bad


def _of_fibre(panel: Ferrules, fibre: IntArray) -> Ferrules:
    """Take a panel of which nobody says its fibre to be of the cord's: the trunk decides."""
    return panel._replace(fibre=np.where(panel.fibre < 0, fibre, panel.fibre))


def _only(rows: BoolArray, met: tuple[BoolArray, BoolArray]) -> tuple[BoolArray, BoolArray]:
    return met[0] & rows, met[1] & rows


def cord_ferrules(study: Study) -> Ferrules:
    """Ferrules of products as cords and trunks."""
    return _ferrules(study, _products(study), gender)


def optic_ferrules(study: Study) -> Ferrules:
    """Ferrules of products as optics."""
    return _ferrules(study, _products(study), optic_gender)


def trunk_ferrules(study: Study) -> Ferrules:
    """Ferrules of trunks: their own gender, else their product's."""
    made = study.site.rows_of("product", study.table("trunk")["type"])
    found = study(cord_ferrules).of(np.append(made, -1))
    return found._replace(gender=_own(study, "trunk", "gender", GENDERS, found.gender))


def front_ferrules(study: Study) -> Ferrules:
    """Ferrules of panels that meet cords; no gender where these are plain adapters."""
    return _panel_ferrules(study, "gender", "connector")


def rear_ferrules(study: Study) -> Ferrules:
    """Ferrules of panels that meet trunks: where nobody says, those that meet cords."""
    found = _panel_ferrules(study, "rear_gender", "rear_connector")
    front = study(front_ferrules)
    return Ferrules(*(np.where(a < 0, b, a) for a, b in zip(found, front, strict=True)))


def _panel_ferrules(study: Study, name: str, connector: str) -> Ferrules:
    def sex(part: Product) -> int:
        return gender(part, name)

    made = _ferrules(study, made_of_panels(study), sex, connector)
    return made._replace(gender=_own(study, "panel", name, GENDERS, made.gender))


def cord_polarity(study: Study) -> IntArray:
    """(products + 1,) polarity of products as cords and trunks, place in `POLARITIES`."""
    return _words(_products(study), "polarity", POLARITIES)


def trunk_polarity(study: Study) -> IntArray:
    """(trunks + 1,) polarity of trunks: their own, else their product's."""
    made = study.site.rows_of("product", study.table("trunk")["type"])
    return _own(study, "trunk", "polarity", POLARITIES, study(cord_polarity)[np.append(made, -1)])


def panel_polarity(study: Study) -> IntArray:
    """(panels + 1,) type of the adapters of panels; a shuffle's order no type says."""
    made = np.where(study(shuffles), -1, _words(made_of_panels(study), "polarity", POLARITIES))
    return _own(study, "panel", "polarity", POLARITIES, made)


def _products(study: Study) -> list[Product | None]:
    """Products by row, and none at the end."""
    ids = study.site.tables["product"].ids.tolist()
    return [*(study.site.catalog.products[str(name)] for name in ids), None]


def _ferrules(
    study: Study, made: Sequence[Product | None], sex: Callable[[Product], int],
    connector: str = "connector",
) -> Ferrules:  # fmt: skip
    genders = [-1 if part is None else sex(part) for part in made]
    names = study(_vocabulary)
    return Ferrules(
        np.array(genders, dtype=np.int64), _words(made, connector, names),
        _words(made, "fibre", names),
    )  # fmt: skip


def _vocabulary(study: Study) -> list[str]:
    """Words for connectors and fibres of all products."""
    keys = ("connector", "rear_connector", "fibre")
    return sorted({p.text[k] for p in _products(study) if p is not None for k in keys
                   if k in p.text})  # fmt: skip


def _words(made: Sequence[Product | None], name: str, known: Sequence[str]) -> IntArray:
    """Place of a text of each product among known words, -1 none."""
    texts = ["" if part is None else part.text.get(name, "") for part in made]
    return np.array([known.index(text) if text in known else -1 for text in texts], dtype=np.int64)


def _own(study: Study, kind: str, column: str, words: Sequence[str], made: IntArray) -> IntArray:
    """Return what things of a kind say, else what their product does, and -1 at the end."""
    own = np.asarray(study.table(kind)[column], dtype=np.str_).tolist()
    said = np.array([*(words.index(w) if w else -1 for w in own), -1], dtype=np.int64)
    return np.where(said >= 0, said, made)
