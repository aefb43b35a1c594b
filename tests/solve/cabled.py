"""The small cabled hall of the rules with another fabric, or with another line."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from twin import pipeline
from twin.solve.study import Study

LAYOUT = Path(__file__).parents[1] / "rules" / "cabled.toml"
FABRIC = {
    "positions": '["A-*"]', "nodes_per_position": 4, "links_per_node": 2, "leaf": '"qm9700"',
    "radix": 16, "leaf_at": '["N-01"]', "spine_at": '["N-02"]', "node_cage": '"osfp-rhs"',
    "node_cage_ports": 2, "media": '"sr"',
}  # fmt: skip
SPLIT = {
    "tiers": 1, "media": '"dac"', "node_cage_ports": 1, "spine_at": None, "place": '"top of rack"',
    "leaf_at": '["A-*"]', "down": 16, "su_positions": 1,
}  # fmt: skip
"""Leaves on top of the racks that they serve: a splitter of copper from each of their cages."""
HALVES = {"split": 2, "gbps": 200, "node_cage_ports": 1, "links_per_node": 1, "rails": None}
"""Ports of 400 Gb/s of leaves, each of them split for two nodes by a splitter of fibre."""
QUARTERS = SPLIT | {"split": 2, "gbps": 200, "links_per_node": 1, "links_per_cord": 4}
"""Leaves on top of racks: a splitter of copper with four tails from each of their cages."""
MOULDED = {"tiers": 3, "group": 2, "core_at": '["N-02"]', "radix": 8, "media": None}
"""Spines and cores in one rack: copper with both ports of a cage in one plug."""


def study(*changes: tuple[str, str], day: date | None = None, **fabric: object) -> Study:
    """Return a study of the hall.

    Parameters
    ----------
    changes
        Texts of the layout and what stands instead of each.
    day
        Day of the study.
    fabric
        Keys of the fabric as TOML has them; None leaves one out.
    """
    text = LAYOUT.read_text(encoding="utf-8")
    if fabric:
        head, rest = text.split("[data.fabrics.compute]\n")
        keys = {k: v for k, v in (FABRIC | fabric).items() if v is not None}
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        tail = rest[rest.index("[deliveries.D]") :]
        text = f"{head}[data.fabrics.compute]\n{lines}\n{tail}"
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cabled.toml"
        path.write_text(text, encoding="utf-8")
        return pipeline.study_of(pipeline.load(path), day, "provisioned", 1)
