"""NET204: what is left of a rack's network when one of its planes is lost."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.measure import Measure
from twin.checks.network.left import kept
from twin.checks.rule import rule
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import PLANE
from twin.solve.study import Study


@rule(
    "NET204",
    role="gate",
    severity="error",
    unit="1",
    message="rack {subject} keeps {demand} of its network ports{lost}, the policy asks for {limit}",
    fix="spread its ports evenly over the planes or build more of them (planes), or let the policy"
    " say what a rack may lose with a plane (policy.losses.plane)",
    source="the owner's policy",
)
def bandwidth_after_plane_lost(study: Study) -> Iterator[Measure]:
    """A rack loses more of its network with one plane than the owner's policy allows.

    Why it matters
    --------------
    A plane goes whole: its software, its upgrade and its fabric manager are one. Planes are bought
    so that the job goes on with the others, at a pace that the owner has agreed to.

    Method
    ------
    Only racks of which the policy says what must survive the loss of a plane, in all or by their
    class. All switches of one plane of a network of several are lost together, all that stand
    under one name too: those of a fabric with `planes`, and those by hand that say their `plane`,
    which are one network. The part of a rack's links of one network that is left is held against
    what the policy keeps: 1 for `full`, which nobody holds who has a link on that plane, or the
    share of `capped`. Worked number: one plane of two, evenly connected, leaves 1/2.

    Does not cover
    --------------
    Policies under which planes "may go dark" (no row), networks of one plane, which NET201 judges
    switch by switch, two planes at once, and what planes share: a network rack (NET202), a tray
    (NET203).

    See also
    --------
    NET201, NET202, NET205, NET408.
    """
    yield from kept(study, study(cases).sort == PLANE, "plane")
