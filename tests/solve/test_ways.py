"""Ways along trays: junctions, drops, places without a way, and shared ways."""

from __future__ import annotations

import numpy as np
import pytest

from tests.solve.cabled import MOULDED, study
from tests.solve.small import hall, riser
from twin import pipeline
from twin.model.change import Change
from twin.site.site import Site
from twin.solve.cabling.fill.tray_fill import tray_shares
from twin.solve.cabling.links.links import links
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.parts import piece_needed_m
from twin.solve.cabling.ways.lengths import lengths_m
from twin.solve.cabling.ways.ways import ways

RACKS = {"A": (0.0, 0.0), "B": (6.0, 8.0)}


TWO_LEVELS = {"T": ([(0.0, 0.0), (6.0, 0.0)], 3.0), "U": ([(6.0, 0.0), (6.0, 8.0)], 4.5)}


def way_of(trays, racks=RACKS, switches=None, drops=None, **more):
    site = hall(trays, racks, switches or {"S": "B"}, drops or {"A": ["S"]}, **more)
    return pipeline.study(site)(ways).way_m[0], site


def test_a_bend_costs_its_corner():
    way, site = way_of({"T": ([(0.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 3.0)})
    height = pipeline.study(site).table("rack")["height_m"][0]
    assert way == pytest.approx(14.0 + 2 * (3.0 - height))


def test_trays_are_joined_where_an_end_touches():
    trays = {"T": ([(0.0, 0.0), (9.0, 0.0)], 3.0), "U": ([(6.0, 0.0005), (6.0, 8.0)], 3.0)}
    way, site = way_of(trays)
    height = pipeline.study(site).table("rack")["height_m"][0]
    assert way == pytest.approx(14.0 + 2 * (3.0 - height), abs=1e-3)


def test_trays_are_joined_where_they_cross():
    trays = {"T": ([(0.0, 0.0), (9.0, 0.0)], 3.0), "U": ([(6.0, -2.0), (6.0, 8.0)], 3.0)}
    way, _ = way_of(trays)
    assert np.isfinite(way)


@pytest.mark.parametrize(
    "other",
    [([(6.0, 0.002), (6.0, 8.0)], 3.0), ([(6.0, -2.0), (6.0, 8.0)], 3.002)],
    ids=["2 mm apart", "2 mm above"],
)
def test_trays_apart_are_not_joined(other):
    way, _ = way_of({"T": ([(0.0, 0.0), (9.0, 0.0)], 3.0), "U": other})
    assert np.isinf(way)


@pytest.mark.parametrize("y", [0.0, 0.6, 0.7, 2.9])
def test_a_tray_as_far_away_as_a_rack_reaches_is_in_reach(y):
    """Of 0.7 and 2.2 the difference is more than 1.5 in binary numbers."""
    tray = round(y + 1.5, 3)
    way, site = way_of({"T": ([(0.0, tray), (9.0, tray)], 3.0)}, {"A": (2.0, y), "B": (7.0, y)})
    assert way == pytest.approx(5.0 + 2 * 1.5 + drops_of(site, 3.0, 3.0))


def test_a_rack_is_no_bridge_between_trays():
    trays = {"T": ([(0.0, 0.0), (3.0, 0.0)], 3.0), "U": ([(3.0, 1.0), (6.0, 1.0), (6.0, 8.0)], 3.0)}
    way, _ = way_of(trays, {**RACKS, "C": (3.0, 0.5)})
    assert np.isinf(way)


def test_no_tray_at_all_is_not_known():
    way, _ = way_of({})
    assert np.isnan(way)


def test_switches_at_one_place_are_one_way():
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 3.0)}
    _, site = way_of(trays, switches={"S": "B", "U": "B"}, drops={"A": ["S", "U"]})
    study = pipeline.study(site)
    assert len(study(ways).way_m) == 1
    assert len(study(links).rack) == 2
    assert np.ptp(study(lengths_m)) == 0.0
    ports = study.table("rack")["ew_ports"].max()
    assert study(tray_shares).area_m2 == pytest.approx(ports * np.pi / 4 * 0.003**2)


