"""Groups, ties and transfer switches: what changes and graphs may make of them."""

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.errors import ChangeError, InputError
from twin.model.change import Change
from twin.site.feeding import faults_of_feeding
from twin.site.site import Site, is_constant

CHAIN = Path(__file__).with_name("chain.toml")


@pytest.fixture(scope="module")
def site():
    return pipeline.load(CHAIN)


def named(site, kind, name, column):
    subject = int(site.tables[kind][column][site.tables[kind].row(name)])
    return site.name_of(subject) if subject >= 0 else ""


def test_graph_round_trip_loses_nothing(site):
    back = Site.from_graph(site.graph)
    for kind, table in site.tables.items():
        assert np.array_equal(table.ids, back.tables[kind].ids), kind
        for name, column in table.columns.items():
            equal_nan = column.dtype.kind in "fM"
            other = back.tables[kind][name]
            assert np.array_equal(column, other, equal_nan=equal_nan), f"{kind}.{name}"


def test_other_inputs_are_edges_of_the_power_layer_apart_from_fed_from(site):
    power = site.power
    columns = {(u, v): key for u, v, key in power.edges(keys=True)}
    assert columns["source:G1", "transfer:ATS1"] == "alternate"
    assert columns["source:G1", "source:G2"] == "parallel_with"
    assert columns["board:MA", "tie:TIE1"] == "side_a"
    assert columns["board:MB", "tie:TIE1"] == "side_b"
    assert columns["transfer:ATS1", "board:MA"] == "fed_from"
    assert all(d["column"] == key for *_, key, d in power.edges(keys=True, data=True))


def test_a_group_of_which_the_leader_goes_is_led_by_another(site):
    left = pipeline.change(site, [Change("remove", "power.sources.G1")])
    assert named(left, "source", "G2", "parallel_with") == ""
    assert named(left, "source", "G3", "parallel_with") == "source:G2"
    assert named(left, "transfer", "ATS1", "alternate") == "source:G2"


def test_who_is_fed_from_a_member_that_goes_is_fed_from_the_rest(site):
    left = pipeline.change(site, [Change("remove", "power.ups.S2")])
    assert named(left, "busway", "R1B", "fed_from") == "ups:S1"
    assert named(left, "ups", "S1", "parallel_with") == ""
    gone = pipeline.change(left, [Change("remove", "power.ups.S1")])
    assert named(gone, "busway", "R1B", "fed_from") == ""


def test_what_named_an_element_that_goes_names_nothing(site):
    left = pipeline.change(site, [Change("remove", "power.transformers.T1")])
    assert named(left, "transfer", "ATS1", "fed_from") == ""
    assert named(left, "transfer", "ATS1", "alternate") == "source:G1"
    assert left.tables["window"].ids.tolist() == ["W-rental", "W-work"]


def test_a_tie_goes_with_a_side(site):
    left = pipeline.change(site, [Change("remove", "power.boards.MB")])
    assert len(left.tables["tie"]) == 0
    assert named(left, "ups", "S2", "fed_from") == ""


def test_shares_are_not_known_once_a_whip_is_gone(site):
    left = pipeline.change(site, [Change("remove", "power.whips.W1")])
    assert np.isnan(left.tables["whip"]["share"]).all()


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("power.boards.MA.fed_from", "S1", "S1 <- MA <- S1"),
        ("power.transfers.ATS1.alternate", "T1", 'fed twice from one side: fed_from "T1"'),
        ("power.ties.TIE1.side_b", "MA", 'side_a "MA", side_b "MA"'),
        ("power.ups.S1.parallel_with", "S2", 'names "S'),
        ("power.whips.W1.share", 0.4, "add to 0.9: W1 0.4, W2 0.5"),
        ("power.busways.R1A.fed_from", "TIE1", 'names the tie "TIE1"'),
        ("power.boards.MB.parallel_with", "R1X", "there is no"),
    ],
)
def test_what_cannot_be_fed_so_is_told_of_changes(site, path, value, told):
    with pytest.raises(ChangeError, match=told):
        pipeline.change(site, {path: value})


