"""Long lists: separators, sheets, headers, units, kinds of equipment, and their problems."""

from datetime import date, datetime

import numpy as np
import openpyxl
import pytest

from twin.catalog import shipped
from twin.errors import InputError
from twin.files.load import load
from twin.files.notice import read_notice

EQUIPMENT = """\
# made by hand
Tag;Type of gear;Fed from;Rating;Trip [kA];Ready
U1;Utility;;13.8 MW;;2027-01-01
G1;Genset;;2500 kVA;;
MSB;Switchboard;U1;4000 A;3.2;2027-02-01
B1;Bus duct;MSB;800 A;0.63;2027-03-01

T1;tap-off;B1;60 A;;
"""
MAP = '{ id = "tag", kind = "Type  of gear", setting = "Trip [kA]" }'


def entry(kind, file="list.csv", columns="{}", more=""):
    return f'[lists.L1]\nfile = "{file}"\nkind = "{kind}"\ncolumns = {columns}\n{more}'


def problems(path):
    with pytest.raises(InputError) as raised:
        load(path)
    return raised.value.problems


@pytest.fixture
def listed(write, tiny):
    """Read one CSV list with a small layout."""

    def reader(text, kind, columns="{}"):
        write(text, "list.csv")
        return load(write(tiny + entry(kind, columns=columns)))

    return reader


def test_equipment_is_split_by_kind_with_the_users_own_words(listed):
    loaded = listed(EQUIPMENT, "equipment", MAP)
    tables = {table.kind: table for table in loaded.lists}
    assert list(tables) == ["source", "board", "busway", "tap"]
    source = tables["source"]
    assert source.ids.tolist() == ["U1", "G1"]
    assert source.columns["kind"].tolist() == ["utility", "generator"]
    np.testing.assert_array_equal(source.columns["rating_kw"], [13800, np.nan])
    np.testing.assert_array_equal(source.columns["rating_kva"], [np.nan, 2500])
    assert tables["board"].columns["breaker_a"].tolist() == [3200]
    assert tables["busway"].columns["fed_from"].tolist() == ["MSB"]
    assert tables["busway"].columns["ready"].tolist() == [date(2027, 3, 1)]
    assert tables["tap"].columns["rating_a"].tolist() == [60]
    # Rows as an editor counts them: the comment, the headers and the empty line too.
    assert tables["tap"].rows.tolist() == [8]


def test_origins_name_the_row_and_the_users_header(listed):
    place = listed(EQUIPMENT, "equipment", MAP).origins.place("busway", "B1", "breaker_a")
    assert place.file.endswith("list.csv")
    assert (place.row, place.key, place.line) == (6, "Trip [kA]", None)


def test_units_in_headers_and_in_cells_convert(listed):
    text = "id,hall,X (ft),Y [mm],Width mm,Depth (in),max load (lb),weight_kg\n"
    text = text.replace("max load (lb)", "max (lb)")
    text += "P1,H1,10,3000,600,48,4000,1\nP2,H1,1 m,3,600,4 ft,,2\n"
    (table,) = listed(text, "positions").lists
    np.testing.assert_allclose(table.columns["at_m"], [[3.048, 3.0], [1.0, 0.003]])
    np.testing.assert_allclose(table.columns["width_m"], [0.6, 0.6])
    np.testing.assert_allclose(table.columns["depth_m"], [1.2192, 1.2192])
    np.testing.assert_allclose(table.columns["max_kg"], [1814.36948, np.nan])
    assert "weight_kg" not in table.columns


def test_whips_without_ids_are_named_by_what_they_join(listed):
    text = "position,shelf,tap\nR1-01,1,R1-01-A\nR1-01,2,R1-01-B\n"
    (table,) = listed(text, "whips").lists
    assert table.ids.tolist() == ["R1-01/1/R1-01-A", "R1-01/2/R1-01-B"]
    assert table.columns["shelf"].tolist() == [1.0, 2.0]
    with pytest.raises(InputError, match="already used in row 2"):
        listed(text + "R1-01,1,R1-01-A\n", "whips")


