"""CDUs and air units that a lost pipe or manifold of their plant cuts off from its water."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.site.piping import LAST, piped
from twin.site.table import BoolArray, IntArray
from twin.solve.coolant.drops import drops_of_cdus
from twin.solve.study import Study

USERS = ("cdu", "air_unit")
_INSIDE = "/"
"""What a manifold's name ends with where what hangs on it is meant."""


def waterless(study: Study, lost: IntArray) -> IntArray:
    """(n, 2) pairs (state, subject) of units that no way of pipes joins to their plant any more.

    What hangs on a manifold falls with it. Water must come along supply pipes and go back along
    return pipes; what is joined so without the lost pipes alone is cut off by them, and a check
    valve lets it pass one way. What still reaches a unit another way is a matter of flow.

    Parameters
    ----------
    lost
        (S, 2) subjects of gear that are lost, -1 none.
    """
    site = study.site
    plant_of = np.full(lost.shape, -1)
    for kind in ("pipe", "manifold"):
        theirs = site.rows_of("plant", np.append(study.table(kind)["plant"], -1))
        plant_of = np.maximum(plant_of, theirs[site.rows_of(kind, lost)])
    out = [np.empty((0, 2), dtype=np.int64)]
    states = np.flatnonzero((plant_of >= 0).any(axis=1))
    nets: dict[int, _Ways] = {}
    for state, theirs, gone in zip(states, plant_of[states], lost[states], strict=True):
        for plant in np.unique(theirs[theirs >= 0]).tolist():
            ways = nets.setdefault(plant, _Ways(study, plant))
            cut = ways.cut_off_by(gone[theirs == plant])
            out.append(np.stack([np.full(len(cut), state), cut], axis=1))
    return np.concatenate(out).astype(np.int64)


class _Ways:
    """Supply and return pipes and manifolds of one plant as steps away from it."""

    def __init__(self, study: Study, plant: int) -> None:
        site, pipes, manifolds = study.site, study.table("pipe"), study.table("manifold")
        mine = (site.rows_of("plant", pipes["plant"]) == plant) & piped(pipes)
        self.place: dict[str, int] = {str(study.table("plant").ids[plant]): 0}
        steps: list[list[tuple[int, int, int]]] = [[], []]
        for row in np.flatnonzero(mine).tolist():
            a, b = (self._at(str(pipes[key][row])) for key in ("start", "end"))
            subject = row + site.first["pipe"]
            for side, name in enumerate(("supply", "return")):
                if pipes["side"][row] in {"both", name}:
                    steps[side].append((a, b, subject))
                    if not pipes["check"][row]:
                        steps[side].append((b, a, subject))
        for row in np.flatnonzero(site.rows_of("plant", manifolds["plant"]) == plant).tolist():
            subject, name = row + site.first["manifold"], str(manifolds.ids[row])
            inside = self._at(name + _INSIDE)
            for end in (self._at(name), self._at(name + LAST)):
                for found in steps:
                    found.extend([(end, inside, subject), (inside, end, subject)])
        self.steps = [np.array(found, dtype=np.int64).reshape(-1, 3) for found in steps]
        self.node, self.subject = (np.array(c, dtype=np.int64) for c in zip(
            *self._users(study, plant), strict=True))  # fmt: skip
        self.whole = self._reached(np.empty(0, dtype=np.int64))

    def _at(self, name: str) -> int:
        return self.place.setdefault(name, len(self.place))

    def _users(self, study: Study, plant: int) -> Iterator[tuple[int, int]]:
        names = study.table("manifold").ids.tolist()
        for kind in USERS:
            table = study.table(kind)
            theirs = study.site.rows_of("plant", table["plant"]) == plant
            hung = study(drops_of_cdus) if kind == "cdu" else np.full(len(table), -1)
            for row in np.flatnonzero(theirs).tolist():
                on = int(hung[row])
                name = str(table.ids[row]) if on < 0 else f"{names[on]}{_INSIDE}"
                yield self._at(name), row + study.site.first[kind]

    def cut_off_by(self, gone: IntArray) -> IntArray:
        """Subjects that are reached with all pipes and manifolds and not without these."""
        return self.subject[self.whole & ~self._reached(gone)]

    def _reached(self, gone: IntArray) -> BoolArray:
        """(users,) whether both sides of each are joined to the plant without some pipes."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import breadth_first_order

        size, out = len(self.place), np.ones(len(self.node), dtype=bool)
        for a, b, subject in (side.T for side in self.steps):
            left = ~np.isin(subject, gone)
            graph = coo_array((np.ones(int(left.sum())), (a[left], b[left])), shape=(size, size))
            order = breadth_first_order(graph.tocsr(), 0, return_predecessors=False)
            out &= np.isin(self.node, order)
        return out
