"""`twin fabric size`: what it prints, what it refuses, and the command that will be assumed."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from twin.cli.group import Defaulted

H100 = ("--nodes", 127, "--links-per-node", 8, "--radix", 64, "--down", 32, "--tiers", 2)
H100 += ("--reserved", 1, "--manager-links", 4)
B200 = ("--nodes", 512, "--links-per-node", 8, "--radix", 64, "--down", 32, "--tiers", 3)
B200 += ("--group", 8)


@pytest.fixture
def size(cli):
    """Run `twin fabric size` with JSON; return what it says."""

    def call(*arguments):
        ran = cli("fabric", "size", *arguments, "--format", "json")
        assert (ran.code, ran.err) == (0, "")
        return json.loads(ran.out)

    return call


def test_two_tiers(size):
    found = size(*H100)
    assert found["schema"] == "twin-fabric/1"
    assert (found["leaf"], found["spine"], found["core"]) == (32, 16, 0)
    assert found["links"] == {"node_leaf": 1020, "leaf_spine": 1024, "spine_core": 0}
    assert found["cords"] == 2044 == sum(found["cords_by_tier"].values())
    assert found["oversubscription"] == {"leaf": 1.0, "spine": None}
    assert set(found["bandwidth_tbps"].values()) == {None}
    assert found["most_nodes"] == 255


@pytest.mark.parametrize(("tiers", "group"), [(3, 9), (3, 128), (2, 20)])
def test_a_group_of_more_leaves_than_there_are_is_told_with_what_fits(cli, size, tiers, group):
    few = ("--nodes", 32, "--links-per-node", 8, "--radix", 64, "--down", 32, "--tiers", tiers)
    (note,) = size(*few, "--group", group)["notes"]
    assert note == (
        f"group: {group} leaves are more than the 8 of a plane, which are one group; write at most"
        " 8, or leave it out"
    )
    ran = cli("fabric", "size", *few, "--group", group)
    assert ran.code == 0
    assert note in " ".join(ran.out.split())
    assert size(*few, "--group", 8)["notes"] == size(*few)["notes"] == []


def test_three_tiers(size):
    found = size(*B200, "--gbps", 400)
    assert (found["leaf"], found["spine"], found["core"]) == (128, 128, 64)
    assert set(found["links"].values()) == {4096}
    assert set(found["bandwidth_tbps"].values()) == {1638.4}
    assert found["oversubscription"] == {"leaf": 1.0, "spine": 1.0}
    assert found["spine_groups"] == [
        {"count": 16, "leaves": 8, "spines": 8, "joint": 4, "down": 32, "up": 32}
    ]
    assert found["core_groups"] == [{"count": 8, "spines": 16, "cores": 8, "links": 512}]


def test_planes_and_cords(size):
    arguments = ["--nodes", 64, "--links-per-node", 8, "--radix", 128, "--down", 64, "--tiers", 2]
    found = size(*arguments, "--planes", 2)
    assert (found["leaf"], found["spine"]) == (16, 8)
    assert found["links"]["node_leaf"] == 1024
    assert found["cords_by_tier"]["node_leaf"] == 512
    assert size(*arguments, "--planes", 2, "--links-per-cord", 1)["cords"] == 2048


def test_what_is_assumed_is_told(size):
    plan = size(*H100)["plan"]
    assert plan["up"] == 32
    assert plan["spine_down"] == 64
    assert plan["links_per_cord"] == 1
    assert size(*B200)["plan"]["spine_down"] == 32


def test_text(cli):
    ran = cli("fabric", "size", *H100, "--gbps", 400)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "127 nodes of 8 links, 1 place reserved, 4 links of managers, 2 tiers of 64 ports; "
        "up to 255 nodes\n"
        "\n"
        "  tier   switches  down  up  oversubscribed  ports free in all\n"
        "  -----  --------  ----  --  --------------  -----------------\n"
        "  leaf         32    32  32          1 to 1                  4\n"
        "  spine        16    64                                      0\n"
        "\n"
        "  between        links  cords  Tb/s each way\n"
        "  -------------  -----  -----  -------------\n"
        "  node to leaf   1,020  1,020            408\n"
        "  leaf to spine  1,024  1,024          409.6\n"
        "  all            2,044  2,044\n"
        "\n"
        "Joined so:\n"
        "  1 group of 32 leaves and 16 spines, 2 links between any two\n"
    )


def test_text_of_three_tiers_and_planes(cli):
    ran = cli("fabric", "size", *B200, "--planes", 2)
    assert "2 planes, each with these links and ports" in ran.out
    assert "Tb/s" not in ran.out
    assert "In each plane:\n  16 groups of 8 leaves and 8 spines" in ran.out
    assert "8 core groups of 16 spines and 8 cores, 64 links on each core" in ran.out


def test_what_cannot_be_built_is_told_by_option(cli):
    ran = cli("fabric", "size", *H100, "--planes", 0, "--links-per-cord", -1)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        "--planes: 0 is too few; write 1 or more",
        "--links-per-cord: -1 is too few; write 1 or more",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        H100[2:],
        (*H100, "--tiers", 4),
        (*H100, "--nodes", "many"),
        (*H100, "--gbps", 0),
        (*H100, "--nodes", 300),
    ],
)
def test_wrong_use_is_2(cli, arguments):
    ran = cli("fabric", "size", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


def test_a_wrong_command_is_told_with_a_near_one(cli):
    ran = cli("fabric", "siz")
    assert ran.code == 2
    assert "size" in ran.err


def test_sizing_loads_nothing_heavy():
    code = (
        "import sys; from twin.cli.run import run; "
        f"run(['fabric', 'size', *{list(map(str, H100))}]); "
        "print(*(m for m in ('numba', 'scipy', 'pyvista', 'openpyxl') if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.endswith("any two\n\n")


# ------------------------------------------------------------------ a group with a default


@pytest.fixture
def group():
    @click.group("fabric", cls=Defaulted, default="layout")
    def verb():
        """Two commands."""

    @verb.command("size")
    def size():
        click.echo("size")

    @verb.command("layout")
    @click.argument("path")
    @click.option("--date")
    def layout(path, date):
        click.echo(f"layout {path} {date}")

    return lambda *words: CliRunner().invoke(verb, list(words)).output


def test_the_first_word_decides(group):
    assert group("size") == "size\n"
    assert group("hall.toml") == "layout hall.toml None\n"
    assert group("layout", "hall.toml") == "layout hall.toml None\n"
    assert group("--date", "2027-05-03", "hall.toml") == "layout hall.toml 2027-05-03\n"
    assert group("./size") == "layout ./size None\n"


def test_help_is_that_of_the_group(group):
    assert "Two commands." in group("--help")
    assert "Two commands." in group()
