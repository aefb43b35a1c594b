"""A hall of racks on one coolant loop, by rule, as columns and as an EPANET file.

Rows of sixteen racks between a supply and a return manifold, in direct return; the rows on a
supply and a return header; a CDU, pump and heat exchanger, at every other row. PG25 at 35 °C.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

RACKS_A_ROW = 16
RHO, MU, P_REF = 1012.4793508847888, 0.0015417437274548652, 200_000.0
PIPE, LOSS, PUMP = range(3)
EPS = 4.5e-5
LIFT_PA, FALL = 278_237.1014645548, 18_622_288.446655445
_FT = 0.3048


@dataclass
class RacksLoop:
    """The columns of a bare coolant network."""

    node: list[str] = field(default_factory=list)
    link: list[str] = field(default_factory=list)
    columns: dict[str, list[float]] = field(
        default_factory=lambda: {
            k: [] for k in ("fr", "to", "kind", "L", "D", "eps", "K", "P0", "B")
        }
    )

    def place(self, name: str) -> int:
        """Add a node and return its row."""
        self.node.append(name)
        return len(self.node) - 1

    def join(self, name: str, fr: int, to: int, kind: int, *figures: float) -> None:
        """Add a link with the rest of its columns."""
        self.link.append(name)
        for column, value in zip(self.columns.values(), (fr, to, kind, *figures), strict=True):
            column.append(value)

    def pipe(self, name: str, fr: int, to: int, length: float, d: float, k: float) -> None:
        """Add a pipe."""
        self.join(name, fr, to, PIPE, length, d, EPS, k, 0.0, 0.0)

    def loss(self, name: str, fr: int, to: int, d: float, k: float) -> None:
        """Add a loss."""
        self.join(name, fr, to, LOSS, 0.0, d, EPS, k, 0.0, 0.0)

    def json(self) -> dict[str, Any]:
        """Return what `twin solve hydraulics` reads."""
        held = {"rho": RHO, "mu": MU, "p_ref": P_REF, "ref": 0}
        return {"node": self.node, "link": self.link, **self.columns, **held}

    def inp(self) -> str:
        """Return the same for EPANET, whose gravity is 32.2 ft/s2."""
        weight = RHO * 32.2 * _FT
        pipes, valves, pumps = [], [], []
        for name, fr, to, kind, length, d, eps, k, *_ in zip(
            self.link, *self.columns.values(), strict=True
        ):
            ends = f"{name} {self.node[int(fr)]} {self.node[int(to)]}"
            if kind == PIPE:
                pipes.append(f"{ends} {length} {d * 1e3!r} {eps * 1e3!r} {k} Open")
            elif kind == LOSS:
                valves.append(f"{ends} {d * 1e3!r} TCV {k!r} 0")
            else:
                pumps.append(f"{ends} HEAD PC")
        curve = [f"PC {q} {(LIFT_PA - FALL * q * q / 1e6) / weight!r}" for q in (0, 50, 100)]
        options = (
            "UNITS LPS", "HEADLOSS D-W", f"SPECIFIC GRAVITY {RHO / 1e3!r}",
            f"VISCOSITY {MU / RHO / (1.1e-5 * _FT**2)!r}", "TRIALS 200", "ACCURACY 1e-7",
        )  # fmt: skip
        parts = {
            "JUNCTIONS": [f"{name} 0 0" for name in self.node[1:]],
            "RESERVOIRS": [f"REF {P_REF / weight!r}"],
            "PIPES": pipes, "PUMPS": pumps, "VALVES": valves, "CURVES": curve, "OPTIONS": options,
            "TIMES": ["DURATION 0"], "REPORT": ["STATUS NO", "SUMMARY NO"],
        }  # fmt: skip
        return (
            "\n".join("\n".join((f"[{name}]", *lines, "")) for name, lines in parts.items())
            + "[END]\n"
        )


def racks_loop(racks: int) -> RacksLoop:
    """Return a hall of so many racks, a whole number of rows."""
    out = RacksLoop()
    reference = out.place("REF")
    supply = ret = -1
    pumps = []
    for row in range(racks // RACKS_A_ROW):
        before = supply, ret
        supply, ret = out.place(f"SH{row}"), out.place(f"RH{row}")
        if row == 0:
            out.pipe("EXP", reference, ret, 1.0, 0.1, 0.0)
        else:
            out.pipe(f"SHp{row}", before[0], supply, 3.0, 0.3048, 0.2)
            out.pipe(f"RHp{row}", ret, before[1], 3.0, 0.3048, 0.2)
        if row % 2 == 0:
            pumps.append((ret, supply))
        here = -1, -1
        for k in range(RACKS_A_ROW):
            last = here
            here = out.place(f"SM{row}_{k}"), out.place(f"RM{row}_{k}")
            if k == 0:
                out.pipe(f"SMin{row}", supply, here[0], 4.0, 0.1541, 1.5)
                out.pipe(f"RMout{row}", here[1], ret, 4.0, 0.1541, 1.5)
            else:
                out.pipe(f"SMp{row}_{k}", last[0], here[0], 0.8, 0.1541, 0.1)
                out.pipe(f"RMp{row}_{k}", here[1], last[1], 0.8, 0.1541, 0.1)
            out.loss(f"RACK{row}_{k}", *here, 0.0409, 72.632770782)
    for k, (low, high) in enumerate(pumps):
        middle = out.place(f"CD{k}")
        out.join(f"PUMP{k}", low, middle, PUMP, 0.0, 1.0, EPS, 0.0, LIFT_PA, FALL)
        out.loss(f"HX{k}", middle, high, 0.15, 7.706787797)
    return out
