"""Worked examples of coolant and air, computed elsewhere or published, against the program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.catalog.shipped import shipped
from twin.checks.result import Finding, Report
from twin.model.change import Change, Conditions, Scenario
from twin.site.site import Site
from twin.solve.coolant.evaporation import evaporated_lpm, latent_kj_kg, makeup_lpm
from twin.solve.coolant.exchanger import (
    Exchanger,
    counterflow,
    crossflow,
    outlets,
    parallel,
    transfer_units,
    ua_from_rated_point,
)
from twin.solve.coolant.fluids import Properties, capacity_kw_k, fluid_table, properties, rise_k
from twin.solve.coolant.inlets import rack_cooling_index, recirculated_c, supply_heat_index
from twin.solve.coolant.psychro import airflow_m3s, dew_point_c
from twin.solve.coolant.pumps import affinity, head_at, hydraulic_kw, pump_curve, pump_power_kw
from twin.solve.coolant.resistance import velocity_m_s
from twin.solve.coolant.set_point import hold_at_heat

LAYOUT = """
format = 1
name = "loop"
profile = "nec-us"

[policy]
owner = "test"

[policy.losses]
cdu = "full"

[halls.H1]
outline_m = [[0, 0], [30, 0], [30, 10], [0, 10]]

[rows.R]
hall = "H1"
at_m = [3.0, 4.0]
count = 16
pitch_m = 0.6
loop = "T"

[coolant.plants.P]
supply_c = 30

[coolant.loops.T]
supply_c = 40
fluid = "pg25"

