"""Changes on a compiled site: columns are patched, the topology is kept where the shape is."""

from __future__ import annotations

from collections.abc import Sequence

from twin.arrays.compile import Arrays, compile_site
from twin.model.change import Change
from twin.site.change import change


def patch(arrays: Arrays, changes: Sequence[Change]) -> Arrays:
    """Return the arrays of the changed site; equal, bit for bit, to compiling it anew.

    Raises
    ------
    ChangeError
        A path that matches nothing, a value that does not fit its column.
    """
    return compile_site(change(arrays.site, changes), like=arrays)
