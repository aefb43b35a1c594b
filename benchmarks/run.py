"""How long twin takes, and how much memory, beside its peers in the same run.

    python benchmarks/run.py            what `make bench` runs, under six minutes on two cores
    python benchmarks/run.py --quick    small sizes, about a minute

Every work runs in a process of its own, ours and the peer's in turn; the least of several runs
counts, and the first is thrown away where it warms something up. Times swing from machine to
machine: ratios and growth are the figures to look at. A table goes to stdout, all that was
measured to out/bench.json, progress to stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import tables  # noqa: E402 - beside this file
from campus import RACKS, write  # noqa: E402 - a script beside this folder
from spawn import Failed, cold, twin, work  # noqa: E402 - beside this file

STAGES = ("read", "build", "networkx", "compile", "view", "check")
ROWS_OF_A_HALL = 25


@dataclass(frozen=True)
class Plan:
    """Sizes and counts of a run; a campus has a quarter more racks, those of the network."""

    small: int = 1_000
    large: int = 10_000
    admitted: int = 40_000
    arrays: int = 80_000
    rounds: int = 2
    cold: int = 3
    repeats: dict[str, int] = field(default_factory=lambda: {"small": 4, "large": 2})
    power: tuple[int, ...] = (256, 1_024, 10_000)
    coolant: tuple[int, ...] = (256, 4_096)
    cabling: tuple[str, ...] = ("10000x400x1000000", "3000x60x100000", "480x12x6000")
    """Nodes, sinks and cables: a hall; three halls; three that a linear program takes, too."""
    last_start_s: float = 220.0
    """The long works at the end are left out if the run has come to this."""


QUICK = Plan(
    small=200, large=1_000, admitted=2_000, arrays=2_000, rounds=1, cold=2, power=(256, 1_024),
    coolant=(256,), cabling=("2500x100x100000", "900x30x20000", "240x6x2000"),
)  # fmt: skip
TINY = Plan(
    small=16, large=32, admitted=16, arrays=16, rounds=1, cold=1, power=(16, 32),
    coolant=(32,), cabling=("225x12x3000", "240x12x2000", "120x6x800"),
    repeats={"small": 2, "large": 2},
)  # fmt: skip
PLANS = {"full": Plan(), "quick": QUICK, "tiny": TINY}


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def campus(folder: Path, racks: int, *, piped: bool = True) -> Path:
    """Write a campus of a number of GB300 racks and return its layout, with pipes or by sums."""
    rows = max(1, racks // RACKS)
    in_hall = min(ROWS_OF_A_HALL, rows)
    halls = -(-rows // in_hall)
    name = f"campus_{racks}" if piped else f"campus_{racks}_sums"
    return write(folder / name, halls, in_hall, piped=piped)


def stages(layouts: dict[str, Path], plan: Plan) -> dict[str, dict[str, Any]]:
    """Run all stages at both sizes, round by round, ours and the peer's in turn."""
    out: dict[str, dict[str, Any]] = {size: {} for size in layouts}
    for layout in layouts.values():
        work("records", layout, 1)
    for turn in range(plan.rounds):
        for size, layout in layouts.items():
            for stage in STAGES:
                say(f"round {turn + 1} of {plan.rounds}: {stage}, {layout.stem}")
                add(out[size], stage, work(stage, layout, plan.repeats[size]))
    return out


def add(results: dict[str, Any], stage: str, found: dict[str, Any]) -> None:
    """Keep the least time and memory of a stage; its first run only warms up."""
    seconds = min(found["seconds"][1:] or found["seconds"])
    held = results.get(stage)
    if held is not None:
        seconds = min(seconds, held["seconds"])
        found["peak_mb"] = min(found["peak_mb"], held["peak_mb"])
    results[stage] = {**found, "seconds": seconds}


