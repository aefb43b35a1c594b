"""Links in cords as they are laid: what shares one, and how many there are of each piece."""

from __future__ import annotations

from twin.solve.cabling.links.counting import Counted, counted_of, first_counted
from twin.solve.cabling.links.headed import Tails, tails_of
from twin.solve.cabling.parts.first import first_parts
from twin.solve.cabling.parts.parts import parts
from twin.solve.study import Study


def tails(study: Study) -> Tails:
    """Links in cords as they are laid."""
    part = study(parts)
    return tails_of(study, part.media, part.medium)


def counted(study: Study) -> Counted:
    """Cords of pieces as they are laid."""
    if study(parts) is study(first_parts):
        return study(first_counted)
    return counted_of(study, study(tails))
