"""Small halls with fabrics, as text: what tests of fabrics read."""

from __future__ import annotations

from pathlib import Path

from twin import pipeline
from twin.site.site import Site

HALL = """
format = 1
name = "pod"
scope = ["NET"]

[halls.H]
outline_m = [[0, 0], [80, 0], [80, 40], [0, 40]]

[rows.C]
hall = "H"
at_m = [1, 1]
count = {racks}
pitch_m = 0.6
depth_m = 1.2

[rows.N]
hall = "H"
at_m = [1, 5]
count = {network}
pitch_m = 0.6
depth_m = 1.2
"""
H100 = {"nodes_per_position": 4, "links_per_node": 8, "rails": 8, "su_positions": 8}
"""A scalable unit of 32 nodes on 8 leaves."""


def text(racks: int, network: int = 2, more: str = "", **fabrics: dict[str, object]) -> str:
    """Text of a hall with one row of compute and one of network racks, and fabrics."""
    out = HALL.format(racks=racks, network=network)
    for name, keys in fabrics.items():
        said = {"positions": '["C-*"]', "leaf": '"qm9700"', "leaf_at": '["N-*"]'}
        said |= {k: toml(v) for k, v in keys.items()}
        lines = "\n".join(f"{k} = {v}" for k, v in said.items())
        out += f"\n[data.fabrics.{name}]\n{lines}\n"
    return out + more


def toml(value: object) -> str:
    """A value as TOML."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return str(value)


def pod(
    folder: Path, racks: int, network: int = 2, more: str = "", **fabrics: dict[str, object]
) -> Site:
    """Read such a hall."""
    path = folder / "pod.toml"
    path.write_text(text(racks, network, more, **fabrics), encoding="utf-8")
    return pipeline.load(path)
