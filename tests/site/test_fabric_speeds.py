"""Switches that do not go with each other: speeds of their ports, and what they speak."""

import pytest

from tests.site.pods import H100, pod
from twin.errors import InputError
from twin.site.fabrics.wrong import parts_at


def told(folder, more="", **fabric):
    """What is told of one fabric, without the file."""
    with pytest.raises(InputError) as raised:
        pod(folder, 4, 2, more, c={**H100, **fabric})
    return [p.text().partition(": ")[2] for p in raised.value.problems]


@pytest.mark.parametrize("radix", [{}, {"radix": 64}])
@pytest.mark.parametrize(("spine", "own"), [("sn4600c", 100), ("sn2201", 1)])
def test_a_spine_that_is_slower_than_the_links_to_it_is_told_as_such(tmp_path, spine, own, radix):
    line, _ = told(tmp_path, spine=spine, **radix)  # which are of Ethernet, besides
    assert line == (
        f"data.fabrics.c.spine: links between switches of 400 Gb/s; a port of {spine} has {own}"
        " Gb/s; a switch whose ports have 400 Gb/s or more"
    )


def test_a_core_that_is_slower_is_told_as_such(tmp_path):
    line, _ = told(tmp_path, tiers=3, core="sn4600c", radix=64)
    assert line.startswith("data.fabrics.c.core: links between switches of 400 Gb/s; a port of")


def test_a_spine_is_as_fast_as_the_ports_of_leaves_that_are_in_use(tmp_path):
    # Ports of 800 Gb/s that run at 100: the spine has them. Two links of 400 share one of 800.
    pod(tmp_path, 4, 2, c={**H100, "leaf": "sn5600", "spine": "sn4600c", "gbps": 100})
    split = {"leaf": "sn5600", "gbps": 200, "split": 2, "radix": 64, "spine": "sn4600c"}
    (line,) = told(tmp_path, **split)
    assert "links between switches of 400 Gb/s; a port of sn4600c has 100 Gb/s" in line


@pytest.mark.parametrize(
    ("own", "speed", "parts"), [(800, 400, 2), (800, 300, 2), (400, 800, 0), (1, 0.1, 10)]
)
def test_ports_are_divided_and_never_joined(own, speed, parts):
    assert parts_at(own, speed) == parts


ETHERNET = "sn5600 speaks Ethernet, qm9700 InfiniBand: no link joins them; a switch that speaks"


@pytest.mark.parametrize(
    ("key", "fabric"), [("spine", {"spine": "sn5600"}), ("core", {"core": "sn5600", "tiers": 3})]
)
def test_tiers_that_speak_two_protocols_are_told(tmp_path, key, fabric):
    (line,) = told(tmp_path, **fabric)
    assert line == f"data.fabrics.c.{key}: {ETHERNET} InfiniBand"


def test_a_switch_by_hand_that_speaks_another_protocol_is_told(tmp_path):
    by_hand = '[data.switches.c-leaf-001]\ntype = "sn5600"\n'
    (line,) = told(tmp_path, by_hand)
    assert line == f"data.switches.c-leaf-001.type: {ETHERNET} InfiniBand"


def test_of_a_product_of_which_nobody_says_the_protocol_nothing_is_told(tmp_path):
    mine = """
        format = 1
        [switch.mine]
        vendor = "none"
        name = "64 ports"
        source = "own"
        confidence = "docs"
        ports = 64
        gbps = 400
        [source.own]
        title = "a quote"
        address = "https://example.com/quote"
    """
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "mine.toml").write_text(mine, encoding="utf-8")
    more = '[catalog]\nfolders = ["products"]\n'
    site = pod(tmp_path, 4, 2, more, c={**H100, "spine": "mine"})
    assert (site.tables["switch"]["tier"] == "spine").any()
