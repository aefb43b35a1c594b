"""Where several trunks lie between two panels, each link is judged over the one that it takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.checks.result import State
from twin.solve.cabling.links.bandwidth import _of_bundles
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.links_bundled import bundle_of_links
from twin.solve.cabling.links.resting import resting
from twin.solve.cabling.panels.panel_ports import panel_ports
from twin.solve.cabling.panels.patched import losses
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import trunks_taken
from twin.solve.cabling.parts.as_bought import bought_m, judged_m

LAYOUT = Path(__file__).parents[1] / "rules" / "paneled.toml"
RACKS = [f"D-00{k}" for k in range(1, 5)]


def written(folder, second, *changes):
    """TA takes ten links, TB the rest: of racks of two bundles of four the second takes both."""
    text = LAYOUT.read_text(encoding="utf-8")
    for old, new in (("count = 3", "count = 1\nconnectors = 10"), *changes):
        assert old in text
        text = text.replace(old, new)
    path = folder / "paneled.toml"
    both = f'\n[data.trunks.TB]\npanel_a = "PN"\npanel_b = "PA"\ncount = 2\nod_m = 0.012\n{second}'
    path.write_text(text + both, encoding="utf-8")
    return path


def states(path, code, changes=None):
    """States of the four racks under one rule."""
    site = pipeline.change(pipeline.load(path), changes or {})
    found = pipeline.check(site, select=[code]).verdicts
    named = dict(zip(site.tables["rack"].ids[found.rack].tolist(), found.state, strict=True))
    return [State(int(named[rack])).name.lower() for rack in RACKS]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ('type = "trunk_sm_144"\npolarity = "A"\n', "CAB405"),
        ('type = "trunk_sm_144"\npolarity = "C"\n', "CAB405"),
        ('type = "trunk_sm_144"\ngender = "female"\n', "CAB404"),
        ('type = "trunk_mm_144"\n', "CAB404"),
    ],
)
def test_links_in_a_wrong_second_trunk_are_blocked_and_no_others(tmp_path, second, code):
    path = written(tmp_path, second)
    assert states(path, code) == ["feasible", "blocked", "blocked", "blocked"]


def test_a_wrong_first_trunk_blocks_only_the_links_in_it(tmp_path):
    path = written(
        tmp_path,
        'type = "trunk_sm_144"\n',
        ("[data.trunks.TA]", '[data.trunks.TA]\npolarity = "A"'),
    )
    assert states(path, "CAB405") == ["blocked", "blocked", "feasible", "feasible"]


@pytest.mark.parametrize("code", ["CAB303", "CAB404", "CAB405"])
def test_a_second_trunk_of_no_type_leaves_its_links_unknown(tmp_path, code):
    path = written(tmp_path, "connectors = 12\n")
    assert states(path, code) == ["feasible", "unknown", "unknown", "unknown"]


def test_a_trunk_that_nobody_counts_takes_what_those_before_it_leave(tmp_path):
    study = pipeline.study(pipeline.load(written(tmp_path, "")))
    taken, ports = study(trunks_taken), study(panel_ports)
    assert list(zip(taken.bundle.tolist(), taken.trunk.tolist(), strict=True)) == [
        (0, 0), (1, 0), (2, 0), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1),
    ]  # fmt: skip
    through = ports.low > 0
    assert np.bincount(ports.trunk[through]).tolist() == [10, 22]
    assert ((ports.connector > 0) == (ports.trunk == 0))[through].all()


def test_bundles_take_the_trunks_of_the_schedule(tmp_path):
    study = pipeline.study(pipeline.load(written(tmp_path, 'type = "trunk_sm_144"\n')))
    taken, of, ports = study(trunks_taken), study(bundle_of_links), study(panel_ports)
    through = ports.trunk >= 0
    pairs = set(zip(of[through].tolist(), ports.trunk[through].tolist(), strict=True))
    assert pairs == set(zip(taken.bundle.tolist(), taken.trunk.tolist(), strict=True))
    for bundle, trunk, share in zip(*taken, strict=True):
        mine = through & (of == bundle)
        assert share == (ports.trunk[mine] == trunk).mean()


def test_a_trunk_that_is_cut_takes_the_share_of_its_own_links(tmp_path):
    study = pipeline.study(pipeline.load(written(tmp_path, 'type = "trunk_sm_144"\n')))
    trunks = np.flatnonzero(study(pieces).trunk >= 0)
    both = _of_bundles(study, np.array([0, 1, 2, 2]), trunks[[0, 1, 0, 1]], np.ones(4))
    lost = {(c, b): p for c, b, p in zip(*both, strict=True)}
    found = [[lost.get((c, b), 0.0) for b in range(8)] for c in range(3)]
    assert found == [[1, 1, 0.5, *[0] * 5], [0, 0, 0.5, *[1] * 5], [1] * 8]


def test_stock_loss_and_length_are_those_of_the_trunk_taken(tmp_path):
    few = written(tmp_path, 'type = "trunk_mm_144"\n', ("[40]", "[40]\ntrunk_mm_144 = [20]"))
    # 20 m are too short for a way of 29 m: only the links in the second trunk go without.
    assert states(few, "CAB312") == ["feasible", "blocked", "blocked", "blocked"]
    path = written(tmp_path, 'type = "trunk_mm_144"\n', ("[40]", "[40]\ntrunk_mm_144 = [60]"))
    study = pipeline.study(pipeline.load(path))
    trunks = study(bought_m)[study(pieces).trunk >= 0]
    assert trunks.tolist() == [40.0, 60.0]
    cords = study(bought_m)[:4] + study(bought_m)[study(pieces).second[:4]]
    assert (study(judged_m).least_m[:4] - cords).tolist() == [40.0, 40.0, 60.0, 60.0]
    lost = study(losses)
    both = lost.loss_db[lost.bundle == 2]
    product, rows = study.table("product"), study.site.tables["product"].index
    first, second = (
        product["attenuation_db_per_km"][rows[f"trunk_{fibre}_144"]] for fibre in ("sm", "mm")
    )
    assert lost.trunk[lost.bundle == 2].tolist() == [0, 1]
    assert both[1] - both[0] == pytest.approx((60 * second - 40 * first) / 1000)


@pytest.mark.parametrize(("limit", "found"), [(100, "blocked"), (1000, "unknown")])
def test_a_delay_that_is_certain_decides_before_a_trunk_of_no_type(tmp_path, limit, found):
    path = written(tmp_path, "connectors = 12\n")
    changes = {"policy.limits.link_delay_ns": limit}
    first = "blocked" if limit == 100 else "feasible"
    assert states(path, "CAB320", changes)[:2] == [first, found]


def test_racks_in_turn_on_one_position_take_the_same_trunks(tmp_path):
    path = written(
        tmp_path, 'type = "trunk_sm_144"\n', ('"A-03", "A-04"]\narrives', '"A-03"]\narrives'),
        ("[deliveries.N]", """[racks.R1]