def test_two_feeds_are_swapped_in_two_changes(site):
    swapped = pipeline.change(
        site,
        [
            Change("set", "power.transfers.ATS1.alternate", "T1"),
            Change("set", "power.transfers.ATS1.fed_from", "G1"),
        ],
    )
    assert named(swapped, "transfer", "ATS1", "fed_from") == "source:G1"


def test_a_loop_in_a_graph_is_told(site):
    graph = site.graph
    graph.remove_edge("transfer:ATS1", "board:MA", "fed_from")
    graph.add_edge("ups:S2", "board:MA", "fed_from", layer="power", column="fed_from")
    with pytest.raises(InputError, match="S1 <- MA <- S2 = S1"):
        Site.from_graph(graph)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("transformer", "transformer", 1),
        ("board", "transformer", 1),
        ("ups", "ups", 0),  # they hold their outputs in step
        ("rectifier", "rectifier", 0),
        ("ups", "transformer", 0),
    ],
)
def test_who_may_run_in_parallel_below_two_sources(tmp_path, one, other, told):
    section = {"ups": "ups", "board": "boards", "transformer": "transformers",
               "rectifier": "rectifiers"}  # fmt: skip
    text = f"""
format = 1
name = "joined"
[power.sources.U1]
[power.sources.U2]
[power.{section[one]}.X]
fed_from = "U1"
[power.{section[other]}.Y]
fed_from = "U2"
parallel_with = "X"
"""
    path = tmp_path / "joined.toml"
    path.write_text(text)
    if told:
        with pytest.raises(InputError, match=r"[XY] below U[12]; [XY] below U[12]"):
            pipeline.load(path)
    else:
        assert not faults_of_feeding(pipeline.load(path).tables)


def test_one_source_above_both_is_a_scheme(tmp_path):
    path = tmp_path / "joined.toml"
    path.write_text("""
format = 1
name = "joined"
[power.sources.G1]
kind = "generator"
[power.sources.G2]
kind = "generator"
parallel_with = "G1"
[power.transformers.X]
fed_from = "G1"
[power.transformers.Y]
fed_from = "G2"
parallel_with = "X"
""")
    assert not faults_of_feeding(pipeline.load(path).tables)


def test_two_utilities_are_not_joined_and_one_with_generators_is(site):
    joined = [Change("add", "power.sources.U9", {"copy": "U", "parallel_with": "U"})]
    with pytest.raises(ChangeError, match="U below U; U9 below U9"):
        pipeline.change(site, joined)
    pipeline.change(site, {"power.sources.U.parallel_with": "G1"})


def test_a_rack_that_says_no_shares_adds_to_nothing(site):
    none = pipeline.change(
        site,
        [
            Change("set", "power.whips.W1.share", float("nan")),
            Change("set", "power.whips.W2.share", float("nan")),
        ],
    )
    assert np.isnan(none.tables["whip"]["share"]).all()


def test_columns_that_nobody_gives_take_the_room_of_one_value(site):
    taps = site.tables["tap"]
    assert is_constant(taps["interrupting_ka"])
    assert taps["interrupting_ka"].shape == (2,)
    assert np.isnan(taps["interrupting_ka"]).all()
    assert not is_constant(taps["frame_a"])
    set_ = pipeline.change(site, {"power.taps.A1.interrupting_ka": 65})
    assert set_.tables["tap"]["interrupting_ka"][0] == 65
    assert np.isnan(taps["interrupting_ka"]).all()


def test_a_change_may_not_leave_a_tap_with_two_numbers_of_phases(site):
    assert pipeline.change(site, [Change("set", "power.taps.B1.phases", 2)])
    with pytest.raises(ChangeError, match='phase "AB" is two phases, line to line, phases says 1'):
        pipeline.change(site, [Change("set", "power.taps.B1.phases", 1)])
