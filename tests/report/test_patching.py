"""Papers of links through panels: cords one by one, trunks and ports of panels."""

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from twin import pipeline
from twin.exchange import cvt, netbox
from twin.report.cables.papers import papers, workbook
from twin.report.cables.text import text
from twin.report.tables import written
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.panels.panel_ports import panel_ports
from twin.solve.cabling.parts.bought import NO_TRUNK

RULES = Path(__file__).parents[1] / "rules"
PAPERS = ("cables", "bom", "pulls", "bundles", "trunks", "panels")


def built(folder, *changes, day=None):
    """The small hall with panels, with other lines."""
    layout = (RULES / "paneled.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in layout
        layout = layout.replace(old, new)
    path = folder / "paneled.toml"
    path.write_text(layout, encoding="utf-8")
    return pipeline.study_of(pipeline.load(path), day, "provisioned", 1)


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    return built(tmp_path_factory.mktemp("paneled"))


def rows(paper):
    return list(csv.DictReader(io.StringIO(paper)))


@pytest.mark.parametrize("name", PAPERS)
def test_papers_are_the_golden_ones(hall, golden, name):
    golden(f"patched_{name}.csv", papers(hall)[f"{name}.csv"])


def test_the_text_and_the_table_of_netbox_are_the_golden_ones(hall, golden):
    golden("patched.txt", text(hall))
    golden("patched_netbox.csv", written(netbox.COLUMNS, netbox.rows(hall)))


def test_a_link_through_panels_is_two_cords_with_lengths_of_their_own(hall):
    told = rows(papers(hall)["cables.csv"])
    by = Counter((row["lower_device"] in {"PA", "PN"}, row["upper_device"] in {"PA", "PN"})
                 for row in told)  # fmt: skip
    assert by == {(False, False): 32, (False, True): 32, (True, False): 32}
    for row in told:
        for end in ("upper", "lower"):
            panel = row[f"{end}_device"] in {"PA", "PN"}
            assert (row[f"{end}_transceiver"] == "") == panel
    # By hand: rack and drop up to the tray at 2.8 m, 0.6 m along it, down to the panel's unit 40.
    one = next(row for row in told if row["lower_device"] == "A-04-n1")
    assert one["way"] == "T1"
    assert float(one["needed_m"]) == pytest.approx(2.8 + 0.6 + 2.8 - 39 * 0.04445, abs=1e-3)
    assert {row["stock_m"] for row in told if row["lower_device"] == "PN"} == {"3.0"}


def test_the_trunk_is_pulled_first_and_counts_its_connectors(hall):
    pulls, (trunk,) = rows(papers(hall)["pulls.csv"]), rows(papers(hall)["trunks.csv"])
    assert (pulls[0]["pull"], pulls[0]["bundles"], pulls[0]["cords"]) == ("1", "TA", "3")
    assert min(int(row["pull"]) for row in rows(papers(hall)["cables.csv"])) == 2
    assert [trunk[k] for k in ("connectors", "used", "free")] == ["36", "32", "4"]
    bought = [row for row in rows(papers(hall)["bom.csv"]) if row["item"] == "trunk"]
    assert [(row["id"], row["stock_m"], row["count"]) for row in bought] == [
        ("trunk_sm_144", "40.0", "3")
    ]
    cords = sum(int(r["count"]) for r in rows(papers(hall)["bom.csv"]) if r["item"] == "cord")
    assert cords == 96


def test_schedules_tell_units_gender_polarity_and_both_ends_of_each_connector(hall):
    (trunk,), told = (rows(papers(hall)[f"{name}.csv"]) for name in ("trunks", "panels"))
    assert [trunk[k] for k in ("gender", "polarity", "a_units", "b_units")] == [
        "male", "B", "4", "4",
    ]  # fmt: skip
    assert {(row["units"], row["gender"], row["polarity"]) for row in told} == {("4", "", "B")}
    behind = {(r["panel"], r["port"]): (r["to_panel"], r["to_port"]) for r in told if r["trunk"]}
    assert len(behind) == 64
    assert all(behind[to] == here for here, to in behind.items())


def test_the_workbook_has_the_sheets(hall):
    book = load_workbook(io.BytesIO(workbook(hall)))
    assert book.sheetnames[-2:] == ["trunks", "panels"]
    assert len(list(book["panels"].values)) == 1 + 2 * 36


def test_points_are_links_from_device_to_device(hall):
    table = rows(written(cvt.COLUMNS, cvt.rows(hall)))
    assert len(table) == 64
    assert not {"PA", "PN"} & {row[k] for row in table for k in ("A-Node Name", "Z-Node Name")}


def test_netbox_finds_each_port_once_and_trunks_at_rear_ports(hall):
    table = rows(written(netbox.COLUMNS, netbox.rows(hall)))
    ends = [(r[f"side_{s}_device"], r[f"side_{s}_type"], r[f"side_{s}_name"])
            for r in table for s in "ab"]  # fmt: skip
    assert len(set(ends)) == len(ends) == 2 * (32 + 64 + 3)
    assert Counter(kind for _, kind, _ in ends) == {
        "dcim.interface": 128, "dcim.frontport": 64, "dcim.rearport": 6,
    }  # fmt: skip


def test_ports_do_not_move_when_racks_come(tmp_path, hall):
    late = (
        'positions = ["A-01", "A-02", "A-03", "A-04"]\narrives = 2027-02-01',
        (
            'positions = ["A-02", "A-04"]\narrives = 2027-02-01\n\n[deliveries.E]\n'
            'type = "dgx_h100_air_4x"\npositions = ["A-01", "A-03"]\narrives = 2027-06-01'
        ),
    )
    early = built(tmp_path, late, day=date(2027, 3, 1))
    had = {(r["panel"], r["port"]): r["label"] for r in rows(papers(early)["panels.csv"])
           if r["label"]}  # fmt: skip
    final = {(r["panel"], r["port"]): r["label"] for r in rows(papers(hall)["panels.csv"])}
    assert len(had) == 32
    assert had.items() <= final.items()


def test_what_has_no_port_no_connector_or_no_trunk_says_so(tmp_path):
    few = ('"A-04"]\nports = 36', '"A-04"]\nports = 30')
    short = built(tmp_path, few, ("count = 3", "count = 2"))
    told = rows(papers(short)["panels.csv"])
    missing = Counter((row["panel"], row["missing"]) for row in told if row["missing"])
    assert missing[("PA", "a port of the panel; a connector of a trunk")] == 2
    assert missing[("PN", "a connector of a trunk")] == 8
    head, rest = (RULES / "paneled.toml").read_text(encoding="utf-8").split("[data.trunks.TA]")
    none = built(tmp_path, ("[data.trunks.TA]" + rest.split("[deliveries.D]")[0], ""))
    assert head
    lacking = {r["missing"] for r in rows(papers(none)["cables.csv"]) if "P" in r["lower_device"]}
    assert lacking == {NO_TRUNK}


@given(
    nodes=st.integers(1, 4), links=st.sampled_from([2, 4]), rails=st.booleans(),
    count=st.integers(1, 4), split=st.booleans(),
)  # fmt: skip
@settings(max_examples=10, deadline=None)
def test_each_port_and_connector_is_used_once(tmp_path_factory, nodes, links, rails, count, split):
    changes = [
        ("nodes_per_position = 4", f"nodes_per_position = {nodes}"),
        ("links_per_node = 2", f"links_per_node = {links}"),
        ("count = 3", f"count = {count}"),
    ]
    if not rails:
        changes.append(("rails = 2\n", ""))
    if split:  # another trunk between the same panels, named the other way round
        second = (
            '[data.trunks.TB]\npanel_a = "PN"\npanel_b = "PA"\n'
            'type = "trunk_sm_144"\ncount = 1\n\n[data.trunks.TA]'
        )
        changes.append(("[data.trunks.TA]", second))
    one = built(tmp_path_factory.mktemp("ports"), *changes)
    found, cable = one(panel_ports), one(cables)
    through = found.low > 0
    assert np.array_equal(through, found.high > 0)
    assert through.sum() == nodes * links * 4
    ends = [*zip(found.low_panel[through], found.low[through], strict=True),
            *zip(found.high_panel[through], found.high[through], strict=True)]  # fmt: skip
    assert len(set(ends)) == len(ends) == 2 * through.sum()
    assert found.low[through].max() == through.sum()
    held = found.trunk >= 0
    behind = list(zip(found.trunk[held], found.strand[held], found.connector[held], strict=True))
    assert len(set(behind)) == len(behind) == min(through.sum(), 12 * (count + split))
    assert found.connector[held].max(initial=0) <= 12
    used = np.concatenate(
        [
            np.stack([end.panel, end.cage], axis=1)[end.panel >= 0]
            for end in (cable.lower, cable.upper)
        ]
    )
    assert len(np.unique(used, axis=0)) == len(used) == 2 * through.sum()
