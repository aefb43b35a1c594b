"""Rows of links through panels: what of each is wrong, told of its rack or its lower switch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from twin.checks.measure import Input, Measure
from twin.site.table import StrArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.mating import Wrong, chains
from twin.solve.study import Study


def wrong_links(
    study: Study, wrong: Wrong, inputs: Sequence[Input], owner: str | StrArray
) -> Iterator[Measure]:
    """Hold what is wrong of each link through panels against nothing.

    Parameters
    ----------
    wrong
        What is wrong of each of the `chains`.
    inputs
        Words behind it, one row for each of the `chains`.
    owner
        Who says so, of all or of each.
    """
    bundle, mine = study(bundles), study(chains).bundle
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        rows = np.flatnonzero(end[mine] >= 0)
        sure = wrong.found[rows].astype(float)
        yield Measure(
            kind=kind,
            subject=end[mine][rows],
            demand=np.where(wrong.unknown[rows], np.nan, sure),
            limit=np.zeros(len(rows)),
            sure=sure,
            other=study.site.subject("switch", bundle.switch[mine][rows]),
            inputs=tuple(i._replace(rows=i.rows[rows], known=i.known[rows]) for i in inputs),
            owner=owner if isinstance(owner, str) else owner[rows],
        )