def test_trays_that_lie_in_each_other_are_one_way():
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0)], 3.0), "U": ([(3.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 3.0)}
    way, site = way_of(trays)
    height = pipeline.study(site).table("rack")["height_m"][0]
    assert way == pytest.approx(14.0 + 2 * (3.0 - height))


def test_names_of_trays_decide_nothing():
    points = {
        "a": ([(0.0, 0.0), (6.0, 0.0)], 3.0),
        "b": ([(6.0, 0.0), (6.0, 8.0)], 3.0),
        "c": ([(0.0, 0.0), (0.0, 8.0)], 3.0),
        "d": ([(0.0, 8.0), (6.0, 8.0)], 3.0),
    }
    first, one = way_of(points)
    renamed = dict(zip("dcba", points.values(), strict=True))
    second, two = way_of(renamed)
    assert first == second
    assert _used(one) == _used(two)


def _used(site):
    study = pipeline.study(site)
    names = study.table("tray").ids[study(tray_shares).tray]
    return {str(site.shapes.lines["tray", str(n)].tolist()) for n in names}


def drops_of(site, *elevations):
    height = pipeline.study(site).table("rack")["height_m"][0]
    return sum(z - height for z in elevations)


ABOVE = riser("R", (6.0, 0.0), 3.0, 4.0) + riser("Q", (6.0, 0.0), 4.0, 6.0)


@pytest.mark.parametrize(
    ("risers", "up"),
    [
        (riser("R", (6.0, 0.0), 3.0, 4.5), 1.5),
        (riser("R", (6.0005, 0.0), 0.0, 6.0), 1.5),
        (riser("R", (6.0, 0.0), 3.0005, 4.4995), 1.5),
        (ABOVE, 1.5),
        (riser("R", (6.0, 0.0), 3.0, 4.0) + riser("Q", (6.0, 0.0), 3.5, 6.0), 1.5),
    ],
    ids=["end to end", "passing both", "within 1 mm", "one on the other", "beside each other"],
)
def test_a_riser_joins_the_trays_that_it_passes(risers, up):
    way, site = way_of(TWO_LEVELS, more=risers)
    assert way == pytest.approx(14.0 + up + drops_of(site, 3.0, 4.5), abs=2e-3)


@pytest.mark.parametrize(
    ("risers", "path", "value"),
    [
        (ABOVE, "risers.Q.low_m", 4.01),
        (riser("R", (6.0, 0.0), 3.0, 4.5), "risers.R.high_m", 4.498),
        (riser("R", (6.0, 0.0), 3.0, 4.5), "risers.R.at_x_m", 6.002),
    ],
    ids=["a gap between two", "too short", "too far"],
)
def test_a_riser_that_meets_one_tray_joins_none(risers, path, value):
    _, site = way_of(TWO_LEVELS, more=risers)
    apart = pipeline.change(site, [Change("set", path, value)])
    assert np.isinf(pipeline.study(apart)(ways).way_m[0])


def test_a_riser_between_others_is_joined_in_the_middle():
    trays = {**TWO_LEVELS, "V": ([(6.0, -2.0), (6.0, 0.0)], 4.0)}
    racks = {**RACKS, "C": (6.0, -2.0)}
    risers = riser("R", (6.0, 0.0), 3.0, 4.5)
    way, site = way_of(trays, racks, {"S": "C"}, {"A": ["S"]}, more=risers)
    assert way == pytest.approx(8.0 + 1.0 + drops_of(site, 3.0, 4.0))


def test_a_way_to_another_hall_is_as_long_as_it_says():
    between = 'to_hall = "G"\nto_at_m = [6.0, 8.0]\nlength_m = 40\n'
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0)], 3.0), "U": ([(6.0, 0.0), (6.0, 8.0)], 4.5)}
    racks = {"A": (0.0, 0.0), "B": (6.0, 0.0)}
    way, site = way_of(
        trays, racks, away=frozenset({"B", "U"}), more=riser("R", (6.0, 0.0), 3.0, 4.5, between)
    )
    assert way == pytest.approx(6.0 + 40.0 + 8.0 + drops_of(site, 3.0, 4.5))
    shares = pipeline.study(site)(tray_shares)
    assert sorted(set(shares.tray.tolist())) == [0, 1, 2]


def test_a_way_that_ends_above_the_trays_of_the_other_hall_joins_none():
    between = 'to_hall = "G"\nto_at_m = [6.0, 8.0]\nlength_m = 40\n'
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0)], 3.0), "U": ([(6.0, 0.0), (6.0, 8.0)], 4.5)}
    racks = {"A": (0.0, 0.0), "B": (6.0, 0.0)}
    _, site = way_of(
        trays, racks, away=frozenset({"B", "U"}), more=riser("R", (6.0, 0.0), 3.0, 4.5, between)
    )
    apart = pipeline.change(site, [Change("set", "risers.R.high_m", 5.0)])
    assert np.isinf(pipeline.study(apart)(ways).way_m[0])


