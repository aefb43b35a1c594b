"""CDUs and air units that a lost pipe or manifold of their plant cuts off from its water."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.kernels import kernel
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
    plants = plant_of[states]
    for plant in np.unique(plants[plants >= 0]).tolist():
        mine = np.flatnonzero((plants == plant).any(axis=1))
        gone = np.where(plants[mine] == plant, lost[states[mine]], -1)
        state, subject = _Ways(study, plant).cut_off_by(gone)
        out.append(np.stack([states[mine[state]], subject], axis=1))
    found = np.concatenate(out).astype(np.int64)
    return found[np.argsort(found[:, 0], kind="stable")]


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
        users = np.array(list(self._users(study, plant)), dtype=np.int64).reshape(-1, 2)
        self.node, self.subject = users.T

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

    def cut_off_by(self, gone: IntArray) -> tuple[IntArray, IntArray]:
        """Pairs (state, subject) of units that are reached with all lines and not without some.

        Parameters
        ----------
        gone
            (S, k) subjects of pipes and manifolds that are lost in each state, -1 none.
        """
        none = np.full((1, gone.shape[1]), -1)
        reached = np.ones((len(gone) + 1, len(self.place)), dtype=bool)
        for steps in self.steps:
            order = np.argsort(steps[:, 0], kind="stable")
            start = np.searchsorted(steps[order, 0], np.arange(len(self.place) + 1))
            _, far, pipe = steps[order].T
            found = np.zeros_like(reached)
            _flood(start, far.copy(), pipe.copy(), np.concatenate([none, gone]), found)
            reached &= found
        users = reached[:, self.node]
        state, user = np.nonzero(users[:1] & ~users[1:])
        return state, self.subject[user]


@kernel
def _flood(
    start: IntArray, far: IntArray, pipe: IntArray, gone: IntArray, reached: BoolArray
) -> None:
    """Mark all places that steps lead to from place 0 without some pipes, state by state."""
    states, places = reached.shape
    queue = np.empty(places, np.int64)
    for s in range(states):
        reached[s, 0] = True
        queue[0] = 0
        done, filled = 0, 1
        while done < filled:
            at = queue[done]
            done += 1
            for t in range(start[at], start[at + 1]):
                lost = False
                for k in range(gone.shape[1]):
                    lost = lost or pipe[t] == gone[s, k]
                if not lost and not reached[s, far[t]]:
                    reached[s, far[t]] = True
                    queue[filled] = far[t]
                    filled += 1
