"""Planes that the layout asks to lie apart, and what else that changes."""

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.errors import InputError
from twin.model.change import Change, Scenario
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.sides import sides
from twin.solve.cabling.ways.laid_ways import trays_of_cables, ways_of_cables
from twin.solve.cabling.ways.laying import laying

LAYOUT = Path(__file__).parents[1] / "rules" / "apart.toml"


def built(*changes):
    site = pipeline.load(LAYOUT)
    return pipeline.study(site, Scenario(changes=tuple(Change("set", *c) for c in changes)))


@pytest.fixture(scope="module")
def hall():
    return built()


def trays(study, side):
    """Trays of the cables of racks on one side, by rack."""
    of, rack = study(sides), study(bundles).rack
    names = study.table("tray").ids
    return {
        (int(rack[k]), tuple(str(names[t]) for t in way))
        for k in np.flatnonzero(of.side == side)
        for _, way in study(trays_of_cables)[k]
    }


def test_planes_lie_apart_though_nothing_overfills(hall):
    assert trays(hall, 0) == {(0, ("TA", "TM")), (1, ("TA", "TM")), (2, ("TM",)), (3, ("TM",))}
    assert trays(hall, 1) == {(0, ("TA", "TD")), (1, ("TA", "TD")), (2, ("TD",)), (3, ("TD",))}


def test_without_asking_all_take_the_shortest_way():
    one = built(("data.fabrics.compute.apart", False))
    assert one(laying).led is None
    assert not (one(sides).pair >= 0).any()


def test_no_way_leads_through_another_rack(hall):
    """Racks that reach two trays are no bridges, however much a pair wants another way."""
    assert np.isfinite(hall(laying).way_m).all()
    assert hall(laying).way_m.max() < 12.0
    for found in hall(ways_of_cables):
        for way in found:
            assert (np.diff(way.node) != 0).all()
            assert len(way.node) == len(way.piece) + 1


def test_what_a_pair_cannot_help_sharing_is_told(hall):
    led = hall(laying).led
    graph = led.piece[led.routes.shared_edge]
    # A rack that reaches one tray only shares the drop to it, too.
    assert (graph >= 0).any()
    rack = hall(bundles).rack
    first = {int(p): int(rack[np.flatnonzero(hall(sides).pair == p)[0]])
             for p in np.unique(led.routes.shared_pair)}  # fmt: skip
    assert set(first.values()) == {0, 1}


def test_every_pair_has_both_sides_from_one_rack(hall):
    of, b = hall(sides), hall(bundles)
    for pair in range(int(of.pair.max()) + 1):
        mine = np.flatnonzero(of.pair == pair)
        assert set(of.side[mine].tolist()) == {0, 1}
        assert len(set(b.place[mine].tolist())) == 1
        for side in (0, 1):
            assert len(set(b.host[mine[of.side[mine] == side]].tolist())) == 1


@pytest.mark.parametrize("planes", ["", "planes = 4\n"])
def test_other_than_two_planes_cannot_be_led_apart(tmp_path, planes):
    text = LAYOUT.read_text(encoding="utf-8").replace("planes = 2\n", planes)
    path = tmp_path / "apart.toml"
    path.write_text(text.replace("links_per_node = 2", "links_per_node = 4"), encoding="utf-8")
    with pytest.raises(InputError, match=r"apart: .*only two can be led apart.*planes = 2"):
        pipeline.load(path)
