"""Networks in which `make fuzz` found what was left out, small and by hand."""

from __future__ import annotations

from tests.properties.plain import Element, Gear, Rack, Whip
from tests.properties.retold import Net
from tests.properties.test_switching import Told, check

NOTHING: dict[str, object] = dict.fromkeys(
    ("source", "transformer", "ups", "rectifier", "board", "transfer", "busway", "tap", "whip",
     "shelf", "module", "bypass")
)  # fmt: skip


def test_a_shelf_on_two_feeders_moves_load_onto_one_of_them():
    net = Net(
        elements={
            "source0": Element("source"),
            "board0": Element("board", fed="source0"), "board1": Element("board", fed="source0"),
            "t0": Element("tap", fed="board0"), "t1": Element("tap", fed="board0"),
            "t2": Element("tap", fed="board1"),
        },
        racks={"r0": Rack(10.0, 0.8, "compute", {
            "w0": Whip("t0", 1), "w1": Whip("t1", 2), "w2": Whip("t2", 1),
        })},
        gear={}, losses=NOTHING | {"shelf": "full"},
    )  # fmt: skip
    check(net)
    rows = Told(net).rows()
    after = [demand for (name, case), (demand, _) in rows.items() if name == "board0" and case]
    # Both whips of the first shelf gone, all 12.5 kVA come over the second one.
    assert max(after) > rows["board0", 0][0]


def test_what_moves_onto_a_parallel_group_of_unknown_shares_is_told_as_unknown():
    net = Net(
        elements={
            "source0": Element("source"),
            "transformer0": Element("transformer", fed="source0", rating=30.0),
            "transformer1": Element(
                "transformer", fed="source0", rating=60.0, leader="transformer0"
            ),
            "transformer2": Element("transformer", fed="source0"),
            "ups0": Element("ups", fed="transformer2", alternate="transformer0"),
        },
        racks={},
        gear={"p0": Gear(1.0, 0.8, ("ups0",))},
        losses=NOTHING | {"transformer": "full"},
    )
    check(net)
    rows = Told(net).rows()
    after = [
        demand for (name, case), (demand, _) in rows.items() if name == "transformer0" and case
    ]
    assert after
