"""The command line: one file per verb, each imported when it is asked for."""

from __future__ import annotations

import gc
import sys

_NEW_THINGS = 2_000_000
"""New things after which Python looks for rings among them; by itself it looks after 700."""


def main() -> None:
    """Run the verb that the shell asks for and end with its exit code."""
    # A run makes much, keeps nearly all of it and ends: to look through it for rings, on the way
    # and once more at the end, takes a tenth of it.
    gc.set_threshold(_NEW_THINGS)
    from twin.cli.run import run
    from twin.kernels import without_blas

    without_blas()
    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)
