"""Write a campus of halls with one week's racks: the layout `layouts/campus_1000` and larger ones.

    python scripts/campus.py layouts/campus_1000 --halls 5 --rows 25

Every hall has rows of eight GB300 NVL72 racks, each row with two busways, a coolant loop on two
CDUs, and two network racks with its leaf switches. Facility water comes to the CDUs along a header
from both its ends, chilled water to the fan walls along another. Figures are those of
`hall_gb300.toml`.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path

RACKS = 8
PITCH_M = 3.0
MONDAY = dt.date(2027, 5, 3)
ROW_LPM = 1150
"""Facility water that holds the set-point of a row's two CDUs, with some in hand."""
FAN_WALL_LPM = 548.4
FASTEST_M_S = 2.4
"""In a header of which one end is shut, so that all of its flow comes from the other."""
HEADERS = (
    ("pipe_nps4_sch40", 0.10226), ("pipe_nps5_sch40", 0.1282), ("pipe_nps6_sch40", 0.15408),
    ("pipe_nps8_sch40", 0.20274), ("pipe_nps10_sch40", 0.25446), ("pipe_nps12_sch40", 0.30318),
    ("pipe_nps14_sch10", 0.3429), ("pipe_nps16_sch10", 0.3937), ("pipe_nps18_sch10", 0.4443),
    ("pipe_nps20_sch10", 0.4953), ("pipe_nps24_sch10", 0.5973),
)  # fmt: skip

_HEAD = """\
# A campus of {halls} halls and one week's {racks} GB300 NVL72 racks, by lists.
#
# Written by scripts/campus.py; edit that, not this. The figures of racks, CDUs and fan walls come
# from the shipped catalog; halls and feeders are this example's own, sized as in
# hall_gb300.toml. Panels, racks and trucks come as planners have them: as lists with headers of
# their own, mapped below.
format = 1
name = "{name}"
title = "Campus of {halls} halls, {racks} racks in one week"
profile = "nec-us"
ready = 2027-03-01
include = [{includes}]

[policy]
owner = "capacity planning"

[policy.provisioned_kw]
gb300_nvl72 = 132

[policy.losses]
source = "full"
transformer = "full"
ups = "full"
board = "full"
busway = "full"
tap = "full"
cdu = "full"
pump = "full"
pipe = "full"
manifold = "may go dark"
air_unit = "full"

# Between rack and manifold: two hoses of 1 1/2 in, couplings and a strainer that pass 15 m3/h at
# 1 bar together, and a valve that gives each rack what it needs and no more.
[coolant.hookups.STD]
bore_m = 0.0381
hose_m = 1.5
roughness_m = 0.00007
kv_m3h = 15
independent = true

[lists.panels]
file = "panels.csv"
kind = "equipment"

[lists.panels.columns]
id = "Panel"
kind = "Type"
fed_from = "Fed from"
rating = "Rating"
voltage_v = "Voltage (V)"
ready = "Energised"

[lists.trucks]
file = "trucks.csv"
kind = "deliveries"

[lists.trucks.columns]
id = "Truck"
arrives = "At the dock"

[lists.racks]
file = "racks.csv"
kind = "racks"

[lists.racks.columns]
id = "Serial"
type = "Product"
position = "Position"
delivery = "Truck"
state = "State"
"""

_ASSUME = """
[[assume]]
path = "catalog.{path}"
value = {value}
reason = "{reason}"
by = "capacity planning"
"""

_ASSUMED = (
    (
        "gb300_nvl72.power_factor",
        0.98,
        "usual for titanium rectifiers at load; no maker publishes it",
    ),
    ("nv_network_rack.power_factor", 0.95, "server supplies at half load"),
    ("nv_network_rack.voltage_v", 415, "as ordered"),
    ("nv_network_rack.input_whips", 2, "one rack PDU on each side"),
    ("nv_network_rack.mass_kg", 900, "integrator's estimate"),
    ("nv_network_rack.width_m", 0.6, "as ordered"),
    ("nv_network_rack.depth_m", 1.2, "as ordered"),
    ("nv_network_rack.height_m", 2.2, "as ordered"),
    ("nv_network_rack.rack_units", 48, "as ordered"),
    (
        "vertiv_xdu1350.rated_supply_c",
        40,
        "its rating of 4 K is published without the supply temperature",
    ),
    (
        "vertiv_fa069hc.facility_dp_kpa",
        60,
        "no maker publishes it; coil with its valve wide open, to be asked for with the order",
    ),
)

