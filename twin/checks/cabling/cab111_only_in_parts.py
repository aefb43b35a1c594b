"""CAB111: trays that would do if cables could be divided, and do not take whole ones."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.cabling.fill_rows import tight_rows
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.fill.tight import whole
from twin.solve.study import Study


@rule(
    "CAB111",
    role="advice",
    severity="warning",
    unit="m2",
    message="no cut is too small, but whole cables do not fit: as they are led they take {demand}"
    " m2 of section in {kind} {subject}, which offers {limit} m2",
    fix="add {shortfall} m2 that cables may take to {kind} {subject}; where several trays are"
    " named, to each of them what it lacks",
    source="linear program (HiGHS) over parts of cables against whole ones",
)
def only_in_parts(study: Study) -> Iterator[Measure]:
    """Trays together offer what cables need, and yet no way was found for every whole cable.

    Why it matters
    --------------
    Room for half a cable in one tray and for half of it in another takes none. No tray is too small
    by itself then, nor are several together: what lacks is less than a cable in each, and a little
    more width mends it.

    Method
    ------
    Where a tray would overfill on shortest ways, cables are led again under the limits of fill. A
    linear program may find ways on which parts of cables fit; an integer program then looks for
    whole ones, over the same ways and some others. If it finds none, each tray that is left
    overfull is told in its fullest piece: the section of the cables there, against what they may
    take of the tray's. With that much more room the cables fit as they are led. Where all fit the
    fullest tray speaks. Worked number: two ways with room for 17.5 and for 14.5 cables of 3 mm,
    123.7 and 102.5 mm2, offer the 226.2 mm2 that 32 cables need, and take 17 and 14 of them.

    Does not cover
    --------------
    Halls in which all cables fit on their shortest ways, which have no row; cuts that are too
    small, which CAB109 names. The search for whole cables is bounded: that it found none does not
    prove that there is none.

    See also
    --------
    CAB101, CAB109.
    """
    yield from tight_rows(study, study(whole))
