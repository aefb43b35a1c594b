"""CAB403: a link of a fabric that no cable and no optics serve."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from twin.checks.cabling.way_inputs import unit_inputs, way_inputs
from twin.checks.inputs import own_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import Array, BoolArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.parts.bare import bare_products, unjudged
from twin.solve.cabling.parts.parts import parts
from twin.solve.cabling.parts.unplaced import short_enough, unplaced
from twin.solve.cabling.parts.unserved import unserved
from twin.solve.study import Study


@rule(
    "CAB403",
    role="gate",
    severity="error",
    unit="bundles",
    message="no cable and no optics fit both ends of links from {kind} {subject} and reach so far"
    " (bundles: {demand}): {owner}",
    fix="let the fabric take other media (media, fibre, medium, up_medium), split its ports"
    " otherwise (split, gbps, radix), say the cages of its nodes (node_cage, node_cage_ports) and"
    " managers (manager_cage), bring switches nearer, or add lengths to data.stock_m",
    source="cages, plugs and reach that the makers of switches, cables and optics publish",
)
def no_medium(study: Study) -> Iterator[Measure]:
    """Nothing in the catalog joins the two ends of a link of a fabric.

    Why it matters
    --------------
    A plug that does not go into its cage, or a length that nobody makes, shows on the day on which
    a rack is to be cabled; what fits has weeks of lead time.

    Method
    ------
    For each bundle of links of a fabric the media of the catalog are tried: moulded cables, and
    fibre between two optics. One serves that carries the speed of the link, whose plugs go into
    the cages at both ends and use them whole, whose fibre and parts the fabric allows, and which
    reaches the length that is needed, in a length that is in stock. Two links in one cage get the
    same plug. Of those that serve the fabric's order decides, else the least power, then the
    least price. One row for each rack, and for each switch with uplinks: bundles for which none
    serves, at most 0. Where the form of a cage or a reach is not published, a medium that else
    serves is taken, and whether it does is not known; nor is it of a medium that the fabric names
    and of which nobody says plug or rate, such as a cable of no maker. Where nobody knows at which
    unit a switch or panel stands its cords are taken to run down its whole rack: where
    nothing serves so far and something less, it is not known.

    Does not cover
    --------------
    Drops that are written by hand, which say their medium. Lead times; what a list of lengths that
    a maker shows leaves out (data.stock_m says what is in stock).

    See also
    --------
    CAB301, NET401.
    """
    bundle, part = study(bundles), study(parts)
    made = (part.class_of >= 0) | study(unjudged)
    mine = np.flatnonzero(bundle.wanted & made & ~np.isinf(part.needed_m))
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        yield _of(study, kind, mine[end[mine] >= 0], end)


def _of(study: Study, kind: str, mine: IntArray, end: IntArray) -> Measure:
    part, n = study(parts), len(study.table(kind))
    plain = study(unjudged)[mine]
    far = np.isnan(part.needed_m[mine]) & ~plain
    unserved_ = (part.medium[mine] < 0) & ~far & ~plain
    loose = np.zeros(len(mine), dtype=bool)
    loose[unserved_] = short_enough(study, mine[unserved_])
    bare = unserved_ & ~loose
    dim = (part.medium[mine] >= 0) & ~part.sure[mine]
    none = np.bincount(end[mine], bare, minlength=n).astype(float)
    unknown = np.bincount(end[mine], dim | far | plain | loose, minlength=n) > 0
    subject = np.unique(end[mine])
    return Measure(
        kind=kind,
        subject=subject,
        demand=np.where(unknown, np.nan, none)[subject],
        limit=np.zeros(len(subject)),
        sure=none[subject],
        inputs=(
            *_inputs(study, mine, end, subject, dim, far),
            *_units(study, mine[loose], end, subject),
        ),
        owner=_asked(study, mine[bare], end, subject),
    )


def _units(study: Study, loose: IntArray, end: IntArray, subject: IntArray) -> Iterator[Input]:
    """Say of each subject which unit is not known of the first of its bundles that lack one."""
    first = np.full(int(end.max(initial=-1)) + 1, -1, dtype=np.int64)
    first[end[loose][::-1]] = study(unplaced)[loose][::-1]
    yield from unit_inputs(study, first[subject])


def _asked(study: Study, bare: IntArray, end: IntArray, subject: IntArray) -> Array:
    """(m,) of each subject what the first of its bundles asks for, and what comes nearest."""
    words = np.full(int(end.max(initial=-1)) + 2, "cages, plugs and reach", dtype=object)
    for found in reversed(unserved(study, bare)):
        words[end[found.bundles]] = str(found)
    return words[subject].astype(np.str_)


def _inputs(
    study: Study, mine: IntArray, end: IntArray, subject: IntArray, dim: BoolArray, far: BoolArray
) -> tuple[Input, ...]:
    """What is missing: a switch's place, trays and heights, the cages of nodes, a cable's reach."""
    site, bundle, part = study.site, study(bundles), study(parts)
    size = int(end.max(initial=-1)) + 1
    fabric = site.rows_of("fabric", study.table("switch")["fabric"])[bundle.switch[mine]]
    formless = np.array([not c.tail.form for c in part.classes] + [False], dtype=bool)
    cage = dim & formless[part.class_of[mine]]
    nowhere = far & (bundle.host[mine] < 0)

    def first(rows: IntArray, bad: BoolArray) -> IntArray:
        out = np.full(size, -1, dtype=np.int64)
        out[end[mine][bad][::-1]] = rows[bad][::-1]
        return out[subject]

    none = np.zeros(len(subject), dtype=bool)
    of_ways = [
        Input(i.kind, i.column, first(i.rows, far & ~nowhere & ~i.known & (i.rows >= 0)), none)
        for i in way_inputs(study, mine)
    ]
    return (
        own_figure(study, "switch", "position", first(bundle.switch[mine], nowhere))._replace(
            known=none
        ),
        *of_ways,
        Input("fabric", "node_cage", first(fabric, cage & ~bundle.manager[mine]), none),
        Input("fabric", "manager_cage", first(fabric, cage & bundle.manager[mine]), none),
        Input("product", "reach_m", first(part.cable[mine], dim & ~cage), none),
        *_of_products(study, mine, first),
    )


def _of_products(
    study: Study, mine: IntArray, first: Callable[[IntArray, BoolArray], IntArray]
) -> Iterator[Input]:
    """What is missing of media that fabrics name: of the product, else the medium itself."""
    bundle, plain, lacks = study(bundles), study(unjudged)[mine], study(bare_products)
    medium = bundle.medium[mine]
    figure = np.array([lacks.get(m, ("",))[0] for m in medium.tolist()])
    for column in sorted({*figure[plain].tolist()} - {""}):
        rows = first(medium, plain & (figure == column))
        yield Input("product", column, rows, np.zeros(len(rows), dtype=bool))
    rows = first(bundle.switch[mine], plain & (figure == ""))
    yield Input("switch", "medium", rows, np.zeros(len(rows), dtype=bool))
