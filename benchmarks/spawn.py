"""Processes of a benchmark: works by `child.py`, and whole commands from a cold start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
WORKS = str(HERE / "child.py")
TOLD = {**os.environ, "TWIN_QUIET": "1", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": ""}
"""Warm caches count Python's own: without them every source is compiled at each start."""


class Failed(Exception):  # noqa: N818 - a benchmark failed, not this program
    """A process of the benchmark ended with an error."""


def work(name: str, layout: Path, repeats: int) -> dict[str, Any]:
    """Run one work of `child.py` and return what it measured."""
    command = [sys.executable, WORKS, name, str(layout), str(repeats)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=TOLD)
    if done.returncode:
        raise Failed(f"{name} of {layout.name}:\n{done.stderr}")
    return dict(json.loads(done.stdout))


def cold(command: list[str], answers: tuple[int, ...] = (0,)) -> float:
    """Seconds of wall clock of a whole command, from its start to its end."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=TOLD)
    took = time.perf_counter() - start
    if done.returncode not in answers:
        raise Failed(f"{' '.join(command)}:\n{done.stderr}")
    return took


def twin(*arguments: str) -> list[str]:
    """Command line of twin, of this environment."""
    return [sys.executable, "-c", "from twin.cli import main; main()", *arguments]
