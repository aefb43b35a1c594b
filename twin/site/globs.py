"""Globs over many names: only those that begin as the glob does are looked at."""

from __future__ import annotations

import fnmatch
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

_WILD = re.compile(r"[*?\[]")
_LAST = "\U0010ffff"


class Names:
    """Names that globs are matched against, again and again.

    Parameters
    ----------
    names
        Each once; matches come in this order.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._place = {name: k for k, name in enumerate(names)}
        self._sorted: Sequence[str] | None = None

    def matching(self, glob: str) -> list[str]:
        """Return the names that a glob matches, as `fnmatch.filter` does.

        Examples
        --------
        >>> Names(["b2", "a1", "b1", "b10"]).matching("b1*")
        ['b1', 'b10']
        """
        wild = _WILD.search(glob)
        if wild is None:
            return [glob] if glob in self._place else []
        if self._sorted is None:
            self._sorted = sorted(self._place)
        head = glob[: wild.start()]
        low, high = bisect_left(self._sorted, head), bisect_left(self._sorted, head + _LAST)
        found = fnmatch.filter(self._sorted[low:high], glob)
        return sorted(found, key=self._place.__getitem__)
