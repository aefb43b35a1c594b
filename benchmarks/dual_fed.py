"""A dual-fed low-voltage hall of any size, by rule, as tables of nodes and racks.

A substation bus feeds two sides; on each side medium-voltage feeders, each passing up to eight
transformers one after the other; under each transformer four busways with four taps; the racks of
a transformer hang on its taps and on those of its twin on the other side.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RACKS_A_TRANSFORMER = 16
ON_A_FEEDER = 8
RACK_W = 132_000.0
RACK_VAR = RACK_W * math.tan(math.acos(0.98))
MV_V, LV_V = 13_800.0, 415.0
MV_VA, TRANSFORMER_VA, BUSWAY_VA = math.sqrt(3) * MV_V * 1200, 2.5e6, math.sqrt(3) * LV_V * 1000
# 5.75 %, of which 1 % is resistance, on 2.5 MVA at 415 V.
LV_OHM = LV_V**2 / TRANSFORMER_VA
TRANSFORMER = (0.01 * LV_OHM, math.sqrt(0.0575**2 - 0.01**2) * LV_OHM)
MV_FIRST, MV_NEXT = (0.0375, 0.03), (0.0025, 0.002)
BUSWAY_FIRST, BUSWAY_NEXT = (0.0006, 0.0003), (4.8e-5, 2.4e-5)


@dataclass
class DualFed:
    """Columns of the two tables."""

    node: list[str] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    r_ohm: list[float] = field(default_factory=list)
    x_ohm: list[float] = field(default_factory=list)
    v_base: list[float] = field(default_factory=list)
    rate_va: list[float] = field(default_factory=list)
    taps: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))

    def add(
        self, name: str, parent: int, ohm: tuple[float, float], v_base: float, rate_va: float
    ) -> int:
        """Add a node; return its row."""
        self.node.append(name)
        self.parent.append(parent)
        self.r_ohm.append(ohm[0])
        self.x_ohm.append(ohm[1])
        self.v_base.append(v_base)
        self.rate_va.append(rate_va)
        return len(self.node) - 1

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both tables; return their paths."""
        nodes, racks = folder / "nodes.csv", folder / "racks.csv"
        columns = (self.parent, self.r_ohm, self.x_ohm, self.v_base, self.rate_va)
        _table(
            nodes, "node parent r_ohm x_ohm v_base rate_va",
            zip(self.node, *columns, strict=True),
        )  # fmt: skip
        _table(
            racks, "rack tap_a tap_b p_w q_var",
            ((k, a, b, RACK_W, RACK_VAR) for k, (a, b) in enumerate(zip(*self.taps, strict=True))),
        )  # fmt: skip
        return nodes, racks


def dual_fed(racks: int) -> DualFed:
    """Return the hall of a number of racks, a multiple of 16."""
    hall = DualFed()
    bus = hall.add("SUB", -1, (0.0, 0.0), MV_V, 1e12)
    ring = bus
    for side in range(2):
        for number in range(racks // RACKS_A_TRANSFORMER):
            feeder, place = divmod(number, ON_A_FEEDER)
            above, ohm = (bus, MV_FIRST) if place == 0 else (ring, MV_NEXT)
            ring = hall.add(f"MV{side}_{feeder}_{place}", above, ohm, MV_V, MV_VA)
            name = f"{side}_{number}"
            transformer = hall.add(f"TX{name}", ring, TRANSFORMER, LV_V, TRANSFORMER_VA)
            for busway in range(4):
                tap = transformer
                for k in range(4):
                    ohm = BUSWAY_FIRST if k == 0 else BUSWAY_NEXT
                    tap = hall.add(f"BW{name}_{busway}_{k}", tap, ohm, LV_V, BUSWAY_VA)
                    hall.taps[side].append(tap)
    return hall


def _table(path: Path, header: str, rows: Any) -> None:  # noqa: ANN401 - rows of any cells
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)
