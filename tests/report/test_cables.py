"""The papers for the floor of cables: golden tables, labels, what to buy, what is open."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

import twin
from tests.solve.cabled import LAYOUT, MOULDED, SPLIT, study
from twin.errors import InputError
from twin.exchange import cvt, netbox
from twin.model.label import checked
from twin.report.cables.papers import papers, workbook
from twin.report.cables.rows import CABLES, cable_rows
from twin.report.cables.text import text, whole
from twin.report.tables import written
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.labels import labels
from twin.solve.cabling.cords.moved import moved_cords
from twin.solve.cabling.parts.parts import parts

ROOT = Path(__file__).parents[2]
PAPERS = ("cables", "bom", "pulls", "bundles")
FABRIC = "[data.fabrics.compute]"
HAND = ROOT / "layouts" / "hall_gb300.toml"


@pytest.fixture(scope="module")
def hall():
    return study()


@pytest.fixture(scope="module")
def by_hand():
    return twin.pipeline.study_of(twin.load(HAND), None, "provisioned", 1)


def rows(paper):
    return list(csv.DictReader(io.StringIO(paper)))


@pytest.mark.parametrize("name", PAPERS)
def test_papers_are_the_golden_ones(hall, golden, name):
    golden(f"cables_{name}.csv", papers(hall)[f"{name}.csv"])


def test_the_text_is_the_golden_one(hall, golden):
    golden("cables.txt", text(hall))


def test_tables_of_other_programs_are_the_golden_ones(hall, golden):
    golden("cables_netbox.csv", written(netbox.COLUMNS, netbox.rows(hall)))
    golden("cables_points.csv", written(cvt.COLUMNS, cvt.rows(hall)))


def test_the_front_door_gives_the_same_papers(hall):
    assert twin.cables(twin.load(LAYOUT)) == papers(hall)
    numbered = rows(twin.cables(twin.load(LAYOUT), label="{number:04d}")["cables.csv"])
    assert (numbered[0]["upper_label"], numbered[0]["lower_label"]) == ("0001", "0001")


def test_the_workbook_has_the_same_rows_and_the_same_bytes(hall):
    raw = workbook(hall)
    assert raw == workbook(hall)
    book = load_workbook(io.BytesIO(raw))
    assert book.sheetnames == [
        "cables", "bom", "optics", "pulls", "bundles", "trunks", "panels",
    ]  # fmt: skip
    table = list(book["cables"].values)
    told = rows(papers(hall)["cables.csv"])
    assert len(table) == len(told) + 1
    for value, word in zip(table[7], told[6].values(), strict=True):
        assert value == float(word) if isinstance(value, int | float) else (value or "") == word


# ------------------------------------------------------------------------------------- labels


def test_a_label_names_unit_and_port_and_the_far_end():
    switch = "[data.switches.compute-leaf-001]\nunit = 7\n\n"
    one = study((FABRIC, switch + FABRIC))
    upper, lower = labels(one)
    assert upper[32] == "H1.N-01-07:1/1 / H1.A-01-n1:1/1"
    assert lower[32] == "H1.A-01-n1:1/1 / H1.N-01-07:1/1"
    assert upper[0] == "H1.N-02-compute-spine-001:1/1 / H1.N-01-07:5/1"


def test_two_cords_with_one_label_are_named_and_what_would_tell_them_apart(hall):
    with pytest.raises(InputError) as told:
        labels(hall, "{position}-{device}:{cage}")
    (problem,) = told.value.problems
    assert problem.message == (
        '"N-02-compute-spine-001:1 / N-01-compute-leaf-001:5" would stand on two cords:'
        " cord 1 from compute-spine-001 port 1/1 to compute-leaf-001 port 5/1, and"
        " cord 2 from compute-spine-001 port 1/2 to compute-leaf-001 port 5/2"
    )
    assert problem.expected == "add {port} or {lane} or {number} to the template"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{hal}:{port}", 'there is no field "hal"'),
        ("{port", "it cannot be read"),
        ("{unit:03d}:{port}", "it cannot be read"),
        ("{}", 'there is no field ""'),
        ("cord", "it has no field"),
    ],
)
def test_a_wrong_template_is_told(template, said):
    with pytest.raises(InputError, match=said):
        checked(template)


# --------------------------------------------------------------------- cords of several links


def test_a_splitter_is_one_cord_with_a_row_for_each_tail():
    told = rows(papers(study(**SPLIT))["cables.csv"])
    assert [(r["cord"], r["tail"], r["cords"], r["links"]) for r in told[:4]] == [
        ("1", "1", "1", "1"), ("1", "2", "0", "1"), ("2", "1", "1", "1"), ("2", "2", "0", "1"),
    ]  # fmt: skip
    assert (told[0]["upper_cage"], told[0]["upper_lane"], told[1]["lower_cage"]) == ("1", "", "2")
    assert told[0]["upper_transceiver"] == told[0]["lower_transceiver"] == ""
    assert (told[0]["cable"], told[0]["way"]) == ("dac_800g_to_2x400g_osfp", "within the rack")
    (line,) = rows(papers(study(**SPLIT))["bom.csv"])
    assert (line["count"], line["stock_m"], line["total_m"]) == ("16", "2.5", "40.0")


def test_a_plug_of_two_ports_is_one_row_of_two_links():
    one = study(**MOULDED)
    told = rows(papers(one)["cables.csv"])
    plugs = [row for row in told if row["cable"] == "lacc_800g"]
    assert plugs
    assert {(row["links"], row["cords"], row["upper_lane"]) for row in plugs} == {("2", "1", "")}
    points = rows(written(cvt.COLUMNS, cvt.rows(one)))
    cores = [row for row in points if "core" in row["Z-Node Name"]]
    assert [(row["A-Port"], row["Z-Port"]) for row in cores[:2]] == [("3/1", "1/1"), ("3/2", "1/2")]


def test_a_splitter_of_fibre_takes_a_part_of_its_cage_at_the_head():
    one = study(**SPLIT)
    part = one(parts)
    n = len(part.media)
    every = replace(part.media, moulded=np.zeros(n, dtype=bool), split=np.full(n, 2))
    one._kept[parts] = replace(part, media=every)  # as if such a part were chosen
    told = rows(papers(one)["cables.csv"])
    assert [(r["cord"], r["tail"], r["upper_cage"], r["upper_lane"]) for r in told[:4]] == [
        ("1", "1", "1", "1-2"), ("1", "2", "1", "1-2"), ("2", "1", "2", "1-2"),
        ("2", "2", "2", "1-2"),
    ]  # fmt: skip
    assert told[1]["upper_label"] == "H1.A-01-compute-leaf-001:1/1-2 / H1.A-01-n1:2"


# ------------------------------------------------------------------------------- what to buy


def test_spares_are_the_owners_and_rounded_up():
    one = study(("tray_fill = 0.4", "tray_fill = 0.4\ncable_spares = 0.05\noptic_spares = 0.02"))
    told = rows(papers(one)["bom.csv"])
    assert [(r["count"], r["spares"], r["order"]) for r in told] == [
        ("32", "2", "34"), ("8", "1", "9"), ("24", "2", "26"), ("48", "1", "49"), ("16", "1", "17"),
    ]  # fmt: skip
    assert told[0]["total_m"] == "238.0"
    assert "no spares" not in text(one)


def test_prices_and_own_lengths_of_the_owner_count():
    prices = "[data.prices]\nfibre_mm_straight = 90\n2xsr4_800g = 1000\n\n"
    own = "[data.stock_m]\nfibre_mm_straight = [12]\n\n"
    one = study((FABRIC, prices + own + FABRIC))
    told = rows(papers(one)["bom.csv"])
    assert [(r["stock_m"], r["price_each"], r["price_total"]) for r in told] == [
        ("12.0", "90.0", "5760.0"), ("", "1000.0", "48000.0"), ("", "", ""),
    ]  # fmt: skip
    said = text(one)
    assert "To buy\n  cables: 768 m\n  their mass: not known\n" in said
    assert "  price: at least 53,760 in the unit of data.prices\n" in said


# ------------------------------------------------------------------------------ when and where


def test_a_day_shows_the_cords_that_stand_on_it():
    early = study(day=date(2027, 1, 20))
    told = papers(early)
    assert {row["day"] for row in rows(told["cables.csv"])} == {"2027-01-15"}
    assert len(rows(told["cables.csv"])) == 32
    assert "32 links that 2027-01-20 lacks an end of" in text(early)
    with pytest.raises(InputError, match="no network cable stands on 2026-01-01"):
        papers(study(day=date(2026, 1, 1)))


def test_weeks_are_those_of_iso_8601():
    one = study(("arrives = 2027-01-15", "arrives = 2027-01-03"))
    assert {row["week"] for row in rows(papers(one)["pulls.csv"])} == {"2026-W53", "2027-W05"}


def test_bundles_by_hand_are_counted_without_ports(by_hand):
    told = papers(by_hand)
    first = rows(told["cables.csv"])[0]
    assert (first["cord"], first["cords"], first["upper_label"], first["upper_cage"]) == (
        "", "72", "", "",
    )  # fmt: skip
    assert (first["upper_device"], first["lower_position"]) == ("R1-P1", "R1-01")
    assert (first["stock_m"], first["slack_m"], first["slack_at"]) == ("30.0", "13.0", "H1.N-01")
    assert sum(int(row["cords"]) for row in rows(told["pulls.csv"])) == 4608
    assert whole(by_hand)
    assert list(netbox.rows(by_hand)) == []
    assert "4,608 cords in 64 bundles that positions name by hand" in text(by_hand)


def test_a_share_of_ports_that_is_no_whole_number_is_not_counted():
    site = twin.change(twin.load(HAND), {"catalog.gb300_nvl72.ew_ports": 71})
    one = twin.pipeline.study_of(site, None, "provisioned", 1)
    told = rows(papers(one)["cables.csv"])
    assert {(row["cords"], row["links"]) for row in told} == {("", "35.5")}
    assert told[0]["missing"] == "an even share of ports that is no whole number of links"
    assert not whole(one)


# ------------------------------------------------------------------------------ what is open


def test_a_length_by_hand_that_nobody_stocks_is_told(by_hand):
    def under(lengths):
        site = by_hand.site.replace(stock_m={"fibre_sm_straight": lengths})
        return twin.pipeline.study_of(site, None, "provisioned", 1)

    short = under((5.0, 15.0))
    lacking = [row for row in rows(papers(short)["bundles.csv"]) if row["missing"]]
    said = "no length in stock that is long enough: of fibre_sm_straight at most 15 m"
    assert {row["missing"] for row in lacking} == {said}
    assert all(float(row["needed_m"]) > 15 and not row["stock_m"] for row in lacking)
    assert 0 < len(lacking) < 64
    assert whole(under((15.0, 30.0)))


def test_a_medium_that_is_an_optic_is_no_cable(tmp_path):
    layout = HAND.read_text(encoding="utf-8")
    switch = layout.index("[data.switches.R1-P1]")
    medium = layout.index("fibre_sm_straight", switch)
    path = tmp_path / "optic.toml"
    optic = layout[medium:].replace("fibre_sm_straight", "2xdr4_800g_500m", 1)
    path.write_text(layout[:medium] + optic, encoding="utf-8")
    site = twin.load(path)
    one = twin.pipeline.study_of(site, None, "provisioned", 1)
    assert "not known: data.switches.R1-P1.medium (576 cords)" in text(one)
    bom = rows(papers(one)["bom.csv"])
    assert [(r["id"], r["count"]) for r in bom] == [("", "576"), ("fibre_sm_straight", "4032")]
    assert bom[0]["missing"] == "cable; length"


def test_what_cannot_be_comes_before_what_is_not_known():
    one = study(media='"dac"')
    assert not whole(one)
    assert "Open\n  no medium that fits (64 cords)\n" in text(one)
    assert {row["missing"] for row in rows(papers(one)["cables.csv"])} == {"no medium that fits"}


def test_what_finds_no_medium_names_its_cages_its_split_and_what_comes_nearest():
    words = " ".join(text(study(media='"dac"')).split())
    assert (
        "32 cords of 9.8 to 11.6 m at 400 Gb/s, cages osfp-ihs and osfp-rhs; nearest is "
        "2xdr4_800g_500m+fibre_sm_straight+2xdr4_800g_500m_flt: not among dac" in words
    )
    assert "nearest is dac_800g_osfp: reaches 2 m" in words
    apart = study(split=4, gbps=100, node_cage_ports=1, links_per_node=1, rails=None)
    words = " ".join(text(apart).split())
    assert "16 cords of 9.8 to 11.6 m at 100 Gb/s, split 4, cages osfp-ihs and osfp-rhs" in words
    assert "makes 1 links of a port, 4 are asked for" in words


def test_no_way_and_no_trays_are_told_apart():
    cut = study(("points_m = [[1, 2.6], [12, 2.6]]", "points_m = [[1, 2.6], [6, 2.6]]"))
    assert "no way along the trays (64 cords)" in text(cut)
    found = text(cut)
    layout = LAYOUT.read_text(encoding="utf-8")
    bare = study((layout[layout.index("[trays.T1]") : layout.index(FABRIC)], ""))
    assert 'not known: trays.*.hall = "H1"' in text(bare)
    assert "no way" not in text(bare)
    assert not whole(cut)
    assert "not known" not in found.split("Open")[1]


def test_a_cage_that_nobody_states_is_named():
    # The catalog says nothing of the cages of management ports.
    one = study(node_cage=None, media=None, network='"out-of-band"')
    told = rows(papers(one)["cables.csv"])
    missing = {row["missing"] for row in told if row["tier"] == "node to leaf"}
    assert missing == {"data.fabrics.compute.node_cage"}
    assert {row["missing"] for row in told if row["tier"] != "node to leaf"} == {""}


def test_links_of_managers_are_not_listed_and_said():
    one = study(manager_links=2, reserved=1)
    assert "Not listed\n  2 links of fabric managers" in text(one)
    assert len(one(cables).link) == 62
    assert not np.isnan(one(cables).cords).any()


def test_a_label_longer_than_netbox_keeps_is_told(hall):
    with pytest.raises(InputError, match="NetBox keeps 100"):
        list(netbox.rows(hall, "{hall}-{position}-{rack}-{device}-{fabric}-{tier}-{port}"))


@pytest.mark.parametrize(
    ("product", "word"),
    [
        ("dac_800g_osfp", "dac-passive"), ("lacc_800g", "dac-active"), ("aoc", "aoc"),
        ("fibre_mm_straight", "mmf-om4"), ("fibre_sm_straight", "smf-os2"), ("cat6a", "cat6a"),
        ("cat6a_sd", "cat6a"), ("cat5e", "cat5e"), ("twinax", ""),
    ],
)  # fmt: skip
def test_types_of_cables_are_netbox_words(product, word):
    assert netbox.cable_type(twin.products().products[product]) == word


def test_cords_that_will_be_led_another_way_are_told_on_an_early_day():
    """Room for 22 cords in TM: 16 of two racks lie there until the other two come."""
    layout = ROOT / "tests" / "rules" / "two_ways.toml"
    late = {"racks.D-00[34].arrives": date(2027, 9, 1)}
    narrow = twin.pipeline.change(twin.pipeline.load(layout), {"trays.TM.width_m": 0.004} | late)
    early = twin.pipeline.study_of(narrow, date(2027, 7, 1), "provisioned", 0)
    found = moved_cords(early)
    assert (len(found.row), set(found.way.tolist())) == (12, {"TA > TD"})
    assert "To be moved before all that is planned stands: 12 cords" in text(early)
    later = [row[CABLES.index("later")] for row in cable_rows(early)]
    assert [w for w in later if w] == ["TA > TD, fibre_mm_straight, 15 m"] * 12
    final = twin.pipeline.study_of(narrow, None, "provisioned", 0)
    assert not len(moved_cords(final).row)
    wide = twin.pipeline.change(twin.pipeline.load(layout), late)
    rest = twin.pipeline.study_of(wide, date(2027, 7, 1), "provisioned", 0)
    assert "All of these cords lie on 2027-07-01 as they do when all is there." in text(rest)
