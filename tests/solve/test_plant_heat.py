"""Heat of plants: what their CDUs take by the solved loops, in each case that moves heat."""

from pathlib import Path

import numpy as np
import pytest

import twin
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.plant_heat import plant_heat
from twin.solve.losses.cases import cases

ROW = Path("layouts/coolant_in_row.toml").read_text()
SECOND = '[coolant.plants.FW2]\nsupply_c = 34\nfluid = "water"\nrating_kw = 480\n\n'


def two_plants(tmp_path: Path, *changes: tuple[str, str]) -> twin.Site:
    """The example row, its second CDU on a plant of its own; 480 kW each."""
    text = ROW.replace("rating_kw = 3000", "rating_kw = 480")
    text = text.replace("[coolant.plants.CHW]", f"{SECOND}[coolant.plants.CHW]")
    head, tail = text.split("[coolant.cdus.C2]")
    text = f"{head}[coolant.cdus.C2]{tail.replace('FWS', 'FW2', 1)}"
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "two.toml"
    path.write_text(text)
    return twin.load(path)


@pytest.mark.parametrize(
    "changes",
    [(), (('cdu = "full"', 'cdu = "may go dark"'), ("length_m = 4\n", "length_m = 90\n"))],
)
def test_each_plant_takes_what_its_cdus_take_in_every_case(tmp_path, changes):
    of = study(two_plants(tmp_path, *changes))
    heat, (flow,) = of(plant_heat), of(loop_flows)
    assert isinstance(flow, LoopFlow)
    plant = of.site.rows_of("plant", of.table("cdu")["plant"])[flow.units]
    wet = of.table("plant").index["FWS"], of.table("plant").index["FW2"]
    seen = 0
    for r in np.flatnonzero(np.isin(heat.plant, wet)).tolist():
        lane = flow.lanes.of_case[heat.case[r]]
        takes = np.where(flow.unit_lpm[lane] > 0, flow.warmth.heat_kw[lane], 0.0)
        told = heat.kw[heat.row == r].sum() + heat.pumps_kw[r]
        assert told == pytest.approx(takes[plant == heat.plant[r]].sum(), rel=1e-9)
        seen += 1
    assert seen >= len(wet)


def test_the_plant_of_the_cdu_that_is_left_takes_all(tmp_path):
    found = [f for f in twin.check(two_plants(tmp_path)).findings if f.code == "COL206"]
    assert {(f.subject, f.case) for f in found} == {
        ("plant:FW2", "cdu:C1"), ("plant:FWS", "cdu:C2"),
    }  # fmt: skip
    assert {f.racks_that_fit for f in found} == {4}


def test_a_case_that_sends_no_more_is_not_told(tmp_path):
    of = study(two_plants(tmp_path))
    heat = of(plant_heat)
    names = of(cases).name[heat.case].tolist()
    told = {
        (str(of.table("plant").ids[p]), n) for p, n in zip(heat.plant.tolist(), names, strict=True)
    }
    assert {n for p, n in told if p == "FWS"} == {names[0], "cdu:C2"}
    assert {n for p, n in told if p == "CHW"} == {names[0]}


def test_air_units_that_live_take_the_heat_of_those_that_are_lost(tmp_path):
    text = 'hall = "H1"\nplant = "CHW"\n\n[coolant.loops'
    other = text.replace("CHW", "FW2")
    of = study(two_plants(tmp_path, (text, other)))
    heat = of(plant_heat)
    names = of(cases).name[heat.case]
    chw = heat.plant == of.table("plant").index["CHW"]
    healthy, lost = (
        heat.kw[heat.row == np.flatnonzero(chw & (names == name))[0]].sum()
        for name in (names[0], "air_unit:FW2")
    )
    assert lost == pytest.approx(2.0 * healthy)
