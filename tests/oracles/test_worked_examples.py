"""The register of worked examples is whole and true; and some of power that span several rules."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin import pipeline
from twin.checks.discover import all_rules
from twin.checks.engine import Evaluation, evaluate
from twin.model.change import Conditions, Scenario
from twin.site.site import Site

ROOT = Path(__file__).parents[2]
REGISTER: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "worked_examples.toml").read_text(encoding="utf-8")
)

NUMBERS = {
    "P": "001 003 004 006 007 010 012 013 020 022 024 025 026 030 040 041 042 050 060 061 070",
    "C": "001 003 010 012 013 020 022 023 030 032 033 050 070 072 073 075 080",
    "S": "001 011 012 022 030",
    "D": "001 003 011",
}
IDS = tuple(f"WE-{family}-{n}" for family, numbers in NUMBERS.items() for n in numbers.split())
"""All examples there are; frozen, so that none can be dropped from the register unseen."""


# ------------------------------------------------------------------------------ the register


def test_no_example_is_absent_and_none_is_invented() -> None:
    assert list(REGISTER) == list(IDS)
    assert len(set(IDS)) == 46


@pytest.mark.parametrize("name", IDS)
def test_entry_says_what_runs_it_or_why_nothing_does(name: str) -> None:
    entry = REGISTER[name]
    assert entry["title"]
    if entry["status"] == "run":
        assert set(entry) <= {"title", "status", "by", "lacks"}
        assert entry["by"]
        for by in entry["by"]:
            assert mentions(by, name), f"{by} does not mention {name}"
    else:
        assert entry["status"] == "not yet"
        assert set(entry) == {"title", "status", "reason"}
        assert re.search(r"issue \d|no issue asks", entry["reason"])


def test_what_rules_claim_to_run_is_registered() -> None:
    for path in sorted((ROOT / "tests/rules").glob("[A-Z]*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            if "worked" in case:
                entry = REGISTER[case["worked"]]
                assert f"tests/rules/{path.name}" in entry.get("by", ()), (path.name, case["name"])


def test_a_register_that_is_not_true_is_noticed() -> None:
    assert mentions("tests/rules/SPC404.toml", "WE-S-030")
    assert not mentions("tests/rules/SPC404.toml", "WE-S-011")
    here = "tests/oracles/test_worked_examples.py"
    assert mentions(f"{here}::test_end_feed_and_centre_feed", "WE-P-013")
    assert not mentions(f"{here}::test_end_feed_and_centre_feed", "WE-P-012")
    assert not mentions(f"{here}::test_that_is_not_there", "WE-P-013")


def mentions(by: str, name: str) -> bool:
    """Whether a file of cases, or a test function, really says that it runs an example."""
    file, _, function = by.partition("::")
    path = ROOT / file
    if not path.exists():
        return False
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return name in {case.get("worked") for case in tomllib.loads(text)["case"]}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return name in named(function) or name in (ast.get_docstring(node) or "")
    return False


def named(function: str) -> set[str]:
    """Examples in the name of a test: test_wep040_042_amperes names WE-P-040 and WE-P-042."""
    found = re.match(r"test_we([a-z])((?:\d{3}_)+)", function)
    if found is None:
        return set()
    return {f"WE-{found[1].upper()}-{n}" for n in found[2].strip("_").split("_")}


# ----------------------------------------------------------- examples that span several rules

RACK_KW, FACTOR, VOLTS = 132, 0.98, 415


def site_of(folder: Path, body: str) -> Site:
    path = folder / "site.toml"
    head = 'format = 1\nname = "worked"\nscope = ["PWR"]\n'
    path.write_text(head + body, encoding="utf-8")
    return pipeline.load(path)


def source(volts: float = VOLTS) -> str:
    return f"[power.sources.S]\nrating_kw = 99999\nvoltage_v = {volts}\n"


def rack(name: str, kw: float, feeds: tuple[str, ...], factor: float = FACTOR) -> str:
    """Text of a rack with one whip and one tap on each of its feeds."""
    out = f'[racks.{name}]\ntype = "air_cpu_avg"\nprovisioned_kw = {kw}\npower_factor = {factor}\n'
    for n, feed in enumerate(feeds, 1):
        out += f'[power.taps.{name}t{n}]\nfed_from = "{feed}"\nbreaker_a = 9999\n'
        out += f'[power.whips.{name}w{n}]\nrack = "{name}"\nshelf = {n}\ntap = "{name}t{n}"\n'
    return out


def busway(name: str, amps: float, share: float = 0.8) -> str:
    return f"""[power.busways.{name}]
