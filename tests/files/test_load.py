"""Reading a whole layout: what it gives, includes, outlines, catalogs, and where things stand."""

from datetime import date

import pytest

from twin.errors import InputError
from twin.files.load import load
from twin.files.origins import Place

POLYGON = """{"type": "FeatureCollection", "frame": "local-m", "features": [
 {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon",
  "coordinates": [[[0, 0], [9, 0], [9, 6], [0, 6], [0, 0]]]}}]}"""


def problems(path):
    with pytest.raises(InputError) as raised:
        load(path)
    return raised.value.problems


def test_a_layout_is_read_with_its_units(write, tiny):
    loaded = load(write(tiny.replace("pitch_m = 0.6", 'pitch_m = "2 ft"')))
    assert loaded.layout.rows["R1"].pitch_m == pytest.approx(0.6096)
    assert loaded.layout.deliveries["D1"].arrives == date(2027, 5, 3)
    assert loaded.lists == ()
    assert "gb300_nvl72" in loaded.catalog.products


def test_a_byte_order_mark_is_tolerated(tmp_path, tiny):
    path = tmp_path / "hall.toml"
    path.write_bytes(b"\xef\xbb\xbf" + tiny.encode())
    assert load(path).layout.name == "tiny"


def test_origins_name_the_key_or_what_encloses_it(write, tiny):
    path = write(tiny)
    origins = load(path).origins
    assert origins.of("rows.R1.count") == Place(str(path), 8, key="rows.R1.count")
    assert origins.of("rows.R1.height_m").line == 5
    assert origins.place("row", "R1", "pitch_m").line == 9
    assert origins.place("delivery", "D1").line == 12
    assert origins.of("coolant.loops.L1") == Place(str(path), key="coolant.loops.L1")
    assert origins.place("delivery", "D2").line is None


def test_all_problems_are_told_at_once_in_the_order_of_the_file(write, tiny):
    text = tiny.replace("count = 4", "count = -4").replace("0.6", "nan").replace("D1", '"D*1"')
    found = problems(write(text))
    assert [p.line for p in found] == [8, 9, 10, 12]
    assert found[0].key == "rows.R1.count"
    assert found[0].value == -4


def test_included_files_are_one_layout(write, tiny):
    write('[rows.R2]\nhall = "H1"\nat_m = [2, 5]\ncount = 2\npitch_m = 0.6\n', "parts/two.toml")
    write('[[assume]]\npath = "b"\nvalue = 2\nreason = "r"\nby = "me"\n', "parts/assume.toml")
    own = '[[assume]]\npath = "a"\nvalue = 1\nreason = "r"\nby = "me"\n'
    head = 'include = ["parts/two.toml", "parts/assume.toml"]\n'
    path = write(head + tiny + own)
    loaded = load(path)
    assert list(loaded.layout.rows) == ["R1", "R2"]
    assert [a.path for a in loaded.layout.assume] == ["a", "b"]
    places = [loaded.origins.of(p) for p in ("rows.R2.count", "assume.0.value", "assume.1.value")]
    assert [(p.file.removeprefix(f"{path.parent}/"), p.line) for p in places] == [
        ("parts/two.toml", 4),
        ("hall.toml", 19),
        ("parts/assume.toml", 3),
    ]


def test_no_link_leads_out_of_the_folder(tmp_path, write, tiny):
    outside = tmp_path / "outside.toml"
    outside.write_text('[rows.R2]\nhall = "H1"\n')
    path = write('include = ["link.toml"]\n' + tiny, "site/hall.toml")
    (path.parent / "link.toml").symlink_to(outside)
    (only,) = problems(path)
    assert "leads out of the layout's folder through a link" in only.message


@pytest.mark.parametrize("name", ["/etc/passwd", "../a.toml", "C:\\a.toml", "parts/../../a.toml"])
def test_no_path_leads_out_of_the_folder(write, tiny, name):
    (only,) = problems(write(f"include = ['{name}']\n" + tiny))
    assert only.line == 1
    assert only.value == name


def test_a_drawn_outline_is_filled_in(write, tiny):
    write(POLYGON, "hall.geojson")
    text = tiny.replace("outline_m = [[0, 0], [20, 0], [20, 10], [0, 10]]",
                        'outline = "hall.geojson"')  # fmt: skip
    hall = load(write(text)).layout.halls["H1"]
    assert hall.outline_m == [(0.0, 0.0), (9.0, 0.0), (9.0, 6.0), (0.0, 6.0)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"frame": "local-m", ', "", "degrees of longitude and latitude"),
        ('"local-m"', '"EPSG:25832"', "is not known"),
        ('"frame"', '"crs": {}, "frame"', "names a crs"),
        ("[9, 6]", "[9e6, 6]", "farther than 100 km"),
        ("[9, 6]", '["9", 6]', "is not a corner"),
        ("[9, 6]", "[NaN, 6]", "NaN is not a number of JSON"),
        ('"Polygon"', '"MultiPolygon"', "is not a Polygon"),
    ],
)
def test_a_drawing_that_is_no_floor_is_told(write, tiny, old, new, message):
    write(POLYGON.replace(old, new), "hall.geojson")
    text = tiny.replace("outline_m = [[0, 0], [20, 0], [20, 10], [0, 10]]",
                        'outline = "hall.geojson"')  # fmt: skip
    (only,) = problems(write(text))
    assert only.file.endswith("hall.geojson")
    assert message in only.message


def test_a_folder_of_products_is_laid_over_the_shipped_ones(write, tiny):
    product = """\
[source.sheet]
title = "Data sheet"
address = "https://example.com/sheet"
[rack.my_rack]
vendor = "Maker"
name = "Rack 1"
source = "sheet"
confidence = "datasheet"
mass_kg = 1500
"""
    write(product, "mine/racks.toml")
    write(product.replace("my_rack", "gb300_nvl72"), "over/deep/racks.toml")
    catalog = load(write(tiny + '[catalog]\nfolders = ["mine", "over"]\n')).catalog
    assert catalog.get("my_rack").number("mass_kg") == 1500
    assert catalog.get("gb300_nvl72").number("mass_kg") == 1500
    assert len(catalog.clashes) == 1
    assert "gb300_nvl72" in catalog.clashes[0]


def test_a_type_is_never_turned_into_another_silently(write, tiny):
    slips = {
        "count = 4": 'count = "4"',
        "width_m = 0.6": "width_m = true",
        "arrives = 2027-05-03": "arrives = 1700000000",
        'positions = ["R1-*"]': "priority = false",
    }
    for good, bad in slips.items():
        assert len(problems(write(tiny.replace(good, bad)))) == 1, bad


def test_a_file_in_which_all_is_wrong_is_told_in_part(write, tiny):
    found = problems(write(tiny + "".join(f"[racks.S{k}]\ntype = 1\n" for k in range(25_000))))
    assert len(found) == 201
    assert found[0].key == "racks.S0.type"
    assert found[-1].message == "only the first 200 problems are told"
