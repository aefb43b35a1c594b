"""Curves of pumps in an exported loop, as tools read them that write six digits after the point."""

from __future__ import annotations

from itertools import pairwise

import pytest

import twin

SITE = twin.load("tests/rules/coolant.toml")
BY_CURVE = {
    "coolant.cdus.*.type": "vertiv_xdu1350",
    "coolant.cdus.*.flow_lpm": float("nan"),
    "coolant.cdus.*.head_kpa": float("nan"),
}


SPEED = {"coolant.loops.T1.control": "speed"}
CASES = {
    "a duty point": {},
    "a curve": BY_CURVE,
    "a curve at half speed": BY_CURVE | SPEED | {"coolant.loops.T1.set_speed": 0.5},
    "a curve at 0.8 of speed": BY_CURVE | SPEED | {"coolant.loops.T1.set_speed": 0.8},
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_heads_fall_from_point_to_point_in_six_digits(changes):
    text = twin.export(twin.change(SITE, changes))
    lines = text.partition("[CURVES]")[2].partition("\n[")[0].splitlines()
    points = [line.split() for line in lines if line.split()[:1] in (["C1"], ["C2"])]
    for name in ("C1", "C2"):
        heads = [round(float(h), 6) for n, _, h in points if n == name]
        assert len(heads) >= 4
        assert all(a > b for a, b in pairwise(heads))
