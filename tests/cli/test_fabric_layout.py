"""`twin fabric LAYOUT`: what it tells of the fabrics of a layout, the port map, other plans."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.site.pods import H100, text

FABRIC = Path(__file__).parents[1] / "rules" / "fabric.toml"


@pytest.fixture
def told(cli):
    """Run `twin fabric LAYOUT` with JSON; return what it says."""

    def call(*arguments):
        ran = cli("fabric", *arguments, "--format", "json")
        assert ran.code == 0, ran.err
        return json.loads(ran.out)

    return call


def test_sizes_and_places(told):
    found = told(FABRIC)
    assert (found["schema"], found["date"]) == ("twin-fabrics/1", None)
    compute, oob = found["fabrics"]["compute"], found["fabrics"]["oob"]
    assert compute["switches"] == {"leaf": 16, "spine": 4}
    assert compute["links"] == {"node to leaf": 256, "leaf to spine": 256} == compute["cords"]
    assert compute["bandwidth_tbps"] == {"node to leaf": 102.4, "leaf to spine": 102.4}
    assert compute["oversubscription"] == {"leaf": 1.0, "spine": None}
    assert found["fabrics"]["storage"]["oversubscription"]["leaf"] == 3.0
    assert compute["free_ports"] == {"leaf": 512, "spine": 0}
    assert compute["housed"][0]["position"] == "N-01"
    assert compute["housed"][0]["units"] == list(range(1, 9))
    assert compute["before"][0]["positions"] == ["C-01", "C-02", "C-03", "C-04"]
    assert (compute["before"][0]["ready"], compute["before"][0]["waits_for"]) == (
        "2027-04-05", "rack:N-001",
    )  # fmt: skip
    assert oob["oversubscription"] == {"leaf": None, "spine": None}
    assert oob["nodes_standing"] == 56


def test_the_part_that_stands_on_a_day(told):
    compute = told(FABRIC, "--date", "2027-04-10")["fabrics"]["compute"]
    assert compute["links"] == {"node to leaf": 256, "leaf to spine": 256}
    assert compute["links_standing"] == {"node to leaf": 0, "leaf to spine": 256}
    assert compute["nodes_standing"] == 0
    first = told(FABRIC, "--set", "racks.C-00[5-8].arrives=2027-09-01", "--date", "2027-06-01")
    assert first["fabrics"]["compute"]["links_standing"]["node to leaf"] == 128
    assert first["fabrics"]["compute"]["cords_standing"]["node to leaf"] == 128


def test_text(cli):
    ran = cli("fabric", FABRIC, "--date", "2027-06-01")
    assert ran.code == 0
    compute = ran.out.partition("\n\noob")[0]
    assert compute == (
        "compute (compute): 8 links of 400 Gb/s for each node, 8 rails, 2 units\n"
        "32 node places; 32 nodes stand on 2027-06-01\n"
        "\n"
        "  tier   switches  standing  down  up  oversubscribed  ports free in all\n"
        "  -----  --------  --------  ----  --  --------------  -----------------\n"
        "  leaf         16        16    16  16          1 to 1                512\n"
        "  spine         4         4    64                                      0\n"
        "\n"
        "  between        links  standing  cords  standing  Tb/s each way\n"
        "  -------------  -----  --------  -----  --------  -------------\n"
        "  node to leaf     256       256    256       256          102.4\n"
        "  leaf to spine    256       256    256       256          102.4\n"
        "  all              512       512    512       512\n"
        "\n"
        "  rack at  switches  units  which\n"
        "  -------  --------  -----  ------------------------\n"
        "  N-01            8  1-8    compute-leaf-001 to 008\n"
        "  N-02            8  1-8    compute-leaf-009 to 016\n"
        "  N-03            4  1-4    compute-spine-001 to 004\n"
        "\n"
        "  racks at    live before them    all live    the last\n"
        "  ----------  ------------------  ----------  ----------\n"
        "  C-01 to 04  8 leaves, 4 spines  2027-04-05  rack:N-001\n"
        "  C-05 to 08  8 leaves, 4 spines  2027-04-05  rack:N-002\n"
        "\n"
        "  one lost  least left   racks  such as\n"
        "  --------  ----------  ------  ------------------------\n"
        "  leaf           0.875  8 of 8  switch:compute-leaf-001\n"
        "  spine           0.75  8 of 8  switch:compute-spine-001"
    )


def test_switches_whose_rack_never_comes(told, cli, tmp_path):
    here = told(FABRIC)["fabrics"]["compute"]
    assert here["before"][0]["in_no_rack"] is None
    assert here["nodes_joined"] == here["nodes_standing"] == 32
    path = tmp_path / "bare.toml"
    path.write_text(FABRIC.read_text(encoding="utf-8").partition("[deliveries.N]")[0])
    shutil.copytree(FABRIC.with_name("products"), tmp_path / "products")
    ran = cli("fabric", path)
    assert ran.code == 0, ran.err
    assert "32 node places; 32 nodes stand, 0 of them on a leaf that stands" in ran.out
    assert "not known  switch:compute-leaf-001, in no rack" in ran.out
    assert told(path)["fabrics"]["compute"]["before"][0]["in_no_rack"] == "switch:compute-leaf-001"


def test_what_must_be_live_before_a_rack(told, cli):
    paneled = FABRIC.with_name("paneled.toml")
    ran = cli("fabric", paneled, "--rack", "A-01", "--set", "data.trunks.TA.ready=2027-01-20")
    assert ran.code == 0
    assert ran.out == (
        "Before rack D-001 is usable: all live on 2027-01-20, the last is TA\n"
        "\n"
        "  network  kind   count  which                     at            live\n"
        "  -------  -----  -----  ------------------------  ------------  ----------\n"
        "  compute  leaf       2  compute-leaf-001 to 002   N-01 (N-001)  2027-01-15\n"
        "  compute  spine      2  compute-spine-001 to 002  N-02 (N-002)  2027-01-15\n"
        "           panel      1  PA                        A-05 (N-003)  2027-01-15\n"
        "           panel      1  PN                        N-01 (N-001)  2027-01-15\n"
        "           trunk      1  TA                                      2027-01-20\n"
    )
    before = told(paneled)["fabrics"]["compute"]["before"]
    assert [(b["panels"], b["trunks"]) for b in before] == [(["PA", "PN"], ["TA"])] * 2
    needs = told(FABRIC, "--rack", "C-005")
    assert (needs["schema"], needs["rack"], needs["all_live"]) == (
        "twin-rack-needs/1", "C-005", "2027-04-05",
    )  # fmt: skip
    counts = {(n["network"], n["kind"]) for n in needs["needs"]}
    assert counts == {
        ("compute", "leaf"), ("compute", "spine"), ("oob", "leaf"), ("storage", "leaf"),
        ("storage", "spine"),
    }  # fmt: skip
    wrong = cli("fabric", FABRIC, "--rack", "C-50")
    assert wrong.code == 2
    assert 'there is no rack "C-50"; the id of a rack, or of the position' in wrong.err


def test_what_one_loss_leaves(told):
    planes = told(FABRIC.with_name("planes.toml"))["fabrics"]["compute"]["one_lost"]
    assert planes == {
        "leaf": {"left": 0.875, "racks": 2, "of": 2, "such_as": "switch:compute-p1-leaf-001"},
        "spine": {"left": 0.5, "racks": 2, "of": 2, "such_as": "switch:compute-p1-spine-001"},
        "plane": {"left": 0.5, "racks": 2, "of": 2, "such_as": "switch:compute-p1-leaf-001"},
    }
    trays = told(FABRIC.with_name("trays.toml"))["fabrics"]["F"]["one_lost"]
    assert trays["tray"] == {"left": 0.5, "racks": 4, "of": 4, "such_as": "tray:TA"}
    assert (trays["plane"]["left"], "spine" in trays) == (0.5, False)


def test_a_layout_without_fabrics(cli):
    ran = cli("fabric", FABRIC.with_name("base.toml"))
    first, domains = ran.out.split("\n\n")
    assert (ran.code, first) == (0, "The layout describes no fabric.")
    assert [line.split()[0] for line in domains.splitlines()] == [
        "Scale-up", "rack", "-----------", "gb300_nvl72",
    ]  # fmt: skip


def test_the_port_map_as_a_table(cli, tmp_path):
    path = tmp_path / "ports.csv"
    ran = cli("fabric", FABRIC, "-o", path, "--date", "2027-04-10")
    assert (ran.code, f"wrote {path}" in ran.err) == (0, True)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 512 + 56 + 96
    assert rows[0] == {
        "fabric": "compute", "between": "node to leaf", "plane": "1",
        "bundle": "C-01>compute-leaf-001", "cord": "1", "stands": "False",
        "a position": "C-01", "a rack": "C-001", "a unit": "", "a device": "node 1",
        "a port": "1", "a lane": "", "b position": "N-01", "b rack": "N-001", "b unit": "1",
        "b device": "compute-leaf-001", "b port": "1", "b lane": "",
    }  # fmt: skip
    ends = [(r["b device"], r["b port"], r["b lane"]) for r in rows]
    ends += [(r["a device"], r["a port"], r["a lane"]) for r in rows if "leaf-" in r["a device"]]
    assert len(set(ends)) == len(ends)
    up = [r for r in rows if r["between"] == "leaf to spine"]
    assert {r["a unit"] for r in up if r["fabric"] == "storage"} == {"9"}


def test_lanes_of_ports_that_are_split(cli, tmp_path):
    keys = {**H100, "leaf": "sn5600", "gbps": 400, "planes": 2, "manager_links": 2, "reserved": 1}
    (tmp_path / "pod.toml").write_text(text(8, 2, c=keys), encoding="utf-8")
    path = tmp_path / "ports.csv"
    assert cli("fabric", tmp_path / "pod.toml", "-o", path).code == 0
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {r["b lane"] for r in rows} == {"1", "2"}
    assert max(int(r["b port"]) for r in rows) <= 64
    node = [r for r in rows if r["a device"] == "node 1" and r["a position"] == "C-01"]
    assert {(r["plane"], r["a lane"]) for r in node} == {("1", "1"), ("2", "2")}
    assert len({r["cord"] for r in node}) == 8
    managers = [r for r in rows if r["between"] == "manager to leaf"]
    assert {r["a device"] for r in managers} == {"c managers"}
    assert len(managers) == 4


def test_planes_with_ports_of_their_own(cli, tmp_path):
    keys = {"nodes_per_position": 4, "links_per_node": 1, "planes": 2, "links_per_cord": 1}
    (tmp_path / "pod.toml").write_text(text(8, 2, c=keys), encoding="utf-8")
    path = tmp_path / "ports.csv"
    assert cli("fabric", tmp_path / "pod.toml", "-o", path).code == 0
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    node = [r for r in rows if r["a device"] == "node 1" and r["a position"] == "C-01"]
    assert [(r["plane"], r["a port"], r["a lane"]) for r in node] == [
        ("1", "1", ""),
        ("2", "2", ""),
    ]
    assert len({r["cord"] for r in node}) == 2


def test_what_another_plan_would_move(cli, told, tmp_path):
    for su in (1, 2):
        path = tmp_path / f"su{su}.toml"
        path.write_text(text(8 * su, 2, c=H100), encoding="utf-8")
    found = told(tmp_path / "su2.toml", "--against", tmp_path / "su1.toml")["against"]
    assert found["links_moved"] == 252 == len(found["moved"]) == found["cords_moved"]
    assert {m["between"] for m in found["moved"]} == {"leaf to spine"}
    assert found["moved"][0]["a device"] == "c-leaf-001"
    ran = cli("fabric", tmp_path / "su2.toml", "--against", tmp_path / "su1.toml")
    assert "252 cords of pod, 252 links, would be moved" in ran.out
    assert "c-leaf-001 " in ran.out
    assert "and 232 more" in ran.out
    same = cli("fabric", tmp_path / "su2.toml", "--against", tmp_path / "su2.toml")
    assert same.out.endswith("0 cords of pod, 0 links, would be moved\n")


def test_wrong_use_is_2(cli, tmp_path):
    assert cli("fabric", FABRIC, "-o", tmp_path / "ports.xlsx").code == 2
    assert cli("fabric", tmp_path / "absent.toml").code == 2
    assert cli("fabric", FABRIC, "--against", tmp_path / "absent.toml").code == 2