_HALL = """\
# Hall {h}: {rows} rows of {racks} racks.
[halls.{h}]
at_m = [{x}, 0]
outline_m = [[0, 0], [16, 0], [16, {length}], [0, {length}]]
height_m = 5.5
deflector_m = 5.0
slab_kpa = 25
dry_bulb_c = 24
relative_humidity_pct = 50

[blocks.{h}R]
hall = "{h}"
at_m = [4.2, 3.0]
rows = {rows}
row_pitch_m = {pitch}
row_names = "{{block}}{{n:02d}}"
count = {racks}
pitch_m = 0.6
depth_m = 1.2
height_m = 2.4
max_kg = 1600
accepts = ["mgx"]
front = "far"
loop = "T-{{row}}"
switches = ["{{row}}-P1", "{{row}}-P2"]
taps = [
  {{ busway = "{{row}}A", count = 4, breaker_a = 63, voltage_v = 415 }},
  {{ busway = "{{row}}B", count = 4, breaker_a = 63, voltage_v = 415 }},
]

[blocks.{h}N]
hall = "{h}"
at_m = [12.0, 3.0]
rows = {rows}
row_pitch_m = {pitch}
row_names = "{{block}}{{n:02d}}"
count = 2
pitch_m = 0.6
depth_m = 1.2
height_m = 2.4
max_kg = 2000
accepts = ["eia-19"]
front = "far"
taps = [
  {{ busway = "{{row}}A", count = 1, breaker_a = 63, voltage_v = 415 }},
  {{ busway = "{{row}}B", count = 1, breaker_a = 63, voltage_v = 415 }},
]
"""

_PIPED = """
# Facility water for the CDUs: a header along the rows, fed at both its ends, so that any one piece
# of it may be shut, and a pair of pipes to each CDU, whose valve takes what holds its set-point.
[coolant.plants.{h}-FWS]
supply_c = 36
fluid = "water"
rating_kw = {fws_kw}
control = "pressure"
set_kpa = 150
pumps = 5
pumps_needed = 4
flow_lpm = {fws_lpm}
head_kpa = 250

[coolant.pipes.{h}-FWS-FIRST]
plant = "{h}-FWS"
start = "{h}-FWS"
end = "{first}-F"
type = "{main}"
length_m = 30
zeta = 4

[coolant.pipes.{h}-FWS-LAST]
plant = "{h}-FWS"
start = "{h}-FWS"
end = "{last}-F"
type = "{main}"
length_m = {far}
zeta = 5

[coolant.pipes.{h}-F]
each = {{ of = ["rows.{h}R*"], names = "{{each}}-{{next}}-F" }}
plant = "{h}-FWS"
start = "{{each}}-F"
end = "{{next}}-F"
type = "{main}"
length_m = {pitch}
zeta = 0.2

[coolant.pipes.{h}-F1]
each = {{ of = ["rows.{h}R*"], names = "{{each}}-F1" }}
plant = "{h}-FWS"
start = "{{each}}-F"
end = "{{each}}-CDU1"
type = "pipe_nps4_10s"
length_m = 3.5
zeta = 3

[coolant.pipes.{h}-F2]
each = {{ of = ["rows.{h}R*"], names = "{{each}}-F2" }}
plant = "{h}-FWS"
start = "{{each}}-F"
end = "{{each}}-CDU2"
type = "pipe_nps4_10s"
length_m = 3.5
zeta = 3

# The racks' coolant, each row alike: a loop on two CDUs at the first end of the row's manifold.
[coolant.loops.{h}]
each = {{ of = ["rows.{h}R*"], names = "T-{{each}}" }}
supply_c = 40
fluid = "pg25"
hall = "{h}"
control = "pressure"
set_kpa = 220

[coolant.manifolds.{h}]
each = {{ of = ["rows.{h}R*"], names = "{{each}}-M" }}
loop = "T-{{each}}"
row = "{{each}}"
type = "pipe_nps5_10s"
tee_zeta = 0.3
hookup = "STD"

[coolant.pipes.{h}-T1]
each = {{ of = ["rows.{h}R*"], names = "{{each}}-T1" }}
loop = "T-{{each}}"
start = "{{each}}-CDU1"
end = "{{each}}-M"
type = "pipe_nps4_10s"
length_m = 3.5
zeta = 2

[coolant.pipes.{h}-T2]
each = {{ of = ["rows.{h}R*"], names = "{{each}}-T2" }}
loop = "T-{{each}}"
start = "{{each}}-CDU2"
end = "{{each}}-M"
type = "pipe_nps4_10s"
length_m = 4.5
zeta = 2

# Chilled water for the fan walls, at the temperature of their published rating, piped likewise.
[coolant.plants.{h}-CHW]
supply_c = 18
fluid = "water"
rating_kw = {chw_kw}
control = "pressure"
set_kpa = 140
pumps = 4
pumps_needed = 3
flow_lpm = {chw_lpm}
head_kpa = 180

[coolant.pipes.{h}-CHW-FIRST]
plant = "{h}-CHW"
start = "{h}-CHW"
end = "{h}-FW01-C"
type = "{chilled}"
length_m = 30
zeta = 4

[coolant.pipes.{h}-CHW-LAST]
plant = "{h}-CHW"
start = "{h}-CHW"
end = "{h}-FW{walls:02d}-C"
type = "{chilled}"
length_m = {far}
zeta = 5

[coolant.pipes.{h}-C]
each = {{ of = ["coolant.air_units.{h}-FW*"], names = "{{each}}-{{next}}-C" }}
plant = "{h}-CHW"
start = "{{each}}-C"
end = "{{next}}-C"
type = "{chilled}"
length_m = {wall_pitch:.2f}
zeta = 0.2

[coolant.pipes.{h}-W]
each = {{ of = ["coolant.air_units.{h}-FW*"], names = "{{each}}-W" }}
plant = "{h}-CHW"
start = "{{each}}-C"
end = "{{each}}"
type = "pipe_nps3_10s"
length_m = 4
zeta = 3
"""