def test_ways_lead_over_a_hall_without_trays():
    first = 'to_hall = "G"\nto_at_m = [50.0, 50.0]\nlength_m = 40\n'
    back = '[risers.Q]\nhall = "G"\nat_m = [50.0, 50.0]\nlow_m = 4.0\nhigh_m = 4.5\n'
    back += 'to_hall = "H"\nto_at_m = [6.0, 8.0]\nlength_m = 20\n'
    way, site = way_of(
        TWO_LEVELS, away=frozenset({"none"}), more=riser("R", (6.0, 0.0), 3.0, 4.0, first) + back
    )
    assert way == pytest.approx(6.0 + 60.0 + drops_of(site, 3.0, 4.5))


def test_halls_that_no_way_joins_are_not_known():
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0)], 3.0), "U": ([(6.0, 0.0), (6.0, 8.0)], 3.0)}
    way, _ = way_of(trays, away=frozenset({"B", "U"}))
    assert np.isnan(way)


@pytest.mark.parametrize(
    ("medium", "kind", "leads"),
    [
        ("fibre_sm_straight", "copper", False),
        ("fibre_sm_straight", "fibre", True),
        ("cat6a", "fibre", False),
        ("cat6a", "copper", True),
        ("cat6a", "any", True),
        ("cat6a", "power", False),
    ],
)
def test_fibre_and_copper_lie_apart(medium, kind, leads):
    site = hall(
        {"T": ([(0.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 3.0)}, RACKS, {"S": "B"}, {"A": ["S"]},
        media={"S": medium},
        more='[trays.V]\nhall = "H"\npoints_m = [[6, 8], [60, 8]]\nelevation_m = 3',
    )  # fmt: skip
    changed = pipeline.change(site, [Change("set", "trays.T.kind", kind)])
    assert np.isfinite(pipeline.study(changed)(ways).way_m[0]) == leads


def test_a_fibre_tray_that_lies_in_a_copper_tray_serves_fibre():
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0), (6.0, 8.0)], 3.0)}
    trays["U"] = trays["T"]
    site = hall(trays, RACKS, {"S": "B", "Q": "B"}, {"A": ["S", "Q"]}, media={"Q": "cat6a"})
    kinds = [Change("set", "trays.T.kind", "copper"), Change("set", "trays.U.kind", "fibre")]
    study = pipeline.study(pipeline.change(site, kinds))
    assert np.isfinite(study(lengths_m)).all()
    shares = study(tray_shares)
    assert sorted(shares.tray.tolist()) == [0, 1]
    assert len(shares.rack) == 2


def test_the_fullest_piece_of_a_tray_counts_cables_of_all_sorts():
    # Fibre leaves the shared tray at its middle, copper joins it there: the ends differ by sort.
    trays = {
        "M": ([(0.0, 0.0), (10.0, 0.0)], 3.0),
        "F": ([(10.0, 0.0), (10.0, 9.0)], 3.0),
        "C": ([(5.0, 0.0), (5.0, 9.0)], 3.0),
    }
    racks = {"A": (0.0, 0.0), "B": (10.0, 9.0), "D": (5.0, 9.0)}
    site = hall(trays, racks, {"S": "B", "Q": "D"}, {"A": ["S", "Q"]}, media={"Q": "cat6a"})
    kinds = [
        Change("set", "trays.F.kind", "fibre"),
        Change("set", "trays.C.kind", "copper"),
    ]
    study = pipeline.study(pipeline.change(site, kinds))
    shares = study(tray_shares)
    ports = study.table("rack")["ew_ports"].max() / 2
    both = ports * np.pi / 4 * (0.003**2 + 0.0089**2)
    in_m = shares.tray[shares.row] == study.table("tray").index["M"]
    assert shares.area_m2[in_m].max() == pytest.approx(both)


def test_a_tray_with_drop_outs_is_left_at_the_nearest_one():
    # Drop-outs at 2.5, 5 and 7.5 m of a tray 0.4 m aside of both racks.
    tray = """
[trays.T]
hall = "H"
points_m = [[0, 0.4], [4, 0.4], [8, 0.4]]
elevation_m = 3
drop_out_pitch_m = 2.5
"""
    racks = {"A": (2.0, 0.0), "B": (7.0, 0.0)}
    way, site = way_of({}, racks, more=tray)
    aside = np.hypot(0.4, 0.5)
    assert way == pytest.approx(5.0 + 2 * aside + drops_of(site, 3.0, 3.0))


@pytest.mark.parametrize(("b", "along"), [(7.0, 2.5), (2.0, 0.0)])
def test_of_two_drop_outs_as_near_that_with_the_shorter_way_is_taken(b, along):
    # The first rack stands between those at 2.5 and at 5 m.
    tray = """
[trays.T]
hall = "H"
points_m = [[0, 0.4], [8, 0.4]]
elevation_m = 3
drop_out_pitch_m = 2.5
"""
    way, site = way_of({}, {"A": (3.75, 0.0), "B": (b, 0.0)}, more=tray)
    aside = np.hypot(0.4, 1.25) + np.hypot(0.4, 0.5)
    assert way == pytest.approx(along + aside + drops_of(site, 3.0, 3.0))


