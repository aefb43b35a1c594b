"""Who is led round a full tray: those whose cables still reach then, whatever rows are called."""

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.ways import shortest_m
from twin.solve.cabling.ways.within_reach import reaching_m

LAYOUT = Path(__file__).parents[1] / "rules" / "within_reach.toml"


def built(tmp_path, far="C", near="D", more=""):
    """Return the hall with other names of its two rows."""
    names = {"C-01": f"{far}-01", "D-01": f"{near}-01", "rows.C": f"rows.{far}",
             "rows.D": f"rows.{near}"}  # fmt: skip
    text = LAYOUT.read_text(encoding="utf-8")
    for old, new in names.items():
        text = text.replace(old, new.replace("-", "@").replace(".", "#"))
    path = tmp_path / "hall.toml"
    path.write_text(text.replace("@", "-").replace("rows#", "rows.") + more, encoding="utf-8")
    return pipeline.load(path)


@pytest.mark.parametrize(("far", "near"), [("C", "D"), ("D", "C")])
def test_the_rack_that_is_nearer_goes_round(tmp_path, far, near):
    site = built(tmp_path, far, near)
    report = pipeline.check(site)
    assert report.counts["feasible"] == 3


def test_a_way_may_be_as_long_as_the_medium_reaches(tmp_path):
    study = pipeline.study(built(tmp_path))
    place = study.table("position").ids[study(pieces).place]
    more = study(reaching_m) - study(shortest_m)
    # 50 m of multimode, 40.60 m and 12.60 m to the farthest unit: 16 m of detour are too much.
    assert more[place == "C-01"].min() < 16.0 < more[place == "D-01"].min()


def test_of_a_list_of_stock_the_longest_counts(tmp_path):
    study = pipeline.study(built(tmp_path, more="[data.stock_m]\nfibre_mm_straight = [10, 45]\n"))
    free = pipeline.study(built(tmp_path))
    assert study(reaching_m) == pytest.approx(free(reaching_m) - 5.0)


def test_nobody_knows_how_far_a_cable_without_a_reach_goes(tmp_path):
    site = pipeline.change(built(tmp_path), {"catalog.fibre_mm_straight.reach_m": np.nan})
    study = pipeline.study(site)
    assert len(study(reaching_m)) == len(study(shortest_m))
