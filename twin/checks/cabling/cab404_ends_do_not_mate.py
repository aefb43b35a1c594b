"""CAB404: ferrules, connectors and fibres that meet in links through panels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.mated_rows import wrong_links
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray, StrArray
from twin.solve.cabling.panels.mating import (
    chains,
    cord_ferrules,
    front_ferrules,
    ill_mated,
    rear_ferrules,
    trunk_ferrules,
    why_ill_mated,
)
from twin.solve.study import Study


@rule(
    "CAB404",
    role="gate",
    severity="error",
    unit="joints",
    message="a link from {kind} {subject} to switch {other} does not mate at {demand} of its"
    " joints: {owner}",
    fix="take cords, trunks or cassettes of the other gender (gender of data.trunks and"
    " data.panels, or of a product of your own), or of the same connector and fibre",
    source="IEC 61754-7 and TIA-604-5: of two MPO ferrules one has pins; NVIDIA: cords female,"
    " trunks male",
)
def ends_do_not_mate(study: Study) -> Iterator[Measure]:
    """Two ends that meet at a panel or an optic do not go into each other.

    Why it matters
    --------------
    Two ferrules with pins break each other; two without touch beside their fibres and lose some
    decibels. A trunk is pulled months before a cord shows which it is.

    Method
    ------
    A link through panels is optic, cord, panel, trunk, panel, cord, optic. Where two MPO ferrules
    meet, one has pins (male) and the other holes (female): optics have pins, cords and trunks what
    their product says (gender), a trunk what the layout says first. A panel of plain adapters lets
    cord and trunk meet; one that says a gender, or whose cassettes do, meets the cord with it, and
    the trunk with its rear_gender. What meets must also be of one connector (MPO-12/APC does not
    meet MPO-12/UPC) and of one fibre. Where several trunks lie between two panels, links meet the
    one to which their ports lead (twin cables --panels). One row for each bundle of links and trunk
    that it takes: joints that do not mate, at most 0. Worked number: a trunk whose ends are female
    meets two female cords, two joints.

    Does not cover
    --------------
    Links of a single cord, whose medium is chosen to fit; links by hand, whose optics nobody says;
    dirt and wear; lengths of adapters.

    See also
    --------
    CAB303, CAB405.
    """
    wrong = study(ill_mated)
    yield from wrong_links(study, wrong, _inputs(study), _told(study, wrong.found))


def _told(study: Study, found: IntArray) -> StrArray:
    """(n,) what of each chain does not mate, and why."""
    bad = np.flatnonzero(found > 0)
    words = ["pins and holes of ferrules", *why_ill_mated(study, bad)]
    said, which = np.unique(words, return_inverse=True)
    place = np.full(len(found), which[0])
    place[bad] = which[1:]
    return np.asarray(said[place])


def _inputs(study: Study) -> tuple[Input, ...]:
    """Words that lack, for each of the chains."""
    c, none = study(chains), np.zeros(len(study(chains).bundle), dtype=bool)
    trunk = study(trunk_ferrules).of(c.trunk)
    made = np.append(study.site.rows_of("product", study.table("trunk")["type"]), -1)[c.trunk]
    out = [
        *(Input("product", "gender", cord, study(cord_ferrules).gender[cord] >= 0)
          for cord in (c.upper, c.lower)),
        Input("trunk", "gender", c.trunk, trunk.gender >= 0),
        Input("trunk", "type", np.where(made < 0, c.trunk, -1), none),
        Input("product", "connector", made, trunk.connector >= 0),
        Input("product", "fibre", made, trunk.fibre >= 0),
    ]  # fmt: skip
    for panel in (c.high, c.low):
        plain = study(front_ferrules).gender[panel] < 0
        for side in (front_ferrules, rear_ferrules):
            known = study(side).connector[panel] >= 0
            out.append(Input("panel", "cassette", np.where(plain, -1, panel), known))
    return tuple(out)