def test_listed_drop_outs_count_beside_those_of_a_pitch():
    tray = """
[trays.T]
hall = "H"
points_m = [[0, 0.4], [8, 0.4]]
elevation_m = 3
width_m = 0.3
drop_out_pitch_m = 7.5
drop_outs_m = [[2.0, 0.41]]
"""
    racks = {"A": (2.0, 0.0), "B": (7.0, 0.0)}
    way, site = way_of({}, racks, more=tray)
    expected = 5.5 + 0.4 + np.hypot(0.4, 0.5)
    assert way == pytest.approx(expected + drops_of(site, 3.0, 3.0))


def test_a_rack_that_no_drop_out_is_near_reaches_no_tray():
    tray = """
[trays.T]
hall = "H"
points_m = [[0, 0.4], [8, 0.4]]
elevation_m = 3
drop_outs_m = [[7.0, 0.4]]
"""
    way, _ = way_of({}, {"A": (2.0, 0.0), "B": (7.0, 0.0)}, more=tray)
    assert np.isinf(way)


def test_the_layer_of_trays_joins_what_a_riser_passes():
    _, site = way_of(TWO_LEVELS, more=riser("R", (6.0, 0.0), 3.0, 4.5))
    joints = {frozenset((a, b)) for a, b, k in site.trays.edges(keys=True) if k == "joint"}
    assert joints == {frozenset(("tray:T", "riser:R")), frozenset(("tray:U", "riser:R"))}
    assert {n for n in site.trays if n.startswith("riser:")} == {"riser:R"}


def test_a_graph_and_back_keeps_risers_and_drop_outs():
    between = 'to_hall = "G"\nto_at_m = [6.0, 8.0]\nlength_m = 40\n'
    tray = (
        '[trays.V]\nhall = "H"\npoints_m = [[0, 0.4], [4, 0.4]]\nelevation_m = 3\nwidth_m = 0.3\n'
        'drop_outs_m = [[1, 0.4]]\nform = "basket"\n\n'
    )
    trays = {"T": ([(0.0, 0.0), (6.0, 0.0)], 3.0), "U": ([(6.0, 0.0), (6.0, 8.0)], 4.5)}
    more = tray + riser("R", (6.0, 0.0), 3.0, 4.5, between)
    _, site = way_of(
        trays, {"A": (0.0, 0.0), "B": (6.0, 0.0)}, away=frozenset({"B", "U"}), more=more
    )
    back = Site.from_graph(site.graph)
    for kind in ("tray", "riser"):
        for name, column in site.tables[kind].columns.items():
            assert np.array_equal(
                column, back.tables[kind][name], equal_nan=column.dtype.kind == "f"
            ), name
    assert back.shapes.drop_outs["V"].tolist() == [[1.0, 0.4]]
    found = pipeline.study(back)(ways).way_m
    assert np.array_equal(found, pipeline.study(site)(ways).way_m)


@pytest.mark.parametrize("up", [2.9, 2.3, 1.0, 0.0])
def test_a_tray_beside_racks_is_reached_over_their_tops(up):
    way, site = way_of({"T": ([(0.0, 0.0), (6.0, 0.0), (6.0, 8.0)], up)})
    height = pipeline.study(site).table("rack")["height_m"][0]
    assert way == pytest.approx(14.0 + 2 * abs(up - height))


def needed(**limits):
    """Lengths that cords need: of a rack to its leaf, of a leaf to a spine in the same rack."""
    changes = {f"policy.limits.{name}": value for name, value in limits.items()}
    apart = study(**MOULDED | {"core_at": '["N-02"]'})
    one = pipeline.study(pipeline.change(apart.site, changes))
    same = one(pieces).place == one(pieces).host
    at = one(piece_needed_m)
    return at[~same][0], at[same][0]


def test_what_the_owner_adds_at_ports_is_added_at_both_ends():
    far, near = needed()
    assert needed(side_run_m=0.4) == pytest.approx((far + 0.8, near + 0.8))
    assert needed(service_length_m=0.3) == pytest.approx((far + 0.6, near + 0.6))
    assert needed(length_waste=0.05) == pytest.approx((far * 1.05, near * 1.05))
    long = near + 0.5
    assert needed(in_rack_min_m=long, service_length_m=0.3) == pytest.approx(
        (far + 0.6, long + 0.6)
    )
    assert needed(in_rack_min_m=near / 2) == pytest.approx((far, near))
