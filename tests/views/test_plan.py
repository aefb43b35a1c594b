"""The floor plan: valid XML, to scale, labels apart, nothing hostile alive."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.views import sample
from twin.views import placing, sheet
from twin.views.plan import plan
from twin.views.scene import scene

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(**how):
    site = sample.site(**how)
    return scene(site, sample.report(site))


def test_a_unit_is_a_metre_and_paper_keeps_the_scale():
    shown = drawn()
    root = sample.parsed(plan(shown))
    racks = root.find(f"{SVG}g[@class='rack']")
    assert {(r.get("width"), r.get("height")) for r in racks.iter(f"{SVG}rect")} == {("0.6", "1.1")}
    wide_m = float(root.get("viewBox").split()[2])
    wide_mm = float(root.get("width").removesuffix("mm"))
    scale = sheet.sheet(shown).scale
    assert wide_m * 1000 / wide_mm == pytest.approx(scale, rel=1e-4)
    assert f"1:{scale} " in "".join(root.itertext())


def test_a_rack_stands_where_the_site_says_with_y_upwards():
    root = sample.parsed(plan(drawn()))
    first = next(r for r in root.iter(f"{SVG}rect") if "SN-0001 " in "".join(r.itertext()))
    assert float(first.get("x")) == pytest.approx(2.0)
    assert float(first.get("y")) == pytest.approx(-(2.0 + 1.1 / 2))


def test_bands_marks_and_legend_are_there():
    text = plan(drawn())
    root = sample.parsed(text)
    words = "".join(root.itertext())
    for part in ("0-60 % (9)", "over 120 % (4)", "unknown: a figure is missing (1)", "blocked"):
        assert part in words
    for part in ("hall H1", "H1-R3", "cold aisle", "hot aisle", "column", "door", "cable tray"):
        assert part in words
    assert "32 racks: 21 feasible (1 at risk), 10 blocked, 1 unknown" in words
    marks = root.find(f"{SVG}g[@class='marks']")
    used = [u.get("href") for u in marks]
    assert used.count("#tw-x") == 10
    assert used.count("#tw-q") == 1
    assert used.count("#tw-w") == 1


def test_there_is_no_script_and_hostile_names_are_text():
    text = plan(drawn(hostile=True))
    root = sample.parsed(text)
    assert "<script" not in text
    assert "<img" not in text
    assert sample.HOSTILE in "".join(root.itertext())
    names = {e.tag.removeprefix(SVG) for e in root.iter()}
    assert names <= {
        "svg", "title", "style", "defs", "pattern", "symbol", "g", "path", "rect", "polygon",
        "polyline", "text", "use",
    }  # fmt: skip


def test_control_characters_do_not_break_the_xml():
    site = sample.site()
    site = site.replace(title="a\x00b\x1f<c>\ud800")
    assert sample.parsed(plan(scene(site))) is not None


@pytest.mark.parametrize("how", [{}, {"rows": 12, "per_row": 20, "halls": 4}, {"yaw_deg": 37.0}])
def test_labels_do_not_cover_each_other(how):
    shown = drawn(**how)
    mm = sheet.sheet(shown).mm
    placed = placing.place(shown, mm)
    boxes = []
    for p in placed:
        wide = 0.55 * p.size * len(p.text)
        turn = np.radians(p.turn_deg)
        half = abs(np.array([np.cos(turn), np.sin(turn)])) * wide / 2
        half += abs(np.array([np.sin(turn), np.cos(turn)])) * p.size / 2
        boxes.append((p.x - half[0], p.y - half[1], p.x + half[0], p.y + half[1], p.level))
    few = [b for b in boxes if b[4] != placing.RACK]
    for i, a in enumerate(few):
        for b in few[:i]:
            assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
    named = {p.text for p in placed}
    assert all(f"hall {h}" in named for h in ("H1",))
    assert {n for n in named if re.fullmatch(r"H\d-R\d+", n)} == set(
        shown_rows(how.get("rows", 4), how.get("halls", 1))
    )


def shown_rows(rows, halls):
    return [f"H{h + 1}-R{r + 1}" for h in range(halls) for r in range(rows)]


def test_serials_stay_within_their_racks():
    shown = drawn()
    racks = shown.batch("rack")
    mm = sheet.sheet(shown).mm
    labels = [p for p in placing.place(shown, mm) if p.level == placing.RACK]
    assert [p.text for p in labels[:2]] == ["0001", "0002"]
    for p, origin, size in zip(labels, racks.origin, racks.size, strict=True):
        assert abs(p.x - origin[0]) + p.size / 2 < size[0] / 2
        assert abs(p.y - origin[1]) + 0.6 * p.size * len(p.text) / 2 < size[1] / 2


def test_a_thousand_racks_stay_small():
    assert len(plan(drawn(rows=13, per_row=20, halls=4))) < 1_500_000


def test_a_turned_hall_is_drawn_with_polygons_of_the_right_size():
    root = sample.parsed(plan(drawn(yaw_deg=30.0)))
    ring = root.find(f"{SVG}g[@class='rack']").find(f"{SVG}polygon").get("points")
    points = np.array([[float(v) for v in p.split(",")] for p in ring.split()])
    sides = np.linalg.norm(points - np.roll(points, -1, axis=0), axis=1)
    assert sorted(sides.tolist()) == pytest.approx([0.6, 0.6, 1.1, 1.1], abs=2e-3)


def test_the_small_plan_is_as_it_was(request):
    text = plan(drawn(rows=2, per_row=3))
    file = GOLDEN / "small.svg"
    assert text == file.read_text(encoding="utf-8"), f"look at it, then write it to {file.name}"