_SUMS = """
[coolant.plants.{h}-FWS]
supply_c = 36
rating_kw = {fws_kw}

[coolant.plants.{h}-CHW]
supply_c = 18
rating_kw = {chw_kw}

[coolant.loops.{h}]
each = {{ of = ["rows.{h}R*"], names = "T-{{each}}" }}
supply_c = 40
fluid = "pg25"
hall = "{h}"
"""

_ROW = """
[coolant.cdus.{row}-CDU1]
type = "vertiv_xdu1350"
rated_fluid = "pg25"
rated_facility_fluid = "water"
loop = "T-{row}"
plant = "{h}-FWS"
feeds = ["{board}A", "{board}B"]
hall = "{h}"
at_m = [1.4, {y1:.2f}]
yaw_deg = 90

[coolant.cdus.{row}-CDU2]
type = "vertiv_xdu1350"
rated_fluid = "pg25"
rated_facility_fluid = "water"
loop = "T-{row}"
plant = "{h}-FWS"
feeds = ["{board}A", "{board}B"]
hall = "{h}"
at_m = [1.4, {y2:.2f}]
yaw_deg = 90

[data.switches.{row}-P1]
position = "{net}-01"
type = "sn5600"
count = 9
ports = 64
gbps = 400
medium = "fibre_sm_straight"

[data.switches.{row}-P2]
position = "{net}-02"
type = "sn5600"
count = 9
ports = 64
gbps = 400
medium = "fibre_sm_straight"

[trays.{row}]
hall = "{h}"
points_m = [[4.0, {mid:.2f}], [13.4, {mid:.2f}]]
elevation_m = 3.0
width_m = 0.6
depth_m = 0.1
kind = "fibre"
"""

_AIR = """
[coolant.air_units.{h}-FW{n:02d}]
type = "vertiv_fa069hc"
hall = "{h}"
plant = "{h}-CHW"
feeds = ["{board}A", "{board}B"]
"""


def pipe_for(lpm: float) -> str:
    """Return the smallest pipe that carries a flow at no more than `FASTEST_M_S`."""
    for name, bore_m in HEADERS:
        if lpm / 60000 / (math.pi / 4 * bore_m**2) <= FASTEST_M_S:
            return name
    raise ValueError(f"no pipe of the list carries {lpm} L/min")