fed_from = "S"
rating_a = {amps}
breaker_a = {amps}
continuous_factor = {share}
"""


def judge(site: Site, code: str) -> Evaluation:
    """Hold a site against one rule, with nothing lost."""
    conditions = Conditions(losses=0, scope=frozenset({"PWR"}))
    rules = [r for r in all_rules() if r.code == code]
    return evaluate(pipeline.study(site, Scenario(conditions=conditions)), rules)


def worst(e: Evaluation, subject: str) -> tuple[float, float, int]:
    """Demand, limit and state (0 held, 2 failed) of the worst row of a subject."""
    rows = e.rows.take(e.worst)
    at = e.study.site.names[rows.subject].tolist().index(subject)
    return float(rows.demand[at]), float(rows.limit[at]), int(rows.state[at])


@pytest.mark.parametrize(
    ("amps", "share", "most", "exact"),
    [(800, 0.8, 3, 3.415), (1600, 0.8, 6, 6.831), (800, 1.0, 4, 800 / 187.39)],
)
def test_racks_of_a_run(tmp_path: Path, amps: float, share: float, most: int, exact: float) -> None:
    """WE-P-012: racks that one run carries alone."""
    for count, state in ((most, 0), (most + 1, 2)):
        racks = "".join(rack(f"R{n}", RACK_KW, ("B",)) for n in range(count))
        site = site_of(tmp_path, source() + busway("B", amps, share) + racks)
        demand, limit, found = worst(judge(site, "PWR101"), "busway:B")
        assert found == state
        assert demand / count == pytest.approx(187.39, rel=1e-3)
        assert limit / (demand / count) == pytest.approx(exact, rel=1e-3)


def test_end_feed_and_centre_feed(tmp_path: Path) -> None:
    """WE-P-013: six racks on one run, and on its two halves; the board carries the same."""
    end = busway("B", 800) + "".join(rack(f"R{n}", RACK_KW, ("B",)) for n in range(6))
    site = site_of(tmp_path, source() + end)
    assert worst(judge(site, "PWR101"), "busway:B") == (pytest.approx(1124.3, rel=1e-3), 640, 2)
    board = '[power.boards.M]\nfed_from = "S"\nrating_a = 2000\ncontinuous_factor = 1.0\n'
    halves = (busway("L", 800) + busway("R", 800)).replace('"S"', '"M"')
    racks = "".join(rack(f"R{n}", RACK_KW, ("L" if n < 3 else "R",)) for n in range(6))
    both = judge(site_of(tmp_path, source() + board + halves + racks), "PWR101")
    for name in ("L", "R"):
        assert worst(both, f"busway:{name}") == (pytest.approx(562.2, rel=1e-3), 640, 0)
    assert worst(both, "board:M")[0] == pytest.approx(1124.3, rel=1e-3)


def test_the_least_transformer_that_holds(tmp_path: Path) -> None:
    """WE-P-041: of 9, 15 and 30 kVA, 15 is the least for 30 A at 208 V."""
    body = source(480) + '[power.transformers.T]\nfed_from = "S"\nrating_kva = 9\nvoltage_v = 208\n'
    site = site_of(tmp_path, body + rack("R", 30 * 208 * np.sqrt(3) / 1000, ("T",), 1.0))
    states = {}
    for kva in (9, 15, 30):
        sized = pipeline.change(site, {"power.transformers.T.rating_kva": kva})
        demand, _, states[kva] = worst(judge(sized, "PWR102"), "transformer:T")
        assert demand == pytest.approx(10.81, rel=5e-3)
    assert states == {9: 2, 15: 0, 30: 0}