def test_a_sheet_is_read_as_a_csv_file_is(write, tiny, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet("Racks")
    sheet.append(["Serial", "Type", "Arrives", "Priority", None])
    sheet.append([101, "gb300_nvl72", datetime(2027, 5, 3), 2])  # noqa: DTZ001
    sheet.append([None, None, None, None])
    sheet.append(["SN-2", "gb300_nvl72", "2027-05-04", None])
    book.save(tmp_path / "book.xlsx")
    loaded = load(write(tiny + entry("racks", "book.xlsx", more='sheet = "racks"\n')))
    (table,) = loaded.lists
    assert table.ids.tolist() == ["101", "SN-2"]
    assert table.columns["arrives"].tolist() == [date(2027, 5, 3), date(2027, 5, 4)]
    assert table.columns["arrives"].dtype == "datetime64[D]"
    assert table.columns["type"].dtype == object
    assert loaded.origins.place("rack", "SN-2").row == 4
    assert loaded.origins.place("rack", "SN-2").sheet == "Racks"


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings_are_told(write, tiny, tmp_path, encoding):
    (tmp_path / "list.csv").write_bytes("serial,type\nSÜ-1,a\n".encode(encoding))
    (only,) = problems(write(tiny + entry("racks")))
    assert only.file.endswith("list.csv")
    assert "UTF-8" in only.expected


@pytest.mark.parametrize(
    ("row", "header", "message"),
    [
        ("SN-1,t,,-1,,", "mass_kg", '"-1" is negative'),
        ("SN-1,t,,inf,,", "mass_kg", "is not one number"),
        ("SN-1,t,,12 kW,,", "mass_kg", "is a power, not mass"),
        ("SN-1,t,,,1.2,", "power_factor", "is above 1"),
        ("SN-1,t,,,x,", "power_factor", "is not a number"),
        ("SN-1,t,,,,1.5", "priority", "is not a whole number"),
        ("SN-1,t,plannd,,,", "state", "is not one of the known words"),
        (",t,,,,", "serial", "this id is empty"),
        ('"SN""1",t,,,,', "serial", "has the character"),
    ],
)
def test_a_cell_that_does_not_fit_is_told_with_its_row(write, tiny, row, header, message):
    write(f"serial,type,state,mass_kg,power_factor,priority\n{row}\n", "list.csv")
    (only,) = problems(write(tiny + entry("racks")))
    assert (only.row, only.key) == (2, header)
    assert message in only.message


def test_many_wrong_cells_are_counted(write, tiny):
    write("serial,type,mass_kg\n" + "".join(f"S{k},t,-1\n" for k in range(500)), "list.csv")
    found = problems(write(tiny + entry("racks")))
    assert len(found) == 21
    assert any(p.message == "480 more cells of this column are wrong" for p in found)


def test_an_id_in_two_lists_names_both_places(write, tiny):
    write("serial,type\nSN-1,t\n", "list.csv")
    write("serial,type\nSN-2,t\nSN-1,t\n", "other.csv")
    second = '[lists.L2]\nfile = "other.csv"\nkind = "racks"\n'
    (only,) = problems(write(tiny + entry("racks") + second))
    assert only.place().endswith("other.csv row 3")
    assert only.message.endswith("list.csv row 2")


def test_a_notice_gives_racks_and_their_deliveries(write):
    path = write(
        "Serial Number,Rack type,Revision,Truck,Arrival date,Position\n"
        "SN-1,gb300_nvl72,,T7,2027-05-03,R1-01\n"
        "SN-2,gb300_nvl72,,T7,2027-05-03,R1-02\n"
        "SN-3,gb300_nvl72,,,2027-05-04,\n",
        "asn.csv",
    )
    racks, deliveries = read_notice(path, shipped())
    assert (racks.kind, deliveries.kind) == ("rack", "delivery")
    assert racks.ids.tolist() == ["SN-1", "SN-2", "SN-3"]
    assert racks.columns["delivery"].tolist() == ["T7", "T7", "asn"]
    assert deliveries.ids.tolist() == ["T7", "asn"]
    assert deliveries.columns["arrives"].tolist() == [date(2027, 5, 3), date(2027, 5, 4)]
    assert deliveries.columns["truck"].tolist() == ["T7", ""]


def test_a_notice_names_revisions_and_unknown_types(write):
    revised = next(name for name in shipped().products if "@" in name)
    name, _, revision = revised.partition("@")
    head = "serial,type,revision\n"
    racks, _ = read_notice(write(f"{head}SN-1,{name},{revision}\n", "asn.csv"), shipped())
    assert racks.columns["type"].tolist() == [revised]
    with pytest.raises(InputError, match='Did you mean "gb300_nvl72"'):
        read_notice(write(f"{head}SN-1,gb300_nvl27,\n", "asn.csv"), shipped())
    with pytest.raises(InputError, match="the notice has no racks"):
        read_notice(write(head, "asn.csv"), shipped())


def test_transformers_and_busways_stand_in_one_list_with_a_rating_for_each_unit(listed):
    text = "id,kind,fed from,Rating (kVA),Rating (kW),Rating (A)\n"
    text += "U1,utility,,,13800,\nX1,transformer,U1,2500,,\nB1,busway,X1,,,800\n"
    tables = {table.kind: table.columns for table in listed(text, "equipment").lists}
    assert tables["source"]["rating_kw"].tolist() == [13800]
    assert tables["transformer"]["rating_kva"].tolist() == [2500]
    assert tables["busway"]["rating_a"].tolist() == [800]


@pytest.mark.parametrize(
    ("header", "cell", "mass_kg"),
    [
        ("Weight (lb)", "2000", 907.18474),
        ("Weight", "907", 907),
        ("weight_lb", "2000", 907.18474),
        ("weight_kg", "907", 907),
    ],
)
def test_a_weight_is_a_mass(listed, header, cell, mass_kg):
    (table,) = listed(f"serial,type,{header}\nSN-1,gb300_nvl72,{cell}\n", "racks").lists
    np.testing.assert_allclose(table.columns["mass_kg"], [mass_kg])


def test_two_weights_are_told(listed):
    with pytest.raises(InputError, match="two columns give mass_kg"):
        listed("serial,type,Weight (lb),mass_kg\nSN-1,gb300_nvl72,1,1\n", "racks")


def test_a_model_is_the_type_where_nothing_else_names_it(listed):
    (table,) = listed("serial,Model\nSN-1,gb300_nvl72\n", "racks").lists
    assert table.columns["type"].tolist() == ["gb300_nvl72"]
    (table,) = listed("serial,Model,Type\nSN-1,Our big one,gb300_nvl72\n", "racks").lists
    assert table.columns["type"].tolist() == ["gb300_nvl72"]
    (table,) = listed("id,kind,Model\nB1,busway,Maker 800\n", "equipment").lists
    assert "type" not in table.columns


@pytest.mark.parametrize("header", ["ETA", "Arrival Date", "Expected arrival"])
def test_a_notice_knows_words_for_the_day(write, header):
    path = write(f"serial,SKU,{header}\nSN-1,gb300_nvl72,2027-05-03\n", "asn.csv")
    _, deliveries = read_notice(path, shipped())
    assert deliveries.columns["arrives"].tolist() == [date(2027, 5, 3)]


def test_headers_that_are_understood_are_named(write, tiny):
    path = write("Asset,Kind\nA1,gb300_nvl72\n", "list.csv")
    with pytest.raises(InputError) as raised:
        read_notice(path, shipped())
    first, second = raised.value.problems
    assert "id, serial, serial_number" in first.expected
    assert {"type", "product", "model", "sku"} <= set(second.expected.replace(",", " ").split())
    assert "columns" not in first.expected  # a notice has no place to map them
    assert "map yours under columns" in problems(write(tiny + entry("racks")))[0].expected


def test_a_list_holds_the_whole_chain(tmp_path):
    (tmp_path / "gear.csv").write_text(
        "Tag,Kind,Fed from,Alternate source,In parallel with,Bus A,Bus B,Rating,Isolator\n"
        "U,utility,,,,,,4 MVA,\n"
        "G1,genset,,,,,,2000 kW,\n"
        "G2,genset,,,G1,,,2000 kW,\n"
        "B1,BESS,,,,,,1 MW,\n"
        "A1,ATS,U,G1,,,,3000 A,\n"
        "S1,STS,U,A1,,,,400 A,\n"
        "S2,transfer switch,U,A1,,,,400 A,\n"
        "MA,MSB,A1,,,,,3000 A,yes\n"
        "MB,MSB,A1,,,,,3000 A,\n"
        "T1,bus coupler,,,,MA,MB,3000 A,\n"
        "R1,power sidecar,MA,,,,,500 kW,\n"
    )
    path = tmp_path / "all.toml"
    path.write_text(
        'format = 1\nname = "all"\n[lists.gear]\nfile = "gear.csv"\nkind = "equipment"\n'
    )
    from twin import pipeline

    site = pipeline.load(path)
    kinds = {k: t.ids.tolist() for k, t in site.tables.items() if len(t)}
    assert kinds == {
        "source": ["B1", "G1", "G2", "U"], "transfer": ["A1", "S1", "S2"], "board": ["MA", "MB"],
        "tie": ["T1"], "rectifier": ["R1"],
    }  # fmt: skip
    sources = site.tables["source"]["kind"].tolist()
    assert sources == ["storage", "generator", "generator", "utility"]
    assert site.tables["transfer"]["kind"].tolist() == ["automatic", "static", "automatic"]
    board, tie = site.tables["board"], site.tables["tie"]
    assert board["isolator"].tolist() == [True, False]  # an empty cell is the default
    assert board["retransfers"].tolist() == [True, True]
    assert site.name_of(int(tie["side_b"][0])) == "board:MB"
    assert site.name_of(int(site.tables["source"]["parallel_with"][2])) == "source:G1"
    assert site.name_of(int(site.tables["transfer"]["alternate"][0])) == "source:G1"


def test_a_tie_of_a_list_needs_its_sides(tmp_path):
    (tmp_path / "gear.csv").write_text("id,kind,side_a,side_b\nM,board,,\nT1,tie,M,\n")
    path = tmp_path / "all.toml"
    path.write_text(
        'format = 1\nname = "all"\n[lists.gear]\nfile = "gear.csv"\nkind = "equipment"\n'
    )
    with pytest.raises(InputError, match="side_b: this cell is empty; write the side_b"):
        load(path)
