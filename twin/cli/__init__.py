"""The command line: one file per verb, each imported when it is asked for."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the verb that the shell asks for and end with its exit code."""
    from twin.cli.run import run
    from twin.kernels import without_blas

    without_blas()
    sys.exit(run(sys.argv[1:]))
