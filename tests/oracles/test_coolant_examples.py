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
from twin.solve.coolant.fluids import fluid_table, properties, rise_k
from twin.solve.coolant.psychro import airflow_m3s, dew_point_c

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
