"""PWR217: what comes onto a generator in one step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.power.sums import parallel_figures
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.losses.steps import steps
from twin.solve.study import Study


@rule(
    "PWR217",
    role="advice",
    severity="warning",
    unit="kW",
    message="{demand} kW come onto source {subject} in one step{lost}, it takes {limit} kW",
    fix=(
        "let UPS walk in (walk_in_s), give load back in stages (stage_kw, stage_s), start chillers "
        "and pumps one after the other, run more units before closing, or set first_step of "
        "{subject} to what its maker states"
    ),
    source=(
        "load step at most a share of the running rating; ISO 8528-5 classes G2 and G3 allow dips "
        "of 10 and 7 % in frequency, 20 and 15 % in voltage, over 5 and 3 s"
    ),
)
def load_step_of_generator(study: Study) -> Iterator[Measure]:
    """A generator gets more load in one step than it takes.

    Why it matters
    --------------
    An engine that is hit by its whole load stalls or dips so far that UPS go back to battery and
    drives trip, and the start begins anew.

    Method
    ------
    In every case of the policy: what a generator carries more than with nothing lost, less what
    stands behind a UPS that walks in; both with what is lost between, as PWR101 has it. Racks count
    with the part of their published peaks that comes together (`peaks_together_pu`: all, unless
    policy.limits says less). Where load is given back in stages, `stage_kw` of the generator is the
    most that comes at once. The limit is `first_step` of its rating, where it states none
    `generator_step` of the code profile (0.5, a judgement). Worked number: 600 kW without a UPS on
    1,000 kW are a step of 0.6.

    Does not cover
    --------------
    Dips themselves, whether controls hold the stages that are stated, and how long racks
    wait for theirs (PWR214), motors that start, transformers' inrush, and load
    that comes back by a hand.

    See also
    --------
    PWR103, PWR214.
    """
    found, table = study(steps), study.table("source")
    rating = np.asarray(table["rating_kw"], dtype=float)[found.row]
    own = np.asarray(table["first_step"], dtype=float)[found.row]
    usual = limit(study, "generator_step")
    node = found.row + study.site.first["source"] - study.arrays.topology.power.first
    for mine, share, owner, judged in (
        (~np.isnan(own), own, "first step of the layout", False),
        (np.isnan(own), np.full(len(own), usual.value), usual.owner, usual.judged),
    ):
        yield Measure(
            kind="source", subject=found.row[mine], demand=found.kw[mine],
            limit=(share * rating)[mine], case=found.case[mine], owner=owner, judged=judged,
            inputs=(
                own_figure(study, "source", "rating_kw", found.row[mine]),
                *parallel_figures(study, node[mine], np.isnan(found.kw[mine])),
            ),
        )  # fmt: skip
