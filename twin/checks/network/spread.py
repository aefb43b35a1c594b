"""How racks' links are spread over the rails or the planes of their networks: whole, or not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.links.links import links
from twin.solve.study import Study

_NEAR = 1e-9
"""How far below its fair part what is spread evenly may be by rounding."""


class _Ends(NamedTuple):
    """Links of networks of several parts, (m,).

    Attributes
    ----------
    network
        (3, m) row of the rack, row of the fabric, -1 by hand, and whether the drop is by hand.
    switch
        Row of the switch on which they end.
    weight
        How many they are, or by hand which part of the rack's.
    parts
        How many parts the network has.
    """

    network: IntArray
    switch: IntArray
    weight: FloatArray
    parts: FloatArray


def spread(study: Study, column: str, owner: str) -> Measure:
    """Parts of each rack's network that have their fair share of its links, of all that there are.

    Rails are looked at plane by plane.

    Parameters
    ----------
    column
        What switches say: `rail` or `plane`.
    owner
        Who says how many there are.
    """
    ends = _ends(study, column)
    part = _said(study, column)[ends.switch]
    plane, planes = np.zeros(len(part)), np.ones(len(part))
    if column == "rail":
        plane, planes = _said(study, "plane")[ends.switch], _parts(study, "plane")[ends.network[1]]
        plane = np.where(planes > 1, plane, 0.0)
    # A switch of which nobody says it may be of any of them; a spine is of no rail.
    above = np.isin(np.asarray(study.table("switch")["tier"])[ends.switch], ("spine", "core"))
    lacks = [_lacking(ends, np.isnan(part) & ~above), _lacking(ends, np.isnan(plane))]
    side = np.nan_to_num(plane).astype(np.int64)
    group, first, of = np.unique(
        np.concatenate([ends.network, side[None]]), axis=1, return_index=True, return_inverse=True
    )
    whole = _whole(of.ravel(), part, ends.weight, ends.parts[first])
    silent = [lack[first] for lack in lacks]
    dim = (silent[0] >= 0) | (silent[1] >= 0)
    return Measure(
        kind="rack",
        subject=group[0],
        demand=np.where(dim, np.nan, whole),
        limit=ends.parts[first],
        sense="min",
        scale=np.full(len(first), np.nan),
        other=study.site.subject("switch", ends.switch[first]),
        inputs=(
            own_figure(study, "switch", column, silent[0]),
            own_figure(study, "switch", "plane", silent[1]),
        ),
        owner=owner,
    )


def _said(study: Study, column: str) -> FloatArray:
    """(switches,) what switches say, NaN nothing."""
    return np.asarray(study.table("switch")[column], dtype=float)


def _parts(study: Study, column: str) -> FloatArray:
    """(fabrics + 1,) rails or planes of each fabric, and last of the switches by hand."""
    said = _said(study, column)
    by_hand = study.site.rows_of("fabric", study.table("switch")["fabric"]) < 0
    own = np.unique(said[by_hand & ~np.isnan(said)])
    return np.append(np.asarray(study.table("fabric")[f"{column}s"], dtype=float), len(own))


def _ends(study: Study, column: str) -> _Ends:
    link, parts = study(links), _parts(study, column)
    owner = study.site.rows_of("fabric", study.table("switch")["fabric"])
    fabric = owner[link.switch]
    row = np.flatnonzero(link.wanted & study.here[link.rack] & (parts[fabric] > 1))
    counted = link.fabric[row] >= 0
    return _Ends(
        network=np.stack([link.rack[row], fabric[row], ~counted]),
        switch=link.switch[row],
        weight=np.where(counted, link.count[row], link.share[row]),
        parts=parts[fabric[row]],
    )


def _lacking(ends: _Ends, dim: BoolArray) -> IntArray:
    """(m,) a switch of the same network that does not say it, -1 none."""
    _, of = np.unique(ends.network, axis=1, return_inverse=True)
    silent = np.full(int(of.max(initial=-1)) + 1, -1, dtype=np.int64)
    silent[of.ravel()[dim]] = ends.switch[dim]
    return np.asarray(silent[of.ravel()])


def _whole(of: IntArray, part: FloatArray, weight: FloatArray, parts: FloatArray) -> FloatArray:
    """(n,) parts of each group of links that have at least their fair share of them.

    Parameters
    ----------
    of, part, weight
        (m,) group and part of each link, and how many they are.
    parts
        (n,) how many parts there are.
    """
    said = ~np.isnan(part)
    each, which = np.unique(
        np.stack([of[said], part[said].astype(np.int64)]), axis=1, return_inverse=True
    )
    there = np.bincount(which.ravel(), weight[said], minlength=each.shape[1])
    fair = np.bincount(of, weight, minlength=len(parts)) / parts
    enough = each[0][there >= fair[each[0]] * (1.0 - _NEAR)]
    return np.bincount(enough, minlength=len(parts)).astype(float)
