"""Links of fabric managers whose racks are stated: cords like any other, and no rack waits."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest

from tests.solve.cabled import study
from twin import pipeline
from twin.errors import InputError
from twin.exchange import netbox
from twin.model.change import Change
from twin.report.cables.papers import papers
from twin.report.cables.text import text, whole
from twin.solve.cabling.links.bundles import bundles
from twin.solve.fabric.before import before
from twin.solve.fabric.portmap import MANAGER, port_map
from twin.solve.ready import network_ready

ROOT = Path(__file__).parents[2]
SAID = {
    "manager_links": 2, "reserved": 1, "manager_at": '["N-02"]', "manager_cage": '"qsfp112"',
}  # fmt: skip


@pytest.fixture(scope="module")
def housed():
    return study(**SAID)


def rows(of, paper="cables.csv"):
    return [
        row for row in csv.DictReader(io.StringIO(papers(of)[paper]))
        if row.get("tier") == "manager to leaf"
    ]  # fmt: skip


def test_their_cords_stand_in_the_papers(housed):
    one, two = rows(housed)
    assert (one["lower_position"], one["lower_device"]) == ("N-02", "N-02-manager")
    assert [row["lower_label"] for row in (one, two)] == [
        "H1.N-02-manager:1 / H1.N-01-compute-leaf-004:4/1",
        "H1.N-02-manager:2 / H1.N-01-compute-leaf-004:4/2",
    ]
    assert {row["lower_transceiver"] for row in (one, two)} == {"sr4_400g_qsfp112"}
    assert {row["way"] for row in (one, two)} == {"T1"}
    assert not one["missing"]
    assert "Not listed" not in text(housed)
    assert whole(housed)
    devices = [row[0] for row in netbox.rows(housed)]
    assert devices.count("N-02-manager") == 2


def needs_of(of, rack):
    """Names of what a rack needs, directly."""
    site, needs = of.site, of.arrays.needs
    row = site.first["rack"] + site.tables["rack"].index[rack]
    return {site.name_of(n) for n in needs.needs[needs.ptr[row] : needs.ptr[row + 1]].tolist()}


def test_their_rack_does_not_wait_for_their_leaf(housed):
    """Node racks alone wait, and what networks ask of racks is as it is without managers."""
    plain = study(manager_links=2, reserved=1)
    place = housed.table("position").index["N-02"]
    assert all(place not in found.positions.tolist() for found in before(housed, 0))
    assert needs_of(housed, "N-002") == needs_of(plain, "N-002")
    day = pipeline.change(
        housed.site, {"data.switches.compute-leaf-004.ready": dt.date(2030, 1, 1)}
    )
    ready = pipeline.study_of(day, None, "provisioned", 0)(network_ready)
    late = dict(zip(housed.table("position").ids.tolist(), ready.day.tolist(), strict=True))
    assert late["A-04"] > late["N-02"]
    reports = [pipeline.check(each.site) for each in (housed, plain)]
    told = [
        {(f.code, f.subject) for f in report.findings if f.family == "NET"} for report in reports
    ]
    assert told[0] == told[1]
    assert reports[0].counts == reports[1].counts


def test_the_cage_that_nobody_says_is_missing():
    bare = study(**SAID | {"manager_cage": None})
    assert {row["missing"] for row in rows(bare)} == {"data.fabrics.compute.manager_cage"}
    assert not whole(bare)
    gaps = {gap.path: gap.racks for gap in pipeline.check(bare.site).gaps}
    assert "data.fabrics.compute.manager_cage" in gaps
    assert "data.fabrics.compute.node_cage" not in gaps


def test_links_go_round_the_racks_of_managers():
    both = study(**SAID | {"manager_at": '["N-*"]'})
    m = both(port_map)
    mine = m.tier == MANAGER
    names = both.table("position").ids[m.place[mine]].tolist()
    assert sorted(names) == ["N-01", "N-02"]
    assert m.low_port[mine].tolist() == [0, 0]
    assert int(both(bundles).manager.sum()) == 2


def test_without_a_place_the_key_is_named():
    said = text(study(manager_links=2, reserved=1))
    assert "2 links of fabric managers: no rack of theirs is stated, see manager_at" in said


def test_a_place_that_is_taken_out_is_not_stated(housed):
    left = pipeline.study_of(
        pipeline.change(housed.site, [Change("remove", "positions.N-02")]), None, "provisioned", 0
    )
    m = left(port_map)
    assert (m.place[m.tier == MANAGER] == -1).all()


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"manager_links": None, "reserved": None}, "means nothing without links of managers"),
        ({"manager_at": '["A-01"]'}, "A-01 houses nodes of the same fabric"),
        ({"manager_at": '["M-*"]'}, "matches no position"),
    ],
)
def test_places_of_managers_that_cannot_be_are_told(keys, said):
    with pytest.raises(InputError) as raised:
        study(**SAID | keys)
    assert any("manager_at" in p.text() and said in p.text() for p in raised.value.problems)


def test_managers_of_two_fabrics_in_one_rack_have_names_of_their_own(tmp_path):
    text = (ROOT / "tests/rules/cabled.toml").read_text(encoding="utf-8")
    said = "".join(f"{key} = {value}\n" for key, value in SAID.items())
    start, end = text.index("[data.fabrics.compute]"), text.index("[deliveries.D]")
    first = text[start:end] + said
    path = tmp_path / "two.toml"
    second = first.replace("fabrics.compute", "fabrics.storage")
    path.write_text(f"{text[:start]}{first}\n{second}\n{text[end:]}", encoding="utf-8")
    ends = [
        row["lower_label"].partition(" / ")[0] for row in rows(pipeline.study(pipeline.load(path)))
    ]
    assert ends == [
        f"H1.N-02-{fabric}-manager:{port}" for fabric in ("compute", "storage") for port in (1, 2)
    ]
