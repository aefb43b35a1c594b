"""CAB101: cables in the fullest place of each tray against what may lie in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Budget, Input
from twin.checks.network.ports import ports_figure
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.links import links
from twin.solve.cabling.tray_fill import section_m2, tray_shares
from twin.solve.limits import Owned, limit
from twin.solve.study import Study

_KINDS = ("tray", "riser")


@rule(
    "CAB101",
    role="gate",
    severity="error",
    unit="1",
    message="cables would take {demand} of the section of {kind} {subject}, {limit} may be taken;"
    " the cables of {fit} of {on} racks fit",
    fix="raise width_m or depth_m of {kind} {subject}, hang a second one, choose a thinner medium,"
    " or lead some racks another way",
    source="TIA-569-C as makers quote it (0.4 as first installed), NEC 392.22 as tabulated (0.5)",
)
def tray_overfilled(study: Study) -> Iterator[Budget]:
    """Cables take more of a tray's section than its fill limit.

    Why it matters
    --------------
    Round cables at half of the section fill a tray to its brim. What lies below can be neither
    cooled nor replaced, and the last racks' cables find no place.

    Method
    ------
    A fabric says how many links join which rack, leaf, spine and core; by hand, each rack's ports
    are spread evenly over the switches of its drop. A link is one cable, which takes the shortest
    way along the trays. In each piece of tray between two drop-outs the sections pi/4 od^2 add up,
    over width times depth (at most 150 mm of it); the fullest piece speaks for its tray. Risers
    and ways between halls count alike. The limit is the tray's own fill_limit, else tray_fill of
    the code profile. Worked number: 2 x 12 in at 0.5 takes 124.7 cables of 0.35 in.

    Does not cover
    --------------
    Cables of other networks and of power in the same tray, trunks that join many links in one
    sheath, splitters, height of the stack, weight, and spreading over parallel trays: all cables
    between two places take the one shortest way. The diameter is that of the switch's medium:
    where it names an optic, name the cable or assume the optic's od_m.

    See also
    --------
    CAB301, CAB302.
    """
    shares, general = study(tray_shares), limit(study, "tray_fill")
    layout = Owned(np.nan, "fill_limit of the layout", judged=False)
    own = np.concatenate([study.table(kind)["fill_limit"] for kind in _KINDS])[shares.tray]
    riser = shares.tray >= len(study.table("tray"))
    for kind, mine in zip(_KINDS, (~riser, riser), strict=True):
        for rows, who in ((mine & ~np.isnan(own), layout), (mine & np.isnan(own), general)):
            if rows.any():
                limits = np.where(np.isnan(own), general.value, own)[rows]
                yield _budget(study, kind, rows, limits, who)


def _budget(study: Study, kind: str, rows: BoolArray, limits: FloatArray, who: Owned) -> Budget:
    shares = study(tray_shares)
    number = np.cumsum(rows) - 1
    mine = rows[shares.row]
    tray, row, rack = shares.tray[rows], shares.row[mine], shares.rack[mine]
    section = study(section_m2)
    n = len(tray)
    subject = tray - (len(study.table("tray")) if kind == "riser" else 0)
    return Budget(
        kind=kind,
        subject=subject,
        case=np.zeros(n, dtype=np.int64),
        limit=np.where(np.isnan(section[tray]), np.nan, limits),
        base=shares.between_m2[rows] / section[tray],
        rack=rack,
        row=number[row],
        coefficient=shares.area_m2[mine] / section[shares.tray[row]],
        amount=np.ones(len(study(links).ports)),
        onto=np.full(n, -1),
        rack_inputs=(ports_figure(study), *_media(study)),
        row_inputs=(
            own_figure(study, kind, "width_m", subject),
            own_figure(study, kind, "depth_m", subject),
            *_between(study, np.isnan(shares.between_m2[rows])),
        ),
        owner=who.owner,
        judged=who.judged,
    )


def _media(study: Study) -> tuple[Input, Input]:
    """Per rack: the first switch without a medium, and the first medium without a diameter."""
    bundle = study(bundles)
    (bare, switch), (thin, medium) = _lacking(study)
    of_rack = bundle.rack >= 0
    return (
        _first(study, "switch", "medium", switch, bare & of_rack),
        _first(study, "product", "od_m", medium, thin & of_rack),
    )


def _between(study: Study, lacks: BoolArray) -> tuple[Input, Input]:
    """Per row that lacks one: the first figure that some cables between switches lack."""
    of_switch = study(bundles).rack < 0
    out = []
    for (bad, rows), (kind, column) in zip(
        _lacking(study), (("switch", "medium"), ("product", "od_m")), strict=True
    ):
        first = rows[bad & of_switch][:1]
        row = np.where(lacks, first[0] if len(first) else -1, -1)
        out.append(Input(kind, column, row, np.zeros(len(row), dtype=bool)))
    return out[0], out[1]


def _lacking(study: Study) -> tuple[tuple[BoolArray, IntArray], tuple[BoolArray, IntArray]]:
    """Bundles without a medium, by switch, and those whose medium has no diameter, by product."""
    bundle = study(bundles)
    thin = np.isnan(np.append(study.table("product")["od_m"], np.nan)[bundle.medium])
    return (
        (bundle.wanted & (bundle.medium < 0), bundle.switch),
        (bundle.wanted & thin & (bundle.medium >= 0), bundle.medium),
    )


def _first(study: Study, kind: str, column: str, rows: IntArray, bad: BoolArray) -> Input:
    """Figure that some links of racks lack: the first row that lacks it, -1 where none does."""
    out = np.full(len(study.table("rack")), -1, dtype=np.int64)
    out[study(bundles).rack[bad][::-1]] = rows[bad][::-1]
    return Input(kind, column, out, np.zeros(len(out), dtype=bool))