def commands(layout: Path, plan: Plan) -> dict[str, float]:
    """Whole commands from a cold process with warm caches, s."""
    named = {
        "python": [sys.executable, "-c", "pass"],
        "import": [sys.executable, "-c", "import twin"],
        "help": twin("--help"),
        "check": twin("check", str(layout)),
    }
    out: dict[str, float] = {}
    for turn in range(plan.cold):
        for name, command in named.items():
            say(f"cold start {turn + 1} of {plan.cold}: {name}")
            took = cold(command, answers=(0, 1))
            out[name] = min(took, out.get(name, took))
    return out


def long_works(folder: Path, plan: Plan, started: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Admission, arrays and the whole check of very large sites, while there is time."""
    for name, stage, racks in (
        ("admission", "admission", plan.admitted), ("arrays", "arrays", plan.arrays),
        ("whole", "check", plan.arrays),
    ):  # fmt: skip
        if time.perf_counter() - started > plan.last_start_s:
            say(f"{name} of {racks:,} racks left out: the run has taken long enough")
            continue
        say(f"{name} of {racks:,} racks (the files are read first)")
        found: dict[str, Any] = {}
        add(found, name, work(stage, campus(folder, racks), 3 if name == "admission" else 1))
        yield name, found[name]


def load_flows(plan: Plan) -> list[dict[str, Any]]:
    """Load flow beside its peers, and every single loss by sums, at all sizes in one process."""
    say("load flow beside its peers (compiles theirs, too)")
    sizes = "-".join(map(str, plan.power))
    return list(work("power", Path(sizes), 1 + plan.rounds)["sizes"])


def coolant_loops(plan: Plan) -> list[dict[str, Any]]:
    """Flows of coolant loops beside the peers, and a thousand losses of the smallest."""
    say("coolant loops beside their peers")
    sizes = "-".join(map(str, plan.coolant))
    return list(work("hydraulics", Path(sizes), 1 + plan.rounds)["sizes"])


def by_sums(folder: Path, plan: Plan) -> dict[str, Any]:
    """Check the smaller campus without its pipes, by sums of heat and flow."""
    layout, found = campus(folder, plan.small, piped=False), dict[str, Any]()
    for turn in range(plan.rounds):
        say(f"round {turn + 1} of {plan.rounds}: check, {layout.stem}")
        add(found, "check", work("check", layout, plan.repeats["small"]))
    return dict(found["check"])


def coupled_loop(plan: Plan) -> dict[str, Any]:
    """Flow, temperature and controls of the smallest coolant loop, against its flows alone."""
    racks = plan.coolant[0]
    say(f"flow, temperature and controls of {racks:,} racks together")
    return work("coupled", Path(str(racks)), 1 + plan.rounds)


def cables(plan: Plan) -> dict[str, Any]:
    """Cables over ways with limits beside the peers."""
    say("cables over ways with limits beside their peers")
    return work("cabling", Path("-".join(plan.cabling)), 1 + plan.rounds)


def measured(plan: Plan, folder: Path) -> dict[str, Any]:
    """Measure everything of a plan."""
    started = time.perf_counter()
    layouts = {"small": campus(folder, plan.small), "large": campus(folder, plan.large)}
    say("warming the caches (compiles the solvers where that was not done yet)")
    cold(twin("check", str(layouts["small"])), answers=(0, 1))
    return {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "versions": {name: version(name) for name in ("networkx", "numba", "numpy", "twin")},
        "sizes": {"small": plan.small, "large": plan.large, "admission": plan.admitted,
                  "arrays": plan.arrays},
        "cold": commands(layouts["small"], plan),
        "power": load_flows(plan),
        "hydraulics": coolant_loops(plan),
        "coupled": coupled_loop(plan),
        "cabling": cables(plan),
        "stages": stages(layouts, plan),
        "sums": by_sums(folder, plan),
        "long": dict(long_works(folder, plan, started)),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure twin beside its peers.")
    parser.add_argument("--quick", action="store_const", const="quick", dest="plan", default="full")
    parser.add_argument("--tiny", action="store_const", const="tiny", dest="plan",
                        help="as small as it gets; for the tests")  # fmt: skip
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench.json")
    given = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
            results = measured(PLANS[given.plan], Path(folder))
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(tables.text(results))
    say(f"wrote {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
