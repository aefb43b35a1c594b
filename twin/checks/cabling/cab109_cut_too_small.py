"""CAB109: trays that are too small together for the cables that must cross them."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.cabling.fill_rows import tight_rows
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.fill.tight import tight
from twin.solve.study import Study


@rule(
    "CAB109",
    role="advice",
    severity="warning",
    unit="m2",
    message="cables need {demand} m2 of section across the cut at {kind} {subject}{and_other},"
    " which offers {limit} m2",
    fix="add {shortfall} m2 that cables may take: widen {kind} {subject}, hang a tray that leads"
    " round it, or choose thinner media",
    source="Onaga and Kakusho 1971, Iri 1971: what must cross a cut against what it offers",
)
def cut_too_small(study: Study) -> Iterator[Measure]:
    """Some trays are too small together, however cables are led.

    Why it matters
    --------------
    Cables are led round full trays as long as there is another way. Where there is none, widening
    the one tray that overfills helps nothing if its neighbours are full as well: all trays between
    the two sides must grow together, and this says by how much.

    Method
    ------
    Where a tray would overfill on shortest ways, all cables are led again together under the limits
    of fill, each over the trays that carry its sort. If no routing exists, prices of that search
    give weights to ways: each cable needs its section times the shortest way so measured over trays
    that carry it, and the ways offer weight times what may be taken of their section. With weights
    of one these are trays which part the racks, for cables of one sort or of all; two of them are
    named, the greatest first, or the only one. It is advice: CAB101 decides tray by tray. Where
    cables fit, the fullest tray speaks by itself. Worked number: 32 cables of 3 mm need 226 mm2; a
    tray of 300 x 100 mm at 0.005 offers 150 mm2.

    Does not cover
    --------------
    Cables whose diameter is not known and trays whose section is not known: CAB101 names those. Of
    several cuts that are too small it names the one that lacks most. Trays that offer enough
    together and yet do not take whole cables: CAB111.

    See also
    --------
    CAB101, CAB111, CAB302.
    """
    yield from tight_rows(study, study(tight))