[deliveries.D]
type = "gb300_nvl72"
positions = ["R-*"]
"""

CDU = """
[coolant.cdus.C{number}]
type = "vertiv_xdu1350"
loop = "T"
plant = "P"
{more}
"""


def site_of(folder: Path, cdus: int, more: str = "") -> Site:
    file = folder / "loop.toml"
    units = "".join(CDU.format(number=k, more=more) for k in range(cdus))
    file.write_text(LAYOUT + units)
    return pipeline.load(file)


def report_of(site: Site, code: str, losses: int, **changes: float) -> Report:
    paths = {"kw": "racks.*.provisioned_kw", "supply": "coolant.loops.T.supply_c"}
    made = tuple(Change("set", paths[k], v) for k, v in changes.items())
    conditions = Conditions(losses=losses, scope=frozenset({"COL"}))
    return pipeline.check(site, Scenario(changes=made, conditions=conditions), select=[code])


def only(report: Report) -> Finding:
    found = [f for f in report.findings if f.subject == "loop:T"]
    assert len(found) == 1
    return found[0]


def test_eleven_racks_of_135_kw_stand_on_one_cdu_by_heat(tmp_path: Path) -> None:
    finding = only(report_of(site_of(tmp_path, 1), "COL101", 0, kw=135))
    assert (finding.racks_that_fit, finding.racks_on_it) == (11, 16)
    assert finding.demand == pytest.approx(16 * 121.5)
    assert finding.limit == 1368
    assert "11 of 16 racks fit" in finding.message


@pytest.mark.parametrize(
    ("supply", "fits", "flow"), [(40.0, 10, 119.0), (45.0, 6, 177.0), (25.0, None, 59.0)]
)
def test_racks_of_135_kw_on_1200_lpm(
    tmp_path: Path, supply: float, fits: int | None, flow: float
) -> None:
    report = report_of(site_of(tmp_path, 1), "COL102", 0, kw=135, supply=supply)
    at = report.margins.demand[0]
    assert at == pytest.approx(16 * flow)
    if fits is None:
        assert not [f for f in report.findings if f.subject == "loop:T"]
    else:
        assert only(report).racks_that_fit == fits


@pytest.mark.parametrize(("load", "passes"), [(3900, True), (4000, False)])
def test_cdus_with_one_out(tmp_path: Path, load: float, passes: bool) -> None:
    """WE-C-022: four CDUs of 1,300 kW, one of them lost."""
    site = site_of(tmp_path, 4, "heat_kw = 1300")
    report = report_of(site, "COL101", 1, kw=load / 16 / 0.9)
    rows = report.margins
    assert rows.limit[0] == 3900
    assert rows.demand[0] == pytest.approx(load)
    assert str(rows.case[0]).startswith("cdu:")
    assert bool(rows.margin[0] >= -1e-9) is passes


@pytest.mark.parametrize(
    ("fluid", "at", "per_kw", "rise"),
    [
        ("pg25", 30, 1.4948, 9.965),
        ("pg25", 40, 1.4927, 9.951),
        ("pg25", 45, 1.4920, 9.947),
        ("water", 30, 1.4418, 9.612),
        ("water", 40, 1.4469, 9.646),
        ("water", 45, 1.4496, 9.664),
    ],
)
def test_flow_per_kw(fluid: str, at: float, per_kw: float, rise: float) -> None:
    """WE-C-001: 1 kW at a rise of 10 K, and the rise at 1.5 L/min/kW; 0.1 %."""
    table = fluid_table(shipped(), fluid)
    assert table is not None
    held = properties(table, np.array([float(at)]))
    rho, cp = held.rho_kg_m3, held.cp_j_kgk
    one = np.array([1.0])
    assert rise_k(one, np.array([per_kw]), rho, cp)[0] == pytest.approx(10.0, rel=1e-3)
    assert rise_k(one, np.array([1.5]), rho, cp)[0] == pytest.approx(rise, rel=1e-3)


def test_properties_against_a_makers_table() -> None:
    """WE-C-003: heat within 0.2 %, density within 0.05 %."""
    table = fluid_table(shipped(), "pg25")
    assert table is not None
    at = properties(table, np.array([20.0, 30.0, 40.0, 45.0]))
    assert at.rho_kg_m3 == pytest.approx([1023.7, 1019.2, 1014.3, 1011.6], rel=5e-4)
    assert at.cp_j_kgk == pytest.approx([3910, 3940, 3960, 3970], rel=2e-3)


def test_dew_point() -> None:
    """WE-C-050: within 0.02 K."""
    dew = dew_point_c(np.array([24.0, 27.0]), np.array([50.0, 60.0]))
    assert dew == pytest.approx([12.946, 18.577], abs=0.02)
    assert (dew + 2 <= 18).tolist() == [True, False]


def test_airflow_for_heat() -> None:
    """WE-C-070: within 0.2 %."""
    flow = airflow_m3s(np.array([20.0, 17.0, 10.0]), np.array([15.0, 12.0, 11.111]))
    assert flow == pytest.approx([1.1056, 1.1747, 0.7463], rel=2e-3)


@pytest.mark.parametrize(
    ("size", "flow", "velocity"),
    [(4, 1211, 2.458), (6, 2574, 2.301), (8, 4164, 2.150), (10, 6057, 1.985), (12, 8706, 2.010)],
)
def test_velocity_at_the_code_s_greatest_flow(size: int, flow: float, velocity: float) -> None:
    """WE-C-012: schedule 40, plant that runs all year with variable flow; 0.2 %."""
    limit = shipped().get(f"pipe_nps{size}_sch10").curves["code_flow"].column("variable_lpm")[-1]
    assert limit == pytest.approx(flow, rel=1e-3)
    bore = shipped().get(f"pipe_nps{size}_sch40").number("bore_m")
    assert velocity_m_s(np.array(flow), bore) == pytest.approx(velocity, rel=2e-3)


def at(fluid: str, t_c: float) -> Properties:
    table = fluid_table(shipped(), fluid)
    assert table is not None
    return properties(table, np.array(t_c))


def test_a_cdu_backs_out_its_conductance() -> None:
    """WE-C-020: 1,300 kW at 4 K, 1,950 L/min of PG25 and of water; 0.1 %."""
    flow = np.array(1950.0)
    pg25, water = at("pg25", 42.0), at("water", 38.0)
    hot = capacity_kw_k(flow, pg25.rho_kg_m3, pg25.cp_j_kgk)
    cold = capacity_kw_k(flow, water.rho_kg_m3, water.cp_j_kgk)
    ua = ua_from_rated_point(np.array(1300.0), np.array(4.0), hot, cold)
    assert ua == pytest.approx(313.0, rel=1e-3)
    assert hot / cold == pytest.approx(0.96883, rel=1e-3)
    assert transfer_units(np.array(0.71325), hot / cold) == pytest.approx(2.3956, rel=1e-3)
    there = outlets(ua, hot, cold, np.array(49.949), np.array(36.0))
    assert there.heat_kw == pytest.approx(1300, rel=1e-3)
    assert there.hot_out_c == pytest.approx(40.0, rel=1e-3)
    assert there.cold_out_c == pytest.approx(45.639, rel=1e-3)
    # Asked for the flow that holds 40 degC, the unit finds its rating.
    unit, litre = Exchanger(ua, flow, flow), np.array(1.0)
    held = hold_at_heat(
        unit, flow, np.array(1300.0), np.array(36.0), np.array(40.0), 2 * flow,
        litre * hot / flow, litre * cold / flow,
    )  # fmt: skip
    assert held.throttling
    assert held.facility_lpm == pytest.approx(1950.0, rel=1e-6)


def test_effectiveness_of_three_arrangements() -> None:
    """WE-C-023: within 1e-6."""
    ntu, cr = np.array(5.0), np.array(0.7)
    assert counterflow(ntu, cr) == pytest.approx(0.920670368605, rel=1e-6)
    assert parallel(ntu, cr) == pytest.approx(0.588115606842, rel=1e-6)
    assert crossflow(ntu, cr) == pytest.approx(0.84448217997, rel=1e-6)


def test_a_pump_stands_on_its_system_curve() -> None:
    """WE-C-030: heads in metres and flows in m3/h pass through as they are; 0.01 %."""
    flow = np.linspace(0.0, 180.0, 3601)
    pump = pump_curve(flow, 40.0 - 0.0012 * flow**2)
    over = head_at(pump, flow) - (8.0 + 0.0004 * flow**2)
    meets = float(np.interp(0.0, -over, flow))
    assert meets == pytest.approx(141.421, rel=1e-4)
    assert head_at(pump, np.array(meets)) == pytest.approx(16.0, rel=1e-4)


def test_affinity_of_a_slower_pump() -> None:
    """WE-C-032: within 0.01 %."""
    got = [
        float(v) for v in affinity(np.array(400.0), np.array(126.0), np.array(17.5), 1700 / 3500)
    ]
    assert got == pytest.approx([194.2857, 29.7257, 2.00531], rel=1e-4)


def test_power_of_a_pump() -> None:
    """WE-C-033: power at the shaft and from the mains, and its cost; 0.2 %."""
    horse_kw, gallon, foot, pound_ft3 = 0.745699872, 3.785411784, 0.3048, 16.01846337
    flow = np.array(700 * gallon)
    head = np.array(428 * foot * 62.364 * pound_ft3 * 9.80665 / 1000)
    shaft = pump_power_kw(flow, head, 0.707)
    mains = pump_power_kw(flow, head, 0.707 * 0.95 * 0.96)
    assert shaft / horse_kw == pytest.approx(107.06, rel=2e-3)
    assert mains / horse_kw == pytest.approx(117.39, rel=2e-3)
    assert 8000 * 0.12 * mains == pytest.approx(84033, rel=2e-3)
    assert hydraulic_kw(flow, head) == pytest.approx(float(shaft) * 0.707)


GB300_LPM = {25: 59.0, 30: 71.0, 35: 89.0, 40: 119.0, 45: 177.0}


@pytest.mark.parametrize(
    ("fluid", "at_supply", "at_mean"),
    [
        ("pg25_mass", (55.9, 55.6, 55.4, 55.3, 55.3), (55.83, 55.61, 55.43, 55.28, 55.27)),
        ("pg25_vol", (55.8, 55.6, 55.4, 55.2, 55.2), (55.74, 55.54, 55.37, 55.23, 55.24)),
    ],
)
def test_the_return_of_a_gb300_along_its_curve(
    fluid: str, at_supply: tuple[float, ...], at_mean: tuple[float, ...]
) -> None:
    """121.5 kW: 55.3 to 55.9 degC is what PG25 by mass gives with the properties of its supply.

    To a tenth, that is. We take those of the mean of supply and return, halfway between litres that
    are metered at the one and at the other: up to 0.06 K colder, and by volume up to another
    0.09 K. Density of the supply with the heat capacity of the mean (litres metered at the
    inlet) would be 55.2 to 55.6 by mass, density of the return 55.3 to 56.1.
    """
    supply, flow = (np.array([*side], dtype=float) for side in (GB300_LPM, GB300_LPM.values()))
    table, rise = shipped().products[fluid].curves["properties"], np.zeros(5)
    for part, expected, near in ((0.0, at_supply, 0.05), (0.5, at_mean, 0.006)):
        for _ in range(6):
            at = properties(table, supply + part * rise)
            rise = rise_k(np.full(5, 121.5), flow, at.rho_kg_m3, at.cp_j_kgk)
        assert supply + rise == pytest.approx(expected, abs=near)


def test_evaporated_water_for_each_kwh_of_heat() -> None:
    """WE-C-080: within 0.2 %; a kilowatt for an hour."""
    at = np.array(35.0)
    assert latent_kj_kg(at) == pytest.approx(2417.9, rel=2e-3)
    gone = 60.0 * evaporated_lpm(np.array(1.0), at)
    assert gone == pytest.approx(1.4889, rel=2e-3)
    cycles = np.array([3.0, 4.0, 6.0])
    assert makeup_lpm(gone, cycles) == pytest.approx([2.2333, 1.9852, 1.7867], rel=2e-3)


def test_recirculation_in_a_zone() -> None:
    """WE-C-072: within 0.01 K."""
    inlet = recirculated_c(np.array(22.0), np.array(12.0), np.array([0.0, 0.1, 0.3]))
    assert inlet == pytest.approx([22.0, 23.333, 27.143], abs=0.01)


def test_rack_cooling_index_of_class_a1() -> None:
    """WE-C-073: within 0.01."""
    six = np.array([21.0, 23.0, 25.0, 27.0, 29.0, 31.0])
    high, low = rack_cooling_index(six, (18.0, 27.0), (15.0, 32.0))
    assert (float(high), float(low)) == (pytest.approx(80.0), pytest.approx(100.0))
    assert np.isnan(rack_cooling_index(np.append(six, np.nan), (18.0, 27.0), (15.0, 32.0))).all()


def test_supply_and_return_heat_index() -> None:
    """WE-C-075: within 1e-4."""
    shi, rhi = supply_heat_index(np.array([21.0, 22.0, 24.0]), np.array([34.0, 35.0, 38.0]), 20.0)
    assert (float(shi), float(rhi)) == pytest.approx((0.14894, 0.85106), abs=1e-4)