type = "dgx_h100_air_4x"
position = "A-04"
arrives = 2027-02-01
leaves = 2028-02-01

[racks.R2]
type = "dgx_h100_air_4x"
position = "A-04"
arrives = 2028-03-01

[deliveries.N]"""),
    )  # fmt: skip
    study = pipeline.study(pipeline.load(path))
    taken, rack = study(trunks_taken), study(bundles).rack
    ids = [*study.table("rack").ids.tolist(), ""]
    assert {(ids[rack[b]], t) for b, t in zip(taken.bundle, taken.trunk, strict=True)} == {
        ("D-001", 0), ("D-002", 0), ("D-002", 1), ("D-003", 1), ("R1", 1), ("R2", 1),
    }  # fmt: skip


BY_HAND = '\n[data.switches.HA]\nposition = "N-01"\nports = 64\ngbps = 400\n'


def by_hand(folder, each, second):
    """Four racks with ports of their own on one switch, over a trunk of ten and a second one."""
    path = written(folder, second)
    text = path.read_text(encoding="utf-8")
    start, end = text.index("[data.fabrics"), text.index("[data.stock_m]")
    drops = "".join(f'[positions.A-0{k}]\nswitches = ["HA"]\n\n' for k in range(1, 5))
    path.write_text(text[:start] + drops + text[end:] + BY_HAND, encoding="utf-8")
    changes = {"catalog.dgx_h100_air_4x.ew_ports": each}
    return pipeline.study(pipeline.change(pipeline.load(path), changes))


@pytest.mark.parametrize(
    ("each", "second", "expected"),
    [
        (4, "connectors = 12\n", [(0, 0, 1), (1, 0, 1), (2, 0, 0.5), (2, 1, 0.5), (3, 1, 1)]),
        (4, "", [(0, 0, 1), (1, 0, 1), (2, 0, 0.5), (2, 1, 0.5), (3, 1, 1)]),
        # Who knows how many there are may find them in either; none is left for those beyond.
        (float("nan"), "", [(k, t, 0.5) for k in range(4) for t in (0, 1)]),
        (16, "connectors = 4\n", [(0, 0, 0.625), (0, 1, 0.375), (1, 1, 1), (2, 0, 1), (3, 0, 1)]),
    ],
)
def test_links_by_hand_take_connectors_in_the_order_of_racks(tmp_path, each, second, expected):
    taken = by_hand(tmp_path, each, second)(trunks_taken)
    assert list(zip(*(column.tolist() for column in taken), strict=True)) == expected


def test_racks_rest_on_the_trunk_that_takes_their_links_and_on_no_other(tmp_path):
    study = pipeline.study(pipeline.load(written(tmp_path, 'type = "trunk_sm_144"\n')))
    trunks = np.flatnonzero(study(pieces).trunk >= 0)
    rack, row = resting(study, trunks, np.arange(2))
    ids = study.table("rack").ids
    assert {(ids[r], t) for r, t in zip(rack.tolist(), row.tolist(), strict=True)} == {
        ("D-001", 0), ("D-002", 0), ("D-002", 1), ("D-003", 1), ("D-004", 1),
    }  # fmt: skip
