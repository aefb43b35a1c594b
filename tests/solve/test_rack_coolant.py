"""What a rack's published pressure loss becomes in another coolant, or a warmer one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import twin
from twin.pipeline import study
from twin.solve.coolant.branches import fluid_of
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.pumping import LPM

LAYOUT = Path(__file__).parents[1] / "rules" / "coolant.toml"
PRODUCT = """
[source.own]
title = "made for this test"
address = "tests"

[rack.mine]
vendor = "Nobody"
name = "Mine"
status = "shipping"
source = "own"
confidence = "datasheet"
nameplate_kw = {{ value = 132, basis = "ac_in" }}
liquid_share = 0.9
flow_per_kw_lpm = 1.0
{said}

[rack.mine.resistance]
columns = ["flow_lpm", "dp_kpa"]
points = {points}
"""
SQUARE = "[[60, 15], [120, 60]]"
LAMINAR = "[[60, 30], [120, 60]]"
BETWEEN = "[[60, 17.0], [120, 60]]"


def solved(tmp_path: Path, said: str = "", points: str = SQUARE, fluid: str = "pg25") -> LoopFlow:
    (tmp_path / "parts").mkdir(exist_ok=True)
    told = PRODUCT.format(said=said, points=points)
    (tmp_path / "parts" / "mine.toml").write_text(told, encoding="utf-8")
    text = LAYOUT.read_text(encoding="utf-8").replace('type = "gb300_nvl72"', 'type = "mine"')
    text = text.replace("gb300_nvl72 = 132", "mine = 132")
    text = text.replace('fluid = "pg25"', f'fluid = "{fluid}"', 1)
    text += '\n[catalog]\nfolders = ["parts"]\n'
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    found = study(twin.load(tmp_path / "site.toml"))(loop_flows)
    return next(f for f in found if isinstance(f, LoopFlow))


def mean_c(flow: LoopFlow) -> float:
    return float(np.mean([flow.warmth.supply_c[0], flow.warmth.return_c[0]]))


def test_in_the_coolant_of_its_data_sheet_nothing_changes(tmp_path):
    plain = solved(tmp_path, points=BETWEEN)
    same = solved(tmp_path, f'dp_fluid = "pg25"\ndp_c = {mean_c(plain):.4f}', BETWEEN)
    assert same.rack_lpm[0] == pytest.approx(plain.rack_lpm[0], rel=1e-4)


@pytest.mark.parametrize(("points", "n"), [(SQUARE, 2.0), (LAMINAR, 1.0), (BETWEEN, 1.8194)])
def test_it_goes_with_density_and_viscosity(tmp_path, points, n):
    flow = solved(tmp_path, 'dp_fluid = "water"\ndp_c = 20', points)
    water, _ = fluid_of(flow.loop.study, "plant", 0)
    assert water is not None
    assert flow.racks.exponent[0] == pytest.approx(n, abs=1e-3)
    (rho0, mu0), (rho, mu) = (
        f.at(np.array(c)) for f, c in ((water, 20.0), (flow.loop.fluid, mean_c(flow)))
    )
    n = flow.racks.exponent[0]
    over = (rho / rho0) ** (n - 1) * (mu / mu0) ** (2 - n)
    own = over * 60e3 * (flow.rack_lpm[0] / 120) ** n
    assert flow.rack_dp_kpa[0] * 1000 == pytest.approx(own, rel=2e-4)
    p, net, link = flow.moved.p_pa[0], flow.circuit, flow.racks.link
    assert p[net.fr[link]] - p[net.to[link]] == pytest.approx(own, rel=2e-4)


def test_thicker_coolant_than_published_lets_less_through(tmp_path):
    flows = [
        solved(tmp_path, f'dp_fluid = "pg25"\ndp_c = {c}', BETWEEN).rack_lpm[0]
        for c in (10, 40, 70)
    ]
    assert (flows[0] > flows[1]).all()
    assert (flows[1] > flows[2]).all()


def test_of_a_loss_without_its_coolant_the_figure_stands(tmp_path):
    for said in ("", "dp_c = 20", 'dp_fluid = "pg25"'):
        flow = solved(tmp_path, said)
        own = flow.racks.resistance * (flow.rack_lpm[0] * LPM) ** 2
        assert flow.rack_dp_kpa[0] * 1000 == pytest.approx(own, rel=1e-6)


def test_a_coolant_that_nobody_knows_is_told_at_reading(tmp_path):
    with pytest.raises(twin.InputError, match=r'rack\.mine\.dp_fluid.*there is no fluid "pg52"'):
        solved(tmp_path, 'dp_fluid = "pg52"\ndp_c = 20')
