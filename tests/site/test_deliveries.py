"""Racks that deliveries place by rule: none vanishes, and no order of tables matters."""

from pathlib import Path

import pytest

from twin import pipeline

BASE = (Path(__file__).parents[1] / "rules" / "base.toml").read_text(encoding="utf-8")
SECOND = '[deliveries.D2]\ntype = "gb300_nvl72"\npositions = ["R1-0[12]"]\narrives = 2027-06-01\n'
FIRST = BASE.index("[deliveries.D1]")
LIVE = '[racks.OLD]\ntype = "gb300_nvl72"\nposition = "R1-02"\nstate = "live"\n'


@pytest.fixture
def placed(tmp_path):
    """Return where each rack of a layout stands, network rack left out."""

    def place(text, notice=None):
        path = tmp_path / "hall.toml"
        path.write_text(text, encoding="utf-8")
        site = pipeline.load(path, notice)
        racks = site.tables["rack"]
        where = [site.name_of(p).partition(":")[2] for p in racks["position"].tolist()]
        found = dict(zip(racks.ids.tolist(), where, strict=True))
        return {k: v for k, v in found.items() if v.startswith("R1")}, site

    return place


@pytest.mark.parametrize("text", [BASE + SECOND, BASE[:FIRST] + SECOND + BASE[FIRST:]])
def test_two_deliveries_to_one_position_are_both_judged(placed, text):
    racks, site = placed(text)
    assert racks == {
        **{f"D1-00{n}": f"R1-0{n}" for n in range(1, 5)},
        "D2-001": "R1-01",
        "D2-002": "R1-02",
    }
    report = pipeline.check(site)
    assert (report.counts["feasible"], report.counts["blocked"]) == (5, 2)


def test_a_glob_means_the_rest_and_a_name_means_itself(placed):
    racks, _ = placed(BASE + LIVE)
    assert racks == {"D1-001": "R1-01", "OLD": "R1-02", "D1-002": "R1-03", "D1-003": "R1-04"}
    named = BASE.replace('positions = ["R1-*"]', 'positions = ["R1-02", "R1-*"]')
    racks, _ = placed(named + LIVE)
    assert racks["D1-001"] == racks["OLD"] == "R1-02"
    assert len(racks) == 5


def test_a_ship_notice_pushes_no_rack_aside(placed, tmp_path):
    notice = tmp_path / "asn.csv"
    notice.write_text("Serial,Type,Position\nX1,gb300_nvl72,R1-01\n", encoding="utf-8")
    live = BASE.replace('positions = ["R1-*"]', 'positions = ["R1-*"]\nstate = "live"')
    racks, site = placed(live, notice)
    assert racks["X1"] == racks["D1-001"] == "R1-01"
    assert len(racks) == 5
    assert site.delivered == {"X1"}


def test_words_of_a_notice_are_columns_of_text(placed, tmp_path):
    """A column of Python objects has other bytes, and so another digest, in each process."""
    notice = tmp_path / "asn.csv"
    notice.write_text("Serial,Type,Position,State\nX1,gb300_nvl72,R1-01,live\n", encoding="utf-8")
    _, site = placed(BASE, notice)
    kinds = {c.dtype.kind for t in site.tables.values() for c in t.columns.values()}
    assert kinds <= set("fiUbM")
    assert "live" in site.tables["rack"]["state"].tolist()