def hall_text(h: str, number: int, rows: int, *, piped: bool) -> str:
    """One hall: its rows, loops, CDUs, switches, trays and fan walls, with their pipes or none."""
    length = 6 + PITCH_M * rows
    air_kw = rows * (RACKS * 132 * 0.13 + 2 * 30)
    units = int(air_kw // 252.4) + 2
    fws_lpm, chw_lpm = rows * ROW_LPM, units * FAN_WALL_LPM
    text = (_HALL + (_PIPED if piped else _SUMS)).format(
        h=h, x=number * 25, rows=rows, racks=RACKS, length=length, pitch=PITCH_M,
        fws_kw=int(rows * RACKS * 150), chw_kw=int(air_kw * 1.5),
        first=f"{h}R01", last=f"{h}R{rows:02d}", far=30 + length, walls=units,
        wall_pitch=PITCH_M * rows / units, fws_lpm=round(1.2 * fws_lpm), main=pipe_for(fws_lpm),
        chw_lpm=round(1.1 * chw_lpm), chilled=pipe_for(chw_lpm),
    )  # fmt: skip
    for r in range(rows):
        y = 3.0 + PITCH_M * r
        text += _ROW.format(
            h=h, row=f"{h}R{r + 1:02d}", net=f"{h}N{r + 1:02d}", board=f"{h}G{r // 2 + 1:02d}",
            mid=y + 0.6, y1=y, y2=y + 1.5,
        )  # fmt: skip
    # Fan walls go round the panels of the hall: all on one pair would overload its transformers.
    panels_of_hall = (rows + 1) // 2
    boards = [f"{h}G{n % panels_of_hall + 1:02d}" for n in range(units)]
    return text + "".join(_AIR.format(h=h, n=n + 1, board=b) for n, b in enumerate(boards))


def panels(h: str, rows: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Power of one hall: two sides, one transformer, UPS and board per two rows and side."""
    for side in "AB":
        yield f"{h}U{side}", "utility", "", f"{rows * 1.4:.1f} MW", "13800"
        for g in range((rows + 1) // 2):
            group = f"{h}G{g + 1:02d}"
            yield f"{group}T{side}", "transformer", f"{h}U{side}", "2500 kVA", "415"
            yield f"{group}S{side}", "UPS", f"{group}T{side}", "2500 kW", "415"
            yield f"{group}{side}", "switchboard", f"{group}S{side}", "5000 A", "415"
        for r in range(rows):
            board = f"{h}G{r // 2 + 1:02d}{side}"
            yield f"{h}R{r + 1:02d}{side}", "busway", board, "2000 A", "415"
            yield f"{h}N{r + 1:02d}{side}", "busway", board, "250 A", "415"


def write(folder: Path, halls: int, rows: int, *, piped: bool = True) -> Path:
    """Write a campus below `folder` and return its layout file.

    Without pipes its coolant is judged by sums alone, which the benchmark sets beside the other.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"H{i + 1}" for i in range(halls)]
    layout = folder / f"{folder.name}.toml"
    includes = ", ".join(f'"{h.lower()}.toml"' for h in names)
    head = _HEAD.format(
        halls=halls, racks=halls * rows * RACKS, name=folder.name, includes=includes
    )
    assumed = "".join(_ASSUME.format(path=p, value=v, reason=r) for p, v, r in _ASSUMED)
    layout.write_text(head + assumed, encoding="utf-8")
    for number, h in enumerate(names):
        text = hall_text(h, number, rows, piped=piped)
        (folder / f"{h.lower()}.toml").write_text(text, encoding="utf-8")
    _csv(
        folder / "panels.csv",
        ("Panel", "Type", "Fed from", "Rating", "Voltage (V)", "Energised"),
        [(*p, "2027-03-01") for h in names for p in panels(h, rows)],
    )
    racks = [
        (f"{h}R{r + 1:02d}-{n + 1:02d}", f"{h}R{r + 1:02d}")
        for h in names for r in range(rows) for n in range(RACKS)
    ]  # fmt: skip
    days = [MONDAY + dt.timedelta(days=d) for d in range(5)]
    per_truck = 10
    trucks = (len(racks) + per_truck - 1) // per_truck
    _csv(
        folder / "trucks.csv",
        ("Truck", "At the dock"),
        [("LIVE", "2027-04-05")]
        + [(f"T{t + 1:03d}", str(days[t * len(days) // trucks])) for t in range(trucks)],
    )
    lines = [
        (f"GB3-{i + 1:05d}", "gb300_nvl72", position, f"T{i // per_truck + 1:03d}", "planned")
        for i, (position, _) in enumerate(racks)
    ]
    for h in names:
        for row in (f"{r + 1:02d}" for r in range(rows)):
            lines += [
                (f"NET-{h}{row}{n}", "nv_network_rack", f"{h}N{row}-{n:02d}", "LIVE", "live")
                for n in (1, 2)
            ]
    _csv(folder / "racks.csv", ("Serial", "Product", "Position", "Truck", "State"), lines)
    return layout


def _csv(path: Path, head: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(lines)


def main() -> None:
    """Write the campus that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--halls", type=int, default=5)
    parser.add_argument("--rows", type=int, default=25)
    given = parser.parse_args()
    print(write(given.folder, given.halls, given.rows))


if __name__ == "__main__":
    main()
