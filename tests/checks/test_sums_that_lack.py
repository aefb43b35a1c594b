"""Sums over racks that are not known name the figure that lacks, and that alone."""

import math
from pathlib import Path

from twin import pipeline
from twin.report.gaps import ranked

LAYOUT = Path(__file__).parents[2] / "layouts" / "fabric_splitters.toml"
BASE = Path(__file__).parents[1] / "rules" / "base.toml"
RATED = {"trays.T1.load_kg_m": 0.5, "catalog.fibre_mm_straight.mass_kg_m": 0.001}
SPLITTER = "catalog.fibre_mm_splitter.mass_kg_m"


def checked(path, changes):
    report = pipeline.check(pipeline.change(pipeline.load(path), changes), select=["CAB103"])
    return report.coverage[0], [(gap.path, gap.decides, gap.racks) for gap in ranked(report)]


def test_cables_of_fabrics_need_no_ports_of_their_racks():
    covered, gaps = checked(LAYOUT, RATED)
    assert gaps == [(SPLITTER, 6, 6)]
    assert (covered.unknown, covered.lacks) == (1, SPLITTER)
    # With it nothing of the sum is open.
    covered, gaps = checked(LAYOUT, RATED | {SPLITTER: 0.002})
    assert (covered.unknown, gaps) == (0, [])


def test_cables_by_hand_need_the_ports_of_their_racks():
    ports = "catalog.gb300_nvl72.ew_ports"
    covered, gaps = checked(BASE, {
        "trays.T1.load_kg_m": 30, "catalog.fibre_sm_straight.mass_kg_m": 0.01, ports: math.nan,
    })  # fmt: skip
    assert [path for path, *_ in gaps] == [ports]
    assert covered.lacks == ports
