"""Sections of trays, lengths, ways and fill on the plan."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.solve.cabled import HALVES, SPLIT, study
from tests.views.sample import parsed
from twin import pipeline
from twin.errors import InputError
from twin.solve.cabling.fill.fullest import fullest
from twin.solve.cabling.fill.room import names_of_ways
from twin.views import colours, keys, solid
from twin.views.cabling.lengths import length_sheet
from twin.views.cabling.onplan import tray_scene, way_scene
from twin.views.cabling.sections import section_sheet
from twin.views.cabling.trunkway import trunk_asked, trunk_scene
from twin.views.page import page
from twin.views.payload import payload
from twin.views.plan import plan

GOLDEN = Path(__file__).parent / "golden"
TWO_HALLS = Path(__file__).parents[2] / "layouts" / "fabric_two_halls.toml"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def hall():
    return study()


@pytest.mark.parametrize(
    ("name", "draw"), [("sections.svg", section_sheet), ("lengths.svg", length_sheet)]
)
def test_the_small_sheets_are_as_they_were(hall, name, draw):
    assert draw(hall) == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_cable_is_drawn_to_the_scale_that_is_told(hall):
    root = parsed(section_sheet(hall))
    assert "1:2, the first pulled at the bottom" in "".join(root.itertext())
    radii = {float(c.get("r")) for c in root.iter(f"{SVG}circle")}
    assert len(list(root.iter(f"{SVG}circle"))) == 32
    assert radii == {0.75}  # 3 mm at 1:2
    rail = next(p for p in root.iter(f"{SVG}polyline") if p.get("class") == "tray")
    x = [float(point.split(",")[0]) for point in rail.get("points").split()]
    assert max(x) - min(x) == pytest.approx(300 / 2 + 2 * 0.45)


def test_fill_is_that_of_the_cables_that_are_drawn(hall):
    found = hall(fullest)
    expected = 32 * np.pi / 4 * 0.003**2 / (0.3 * 0.1)
    assert found.fill.tolist() == pytest.approx([expected], rel=1e-12)
    assert (found.limit.tolist(), found.whole.tolist()) == ([0.4], [True])
    assert found.owner == ("policy of test: tray_fill",)


def test_planes_have_colours_of_their_own_and_a_full_tray_says_so():
    tight = study(("width_m = 0.3", "width_m = 0.02"), ("depth_m = 0.1", "depth_m = 0.015"),
                  planes=2)  # fmt: skip
    root = parsed(section_sheet(tight))
    words = "".join(root.itertext())
    assert "compute, plane 1" in words
    assert "compute, plane 2" in words
    assert {g.get("class") for g in root.iter(f"{SVG}g") if "cable" in (g.get("class") or "")} == {
        "cable k0", "cable k1",
    }  # fmt: skip
    assert any(t.get("class") == "bold alarm" for t in root.iter(f"{SVG}text"))
    assert any(p.get("class") == "brim" for p in root.iter(f"{SVG}polyline"))


def test_a_cable_without_a_diameter_is_said_and_not_drawn():
    blank = study(media='"dac"')
    words = "".join(parsed(section_sheet(blank)).itertext())
    assert re.search(r"32 cables, 32 not drawn", words)
    assert "fill at least 0.0 %" in words
    assert "1 unknown" in tray_scene(blank).frame.summary


def test_no_tray_with_cables_is_told():
    with pytest.raises(InputError, match="no tray of a known width and depth"):
        section_sheet(study(("width_m = 0.3\n", "")))


def test_lengths_add_up(hall):
    root = parsed(length_sheet(hall))
    tips = [t.text for t in root.iter(f"{SVG}title")]
    needed = [int(t.split()[-1]) for t in tips if ", needed: " in t]
    bought = [int(t.split()[-1]) for t in tips if ", bought: " in t]
    assert sum(needed) == sum(bought) == 64
    assert "Needed 541 m, bought 664 m, left over 123 m." in "".join(root.itertext())


def test_the_way_runs_from_rack_to_rack_along_the_tray(hall):
    shown = way_scene(hall, "H1.A-03-n4:1/2")
    way = shown.batch("way")
    assert way.points[[0, -1], :2].tolist() == [[3.5, 2.6], [8.3, 2.6]]
    assert np.allclose(way.points[:, 1], 2.6)
    assert (way.points[:, 2] == 2.9).all()
    racks = shown.batch("rack")
    names = {shown.name(s): int(b) for s, b in zip(racks.subject, racks.band, strict=True)}
    assert names == {"N-001": 0, "D-003": 1, "D-001": -1, "D-002": -1, "D-004": -1, "N-002": -1}
    assert "way of the cable" in plan(shown)
    assert page(shown, None).startswith("<!")
    assert plan(way_scene(hall, "14")).count('class="line l-way"') == 2  # and in the legend


def test_the_way_is_found_by_the_label_of_the_layout():
    numbered = study(("[data.fabrics.", '[data]\nlabel = "{number:03d}"\n\n[data.fabrics.'))
    assert way_scene(numbered, "014").frame.summary.startswith("Cord 014 in bundle")
    assert way_scene(numbered, "bundle:14").frame.summary.startswith("Bundle 14 of")
    assert way_scene(numbered, "14").frame.summary.startswith("Bundle 14 of")
    with pytest.raises(InputError, match=r'"H1.A-03-n4:1/2"; write a label after "{number:03d}"'):
        way_scene(numbered, "H1.A-03-n4:1/2")
    assert "Cord N-02/7" in way_scene(numbered, "N-02/7", "{position}/{number}").frame.summary


@pytest.fixture(scope="module")
def two_halls():
    return pipeline.study_of(pipeline.load(TWO_HALLS), None, "provisioned", 0)


def test_a_section_says_that_cables_are_thicker_than_the_tray_is_wide():
    narrow = study(("width_m = 0.3", "width_m = 0.002"))
    words = "".join(parsed(section_sheet(narrow)).itertext())
    assert "32 cables, 32 thicker than the tray is wide: 2 mm, stack 0 of 100 mm" in words


@pytest.fixture(scope="module")
def trunks():
    layout = TWO_HALLS.with_name("cabled_trunks.toml")
    return pipeline.study_of(pipeline.load(layout), None, "provisioned", 0)


@pytest.mark.parametrize("asked", ["TA", "trunk:TA"])
def test_the_way_of_a_trunk_leads_from_panel_to_panel(trunks, asked):
    shown = trunk_scene(trunks, trunk_asked(trunks, asked))
    assert shown.frame.summary == "Trunk TA, 24 side by side: TA > TX > TN"
    assert shown.frame.conditions == (
        "needed 19.69 m, bought 20.00 m, trunk_sm_144, pull 1 on 2027-01-01"
    )
    racks = shown.batch("rack")
    ends = {shown.name(s): b for s, b in zip(racks.subject, racks.band, strict=True) if b >= 0}
    assert len(ends) == 2
    texts = [entry.text for entry in shown.legend.entries]
    assert texts[:2] == ["upper end: H1.N-01 QA", "lower end: H1.A-09 PA"]
    assert shown.batch("way").points[0, :2].tolist() == [9.1, 2.6]


def test_trunks_that_there_are_not_are_told(trunks):
    assert trunk_asked(trunks, "12") == -1
    with pytest.raises(InputError, match=r'there is no trunk "TX"; write the id of a trunk'):
        trunk_asked(trunks, "trunk:TX")
    with pytest.raises(InputError, match=r"the number of a bundle, or a trunk"):
        way_scene(trunks, "TAB")


def test_trays_have_the_band_of_their_fill():
    tight = study(("tray_fill = 0.4", "tray_fill = 0.0075"))
    shown = tray_scene(tight)
    assert shown.batch("tray").band.tolist() == [4]  # 0.754 % of the section, 0.75 % allowed
    assert shown.batch("tray").load.tolist() == pytest.approx([1.00531], rel=1e-5)
    assert shown.batch("rack").band.tolist() == [-1] * 6
    assert "1 over their limit" in shown.frame.summary
    assert "T1 1 %" in shown.labels.text.tolist()
    # The figures at names are of the section, the colours of the limit: the sheet says both.
    head = "colour: fill of trays in % of their limit; at names in % of the section, of which"
    assert f"{head} 0.75 % may be filled" in plan(shown)
    own = ("elevation_m = 2.8\n", "elevation_m = 2.8\nfill_limit = 0.3\n")
    assert "of which 30 % may be filled" in plan(tray_scene(study(own)))


def test_each_kind_of_a_way_has_a_colour_of_its_own_in_the_legend(two_halls):
    shown = way_scene(two_halls, "bundle:90")
    of_page = dict(payload(shown, None)["keys"])
    assert list(of_page) == [
        "cable tray", "riser from place to place", "way of the cable", "riser",
    ]  # fmt: skip
    # So far apart that none is taken for another, in the page as on the plan.
    for found in (of_page, {key.text: key.colour for key in keys.things(shown)}):
        each = np.array([colours.hex_rgb(colour) for colour in found.values()], dtype=float)
        apart = np.hypot.reduce(each[:, None] - each[None], axis=2)
        assert apart[np.triu_indices(len(each), 1)].min() > 50
    # Lines cover a part of the floor behind them, shafts all of it.
    tray, shaft = colours.LINES["tray"].colour, colours.SOLIDS["riser"]
    assert of_page["cable tray"] == colours.seen_through(tray, 0.6, colours.SOLIDS["hall"])
    assert of_page["riser"] == shaft


def test_risers_are_drawn_as_shafts_and_lines_with_their_fill(two_halls):
    shown = tray_scene(two_halls)
    shafts, ducts = shown.batch("riser"), shown.batch("duct")
    names = [shown.name(s) for s in shafts.subject]
    assert names == ["DUCT-NORTH", "DUCT-SOUTH", "UP-NORTH", "UP-SOUTH"]
    # A way from place to place goes along at its lower end, and up (here down) in the other hall.
    assert shafts.origin[1].tolist() == [16.0, 2.0, 2.8]
    assert shafts.size[1].tolist() == pytest.approx([0.3, 0.3, 1.4])
    assert shafts.origin[3].tolist() == [8.4, 3.6, 2.8]
    assert ducts.points[2:].tolist() == [[12.0, 1.0, 4.2], [16.0, 2.0, 4.2]]
    fill = two_halls(fullest)
    of = dict(zip([names_of_ways(two_halls)[t] for t in fill.tray], fill.fill, strict=True))
    assert of["DUCT-SOUTH"] == pytest.approx(128 * np.pi / 4 * 0.003**2 / (0.2 * 0.1))
    assert shafts.load.tolist() == pytest.approx([of[n] / 0.4 for n in names])
    assert set(shafts.band.tolist()) == set(ducts.band.tolist()) == {0}
    drawn = plan(shown)
    assert "UP-NORTH 3 %" in drawn
    assert "DUCT-SOUTH 5 %" in drawn
    assert "DUCT-SOUTH" in section_sheet(two_halls)


def test_the_way_through_a_riser_and_a_duct_is_one_line(two_halls):
    way = way_scene(two_halls, "H1.C-01-n1:3/1").batch("way")
    corners = way.points[:, :3].tolist()
    assert corners[0][:2] == [2.3, 3.6]
    for corner in ([8.4, 3.6, 2.9], [8.4, 3.6, 4.3], [16.0, 2.0, 4.3], [16.0, 2.0, 2.9]):
        assert any(np.allclose(corner, c) for c in corners), corner
    # Straight up a box stands as high as the way goes.
    upright = solid.boxes(way)
    tall = upright.size[:, 2] > 1.0
    assert upright.size[tall, 2].tolist() == pytest.approx([1.46, 1.46])
    assert upright.origin[tall, 2].tolist() == pytest.approx([2.9, 2.9])


def test_a_way_that_is_not_there_is_told():
    cut = study(("points_m = [[1, 2.6], [12, 2.6]]", "points_m = [[1, 2.6], [6, 2.6]]"))
    with pytest.raises(InputError, match="no trays lead from end to end"):
        way_scene(cut, "1")


def test_a_cable_within_a_rack_has_no_line_and_says_so():
    near = study(**SPLIT)
    shown = way_scene(near, "H1.A-02-n3:2")
    assert shown.batch("way") is None
    assert shown.frame.summary == "Cord H1.A-02-n3:2 in bundle 2: within the rack"
    assert "way of the cable" not in plan(shown)


def test_a_cord_of_several_tails_is_shown_from_its_head_to_each_of_them():
    split = study(**HALVES | {"nodes_per_position": 3})
    shown = way_scene(split, "H1.A-02-n1:1")
    racks = shown.batch("rack")
    names = {shown.name(s): int(b) for s, b in zip(racks.subject, racks.band, strict=True)}
    assert names == {"N-001": 0, "D-001": 1, "D-002": 1, "D-003": -1, "D-004": -1, "N-002": -1}
    way = shown.batch("way")
    starts = way.points[way.offsets[:-1], 0].tolist()
    assert starts == pytest.approx([2.3, 2.9])
    assert "tails: A-01-n3, A-02-n1" in plan(shown)
    assert "needed 11.00 m, bought 20.00 m" in plan(shown)
