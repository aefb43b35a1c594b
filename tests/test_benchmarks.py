"""The benchmarks run through to their tables, at sizes that say nothing about speed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_benchmark_runs_through(tmp_path):
    out = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "benchmarks/run.py", "--tiny", "--out", str(out)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = json.loads(out.read_text())
    small, large = results["stages"]["small"], results["stages"]["large"]
    assert set(small) == {"read", "build", "compile", "check", "view", "networkx"}
    for stage in (*small.values(), *large.values(), *results["long"].values()):
        assert stage["seconds"] > 0
        assert stage["peak_mb"] > 10
    # The peer's graph is ours, node by node and edge by edge.
    for size in (small, large):
        assert size["networkx"]["counts"] == size["view"]["counts"]
    assert large["check"]["counts"]["racks"] == 2 * small["check"]["counts"]["racks"]
    for hall in results["power"]:
        assert hall["nodes"] == 1 + hall["racks"] * 2 + hall["racks"] // 4
        assert hall["seconds"] > 0
        assert hall["losses_s"] > 0
        assert all(p is None or p["apart_pu"] < 1e-9 for p in hall["peers"].values())
    for loop in results["hydraulics"]:
        assert loop["nodes"] == 1 + loop["racks"] * 2 + loop["racks"] // 32 * 5
        assert loop["seconds"] > 0
        assert loop["each_loss_s"] > 0
        assert all(p is None or p["apart"] < 1e-4 for p in loop["peers"].values())
    coupled = results["coupled"]
    assert coupled["racks"] == 32
    assert coupled["apart"] < 1e-6
    assert coupled["seconds"] > coupled["bare_s"] > 0
    assert results["sums"]["seconds"] > 0
    assert results["sums"]["counts"]["measures"] < small["check"]["counts"]["measures"]
    cabling = results["cabling"]
    assert cabling["hall"]["seconds"] > 0
    assert all(p["apart_m"] < 1e-9 for p in cabling["hall"]["peers"].values())
    for net in cabling.values():
        assert net["limited"]["overfull"] == 0
    assert 0 <= cabling["program"]["over_program"] + 1e-9 < 0.01
    assert cabling["halls"]["limited"]["whole_extra"] > -1e-3
    assert results["long"]["admission"]["counts"]["entries"] > 0
    assert results["long"]["whole"]["counts"]["measures"] > 0
    for line in (
        "peer: the same graph",
        "NetworkX / (build + compile)",
        "twin --help",
        "bare solves",
        "pipes solved",
    ):
        assert line in done.stdout
    assert done.stderr.startswith("bench: ")


def test_a_work_that_fails_ends_the_run_with_its_reason(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import spawn; spawn.work('read', spawn.HERE / 'no.toml', 1)"],
        cwd=ROOT / "benchmarks", capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "read of no.toml" in done.stderr
